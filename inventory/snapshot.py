"""What was known at the end of one audit, asked in three values (the law of truth, in one place).

To say "there is one", one reading is enough. To say "there is none", every reading that could
show one must be complete. `Read` is where that asymmetry lives; nobody else decides it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, NoReturn, Protocol, TypeVar

from msgspec import Struct

from inventory.model.evidence import Evidence, Gap, Why
from inventory.model.record import Record
from inventory.model.truth import Bounds, Truth
from inventory.reading import Reading, State

R = TypeVar("R", bound=Record)


class Seen(Struct, Generic[R], frozen=True, gc=False):
    """A record with its evidence; `carried`: this audit could not see whether it still holds."""

    record: R
    evidence: Evidence
    carried: bool = False

    @property
    def target(self) -> str:
        """Return the target on which it was seen."""
        return self.evidence.target


class Blank(Struct, frozen=True, order=True):
    """A gap with the reading that has it: what could hide more of the kind that was asked for."""

    source: str
    target: str
    collector: str
    gap: Gap


class Known(Struct, Generic[R], frozen=True):
    """The rows that are known, and beside them the gaps that could hide more."""

    rows: tuple[Seen[R], ...]
    blanks: tuple[Blank, ...]

    @property
    def complete(self) -> bool:
        """Return whether the rows are all there are."""
        return not self.blanks and not any(row.carried for row in self.rows)


class Read(Generic[R]):
    """The answer to "which records of this kind are there": rows and gaps, never apart."""

    def __init__(self, rows: Iterable[Seen[R]], blanks: Iterable[Blank]) -> None:
        """Take the rows, carried ones included, and the gaps of all readings that tell the kind."""
        self._rows = tuple(rows)
        self._blanks = tuple(blanks)

    def __len__(self) -> NoReturn:
        """Refuse: a length would read as a count, and gaps would be forgotten."""
        raise TypeError("a Read has no length: use count(), known() or any()")

    def __bool__(self) -> NoReturn:
        """Refuse: an empty Read is not a no."""
        raise TypeError("a Read has no truth: use any() or all()")

    def __iter__(self) -> NoReturn:
        """Refuse: iterating would forget the gaps."""
        raise TypeError("a Read cannot be iterated: known() has the gaps beside the rows")

    def known(self) -> Known[R]:
        """Return the rows with the gaps beside them."""
        return Known(self._rows, self._blanks)

    def any(self, holds: Callable[[R], bool] = lambda _: True) -> Truth:
        """Return YES on a fresh hit, UNKNOWN when a gap or a carried hit is in the way, else NO."""
        hits = [row for row in self._rows if holds(row.record)]
        if any(not row.carried for row in hits):
            return Truth.YES
        return Truth.UNKNOWN if self._blanks or hits else Truth.NO

    def all(self, holds: Callable[[R], bool]) -> Truth:
        """Return NO on one fresh counter-example, YES only without any gap, else UNKNOWN."""
        return ~self.any(lambda record: not holds(record))

    def count(self, holds: Callable[[R], bool] = lambda _: True) -> Bounds:
        """Count: fresh hits are the least; without gaps fresh and carried ones are the most."""
        hits = [row for row in self._rows if holds(row.record)]
        least = sum(not row.carried for row in hits)
        return Bounds(least, None if self._blanks else len(hits))

    def where(self, holds: Callable[[R], bool]) -> "Read[R]":
        """Return the same question for the rows that hold; the gaps stay."""
        return Read((row for row in self._rows if holds(row.record)), self._blanks)


class Snapshot(Protocol):
    """The read-only view of what was known at the end of one audit."""

    @property
    def audit(self) -> int:
        """Return the number of the audit."""
        ...

    def readings(self, kind: type[Record] | None = None) -> tuple[Reading, ...]:
        """Return all readings, or those that could tell of the kind."""
        ...

    def targets(self) -> tuple[str, ...]:
        """Return the names of all targets, asked or not, in order."""
        ...

    def read(self, kind: type[R], *, target: str | None = None) -> Read[R]:
        """Return what is known of a kind, on one target or on all."""
        ...


def blanks_of(readings: Iterable[Reading]) -> Iterator[Blank]:
    """Yield a blank for each gap; a failed or unasked reading without a gap gets one."""
    for reading in readings:
        key = reading.key
        gaps = reading.gaps
        if not gaps and reading.state is not State.COMPLETE:
            gaps = (Gap(Why.NOT_ASKED),)
        for gap in gaps:
            yield Blank(key.source, key.target, key.collector, gap)


class MemorySnapshot:
    """A snapshot held in memory: the twin of the store's, for tests and for one-off questions."""

    def __init__(self, audit: int, told: Iterable[tuple[Reading, Iterable[Seen[Record]]]]) -> None:
        """Take readings with the records that are known of each, carried ones included."""
        self._audit = audit
        self._told = [(reading, tuple(rows)) for reading, rows in told]
        # By kind and target; target None: on all of them.
        self._rows: dict[tuple[type[Record], str | None], list[Seen[Any]]] = defaultdict(list)
        self._telling: dict[tuple[str, str | None], list[Reading]] = defaultdict(list)
        for reading, rows in self._told:
            for place in (None, reading.key.target):
                for name in dict.fromkeys(reading.tells):
                    self._telling[name, place].append(reading)
                for row in rows:
                    self._rows[type(row.record), place].append(row)

    @property
    def audit(self) -> int:
        """Return the number of the audit."""
        return self._audit

    def readings(self, kind: type[Record] | None = None) -> tuple[Reading, ...]:
        """Return all readings, or those that could tell of the kind."""
        if kind is None:
            return tuple(reading for reading, _ in self._told)
        return tuple(self._telling.get((kind.__name__, None), ()))

    def targets(self) -> tuple[str, ...]:
        """Return the names of all targets in order."""
        return tuple(sorted({reading.key.target for reading, _ in self._told}))

    def read(self, kind: type[R], *, target: str | None = None) -> Read[R]:
        """Return what is known of a kind, on one target or on all."""
        rows = self._rows.get((kind, target), ())
        telling = self._telling.get((kind.__name__, target), ())
        return Read(rows, never_asked(kind, target) if not telling else blanks_of(telling))


def never_asked(kind: type[Record], target: str | None) -> tuple[Blank, ...]:
    """Return the blank of a kind that no reading tells: nobody asked, so nothing is known."""
    why = Gap(Why.NOT_ASKED, detail=f"no source was asked for {kind.__name__}", cure="source")
    return (Blank("", target or "", "", why),)
