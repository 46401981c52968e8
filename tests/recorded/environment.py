"""The recorded company in memory: two audits in a row, as the store would keep them."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from agent.documents.told import Told
from agent.engagement.file import load
from agent.judge.case import Case, Dates
from agent.judge.judgement import Judgement
from agent.transition.checklist import checklist
from agent.transition.item import Item
from agent.transition.memory import Memory, memory_of
from agent.transition.news import news
from collectors.registry import of_source
from collectors.runner import Collected, ask_name, collect
from collectors.spec import Collector, Outcome
from collectors.transports.recording import recordings
from inventory.changes import Change, What
from inventory.codec import canonical, encode
from inventory.model.access import AuthorizedKey
from inventory.model.evidence import Evidence
from inventory.model.moment import DAY_S
from inventory.model.record import Record
from inventory.reading import Reading, ReadingKey
from inventory.snapshot import MemorySnapshot, Seen
from inventory.store.difference import Row, difference, is_hidden
from inventory.store.seals import USABLE
from tests.collectors.test_cases import CASES, outcomes

MUSTER = Path(__file__).with_name("muster")
PATCHWORK = "patchwork"  # a host on which every question has an answer
QUIET, LOUD = "quiet", "mail1"  # the second without all that the leaving party has there
_THEIRS = ("linux.agents/", "linux.mail_", "linux.alert_addresses/")
OWN = "audit"
FIRST = 1795521600  # 24 November 2026, 12:00 UTC
SECOND = FIRST + DAY_S
COLLECTORS: dict[str, Collector] = {one.name: one for one in of_source("ssh")}
PARSERS = {name: one.parser for name, one in COLLECTORS.items()}
ENGAGEMENT = load(MUSTER)
NOTHING = Memory()

Outcomes = Mapping[str, Outcome]
Reports = Mapping[str, Collected]  # by collector
Rows = tuple[Seen[Record], ...]


class Kept(Struct, frozen=True):
    """One reading as it is kept: its outcome, the rows, and what changed since the audit before."""

    reading: Reading
    rows: Rows
    changes: tuple[Change, ...] = ()


class Entry(Struct, frozen=True):
    """An entry of the journal, as the store returns it."""

    seq: int
    at: int
    kind: str
    body: str | None


@cache
def hosts() -> Mapping[str, Outcomes]:
    """Return the answers of each host, by ask, and of the two that are made up of answers."""
    found: dict[str, Outcomes] = {one.target: one.outcomes for one in recordings(MUSTER)}
    quiet = {
        name: ((), ()) if name.startswith(_THEIRS) else (got, ())
        for name, (got, _) in found[LOUD].items()
    }
    return {**found, QUIET: quiet, PATCHWORK: dict(_patches())}


def _patches() -> Iterator[tuple[str, Outcome]]:
    """Yield of each collector what its sample from a real host answers; to the rest, nothing."""
    for one in COLLECTORS.values():
        case: dict[str, Any] = json.loads((CASES / one.name / "real.json").read_text())
        told = outcomes(one, case["answers"])
        yield from ((ask_name(one, ask), ((), ())) for ask in one.asks)
        yield from told.items()


def read(target: str, collector: Collector, answers: Outcomes) -> Collected:
    """Return what a collector makes of a host's answers."""
    return collect(collector, answers, key=ReadingKey("servers", target, collector.name))


@cache
def whole(target: str) -> Reports:
    """Return what every collector makes of a host as it was recorded."""
    answers = hosts()[target]
    return {name: read(target, one, answers) for name, one in COLLECTORS.items()}


def first(now: Collected) -> Kept:
    """Return a reading as the first audit keeps it."""
    return Kept(now.reading, tuple(_seen(now, record, 1) for record in now.records))


def second(before: Collected, now: Collected) -> Kept:
    """Return a reading as the second audit keeps it, by the rules of the store."""
    if now.reading.state not in USABLE:
        rows = tuple(_seen(before, record, 1, carried=True) for record in before.records)
        return Kept(now.reading, rows, tuple(_hidden(row, now.reading) for row in rows))
    lasting = [record for record in before.records if not record.VOLATILE]
    found = difference(
        now.reading,
        [encode(record) for record in now.records if not record.VOLATILE],
        [_row(number, record) for number, record in enumerate(lasting)],
    )
    hidden = tuple(_seen(before, lasting[row.id], 1, carried=True) for row in found.hidden)
    unseen = {_name(row.record) for row in hidden}
    fresh = tuple(_seen(now, one, 2) for one in now.records if _name(one) not in unseen)
    lost = (*hidden, *_fleeting(before, now, {_name(row.record) for row in fresh}))
    told = {_name(row.record): row for row in fresh}
    changes = (
        *(_hidden(row, now.reading) for row in hidden),
        *(_ended(_seen(before, lasting[row.id], 1), now.reading, told) for row in found.ended),
    )
    return Kept(now.reading, (*fresh, *lost), changes)


def _fleeting(before: Collected, now: Collected, told: set[object]) -> Iterator[Seen[Record]]:
    for record in before.records:
        could = is_hidden(now.reading, type(record).__name__, record.part)
        if record.VOLATILE and could and _name(record) not in told:
            yield _seen(before, record, 1, carried=True)


def _hidden(row: Seen[Record], reading: Reading) -> Change:
    return Change(What.NEWLY_UNKNOWN, reading.key, type(row.record).__name__, row, row)


def _ended(row: Seen[Record], reading: Reading, told: Mapping[object, Seen[Record]]) -> Change:
    new = told.get(_name(row.record))
    what = What.CHANGED if new else What.REMOVED
    return Change(what, reading.key, type(row.record).__name__, row, new)


def _row(number: int, record: Record) -> Row:
    one = encode(record)
    return Row(number, one.kind, one.version, one.part, one.key, one.body, one.at, b"", False)


def _name(record: Record) -> object:
    return type(record), Record.key(record)


def _seen(of: Collected, record: Record, audit: int, *, carried: bool = False) -> Seen[Record]:
    key = of.reading.key
    evidence = Evidence(key.source, key.target, key.collector, record.at, audit)
    return Seen(record, evidence, carried)


def judged(audit: int, kept: Mapping[str, Kept]) -> Judgement:
    """Return one audit of one host, judged."""
    told = [(one.reading, one.rows) for one in kept.values()]
    cutover = FIRST + 52 * DAY_S
    now = (FIRST if audit == 1 else SECOND) + 60
    return Judgement(
        Case(
            snapshot=MemorySnapshot(audit, told),
            parties=ENGAGEMENT.parties,
            dates=Dates(now, cutover, None),
            client=ENGAGEMENT.client,
            own_account=OWN,
            own_key=_own_key(),
        )
    )


@cache
def _own_key() -> str:
    """Return the fingerprint of the key with which the audit logged in."""
    keys = (one for one in whole(LOUD)["linux.authorized_keys"].records)
    return next(k.fingerprint for k in keys if isinstance(k, AuthorizedKey) and k.account == OWN)


def memory(found: Judgement) -> Memory:
    """Return what the journal says after the first audit."""
    added = news(found, Memory(), parsers=PARSERS, audited=FIRST)
    bodies = (canonical(one.body).decode() for one in added)
    return memory_of(
        Entry(number, FIRST + 60, note.kind, body)
        for number, (note, body) in enumerate(zip(added, bodies, strict=True), 1)
    )


def items(found: Judgement, known: Memory) -> tuple[Item, ...]:
    """Return the checklist of an audit."""
    audited = FIRST if found.case.snapshot.audit == 1 else SECOND
    return checklist(found, known, parsers=PARSERS, audited=audited)


def told(found: Judgement, lines: tuple[Item, ...], changes: tuple[Change, ...] = ()) -> Told:
    """Return what documents are written from."""
    number = found.case.snapshot.audit
    start = FIRST if number == 1 else SECOND
    return Told(
        judgement=found,
        items=lines,
        engagement=ENGAGEMENT,
        seal="0" * 64,
        started=start,
        ended=start + 60,
        audits=number,
        changes=changes if number > 1 else None,
        version="0",
    )
