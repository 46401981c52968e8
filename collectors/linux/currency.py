"""How current a host is kept: age of its package lists, automatic updates, a pending restart.

Sources: stat(1), apt.conf(5), dnf-automatic(8), uname(1), depmod(8).
"""

import re
from collections.abc import Iterator, Mapping

from collectors.parse import assignment, epoch, integer
from collectors.spec import (
    Answer,
    Answers,
    SshCommand,
    SshFiles,
    Unreadable,
    collector,
    is_whole,
)
from inventory.model.host import Reboot
from inventory.model.software import UpdateState

APT_STAMPS = ("/var/lib/apt/lists/partial", "/var/lib/apt/periodic/update-success-stamp")
UNATTENDED = "/usr/bin/unattended-upgrade"
_WANTED = "/etc/systemd/system/timers.target.wants"
STAMPS = SshCommand(
    "stamps",
    "stat -c '%Y %n' /etc/apt /etc/dnf /etc/yum /etc/zypp /etc/apk /etc/pacman.conf"
    f" {APT_STAMPS[0]} {APT_STAMPS[1]} {UNATTENDED}"
    " /var/cache/dnf/*/repodata/repomd.xml /var/cache/libdnf5/*/repodata/repomd.xml"
    " /var/cache/yum/*/*/*/cachecookie /var/cache/zypp/raw/*/repodata/repomd.xml"
    " /var/cache/apk/APKINDEX.*.tar.gz /var/lib/pacman/sync/*.db"
    f" {_WANTED}/dnf*-automatic*.timer 2>/dev/null",
    ok=(0, 1),  # 1: not all of them are there
    empty="gap",
    no_tool="gap",
)
AUTOMATIC = SshFiles(
    "automatic",
    ("/etc/apt/apt.conf.d/*", "/etc/dnf/automatic.conf", "/etc/yum/yum-cron.conf"),
    filter="grep -E 'Unattended-Upgrade|apply_updates'",
)
FLAGS = SshFiles(
    "flags", ("/run/reboot-required", "/run/reboot-required.pkgs", "/run/reboot-needed")
)
KERNELS = SshCommand(
    "kernels",
    "uname -r; ls -1d /lib/modules/*/modules.dep 2>/dev/null",
    tool="uname",
    ok=(0, 1, 2),  # 1, 2: no modules
    empty="gap",
    no_tool="gap",
)

_MANAGERS = {  # its configuration, and what changes when its lists are refreshed
    "apt": ("/etc/apt", re.compile("|".join(APT_STAMPS))),
    "dnf": ("/etc/dnf", re.compile(r"/var/cache/(?:dnf|libdnf5)/.*")),
    "yum": ("/etc/yum", re.compile(r"/var/cache/yum/.*")),
    "zypper": ("/etc/zypp", re.compile(r"/var/cache/zypp/.*")),
    "apk": ("/etc/apk", re.compile(r"/var/cache/apk/.*")),
    "pacman": ("/etc/pacman.conf", re.compile(r"/var/lib/pacman/.*")),
}
_APT_SWITCH = re.compile(r'\s*(?:APT::Periodic::)?Unattended-Upgrade\s+"(\w{1,20})"')
_RELEASE = re.compile(r"[0-9]+(?:[.-][0-9]+)*(?![a-zA-Z])")
_NUMBERS = re.compile(r"[0-9]{1,9}")


@collector("linux.update_state", asks=[STAMPS, AUTOMATIC], tells=[UpdateState])
def update_state(stamps: Answers, settings: Answers) -> Iterator[UpdateState | Unreadable]:
    """Yield for each package manager when its lists were refreshed, and whether it updates itself.

    1795533996 /var/lib/apt/lists/partial
    """
    for answer in stamps:
        times: dict[str, int] = {}
        for number, line in answer.lines():
            seconds, blank, path = line.partition(" ")
            if not blank or not path.startswith("/"):
                yield Unreadable(answer.at(number), "not a time and a path")
                continue
            times[path] = integer(seconds, what="time of change", least=-(2**40), most=2**40)
        for manager, (mark, lists) in _MANAGERS.items():
            if mark in times and not (manager == "yum" and "/etc/dnf" in times):
                newest = max(
                    (t for path, t in times.items() if lists.fullmatch(path)), default=None
                )
                yield UpdateState(
                    manager=manager,
                    lists_changed=None if newest is None else epoch(newest),
                    automatic=_is_automatic(manager, times, settings),
                    at=answer.at(),
                )


def _is_automatic(manager: str, times: Mapping[str, int], settings: Answers) -> bool | None:
    """Tell whether updates install themselves; None for managers where this is not read.

    None as well where a file that may say it could not be read.
    """
    if manager == "apt":
        return _apt_switch(settings) if UNATTENDED in times else False
    if manager == "dnf":
        timers = [path.rsplit("/", 1)[-1] for path in times if path.startswith(_WANTED)]
        if any("install" in timer for timer in timers):
            return True
        return bool(timers) and _applies(settings, "/etc/dnf/automatic.conf")
    return _applies(settings, "/etc/yum/yum-cron.conf") if manager == "yum" else None


def _apt_switch(settings: Answers) -> bool | None:
    """Tell whether APT::Periodic::Unattended-Upgrade is on: the last file by name decides."""
    if not is_whole(settings, ("/etc/apt/*",)):
        return None
    files = [answer for answer in settings if answer.path.startswith("/etc/apt/")]
    found = [
        match.group(1)
        for answer in sorted(files, key=lambda one: one.path)
        for _, line in answer.lines()
        if (match := _APT_SWITCH.match(line))
    ]
    if not files:
        return None
    return bool(found) and found[-1] != "0"


def _applies(settings: Answers, path: str) -> bool | None:
    """Tell whether the file says `apply_updates = yes`; None when it could not be read."""
    if not is_whole(settings, (path,)):
        return None
    pairs = (
        assignment(line) for answer in settings if answer.path == path for _, line in answer.lines()
    )
    return any(
        pair is not None and pair[0] == "apply_updates" and pair[1].lower() in ("yes", "true", "1")
        for pair in pairs
    )


@collector("linux.reboot", asks=[FLAGS, KERNELS], tells=[Reboot])
def reboot(flags: Answers, kernels: Answers) -> Iterator[Reboot]:
    """Yield that a restart is pending: the distribution's flag, or a newer kernel installed."""
    if flags:
        packages = (line.strip() for answer in flags for line in _listed(answer))
        yield Reboot(reason="packages", packages=tuple(dict.fromkeys(packages)), at=flags[0].at())
    for answer in kernels:
        lines = [line.strip() for _, line in answer.lines()]
        running = lines[0] if lines else ""
        installed = [path.removesuffix("/modules.dep").rsplit("/", 1)[-1] for path in lines[1:]]
        newer = [name for name in installed if _is_newer(name, running)]
        if newer:
            newest = max(newer, key=_release)
            yield Reboot(reason="kernel", packages=(newest,), at=answer.at())


def _listed(answer: Answer) -> Iterator[str]:
    if answer.path.endswith(".pkgs"):
        yield from (line for _, line in answer.lines())


def _is_newer(name: str, running: str) -> bool:
    """Tell whether a kernel release is newer, of the same flavour: 6.1.0-22-amd64, not -cloud."""
    return _flavour(name) == _flavour(running) and _release(name) > _release(running)


def _release(name: str) -> tuple[tuple[int, ...], ...]:
    """Return the numbers before the flavour, then those within it: 5.14.0-427.18.1 | el9."""
    plain = _RELEASE.match(name)
    cut = plain.end() if plain else 0
    return _numbers(name[:cut]), _numbers(name[cut:])


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in _NUMBERS.findall(text))


def _flavour(name: str) -> str:
    return re.sub(r"[0-9._]+", "", name).strip("-+")
