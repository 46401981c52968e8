"""The snapshot of one audit, read from the store only as far as it is asked for."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, TypeVar, cast

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, case, func, select

from inventory.codec import decode
from inventory.model.evidence import Evidence, Gap, Pointer, Why
from inventory.model.record import Record
from inventory.reading import Reading, ReadingKey, State
from inventory.snapshot import Blank, Read, Seen, blanks_of, never_asked
from inventory.store.opening import Database
from inventory.store.seals import ENDLESS, RESULT_END, USABLE, gaps_of, told_by
from inventory.store.tables import CARRIED, READING, RECORD, RESULT, VOLATILE

R = TypeVar("R", bound=Record)

NOT_ASKED = Gap(Why.NOT_ASKED, detail="not asked in this audit", cure="audit")
ANOTHER = Gap(Why.NOT_ASKED, detail="the target came back as another machine", cure="confirm")
FORGOTTEN = Gap(Why.NOT_ASKED, detail="erased on request", cure="audit")
REPLACED = Gap(Why.NOT_ASKED, detail="kept for the newest audit only", cure="audit")


_OF_RECORD = ("id", "reading", "kind", "version", "body", "ask", "place")


class Known(Struct, frozen=True):
    """A reading as the audit knows it."""

    reading: Reading
    usable: bool  # asked in this audit, and answered at least in part
    refreshed: int | None  # newest audit that replaced its volatile records


class _Row(Struct, frozen=True, gc=False):
    """A record as it is stored, and the audit since which it is out of sight."""

    id: int
    reading: int
    kind: str
    version: int
    body: str | None  # None: forgotten
    ask: str
    place: str
    hidden: int | None = None


class StoreSnapshot:
    """What was known at the end of one audit; decodes records only when they are asked for."""

    def __init__(self, database: Database, audit: int) -> None:
        """Take the store and the number of one of its audits."""
        self._database, self._audit = database, audit
        self._seen_last: dict[tuple[int, int], int] = {}

    @property
    def audit(self) -> int:
        """Return the number of the audit."""
        return self._audit

    def readings(self, kind: type[Record] | None = None) -> tuple[Reading, ...]:
        """Return all readings, or those that could tell of the kind."""
        name = kind.__name__ if kind else None
        known = (one.reading for one in self.known.values())
        return tuple(one for one in known if name is None or name in one.tells)

    def targets(self) -> tuple[str, ...]:
        """Return the names of all targets, asked or not, in order."""
        return tuple(sorted({one.reading.key.target for one in self.known.values()}))

    def read(self, kind: type[R], *, target: str | None = None) -> Read[R]:
        """Return what is known of a kind, on one target or on all."""
        scope = {
            of: one for of, one in self.known.items() if target in (None, one.reading.key.target)
        }
        rows = self._volatile(kind, scope) if kind.VOLATILE else self._lasting(kind, scope, target)
        told = [one.reading for one in scope.values() if kind.__name__ in one.reading.tells]
        blanks = list(blanks_of(told) if told else never_asked(kind, target))
        seen: list[Seen[R]] = []
        for row in rows:
            if isinstance(row, Blank):
                blanks.append(row)
            else:
                seen.append(cast(Seen[R], row))  # the query asked for this kind only
        return Read(seen, blanks)

    def by_id(self, ids: Sequence[int]) -> dict[int, Seen[Record] | None]:
        """Return those of the store's rows that held in this audit; None for a forgotten one."""
        found: dict[int, Seen[Record] | None] = {}
        for start in range(0, len(ids), 500):
            query = self._alive().where(RECORD.c.id.in_(ids[start : start + 500]))
            for row in self._records(query):
                found[row.id] = None if row.body is None else self._seen(row, row.body)
        return found

    @cached_property
    def known(self) -> dict[int, Known]:
        """Return all readings that are known, by their number in the store, in order."""
        any_result = RESULT.alias()
        newest = select(func.max(any_result.c.first)).where(
            any_result.c.reading == READING.c.id, any_result.c.first <= self._audit
        )
        query = (
            select(READING, RESULT.c.state, RESULT.c.tells, RESULT.c.gaps, RESULT_END.label("end"))
            .join(RESULT)
            .where(RESULT.c.first == newest.scalar_subquery())
            .order_by(READING.c.source, READING.c.target, READING.c.collector, READING.c.generation)
        )
        rows = self._rows(query)
        asked = {(row.source, row.target, row.generation) for row in rows if self._holds(row)}
        return {row.id: self._known(row, asked) for row in rows}

    def _holds(self, row: Any) -> bool:
        return bool(row.end >= self._audit)

    def _known(self, row: Any, asked: set[tuple[str, str, int]]) -> Known:
        key = ReadingKey(row.source, row.target, row.collector, row.generation)
        tells = tuple(told_by(row.tells))
        if self._holds(row):
            reading = Reading(key, State(row.state), tells, gaps_of(row.gaps))
            return Known(reading, reading.state in USABLE, row.refreshed)
        others = {of for source, target, of in asked if (source, target) == key_of(key)}
        gap = ANOTHER if others - {key.generation} else NOT_ASKED
        return Known(Reading(key, State.NOT_ASKED, tells, (gap,)), False, row.refreshed)

    def _lasting(
        self, kind: type[Record], scope: dict[int, Known], target: str | None
    ) -> Iterator[Seen[Record] | Blank]:
        query = self._alive().where(RECORD.c.kind == kind.__name__)
        if target is not None:
            query = query.where(RECORD.c.reading.in_(list(scope)))
        rank = {of: place for place, of in enumerate(scope)}
        rows = self._records(query)
        rows.sort(key=lambda row: (rank[row.reading], row.id))
        for row in rows:
            if row.body is None:
                yield self._blank(row.reading, FORGOTTEN)
            else:
                yield self._seen(row, row.body)

    def _alive(self) -> Select[Any]:
        out = and_(CARRIED.c.record == RECORD.c.id, holds_at(CARRIED.c, self._audit))
        return (
            select(*(RECORD.c[name] for name in _OF_RECORD), CARRIED.c.first)
            .outerjoin_from(RECORD, CARRIED, out)
            .where(holds_at(RECORD.c, self._audit))
        )

    def _seen(self, row: _Row, body: str) -> Seen[Record]:
        """Return a row as it stood in this audit, with the audit that saw it last."""
        fresh = self.known[row.reading].usable and row.hidden is None
        until = self._audit if row.hidden is None else row.hidden - 1
        audit = self._audit if fresh else self._sighting(row.reading, until)
        return self._told(row, body, audit, carried=not fresh)

    def _told(self, row: _Row, body: str, audit: int, *, carried: bool) -> Seen[Record]:
        at = Pointer(row.ask, row.place)
        key = self.known[row.reading].reading.key
        evidence = Evidence(key.source, key.target, key.collector, at, audit)
        return Seen(decode(row.kind, row.version, body, at), evidence, carried)

    def _sighting(self, reading: int, until: int) -> int:
        """Return the newest audit up to `until` in which the reading was usable."""
        if (reading, until) not in self._seen_last:
            query = (
                select(func.max(case((until > RESULT_END, RESULT_END), else_=until)))
                .join_from(RESULT, READING)
                .where(RESULT.c.reading == reading, RESULT.c.first <= until)
                .where(RESULT.c.state.in_([str(state) for state in USABLE]))
            )
            self._seen_last[reading, until] = int(self._rows(query)[0][0])
        return self._seen_last[reading, until]

    def _volatile(
        self, kind: type[Record], scope: dict[int, Known]
    ) -> Iterator[Seen[Record] | Blank]:
        """Yield the newest sighting; what a later audit replaced is a blank, never a none."""
        for of, one in scope.items():
            if (one.refreshed or 0) > self._audit:  # even undeclared kinds may be lost
                yield self._blank(of, REPLACED)
        query = (
            select(*(VOLATILE.c[name] for name in _OF_RECORD), VOLATILE.c.audit)
            .where(VOLATILE.c.kind == kind.__name__, VOLATILE.c.reading.in_(list(scope)))
            .order_by(VOLATILE.c.reading, VOLATILE.c.id)
        )
        for columns in self._plain(query):
            row, audit = _Row(*columns[:-1]), columns[-1]
            one = scope[row.reading]
            if (one.refreshed or 0) > self._audit:
                continue
            if row.body is None:
                yield self._blank(row.reading, FORGOTTEN)
            else:
                fresh = one.usable and audit == self._audit
                yield self._told(row, row.body, audit, carried=not fresh)

    def _blank(self, reading: int, gap: Gap) -> Blank:
        key = self.known[reading].reading.key
        return Blank(key.source, key.target, key.collector, gap)

    def _records(self, query: Select[Any]) -> list[_Row]:
        return [_Row(*columns) for columns in self._plain(query)]

    def _plain(self, query: Select[Any]) -> Sequence[Any]:
        """Return plain tuples, past SQLAlchemy's work on every single row."""
        with self._database.reading() as db:
            result = db.execute(query)
            assert result.cursor is not None  # noqa: S101  (a query has one)
            rows = result.cursor.fetchall()
            result.close()
            return rows

    def _rows(self, query: Select[Any]) -> Sequence[Any]:
        with self._database.reading() as db:
            return db.execute(query).all()


def key_of(key: ReadingKey) -> tuple[str, str]:
    """Return source and target."""
    return key.source, key.target


def holds_at(columns: Any, audit: int) -> ColumnElement[bool]:
    """Return the condition that a row's interval covers the audit."""
    return and_(columns.first <= audit, func.coalesce(columns.last, ENDLESS) >= audit)
