"""What a directory shows without a login is asked over a line of its own, or why it is not known."""

import contextlib
import socket

import pytest

from collectors.directory.connection import CONNECTION
from collectors.transports.guard import LockoutGuard
from collectors.transports.ldap import LdapDoor, LdapLimits, LdapLogin, LdapPlace, open_directory
from collectors.transports.ldap_place import Security
from tests.collectors.transports.directories import NAMES, asked, opened, users
from tests.lab.directory import domain
from tests.lab.directory.openldap import OpenLdap
from tests.lab.directory.samba import SambaAd
from tests.lab.ldap_server import DOMAIN, Behaviour, FakeDirectory


def shown(door: LdapDoor) -> tuple[str | None, str]:
    (told,), gaps = asked(door, CONNECTION)
    assert gaps == ()
    return told.text("readsAnonymously"), told.text("notKnownAnonymously") or ""


def test_a_server_that_demands_a_login_shows_nothing() -> None:
    with FakeDirectory(users(3)) as server, opened(server) as door:
        assert shown(door) == ("FALSE", "")


def test_a_server_that_answers_nobody_shows_entries() -> None:
    open_to_all = Behaviour(needs_login=False)
    with FakeDirectory(users(3), open_to_all) as server, opened(server) as door:
        assert shown(door) == ("TRUE", "")


@pytest.mark.parametrize(("code", "told"), [(52, "unavailable"), (80, "other"), (3, "timeLimit")])
def test_an_answer_that_tells_neither_is_unclear(code: int, told: str) -> None:
    odd = Behaviour(needs_login=False, refuse_base={DOMAIN.lower(): (code, "no")})
    with FakeDirectory(users(3), odd) as server, opened(server) as door:
        entries, why = shown(door)
    assert entries is None
    assert told in why


def test_parts_that_the_account_itself_cannot_list_are_not_taken_for_hidden() -> None:
    odd = Behaviour(needs_login=False, refuse_base={DOMAIN.lower(): (50, "no")})
    with FakeDirectory(users(3), odd) as server, opened(server) as door:
        entries, why = shown(door)
    assert entries is None
    assert "what lies below it was not told" in why


def test_a_server_that_takes_no_second_line_leaves_it_unknown_and_is_read_on() -> None:
    with FakeDirectory(users(3)) as server, opened(server) as door:
        with contextlib.suppress(OSError):
            server._listener.shutdown(socket.SHUT_RDWR)
        server._listener.close()
        entries, why = shown(door)
        assert entries is None
        assert "cannot be reached" in why
        assert len(asked(door, NAMES)[0]) == 3


def test_nobody_logs_in_for_it_and_it_is_asked_only_when_it_is_wanted() -> None:
    open_to_all = Behaviour(needs_login=False)
    with FakeDirectory(users(3), open_to_all) as server, opened(server) as door:
        assert server.requests == ["bind", "search"]
        shown(door)
        assert server.requests.count("bind") == 1
        assert server.requests.count("search") == 2


def test_a_domain_without_the_switch_shows_nothing_and_one_with_it_does(samba_ad: SambaAd) -> None:
    with SambaAd(domain.empty_domain()) as closed, _door_to(closed) as door:
        assert shown(door) == ("FALSE", "")
    with _door_to(samba_ad) as door:
        assert shown(door) == ("TRUE", "")


def _door_to(dc: SambaAd) -> LdapDoor:
    place = LdapPlace(
        "corp",
        servers=((dc.address, dc.ldaps_port),),
        ca_file=str(dc.ca_file),
        server_name=f"dc1.{dc.domain}",
    )
    login = LdapLogin(dc.reader.principal, lambda: dc.reader.password)
    return open_directory(place, login, LockoutGuard(), LdapLimits())


def _slapd(server: OpenLdap, login: LdapLogin) -> LdapDoor:
    place = LdapPlace("lin", servers=((server.address, server.ldap_port),), security=Security.CLEAR)
    return open_directory(place, login, LockoutGuard(), LdapLimits())


def test_a_part_of_slapd_that_anybody_reads_is_found_below_a_suffix_that_nobody_reads(
    openldap: OpenLdap,
) -> None:
    login = LdapLogin(openldap.reader.dn, lambda: openldap.reader.password)
    with _slapd(openldap, login) as door:
        assert shown(door) == ("TRUE", "")


def test_without_a_login_of_its_own_the_audit_cannot_tell_what_is_hidden(
    openldap: OpenLdap,
) -> None:
    with _slapd(openldap, LdapLogin()) as door:
        entries, why = shown(door)
    assert entries is None
    assert "insufficientAccessRights" in why
