"""Asks hosts of the lab everything, as an audit does: through paramiko, by any way to root."""

from collections.abc import Sequence

from collectors.registry import of_source
from collectors.spec import Answer, Outcome
from collectors.transports.guard import LockoutGuard
from collectors.transports.hops import Hop, Login, Timeouts
from collectors.transports.known_hosts import HostKeys
from collectors.transports.script import HostAsk, host_asks
from collectors.transports.session import Become, Limits, Told, interview
from collectors.transports.ssh import SshDoor
from inventory.model.evidence import Gap
from tests.lab.hosts import Host

ASKS: tuple[tuple[str, HostAsk], ...] = tuple(host_asks(of_source("ssh")))
SLOW = tuple(name for name, ask in ASKS if ask.deep)


def ask(
    host: Host,
    become: Become = Become.NONE,
    *,
    asks: Sequence[tuple[str, HostAsk]] = ASKS,
    leave_out: Sequence[str] = SLOW,
    user: str = "audit",
    limits: Limits | None = None,
) -> Told:
    """Return what a host tells; unless told otherwise, without the slow questions."""
    lab = host.lab
    door = SshDoor(HostKeys([lab.known_hosts]), LockoutGuard(), Timeouts())
    hop = Hop(host.name, host.address, host.port, user, Login(key_path=str(lab.key)))
    return interview(asks, lambda: door.wire([hop]), become, limits or Limits(), leave_out)


def files(told: Told, ask: str) -> dict[str, str]:
    """Return path and text of what came back for an ask."""
    return {answer.path: answer.text for answer in answers(told, ask)}


def answers(told: Told, ask: str) -> tuple[Answer, ...]:
    """Return what came back for an ask."""
    return outcome(told, ask)[0]


def gaps(told: Told, ask: str) -> tuple[Gap, ...]:
    """Return what did not come back for an ask."""
    return outcome(told, ask)[1]


def outcome(told: Told, ask: str) -> Outcome:
    """Return answers and gaps of an ask; every ask has an outcome."""
    return told.outcomes[ask]
