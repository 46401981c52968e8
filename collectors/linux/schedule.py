"""What a host runs by the clock: cron, anacron and at.

Sources: crontab(5), cron(8), anacrontab(5), at(1).
"""

import re
from collections.abc import Iterator

from collectors.spec import Answer, Answers, SshCommand, SshFiles, Unreadable, collector
from inventory.model.evidence import Pointer
from inventory.model.moment import iso_time
from inventory.model.operation import ScheduledJob

CRONTABS = SshFiles("crontabs", ("/etc/crontab", "/etc/cron.d/*"))
SCRIPTS = SshFiles(
    "scripts",
    (
        "/etc/cron.hourly/*",
        "/etc/cron.daily/*",
        "/etc/cron.weekly/*",
        "/etc/cron.monthly/*",
        "/etc/periodic/15min/*",
        "/etc/periodic/hourly/*",
        "/etc/periodic/daily/*",
        "/etc/periodic/weekly/*",
        "/etc/periodic/monthly/*",
    ),
    content=False,
)
ANACRONTAB = SshFiles("anacrontab", ("/etc/anacrontab",))
# Debian and Alpine keep them in crontabs/, SUSE in tabs/, Red Hat right below cron/.
_TREE = "grep -Rn --exclude-dir atjobs --exclude-dir atspool . /var/spool/cron"
USERS = SshCommand(
    "users",
    f'if [ -n "$SUDO" ]; then [ ! -e /var/spool/cron ] || $SUDO {_TREE}; else '
    "for f in /var/spool/cron/* /var/spool/cron/crontabs/* /var/spool/cron/tabs/*; do"
    ' if [ -f "$f" ]; then grep -Hn . "$f" || [ $? = 1 ] || exit 2; fi; done; fi',
    tool="-",
    needs="root",
    ok=(0, 1),
    exact=(f"/usr/bin/{_TREE}",),
)
AT = SshFiles(
    "at",
    ("/var/spool/cron/atjobs/?0*", "/var/spool/at/?0*", "/var/spool/atjobs/?0*"),
    needs="root",
    content=False,
)

_VARIABLE = re.compile(r"\s*[\"']?([A-Za-z_][A-Za-z0-9_]{0,100})[\"']?\s*=\s*(\S.*|)")
_FIELD = re.compile(r"-?[0-9A-Za-z*/,~?#-]{1,200}")
_LEFT_OVER = re.compile(r".*(?:~|\.rpm(?:save|new|orig)|\.dpkg-\w+|\.cfsaved|\.swp)")
_LINE = re.compile(r"(/[^:]{1,400}):([0-9]{1,9}):(.*)")
_AT_NAME = re.compile(r"[A-Za-z=][0-9a-f]{5}([0-9a-f]{8})")

Line = tuple[Pointer, str]


@collector("linux.system_crontabs", asks=[CRONTABS, SCRIPTS, ANACRONTAB], tells=[ScheduledJob])
def system_crontabs(
    crontabs: Answers, scripts: Answers, anacrontab: Answers
) -> Iterator[ScheduledJob | Unreadable]:
    """Yield the jobs of the system's crontabs, the scripts of cron.daily and its like, anacron."""
    for answer in crontabs:
        if not _LEFT_OVER.fullmatch(answer.path):  # cron passes over what package managers leave
            yield from _crontab(answer.path, _lines(answer), account=None)
    for answer in scripts:
        yield from _script(answer)
    for answer in anacrontab:
        yield from _anacrontab(answer)


@collector("linux.user_crontabs", asks=[USERS], tells=[ScheduledJob])
def user_crontabs(users: Answers) -> Iterator[ScheduledJob | Unreadable]:
    """Yield the jobs of the accounts' own crontabs.

    /var/spool/cron/crontabs/alice:3:@reboot /home/alice/tunnel.sh
    """
    files: dict[str, list[Line]] = {}
    for answer in users:
        for number, line in answer.lines():
            match = _LINE.fullmatch(line)
            if match:
                path, at, text = match.groups()
                files.setdefault(path, []).append((Pointer(answer.ask, f"{path}:{at}"), text))
            else:
                yield Unreadable(answer.at(number), "not a line with its file and number")
    for path, lines in files.items():
        yield from _crontab(path, lines, account=path.rsplit("/", 1)[-1])


def _lines(answer: Answer) -> Iterator[Line]:
    return ((answer.at(number), line) for number, line in answer.lines())


def _crontab(
    path: str, lines: "Iterator[Line] | list[Line]", *, account: str | None
) -> Iterator[ScheduledJob | Unreadable]:
    """Yield the jobs of one crontab; without an account each line names its own (crontab(5)).

    MAILTO=ops@a.example
    17 * * * *  root  run-parts /etc/cron.hourly
    """
    mail_to: str | None = None
    for at, line in lines:
        text = line.strip()
        if text.startswith("#"):
            continue
        if variable := _VARIABLE.fullmatch(line):
            if variable.group(1) == "MAILTO":
                mail_to = variable.group(2).strip().strip("\"'")
            continue
        words = _job(text, has_account=account is None)
        if words is None:
            yield Unreadable(at, "not a line of a crontab", path)
            continue
        schedule, runs_as, command = words
        yield ScheduledJob(
            place=path,
            schedule=schedule,
            command=command,
            account=runs_as or account,
            mail_to=mail_to,
            at=at,
        )


def _job(text: str, *, has_account: bool) -> tuple[str, str, str] | None:
    """Return schedule, account ("" when the line has none) and command; None for other lines."""
    times = 1 if text.startswith("@") else 5
    words = text.split(None, times + has_account)
    if len(words) != times + has_account + 1:
        return None
    if times == 5 and not all(_FIELD.fullmatch(word) for word in words[:5]):
        return None
    return " ".join(words[:times]), words[times] if has_account else "", words[-1].strip()


def _script(answer: Answer) -> Iterator[ScheduledJob]:
    """Yield the script, by its name alone, when it may be run; its directory is the schedule."""
    folder, _, name = answer.path.rpartition("/")
    is_program = answer.meta is None or answer.meta.mode & 0o111
    if is_program and not _LEFT_OVER.fullmatch(name):
        schedule = folder.rsplit("/", 1)[-1].removeprefix("cron.")
        yield ScheduledJob(
            place=answer.path,
            schedule=schedule,
            command=answer.path,
            account="root",
            at=answer.at(),
        )


def _anacrontab(answer: Answer) -> Iterator[ScheduledJob | Unreadable]:
    """Yield the jobs of lines `1  5  cron.daily  nice run-parts /etc/cron.daily`: days, minutes."""
    mail_to: str | None = None
    for at, line in _lines(answer):
        text = line.strip()
        if variable := _VARIABLE.fullmatch(line):
            if variable.group(1) == "MAILTO":
                mail_to = variable.group(2).strip().strip("\"'")
        elif not text.startswith("#"):
            words = text.split(None, 3)
            if len(words) != 4:
                yield Unreadable(at, "not a line of anacrontab", answer.path)
                continue
            yield ScheduledJob(
                place=answer.path,
                schedule=f"anacron {words[0]} {words[1]}",
                command=words[3],
                account="root",
                mail_to=mail_to,
                at=at,
            )


@collector("linux.at_jobs", asks=[AT], tells=[ScheduledJob])
def at_jobs(files: Answers) -> Iterator[ScheduledJob | Unreadable]:
    """Yield the at and batch jobs that wait: when and whose; what they run is not read.

    Their names are queue, number and time: a0000501c2d3e4, the time in hex minutes since 1970.
    """
    for answer in files:
        match = _AT_NAME.fullmatch(answer.path.rsplit("/", 1)[-1])
        if not match:
            yield Unreadable(answer.at(), "not the name of an at job", answer.path)
            continue
        yield ScheduledJob(
            place=answer.path,
            schedule=f"once, {iso_time(int(match.group(1), 16) * 60)}",
            command="(not read)",
            account=answer.meta.owner if answer.meta else None,
            at=answer.at(),
        )
