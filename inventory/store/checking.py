"""Whether the store still says what was sealed: every digest and the whole chain, once more.

SQLite's own check does not notice a flipped byte of content; this one does. What it cannot see
from inside is a store that was replaced as a whole, or cut back to an earlier audit: for that,
give it the seals that the documents print.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Integer, LargeBinary, select, text

from inventory.store.journal import content_digest, entry_digest
from inventory.store.rereading import Groups, KeptReading, Problem, record_digest
from inventory.store.seals import (
    Ending,
    audit_seal,
    results_of,
    volatile_digest,
)
from inventory.store.tables import (
    AUDIT,
    CARRIED,
    JOURNAL,
    METADATA,
    READING,
    RECORD,
    RESULT,
    VOLATILE,
    AuditState,
)

ENDED = (AuditState.SEALED, AuditState.ABORTED)


class Erased(Struct, frozen=True):
    """How much one `forget` erased, as the journal keeps it."""

    records: int
    entries: int
    results: int  # whose gaps were erased in part
    why: str = ""


def verify(
    db: Connection, *, upto: int | None = None, seals: Mapping[int, str] | None = None
) -> Iterator[Problem]:
    """Yield what does not match, up to an audit or in all of them; nothing when all is well.

    `seals`: seals known from outside, such as those printed in documents.
    """
    strange = tuple(_types(db))
    yield from strange
    if strange:
        return
    audits = db.execute(select(AUDIT).order_by(AUDIT.c.number)).all()
    chosen = [row for row in audits if upto is None or row.number <= upto]
    yield from _chain(db, chosen)
    yield from _outside(chosen, seals or {})
    yield from _journal(db, audits)
    yield from _readings(db, max((row.number for row in chosen), default=0), upto is None)
    if chosen and len(chosen) == len(audits):
        yield from _volatile(db, chosen)


def _types(db: Connection) -> Iterator[Problem]:
    """Check that each cell has its column's type: SQLite itself would store anything anywhere."""
    names = {Integer: "integer", LargeBinary: "blob"}
    for table in METADATA.sorted_tables:
        wanted = " AND ".join(
            f"typeof(\"{column.name}\") IN ('{names.get(type(column.type), 'text')}', 'null')"
            for column in table.c
        )
        query = text(f'SELECT count(*) FROM "{table.name}" WHERE NOT ({wanted})')  # noqa: S608
        if db.execute(query).scalar():
            yield Problem(None, f"the table {table.name} has values of a wrong type")


def _chain(db: Connection, audits: Iterable[Any]) -> Iterator[Problem]:
    """Follow the seals from audit to audit, aborted ones included."""
    previous, number = "", 0
    for row in audits:
        number += 1
        if row.number != number:
            yield Problem(number, "the audit is missing")
            number = row.number
        if row.previous != previous:
            yield Problem(number, "it does not follow the seal of the audit before")
        previous = row.seal or ""
        if row.state in ENDED and row.seal != audit_seal(_ending(row), results_of(db, number)):
            yield Problem(number, "what it was asked or told does not match its seal")
        if row.state not in ENDED and (row.state != AuditState.OPEN or row.seal):
            yield Problem(number, f"its state {row.state!r} does not match its seal")


def _ending(row: Any) -> Ending:
    return Ending(
        row.previous,
        row.number,
        row.state,
        row.started,
        row.ended or 0,
        row.inputs,
        row.journal or "",
        row.volatile or "",
    )


def _outside(audits: Iterable[Any], seals: Mapping[int, str]) -> Iterator[Problem]:
    found = {row.number: row.seal for row in audits}
    for number, seal in seals.items():
        if found.get(number) != seal:
            yield Problem(number, "its seal is not the one that was given from outside")


def _journal(db: Connection, audits: Iterable[Any]) -> Iterator[Problem]:
    """Follow the journal's own chain, and both ways between it and the audits."""
    previous, number, erased, allowed = "", 0, 0, 0
    digests, seals = [""], {"", *(row.seal for row in audits)}
    for row in db.execute(select(JOURNAL).order_by(JOURNAL.c.seq)):
        number += 1
        if row.seq != number or row.previous != previous:
            yield Problem(None, f"journal entry {number} is missing or out of its place")
            number = row.seq
        chained = (row.previous, row.seal, row.content, row.seq, row.at, row.author, row.kind)
        whole = row.body is None or row.content == content_digest(row.salt or b"", row.body)
        if row.digest != entry_digest(*chained) or not whole:
            yield Problem(None, f"journal entry {row.seq} was changed")
        if row.seal not in seals:
            yield Problem(None, f"journal entry {row.seq} follows an audit that is not there")
        previous = row.digest
        digests.append(row.digest)
        erased += row.body is None
        allowed += _erased(row).entries
    yield from _heads(audits, digests)
    if erased != allowed:
        yield Problem(None, f"{erased} journal entries are erased, the journal says otherwise")


def _heads(audits: Iterable[Any], digests: list[str]) -> Iterator[Problem]:
    at = 0
    for row in audits:
        if row.state not in ENDED:
            continue
        if row.journal not in digests[at:]:
            yield Problem(row.number, "the journal as it stood at its end is not there")
        else:
            at = digests.index(row.journal)


def _erased(row: Any) -> Erased:
    if row.kind != "forget" or row.body is None:
        return Erased(0, 0, 0)
    try:
        return msgspec.json.decode(row.body, type=Erased)
    except msgspec.DecodeError:
        return Erased(0, 0, 0)  # the entry's own digest tells that it was changed


def _readings(db: Connection, upto: int, whole: bool) -> Iterator[Problem]:
    """Check every result against its records, a reading at a time."""
    results = Groups(db, select(RESULT).order_by(RESULT.c.reading, RESULT.c.first))
    records = Groups(db, select(RECORD).order_by(RECORD.c.reading, RECORD.c.id))
    query = (
        select(RECORD.c.reading, CARRIED)
        .join(RECORD)
        .order_by(RECORD.c.reading, CARRIED.c.record, CARRIED.c.first)
    )
    carried = Groups(db, query)
    erased, unsalted = 0, 0
    for row in db.execute(select(READING).order_by(READING.c.id)):
        rows, outcomes = records.of(row.id), results.of(row.id)
        erased += sum(one.body is None for one in rows)
        unsalted += sum(one.salt is None for one in outcomes)
        yield from KeptReading(row, outcomes, rows, carried.of(row.id), upto).problems(whole)
    if results.orphans() or records.orphans() or carried.orphans():
        yield Problem(None, "there are records of a reading that is not there")
    yield from _accounted(db, erased, unsalted)


def _accounted(db: Connection, records: int, results: int) -> Iterator[Problem]:
    """Check that what is erased is what the journal says."""
    query = select(JOURNAL).where(JOURNAL.c.kind == "forget")
    said = [_erased(row) for row in db.execute(query)]
    if records != sum(one.records for one in said):
        yield Problem(None, f"{records} records are erased, the journal says otherwise")
    if results != sum(one.results for one in said):
        yield Problem(None, f"the gaps of {results} results are erased, the journal says otherwise")


def _volatile(db: Connection, audits: list[Any]) -> Iterator[Problem]:
    """Check the volatile records of the newest audit; those of earlier ones are gone by design."""
    newest = audits[-1]
    for row in db.execute(select(VOLATILE).where(VOLATILE.c.body.is_not(None))):
        if row.digest != record_digest(row):
            yield Problem(row.audit, f"a {row.kind} was changed")
    if newest.state in ENDED and newest.volatile != volatile_digest(db, newest.number):
        yield Problem(newest.number, "its volatile records do not match its seal")
