"""The checklist over audits of the real store: carried rows, other machines, its journal."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.judge.case import Case, Dates
from agent.judge.judgement import Judgement
from agent.transition.checklist import checklist
from agent.transition.item import Item, ItemVerdict
from agent.transition.memory import MACHINE, memory_of
from agent.transition.news import news
from agent.transition.sayings import attestation
from inventory.model.evidence import Gap, Why
from inventory.model.record import Record
from inventory.reading import State
from inventory.store import Identity, Store
from tests.agent.judge.building import (
    CLIENT,
    KINDS,
    OLDMSP,
    ROOT,
    THEIR_KEY,
    collector_of,
    key,
    password,
    sshd,
)
from tests.inventory.building import audit, told

BASE: tuple[Record, ...] = (ROOT, password("root", "locked"), *sshd())
WITH_KEY = (*BASE, key("root", THEIR_KEY))
ONE, OTHER = Identity("machine-1", ("SHA256:1",)), Identity("machine-2", ("SHA256:2",))
GAP = Gap(Why.UNREACHABLE, "", "", "no route", "route")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "audits.db") as opened:
        yield opened


def run(
    store: Store,
    records: tuple[Record, ...],
    *,
    identity: Identity | None = ONE,
    parser: int = 1,
    gap: Gap | None = None,
) -> Item:
    """Audit web1 and return the line of the leaver's key; the news goes into the journal."""
    readings = [
        told(
            *(record for record in records if type(record) is kind and gap is None),
            collector=collector_of(kind),
            tells=(kind.__name__,),
            parser=parser,
            state=State.FAILED if gap else State.COMPLETE,
            gaps=(gap,) if gap else (),
        )
        for kind in KINDS
    ]
    start = 1_800_000_000 + 1000 * len(store.audits())
    audit(store, *readings, now=start, identity=identity)
    snapshot = store.snapshot()
    judgement = Judgement(Case(snapshot, (OLDMSP, CLIENT), Dates(start + 10)))
    parsers = {collector_of(kind): parser for kind in KINDS}
    added = news(judgement, memory_of(store.journal()), parsers=parsers, audited=start)
    for note in added:
        store.note(author="handover", kind=note.kind, body=note.body, at=start + 5)
    memory = memory_of(store.journal(), upto=snapshot.audit)
    items = checklist(judgement, memory, parsers=parsers, audited=start)
    return next(item for item in items if item.key == f"revoke ssh key {THEIR_KEY}")


def test_a_key_is_seen_unreadable_gone_and_back(store: Store) -> None:
    assert run(store, WITH_KEY).verdict is ItemVerdict.OPEN
    assert run(store, WITH_KEY, identity=None, gap=GAP).verdict is ItemVerdict.CANNOT_TELL
    assert run(store, BASE).verdict is ItemVerdict.DONE
    again = run(store, WITH_KEY)
    assert (again.id, again.verdict) == ("R-01", ItemVerdict.OPEN)
    assert store.verify() == []


def test_another_machine_behind_the_name_proves_nothing(store: Store) -> None:
    run(store, WITH_KEY)
    assert run(store, BASE, identity=OTHER).verdict is ItemVerdict.CANNOT_TELL
    assert run(store, BASE, identity=ONE).verdict is ItemVerdict.CANNOT_TELL


def test_two_people_say_that_the_machine_before_is_gone(store: Store) -> None:
    run(store, WITH_KEY)
    run(store, BASE, identity=OTHER)
    memory = memory_of(store.journal())
    (line,) = [item for item in memory.items.values() if item.kind == MACHINE]
    for by, party in (("Maria Dorn", "client"), ("Otto Alt", "outgoing")):
        said = attestation(
            memory, line.id, what="removed", by=by, party=party, parties=(OLDMSP, CLIENT)
        )
        store.note(author=by, kind=said.kind, body=said.body, at=1_800_009_000)
    assert run(store, BASE, identity=OTHER).verdict is ItemVerdict.ATTESTED
    assert run(store, BASE, identity=None, gap=GAP).verdict is ItemVerdict.CANNOT_TELL
    assert run(store, BASE, identity=OTHER).verdict is ItemVerdict.ATTESTED
    assert run(store, WITH_KEY, identity=ONE).verdict is ItemVerdict.OPEN


def test_another_parser_proves_nothing(store: Store) -> None:
    run(store, WITH_KEY)
    assert run(store, BASE, parser=2).verdict is ItemVerdict.CANNOT_TELL


def test_what_was_erased_on_request_is_not_gone(store: Store) -> None:
    run(store, WITH_KEY)
    store.forget(lambda record: type(record).__name__ == "AuthorizedKey", author="MD", at=5)
    judgement = Judgement(Case(store.snapshot(), (OLDMSP, CLIENT), Dates(1)))
    parsers = {collector_of(kind): 1 for kind in KINDS}
    memory = memory_of(store.journal())
    items = checklist(judgement, memory, parsers=parsers, audited=1_800_000_000)
    (line,) = [item for item in items if item.key == f"revoke ssh key {THEIR_KEY}"]
    assert line.verdict is ItemVerdict.CANNOT_TELL
