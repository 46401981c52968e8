"""Which updates wait to be installed; only as good as the package lists (linux.update_state).

Sources: apt(8), dnf(8), zypper(8), apk-version(8), pacman(8). Nothing is refreshed or downloaded.
"""

import re
from collections.abc import Iterator

from collectors.spec import KIB, Answer, Answers, SshCommand, SshFiles, Unreadable, collector
from inventory.model.software import PendingUpdate

LISTS = SshFiles(
    "lists",
    (
        "/usr/bin/apt",
        "/usr/bin/dnf",
        "/usr/bin/yum",
        "/usr/bin/zypper",
        "/usr/bin/pacman",
        "/sbin/apk",
        "/var/lib/apt/lists/*Release",
    ),
    absent="gap",  # a package manager that is not known here
    content=False,
    most_files=2000,
    deep=True,
)
# Without the two cache files apt builds its cache in memory, as root too. It unpacks signed lists
# into nameless files below TMPDIR: /dev/shm keeps them in memory.
APT = SshCommand(
    "apt",
    "TMPDIR=/dev/shm apt -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= list --upgradable",
    tool="apt",
    timeout_s=30,
    most_bytes=2048 * KIB,
    deep=True,
)
# dnf -C keeps to its cache. As an ordinary user it would make a cache of its own below /var/tmp,
# so it is refused here as /root is; hosts without dnf and yum need no right to say that.
_DNF = (
    "command -v dnf >/dev/null || command -v yum >/dev/null || exit 0; "
    "[ $(id -u) = 0 ] || {{ ls /root >/dev/null; exit 1; }}; "
    "if command -v dnf >/dev/null; then dnf -q -C {0}; else yum -q -C {0}; fi"
)
DNF = SshCommand(
    "dnf",
    _DNF.format("check-update"),
    tool="rpm",
    ok=(0, 100),  # 100: there are updates
    timeout_s=40,
    most_bytes=2048 * KIB,
    deep=True,
)
DNF_SECURITY = SshCommand(
    "dnf_security",
    _DNF.format("updateinfo list security"),
    tool="rpm",
    timeout_s=40,
    most_bytes=2048 * KIB,
    deep=True,
)
ZYPPER = SshCommand(
    "zypper",
    "zypper --no-refresh --non-interactive --quiet list-updates",
    timeout_s=30,
    most_bytes=2048 * KIB,
    deep=True,
)
APK = SshCommand("apk", "apk version -l '<'", deep=True)
PACMAN = SshCommand("pacman", "pacman -Qu", ok=(0, 1), deep=True)  # 1: there are none

_APT = re.compile(r"([^/\s]{1,200})/(\S{1,200}) (\S{1,200}) (\S{1,40}) \[upgradable from: \S+\]")
_DNF_LINE = re.compile(r"(\S{1,200})\.([a-z0-9_]{1,20})\s+(\S{1,200})\s+(\S{1,200})\s*")
_NEVRA = re.compile(r"(\S{1,200})-([^\s-]{1,100}-[^\s-]{1,100})\.[a-z0-9_]{1,20}")
_APK = re.compile(r"(\S{1,200})-([0-9][^\s-]{0,100}-r[0-9]{1,6})\s+<\s+(\S{1,100})\s*")
_PACMAN = re.compile(r"(\S{1,200}) \S{1,200} -> (\S{1,200})(?: \[ignored\])?")


@collector("linux.updates", asks=[LISTS, APT, APK, PACMAN], tells=[PendingUpdate])
def updates(
    lists: Answers, apt: Answers, apk: Answers, pacman: Answers
) -> Iterator[PendingUpdate | Unreadable]:
    """Yield the updates that the package lists of apt, apk and pacman offer."""
    for answer in apt:
        if not any(one.path.startswith("/var/lib/apt/lists/") for one in lists):
            yield Unreadable(answer.at(), "there are no package lists, so updates are not known")
        yield from _apt(answer)
    for answer in apk:
        yield from _matched(answer, _APK, name=1, version=3, heading="Installed:")
    for answer in pacman:
        yield from _matched(answer, _PACMAN, name=1, version=2, heading="::")


def _apt(answer: Answer) -> Iterator[PendingUpdate | Unreadable]:
    """Yield the updates of apt; suites of security updates have it in their names.

    apt/stable-security,stable 2.6.2 amd64 [upgradable from: 2.6.1]
    """
    for number, line in answer.lines():
        if line.startswith(("Listing...", "WARNING:", "N: ")):
            continue
        match = _APT.fullmatch(line)
        if not match:
            yield Unreadable(answer.at(number), "not a line of apt list")
            continue
        name, suites, version, _ = match.groups()
        security = any(suite.endswith(("-security", "/updates")) for suite in suites.split(","))
        yield PendingUpdate(name=name, version=version, is_security=security, at=answer.at(number))


def _matched(
    answer: Answer, pattern: re.Pattern[str], *, name: int, version: int, heading: str
) -> Iterator[PendingUpdate | Unreadable]:
    """Yield the updates of lines that the pattern takes apart; lines of a heading are left out."""
    for number, line in answer.lines():
        match = pattern.fullmatch(line)
        if match:
            at = answer.at(number)
            yield PendingUpdate(name=match.group(name), version=match.group(version), at=at)
        elif not line.startswith(heading):
            yield Unreadable(answer.at(number), "not a line of pending updates")


@collector("linux.updates_rpm", asks=[DNF, DNF_SECURITY, ZYPPER], tells=[PendingUpdate])
def rpm_updates(
    dnf: Answers, security: Answers, zypper: Answers
) -> Iterator[PendingUpdate | Unreadable]:
    """Yield the updates that the cached metadata of dnf, yum or zypper offer."""
    urgent = {name for answer in security for name in _advised(answer)}
    for answer in dnf:
        yield from _dnf(answer, urgent if security else None)
    for answer in zypper:
        yield from _zypper(answer)


def _advised(answer: Answer) -> Iterator[str]:
    """Yield the packages of `RHSA-2025:1234 Important/Sec. openssl-1:3.0.7-29.el9.x86_64`."""
    for _, line in answer.lines():
        match = _NEVRA.fullmatch(line.split()[-1])
        if match:
            yield match.group(1)


def _dnf(answer: Answer, urgent: set[str] | None) -> Iterator[PendingUpdate | Unreadable]:
    """Yield the updates of lines `name.arch version repository`, up to the obsoleted packages."""
    for number, line in answer.lines():
        if line.startswith(("Obsoleting", "Security:")):
            return
        match = _DNF_LINE.fullmatch(line)
        if not match:
            if not line.startswith(("Last metadata", "Loaded plugins")):
                yield Unreadable(answer.at(number), "not a line of dnf check-update")
            continue
        name, _, version, _ = match.groups()
        is_security = None if urgent is None else name in urgent
        yield PendingUpdate(
            name=name, version=version, is_security=is_security, at=answer.at(number)
        )


def _zypper(answer: Answer) -> Iterator[PendingUpdate | Unreadable]:
    """Yield the updates of the table S | Repository | Name | Current | Available | Arch."""
    for number, line in answer.lines():
        words = [word.strip() for word in line.split("|")]
        if len(words) == 6 and words[0] == "v":
            yield PendingUpdate(name=words[2], version=words[4], at=answer.at(number))
        elif len(words) == 6 and words[0] not in ("S", "i", ""):
            yield Unreadable(answer.at(number), "a state of zypper that is not known")
        elif len(words) != 6 and not re.fullmatch(
            r"[-+]+|No updates found\.|Loading.*", line.strip()
        ):
            yield Unreadable(answer.at(number), "not a line of zypper list-updates")
