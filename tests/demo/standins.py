"""Programs that the lab's hosts do not have, as far as an audit asks them: they print what is given.

A host of the lab has no systemd, no netfilter tools and no Docker of its own.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tests.lab.spec import File

SCRIPT = """\
#!/bin/sh
# Stands in for {name}: it prints what is written here.
case "$*" in
{cases}
*) echo "{name}: not known here" >&2; exit 1 ;;
esac
"""
CASE = """\
{pattern}) cat <<'END'
{answer}END
;;"""
# A program that only is there: its name in the list of processes is what shows it.
IDLE = """\
#!/bin/sh
while :; do sleep 3600 & wait $!; done
"""


class Unit(NamedTuple):
    """A service that systemd runs."""

    name: str
    description: str
    state: str = "running"  # or exited, failed


class Timer(NamedTuple):
    """A timer that systemd has started; its text and its service lie in /etc/systemd/system."""

    name: str
    last: str = "2027-05-11 03:10:00"
    next: str = "2027-05-12 03:10:00"


STANDARD = (
    Unit("ssh", "OpenBSD Secure Shell server"),
    Unit("cron", "Regular background program processing daemon"),
    Unit("rsyslog", "System Logging Service"),
    Unit("systemd-journald", "Journal Service"),
)


def standin(name: str, answers: Mapping[str, str]) -> File:
    """Return a script that answers calls: a shell pattern over the arguments, and what it prints."""
    cases = "\n".join(CASE.format(pattern=p, answer=a) for p, a in answers.items())
    return File(SCRIPT.format(name=name, cases=cases), 0o755)


def systemctl(*units: Unit, timers: Sequence[Timer] = ()) -> File:
    """Return a systemctl that lists these services beside the usual ones, and these timers."""
    shown = (*STANDARD, *units)
    return standin(
        "systemctl",
        {
            "list-units*": "".join(map(_unit, shown)),
            "list-unit-files*": "".join(f"{unit.name}.service enabled enabled\n" for unit in shown),
            "list-timers*": "".join(map(_timer, timers)),
        },
    )


def _unit(unit: Unit) -> str:
    active = "failed" if unit.state == "failed" else "active"
    return f"{unit.name}.service loaded {active} {unit.state} {unit.description}\n"


def _timer(timer: Timer) -> str:
    name = timer.name
    return (
        f"Wed {timer.next} UTC 18h left Tue {timer.last} UTC 5h ago {name}.timer {name}.service\n"
    )


def nft(ruleset: str) -> File:
    """Return an nft that prints a ruleset."""
    return standin("nft", {"*list?ruleset*": ruleset})


def docker(lines: str) -> File:
    """Return a docker that lists containers, `NAME|IMAGE|STATUS|PORTS` a line."""
    return standin("docker", {"ps*": lines})


def lsblk(disk: str, *, is_encrypted: bool = False) -> File:
    """Return an lsblk that shows a disk with one partition, in LUKS or plain."""
    kind = "crypto_LUKS" if is_encrypted else "ext4"
    mount = "" if is_encrypted else "/"
    sizes = (
        f'NAME="{disk}" PKNAME="" TYPE="disk" SIZE="68719476736" MODEL="QEMU HARDDISK"'
        f' FSTYPE="" MOUNTPOINT=""\nNAME="{disk}1" PKNAME="{disk}" TYPE="part"'
        f' SIZE="68718428160" MODEL="" FSTYPE="{kind}" MOUNTPOINT="{mount}"\n'
    )
    signatures = (
        f'NAME="{disk}" TYPE="disk" FSTYPE="" UUID=""\n'
        f'NAME="{disk}1" TYPE="part" FSTYPE="{kind}" UUID="6e8f3c1a-7d52-4b0e-9a61-5c2d8e0f4b73"\n'
    )
    return standin("lsblk", {"*SIZE*": sizes, "*UUID*": signatures})
