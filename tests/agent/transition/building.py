"""Audits in a row, held in memory: what is not read again is carried, as the store does it."""

from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from agent.judge.case import Case, Dates, Decision
from agent.judge.judgement import Judgement
from agent.transition.checklist import checklist
from agent.transition.item import Box, Item
from agent.transition.memory import Memory, Note, memory_of
from agent.transition.news import news
from inventory.codec import canonical
from inventory.model.evidence import Evidence, Gap, Pointer, Why
from inventory.model.party import Party
from inventory.model.record import Record
from inventory.reading import Reading, ReadingKey, State
from inventory.snapshot import MemorySnapshot, Seen
from tests.agent.judge.building import CLIENT, DAY_S, KINDS, NOW, OLDMSP, collector_of

Hosts = Mapping[str, tuple[Record, ...]]
Gaps = Mapping[tuple[str, str], Gap]  # target and record kind -> what came instead
Told = tuple[Reading, tuple[Seen[Record], ...]]

UNREACHABLE = Gap(Why.UNREACHABLE, "", "", "no route", "route")
ANOTHER = Gap(Why.NOT_ASKED, detail="the target came back as another machine", cure="confirm")


class Entry(Struct, frozen=True):
    """An entry of the journal, as the store returns it."""

    seq: int
    at: int
    kind: str
    body: str | None


def everything(target: str, gap: Gap = UNREACHABLE) -> Gaps:
    return {(target, kind.__name__): gap for kind in KINDS}


class Engagement:
    """Audits one after the other, the journal that they write, and the newest checklist."""

    def __init__(
        self,
        *,
        parties: tuple[Party, ...] = (OLDMSP, CLIENT),
        access_ended: int | None = None,
        own_key: str = "",
    ) -> None:
        self.parties = parties
        self.access_ended = access_ended
        self.own_key = own_key
        self.decisions: tuple[Decision, ...] = ()
        self.parsers = {collector_of(kind): 1 for kind in KINDS}
        self.journal: list[Entry] = []
        self.number = 0
        self.now = NOW
        self.told: tuple[Told, ...] = ()

    @property
    def memory(self) -> Memory:
        return memory_of(self.journal)

    def note(self, note: Note, *, at: int | None = None) -> None:
        body = canonical(note.body).decode()
        seq = len(self.journal) + 1
        self.journal.append(Entry(seq, self.now if at is None else at, note.kind, body))

    def audit(
        self,
        hosts: Hosts,
        *,
        gaps: Gaps | None = None,
        generations: Mapping[str, int] | None = None,
        keep: bool = True,
    ) -> dict[str, Item]:
        """Audit, note the news, and return the items by their keys. `keep` False: only look."""
        number, now = self.number + 1, self.now + DAY_S
        told = tuple(self._tell(number, hosts, gaps or {}, generations or {}))
        judgement = self.judge(number, told, now)
        added = news(judgement, self.memory, parsers=self.parsers, audited=now)
        items = checklist(judgement, self.memory, parsers=self.parsers, audited=now)
        if keep:
            self.number, self.now, self.told = number, now, told
            for note in added:
                self.note(note, at=now + 60)
            assert items == checklist(judgement, self.memory, parsers=self.parsers, audited=now)
            assert not news(judgement, self.memory, parsers=self.parsers, audited=now)
        return {item.key or item.id: item for item in items}

    def kinds_of(self, target: str) -> tuple[type[Record], ...]:
        """Return the kinds that are told of a target, each by a collector of its own."""
        return KINDS

    def judge(self, number: int, told: Iterable[Told], now: int) -> Judgement:
        dates = Dates(now + 3600, cutover=NOW + 42 * DAY_S, access_ended=self.access_ended)
        return Judgement(
            Case(
                snapshot=MemorySnapshot(number, told),
                parties=self.parties,
                dates=dates,
                decisions=self.decisions,
                own_key=self.own_key,
            )
        )

    def _tell(
        self, number: int, hosts: Hosts, gaps: Gaps, generations: Mapping[str, int]
    ) -> Iterable[Told]:
        before = {reading.key: rows for reading, rows in self.told}
        seen_now: set[ReadingKey] = set()
        for target, records in hosts.items():
            generation = generations.get(target, 0)
            for kind in self.kinds_of(target):
                key = ReadingKey("ssh", target, collector_of(kind), generation)
                seen_now.add(key)
                gap = gaps.get((target, kind.__name__))
                mine = (record for record in records if type(record) is kind)
                yield _reading(key, kind, number, mine, gap, before.get(key, ()))
        for reading, rows in self.told:
            if reading.key not in seen_now:
                old = msgspec.structs.replace(reading, state=State.NOT_ASKED, gaps=(ANOTHER,))
                yield old, tuple(_carried(row) for row in rows)


def _reading(
    key: ReadingKey,
    kind: type[Record],
    number: int,
    records: Iterable[Record],
    gap: Gap | None,
    before: Iterable[Seen[Record]],
) -> Told:
    fresh = tuple(_seen(record, key, number) for record in records)
    if gap is None:
        return Reading(key, State.COMPLETE, (kind.__name__,)), fresh
    if gap.part:
        hidden = tuple(_carried(row) for row in before if row.record.part == gap.part)
        left = tuple(row for row in fresh if row.record.part != gap.part)
        return Reading(key, State.PARTIAL, (kind.__name__,), (gap,)), (*left, *hidden)
    state = State.NOT_ASKED if gap.why is Why.NOT_ASKED else State.FAILED
    return Reading(key, state, (kind.__name__,), (gap,)), tuple(_carried(row) for row in before)


def _seen(record: Record, key: ReadingKey, number: int) -> Seen[Record]:
    at = Pointer("ask", f"line of {type(record).__name__}")
    return Seen(record, Evidence("ssh", key.target, key.collector, at, number))


def _carried(row: Seen[Record]) -> Seen[Record]:
    return msgspec.structs.replace(row, carried=True)


def box(item: Item, target: str) -> Box:
    """Return the one box of a target."""
    (found,) = [one for one in item.boxes if one.target == target]
    return found
