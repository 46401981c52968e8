"""One thing that is asked, and the way to ask it: what a run needs to know of every transport."""

import re
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

from msgspec import Struct

from collectors.spec import Collector, Dialect, GraphGet
from collectors.streaming import Search
from collectors.transports.guard import NotTried
from collectors.transports.hops import LegacyCrypto
from collectors.transports.session import NotAShell, Told
from inventory.errors import Denied, TimedOut, TransportError, Untrusted
from inventory.model.evidence import Gap, Why
from inventory.reading import ReadingKey


class Opened(Struct, frozen=True):
    """A directory or a tenant that is open, and read while it tells, until it is closed."""

    dialect: Dialect  # of a directory; of a tenant ""
    search: Search
    close: Callable[[], None]  # once is enough, twice does no harm


# Collectors, and names of asks to leave out; a Gap: nothing at all could be asked.
Ask = Callable[[Sequence[Collector], Sequence[str]], Told | Opened | Gap]
MOST_SAID = 300  # characters of an error that a gap keeps


class Target(Struct, frozen=True):
    """One host, directory, tenant or network: source, name, collectors, and the way to ask it."""

    source: str
    name: str
    collectors: tuple[Collector, ...]
    ask: Ask  # may raise TransportError as well
    leave_out: tuple[str, ...] = ()  # names of asks that are not wanted this time
    kept: Callable[[], None] | None = None  # called once when the store has its result

    @property
    def is_directory(self) -> bool:
        """Return whether it is a directory."""
        return any(one.source == "ldap" for one in self.collectors)

    @property
    def is_tenant(self) -> bool:
        """Return whether it is a tenant."""
        return any(one.source == "graph" for one in self.collectors)

    @property
    def is_read_slowly(self) -> bool:
        """Return whether it is one of those that are read while they tell."""
        return self.is_directory or self.is_tenant

    def key(self, collector: Collector) -> ReadingKey:
        """Return what a collector's reading of it is known by."""
        return ReadingKey(self.source, self.name, collector.name)


def lanes_of(collectors: Iterable[Collector]) -> tuple[tuple[Collector, ...], ...]:
    """Return what may be read side by side: of a tenant what shares a budget, else all in one."""
    lanes: dict[str, list[Collector]] = {}
    for one in collectors:
        budgets = [ask.budget for ask in one.asks if isinstance(ask, GraphGet)]
        lanes.setdefault(budgets[0] if budgets else "", []).append(one)
    return tuple(map(tuple, lanes.values()))


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
    text = str(err)[:MOST_SAID]
    match err:
        case NotTried():
            return Gap(Why.NOT_ASKED, detail=text, cure="credential")
        case NotAShell():
            return Gap(Why.NOT_ASKED, detail=f"seen, not asked: {text}", cure="appliance")
        case Denied():
            return Gap(Why.DENIED, detail=text, cure=_cure_of(err))
        case LegacyCrypto():
            return Gap(Why.UNREACHABLE, detail=text, cure="legacy")
        case TimedOut():
            return Gap(Why.TIMEOUT, detail=text, cure="route")
        case _:
            return Gap(Why.UNREACHABLE, detail=text, cure="route")


def _cure_of(err: Denied) -> str:
    """Return what would cure a refusal: theirs of our credential, or ours of their proof."""
    if isinstance(err, Untrusted):
        return "certificate"
    return "host key" if re.search("host key|known_hosts", str(err)) else "credential"


def outlook_of(gap: Gap) -> Outlook:
    """Return how the run of a target ended of which nothing came back."""
    if gap.cure == "appliance":
        return Outlook.SEEN
    if gap.why is Why.DENIED:
        return Outlook.REFUSED
    return Outlook.STOPPED if gap.why is Why.NOT_ASKED else Outlook.UNREACHABLE
