"""Writes the readings of one target, within one transaction: differences against what was open."""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any, Protocol

from msgspec import Struct
from sqlalchemy import Connection, Table, bindparam, select

from inventory.codec import Coded, digest, encode, plain, plain_reading
from inventory.errors import StoreError
from inventory.model.evidence import Pointer
from inventory.model.record import KINDS, Record
from inventory.reading import Reading
from inventory.store.difference import Difference, Row, difference, is_hidden
from inventory.store.seals import USABLE, Head, gaps_digest, head_of, result_digest
from inventory.store.tables import CARRIED, READING, RECORD, RESULT, VOLATILE

FEW = 20  # rows
SALT = 16  # bytes


class Told(Protocol):
    """What one collector made of one target: collectors.runner.Collected is one."""

    @property
    def reading(self) -> Reading:
        """Return the outcome."""
        ...

    @property
    def records(self) -> tuple[Record, ...]:
        """Return the records that were seen."""
        ...

    @property
    def parser(self) -> int:
        """Return the version of the code that read the answers."""
        ...


class Known(Struct, frozen=True):
    """What the store holds of one reading before this audit."""

    id: int
    reported: int | None  # None: never
    head: Head | None
    digest: bytes


class TargetWriting:
    """The writing of one target within one transaction."""

    def __init__(
        self, db: Connection, number: int, source: str, target: str, generation: int
    ) -> None:
        self._db, self._number, self._generation = db, number, generation
        self._source, self._target = source, target
        self._gathered: dict[Any, list[Mapping[str, Any]]] = {one: [] for one in _IN_ORDER}

    def keep(self, collected: Sequence[Told]) -> None:
        """Write all readings."""
        told = {plain(one.reading.key.collector): one for one in collected}
        if len(told) != len(collected):
            raise StoreError(f"{self._target}: one collector reported twice")
        known = self._known(tuple(told))
        rows, fleeting = self._open_rows(), self._fleeting_rows()
        for name, one in told.items():
            self._check(one)
            before = known[name]
            self._keep(one, before, rows.get(before.id, ()), fleeting.get(before.id, ()))
        self._write()

    def _write(self) -> None:
        """Write what was gathered: a statement a table and purpose, whatever the number of rows."""
        for statement, rows in self._gathered.items():
            self._many(statement, rows)

    def _gather(self, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        self._gathered[statement].extend(rows)

    def _check(self, one: Told) -> None:
        key = one.reading.key
        if (plain(key.source), plain(key.target)) != (self._source, self._target):
            raise StoreError(f"a reading of {key.target} was handed in for {self._target}")
        if one.records and one.reading.state not in USABLE:
            raise StoreError(f"{key.target}: {key.collector} {one.reading.state}, yet has records")

    def _keep(self, one: Told, before: Known, rows: Sequence[Row], fleeting: Sequence[Row]) -> None:
        reading = plain_reading(one.reading)
        lasting = [encode(record) for record in one.records if not record.VOLATILE]
        found = difference(reading, lasting, rows)
        added = list(_rows_of(before.id, found.added))
        head = head_of(reading, one.parser)
        self._result(before, head, found, [row["digest"] for row in added])
        self._records(found, added)
        self._volatile(reading, one.records, before.id, fleeting)

    def _result(self, before: Known, head: Head, found: Difference, added: Sequence[bytes]) -> None:
        """Let the last result hold on when nothing is new, else end it and begin another."""
        lasts = before.reported == self._number - 1 and before.head == head
        if not (lasts and found.is_nothing):
            seen = [row.digest for row in found.kept] + list(added)
            salt = os.urandom(SALT)
            unread = gaps_digest(salt, head.gaps)
            if before.head is not None:
                self._gather(_END_RESULT, [{"of": before.id, "to": before.reported}])
            row = {
                "reading": before.id,
                "first": self._number,
                "state": head.state,
                "tells": head.tells,
                "gaps": head.gaps,
                "salt": salt,
                "unread": unread,
                "parser": head.parser,
                "digest": result_digest(head, unread, seen),
            }
            self._gather(_NEW_RESULT, [row])
        self._gather(_REPORTED, [{"of": before.id, "to": self._number}])

    def _records(self, found: Difference, added: Sequence[Mapping[str, Any]]) -> None:
        number = self._number
        self._gather(_END_RECORD, [{"of": row.id, "to": number - 1} for row in found.ended])
        again = [row for row in (*found.ended, *found.shown) if row.hidden]
        self._gather(_END_CARRIED, [{"of": row.id, "to": number - 1} for row in again])
        self._gather(_NEW_CARRIED, [{"record": row.id, "first": number} for row in found.hidden])
        self._gather(
            _MOVE, [{"of": one, "to_ask": at.ask, "to": at.where} for one, at in found.moved]
        )
        self._gather(_NEW_RECORD, [{**row, "first": number} for row in added])

    def _volatile(
        self, reading: Reading, records: Sequence[Record], of: int, rows: Sequence[Row]
    ) -> None:
        """Replace what this reading could see; what a gap hides keeps its older audit."""
        told = [encode(record) for record in records if record.VOLATILE]
        could = any(name in KINDS and KINDS[name].VOLATILE for name in reading.tells)
        if reading.state not in USABLE or not (told or could):
            return
        fresh = {(record.kind, record.key): record for record in reversed(told)}
        gone = [
            row.id
            for row in rows
            if (row.kind, row.key) in fresh or not is_hidden(reading, row.kind, row.part)
        ]
        self._gather(_DROP_VOLATILE, [{"of": one} for one in gone])
        self._gather(
            _NEW_VOLATILE,
            [{**row, "audit": self._number} for row in _rows_of(of, fresh.values())],
        )
        self._gather(_REFRESHED, [{"of": of, "to": self._number}])

    def _known(self, collectors: Sequence[str]) -> dict[str, Known]:
        """Return what is known of each collector's reading; new ones are entered."""
        known = dict(self._entered())
        new = [
            {
                "source": self._source,
                "target": self._target,
                "collector": name,
                "generation": self._generation,
                "reported": self._number,
            }
            for name in collectors
            if name not in known
        ]
        self._many(READING.insert(), new)
        return {**dict(self._entered()), **known}

    def _entered(self) -> Iterator[tuple[str, Known]]:
        query = (
            select(READING.c.id, READING.c.collector, READING.c.reported, RESULT)
            .outerjoin(RESULT, (RESULT.c.reading == READING.c.id) & RESULT.c.last.is_(None))
            .where(*self._here())
        )
        for row in self._db.execute(query):
            if row.state is None:
                yield row.collector, Known(row.id, None, None, b"")
            else:
                head = Head(row.state, row.tells, row.gaps, row.parser)
                yield row.collector, Known(row.id, row.reported, head, row.digest)

    def _open_rows(self) -> dict[int, tuple[Row, ...]]:
        query = (
            select(RECORD, CARRIED.c.first.label("hidden"))
            .join(READING)
            .outerjoin(CARRIED, (CARRIED.c.record == RECORD.c.id) & CARRIED.c.last.is_(None))
            .where(RECORD.c.last.is_(None), *self._here())
            .order_by(RECORD.c.reading)
        )
        rows = groupby(self._db.execute(query), attrgetter("reading"))
        return {
            of: tuple(_row(row, is_out=row.hidden is not None) for row in some) for of, some in rows
        }

    def _fleeting_rows(self) -> dict[int, tuple[Row, ...]]:
        query = select(VOLATILE).join(READING).where(*self._here()).order_by(VOLATILE.c.reading)
        rows = groupby(self._db.execute(query), attrgetter("reading"))
        return {of: tuple(_row(row, is_out=False) for row in some) for of, some in rows}

    def _here(self) -> tuple[Any, ...]:
        return (
            READING.c.source == self._source,
            READING.c.target == self._target,
            READING.c.generation == self._generation,
        )

    def _many(self, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement for each row; for many, past SQLAlchemy's work on every single row."""
        if len(rows) < FEW:
            if rows:
                self._db.execute(statement, rows)
            return
        text, order = _compiled(statement, self._db.dialect, tuple(rows[0]))
        self._db.exec_driver_sql(text, [tuple(map(row.__getitem__, order)) for row in rows])


def _row(row: Any, *, is_out: bool) -> Row:
    at = Pointer(row.ask, row.place)
    return Row(row.id, row.kind, row.version, row.part, row.key, row.body, at, row.digest, is_out)


def _rows_of(reading: int, records: Collection[Coded]) -> Iterator[dict[str, Any]]:
    """Yield the row of each record, each with a salt of its own."""
    salts = os.urandom(SALT * len(records))
    for number, record in enumerate(records):
        yield _stored(reading, record, salts[SALT * number : SALT * (number + 1)])


def _stored(reading: int, record: Coded, salt: bytes) -> dict[str, Any]:
    return {
        "reading": reading,
        "kind": record.kind,
        "version": record.version,
        "part": record.part,
        "key": record.key,
        "body": record.body,
        "salt": salt,
        "digest": digest(salt, record),
        "ask": record.at.ask,
        "place": record.at.where,
    }


def _ending(table: Table, of: str) -> Any:
    still = table.c.last.is_(None)
    return table.update().where(table.c[of] == bindparam("of"), still).values(last=bindparam("to"))


@cache
def _compiled(statement: Any, dialect: Any, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return the text of a statement, and its parameters in their order."""
    keys = names if statement.is_insert else None
    compiled = statement.compile(dialect=dialect, column_keys=keys)
    return str(compiled), tuple(compiled.positiontup)


def _reading_set(column: str) -> Any:
    return READING.update().where(READING.c.id == bindparam("of")).values({column: bindparam("to")})


_END_RESULT = _ending(RESULT, "reading")
_NEW_RESULT = RESULT.insert()
_REPORTED = _reading_set("reported")
_REFRESHED = _reading_set("refreshed")
_END_RECORD = _ending(RECORD, "id")
_END_CARRIED = _ending(CARRIED, "record")
_NEW_CARRIED = CARRIED.insert()
_MOVE = (
    RECORD.update()
    .where(RECORD.c.id == bindparam("of"))
    .values(ask=bindparam("to_ask"), place=bindparam("to"))
)
_NEW_RECORD = RECORD.insert()
_DROP_VOLATILE = VOLATILE.delete().where(VOLATILE.c.id == bindparam("of"))
_NEW_VOLATILE = VOLATILE.insert()
_IN_ORDER = (  # what ends comes before what begins
    _END_RESULT,
    _NEW_RESULT,
    _REPORTED,
    _END_RECORD,
    _END_CARRIED,
    _NEW_CARRIED,
    _MOVE,
    _NEW_RECORD,
    _DROP_VOLATILE,
    _NEW_VOLATILE,
    _REFRESHED,
)
