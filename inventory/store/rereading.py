"""Whether one reading's records are those that its results were sealed with."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any, cast

from msgspec import Struct
from sqlalchemy import Connection, Select

from inventory.codec import Coded, digest
from inventory.model.evidence import Pointer
from inventory.store.seals import ENDLESS, USABLE, Head, gaps_digest, result_digest


class Problem(Struct, frozen=True):
    """One thing that does not match what was sealed."""

    audit: int | None  # None: not bound to one audit
    says: str


class Groups:
    """The rows of a query that is in the order of readings, a reading at a time."""

    def __init__(self, db: Connection, query: Select[Any]) -> None:
        rows = db.execute(query.execution_options(yield_per=1000))
        self._groups = groupby(rows, attrgetter("reading"))
        self._orphans = False
        self._next()

    def of(self, reading: int) -> list[Any]:
        """Return the rows of a reading; ask for readings in their order."""
        while self._ahead and self._ahead[0] < reading:
            self._orphans = True
            self._next()
        if not self._ahead or self._ahead[0] != reading:
            return []
        found = self._ahead[1]
        self._next()
        return found

    def orphans(self) -> bool:
        """Tell whether there were rows of other readings than those asked for."""
        return self._orphans or self._ahead is not None

    def _next(self) -> None:
        ahead = next(self._groups, None)
        self._ahead = cast(tuple[int, list[Any]], (ahead[0], list(ahead[1]))) if ahead else None


class KeptReading:
    """One reading with all that the store has of it."""

    def __init__(
        self, reading: Any, results: list[Any], records: list[Any], carried: list[Any], upto: int
    ) -> None:
        self._reading, self._upto = reading, upto
        self._results, self._records, self._carried = results, records, carried
        self._name = f"{reading.collector} of {reading.target}"
        self._usable = {row.first for row in results if row.state in USABLE}

    def problems(self, whole: bool) -> Iterator[Problem]:
        """Yield what does not match; `whole`: also what lies after the newest audit."""
        yield from self._contents()
        yield from self._intervals()
        for row in self._results:
            if row.first > self._upto:
                continue
            if row.digest != result_digest(_head(row), row.unread, self._seen(row)):
                yield Problem(row.first, f"the records of {self._name} do not match its digest")
            if row.salt is not None and row.unread != gaps_digest(row.salt, row.gaps):
                yield Problem(row.first, f"the gaps of {self._name} were changed")
        newest = max([self._reading.reported, *(row.first for row in self._results)])
        if whole and newest > self._upto:
            yield Problem(newest, f"there is no such audit, yet it has a result of {self._name}")

    def _contents(self) -> Iterator[Problem]:
        for row in self._records:
            if row.body is not None and row.digest != record_digest(row):
                yield Problem(row.first, f"a {row.kind} of {self._name} was changed")

    def _intervals(self) -> Iterator[Problem]:
        """Check that whatever begins or ends does so at a usable result: nothing else may."""
        end = 0
        for row in self._results:
            if row.first <= end or (row.last is None and row is not self._results[-1]):
                yield Problem(row.first, f"the results of {self._name} overlap")
            end = self._reading.reported if row.last is None else row.last
        for row in (*self._records, *self._carried):
            after = row.last is None or row.last + 1 in self._usable
            if row.first not in self._usable or not after:
                yield Problem(row.first, f"a record of {self._name} begins or ends unread")

    def _seen(self, result: Any) -> Iterator[bytes]:
        if result.state not in USABLE:
            return
        at = result.first
        out = {row.record for row in self._carried if _covers(row, at)}
        for row in self._records:
            if _covers(row, at) and row.id not in out:
                yield row.digest


def _covers(row: Any, audit: int) -> bool:
    return bool(row.first <= audit <= (ENDLESS if row.last is None else row.last))


def _head(row: Any) -> Head:
    return Head(row.state, row.tells, row.gaps, row.parser)


def record_digest(row: Any) -> bytes:
    """Return the digest that a stored record has by its content."""
    content = Coded(row.kind, row.version, row.part or "", row.key or "", row.body, Pointer())
    return digest(row.salt or b"", content)
