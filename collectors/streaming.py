"""One collector's reading of a directory or tenant: records while answers come, its outcome after.

    stream = Streaming(collector, door.search, key=key, dialect="ad")
    for record in stream:
        ...
    stream.reading

Nothing is held but what the collector itself holds. Answers are read once, each ask is sent when
the collector comes to it, and what it left unread is read to its end for the gaps.
"""

from collections.abc import Callable, Collection, Iterator
from enum import Enum
from typing import Any

from msgspec import structs

from collectors.entries import Entry
from collectors.found import Found
from collectors.rows import Row
from collectors.runner import (
    Collected,
    ask_name,
    contained,
    failure_of,
    gap_of,
    reading_of,
)
from collectors.spec import Collector, Dialect, GraphGet, LdapSearch, SysvolFiles, Unreadable
from inventory.errors import ParseError, TimedOut, TransportError
from inventory.model.evidence import Gap, Why
from inventory.model.record import Record
from inventory.reading import Reading, ReadingKey, State

Question = LdapSearch | SysvolFiles | GraphGet  # what a directory or a tenant may be asked
# Sends an ask under its name; each kind of source takes its own asks, and finds its own things.
Search = Callable[[str, Any], Found[Any]]
MOST_GAPS = 1000  # of one reading that are kept one by one
_STRANGE = ParseError("the code that reads it told something that is no record")


class _End(Enum):
    """What stands after the last that a collector told."""

    END = "end"


_END = _End.END


class Streaming:
    """One collector at one directory: iterate its records once, then ask for the reading."""

    def __init__(
        self,
        collector: Collector,
        search: Search,
        *,
        key: ReadingKey,
        dialect: Dialect,
        leave_out: Collection[str] = (),
    ) -> None:
        """Take the collector, and what searches; nothing is sent before the first iteration."""
        self.collector, self.key = collector, key
        self._search, self._dialect, self._leave_out = search, dialect, leave_out
        self._asks = {ask_name(collector, ask): ask for ask in _searches(collector, dialect)}
        names = {ask_name(collector, ask) for ask in collector.asks}
        self._is_unwanted = bool(names) and names <= set(leave_out)
        self._begun: set[str] = set()
        self._gaps: set[Gap] = set()
        self._found: dict[str, Found[Any]] = {
            ask_name(collector, ask): Found(ask_name(collector, ask), self._entries(ask))
            for ask in collector.asks
        }
        self._ended = False

    def __iter__(self) -> Iterator[Record]:
        """Yield what the collector tells, even twice; its failure ends it and is a gap."""
        if not self._is_unwanted:
            yield from self._told()
        for name, found in self._found.items():
            self._finish(name, found)
        self._ended = True

    @property
    def reading(self) -> Reading:
        """Return the outcome. Raises RuntimeError before all was read: nobody knows yet."""
        if not self._ended:
            raise RuntimeError(f"{self.key.collector} was not read to its end")
        answered = any(found.seen for found in self._found.values())
        whole = {gap.ask for gap in self._gaps if not gap.part}
        silent = bool(self._asks) and not answered and self._asks.keys() <= whole
        return reading_of(self.collector, self.key, self._gaps, answered=answered, silent=silent)

    def _told(self) -> Iterator[Record]:
        telling = contained(lambda: iter(self.collector.read(*self._found.values())))
        if isinstance(telling, ParseError):
            self._fail(telling)
            return
        while (one := contained(lambda: next(telling, _END))) is not _END:
            if isinstance(one, Record):
                yield one
            elif isinstance(one, Unreadable):
                self._miss(gap_of(one))
            else:
                self._fail(one if isinstance(one, ParseError) else _STRANGE)
                return

    def _fail(self, failure: ParseError) -> None:
        """Keep the failure; what was not begun is not sent: it could not change the outcome."""
        self._miss(failure_of(self.collector, failure))
        for name in self._found.keys() - self._begun:
            self._found[name] = Found(name, ())

    def _finish(self, name: str, found: Found[Any]) -> None:
        """Read what the collector left, and keep the gaps."""
        failure = contained(found.finish)
        if isinstance(failure, ParseError):
            self._miss(Gap(Why.FAILED, name, "", str(failure), "report"))
            found.finish()  # an iterator that failed is at its end
        for gap in found.gaps:
            self._miss(gap if gap.ask else structs.replace(gap, ask=name))

    def _miss(self, gap: Gap) -> None:
        """Keep a gap; of too many, one that hides all stands for those that are not kept."""
        if len(self._gaps) >= MOST_GAPS:
            gap = Gap(gap.why, gap.ask, "", "and more than are told one by one", gap.cure)
        self._gaps.add(gap)

    def _entries(self, ask: object) -> Iterator[Entry | Row | Gap]:
        """Send the search when its first entry is wanted; a connection that broke is a gap."""
        assert isinstance(ask, Question)  # noqa: S101  (only those come here)
        name = ask_name(self.collector, ask)
        self._begun.add(name)
        if name not in self._asks and not self._is_unwanted:
            return
        if name in self._leave_out:
            cure = "personal" if getattr(ask, "personal", False) else "audit"
            yield Gap(Why.NOT_ASKED, name, "", "left out of this audit", cure)
            return
        try:
            found = self._search(name, ask)
            yield from found
            yield from found.gaps
        except TransportError as err:
            yield broken(name, err)


def broken(name: str, err: TransportError) -> Gap:
    """Return the gap of a search that the connection did not survive."""
    why = Why.TIMEOUT if isinstance(err, TimedOut) else Why.UNREACHABLE
    return Gap(why, name, "", str(err)[:300], "route")


def _searches(collector: Collector, dialect: Dialect) -> Iterator[Question]:
    """Yield the asks that fit the directory; what another looks for is not in it."""
    for ask in collector.asks:
        if isinstance(ask, Question) and getattr(ask, "dialect", "") in ("", dialect):
            yield ask


def whole(stream: Streaming) -> Collected:
    """Return what a collector made of a directory, held in memory: for what is known as small."""
    told: dict[tuple[object, ...], Record] = {}
    for record in stream:
        told.setdefault((type(record).__name__, *record.key()), record)
    return kept(stream, tuple(told.values()))


def kept(stream: Streaming, records: Collection[Record]) -> Collected:
    """Return the outcome with its records; where nothing was answered, nothing was told."""
    reading = stream.reading
    is_usable = reading.state in (State.COMPLETE, State.PARTIAL)
    return Collected(reading, records if is_usable else (), stream.collector.parser)
