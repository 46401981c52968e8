"""Whether mandatory access control is on, and how the clock is kept.

Sources: selinux(8), apparmor(7) and securityfs, timesyncd.conf(5), chrony.conf(5), chronyc(1),
ntp.conf(5), ntpq(1). timedatectl is not asked: it would start a service.
"""

import re
from collections.abc import Iterator

from collectors.settings import keeping, listed, settings
from collectors.spec import (
    Answer,
    Answers,
    SshCommand,
    SshFiles,
    Unreadable,
    collector,
    is_whole,
)
from inventory.model.operation import AccessControl, TimeSync

ENFORCE = SshFiles("enforce", ("/sys/fs/selinux/enforce", "/selinux/enforce"))
SELINUX = SshFiles("selinux", ("/etc/selinux/config",), filter=keeping("selinux"))
APPARMOR = SshFiles("apparmor", ("/sys/module/apparmor/parameters/enabled",))
PROFILES = SshFiles(
    "profiles", ("/sys/kernel/security/apparmor/profiles",), needs="root", grant=True
)

_IN_STEP = "/run/systemd/timesync/synchronized"
TIMESYNCD = SshFiles(
    "timesyncd",
    (
        "/etc/systemd/timesyncd.conf",
        "/etc/systemd/timesyncd.conf.d/*.conf",
        "/run/systemd/timesyncd.conf.d/*.conf",
        "/usr/lib/systemd/timesyncd.conf.d/*.conf",
    ),
    filter=keeping("ntp", "fallbackntp"),
)
STATE = SshFiles(
    "state",
    (
        _IN_STEP,
        "/etc/systemd/system/dbus-org.freedesktop.timesync1.service",
        "/etc/systemd/system/sysinit.target.wants/systemd-timesyncd.service",
    ),
    content=False,
)
CHRONY = SshFiles(
    "chrony",
    (
        "/etc/chrony.conf",
        "/etc/chrony/chrony.conf",
        "/etc/chrony/conf.d/*.conf",
        "/etc/chrony/sources.d/*.sources",
        "/etc/chrony.d/*.conf",
    ),
    filter=keeping("server", "pool", "peer"),
)
TRACKING = SshCommand("tracking", "chronyc -n tracking", ok=(0, 1), timeout_s=5)
NTP = SshFiles(
    "ntp",
    ("/etc/ntp.conf", "/etc/ntpsec/ntp.conf", "/etc/openntpd/ntpd.conf", "/etc/ntpd.conf"),
    filter=keeping("server", "servers", "pool", "peer"),
)
NTPQ = SshCommand("ntpq", "ntpq -n -c rv", ok=(0, 1), timeout_s=5)

_PROFILE = re.compile(r".{1,400} \((\w+)\)")


@collector("linux.access_control", asks=[ENFORCE, SELINUX, APPARMOR], tells=[AccessControl])
def access_control(
    enforce: Answers, selinux: Answers, apparmor: Answers
) -> Iterator[AccessControl | Unreadable]:
    """Yield the mode of SELinux, as it is or else as it is configured, and that of AppArmor."""
    for answer in enforce:
        mode = {"1": "enforcing", "0": "permissive"}.get(answer.text.strip())
        if mode is None:
            yield Unreadable(answer.at(), "neither 0 nor 1", answer.path)
        else:
            yield AccessControl(at=answer.at(), type="SELinux", mode=mode)
    for answer in selinux if not enforce and is_whole(enforce) else ():
        for setting in settings(answer):
            # Without /sys/fs/selinux it is off, whatever the file says about the next start.
            mode = "disabled" if setting.value == "disabled" else f"off ({setting.value} is set)"
            yield AccessControl(at=setting.at, type="SELinux", mode=mode)
    for answer in apparmor:
        mode = {"Y": "enabled", "N": "disabled"}.get(answer.text.strip())
        if mode is None:
            yield Unreadable(answer.at(), "neither Y nor N", answer.path)
        else:
            yield AccessControl(at=answer.at(), type="AppArmor", mode=mode)


@collector("linux.apparmor_profiles", asks=[PROFILES], tells=[AccessControl])
def apparmor_profiles(profiles: Answers) -> Iterator[AccessControl | Unreadable]:
    """Yield how many profiles AppArmor enforces: lines `/usr/sbin/ntpd (enforce)`."""
    for answer in profiles:
        modes = []
        for number, line in answer.lines():
            if found := _PROFILE.fullmatch(line):
                modes.append(found.group(1))
            else:
                yield Unreadable(answer.at(number), "not a profile", answer.path)
        enforced = modes.count("enforce")
        yield AccessControl(
            at=answer.at(),
            type="AppArmor profiles",
            mode="enforcing",
            profiles=enforced if is_whole(profiles) else None,
        )


@collector("linux.timesyncd", asks=[TIMESYNCD, STATE], tells=[TimeSync])
def timesyncd(configs: Answers, state: Answers) -> Iterator[TimeSync]:
    """Yield the servers of systemd-timesyncd, where it is switched on."""
    if not state:
        return
    said: dict[str, tuple[str, ...]] = {"ntp": (), "fallbackntp": ()}
    for answer in configs:
        said |= {s.key: listed(s.value) for s in settings(answer) if s.key in said}
    yield TimeSync(
        at=state[0].at(),
        program="systemd-timesyncd",
        servers=said["ntp"] or said["fallbackntp"],
        is_synchronised=any(a.path == _IN_STEP for a in state) or _unless_hidden(state),
    )


@collector("linux.chrony", asks=[CHRONY, TRACKING], tells=[TimeSync])
def chrony(configs: Answers, tracking: Answers) -> Iterator[TimeSync]:
    """Yield the servers of chrony, and whether the clock follows them (`Leap status : Normal`)."""
    leaps = [
        line.partition(":")[2].strip()
        for answer in tracking
        for _, line in answer.lines()
        if line.startswith("Leap status")
    ]
    state = leaps[0] != "Not synchronised" if leaps else None
    yield from _time_sync("chrony", configs, is_synchronised=state)


@collector("linux.ntpd", asks=[NTP, NTPQ], tells=[TimeSync])
def ntpd(configs: Answers, shown: Answers) -> Iterator[TimeSync]:
    """Yield the servers of ntpd, and whether the clock follows them (`leap_none` of ntpq)."""
    words = " ".join(answer.text for answer in shown)
    known = re.search(r"\bleap_(\w+)", words)
    state = known.group(1) not in ("alarm", "unsync") if known else None
    yield from _time_sync("ntpd", configs, is_synchronised=state)


def _time_sync(
    program: str, configs: Answers, *, is_synchronised: bool | None
) -> Iterator[TimeSync]:
    """Yield the servers of `server ntp.example iburst` lines, where there is a configuration."""
    if configs:
        yield TimeSync(
            at=configs[0].at(),
            program=program,
            servers=tuple(dict.fromkeys(host for answer in configs for host in _hosts(answer))),
            is_synchronised=is_synchronised,
        )


def _unless_hidden(state: Answers) -> bool | None:
    """Return that the clock does not follow; None where the file that says so is hidden."""
    return False if is_whole(state, (_IN_STEP,)) else None


def _hosts(answer: Answer) -> Iterator[str]:
    for setting in settings(answer):
        if setting.value:
            yield setting.value.split()[0]
