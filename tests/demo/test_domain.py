"""What OldMSP has in Muster's domain is found, nothing else is, and what was done since is seen."""

from typing import Any

import msgspec
import pytest

from agent.judge.case import Certainty, Hold
from agent.judge.judgement import Judgement
from tests.demo import acts, realm
from tests.demo.conftest import Again, Audited
from tests.demo.holds import Planted
from tests.lab.directory.names import DOMAIN


def _in_domain(judgement: Judgement) -> tuple[Hold, ...]:
    found = (*judgement.outgoing.holds, *judgement.outgoing.dependences)
    return tuple(hold for hold in found if hold.target == DOMAIN)


def _found(planted: Planted, holds: tuple[Hold, ...]) -> list[Hold]:
    return [one for one in holds if one.kind == planted.kind and planted.piece in one.title]


@pytest.mark.parametrize("planted", realm.HOLDS, ids=lambda one: f"{one.kind} {one.piece}")
def test_a_planted_hold_is_found_once_and_has_its_evidence(
    audited: Audited, planted: Planted
) -> None:
    (hold,) = _found(planted, _in_domain(audited.judgement))
    assert (hold.certainty is not Certainty.PROPOSED) == planted.sure
    assert hold.evidence
    assert all(proof.collector.startswith("directory.") for proof in hold.evidence)


def test_nothing_else_in_the_domain_is_said_to_be_oldmsps(audited: Audited) -> None:
    theirs = _in_domain(audited.judgement)
    known = [hold for planted in realm.HOLDS for hold in _found(planted, theirs)]
    left = [hold.title for hold in theirs if hold not in known]
    assert not left, "\n".join(left)


@pytest.mark.parametrize("piece", realm.REMOVED)
def test_what_was_removed_from_the_domain_is_not_seen_any_more(again: Again, piece: str) -> None:
    assert [one.title for one in _in_domain(again.second) if piece in one.title] == []


def test_what_karl_may_do_is_still_seen(again: Again) -> None:
    titles = [one.title for one in _in_domain(again.second)]
    assert [title for title in titles if "kalt may do everything with the domain" in title]


def test_an_administrator_whom_nobody_knows_stands_in_the_way_of_zero(again: Again) -> None:
    titles = [hold.title for hold in again.second.unattributed.holds]
    assert [title for title in titles if "adm.new in Domain Admins" in title]


def _line(lines: dict[str, Any], piece: str) -> Any:
    (line,) = (line for title, line in lines.items() if piece in title)
    return line


@pytest.mark.parametrize(
    ("piece", "verdict"),
    [
        ("trust with oldmsp.example", "done"),
        ("account kalt@corp.example", "open"),
        ("krbtgt", "cannot tell"),  # handover.yaml does not say when the leaver's access ended
        ("restore mode password", "cannot tell"),
    ],
)
def test_a_line_about_the_domain_says_what_is_proved(
    lines: dict[str, Any], piece: str, verdict: str
) -> None:
    titles = [title for title in lines if piece in title and "password of the trust" not in title]
    assert [lines[title]["verdict"] for title in titles] == [verdict], titles


def test_the_changes_name_who_joined_and_who_left(again: Again) -> None:
    done = acts.handover(again.audited.folder, "changes", "--json")
    told = msgspec.json.decode(done.stdout)
    assert "adm.new" in str(told)
    assert "DirectoryMembers" in str(told)
