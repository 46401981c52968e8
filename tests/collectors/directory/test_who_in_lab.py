"""The collectors of who is there, at the lab's domain and at its slapd, as those who may see little."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

import pytest

from collectors.registry import builtin
from collectors.runner import Collected
from collectors.spec import Dialect
from collectors.streaming import Streaming, whole
from collectors.transports.guard import LockoutGuard
from collectors.transports.ldap import LdapLimits, LdapLogin, LdapPlace, Security, open_directory
from inventory.model.directory_accounts import (
    DeletedObject,
    DirectoryAccount,
    DirectoryMembers,
    DirectorySignIn,
)
from inventory.model.directory_rights import DirectorySudoRole, RecoveryKey
from inventory.model.record import Record
from inventory.reading import ReadingKey, State
from tests.lab.directory.canaries import MARK
from tests.lab.directory.domain import Login
from tests.lab.directory.openldap import OpenLdap
from tests.lab.directory.samba import SambaAd

R = TypeVar("R", bound=Record)
WHO = {
    *("accounts", "bitlocker", "computers", "deleted", "foreign", "groups", "host_access", "laps"),
    *("members", "membership_changes", "netgroups", "posix_accounts", "posix_groups"),
    *("posix_members", "ppolicy", "server_settings", "ssh_keys", "sudo_roles"),
}
Read = Mapping[str, Collected]


def read(server: SambaAd | OpenLdap, login: Login, dialect: Dialect) -> Read:
    """Return what the collectors make of a directory as this account sees it."""
    place = LdapPlace(
        "lab",
        servers=((server.address, server.ldaps_port),),
        security=Security.LDAPS,
        ca_file=str(server.ca_file),
        server_name=server.name,
    )
    who = LdapLogin(login.dn if dialect == "posix" else login.principal, lambda: login.password)
    with open_directory(place, who, LockoutGuard(), LdapLimits()) as door:
        return {
            one.name.removeprefix("directory."): whole(
                Streaming(one, door.search, key=ReadingKey("d", "lab", one.name), dialect=dialect)
            )
            for one in builtin()
            if one.name.removeprefix("directory.") in WHO
        }


@pytest.fixture(scope="module")
def domain(samba_ad: SambaAd) -> Read:
    return read(samba_ad, samba_ad.reader, "ad")


@pytest.fixture(scope="module")
def unix(openldap: OpenLdap) -> Read:
    return read(openldap, openldap.reader, "posix")


def each(told: Read, kind: type[R]) -> Iterator[R]:
    return (one for got in told.values() for one in got.records if isinstance(one, kind))


def partial(told: Read) -> set[str]:
    return {name for name, got in told.items() if got.reading.state is not State.COMPLETE}


def test_of_a_domain_only_what_is_hidden_from_ordinary_users_is_missing(domain: Read) -> None:
    hidden = {"bitlocker", "deleted", "sudo_roles"}
    assert partial(domain) == {*hidden, "membership_changes"}  # Samba does not keep the last


def test_what_is_hidden_from_ordinary_users_is_told_to_administrators(samba_ad: SambaAd) -> None:
    told = read(samba_ad, samba_ad.administrator, "ad")
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
