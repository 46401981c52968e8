"""A line is not done while a host that was not read whole in this audit could hold the same."""

import pytest

from agent.transition.item import Item, ItemVerdict
from inventory.model.evidence import Gap, Why
from inventory.model.operation import Agent, MailAlias
from inventory.model.record import Record
from tests.agent.judge.building import ROOT, THEIR_KEY, account, key, password, sshd, sudo
from tests.agent.transition.building import Engagement, box, everything

BASE: tuple[Record, ...] = (ROOT, password("root", "locked"), *sshd())
WITH_KEY = (*BASE, key("root", THEIR_KEY))
LEAVER = (*BASE, account("oldmsp"), password("oldmsp"), sudo("oldmsp"))
MANAGED = (
    *BASE,
    Agent(product="ScreenConnect", type="remote control", state="running", instance="inst-old"),
)
NOC = MailAlias(file="/etc/aliases", name="root", target="noc@oldmsp.example")
THEIRS = f"revoke ssh key {THEIR_KEY}"
DENIED = Gap(Why.DENIED, "ask", "", "permission denied", "root")
UNREAD = "authorized keys of db1 not read whole in audit {}: it could be there"
DONE, UNKNOWN = ItemVerdict.DONE, ItemVerdict.CANNOT_TELL


def texts(item: Item, target: str) -> list[str]:
    return [one.text for one in item.boxes if one.target == target]


def test_a_host_that_was_never_read_keeps_the_line_from_closing() -> None:
    run = Engagement()
    first = run.audit({"web1": WITH_KEY, "db1": BASE}, gaps=everything("db1"))[THEIRS]
    assert box(first, "db1").text == UNREAD.format(1)
    second = run.audit({"web1": BASE, "db1": BASE}, gaps=everything("db1"))[THEIRS]
    assert (second.verdict, second.says) == (UNKNOWN, UNREAD.format(2))
    third = run.audit({"web1": BASE, "db1": BASE})[THEIRS]
    assert third.verdict is DONE
    assert [one.target for one in third.boxes] == ["web1"]


@pytest.mark.parametrize(
    ("held", "line"),
    [
        (WITH_KEY, THEIRS),
        (LEAVER, "revoke account oldmsp"),
        (MANAGED, "revoke agent ScreenConnect inst-old"),
    ],
)
def test_an_earlier_clean_reading_proves_nothing_of_a_host_that_is_off_now(
    held: tuple[Record, ...], line: str
) -> None:
    run = Engagement()
    run.audit({"web1": held, "db1": BASE})
    off = run.audit({"web1": BASE, "db1": BASE}, gaps=everything("db1"))[line]
    assert box(off, "db1").verdict is UNKNOWN
    assert "of db1 not read whole in audit 2" in off.says
    assert off.verdict is UNKNOWN
    assert off.blanks
    back = run.audit({"web1": BASE, "db1": BASE})[line]
    assert back.verdict is DONE
    again = run.audit({"web1": BASE, "db1": BASE}, gaps=everything("db1"))[line]
    assert again.verdict is UNKNOWN


def test_a_line_that_is_made_while_a_host_is_off_has_its_box_at_once() -> None:
    run = Engagement()
    run.audit({"web1": BASE, "db1": BASE})
    line = run.audit({"web1": WITH_KEY, "db1": BASE}, gaps=everything("db1"))[THEIRS]
    assert texts(line, "db1") == [UNREAD.format(2)]
    assert run.audit({"web1": BASE, "db1": BASE})[THEIRS].verdict is DONE


def test_a_new_host_that_cannot_be_read_joins_the_open_line() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY})
    line = run.audit({"web1": BASE, "new1": BASE}, gaps=everything("new1"))[THEIRS]
    assert box(line, "new1").verdict is UNKNOWN
    assert line.verdict is UNKNOWN


def test_a_host_that_was_off_and_then_left_the_engagement_keeps_its_box() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY, "db1": BASE})
    run.audit({"web1": BASE, "db1": BASE}, gaps=everything("db1"))
    run.told = ()
    line = run.audit({"web1": BASE})[THEIRS]
    assert texts(line, "db1") == [UNREAD.format(3)]
    assert line.verdict is UNKNOWN


def test_only_what_could_show_the_subject_matters() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY, "db1": BASE})
    gaps = {("db1", "MailAlias"): DENIED}
    assert run.audit({"web1": BASE, "db1": BASE}, gaps=gaps)[THEIRS].verdict is DONE


def test_an_account_is_not_gone_where_a_right_of_it_could_be_hidden() -> None:
    run = Engagement()
    run.audit({"web1": (*BASE, account("oldmsp"), password("oldmsp")), "db1": BASE})
    gaps = {("web1", "DoasRule"): DENIED, ("db1", "SudoGrant"): DENIED}
    line = run.audit({"web1": BASE, "db1": BASE}, gaps=gaps)["revoke account oldmsp"]
    tail = "not read whole in audit 2: it could be there"
    assert texts(line, "web1")[1] == f"doas rules of web1 {tail}"
    assert texts(line, "db1") == [f"sudo rights of db1 {tail}"]
    assert line.verdict is UNKNOWN
    assert run.audit({"web1": BASE, "db1": BASE})["revoke account oldmsp"].verdict is DONE


def test_a_host_without_its_own_box_adds_none_to_a_line_of_one_place() -> None:
    run = Engagement()
    run.audit({"web1": (*BASE, NOC), "db1": BASE})
    line = run.audit({"web1": BASE, "db1": BASE}, gaps=everything("db1"))
    mail = line["transfer mail noc@oldmsp.example"]
    assert [one.target for one in mail.boxes] == ["web1"]
    assert mail.verdict is DONE


def test_two_people_may_attest_what_no_audit_can_read() -> None:
    from agent.transition.sayings import attestation

    run = Engagement()
    run.audit({"web1": WITH_KEY, "db1": BASE})
    run.audit({"web1": BASE, "db1": BASE}, gaps=everything("db1"))
    for by, party in (("Maria Dorn", "client"), ("Otto Alt", "outgoing")):
        run.note(
            attestation(run.memory, "R-01", what="removed", by=by, party=party, parties=run.parties)
        )
    line = run.audit({"web1": BASE, "db1": BASE}, gaps=everything("db1"))[THEIRS]
    assert line.verdict is ItemVerdict.ATTESTED
    assert box(line, "db1").verdict is UNKNOWN
