"""Opens the store file: makes it privately, refuses what is not one, gives transactions on it."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from inventory.errors import StoreError
from inventory.store.locking import holder_of
from inventory.store.migrations import SCHEMA, migrate
from inventory.store.tables import APPLICATION_ID
from inventory.store.views import refresh_views

BUSY_MS = 10_000
LEAST_BYTES = 64 << 10  # more than the shared memory of the log grows by at once (32 KiB)
WAL_BYTES = 4 << 20  # what is left of the write-ahead log after a large transaction


class Database:
    """A checked store file, and transactions on it whose failures are StoreError."""

    def __init__(self, path: Path, engine: Engine) -> None:
        """Take an engine on a checked file; open_database makes one."""
        self.path = path
        self._engine = engine
        self._writer = engine.execution_options(writes=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that sees one state of the file and blocks nobody."""
        with _explained(self.path), self._engine.begin() as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield the one writing connection: all of what is done there is kept, or nothing."""
        with _explained(self.path), self._writer.begin() as db:
            yield db

    @contextmanager
    def lenient(self) -> Iterator[Connection]:
        """Yield a reading connection to which a text that is no longer UTF-8 is no error."""
        with self.reading() as db:
            raw = db.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)  # noqa: S101
            raw.text_factory = lambda text: text.decode("utf-8", "backslashreplace")
            try:
                yield db
            finally:
                raw.text_factory = str

    def outside(self, statement: str) -> None:
        """Run a statement that no transaction may hold, such as VACUUM."""
        with _explained(self.path):
            raw = self._engine.raw_connection()
            try:
                raw.cursor().execute(statement).fetchall()
            except sqlite3.Error as err:
                raise StoreError(_said(self.path, err)) from err
            finally:
                raw.close()

    def copy_to(self, path: Path) -> None:
        """Copy the whole store, as it is now, into an existing empty file."""
        with _explained(self.path):
            raw = self._engine.raw_connection()
            try:
                with closing(sqlite3.connect(path)) as copy:
                    raw.backup(copy)
            except sqlite3.Error as err:
                raise StoreError(_said(path, err)) from err
            finally:
                raw.close()

    def close(self) -> None:
        """Close the file; the last one to close leaves no write-ahead log behind."""
        self._engine.dispose()


def open_database(path: Path, *, create: bool, busy_ms: int = BUSY_MS) -> Database:
    """Open a store, or make one. Raises StoreError for anything that is not a sound store."""
    if create and not os.path.lexists(path):
        _make(path)
    _check_file(path)
    database = Database(path, _engine(path, "WAL", busy_ms))
    try:
        with database.reading() as db:
            found = _check_content(db, path)
        if found < SCHEMA:
            _upgrade(database, found=found)
    except StoreError:
        database.close()
        raise
    return database


def _make(path: Path) -> None:
    """Make the file whole under another name first: nobody ever meets half a store."""
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY, 0o600))
    except OSError as err:
        raise StoreError(f"{path} cannot be made: {err.strerror}") from err
    try:
        database = Database(new, _engine(new, "DELETE", BUSY_MS))
        with database.writing() as db:
            migrate(db, found=0)
            refresh_views(db)
        database.close()
        _publish(new, path)
    finally:
        for left in (new, new.with_name(f"{new.name}-journal")):
            left.unlink(missing_ok=True)


def _publish(new: Path, path: Path) -> None:
    try:
        path.hardlink_to(new)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(folder)
        os.close(folder)
    except FileExistsError:
        return  # another process was faster: its store is as good
    except OSError as err:
        raise StoreError(f"{path} cannot be made: {err.strerror}") from err


def _check_file(path: Path) -> None:
    """Look at the first bytes (SQLite file format, section 1.3) before SQLite touches the file."""
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            raise StoreError(f"{path} is no regular file: name the store itself, not a link to it")
        with path.open("rb") as file:
            head = file.read(100)
    except FileNotFoundError as err:
        raise StoreError(f"{path} does not exist yet: `handover audit` makes it") from err
    except OSError as err:
        raise StoreError(f"{path} cannot be read: {err.strerror}") from err
    if not head:
        raise StoreError(f"{path} is empty: restore a backup, or move it away to begin anew")
    if not head.startswith(b"SQLite format 3\x00"):
        raise StoreError(f"{path} is not a handover store: it is no SQLite file")
    if len(head) < 100:
        raise StoreError(f"{path} is truncated at {len(head)} bytes: restore it from a backup")
    _check_version(path, application=_word(head, 68), version=_word(head, 60))
    _check_size(path, head, found.st_size)


def _check_version(path: Path, *, application: int, version: int) -> None:
    if application != APPLICATION_ID:
        raise StoreError(f"{path} is not a handover store: it belongs to another program")
    if version > SCHEMA:
        raise StoreError(
            f"{path} was written by a newer handover (schema {version}, this one knows {SCHEMA}): "
            "upgrade handover; the file was not touched"
        )


def _check_size(path: Path, head: bytes, size: int) -> None:
    """Compare the size with the header's; while there is a write-ahead log it may lag behind."""
    wal = path.with_name(f"{path.name}-wal")
    if wal.exists() and wal.stat().st_size:
        return
    page = int.from_bytes(head[16:18], "big")
    expected = (65_536 if page == 1 else page) * _word(head, 28)
    if size < expected:
        raise StoreError(
            f"{path} is truncated: {size} of {expected} bytes are left; restore it from a backup"
        )


def _word(head: bytes, at: int) -> int:
    return int.from_bytes(head[at : at + 4], "big")


def _engine(path: Path, journal: str, busy_ms: int) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"check_same_thread": False, "timeout": busy_ms / 1000},
        hide_parameters=True,  # no content of records in tracebacks
        **({"poolclass": NullPool} if journal != "WAL" else {}),
    )
    pragmas = (
        f"busy_timeout={busy_ms}",
        f"journal_mode={journal}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=FILE",
        "secure_delete=ON",
        f"journal_size_limit={WAL_BYTES}",
    )

    def configure(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    def begin(db: Connection) -> None:
        writes = db.get_execution_options().get("writes")
        db.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", begin)
    return engine


def _check_content(db: Connection, path: Path) -> int:
    """Return the schema's number. Raises StoreError for a structure that is damaged."""
    application = int(db.exec_driver_sql("PRAGMA application_id").scalar() or 0)
    version = int(db.exec_driver_sql("PRAGMA user_version").scalar() or 0)
    _check_version(path, application=application, version=version)
    said = db.exec_driver_sql("PRAGMA quick_check(3)").scalars().all()
    if said != ["ok"]:
        raise StoreError(f"{path} is damaged ({'; '.join(said)[:300]}): restore it from a backup")
    return version


def _upgrade(database: Database, *, found: int) -> None:
    """Copy the file aside, then migrate all or nothing."""
    copy = database.path.with_name(f"{database.path.name}.before-schema-{SCHEMA}")
    part = copy.with_name(f"{copy.name}.{os.getpid()}.new")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY, 0o600))
        database.copy_to(part)
        part.replace(copy)
    except OSError as err:
        raise StoreError(f"no backup before the migration: {copy}: {err.strerror}") from err
    finally:
        part.unlink(missing_ok=True)
    with database.writing() as db:
        migrate(db, found=found)
        refresh_views(db)
    database.outside("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except DBAPIError as err:
        raise StoreError(_said(path, err.orig)) from err


def _said(path: Path, err: BaseException | None) -> str:
    """Return what went wrong and the way out (sqlite.org/rescode.html)."""
    code = getattr(err, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"{path} is locked by {holder_of(path)}: let it end, then try again"
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _is_full(path.parent)):
        return f"{path}: the disk is full; free some space, then try again"
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return f"{path} is damaged ({err}): restore it from a backup"
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return f"{path} or its folder cannot be written ({err}): check owner and mode"
    return f"{path}: {err}"


def _is_full(folder: Path) -> bool:
    """Tell whether no room is left for the next step, of which SQLite says only "I/O error"."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize < LEAST_BYTES
