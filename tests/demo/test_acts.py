"""What the second audit says: gone where all was read, still there, and of a host that is off nothing."""

from typing import NamedTuple

import pytest

from agent.judge.case import Footprint, Hold
from agent.judge.judgement import Judgement
from inventory.model.truth import Truth
from tests.demo import acts
from tests.demo.conftest import Audited
from tests.demo.holds import HOLDS, LEFT, REMOVED, Planted


class Again(NamedTuple):
    """The company after the second act."""

    audited: Audited
    second: Judgement
    status: int
    output: str


@pytest.fixture(scope="module")
def again(audited: Audited) -> Again:
    """Play the second act."""
    done = acts.second_act(audited.lab, audited.folder)
    return Again(audited, audited.kept.judgement(2), done.returncode, done.stdout + done.stderr)


def _found(planted: Planted, left: Footprint) -> list[Hold]:
    return [
        hold
        for hold in (*left.holds, *left.dependences)
        if (hold.kind, hold.target) == (planted.kind, planted.host) and planted.piece in hold.title
    ]


def test_the_audit_ends_with_gaps_and_names_the_host_that_is_off(again: Again) -> None:
    assert again.status == acts.WITH_GAPS
    assert "db1  unreachable" in again.output


@pytest.mark.parametrize("planted", REMOVED, ids=lambda one: f"{one.kind} {one.host} {one.piece}")
def test_what_was_removed_is_not_seen_any_more(again: Again, planted: Planted) -> None:
    assert _found(planted, again.second.outgoing) == []


@pytest.mark.parametrize("planted", LEFT, ids=lambda one: f"{one.kind} {one.host} {one.piece}")
def test_what_was_left_on_a_cleared_host_is_still_seen(again: Again, planted: Planted) -> None:
    (hold,) = _found(planted, again.second.outgoing)
    assert not hold.carried
    assert {proof.audit for proof in hold.evidence} == {2}


def test_of_the_host_that_is_off_every_hold_is_carried_and_none_is_gone(again: Again) -> None:
    of_db1 = [planted for planted in HOLDS if planted.host == acts.OFFLINE]
    assert of_db1
    for planted in of_db1:
        (hold,) = _found(planted, again.second.outgoing)
        assert hold.carried
        assert {proof.audit for proof in hold.evidence} == {1}
    assert acts.OFFLINE in {blank.target for blank in again.second.outgoing.blanks}


def test_a_key_that_took_the_place_of_theirs_is_nobodys_and_no_success(again: Again) -> None:
    titles = [hold.title for hold in again.second.unattributed.holds]
    assert [title for title in titles if '"deploy@2027" on web1, account root' in title]
    assert again.second.outgoing.zero is Truth.NO
