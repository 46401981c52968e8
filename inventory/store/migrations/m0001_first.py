"""Schema 1: audits, readings and results, records by validity interval, the journal."""

from typing import Any

from alembic.operations import Operations
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Text, UniqueConstraint, text

APPLICATION_ID = 0x68646F76  # "hdov"


def upgrade(op: Operations) -> None:
    """Make everything; this text stays as it is, later schemas have steps of their own."""
    _audits(op)
    _readings(op)
    _records(op)
    _people(op)
    op.execute(f"PRAGMA application_id={APPLICATION_ID}")


def _audits(op: Operations) -> None:
    op.create_table(
        "audit",
        Column("number", Integer, primary_key=True),
        _text("state"),
        _number("started"),
        Column("ended", Integer),
        _text("inputs"),
        Column("journal", Text),
        Column("volatile", Text),
        _text("previous"),
        Column("seal", Text),
    )
    op.create_table(
        "done",
        Column("audit", Integer, ForeignKey("audit.number"), primary_key=True),
        Column("source", Text, primary_key=True),
        Column("target", Text, primary_key=True),
    )


def _readings(op: Operations) -> None:
    op.create_table(
        "reading",
        Column("id", Integer, primary_key=True),
        _text("source"),
        _text("target"),
        _text("collector"),
        _number("generation"),
        _number("reported"),
        Column("refreshed", Integer),
        UniqueConstraint("source", "target", "collector", "generation"),
    )
    op.create_table(
        "result",
        Column("reading", Integer, ForeignKey("reading.id"), primary_key=True),
        Column("first", Integer, primary_key=True),
        Column("last", Integer),
        _text("state"),
        _text("tells"),
        _text("gaps"),
        Column("salt", LargeBinary),
        Column("unread", LargeBinary, nullable=False),
        _number("parser"),
        Column("digest", LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "machine",
        Column("source", Text, primary_key=True),
        Column("target", Text, primary_key=True),
        Column("generation", Integer, primary_key=True),
        Column("machine_id", Text),
        _text("host_keys"),
    )


def _records(op: Operations) -> None:
    op.create_table("record", *_content(), _number("first"), Column("last", Integer))
    op.create_index("record_kind", "record", ["kind", "reading"])
    op.create_index("record_open", "record", ["reading"], sqlite_where=text("last IS NULL"))
    op.create_index("record_first", "record", ["first"])
    op.create_index("record_last", "record", ["last"], sqlite_where=text("last IS NOT NULL"))
    op.create_table(
        "carried",
        Column("record", Integer, ForeignKey("record.id"), primary_key=True),
        Column("first", Integer, primary_key=True),
        Column("last", Integer),
        sqlite_with_rowid=False,
    )
    op.create_table("volatile", *_content(), _number("audit"))
    op.create_index("volatile_reading", "volatile", ["reading"])


def _people(op: Operations) -> None:
    op.create_table(
        "journal",
        Column("seq", Integer, primary_key=True),
        _number("at"),
        _text("author"),
        _text("kind"),
        Column("body", Text),
        Column("salt", LargeBinary),
        _text("content"),
        _text("seal"),
        _text("previous"),
        _text("digest"),
    )


def _content() -> tuple[Column[Any], ...]:
    return (
        Column("id", Integer, primary_key=True),
        Column("reading", Integer, ForeignKey("reading.id"), nullable=False),
        _text("kind"),
        _number("version"),
        Column("part", Text),
        Column("key", Text),
        Column("body", Text),
        Column("salt", LargeBinary),
        Column("digest", LargeBinary, nullable=False),
        _text("ask"),
        _text("place"),
    )


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)
