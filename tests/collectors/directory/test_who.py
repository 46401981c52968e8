"""What the collectors of accounts, groups and rights make of sizes, missing rights and renames."""

from collections.abc import Iterator
from typing import Any

import pytest

from collectors.directory.membership_changes import MOST_BYTES
from collectors.directory.posix_accounts import posix_accounts
from collectors.entries import Entries
from collectors.registry import builtin
from collectors.runner import Collected
from collectors.spec import Collector, LdapSearch
from inventory.model.directory_accounts import (
    DirectoryAccount,
    DirectoryKey,
    DirectoryMembers,
    DirectorySignIn,
    MembershipChange,
)
from inventory.model.evidence import Gap, Why
from inventory.model.moment import DAY_S
from inventory.reading import State
from tests.collectors.directory.cases import collected, entry

COLLECTORS = {one.name: one for one in builtin() if one.source == "ldap"}
D = "DC=corp,DC=example"
GUID = b"\x01" * 16
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"


def one(dn: str, **values: Any) -> dict[str, Any]:
    named = {name.replace("_", "-"): [told] for name, told in values.items()}
    return {"dn": dn, "values": named}


def read(name: str, dialect: Any = "ad", **answers: Any) -> Collected:
    collector = COLLECTORS[name]
    rest: dict[str, Any] = {ask.name: [] for ask in collector.asks}
    return collected(collector, rest | answers, dialect)


def test_a_group_of_a_hundred_thousand_members_keeps_them_all() -> None:
    names = [f"CN=User {number},OU=Staff,{D}" for number in range(100_000)]
    got = read("directory.members", members=[{"dn": f"CN=All,{D}", "values": {"member": names}}])
    (record,) = got.records
    assert isinstance(record, DirectoryMembers)
    assert len(record.members) == 100_000
    assert got.reading.state is State.COMPLETE


def test_a_list_of_members_that_broke_off_hides_only_its_group() -> None:
    big, small = f"CN=Big,{D}", f"CN=Small,{D}"
    answer = {"gap": "timeout", "part": big, "entries": [one(big, member="CN=a"), one(small)]}
    got = read("directory.members", members=answer)
    hidden = {record.part: got.reading.hides(record.part) for record in got.records}
    assert hidden == {big: True, small: False}


def test_a_key_that_cannot_be_read_hides_only_keys_of_its_account() -> None:
    bad, good = f"CN=Bad,{D}", f"CN=Good,{D}"
    got = read("directory.ssh_keys", ad=[one(bad, sshPublicKey="x"), one(good, sshPublicKey=KEY)])
    (record,) = got.records
    assert isinstance(record, DirectoryKey)
    assert not got.reading.hides(record.part)
    assert got.reading.hides(bad)


def test_a_last_use_is_as_wide_as_its_lag() -> None:
    shown = {"lastLogonTimestamp": "132499660300000000", "userAccountControl": "512"}
    got = read("directory.accounts", users=[one(f"CN=A,{D}", objectGUID=GUID, **shown)])
    (sign_in,) = (record for record in got.records if isinstance(record, DirectorySignIn))
    assert sign_in.when is not None
    assert sign_in.when.latest - sign_in.when.earliest == 14 * DAY_S


def test_never_used_is_told_only_where_the_right_to_see_it_is_shown() -> None:
    hidden, shown = f"CN=Hidden,{D}", f"CN=Shown,{D}"
    got = read("directory.accounts", users=[one(hidden), one(shown, userAccountControl="512")])
    told = [record for record in got.records if isinstance(record, DirectorySignIn)]
    assert [(record.account, record.when) for record in told] == [(shown.lower(), None)]
    states = {r.dn: r.is_enabled for r in got.records if isinstance(r, DirectoryAccount)}
    assert states == {hidden: None, shown: True}
    assert [gap.why for gap in got.reading.gaps] == [Why.DENIED]


def test_a_hidden_state_is_one_gap_and_not_one_for_each_account() -> None:
    got = read("directory.accounts", users=[one(f"CN=U{number},{D}") for number in range(5000)])
    (gap,) = got.reading.gaps
    assert gap.detail.startswith("5000 accounts")


def test_no_search_asks_for_all_attributes_or_for_memberships_worked_out_by_the_server() -> None:
    for collector in COLLECTORS.values():
        asked = {name.lower() for ask in searches(collector) for name in ask.attributes}
        assert asked.isdisjoint({"*", "+", "memberof", "tokengroups", "ismemberof"})


def searches(collector: Collector) -> Iterator[LdapSearch]:
    return (ask for ask in collector.asks if isinstance(ask, LdapSearch))


@pytest.mark.parametrize(
    ("values", "enabled", "locked"),
    [
        ({}, None, None),
        ({"pwdChangedTime": "20260101000000Z"}, True, False),
        ({"pwdAccountLockedTime": "000001010000Z"}, False, True),
        ({"pwdAccountLockedTime": "20260101000000Z"}, None, None),
        ({"krbPrincipalName": "a@B"}, True, None),
        ({"krbPrincipalName": "a@B", "nsAccountLock": "TRUE"}, False, None),
        ({"nsAccountLock": "perhaps"}, None, None),
    ],
)
def test_no_lock_is_told_only_beside_what_the_same_right_shows(
    values: dict[str, str], enabled: bool | None, locked: bool | None
) -> None:
    got = read("directory.posix_accounts", "posix", people=[one("uid=a,dc=x", **values)])
    (account,) = got.records
    assert isinstance(account, DirectoryAccount)
    assert (account.is_enabled, account.is_locked) == (enabled, locked)


def test_what_came_before_a_search_broke_off_is_told() -> None:
    found = Entries("a", [entry("uid=a,dc=x", {"uid": ["a"]}), Gap(Why.TIMEOUT)])
    assert [type(told).__name__ for told in posix_accounts(found)] == ["DirectoryAccount"]
    assert not found.is_whole


def test_a_change_that_expands_entities_or_is_too_long_is_not_read() -> None:
    bomb = (
        "<!DOCTYPE a [<!ENTITY b 'bb'><!ENTITY c '&b;&b;'>]><a><pszObjectDn>&c;</pszObjectDn></a>"
    )
    long = "<a>" + " " * MOST_BYTES + "</a>"
    group = {"dn": f"CN=G,{D}", "values": {"msDS-ReplValueMetaData": [bomb, long]}}
    got = read("directory.membership_changes", changes=[group])
    assert not [record for record in got.records if isinstance(record, MembershipChange)]
    (gap,) = got.reading.gaps
    assert "2 changes cannot be read" in gap.detail
    assert gap.part == f"CN=G,{D}"


def test_a_hostile_name_is_printable_in_every_record() -> None:
    dn = "CN=\x1b[31m\u202eevil\x00," + D
    values = {"sAMAccountName": ["\x1b[0m\u200b"], "description": ["\x07bell"], "title": ["a\nb"]}
    (record, *_) = read("directory.accounts", users=[{"dn": dn, "values": values}]).records
    assert isinstance(record, DirectoryAccount)
    for text in (record.dn, record.name, record.description):
        assert text.isprintable()
