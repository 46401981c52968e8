"""What a seal covers: records into readings, readings into audits, each audit into the next."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, func, select

from inventory.codec import canonical, shape
from inventory.model.evidence import Gap
from inventory.reading import Reading, State
from inventory.store.tables import AUDIT, JOURNAL, READING, RESULT, VOLATILE, AuditState

ENDLESS = 1 << 62  # later than any audit: the end of an interval that still holds
USABLE = (State.COMPLETE, State.PARTIAL)
RESULT_END = func.coalesce(RESULT.c.last, READING.c.reported)


class Head(Struct, frozen=True):
    """What a result says apart from its records, in the form that is stored and digested."""

    state: str
    tells: str
    gaps: str
    parser: int


class Ending(Struct, frozen=True):
    """All that an audit's seal covers."""

    previous: str
    number: int
    state: str
    started: int
    ended: int
    inputs: str
    journal: str
    volatile: str


def head_of(reading: Reading, parser: int) -> Head:
    """Return the stored form of a reading's outcome."""
    tells = {name: shape(name) for name in reading.tells}
    gaps = canonical(reading.gaps).decode()
    return Head(str(reading.state), canonical(tells).decode(), gaps, parser)


def told_by(tells: str) -> dict[str, str]:
    """Return the record kinds that a result could show, with their shapes."""
    return msgspec.json.decode(tells, type=dict[str, str])


def gaps_of(gaps: str) -> tuple[Gap, ...]:
    """Return the gaps of a result."""
    return msgspec.json.decode(gaps, type=tuple[Gap, ...])


def gaps_digest(salt: bytes, gaps: str) -> bytes:
    """Return the salted digest of a result's gaps: they may name persons, and be forgotten."""
    return hashlib.sha256(salt + gaps.encode()).digest()


def result_digest(head: Head, unread: bytes, seen: Iterable[bytes]) -> bytes:
    """Return the digest of one result: its outcome, its gaps, and the records that it saw."""
    return digest_of(head, unread, sorted(seen))


def digest_of(head: Head, unread: bytes, seen: Iterable[bytes]) -> bytes:
    """Return the digest of one result of which the records' digests come in their order."""
    outcome = canonical((head.state, head.tells, head.parser))
    sha = hashlib.sha256(hashlib.sha256(outcome).digest() + unread)
    for one in seen:
        sha.update(one)
    return sha.digest()


def audit_seal(ending: Ending, results: Iterable[bytes]) -> str:
    """Return an audit's seal: what it was asked, all it was told, and the seal before it."""
    inputs = hashlib.sha256(ending.inputs.encode()).hexdigest()
    content = canonical(msgspec.structs.astuple(msgspec.structs.replace(ending, inputs=inputs)))
    sha = hashlib.sha256(hashlib.sha256(content).digest())
    for one in sorted(results):
        sha.update(one)
    return sha.hexdigest()


def results_of(db: Connection, number: int) -> Iterator[bytes]:
    """Yield a digest for each reading that has a result in the audit."""
    query = select(*_NAME, RESULT.c.digest).join_from(READING, RESULT)
    for row in db.execute(query.where(RESULT.c.first <= number, number <= RESULT_END)):
        yield _named(row)


def volatile_digest(db: Connection, number: int) -> str:
    """Return the digest over the volatile records that the audit read."""
    query = select(*_NAME, VOLATILE.c.digest).join_from(READING, VOLATILE)
    rows = db.execute(query.where(VOLATILE.c.audit == number))
    return hashlib.sha256(b"".join(sorted(map(_named, rows)))).hexdigest()


_NAME = (READING.c.source, READING.c.target, READING.c.collector, READING.c.generation)


def _named(row: Any) -> bytes:
    """Bind a digest to the reading that it is of."""
    *name, digest = row
    return hashlib.sha256(hashlib.sha256(canonical(name)).digest() + digest).digest()


def end_audit(db: Connection, number: int, state: AuditState, ended: int) -> str:
    """Seal an open audit, as whole or as aborted, and return the seal."""
    row = db.execute(select(AUDIT).where(AUDIT.c.number == number)).one()
    ending = Ending(
        row.previous,
        number,
        str(state),
        row.started,
        ended,
        row.inputs,
        journal_head(db),
        volatile_digest(db, number),
    )
    seal = audit_seal(ending, results_of(db, number))
    db.execute(
        AUDIT.update()
        .where(AUDIT.c.number == number)
        .values(
            state=ending.state,
            ended=ended,
            journal=ending.journal,
            volatile=ending.volatile,
            seal=seal,
        )
    )
    return seal


def last_seal(db: Connection) -> str:
    """Return the seal of the newest audit that has ended; "" when none has."""
    query = select(AUDIT.c.seal).where(AUDIT.c.seal.is_not(None)).order_by(AUDIT.c.number.desc())
    return str(db.execute(query.limit(1)).scalar() or "")


def journal_head(db: Connection) -> str:
    """Return the digest of the newest journal entry; "" when there is none."""
    query = select(JOURNAL.c.digest).order_by(JOURNAL.c.seq.desc()).limit(1)
    return str(db.execute(query).scalar() or "")
