"""What people said: attestations, confirmations, acceptances, sign-offs. Only ever added to."""

import hashlib
import os

from msgspec import Struct
from sqlalchemy import Connection, Row, select

from inventory.codec import canonical, plain
from inventory.store.seals import journal_head, last_seal
from inventory.store.tables import JOURNAL


class Entry(Struct, frozen=True):
    """One entry of the journal."""

    seq: int
    at: int  # seconds since 1970 UTC
    author: str
    kind: str  # "attest", "confirm", "reject", "accept", "sign", "forget", ...
    body: str | None  # canonical JSON; None: forgotten


def note(db: Connection, *, author: str, kind: str, body: object, at: int) -> Entry:
    """Add an entry, chained to the one before and to the newest seal; return it."""
    text, salt = canonical(body).decode(), os.urandom(16)
    author, kind = plain(author), plain(kind)
    newest = db.execute(select(JOURNAL.c.seq).order_by(JOURNAL.c.seq.desc()).limit(1)).scalar()
    seq = (newest or 0) + 1
    content, previous, seal = content_digest(salt, text), journal_head(db), last_seal(db)
    digest = entry_digest(previous, seal, content, seq, at, author, kind)
    db.execute(
        JOURNAL.insert().values(
            seq=seq,
            at=at,
            author=author,
            kind=kind,
            body=text,
            salt=salt,
            content=content,
            seal=seal,
            previous=previous,
            digest=digest,
        )
    )
    return Entry(seq, at, author, kind, text)


def entries(db: Connection, kind: str | None = None) -> tuple[Entry, ...]:
    """Return the journal in its order, or the entries of one kind."""
    query = select(JOURNAL).order_by(JOURNAL.c.seq)
    if kind is not None:
        query = query.where(JOURNAL.c.kind == kind)
    return tuple(_entry(row) for row in db.execute(query))


def content_digest(salt: bytes, body: str) -> str:
    """Return the salted digest of an entry's body."""
    return hashlib.sha256(salt + body.encode()).hexdigest()


def entry_digest(
    previous: str, seal: str, content: str, seq: int, at: int, author: str, kind: str
) -> str:
    """Return the digest that the next entry is chained to."""
    parts = canonical((previous, seal, content, seq, at, author, kind))
    return hashlib.sha256(parts).hexdigest()


def _entry(row: Row[tuple[object, ...]]) -> Entry:
    return Entry(row.seq, row.at, row.author, row.kind, row.body)
