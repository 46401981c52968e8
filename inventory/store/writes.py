"""What is to be written of a target: gathered, then a statement for each table and purpose."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam

from inventory.codec import Coded, digest
from inventory.store.difference import Difference
from inventory.store.tables import CARRIED, READING, RECORD, RESULT, VOLATILE

FEW = 20  # rows
SALT = 16  # bytes
PAGE = 1000  # rows that are read at once


# Of RECORD and VOLATILE, in the order of their columns; what comes last is the audit's number.
_STORED = ("reading", "kind", "version", "part", "key", "body", "salt", "digest", "ask", "place")
Stored = tuple[Any, ...]
DIGEST = _STORED.index("digest")


class Writes:
    """Rows that wait to be written, by the statement that writes them."""

    def __init__(self, db: Connection, number: int) -> None:
        """Take the writing connection, and the number of the audit."""
        self._db, self._number = db, number
        self._gathered: dict[Any, list[Any]] = {one: [] for one in _IN_ORDER}

    def write(self) -> None:
        """Write what was gathered: a statement a table and purpose, whatever the number of rows."""
        for statement, rows in self._gathered.items():
            many(self._db, statement, rows)
            rows.clear()

    def add(self, statement: Any, *rows: Mapping[str, Any]) -> None:
        """Gather rows for a statement."""
        self._gathered[statement].extend(rows)

    def records(self, found: Difference, added: Iterable[Stored]) -> None:
        """Gather what a difference changes of the records that last."""
        number = self._number
        self.add(END_RECORD, *({"of": row.id, "to": number - 1} for row in found.ended))
        again = (row for row in (*found.ended, *found.shown) if row.hidden)
        self.add(END_CARRIED, *({"of": row.id, "to": number - 1} for row in again))
        self.add(NEW_CARRIED, *({"record": row.id, "first": number} for row in found.hidden))
        self.add(MOVE, *({"of": one, "to_ask": at.ask, "to": at.where} for one, at in found.moved))
        self._gathered[NEW_RECORD].extend((*row, number) for row in added)

    def volatile(self, of: int, gone: Collection[int], fresh: Collection[Coded]) -> None:
        """Gather the change of volatile records: those that are gone, and those seen now."""
        self.add(DROP_VOLATILE, *({"of": one} for one in gone))
        rows = ((*row, self._number) for row in rows_of(of, fresh))
        self._gathered[NEW_VOLATILE].extend(rows)


def many(db: Connection, statement: Any, rows: Sequence[Any]) -> None:
    """Run a statement for each row; for many, past SQLAlchemy's work on every single row."""
    if not rows:
        return
    if isinstance(rows[0], tuple):
        db.exec_driver_sql(compiled(statement, db.dialect, ())[0], list(rows))
    elif len(rows) < FEW:
        db.execute(statement, rows)
    else:
        text, order = compiled(statement, db.dialect, tuple(rows[0]))
        db.exec_driver_sql(text, [tuple(map(row.__getitem__, order)) for row in rows])


def rows_of(reading: int, records: Collection[Coded]) -> Iterator[Stored]:
    """Yield the row of each record, each with a salt of its own."""
    salts = os.urandom(SALT * len(records))
    for number, one in enumerate(records):
        salt = salts[SALT * number : SALT * (number + 1)]
        told = (one.kind, one.version, one.part, one.key, one.body)
        yield reading, *told, salt, digest(salt, one), one.at.ask, one.at.where


def fetched(db: Connection, query: Any, **parameters: object) -> list[tuple[Any, ...]]:
    """Return all rows of a query as plain tuples, past SQLAlchemy's work on every single row."""
    text, order = compiled(query, db.dialect, ())
    return list(each(db, text, tuple(parameters[name] for name in order)))


def each(db: Connection, text: str, parameters: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query as plain tuples, a page of them in memory."""
    result = db.exec_driver_sql(text, parameters)
    assert result.cursor is not None  # noqa: S101  (a query has one)
    while page := result.cursor.fetchmany(PAGE):
        yield from page
    result.close()


@cache
def compiled(statement: Any, dialect: Any, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return the text of a statement, and its parameters in their order."""
    keys = names if names and getattr(statement, "is_insert", False) else None
    made = statement.compile(dialect=dialect, column_keys=keys)
    return str(made), tuple(made.positiontup)


def _ending(table: Table, of: str) -> Any:
    still = table.c.last.is_(None)
    return table.update().where(table.c[of] == bindparam("of"), still).values(last=bindparam("to"))


def _new(table: Table, number: str) -> Any:
    """Return the insert of a Stored row and the audit's number."""
    return table.insert().values({name: bindparam(name) for name in (*_STORED, number)})


def _reading_set(column: str) -> Any:
    return READING.update().where(READING.c.id == bindparam("of")).values({column: bindparam("to")})


END_RESULT = _ending(RESULT, "reading")
NEW_RESULT = RESULT.insert()
REPORTED = _reading_set("reported")
REFRESHED = _reading_set("refreshed")
END_RECORD = _ending(RECORD, "id")
END_CARRIED = _ending(CARRIED, "record")
NEW_CARRIED = CARRIED.insert()
MOVE = (
    RECORD.update()
    .where(RECORD.c.id == bindparam("of"))
    .values(ask=bindparam("to_ask"), place=bindparam("to"))
)
NEW_RECORD = _new(RECORD, "first")
DROP_VOLATILE = VOLATILE.delete().where(VOLATILE.c.id == bindparam("of"))
NEW_VOLATILE = _new(VOLATILE, "audit")
_IN_ORDER = (  # what ends comes before what begins
    END_RESULT,
    NEW_RESULT,
    REPORTED,
    END_RECORD,
    END_CARRIED,
    NEW_CARRIED,
    MOVE,
    NEW_RECORD,
    DROP_VOLATILE,
    NEW_VOLATILE,
    REFRESHED,
)
