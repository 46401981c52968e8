"""One thing that is asked, and the way to ask it: what a run needs to know of every transport."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from msgspec import Struct

from collectors.spec import Collector, Outcome
from inventory.errors import Denied, TimedOut, TransportError
from inventory.model.evidence import Gap, Why


class Told(Struct, frozen=True):
    """What a target told: the outcome of each ask by name, and what the way there taught."""

    outcomes: dict[str, Outcome]
    as_root: bool = False


Ask = Callable[[Sequence[Collector]], Told]


class Target(Struct, frozen=True):
    """One host, or this machine: its source, its name, its collectors, and the way to ask it."""

    source: str
    name: str
    collectors: tuple[Collector, ...]
    ask: Ask  # raises TransportError when nothing at all could be asked


class Outlook(StrEnum):
    """How a target's run ended, as one word for the progress display."""

    READ = "read"
    PART = "in part"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    SEEN = "seen, not asked"
    STOPPED = "stopped"


def gap_of(err: TransportError) -> Gap:
    """Return the gap of a target that could not be asked, with the act that would cure it."""
    from collectors.transports.guard import NotTried
    from collectors.transports.session import NotAShell

    text = str(err)[:300]
    if isinstance(err, NotTried):
        return Gap(Why.NOT_ASKED, detail=text, cure="credential")
    if isinstance(err, NotAShell):
        return Gap(Why.NOT_ASKED, detail=f"seen, not asked: {text}", cure="appliance")
    if isinstance(err, Denied):
        cure = "host key" if "host key" in text or "known_hosts" in text else "credential"
        return Gap(Why.DENIED, detail=text, cure=cure)
    if isinstance(err, TimedOut):
        return Gap(Why.TIMEOUT, detail=text, cure="route")
    return Gap(Why.UNREACHABLE, detail=text, cure="route")
