"""Writes one audit: a transaction a target, then the seal."""

from collections.abc import Iterable
from contextlib import suppress

from sqlalchemy import Connection, select

from inventory.codec import plain
from inventory.errors import StoreError
from inventory.store.encoding import Encoding
from inventory.store.locking import WriteLock
from inventory.store.machines import Recognised, recognise
from inventory.store.opening import Database
from inventory.store.seals import end_audit
from inventory.store.tables import AUDIT, DONE, AuditState
from inventory.store.target import TargetWriting, Told


class OpenAudit:
    """An audit that is being written; closing it without a seal leaves it open for --resume."""

    def __init__(self, database: Database, lock: WriteLock, number: int) -> None:
        """Take an audit that is open in the store, and the lock that was taken for it."""
        self.number = number
        self._database, self._lock = database, lock
        self._encoding = Encoding()

    def __enter__(self) -> "OpenAudit":
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Give the lock back."""
        self.close()

    def close(self) -> None:
        """Give the lock back; what was committed stays."""
        self._lock.release()

    def done(self) -> frozenset[tuple[str, str]]:
        """Return source and target of all that was committed."""
        with self._database.reading() as db:
            query = select(DONE.c.source, DONE.c.target).where(DONE.c.audit == self.number)
            return frozenset((source, target) for source, target in db.execute(query))

    def commit_target(
        self,
        source: str,
        target: str,
        collected: Iterable[Told],
        identity: Recognised | None = None,
    ) -> None:
        """Keep all readings of one target, at once or not at all."""
        source, target = plain(source), plain(target)
        with self._database.writing() as db:
            self._enter(db, source, target)
            generation = recognise(db, source, target, identity)
            place = (source, target, generation)
            writing = TargetWriting(db, self.number, *place, encoding=self._encoding)
            writing.keep(tuple(collected))

    def seal(self, now: int) -> str:
        """End the audit as whole, and return its seal."""
        return self._end(AuditState.SEALED, now)

    def abort(self, now: int) -> str:
        """End the audit as given up, and return its seal; what it committed stays."""
        return self._end(AuditState.ABORTED, now)

    def _enter(self, db: Connection, source: str, target: str) -> None:
        self._check_open(db)
        here = (DONE.c.audit == self.number, DONE.c.source == source, DONE.c.target == target)
        if db.execute(select(DONE).where(*here)).first():
            raise StoreError(f"{target} ({source}) is already in audit {self.number}")
        db.execute(DONE.insert().values(audit=self.number, source=source, target=target))

    def _end(self, state: AuditState, now: int) -> str:
        with self._database.writing() as db:
            self._check_open(db)
            seal = end_audit(db, self.number, state, now)
            db.execute(DONE.delete())
        with suppress(StoreError):  # the seal is kept already; a full disk only keeps the log long
            self._database.outside("PRAGMA wal_checkpoint(TRUNCATE)")
        self.close()
        return seal

    def _check_open(self, db: Connection) -> None:
        query = select(AUDIT.c.state).where(AUDIT.c.number == self.number)
        state = db.execute(query).scalar()
        if state != AuditState.OPEN:
            raise StoreError(f"audit {self.number} is {state}, it takes nothing more")
