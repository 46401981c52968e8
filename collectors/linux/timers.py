"""What systemd runs by the clock: its timers, and those of accounts.

Sources: systemctl(1), systemd.timer(5), systemd.service(5), systemd.unit(5).
"""

import re
from collections.abc import Iterator, Mapping

from collectors.parse import assignment
from collectors.spec import KIB, Answers, SshCommand, SshFiles, Unreadable, collector
from inventory.model.operation import ScheduledJob

TIMERS = SshCommand("timers", "systemctl list-timers --full --no-legend --no-pager")
# The timers' own texts, and those of the services that have their names; strongest first.
TEXTS = SshCommand(
    "texts",
    "l='/etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system"
    " /usr/lib/systemd/system /lib/systemd/system'\n"
    "[ -h /lib ] && l=${l% *}\n"
    "set --\n"
    'for d in $l; do for t in "$d"/*.timer; do\n'
    '  [ -f "$t" ] || continue\n'
    '  set -- "$@" "$t"; n=${t##*/}; n=${n%.timer}\n'
    '  for e in $l; do [ -f "$e/$n.service" ] && set -- "$@" "$e/$n.service"; done\n'
    "done; done\n"
    'for d in $l; do for t in "$d"/*.timer.d/*.conf; do'
    ' [ -f "$t" ] && set -- "$@" "$t"; done; done\n'
    "[ $# -eq 0 ] || grep -s -H -E '^(On[A-Z][A-Za-z]*|Unit|ExecStart|User)=' \"$@\" /dev/null",
    tool="systemctl",
    ok=(0, 1),
    most_bytes=1024 * KIB,
)
ACCOUNTS = SshFiles("accounts", ("{home}/.config/systemd/user/*.timer",), needs="root")

_SETTING = re.compile(r"(/[^:\s]{1,400}):([A-Za-z]{1,40})=(.*)")

Settings = Mapping[str, Mapping[str, tuple[str, ...]]]  # unit, name, values


@collector("linux.timers", asks=[TIMERS, TEXTS], tells=[ScheduledJob])
def timers(listed: Answers, texts: Answers) -> Iterator[ScheduledJob | Unreadable]:
    """Yield the timers that are active, with what they start.

    Tue 2026-11-24 18:00:00 UTC 2h 5min left n/a n/a apt-daily.timer apt-daily.service
    """
    settings = _settings(texts)
    for answer in listed:
        for number, line in answer.lines():
            words = line.split()
            if len(words) < 2 or not words[-2].endswith(".timer"):
                yield Unreadable(answer.at(number), "not a line of systemctl list-timers")
                continue
            timer, unit = words[-2:]
            starts = _of(settings, unit)
            yield ScheduledJob(
                place=timer,
                schedule=_schedule(_of(settings, timer)),
                command="; ".join(starts.get("ExecStart", ())) or unit,
                account=starts.get("User", ("root",))[-1] if starts else None,
                at=answer.at(number),
            )


def _settings(texts: Answers) -> Settings:
    """Return the settings of lines `/lib/systemd/system/a.timer:OnCalendar=daily`.

    The strongest directory comes first; its unit hides those of the same name. Drop-ins come last;
    an empty value takes back the earlier ones.
    """
    files: dict[str, str] = {}
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for answer in texts:
        for _, line in answer.lines():
            match = _SETTING.fullmatch(line)
            if not match:
                continue
            file, name, value = match.groups()
            unit = _unit(file)
            if file.endswith(".conf") or files.setdefault(unit, file) == file:
                own = found.setdefault(unit, {})
                own[name] = (*own.get(name, ()), value.strip()) if value.strip() else ()
    return found


def _unit(file: str) -> str:
    """Return the unit that a file is, or that it is a drop-in of."""
    folder, _, name = file.rpartition("/")
    return folder.rpartition("/")[2].removesuffix(".d") if name.endswith(".conf") else name


def _of(settings: Settings, unit: str) -> Mapping[str, tuple[str, ...]]:
    """Return the settings of a unit, or of the template that it is an instance of."""
    stem, sign, instance = unit.partition("@")
    kind = instance.rpartition(".")[2]
    return settings.get(unit) or (settings.get(f"{stem}@.{kind}", {}) if sign else {})


def _schedule(settings: Mapping[str, tuple[str, ...]]) -> str:
    """Return `*-*-* 6,18:00` of OnCalendar=, or `OnBootSec=15min`; empty when it is not known."""
    calendar = settings.get("OnCalendar", ())
    spans = (
        f"{name}={value}" for name in settings if name.startswith("On") for value in settings[name]
    )
    return "; ".join(calendar or spans)


@collector("linux.account_timers", asks=[ACCOUNTS], tells=[ScheduledJob])
def account_timers(files: Answers) -> Iterator[ScheduledJob | Unreadable]:
    """Yield the timers that lie in homes; they run while their account is logged in or lingers."""
    for answer in files:
        pairs = [pair for _, line in answer.lines() if (pair := assignment(line))]
        spans = [
            value if name == "OnCalendar" else f"{name}={value}"
            for name, value in pairs
            if name.startswith("On")
        ]
        if not spans:
            yield Unreadable(answer.at(), "a timer without a time", answer.path)
            continue
        units = [value for name, value in pairs if name == "Unit"]
        service = answer.path.rsplit("/", 1)[-1].removesuffix(".timer") + ".service"
        yield ScheduledJob(
            place=answer.path,
            schedule="; ".join(spans),
            command=units[-1] if units else service,
            account=answer.accounts[0] if answer.accounts else None,
            at=answer.at(),
        )
