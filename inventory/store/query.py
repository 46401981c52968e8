"""Anyone's SELECT on the store: cannot write, ends in time, returns a bounded table."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct

from inventory.errors import StoreError

Cell = str | int | float | bytes | None
MOST_ROWS = 10_000
MOST_SECONDS = 10.0
MOST_BYTES = 16 << 20  # of one value, and of the query's text
_STEPS = 10_000  # instructions of SQLite's machine between two looks at the clock
_ALLOWED = frozenset(
    (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
)


class SqlTable(Struct, frozen=True):
    """A table; `cut` when there were more rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    cut: bool


def ask(
    path: Path, query: str, *, most_rows: int = MOST_ROWS, seconds: float = MOST_SECONDS
) -> SqlTable:
    """Run one query. Raises StoreError when it is wrong, would write, or takes too long."""
    try:
        with closing(_connect(path, seconds)) as db:
            cursor = db.execute(query)
            rows = cursor.fetchmany(most_rows + 1)
            columns = tuple(column[0] for column in cursor.description or ())
    except (sqlite3.Error, sqlite3.Warning) as err:
        raise StoreError(_said(err, seconds)) from err
    return SqlTable(columns, tuple(rows[:most_rows]), len(rows) > most_rows)


def _connect(path: Path, seconds: float) -> sqlite3.Connection:
    db = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=seconds)
    db.execute("PRAGMA query_only=ON")
    db.execute("PRAGMA temp_store=MEMORY")
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
    db.set_authorizer(_may)
    end = time.monotonic() + seconds
    db.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    return db


def _may(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    """Allow reading only: no ATTACH, no PRAGMA, no extension."""
    if action not in _ALLOWED or "load_extension" in (first, second):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _said(err: BaseException, seconds: float) -> str:
    code = getattr(err, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_INTERRUPT:
        return f"the query took longer than {seconds:g} s and was stopped: ask for less"
    if code in (sqlite3.SQLITE_AUTH, sqlite3.SQLITE_READONLY):
        return f"only SELECT is allowed here, nothing is changed: {err}"
    hint = "; `handover show` lists the views" if "no such table" in str(err) else ""
    return f"the query failed: {err}{hint}"
