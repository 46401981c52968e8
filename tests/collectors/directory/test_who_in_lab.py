"""The collectors of who is there, at the lab's domain and at its slapd, as those who may see little."""

import pytest

from inventory.model.directory_accounts import (
    DeletedObject,
    DirectoryAccount,
    DirectoryMembers,
    DirectorySignIn,
)
from inventory.model.directory_rights import DirectorySudoRole, RecoveryKey
from tests.collectors.directory.lab import Read, each, partial, read
from tests.lab.directory.canaries import MARK
from tests.lab.directory.openldap import OpenLdap
from tests.lab.directory.samba import SambaAd

WHO = {
    *("accounts", "bitlocker", "computers", "deleted", "foreign", "groups", "host_access", "laps"),
    *("members", "membership_changes", "netgroups", "posix_accounts", "posix_groups"),
    *("posix_members", "ppolicy", "server_settings", "ssh_keys", "sudo_roles"),
}


@pytest.fixture(scope="module")
def domain(samba_ad: SambaAd) -> Read:
    return read(samba_ad, samba_ad.reader, "ad", WHO)


@pytest.fixture(scope="module")
def unix(openldap: OpenLdap) -> Read:
    return read(openldap, openldap.reader, "posix", WHO)


def test_of_a_domain_only_what_is_hidden_from_ordinary_users_is_missing(domain: Read) -> None:
    hidden = {"bitlocker", "deleted", "sudo_roles"}
    assert partial(domain) == {*hidden, "membership_changes"}  # Samba does not keep the last


def test_what_is_hidden_from_ordinary_users_is_told_to_administrators(samba_ad: SambaAd) -> None:
    told = read(samba_ad, samba_ad.administrator, "ad", WHO)
    assert partial(told) == {"membership_changes"}
    assert [one.users for one in each(told, DirectorySudoRole)] == [("%Helpdesk", "jdoe")]
    assert list(each(told, DeletedObject))
    assert list(each(told, RecoveryKey))


def test_of_slapd_nothing_is_told_as_none_that_its_reader_may_not_see(unix: Read) -> None:
    assert "server_settings" in partial(unix)


def test_every_account_of_a_domain_has_a_state_and_says_whether_it_was_used(domain: Read) -> None:
    accounts = [one for one in each(domain, DirectoryAccount) if one.type != "contact"]
    used = {one.account for one in each(domain, DirectorySignIn)}
    assert accounts
    assert all(one.is_enabled is not None and one.id in used for one in accounts)


def test_members_of_slapd_and_its_sudo_rules_are_told(unix: Read) -> None:
    assert any(one.members for one in each(unix, DirectoryMembers))
    assert any(one.users for one in each(unix, DirectorySudoRole))


def test_no_secret_of_a_directory_is_in_a_record_or_a_gap(domain: Read, unix: Read) -> None:
    for told in (domain, unix):
        assert MARK not in repr([(got.records, got.reading) for got in told.values()])
