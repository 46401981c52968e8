"""What the second audit says: gone where all was read, still there, and of a host that is off nothing."""

from typing import Any

import msgspec
import pytest

from agent.judge.case import Footprint, Hold
from inventory.model.truth import Truth
from tests.demo import acts, company, oldmsp
from tests.demo.canaries import leaks
from tests.demo.conftest import Again
from tests.demo.holds import HOLDS, LEFT, REMOVED, Planted
from tests.demo.oldmsp import fingerprint


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


def _line(lines: dict[str, Any], piece: str) -> Any:
    (line,) = (line for title, line in lines.items() if piece in title)
    return line


@pytest.mark.parametrize(
    "piece",
    [
        "mail relay smtp.oldmsp.example",
        "logs sent to logs.oldmsp.example",
        "packages from apt.oldmsp.example",
        "mail for jane.doe@oldmsp.example",
        "mail for noc@oldmsp.example",
    ],
)
def test_a_line_whose_holds_are_gone_is_done_and_says_which_audit_proves_it(
    lines: dict[str, Any], piece: str
) -> None:
    line = _line(lines, piece)
    assert line["verdict"] == "done"
    for box in line["boxes"]:
        assert (box["verdict"], box["target"] in ("web1", "web2", "mail1")) == ("done", True)
        assert f"{box['target']} (linux." in box["evidence"]
        assert "whole in audit 2" in box["evidence"]


@pytest.mark.parametrize(
    ("piece", "place"),
    [
        ("management by Puppet", "web2 /etc/puppetlabs/puppet/puppet.conf:4"),
        ("accounts from the directory", "ci1 /etc/sssd/sssd.conf:4"),
        ("VPN peer wireguard", "jump /etc/wireguard/wg0.conf:6"),
        ("agent TeamViewer", "erp1 "),
    ],
)
def test_a_line_of_what_was_left_is_open_and_says_where_it_was_seen(
    lines: dict[str, Any], piece: str, place: str
) -> None:
    line = _line(lines, piece)
    assert line["verdict"] == "open"
    seen = [box["evidence"] for box in line["boxes"] if box["verdict"] == "open"]
    assert any(one.startswith(place) and "audit 2" in one for one in seen), seen


@pytest.mark.parametrize("piece", ["management by Salt", "backups to sftp:muster@vault"])
def test_a_line_of_the_host_that_is_off_cannot_be_told(lines: dict[str, Any], piece: str) -> None:
    line = _line(lines, piece)
    assert line["verdict"] == "cannot tell"
    (box,) = (box for box in line["boxes"] if box["target"] == acts.OFFLINE)
    assert box["verdict"] == "cannot tell"
    assert "audit 1" in box["evidence"]


def test_a_key_that_was_swapped_keeps_the_line_of_the_old_one_open(lines: dict[str, Any]) -> None:
    line = lines[f"key {fingerprint(oldmsp.DEPLOY.public)}"]
    boxes = {box["text"].partition(" on web1")[0]: box["verdict"] for box in line["boxes"]}
    assert line["verdict"] == "open"
    assert boxes[f'key {fingerprint(oldmsp.DEPLOY.public)[:15]}.. "deploy@oldmsp"'] == "done"
    assert boxes[f'key {fingerprint(acts.SWAPPED.public)[:15]}.. "deploy@2027"'] == "open"


def test_a_hold_on_a_host_that_was_never_read_whole_keeps_its_line_from_being_done(
    lines: dict[str, Any],
) -> None:
    line = _line(lines, "trusted user CA")
    verdicts = {box["target"]: box["verdict"] for box in line["boxes"]}
    assert verdicts["web2"] == "done"
    assert {verdicts[host] for host in company.WITHOUT_ROOT} == {"cannot tell"}
    assert line["verdict"] == "cannot tell"


def test_a_host_that_was_clean_before_and_is_off_now_proves_nothing(lines: dict[str, Any]) -> None:
    line = lines[f"key {fingerprint(oldmsp.KARL.public)}"]
    texts = {box["target"]: (box["text"], box["verdict"]) for box in line["boxes"]}
    assert texts[acts.OFFLINE] == (
        "authorized keys of db1 not read whole in audit 2: it could be there",
        "cannot tell",
    )


def test_what_is_unread_is_summed_up_over_all_hosts(lines: dict[str, Any]) -> None:
    line = _line(lines, "what no audit could read")
    assert "questions unanswered at 7 places: plan --sudoers; " in line["says"]


def test_ids_stay_from_audit_to_audit(again: Again, lines: dict[str, Any]) -> None:
    done = acts.handover(again.audited.folder, "checklist", "show", "--audit", "1", "--json")
    first = {
        line["title"]: line["id"] for line in msgspec.json.decode(done.stdout)["value"]["lines"]
    }
    assert len(first) > 50
    assert {title: lines[title]["id"] for title in first} == first


def test_the_documents_are_written_and_tell_the_three_verdicts(again: Again) -> None:
    documents = again.audited.folder / "documents"
    assert (documents / "dossier.html").stat().st_size > 100_000
    checklist = (documents / "checklist.html").read_text()
    for word in ("done", "open", "cannot tell", "smtp.oldmsp.example", "puppet.oldmsp.example"):
        assert word in checklist.lower(), word
    for path in documents.iterdir():
        assert not leaks(path.read_bytes()), path
