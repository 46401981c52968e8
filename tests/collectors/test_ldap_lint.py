"""No search of a directory asks for a secret, or for everything; filters are understood or refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from collectors.ldap_filter import Both, Compared, Matched, Not, Pieces, names, parse_filter
from collectors.ldap_lint import ldap_problems
from collectors.registry import builtin
from collectors.secret_attributes import SECRET_ATTRIBUTES
from collectors.spec import LdapSearch
from collectors.transports.ldap_encode import filter_bytes
from inventory.errors import ParseError

FINE = LdapSearch("users", "(&(objectClass=user)(!(cn=a*)))", ("cn", "userCertificate;binary"))
ASKS = [
    (f"{one.name}/{ask.name}", ask)
    for one in builtin()
    for ask in one.asks
    if isinstance(ask, LdapSearch)
]


@pytest.mark.parametrize("ask", [ask for _, ask in ASKS], ids=[name for name, _ in ASKS])
def test_every_search_of_every_collector_may_be_sent(ask: LdapSearch) -> None:
    assert list(ldap_problems(ask)) == []


def test_there_are_searches_to_be_judged() -> None:
    assert len(ASKS) > 5


def test_a_harmless_search_has_no_problem() -> None:
    assert list(ldap_problems(FINE)) == []
    assert list(ldap_problems(replace(FINE, attributes=("1.1",)))) == []
    assert list(ldap_problems(replace(FINE, base="CN=System,{domain}"))) == []
    assert list(ldap_problems(replace(FINE, base="", scope="base"))) == []


@pytest.mark.parametrize("name", sorted(SECRET_ATTRIBUTES))
def test_no_secret_is_asked_for_in_any_way(name: str) -> None:
    for asked in (name, name.upper(), f"{name};binary"):
        assert any("holds secrets" in told for told in ldap_problems(_asking(asked)))
    for text in (f"({name}=*)", f"(|(cn=a)(!({name}>=1)))", f"({name}:2.5.13.2:=x)"):
        found = list(ldap_problems(replace(FINE, filter=text)))
        assert any("holds secrets" in told for told in found), text


def _asking(*attributes: str) -> LdapSearch:
    return replace(FINE, attributes=attributes)


@pytest.mark.parametrize(
    "ask",
    [
        _asking("*"),
        _asking("+"),
        _asking("cn", "*"),
        _asking(),
        _asking("2.5.4.35"),  # userPassword, by its number
        _asking("1.1", "cn"),
        _asking("member;range=0-*"),
        _asking("cn", ""),
        _asking("nTSecurityDescriptor"),
        replace(FINE, filter="(2.5.4.35=*)"),
        replace(FINE, filter="(:caseExactMatch:=x)"),
        replace(FINE, filter="(memberOf:1.2.840.113556.1.4.1941:=cn=a)"),
        replace(FINE, filter="objectClass=*"),
        replace(FINE, filter="(a=b"),
        replace(FINE, filter="(a=b))"),
        replace(FINE, filter="(&)"),
        replace(FINE, filter="(a=\\zz)"),
        replace(FINE, filter="(" * 5000),
        replace(FINE, filter="(!" * 30 + "(a=b)" + ")" * 30),
        replace(FINE, filter=""),
        replace(FINE, base="CN=System,{realm}"),
        replace(FINE, base="CN=System,{domain"),
        replace(FINE, base=""),
        replace(FINE, most_entries=0),
        replace(FINE, timeout_s=0),
    ],
)
def test_what_is_not_known_to_be_harmless_is_refused(ask: LdapSearch) -> None:
    assert list(ldap_problems(ask))


def test_a_filter_is_read_as_rfc_4515_writes_it() -> None:
    read = parse_filter
    assert read("(cn=Babs Jensen)") == Compared("cn", "=", b"Babs Jensen")
    assert read("(!(cn=Tim Howes))") == Not(Compared("cn", "=", b"Tim Howes"))
    assert read("(&(a=1)(b>=2))") == Both(
        "&", (Compared("a", "=", b"1"), Compared("b", ">=", b"2"))
    )
    assert read("(o=univ*of*mich*)") == Pieces("o", (b"univ", b"of", b"mich", b""))
    assert read("(seeAlso=)") == Compared("seeAlso", "=", b"")
    assert read("(cn=*)") == Compared("cn", "present")
    assert read("(cn:caseExactMatch:=Fred)") == Matched("cn", "caseExactMatch", b"Fred")
    assert read("(o:dn:=Ace)") == Matched("o", "", b"Ace", of_dn=True)
    assert read(r"(o=Parens R Us \28for all\29)") == Compared("o", "=", b"Parens R Us (for all)")
    assert read(r"(bin=\00\00\00\04)") == Compared("bin", "=", b"\x00\x00\x00\x04")
    assert read("(sn=Lučić)") == Compared("sn", "=", "Lučić".encode())
    assert list(names(read("(|(a=1)(!(b=*))(c=x*))"))) == ["a", "b", "c"]


def test_a_filter_is_sent_as_rfc_4511_says() -> None:
    # Worked out by hand from section 4.5.1.7.
    assert filter_bytes(parse_filter("(cn=a)")).hex() == "a3070402636e040161"
    assert filter_bytes(parse_filter("(cn=*)")).hex() == "8702636e"
    assert filter_bytes(parse_filter("(!(cn=*))")).hex() == "a2048702636e"
    assert filter_bytes(parse_filter("(cn=a*b*c)")).hex() == "a40f0402636e3009800161810162820163"
    told = filter_bytes(parse_filter("(uac:1.2:=2)")).hex()
    assert told == "a90d8103312e328203756163830132"


@given(text=st.text(st.sampled_from("()&|!=*:<>~\\;ab1.-é\x00"), max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_filter_or_a_parse_error(text: str) -> None:
    try:
        found = parse_filter(text)
    except ParseError:
        return
    assert filter_bytes(found)
