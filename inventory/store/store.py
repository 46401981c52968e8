"""The audits of one engagement: the only door to the store."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from inventory.codec import canonical
from inventory.errors import StoreError
from inventory.model.record import Record
from inventory.store import checking, forgetting, journal, query
from inventory.store.locking import WriteLock
from inventory.store.opening import BUSY_MS, Database, open_database
from inventory.store.reading import StoreSnapshot
from inventory.store.rereading import Problem
from inventory.store.seals import end_audit, last_seal
from inventory.store.tables import AUDIT, AuditState
from inventory.store.views import refresh_views
from inventory.store.writing import OpenAudit

FILE = "audits.db"


class AuditLine(Struct, frozen=True):
    """One audit as the store lists it."""

    number: int
    state: AuditState
    started: int  # seconds since 1970 UTC; audits are in the order of their numbers, not of time
    ended: int | None
    previous: str
    seal: str | None


class Store:
    """The audits of one engagement. Use it as a context manager, or close it."""

    def __init__(self, database: Database) -> None:
        """Take a checked store; Store.open makes one."""
        self._database = database

    @classmethod
    def open(cls, path: Path, *, create: bool = True, busy_ms: int = BUSY_MS) -> "Store":
        """Open the store file, or make it. Raises StoreError for anything that is not one."""
        return cls(open_database(path, create=create, busy_ms=busy_ms))

    def __enter__(self) -> "Store":
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @property
    def path(self) -> Path:
        """Return the store's file."""
        return self._database.path

    @property
    def database(self) -> Database:
        """Return the checked file, for the queries of inventory.changes."""
        return self._database

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def begin(self, inputs: object, now: int) -> OpenAudit:
        """Begin an audit; one that was left open is given up, and stays in the chain as aborted.

        `inputs`: what it is asked to do, anything that JSON can hold; its digest is sealed.
        Raises StoreError while another process writes an audit.
        """
        lock = WriteLock(self.path)
        try:
            with self._database.writing() as db:
                left = _open_audit(db)
                if left is not None:
                    end_audit(db, left, AuditState.ABORTED, now)
                refresh_views(db)
                number = _enter(db, canonical(inputs).decode(), now)
        except StoreError:
            lock.release()
            raise
        return OpenAudit(self._database, lock, number)

    def resume(self) -> OpenAudit:
        """Go on with the audit that was left open. Raises StoreError when there is none."""
        lock = WriteLock(self.path)
        try:
            with self._database.reading() as db:
                number = _open_audit(db)
        except StoreError:
            lock.release()
            raise
        if number is None:
            lock.release()
            raise StoreError(f"{self.path}: no audit was left open; begin a new one")
        return OpenAudit(self._database, lock, number)

    def audits(self) -> tuple[AuditLine, ...]:
        """Return all audits by number, aborted and open ones included."""
        query = select(AUDIT).order_by(AUDIT.c.number)
        with self._database.reading() as db:
            return tuple(_line(row) for row in db.execute(query))

    def inputs(self, number: int) -> str:
        """Return the canonical JSON of what an audit was asked to do."""
        with self._database.reading() as db:
            found = db.execute(select(AUDIT.c.inputs).where(AUDIT.c.number == number)).scalar()
        if found is None:
            raise StoreError(f"{self.path} has no audit {number}: `handover audits` lists them")
        return str(found)

    def newest(self, *, before: int | None = None) -> int | None:
        """Return the number of the newest sealed audit, or of the newest before a number."""
        sealed = (line.number for line in self.audits() if line.state is AuditState.SEALED)
        return max((one for one in sealed if before is None or one < before), default=None)

    def snapshot(self, number: int | None = None, *, unsealed: bool = False) -> StoreSnapshot:
        """Return what was known at the end of an audit, or of the newest sealed one.

        Raises StoreError for an audit that is not there or, unless asked for, not sealed.
        """
        if number is None:
            number = self.newest()
            if number is None:
                raise StoreError(f"{self.path} has no finished audit yet: run `handover audit`")
        state = {line.number: line.state for line in self.audits()}.get(number)
        if state is None:
            raise StoreError(f"{self.path} has no audit {number}: `handover audits` lists them")
        if state is not AuditState.SEALED and not unsealed:
            raise StoreError(f"audit {number} is {state}: choose one that is sealed")
        return StoreSnapshot(self._database, number)

    def note(self, *, author: str, kind: str, body: object, at: int) -> journal.Entry:
        """Add what a person said to the journal, and return the entry."""
        if kind == "forget":
            raise StoreError("only forget() may note that something was erased")
        with self._database.writing() as db:
            return journal.note(db, author=author, kind=kind, body=body, at=at)

    def journal(self, kind: str | None = None) -> tuple[journal.Entry, ...]:
        """Return the journal in its order, or the entries of one kind."""
        with self._database.reading() as db:
            return journal.entries(db, kind)

    def verify(
        self, upto: int | None = None, *, seals: Mapping[int, str] | None = None
    ) -> list[Problem]:
        """Return what does not match what was sealed; empty when all is well.

        `seals`: seals by number, known from outside, such as those printed in documents.
        """
        with self._database.lenient() as db:
            return list(checking.verify(db, upto=upto, seals=seals))

    def sought(self, chosen: forgetting.Chosen) -> tuple[Record, ...]:
        """Return what `forget` would erase, of all audits; nothing is erased."""
        with self._database.reading() as db:
            return tuple(forgetting.chosen_records(db, chosen))

    def forget(
        self,
        chosen: forgetting.Chosen,
        *,
        author: str,
        at: int,
        why: str = "",
        gaps: forgetting.ChosenGap = lambda _: False,
        entries: tuple[int, ...] = (),
    ) -> int:
        """Erase the records and gaps that the predicates choose, and journal entries by number.

        Returns how many were erased. The chain still verifies, the journal says that and by whom
        it was done, and what was erased reads as unknown. Name the person in neither `why` nor
        `author`. Copies of the file, such as those made before a migration, are not touched.
        """
        lock = WriteLock(self.path)
        try:
            with self._database.writing() as db:
                records, volatile = forgetting.erase_records(db, chosen)
                erased = checking.Erased(
                    records,
                    forgetting.erase_entries(db, entries),
                    forgetting.erase_gaps(db, gaps),
                    why,
                )
                journal.note(db, author=author, kind="forget", body=erased, at=at)
            for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                self._database.outside(statement)
        finally:
            lock.release()
        return records + volatile + erased.entries + erased.results

    def sql(
        self,
        text: str,
        *,
        most_rows: int = query.MOST_ROWS,
        seconds: float = query.MOST_SECONDS,
    ) -> query.SqlTable:
        """Run anyone's SELECT: it cannot write, and rows and time are bounded."""
        return query.ask(self.path, text, most_rows=most_rows, seconds=seconds)


def _line(row: Any) -> AuditLine:
    state = AuditState(row.state)
    return AuditLine(row.number, state, row.started, row.ended, row.previous, row.seal)


def _open_audit(db: Connection) -> int | None:
    query = select(AUDIT.c.number).where(AUDIT.c.state == AuditState.OPEN)
    found = db.execute(query).scalar()
    return None if found is None else int(found)


def _enter(db: Connection, inputs: str, now: int) -> int:
    query = select(AUDIT.c.number).order_by(AUDIT.c.number.desc()).limit(1)
    number = int(db.execute(query).scalar() or 0) + 1
    row = {"number": number, "state": AuditState.OPEN, "started": now, "inputs": inputs}
    db.execute(AUDIT.insert().values(**row, previous=last_seal(db)))
    return number
