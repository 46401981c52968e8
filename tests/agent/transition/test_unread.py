"""The line of what no audit could read: each host once, and the whole in one sentence."""

from agent.transition.item import ItemVerdict
from inventory.model.evidence import Gap, Why
from inventory.model.record import Record
from tests.agent.judge.building import ROOT, password, sshd
from tests.agent.transition.building import Engagement, box

BASE: tuple[Record, ...] = (ROOT, password("root", "locked"), *sshd())
DENIED = Gap(Why.DENIED, "ask", "", "permission denied", "root")
AWAY = Gap(Why.UNREACHABLE, "", "", "no route", "route")
GAPS = {
    ("web1", "SudoGrant"): DENIED,
    ("web1", "AuthorizedKey"): DENIED,
    ("db1", "Agent"): AWAY,
}


def test_the_line_says_the_whole_and_each_box_its_own_part() -> None:
    line = Engagement().audit({"web1": BASE, "db1": BASE, "ci1": BASE}, gaps=GAPS)["decide unread"]
    assert line.verdict is ItemVerdict.CANNOT_TELL
    assert line.says == (
        "3 questions unanswered at 2 places: plan --sudoers; check VPN, route and port"
    )
    assert box(line, "web1").text == "2 questions unanswered: plan --sudoers"
    assert box(line, "db1").text == "1 question unanswered: check VPN, route and port"


def test_what_is_read_later_is_said_by_its_audit() -> None:
    run = Engagement()
    run.audit({"web1": BASE, "db1": BASE}, gaps=GAPS)
    gaps = {("web1", "SudoGrant"): DENIED}
    line = run.audit({"web1": BASE, "db1": BASE}, gaps=gaps)["decide unread"]
    assert line.says == "1 question unanswered: plan --sudoers"
    assert box(line, "db1").text == "all read in audit 2"
    assert run.audit({"web1": BASE, "db1": BASE})["decide unread"].verdict is ItemVerdict.DONE


def test_of_no_host_at_all_it_says_so() -> None:
    (only,) = Engagement().audit({})["decide unread"].boxes
    assert only.text.startswith("any host: unread: 1 question unanswered")
