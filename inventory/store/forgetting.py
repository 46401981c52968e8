"""Erases what is known of a person: content, keys and salts go, the digests and the chain stay."""

from collections.abc import Callable, Iterator

from sqlalchemy import Connection, Table, bindparam, select

from inventory.codec import canonical, decode
from inventory.model.evidence import Gap, Pointer
from inventory.model.record import Record
from inventory.store.seals import gaps_of
from inventory.store.tables import JOURNAL, RECORD, RESULT, VOLATILE

Chosen = Callable[[Record], bool]
ChosenGap = Callable[[Gap], bool]
_ERASED = {"part": None, "key": None, "body": None, "salt": None, "ask": "", "place": ""}


def erase_records(db: Connection, chosen: Chosen) -> tuple[int, int]:
    """Erase all records that the predicate chooses; return how many lasting, how many volatile."""
    return _erase(db, RECORD, chosen), _erase(db, VOLATILE, chosen)


def chosen_records(db: Connection, chosen: Chosen) -> Iterator[Record]:
    """Yield the records that the predicate chooses, as often as they are kept; erase nothing."""
    for table in (RECORD, VOLATILE):
        yield from (record for _, record in _chosen(db, table, chosen))


def erase_gaps(db: Connection, chosen: ChosenGap) -> int:
    """Blur the gaps that the predicate chooses; return how many results were whole before."""
    found = []
    for row in db.execute(select(RESULT).where(RESULT.c.gaps != "[]")):
        gaps = gaps_of(row.gaps)
        if any(chosen(gap) for gap in gaps):
            left = sorted({_blurred(gap) if chosen(gap) else gap for gap in gaps})
            found.append((row, canonical(left).decode()))
    for row, text in found:
        query = RESULT.update().where(RESULT.c.reading == row.reading, RESULT.c.first == row.first)
        db.execute(query.values(gaps=text, salt=None))
    return sum(row.salt is not None for row, _ in found)


def _blurred(gap: Gap) -> Gap:
    """Return the gap without what it names: from now on it may hide anything of its reading."""
    return Gap(gap.why, gap.ask, detail="erased on request", cure=gap.cure)


def erase_entries(db: Connection, seqs: tuple[int, ...]) -> int:
    """Erase the bodies of journal entries; who wrote them and when stays, and every "forget"."""
    query = JOURNAL.update().where(
        JOURNAL.c.seq.in_(seqs), JOURNAL.c.body.is_not(None), JOURNAL.c.kind != "forget"
    )
    return db.execute(query.values(body=None, salt=None)).rowcount


def _erase(db: Connection, table: Table, chosen: Chosen) -> int:
    found = [{"of": of} for of, _ in _chosen(db, table, chosen)]
    if found:
        db.execute(table.update().where(table.c.id == bindparam("of")).values(**_ERASED), found)
    return len(found)


def _chosen(db: Connection, table: Table, chosen: Chosen) -> Iterator[tuple[int, Record]]:
    columns = (table.c.id, table.c.kind, table.c.version, table.c.body, table.c.ask, table.c.place)
    for row in db.execute(select(*columns).where(table.c.body.is_not(None))):
        record = decode(row.kind, row.version, row.body, Pointer(row.ask, row.place))
        if chosen(record):
            yield row.id, record
