"""Another machine answers under a known name: people say what became of the one before."""

import pytest

from agent.transition.item import Item, ItemVerdict
from agent.transition.sayings import attestation
from inventory.errors import HandoverError
from inventory.model.access import AuthorizedKey
from inventory.model.evidence import Gap, Why
from inventory.model.record import Record
from tests.agent.judge.building import ROOT, THEIR_KEY, collector_of, key, password, sshd
from tests.agent.transition.building import Engagement, box, everything

BASE: tuple[Record, ...] = (ROOT, password("root", "locked"), *sshd())
WITH_KEY = (*BASE, key("root", THEIR_KEY))
THEIRS = f"revoke ssh key {THEIR_KEY}"
LINE = "decide machine web1"
NEW = {"web1": 1}
DENIED = Gap(Why.DENIED, "ask", "", "permission denied", "root")
DONE, OPEN, UNKNOWN = ItemVerdict.DONE, ItemVerdict.OPEN, ItemVerdict.CANNOT_TELL
ATTESTED = ItemVerdict.ATTESTED


def replaced() -> Engagement:
    """web1 had their key; a new machine answers under its name."""
    run = Engagement()
    run.audit({"web1": WITH_KEY})
    run.audit({"web1": BASE}, generations=NEW)
    return run


def attest(run: Engagement, item: Item, *, by: str = "Maria Dorn", party: str = "client") -> None:
    note = attestation(run.memory, item.id, what="removed", by=by, party=party, parties=run.parties)
    run.note(note, at=run.now + 120)


def attest_by_two(run: Engagement) -> None:
    (item,) = [
        one for one in run.audit({"web1": BASE}, generations=NEW).values() if one.key == LINE
    ]
    attest(run, item)
    attest(run, item, by="Otto Alt", party="outgoing")


def test_the_same_machine_makes_no_line() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY})
    assert LINE not in run.audit({"web1": BASE})
    assert LINE not in run.audit({"web1": BASE}, gaps=everything("web1"))


def test_another_machine_is_a_line_that_says_who_decides() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY})
    items = run.audit({"web1": BASE}, generations=NEW)
    line = items[LINE]
    assert (line.title, line.verdict) == ("web1 answers as another machine", UNKNOWN)
    assert box(line, "web1").text == (
        "the machine that answered as web1 before audit 2: another machine answered in audit 2"
    )
    assert items[THEIRS].verdict is UNKNOWN


def test_one_witness_settles_nothing() -> None:
    run = replaced()
    attest(run, run.audit({"web1": BASE}, generations=NEW)[LINE])
    items = run.audit({"web1": BASE}, generations=NEW)
    assert (items[LINE].verdict, items[THEIRS].verdict) == (UNKNOWN, UNKNOWN)


def test_two_witnesses_settle_the_line_and_what_was_on_the_machine_is_attested() -> None:
    run = replaced()
    attest_by_two(run)
    items = run.audit({"web1": BASE}, generations=NEW)
    assert items[LINE].verdict is ATTESTED
    assert "Maria Dorn (client)" in items[LINE].progress
    assert items[THEIRS].verdict is ATTESTED
    assert box(items[THEIRS], "web1").verdict is ATTESTED
    assert items[THEIRS].says == (
        f"not on the machine that answers now; {items[LINE].id} attests that the one before is gone"
    )
    assert items["decide unread"].verdict is DONE


def test_it_says_nothing_of_what_the_new_machine_has_or_hides() -> None:
    run = replaced()
    attest_by_two(run)
    hidden = {("web1", "AuthorizedKey"): DENIED}
    unread = run.audit({"web1": BASE}, gaps=hidden, generations=NEW, keep=False)
    assert unread[THEIRS].verdict is UNKNOWN
    off = run.audit({"web1": BASE}, gaps=everything("web1"), generations=NEW, keep=False)
    assert off[THEIRS].verdict is UNKNOWN
    assert run.audit({"web1": WITH_KEY}, generations=NEW)[THEIRS].verdict is OPEN
    assert run.audit({"web1": BASE}, generations=NEW)[THEIRS].verdict is ATTESTED


def test_a_changed_parser_is_no_machine() -> None:
    run = replaced()
    attest_by_two(run)
    run.audit({"web1": WITH_KEY}, generations=NEW)
    run.parsers = {**run.parsers, collector_of(AuthorizedKey): 2}
    assert run.audit({"web1": BASE}, generations=NEW)[THEIRS].verdict is UNKNOWN


def test_a_third_machine_must_be_attested_anew() -> None:
    run = replaced()
    attest_by_two(run)
    items = run.audit({"web1": BASE}, generations={"web1": 2})
    assert (items[LINE].verdict, items[THEIRS].verdict) == (UNKNOWN, UNKNOWN)
    assert len(items[LINE].boxes) == 2


def test_a_machine_that_answers_again_is_not_gone_whatever_was_attested() -> None:
    run = replaced()
    attest_by_two(run)
    items = run.audit({"web1": WITH_KEY}, generations={"web1": 0})
    assert items[THEIRS].verdict is OPEN
    verdicts = [one.verdict for one in items[LINE].boxes]
    assert verdicts == [DONE, UNKNOWN]  # now the other one does not answer


def test_other_hosts_are_not_touched_by_it() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY, "db1": WITH_KEY})
    first = run.audit({"web1": BASE, "db1": BASE}, generations=NEW)[LINE]
    attest(run, first)
    attest(run, first, by="Otto Alt", party="outgoing")
    gaps = everything("db1")
    line = run.audit({"web1": BASE, "db1": BASE}, gaps=gaps, generations=NEW)[THEIRS]
    assert (box(line, "web1").verdict, box(line, "db1").verdict) == (ATTESTED, UNKNOWN)
    assert line.verdict is UNKNOWN


def test_it_is_attested_gone_and_nothing_else() -> None:
    run = replaced()
    line = run.audit({"web1": BASE}, generations=NEW)[LINE]
    with pytest.raises(HandoverError, match="say removed"):
        attestation(run.memory, line.id, what="kept", by="M", party="client", parties=run.parties)
