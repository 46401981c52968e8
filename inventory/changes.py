"""What changed between two audits, and what only changed for the eye.

"Removed" is said only of what a complete reading no longer found, "added" only of what an earlier
complete reading had not found. A difference that came with another parser is said to be that, and
what another account of a directory does not see is not removed.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import groupby
from typing import Any

from msgspec import Struct
from sqlalchemy import and_, func, or_, select, union_all

from inventory.errors import StoreError
from inventory.model.directory import DirectoryConnection
from inventory.model.evidence import Gap, Why
from inventory.model.record import Record, replace_at
from inventory.reading import ReadingKey
from inventory.snapshot import Seen
from inventory.store.difference import is_hidden
from inventory.store.reading import StoreSnapshot, holds_at
from inventory.store.seals import USABLE, told_by
from inventory.store.store import Store
from inventory.store.tables import CARRIED, RECORD, RESULT


class What(StrEnum):
    """What happened to a record between two audits."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    NEWLY_UNKNOWN = "newly unknown"  # it was seen; whether it still holds cannot be told
    KNOWN_AGAIN = "known again"  # it could not be seen; now it was, and is as it had been
    NEWLY_KNOWN = "newly known"  # seen for the first time, and nobody could have seen it before
    BY_PARSER = "by parser"  # it is read otherwise than before; the world may be the same


class Change(Struct, frozen=True):
    """One record's change, with both sides as far as they are known."""

    what: What
    reading: ReadingKey
    kind: str
    old: Seen[Record] | None
    new: Seen[Record] | None
    gap: Gap | None = None  # that hides, or hid, the reading as a whole


class SightChange(Struct, frozen=True):
    """A reading that has other gaps than before: what became unreadable, what readable again."""

    reading: ReadingKey
    tells: tuple[str, ...]
    old: tuple[Gap, ...]
    new: tuple[Gap, ...]


_ANOTHER = Gap(
    Why.NOT_ASKED, detail="another account asked: it may not be shown the same", cure="audit"
)
_NEVER = Gap(Why.NOT_ASKED, detail="not asked before")


class _Reader(Struct, frozen=True):
    """The code that read: another one may see the same world otherwise."""

    first: int
    parser: int
    tells: dict[str, str]


def changes(store: Store, old: int, new: int) -> Iterator[Change]:
    """Yield what changed from audit `old` to the later audit `new`, volatile facts left out."""
    _check(old, new)
    yield from _Comparison(store, old, new).changes()


def sight_changes(store: Store, old: int, new: int) -> Iterator[SightChange]:
    """Yield the readings whose gaps differ between the two audits."""
    _check(old, new)
    before = {one.key: one for one in store.snapshot(old).readings()}
    for reading in store.snapshot(new).readings():
        earlier = before.get(reading.key)
        gaps = earlier.gaps if earlier else ()
        if gaps != reading.gaps:
            yield SightChange(reading.key, reading.tells, gaps, reading.gaps)


def _check(old: int, new: int) -> None:
    if old >= new:
        raise StoreError(f"audit {old} is not before audit {new}: name the earlier one first")


class _Comparison:
    """Two audits of one store, and the rows that hold in only one of them."""

    def __init__(self, store: Store, old: int, new: int) -> None:
        self._database = store.database
        self._old, self._new = store.snapshot(old), store.snapshot(new)
        self._readers: dict[int, tuple[_Reader, ...]] = {}
        self._others: dict[str, bool] = {}  # targets that another account asked

    def changes(self) -> Iterator[Change]:
        rows = self._boundary_rows()
        self._readers = self._read_by({row.reading for row in rows})
        held = [row.id for row in rows if self._holds(row, self._old)]
        holds = [row.id for row in rows if self._holds(row, self._new)]
        before, after = self._old.by_id(held), self._new.by_id(holds)
        forgotten = self._forgotten(rows)
        for (of, kind, _), some in groupby(rows, lambda row: (row.reading, row.kind, row.key)):
            chain = tuple(some)
            old = next((before[row.id] for row in chain if row.id in before), None)
            new = next((after[row.id] for row in chain if row.id in after), None)
            what = self._what(chain, old, new, was_forgotten=forgotten[of, kind] > 0)
            if what and chain[0].key is not None:
                yield self._change(what, of, kind, old, new)
        yield from self._turned()

    def _change(
        self, what: What, of: int, kind: str, old: Seen[Record] | None, new: Seen[Record] | None
    ) -> Change:
        return Change(what, self._key(of), kind, old, new, self._whole_gap(what, of))

    def _whole_gap(self, what: What, of: int) -> Gap | None:
        """Return why the reading as a whole could not see: now, or in the older audit."""
        if what not in (What.NEWLY_UNKNOWN, What.KNOWN_AGAIN, What.NEWLY_KNOWN):
            return None
        side = self._new if what is What.NEWLY_UNKNOWN else self._old
        known = side.known.get(of)
        if known is None:
            return _NEVER
        gaps = known.reading.gaps
        whole = next((gap for gap in gaps if not gap.part), None)
        if whole is None and what is not What.KNOWN_AGAIN and self._is_by_account(of):
            return _ANOTHER
        if whole or known.usable:
            return whole
        return gaps[0] if gaps else Gap(Why.NOT_ASKED)

    def _what(
        self,
        chain: Sequence[Any],
        old: Seen[Record] | None,
        new: Seen[Record] | None,
        *,
        was_forgotten: bool,
    ) -> What | None:
        """Return what happened to one key; `chain`: its rows that began or ended in between."""
        if old and new and _same(old, new):
            return _sight(old, new)
        if not old and not new:
            return None
        if self._is_by_parser(chain):
            return What.BY_PARSER
        is_hidden_now = was_forgotten or self._is_by_account(chain[0].reading)
        if not new:
            return What.NEWLY_UNKNOWN if is_hidden_now else What.REMOVED
        if old:
            return What.CHANGED
        could = self._could_see(chain[-1]) and not is_hidden_now
        return What.ADDED if could else What.NEWLY_KNOWN

    def _is_by_account(self, of: int) -> bool:
        """Tell whether another account asked a directory: it may be shown more, or less."""
        target = self._key(of).target
        if target not in self._others:
            old, new = (_accounts(one, target) for one in (self._old, self._new))
            self._others[target] = bool(old and new and old != new)
        return self._others[target]

    def _could_see(self, row: Any) -> bool:
        """Tell whether the older audit would have seen the row's record, had it been there."""
        known = self._old.known.get(row.reading)
        return (
            known is not None and known.usable and not is_hidden(known.reading, row.kind, row.part)
        )

    def _is_by_parser(self, chain: Sequence[Any]) -> bool:
        """Tell whether any step of the chain came with another reader than the sighting before."""
        ends = {row.last + 1: row for row in chain if row.last is not None}
        begins = {row.first for row in chain if row.first > self._old.audit}
        steps = {at for at in (*begins, *ends) if self._old.audit < at <= self._new.audit}
        return any(self._another_reader(chain[0], ends.get(at), at) for at in steps)

    def _another_reader(self, row: Any, ended: Any, at: int) -> bool:
        until = at - 1
        if ended is not None and ended.hidden is not None:
            until = ended.hidden - 1
        readers = self._readers[row.reading]
        before = [one for one in readers if one.first <= until]
        between = [one for one in readers if until < one.first <= at]
        found = {(one.parser, one.tells.get(row.kind)) for one in (*before[-1:], *between)}
        return len(found) > 1

    def _turned(self) -> Iterator[Change]:
        """Yield the rows that hold in both audits and are carried in only one of them."""
        rows = self._turned_rows()
        before, after = self._old.by_id(tuple(rows)), self._new.by_id(tuple(rows))
        for one, of in rows.items():
            old, new = before[one], after[one]
            what = _sight(old, new) if old and new else None
            if what and new:
                yield self._change(what, of, type(new.record).__name__, old, new)

    def _turned_rows(self) -> dict[int, int]:
        """Return the rows that may have turned, each with its reading."""
        old, new = self._old, self._new
        turned = [
            of
            for of, one in new.known.items()
            if of in old.known and old.known[of].usable != one.usable
        ]
        at_one = select(CARRIED.c.record).where(
            holds_at(CARRIED.c, old.audit) != holds_at(CARRIED.c, new.audit)
        )
        both = select(RECORD.c.id, RECORD.c.reading).where(
            holds_at(RECORD.c, old.audit), holds_at(RECORD.c, new.audit)
        )
        queries = [both.where(RECORD.c.id.in_(at_one))]
        queries.extend(
            both.where(RECORD.c.reading.in_(turned[start : start + 500]))
            for start in range(0, len(turned), 500)
        )
        with self._database.reading() as db:
            found = {one: of for query in queries for one, of in db.execute(query)}
        return dict(sorted(found.items()))

    def _boundary_rows(self) -> Sequence[Any]:
        """Return the rows that began or ended between the audits, a key's rows in their order."""
        old, new = self._old.audit, self._new.audit
        began = select(RECORD.c.id).where(RECORD.c.first > old, RECORD.c.first <= new)
        ended = select(RECORD.c.id).where(RECORD.c.last >= old, RECORD.c.last < new)
        ids = union_all(began, ended).subquery()
        out = and_(CARRIED.c.record == RECORD.c.id, CARRIED.c.last == RECORD.c.last)
        query = (
            select(
                RECORD.c.id,
                RECORD.c.reading,
                RECORD.c.kind,
                RECORD.c.key,
                RECORD.c.part,
                RECORD.c.first,
                RECORD.c.last,
                CARRIED.c.first.label("hidden"),
            )
            .outerjoin(CARRIED, out)
            .where(RECORD.c.id.in_(select(ids.c.id)))
            .order_by(RECORD.c.reading, RECORD.c.kind, RECORD.c.key, RECORD.c.first)
        )
        with self._database.reading() as db:
            return db.execute(query).all()

    def _read_by(self, readings: set[int]) -> dict[int, tuple[_Reader, ...]]:
        """Return who read, in order: the usable results up to the newer audit."""
        columns = (RESULT.c.reading, RESULT.c.first, RESULT.c.parser, RESULT.c.tells)
        query = (
            select(*columns)
            .where(RESULT.c.first <= self._new.audit)
            .where(RESULT.c.state.in_([str(state) for state in USABLE]))
            .order_by(RESULT.c.reading, RESULT.c.first)
        )
        found: dict[int, list[_Reader]] = {of: [] for of in readings}
        with self._database.reading() as db:
            for of, first, parser, tells in db.execute(query):
                if of in found:
                    found[of].append(_Reader(first, parser, told_by(tells)))
        return {of: tuple(some) for of, some in found.items()}

    def _forgotten(self, rows: Sequence[Any]) -> Counter[tuple[int, str]]:
        """Count forgotten rows that touch either audit, by reading and kind."""
        touches = or_(holds_at(RECORD.c, self._old.audit), holds_at(RECORD.c, self._new.audit))
        query = (
            select(RECORD.c.reading, RECORD.c.kind, func.count())
            .where(RECORD.c.body.is_(None), touches)
            .group_by(RECORD.c.reading, RECORD.c.kind)
        )
        if not rows:
            return Counter()
        with self._database.reading() as db:
            return Counter({(of, kind): many for of, kind, many in db.execute(query)})

    def _holds(self, row: Any, snapshot: StoreSnapshot) -> bool:
        return bool(
            row.first <= snapshot.audit and (row.last is None or row.last >= snapshot.audit)
        )

    def _key(self, reading: int) -> ReadingKey:
        return self._new.known[reading].reading.key


def _accounts(snapshot: StoreSnapshot, target: str) -> frozenset[tuple[str, str]]:
    """Return by which login a directory was read; empty: it is none, or nothing was read."""
    rows = snapshot.read(DirectoryConnection, target=target).known().rows
    return frozenset((row.record.bind, row.record.account.casefold()) for row in rows)


def _same(old: Seen[Record], new: Seen[Record]) -> bool:
    """Tell whether both say the same, wherever they were seen."""
    return replace_at(new.record, old.record.at) == old.record


def _sight(old: Seen[Record], new: Seen[Record]) -> What | None:
    """Return what became of the sight of a record that is the same in both."""
    if old.carried == new.carried:
        return None
    return What.NEWLY_UNKNOWN if new.carried else What.KNOWN_AGAIN
