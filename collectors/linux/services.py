"""Which services a host runs, which start with it, and as whom.

Sources: systemctl(1), systemd.exec(5), rc-status(8), rc-update(8).
"""

import re
from collections.abc import Iterator, Mapping

from collectors.spec import KIB, Answer, Answers, SshCommand, Unreadable, collector, is_whole
from inventory.model.evidence import Pointer
from inventory.model.operation import Service

UNITS = SshCommand(
    "units",
    "systemctl list-units --type=service --all --full --no-legend --no-pager",
    empty="gap",
    most_bytes=2048 * KIB,
)
UNIT_FILES = SshCommand(  # where systemd does not run, it would read thousands of files
    "unit_files",
    "[ -d /run/systemd/system ] &&"
    " systemctl list-unit-files --type=service --full --no-legend --no-pager",
    tool="systemctl",
    empty="gap",
    most_bytes=2048 * KIB,
)
# In the order of systemd.unit(5), the strongest first; [Service] shows that a file was read.
USERS = SshCommand(
    "users",
    "cd / && for d in etc run usr/local/lib usr/lib lib; do"
    " [ $d = lib ] && [ -h /lib ] && continue;"
    " grep -s -H -E '^([[]Service[]]|User=|DynamicUser=)' /$d/systemd/system/*.service"
    " /$d/systemd/system/*.service.d/*.conf; done; :",
    tool="systemctl",
    most_bytes=2048 * KIB,
)
OPENRC = SshCommand(
    "openrc", "rc-status --nocolor --servicelist && rc-update show", tool="rc-status", empty="gap"
)

_USER_LINE = re.compile(r"\S{0,100}/([^/:\s]{1,200}\.service)(?:\.d/[^/:]{1,200})?:(.*)")
_OPENRC_STATE = re.compile(r"\s*\*?\s*(\S{1,100})\s+\[\s*([a-z]{1,20})[^\]]{0,40}\]\s*")
_OPENRC_LEVEL = re.compile(r"\s*(\S{1,100})\s*\|\s*([a-z ]{0,100})")
_STATES = {"dead": "stopped", "started": "running", "crashed": "failed"}
_STARTS = frozenset(("enabled", "enabled-runtime", "disabled"))


@collector("linux.services", asks=[UNITS, UNIT_FILES, USERS, OPENRC], tells=[Service])
def services(
    units: Answers, unit_files: Answers, users: Answers, openrc: Answers
) -> Iterator[Service | Unreadable]:
    """Yield the services of systemd or OpenRC; one that neither runs nor can start is left out."""
    if not (units or openrc):
        yield Unreadable(Pointer("linux.services"), "no service manager that is known answers")
    enabled: dict[str, str] = {}
    for answer in unit_files:
        enabled.update(_enabled(answer))
    accounts: dict[str, str] = {}
    for answer in users:
        accounts.update(_accounts(answer, is_all=is_whole(users)))
    loaded: set[str] = set()
    for answer in units:
        for told in _units(answer, enabled, accounts):
            if isinstance(told, Service):
                loaded.add(told.name)
            yield told
    for answer in unit_files if units else ():
        yield from _idle(answer, loaded, accounts)
    for answer in openrc:
        yield from _openrc(answer)


def _enabled(answer: Answer) -> Iterator[tuple[str, str]]:
    """Yield unit and state of lines `ssh.service enabled enabled`."""
    for _, line in answer.lines():
        words = line.split()
        if len(words) >= 2:
            yield words[0], words[1]


def _accounts(answer: Answer, *, is_all: bool) -> Iterator[tuple[str, str]]:
    """Yield unit and account: root where the unit sets none (systemd.exec(5), User=).

    /lib/systemd/system/dbus.service:[Service]
    /lib/systemd/system/dbus.service:User=messagebus
    """
    mains: dict[str, str] = {}
    found: dict[str, str] = {}
    for _, line in answer.lines():
        match = _USER_LINE.fullmatch(line)
        if not match:
            continue
        unit, text = match.groups()
        file = line.partition(":")[0]
        is_main = not file.endswith(".conf")
        if is_main and mains.setdefault(unit, file) != file:
            continue  # a weaker directory's unit of the same name
        found[unit] = _next_account(text, unit, found.get(unit))
    # Of what broke off a later line, or a drop-in, may name another account than root.
    yield from ((unit, name) for unit, name in found.items() if is_all or name != "root")


def _next_account(text: str, unit: str, before: str | None) -> str:
    """Return the account after one more line of a unit; a dynamic user has the unit's name."""
    name, _, value = text.partition("=")
    if name == "User":
        return value.strip() or "root"
    if name == "DynamicUser" and value.strip().lower() in ("yes", "true", "1", "on"):
        return unit.removesuffix(".service") if before in (None, "root") else before
    return before or "root"


def _account(name: str, accounts: Mapping[str, str]) -> str | None:
    """Return the account of a unit, or of the template that it is an instance of."""
    stem, sign, _ = name.partition("@")
    return accounts.get(name) or (accounts.get(f"{stem}@.service") if sign else None)


def _units(
    answer: Answer, enabled: Mapping[str, str], accounts: Mapping[str, str]
) -> Iterator[Service | Unreadable]:
    """Yield the services of lines `[*] UNIT LOAD ACTIVE SUB DESCRIPTION`."""
    for number, line in answer.lines():
        words = line.lstrip(" *●×○↻").split(None, 4)
        if len(words) < 4 or not words[0].endswith(".service"):
            yield Unreadable(answer.at(number), "not a line of systemctl list-units")
            continue
        name, load, active, sub = words[:4]
        if load == "not-found" and active == "inactive":
            continue
        yield Service(
            name=name,
            state="failed" if active == "failed" else _STATES.get(sub, sub),
            enabled="masked" if load == "masked" else _state_of(name, enabled),
            description=words[4].strip() if len(words) > 4 else "",
            runs_as=_account(name, accounts),
            at=answer.at(number),
        )


def _state_of(name: str, enabled: Mapping[str, str]) -> str | None:
    stem, sign, _ = name.partition("@")
    return enabled.get(name) or (enabled.get(f"{stem}@.service") if sign else None)


def _idle(
    answer: Answer, loaded: set[str], accounts: Mapping[str, str]
) -> Iterator[Service | Unreadable]:
    """Yield the services that could be started and are not loaded; templates are no services."""
    for number, line in answer.lines():
        words = line.split()
        if len(words) < 2:
            yield Unreadable(answer.at(number), "not a line of systemctl list-unit-files")
        elif words[1] in _STARTS and words[0] not in loaded and "@." not in words[0]:
            yield Service(
                name=words[0],
                state="stopped",
                enabled=words[1],
                runs_as=_account(words[0], accounts),
                at=answer.at(number),
            )


def _openrc(answer: Answer) -> Iterator[Service | Unreadable]:
    """Yield the services of lines ` sshd  [  started  ]`, then `  sshd | default`."""
    levels: dict[str, str] = {}
    states: list[tuple[str, str, Pointer]] = []
    for number, line in answer.lines():
        if level := _OPENRC_LEVEL.fullmatch(line):
            levels[level.group(1)] = level.group(2).strip()
        elif state := _OPENRC_STATE.fullmatch(line):
            states.append((state.group(1), state.group(2), answer.at(number)))
        else:
            yield Unreadable(answer.at(number), "neither of rc-status nor of rc-update")
    for name, word, at in states:
        enabled = "enabled" if levels.get(name) else "disabled"
        yield Service(name=name, state=_STATES.get(word, word), enabled=enabled, at=at)
