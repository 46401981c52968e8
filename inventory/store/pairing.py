"""Brings together what was told and what stood open of one reading, with little of it in memory.

Both come in nearly the same order, so that most meet at once. What does not waits in a window; what
waits too long goes into temporary tables, which SQLite keeps in a file, and meets there.
"""

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection

from inventory.store.spool import Line
from inventory.store.writes import each

Standing = tuple[Any, ...]  # id, hidden, then a Line of what stands open; key None: forgotten
Pair = tuple[Line | None, Standing | None]
MOST_WAITING = 2000  # of each side

_TOLD = "kind, version, part, key, body, ask, place"
_STANDING = f"id, hidden, {_TOLD}"
_MAKE = (
    f"CREATE TEMP TABLE told_later ({_TOLD}, PRIMARY KEY (kind, key)) WITHOUT ROWID",
    f"CREATE TEMP TABLE standing_later ({_STANDING}, PRIMARY KEY (kind, key)) WITHOUT ROWID",
)
_DROP = ("DROP TABLE told_later", "DROP TABLE standing_later")
_ADD_TOLD = "INSERT OR IGNORE INTO told_later VALUES (?, ?, ?, ?, ?, ?, ?)"
_ADD_STANDING = "INSERT OR IGNORE INTO standing_later VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_TOLD_LATER = """
SELECT t.kind, t.version, t.part, t.key, t.body, t.ask, t.place,
    s.id, s.hidden, s.kind, s.version, s.part, s.key, s.body, s.ask, s.place
FROM told_later t LEFT JOIN standing_later s ON s.kind = t.kind AND s.key = t.key
"""
_STANDING_ALONE = """
SELECT s.id, s.hidden, s.kind, s.version, s.part, s.key, s.body, s.ask, s.place
FROM standing_later s WHERE NOT EXISTS
    (SELECT 1 FROM told_later t WHERE t.kind = s.kind AND t.key = s.key)
"""


def pairs(db: Connection, told: Iterable[Line], standing: Iterable[Standing]) -> Iterator[Pair]:
    """Yield each that was told with what stood open under its name, and each that has no other."""
    return _Pairing(db).pairs(told, standing)


class _Pairing:
    """Those that wait for the other side, by kind and key."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._told: dict[tuple[str, str], Line] = {}
        self._standing: dict[tuple[str, str], Standing] = {}
        self._overflowed = False
        self._all_told = self._all_standing = False  # no more of them comes

    def pairs(self, told: Iterable[Line], standing: Iterable[Standing]) -> Iterator[Pair]:
        for line, row in zip_longest(told, standing):
            if line and row and line[3] == row[5] and line[0] == row[2]:
                yield line, row
                continue
            self._all_told, self._all_standing = line is None, row is None
            if line:
                yield from self._met_by_line(line)
            if row:
                yield from self._met_by_row(row)
            if len(self._told) > MOST_WAITING or len(self._standing) > MOST_WAITING:
                self._put_off()
        yield from self._rest()

    def _met_by_line(self, line: Line) -> Iterator[Pair]:
        name = line[0], line[3]
        row = self._standing.pop(name, None)
        if row or (self._all_standing and not self._overflowed):
            yield line, row
        else:
            self._told[name] = line

    def _met_by_row(self, row: Standing) -> Iterator[Pair]:
        name = row[2], row[5]
        line = self._told.pop(name, None)
        if line or row[5] is None or (self._all_told and not self._overflowed):
            yield line, row
        else:
            self._standing[name] = row

    def _put_off(self) -> None:
        """Move all that waits into the temporary tables."""
        if not self._overflowed:
            self._run(_MAKE)
            self._overflowed = True
        for statement, rows in ((_ADD_TOLD, self._told), (_ADD_STANDING, self._standing)):
            if rows:
                self._db.exec_driver_sql(statement, list(rows.values()))
                rows.clear()

    def _rest(self) -> Iterator[Pair]:
        if not self._overflowed:
            yield from ((line, None) for line in self._told.values())
            yield from ((None, row) for row in self._standing.values())
            return
        self._put_off()
        for both in each(self._db, _TOLD_LATER):
            yield both[:7], both[7:] if both[7] is not None else None
        for row in each(self._db, _STANDING_ALONE):
            yield None, row
        self._run(_DROP)

    def _run(self, statements: Iterable[str]) -> None:
        for statement in statements:
            self._db.exec_driver_sql(statement)
