"""This machine: the same script through a local shell, and psutil where no shell serves."""

import sys
from collections.abc import Sequence
from pathlib import Path

from collectors.runner import ask_name
from collectors.spec import Answer, Collector, LocalCall, Outcome
from collectors.transports.script import HostAsk
from collectors.transports.session import Become, Limits, Told, interview
from collectors.transports.wire import ProcessWire

CLEAN_ENV = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}


def ask_shell(
    asks: Sequence[tuple[str, HostAsk]],
    become: Become,
    limits: Limits,
    leave_out: Sequence[str] = (),
) -> Told:
    """Ask this machine's own shell; nothing of our environment goes along."""
    shell = ["/bin/sh", "-s"]
    return interview(asks, lambda: ProcessWire(shell, CLEAN_ENV), become, limits, leave_out)


def has_shell() -> bool:
    """Tell whether this machine has a POSIX shell and the files the Linux collectors read."""
    return sys.platform == "linux" and Path("/bin/sh").exists()


def ask_psutil(collectors: Sequence[Collector]) -> dict[str, Outcome]:
    """Return the outcome of each psutil call that the collectors ask."""
    from collectors.transports.psutil_calls import answer_call

    found: dict[str, Outcome] = {}
    for collector in collectors:
        for ask in collector.asks:
            if isinstance(ask, LocalCall):
                name = ask_name(collector, ask)
                found[name] = ((Answer(name, answer_call(ask.call)),), ())
    return found
