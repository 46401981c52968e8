"""The tables of the store, as the newest migration leaves them.

A row holds from audit `first` to audit `last`; `last` NULL means: still (validity interval). A
result that still holds does so up to its reading's `reported`: an audit that no result covers did
not ask that reading. So neither an unchanged result nor an unasked reading costs a row.
"""

from enum import StrEnum

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

APPLICATION_ID = 0x68646F76  # "hdov"
METADATA = MetaData()


class AuditState(StrEnum):
    """How far an audit came."""

    OPEN = "open"
    SEALED = "sealed"
    ABORTED = "aborted"  # given up; what it had committed stays, and it is in the chain


AUDIT = Table(
    "audit",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("started", Integer, nullable=False),  # seconds since 1970 UTC, as all times here
    Column("ended", Integer),
    Column("inputs", Text, nullable=False),  # canonical JSON: what the audit was asked to do
    Column("journal", Text),  # digest of the newest journal entry when it ended
    Column("volatile", Text),  # digest over the volatile records it read
    Column("previous", Text, nullable=False),  # seal of the audit before; "" for the first
    Column("seal", Text),
)
READING = Table(
    "reading",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("collector", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("reported", Integer, nullable=False),  # newest audit that has a result of it
    Column("refreshed", Integer),  # newest audit that replaced its volatile records
    UniqueConstraint("source", "target", "collector", "generation"),
)
RESULT = Table(
    "result",
    METADATA,
    Column("reading", Integer, ForeignKey("reading.id"), primary_key=True),
    Column("first", Integer, primary_key=True),
    Column("last", Integer),
    Column("state", Text, nullable=False),
    Column("tells", Text, nullable=False),  # JSON object: record kind -> its shape
    Column("gaps", Text, nullable=False),  # JSON array of Gap
    Column("salt", LargeBinary),  # of the gaps; NULL: some of them are forgotten
    Column("unread", LargeBinary, nullable=False),  # salted digest of the gaps
    Column("parser", Integer, nullable=False),
    Column("digest", LargeBinary, nullable=False),  # over all this and the records that were seen
    sqlite_with_rowid=False,
)
RECORD = Table(
    "record",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("reading", Integer, ForeignKey("reading.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("part", Text),  # with key, body and salt NULL: forgotten
    Column("key", Text),
    Column("body", Text),
    Column("salt", LargeBinary),
    Column("digest", LargeBinary, nullable=False),
    Column("ask", Text, nullable=False),  # the place where it was seen last, outside the digest
    Column("place", Text, nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer),
    Index("record_kind", "kind", "reading"),
    Index("record_open", "reading", sqlite_where=text("last IS NULL")),
    Index("record_first", "first"),
    Index("record_last", "last", sqlite_where=text("last IS NOT NULL")),
)
CARRIED = Table(  # records that a usable reading could not see: a gap hides their part
    "carried",
    METADATA,
    Column("record", Integer, ForeignKey("record.id"), primary_key=True),
    Column("first", Integer, primary_key=True),
    Column("last", Integer),
    sqlite_with_rowid=False,
)
VOLATILE = Table(  # the newest sighting only
    "volatile",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("reading", Integer, ForeignKey("reading.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("part", Text),
    Column("key", Text),
    Column("body", Text),
    Column("salt", LargeBinary),
    Column("digest", LargeBinary, nullable=False),
    Column("ask", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("audit", Integer, nullable=False),
    Index("volatile_reading", "reading"),
)
MACHINE = Table(  # the machine behind a target; a generation each
    "machine",
    METADATA,
    Column("source", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("generation", Integer, primary_key=True),
    Column("machine_id", Text),
    Column("host_keys", Text, nullable=False),  # JSON array of fingerprints
)
DONE = Table(  # targets that the open audit has committed: what a resumed one leaves out
    "done",
    METADATA,
    Column("audit", Integer, ForeignKey("audit.number"), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("target", Text, primary_key=True),
)
JOURNAL = Table(
    "journal",
    METADATA,
    Column("seq", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("author", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text),  # canonical JSON; with salt NULL: forgotten
    Column("salt", LargeBinary),
    Column("content", Text, nullable=False),  # salted digest of the body
    Column("seal", Text, nullable=False),  # of the newest audit that had ended
    Column("previous", Text, nullable=False),  # digest of the entry before
    Column("digest", Text, nullable=False),
)
