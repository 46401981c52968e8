"""What is to be written of a target: gathered, then a statement for each table and purpose."""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam

from inventory.codec import Coded, digest
from inventory.store.difference import Difference
from inventory.store.tables import CARRIED, READING, RECORD, RESULT, VOLATILE

FEW = 20  # rows
SALT = 16  # bytes
PAGE = 1000  # rows that are read at once


class Writes:
    """Rows that wait to be written, by the statement that writes them."""

    def __init__(self, db: Connection, number: int) -> None:
        """Take the writing connection, and the number of the audit."""
        self._db, self._number = db, number
        self._gathered: dict[Any, list[Mapping[str, Any]]] = {one: [] for one in _IN_ORDER}

    def write(self) -> None:
        """Write what was gathered: a statement a table and purpose, whatever the number of rows."""
        for statement, rows in self._gathered.items():
            many(self._db, statement, rows)
            rows.clear()

    def add(self, statement: Any, *rows: Mapping[str, Any]) -> None:
        """Gather rows for a statement."""
        self._gathered[statement].extend(rows)

    def records(self, found: Difference, added: Sequence[Mapping[str, Any]]) -> None:
        """Gather what a difference changes of the records that last."""
        number = self._number
        self.add(END_RECORD, *({"of": row.id, "to": number - 1} for row in found.ended))
        again = (row for row in (*found.ended, *found.shown) if row.hidden)
        self.add(END_CARRIED, *({"of": row.id, "to": number - 1} for row in again))
        self.add(NEW_CARRIED, *({"record": row.id, "first": number} for row in found.hidden))
        self.add(MOVE, *({"of": one, "to_ask": at.ask, "to": at.where} for one, at in found.moved))
        self.add(NEW_RECORD, *({**row, "first": number} for row in added))

    def volatile(self, of: int, gone: Collection[int], fresh: Collection[Coded]) -> None:
        """Gather the change of volatile records: those that are gone, and those seen now."""
        self.add(DROP_VOLATILE, *({"of": one} for one in gone))
        self.add(NEW_VOLATILE, *({**row, "audit": self._number} for row in rows_of(of, fresh)))


def many(db: Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run a statement for each row; for many, past SQLAlchemy's work on every single row."""
    if len(rows) < FEW:
        if rows:
            db.execute(statement, rows)
        return
    text, order = compiled(statement, db.dialect, tuple(rows[0]))
    db.exec_driver_sql(text, [tuple(map(row.__getitem__, order)) for row in rows])


def rows_of(reading: int, records: Collection[Coded]) -> Iterator[dict[str, Any]]:
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
    keys = names if getattr(statement, "is_insert", False) else None
    made = statement.compile(dialect=dialect, column_keys=keys)
    return str(made), tuple(made.positiontup)


def _ending(table: Table, of: str) -> Any:
    still = table.c.last.is_(None)
    return table.update().where(table.c[of] == bindparam("of"), still).values(last=bindparam("to"))


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
NEW_RECORD = RECORD.insert()
DROP_VOLATILE = VOLATILE.delete().where(VOLATILE.c.id == bindparam("of"))
NEW_VOLATILE = VOLATILE.insert()
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
