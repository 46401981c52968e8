"""Whom the SSH server lets in, and when that is not known."""

import pytest

from agent.judge.sshd import By, Gate, Server
from inventory.model.access import SshdSetting
from inventory.model.account import Account, Group
from inventory.model.evidence import Why
from inventory.model.host import DomainJoin
from inventory.model.record import Record
from inventory.model.truth import Truth
from tests.agent.judge.building import ROOT, account, group, one_host, sshd

ALICE = account("alice")


def gate(
    *records: Record,
    who: Account = ALICE,
    by: By = By.KEY,
    is_forced: bool = False,
    **options: object,
) -> Gate:
    host = one_host(ROOT, ALICE, *records, **options)
    return Server(host).gate(who, by, is_forced=is_forced)


@pytest.mark.parametrize(
    ("value", "by", "is_forced", "lets_in"),
    [
        ("yes", By.PASSWORD, False, Truth.YES),
        ("no", By.KEY, False, Truth.NO),
        ("no", By.KEY, True, Truth.NO),
        ("prohibit-password", By.KEY, False, Truth.YES),
        ("prohibit-password", By.PASSWORD, False, Truth.NO),
        ("without-password", By.PASSWORD, False, Truth.NO),
        ("Without-Password", By.KEY, False, Truth.YES),
        ("forced-commands-only", By.KEY, False, Truth.NO),
        ("forced-commands-only", By.KEY, True, Truth.YES),
        ("forced-commands-only", By.PASSWORD, True, Truth.NO),
    ],
)
def test_root_is_let_in_as_permitrootlogin_says(
    value: str, by: By, is_forced: bool, lets_in: Truth
) -> None:
    settings = sshd(permitrootlogin=value)
    assert gate(*settings, who=ROOT, by=by, is_forced=is_forced).lets_in is lets_in
    assert gate(*settings, by=by, is_forced=is_forced).lets_in is Truth.YES


def test_permitrootlogin_holds_for_every_name_of_uid_0() -> None:
    assert gate(*sshd(permitrootlogin="no"), who=account("toor", 0)).lets_in is Truth.NO


@pytest.mark.parametrize(
    ("settings", "lets_in"),
    [
        ({"allowusers": "alice bob"}, Truth.YES),
        ({"allowusers": "bob"}, Truth.NO),
        ({"allowusers": "a*"}, Truth.YES),
        ({"allowusers": "al?ce"}, Truth.YES),
        ({"allowusers": "al[i]ce"}, Truth.NO),  # sshd knows * and ? only
        ({"allowusers": "Alice"}, Truth.NO),
        ({"allowusers": "alice@10.0.0.0/8"}, Truth.UNKNOWN),
        ({"allowusers": "* !alice"}, Truth.YES),
        ({"allowusers": "!alice"}, Truth.UNKNOWN),
        ({"denyusers": "alice"}, Truth.NO),
        ({"denyusers": "bob"}, Truth.YES),
        ({"denyusers": "alice@10.0.0.1"}, Truth.UNKNOWN),
        ({"denyusers": "* !alice"}, Truth.NO),
        ({"allowgroups": "ops"}, Truth.YES),
        ({"allowgroups": "others"}, Truth.NO),
        ({"denygroups": "ops"}, Truth.NO),
        ({"denygroups": "others"}, Truth.YES),
        ({"allowusers": "alice", "allowgroups": "others"}, Truth.NO),
        ({"pubkeyauthentication": "no"}, Truth.NO),
        ({"authenticationmethods": "publickey"}, Truth.YES),
        ({"authenticationmethods": "any"}, Truth.YES),
        ({"authenticationmethods": "publickey,password"}, Truth.UNKNOWN),
        ({"authenticationmethods": "publickey,password publickey"}, Truth.YES),
    ],
)
def test_lists_and_methods_decide_over_keys(settings: dict[str, str], lets_in: Truth) -> None:
    assert gate(*sshd(**settings), group("ops", "alice")).lets_in is lets_in


@pytest.mark.parametrize(
    ("settings", "lets_in"),
    [
        ({}, Truth.YES),
        ({"passwordauthentication": "no"}, Truth.NO),
        ({"passwordauthentication": "no", "kbdinteractiveauthentication": "yes"}, Truth.YES),
        (
            {
                "passwordauthentication": "no",
                "kbdinteractiveauthentication": "yes",
                "usepam": "no",
            },
            Truth.NO,
        ),
        ({"authenticationmethods": "publickey"}, Truth.UNKNOWN),
    ],
)
def test_passwords_are_taken_or_not(settings: dict[str, str], lets_in: Truth) -> None:
    assert gate(*sshd(**settings), by=By.PASSWORD).lets_in is lets_in


@pytest.mark.parametrize(
    ("keyword", "refusal"),
    [
        ("permitrootlogin", "no"),
        ("pubkeyauthentication", "no"),
        ("denyusers", "root"),
        ("allowusers", "bob"),
    ],
)
def test_a_match_block_may_lift_a_refusal(keyword: str, refusal: str) -> None:
    settings = sshd(**{keyword: refusal})
    assert gate(*settings, who=ROOT).lets_in is Truth.NO
    lifted = sshd("Address 10.0.0.0/8", **{keyword: "yes"})
    assert gate(*settings, *lifted, who=ROOT).lets_in is Truth.UNKNOWN


@pytest.mark.parametrize("why", list(Why))
def test_unread_settings_never_say_yes_or_no(why: Why) -> None:
    for settings in (sshd(), sshd(permitrootlogin="no")):
        for by in By:
            found = gate(*settings, who=ROOT, by=by, refused={SshdSetting: why})
            assert found.lets_in is Truth.UNKNOWN
            assert "not known" in found.says


def test_a_file_that_could_not_be_read_may_say_otherwise() -> None:
    for settings in (sshd(), sshd(permitrootlogin="no")):
        found = gate(*settings, who=ROOT, refused={SshdSetting: Why.DENIED}, part="/etc/ssh/x")
        assert found.lets_in is Truth.UNKNOWN


def test_carried_settings_decide_nothing() -> None:
    old = {"refused": {SshdSetting: Why.TIMEOUT}, "carried": [SshdSetting]}
    assert gate(*sshd(permitrootlogin="no"), who=ROOT, **old).lets_in is Truth.UNKNOWN
    assert gate(*sshd(), **old).lets_in is Truth.UNKNOWN


@pytest.mark.parametrize(("keyword", "groups"), [("allowgroups", "ops"), ("denygroups", "ops")])
def test_unread_groups_leave_lists_of_groups_open(keyword: str, groups: str) -> None:
    found = gate(*sshd(**{keyword: groups}), refused={Group: Why.DENIED})
    assert found.lets_in is Truth.UNKNOWN


@pytest.mark.parametrize("keyword", ["allowgroups", "denygroups"])
def test_groups_of_a_directory_leave_lists_of_groups_open(keyword: str) -> None:
    stranger = Account(name="dora", uid=-1, gid=-1)
    join = DomainJoin(domain="ad.client.example", by="sssd")
    found = gate(*sshd(**{keyword: "linux-users"}), join, who=stranger)
    assert found.lets_in is Truth.UNKNOWN


def test_host_based_trust_is_off_only_when_it_is_known_to_be() -> None:
    assert Server(one_host(*sshd())).is_off("hostbasedauthentication")
    assert Server(one_host(*sshd(hostbasedauthentication="no"))).is_off("hostbasedauthentication")
    assert not Server(one_host(*sshd(hostbasedauthentication="yes"))).is_off(
        "hostbasedauthentication"
    )
    block = sshd("User bob", hostbasedauthentication="yes")
    assert not Server(one_host(*sshd(), *block)).is_off("hostbasedauthentication")
    unread = one_host(refused={SshdSetting: Why.DENIED})
    assert not Server(unread).is_off("hostbasedauthentication")
