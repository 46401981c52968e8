"""Real servers, Samba as a domain controller and slapd, are read as OpenLDAP's own client reads them."""

import pytest
from msgspec.structs import replace

from collectors.entries import Entries
from collectors.spec import LdapSearch
from collectors.transports.guard import LockoutGuard
from collectors.transports.ldap import (
    LdapDoor,
    LdapLimits,
    LdapLogin,
    LdapPlace,
    Security,
    Untrusted,
    open_directory,
)
from collectors.transports.ldap_readers import Ldap3Reader
from collectors.transports.ldap_search import found
from inventory.errors import Denied
from inventory.model.evidence import Why
from tests.collectors.transports.directories import asked
from tests.lab.directory.openldap import OpenLdap
from tests.lab.directory.samba import SambaAd

SMALL = LdapLimits(page=7)
GROUPS = LdapSearch("groups", "(objectClass=group)", ("cn", "member", "objectSid"))
DESCRIBED = LdapSearch("all", "(objectClass=*)", ("cn",), descriptors=True)
PEOPLE = LdapSearch("people", "(objectClass=posixAccount)", ("uid", "cn", "uidNumber"))


def _ad(dc: SambaAd, security: Security = Security.LDAPS, **changes: object) -> LdapPlace:
    port = dc.ldaps_port if security is Security.LDAPS else dc.ldap_port
    place = LdapPlace(
        "corp",
        servers=((dc.address, port),),
        security=security,
        ca_file=str(dc.ca_file),
        server_name=f"dc1.{dc.domain}",
    )
    return replace(place, **changes)


def _reader(dc: SambaAd) -> LdapLogin:
    return LdapLogin(dc.reader.principal, lambda: dc.reader.password)


def _opened(place: LdapPlace, login: LdapLogin, limits: LdapLimits = SMALL) -> LdapDoor:
    return open_directory(place, login, LockoutGuard(), limits)


@pytest.mark.parametrize("security", list(Security))
def test_a_domain_controller_lets_a_plain_user_in(samba_ad: SambaAd, security: Security) -> None:
    with _opened(_ad(samba_ad, security), _reader(samba_ad)) as door:
        assert (door.root.dialect, door.root.product) == ("ad", "Samba")
        assert door.root.dns_domain == samba_ad.domain
        assert door.bind.in_clear is (security is Security.CLEAR)


def test_a_controller_of_another_domain_than_the_file_names_is_refused(samba_ad: SambaAd) -> None:
    with pytest.raises(Untrusted, match=r"serves the domain corp\.example, .* says corp\.exmaple"):
        _opened(_ad(samba_ad, domain="corp.exmaple"), _reader(samba_ad))
    with _opened(_ad(samba_ad, domain="CORP.example."), _reader(samba_ad)) as door:
        assert door.root.dns_domain == "corp.example"


def test_a_domain_controller_is_proved_by_its_pin(samba_ad: SambaAd) -> None:
    pin = f"sha256:{samba_ad.certificate_sha256}"
    place = _ad(samba_ad, ca_file=None, server_name=None, pin=pin)
    with _opened(place, _reader(samba_ad)) as door:
        assert door.bind.checked_by == "pin"
        assert door.certificate is not None
        assert door.certificate.fingerprint == pin


def test_a_wrong_password_is_told_by_the_controllers_own_word(samba_ad: SambaAd) -> None:
    with pytest.raises(Denied, match="the user or the password is wrong"):
        _opened(_ad(samba_ad), LdapLogin(samba_ad.reader.principal, lambda: "wrong"))


def test_groups_and_members_are_those_that_ldapsearch_sees(samba_ad: SambaAd) -> None:
    told = samba_ad.search("(objectClass=group)", "cn", "member", "objectSid")
    with _opened(_ad(samba_ad), _reader(samba_ad)) as door:
        groups, gaps = asked(door, GROUPS)
    assert gaps == ()
    assert len(groups) > 30
    assert {group.dn for group in groups} == set(told)


def test_a_plain_user_reads_security_descriptors_without_the_auditors_part(
    samba_ad: SambaAd,
) -> None:
    with _opened(_ad(samba_ad), _reader(samba_ad)) as door:
        entries, gaps = asked(door, replace(DESCRIBED, base="CN=AdminSDHolder,CN=System,{domain}"))
    assert gaps == ()
    assert entries[0].has("nTSecurityDescriptor")


def test_ldap3_reads_the_same_of_a_domain_controller(samba_ad: SambaAd) -> None:
    with _opened(_ad(samba_ad), _reader(samba_ad), LdapLimits(page=100)) as door:
        fast = asked(door, DESCRIBED)
        reader = Ldap3Reader(door._wire, door.server, door._reader._end)
        slow = Entries("test/all", found(reader, door.root, LdapLimits(), "test/all", DESCRIBED))
        entries = list(slow)
    assert len(entries) > 300
    assert (entries, slow.gaps) == fast


def test_a_hardened_controller_takes_no_password_in_clear() -> None:
    with SambaAd(strong_auth=True) as dc:
        with pytest.raises(Denied, match="use `security: ldaps` or `starttls`"):
            _opened(_ad(dc, Security.CLEAR), _reader(dc))
        with _opened(_ad(dc, Security.STARTTLS), _reader(dc)) as door:
            assert len(asked(door, GROUPS)[0]) > 30


def _posix(server: OpenLdap, security: Security) -> LdapPlace:
    port = server.ldaps_port if security is Security.LDAPS else server.ldap_port
    return LdapPlace(
        "lin",
        servers=((server.address, port),),
        security=security,
        ca_file=str(server.ca_file),
        server_name=server.name,
    )


@pytest.mark.parametrize("security", [Security.LDAPS, Security.STARTTLS])
def test_slapd_is_read_page_by_page(openldap: OpenLdap, security: Security) -> None:
    told = openldap.search("(objectClass=posixAccount)", "uid")
    login = LdapLogin(openldap.reader.dn, lambda: openldap.reader.password)
    with _opened(_posix(openldap, security), login) as door:
        people, gaps = asked(door, PEOPLE)
        assert (door.root.dialect, door.root.product) == ("posix", "OpenLDAP")
    assert gaps == ()
    assert len(people) > 7  # more than a page
    assert {one.dn for one in people} == set(told)


def test_a_part_of_slapd_that_may_not_be_seen_is_a_gap_when_the_ask_says_so(
    openldap: OpenLdap,
) -> None:
    ask = LdapSearch(
        "monitor", "(objectClass=*)", ("cn",), "cn=monitor", no_base="gap", empty="gap"
    )
    login = LdapLogin(openldap.reader.dn, lambda: openldap.reader.password)
    with _opened(_posix(openldap, Security.LDAPS), login) as door:
        entries, gaps = asked(door, ask)
    assert entries == []
    assert [(gap.why, gap.cure) for gap in gaps] == [(Why.DENIED, "directory right")]


def test_slapd_gives_its_settings_without_pages_where_it_refuses_pages(openldap: OpenLdap) -> None:
    ask = LdapSearch("settings", "(objectClass=*)", ("cn", "olcSuffix"), "{config}", no_base="gap")
    login = LdapLogin(openldap.auditor.dn, lambda: openldap.auditor.password)
    with _opened(_posix(openldap, Security.LDAPS), login) as door:
        entries, gaps = asked(door, ask)
        capped, cut = asked(door, replace(ask, most_entries=3))
    assert gaps == ()
    assert len(entries) > SMALL.page
    assert any(one.text("olcSuffix") == openldap.base for one in entries)
    assert (len(capped), [gap.why for gap in cut]) == (3, [Why.TRUNCATED])
