"""Every hold that OldMSP has at the company is found, with its evidence, and nothing else is."""

from collections.abc import Iterable

import pytest

from agent.judge.case import Certainty, Hold
from agent.judge.holds.kind import HOLD_KINDS
from agent.judge.who import who
from inventory.model.truth import Truth
from tests.demo import company
from tests.demo.conftest import Audited
from tests.demo.holds import HIDDEN, HOLDS, NOBODYS, Planted
from tests.lab.directory.names import DOMAIN


def _found(planted: Planted, holds: Iterable[Hold]) -> list[Hold]:
    return [
        hold
        for hold in holds
        if (hold.kind, hold.target) == (planted.kind, planted.host) and planted.piece in hold.title
    ]


def _theirs(audited: Audited) -> tuple[Hold, ...]:
    print_ = audited.judgement.outgoing
    found = (*print_.holds, *print_.dependences)
    return tuple(hold for hold in found if hold.target != DOMAIN)


def test_every_kind_of_hold_is_planted_somewhere() -> None:
    assert {planted.kind for planted in HOLDS} == set(HOLD_KINDS)


@pytest.mark.parametrize("planted", HOLDS, ids=lambda one: f"{one.kind} {one.host} {one.piece}")
def test_a_planted_hold_is_found_once_and_has_its_evidence(
    audited: Audited, planted: Planted
) -> None:
    (hold,) = _found(planted, _theirs(audited))
    assert (hold.certainty is not Certainty.PROPOSED) == planted.sure
    assert hold.match is not None
    assert hold.evidence
    for proof in hold.evidence:
        assert (proof.source, proof.target, proof.audit) == ("servers", planted.host, 1)
        assert proof.collector.startswith("linux.")
        assert proof.pointer.where or proof.pointer.ask


def test_nothing_else_is_said_to_be_oldmsps(audited: Audited) -> None:
    known = [hold for planted in HOLDS for hold in _found(planted, _theirs(audited))]
    assert [hold.title for hold in _theirs(audited) if hold not in known] == []


def test_what_the_audit_may_not_read_is_a_gap_and_never_none(audited: Audited) -> None:
    blanks = audited.judgement.outgoing.blanks
    for host, collector, place in HIDDEN:
        gaps = [b.gap for b in blanks if (b.target, b.collector) == (host, collector)]
        assert any(place in (gap.part, gap.detail.partition(":")[0]) for gap in gaps), (host, gaps)
    assert {blank.target for blank in blanks} >= {*company.WITHOUT_ROOT, company.APPLIANCE}


def test_a_power_of_nobody_stands_in_the_way_of_zero(audited: Audited) -> None:
    for planted in NOBODYS:
        assert _found(planted, audited.judgement.unattributed.holds), planted
        assert not _found(planted, _theirs(audited)), planted


def test_the_audits_own_way_in_is_nobodys_hold(audited: Audited) -> None:
    titles = [hold.title for hold in audited.judgement.unattributed.holds]
    assert not [title for title in titles if "account audit" in title]


def test_a_person_is_asked_for_by_name_and_the_partys_other_holds_are_not_hers(
    audited: Audited,
) -> None:
    found = who(audited.judgement.case, "Jane Doe")
    kinds = {(hold.kind, hold.target) for hold in found.holds if hold.target != DOMAIN}
    assert kinds == {
        *(("ssh key", "web1"), ("ssh key", "jump"), ("account", "web1"), ("sudo", "web1")),
        *(("group", "web1"), ("job", "ci1"), ("vpn peer", "jump"), ("mail alias", "mail1")),
    }
    assert {path.target for path in found.paths} == {"web1", "jump", DOMAIN}
    assert len(found.paths) == len(set(found.paths))


def test_the_footprint_is_not_zero_and_where_root_is_given_hardly_anything_is_unread(
    audited: Audited,
) -> None:
    left = audited.judgement.outgoing
    assert left.zero is Truth.NO
    closed = {*company.WITHOUT_ROOT, company.APPLIANCE, DOMAIN}
    gaps = [(b.target, b.gap.part) for b in left.blanks if b.target not in closed]
    assert sorted(gaps) == [
        ("files1", "/srv/archive/.git/config"),  # lies on a network mount, which is not touched
        ("oldmsp.example", ""),  # a directory that ci1 takes accounts from, and that nobody asks
        ("web2", "/opt/oldmsp/bin/keys"),  # only the command knows which keys it hands out
    ]
