"""What the checklist remembers: ids once given, the journal of the real store, erased entries."""

import re
from pathlib import Path

import msgspec
import pytest

from agent.transition.checklist import checklist
from agent.transition.item import ItemVerdict
from agent.transition.memory import Note, memory_of
from agent.transition.news import news
from inventory.errors import StoreError
from inventory.model.operation import Agent, MailAlias
from inventory.model.record import Record
from inventory.store.store import Store
from tests.agent.judge.building import ROOT, THEIR_KEY, account, group, key, password, sshd, sudo
from tests.agent.transition.building import Engagement, Entry, everything

BASE: tuple[Record, ...] = (ROOT, password("root", "locked"), *sshd())
THEIRS = f"revoke ssh key {THEIR_KEY}"
WITH_KEY = (*BASE, key("root", THEIR_KEY))
NOC = MailAlias(file="/etc/aliases", name="root", target="noc@oldmsp.example")
MANAGED = Agent(
    product="ScreenConnect", type="remote control", state="running", instance="inst-old"
)


def test_hundreds_of_holds_make_tens_of_lines() -> None:
    held = (
        *WITH_KEY,
        account("oldmsp"),
        password("oldmsp"),
        sudo("oldmsp"),
        group("docker", "oldmsp"),
        NOC,
        MANAGED,
    )
    run = Engagement()
    items = run.audit({f"host{n:03d}": held for n in range(100)})
    assert sum(len(item.holds) for item in items.values()) >= 600
    assert len(items) < 10
    assert len(run.journal) < 12


def test_ids_are_kept_and_never_given_twice() -> None:
    run = Engagement()
    first = {item.key: item.id for item in run.audit({"web1": WITH_KEY}).values()}
    second = run.audit({"web1": (*BASE, account("oldmsp"), password("oldmsp"), MANAGED, NOC)})
    ids = [item.id for item in second.values()]
    assert len(set(ids)) == len(ids)
    assert {key: second[key].id for key in first} == first
    assert all(re.fullmatch(r"[THSRKD]-\d{2,}", one) for one in ids)
    third = run.audit({"web1": WITH_KEY})
    assert {key: item.id for key, item in third.items()} == {
        key: item.id for key, item in second.items()
    }


def test_an_audit_that_shows_nothing_new_writes_nothing() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY, "web2": BASE}, gaps=everything("web2"))
    before = len(run.journal)
    run.audit({"web1": WITH_KEY, "web2": BASE}, gaps=everything("web2"))
    assert len(run.journal) == before


def test_an_erased_line_keeps_its_id_and_cannot_be_told() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY})
    run.journal = [
        Entry(one.seq, one.at, one.kind, None) if one.kind == "item R-01" else one
        for one in run.journal
    ]
    items = run.audit({"web1": WITH_KEY})
    assert items["R-01"].verdict is ItemVerdict.CANNOT_TELL
    assert "erased on request" in items["R-01"].says
    assert items[THEIRS].id == "R-02"
    assert run.audit({"web1": BASE})["R-01"].verdict is ItemVerdict.CANNOT_TELL


def test_a_line_of_which_a_part_was_erased_is_never_done() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY})
    run.audit({"web1": WITH_KEY, "web2": WITH_KEY})
    run.journal = [
        Entry(one.seq, one.at, one.kind, None) if one.kind == "boxes R-01" else one
        for one in run.journal
    ]
    run.told = ()
    items = run.audit({"web1": BASE, "web2": BASE})
    assert items[THEIRS].verdict is ItemVerdict.CANNOT_TELL


def test_an_earlier_audit_is_shown_without_what_came_later() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY})
    told, now = run.told, run.now
    run.audit({"web1": (*BASE, NOC)})
    memory = memory_of(run.journal, upto=1)
    shown = checklist(run.judge(1, told, now), memory, parsers=run.parsers, audited=now)
    assert "transfer mail noc@oldmsp.example" not in [item.key for item in shown]
    (line,) = [item for item in shown if item.key == THEIRS]
    assert line.verdict is ItemVerdict.OPEN


def test_a_body_that_cannot_be_read_is_said_with_its_number() -> None:
    entry = Entry(7, 1, "item R-01", '{"audit":"x"}')
    with pytest.raises(StoreError, match="journal entry 7"):
        memory_of([entry])


def test_entries_of_others_are_left_alone() -> None:
    assert memory_of([Entry(1, 1, "forget", "{}"), Entry(2, 1, "confirm", None)]).items == {}


def test_the_journal_of_the_store_gives_back_what_was_noted(tmp_path: Path) -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY, "db1": BASE}, gaps=everything("db1"))
    judgement = run.judge(1, run.told, run.now)
    notes = news(judgement, memory_of([]), parsers=run.parsers, audited=run.now)
    with Store.open(tmp_path / "audits.db") as store:
        for note in notes:
            store.note(author="handover", kind=note.kind, body=note.body, at=run.now + 60)
        assert memory_of(store.journal()) == run.memory
        assert store.verify() == []


def test_a_hostile_name_of_any_length_is_found_again() -> None:
    run = Engagement()
    long = "noc" + "x" * 9000 + "{subject}\u202e<script>@oldmsp.example"
    alias = msgspec.structs.replace(NOC, target=long)
    first = run.audit({"web1": (*BASE, alias)})
    again = run.audit({"web1": BASE})
    (name,) = [name for name in first if name.startswith("transfer mail")]
    assert again[name].verdict is ItemVerdict.DONE
    assert len(again[name].title) < 200


def test_notes_are_what_the_store_takes() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY})
    assert [entry.kind for entry in run.journal] == ["item T-01", "item R-01"]
    assert Note("x", run.memory.items["R-01"]).kind == "x"
