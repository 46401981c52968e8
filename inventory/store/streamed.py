"""The difference of a large reading, taken from its spool a few hundred records at a time."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, literal_column, null, select

from inventory.codec import Coded
from inventory.model.evidence import Pointer
from inventory.reading import Reading
from inventory.store.difference import Row, difference, is_hidden
from inventory.store.pairing import Pair, Standing, pairs
from inventory.store.spool import Line
from inventory.store.tables import CARRIED, RECORD, VOLATILE
from inventory.store.writes import PAGE, Writes, compiled, each, fetched, rows_of

GROUP = 500  # pairs that are compared and written at once

Group = tuple[list[Coded], list[Row]]  # all of one name are in the same group


class Streamed:
    """The writing of one reading whose records are in a spool."""

    def __init__(self, db: Connection, writes: Writes, of: int, reading: Reading) -> None:
        """Take the writing connection, the reading's number in the store, and its outcome."""
        self._db, self._writes, self._of, self._reading = db, writes, of, reading

    def lasting(self, told: Iterable[Line]) -> bool:
        """Write what differs of the records that last; tell whether nothing did."""
        nothing = True
        found = (pair for pair in pairs(self._db, told, self._standing()) if not _is_same(*pair))
        for lines, rows in _groups(found):
            differs = difference(self._reading, lines, rows)
            nothing = nothing and differs.is_nothing
            self._writes.records(differs, list(rows_of(self._of, differs.added)))
            self._writes.write()
        return nothing

    def volatile(self, told: Iterable[Line]) -> None:
        """Replace what this reading could see; what a gap hides keeps its older audit."""
        for lines, rows in _groups(pairs(self._db, told, self._fleeting())):
            names = {(one.kind, one.key) for one in lines}
            gone = [
                row.id
                for row in rows
                if (row.kind, row.key) in names or not is_hidden(self._reading, row.kind, row.part)
            ]
            self._writes.volatile(self._of, gone, lines)
            self._writes.write()

    def seen(self) -> Iterator[bytes]:
        """Return the digests of the records that are open and in sight, in their order."""
        text, _ = compiled(_SEEN, self._db.dialect, ())
        return (digest for (digest,) in each(self._db, text, (self._of,)))

    def standing(self) -> tuple[Row, ...]:
        """Return what stands open, all of it: for a reading that told little."""
        return tuple(_row(row) for row in self._standing())

    def fleeting(self) -> tuple[Row, ...]:
        """Return the volatile records that are kept, all of them."""
        return tuple(_row(row) for row in self._fleeting())

    def _standing(self) -> Iterator[Standing]:
        return self._paged(_STANDING, _NEWEST)

    def _fleeting(self) -> Iterator[Standing]:
        return self._paged(_FLEETING, _NEWEST_FLEETING)

    def _paged(self, query: Any, newest: Any) -> Iterator[Standing]:
        """Yield rows in the order in which they were written; those written meanwhile are not."""
        after, until = -1, int(fetched(self._db, newest)[0][0] or 0)
        while page := fetched(self._db, query, of=self._of, after=after, until=until, most=PAGE):
            yield from page
            after = page[-1][0]


def _is_same(line: Line | None, row: Standing | None) -> bool:
    """Tell whether a record is in sight as it was, at the same place: then nothing is written."""
    return line is not None and row is not None and row[1] is None and line == row[2:]


def _groups(found: Iterable[Pair]) -> Iterator[Group]:
    lines: list[Coded] = []
    rows: list[Row] = []
    for line, row in found:
        if line is not None:
            lines.append(_coded(line))
        if row is not None:
            rows.append(_row(row))
        if len(lines) >= GROUP or len(rows) >= GROUP:
            yield lines, rows
            lines, rows = [], []
    if lines or rows:
        yield lines, rows


def _coded(line: Line) -> Coded:
    kind, version, part, key, body, ask, place = line
    return Coded(kind, version, part, key, body, Pointer(ask, place))


def _row(row: Standing) -> Row:
    id_, hidden, kind, version, part, key, body, ask, place = row
    at = Pointer(ask, place)
    return Row(id_, kind, version, part, key, body, at, b"", hidden is not None)


def _page(table: Any, hidden: Any) -> Any:
    """Return the query of a page of a reading's rows, each as a Standing."""
    columns = (table.c[name] for name in ("kind", "version", "part", "key", "body", "ask", "place"))
    return (
        select(table.c.id, hidden, *columns)
        .where(table.c.reading == bindparam("of"))
        .where(table.c.id > bindparam("after"), table.c.id <= bindparam("until"))
        .order_by(table.c.id)
        .limit(bindparam("most"))
        .offset(literal_column("0"))
    )


_OUT = and_(CARRIED.c.record == RECORD.c.id, CARRIED.c.last.is_(None))
_STANDING = _page(RECORD, CARRIED.c.first).outerjoin_from(RECORD, CARRIED, _OUT)
_STANDING = _STANDING.where(RECORD.c.last.is_(None))
_FLEETING = _page(VOLATILE, null())
_NEWEST = select(func.max(RECORD.c.id))
_NEWEST_FLEETING = select(func.max(VOLATILE.c.id))
_SEEN = (
    select(RECORD.c.digest)
    .outerjoin(CARRIED, _OUT)
    .where(RECORD.c.reading == bindparam("of"), RECORD.c.last.is_(None), CARRIED.c.record.is_(None))
    .order_by(RECORD.c.digest)
)
