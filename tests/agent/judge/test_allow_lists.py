"""Addresses that are let in by name: by the firewall, by a program's list, by rules of sshd."""

import pytest

from agent.judge.footprint import Holdings
from inventory.model.access import SshdSetting
from inventory.model.evidence import Why
from inventory.model.network import FirewallSource
from inventory.model.party import Role
from inventory.model.record import Record
from tests.agent.judge.building import ROOT, case, host, password, sshd

BASE = (ROOT, password("root", "locked"), *sshd())


def theirs(*records: Record) -> list[str]:
    """Return the titles of the leaving party's ways in by address (203.0.113.0/24)."""
    found = Holdings(case(host("web1", *BASE, *records))).footprint(Role.OUTGOING)
    return [hold.title for hold in found.holds if hold.kind == "firewall source"]


def matched(match: str) -> SshdSetting:
    return SshdSetting(
        keyword="permitrootlogin", match=match, value="yes", file="/etc/x", is_effective=False
    )


def allowed(value: str) -> SshdSetting:
    return SshdSetting(keyword="allowusers", value=value, is_effective=True)


@pytest.mark.parametrize(
    ("by", "port", "title"),
    [
        ("", "22", "the firewall lets 203.0.113.7 in to port 22 on web1"),
        ("PostgreSQL", "postgresql", "PostgreSQL lets 203.0.113.7 log in on web1"),
        ("fail2ban", None, "fail2ban never bans 203.0.113.7 on web1"),
    ],
)
def test_each_list_that_names_their_address_is_a_hold(
    by: str, port: str | None, title: str
) -> None:
    assert theirs(FirewallSource(source="203.0.113.7", port=port, by=by)) == [title]


def test_a_name_of_theirs_counts_like_an_address() -> None:
    assert theirs(FirewallSource(source="rmm.oldmsp.example", by="fail2ban"))
    assert not theirs(FirewallSource(source="192.0.2.7", by="fail2ban"))


@pytest.mark.parametrize(
    "match",
    [
        "Address 203.0.113.0/24",
        "address 192.0.2.1,203.0.113.7",
        "User backup Address 203.0.113.*",
        "Host rmm.oldmsp.example",
        'address="203.0.113.7"',
    ],
)
def test_a_match_block_for_their_address_is_a_hold(match: str) -> None:
    (title,) = theirs(matched(match))
    assert title.startswith("sshd has a rule for ")
    assert title.endswith(f"(match {match}) on web1")


@pytest.mark.parametrize(
    "match",
    ["", "User otto", "Address !203.0.113.7", "Address *", "LocalAddress 203.0.113.7", "Address"],
)
def test_a_match_block_that_does_not_name_them_is_none(match: str) -> None:
    assert theirs(matched(match)) == []


def test_a_user_who_may_come_from_their_address_is_a_hold_once() -> None:
    assert theirs(allowed("carla otto@203.0.113.7 root@203.0.113.7 carla@192.0.2.1")) == [
        "sshd has a rule for 203.0.113.7 (allowusers) on web1"
    ]


def test_without_the_lists_there_being_none_is_not_known() -> None:
    refused = {FirewallSource: Why.DENIED}
    found = Holdings(case(host("web1", *BASE, refused=refused))).footprint(Role.OUTGOING)
    assert found.holds == ()
    assert found.blanks
