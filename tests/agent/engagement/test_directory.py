"""A directory in handover.yaml: all that can be said, and every mistake with its line and way out."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.engagement import directory_checks
from agent.engagement.file import engagement_of
from agent.engagement.mistakes import Wrong
from agent.engagement.model import LdapSecurity, LdapSource
from inventory.errors import ConfigError

FOLDER = Path("/engagements/muster")
HEAD = """\
client: Muster
authorisation: {name: Anna, role: Owner, date: 2026-01-05, reference: Mail}
sources:
- name: directory
  kind: ldap
"""  # five lines
LOGIN = "  user: audit@corp.example\n  password: env:AUDIT_LDAP\n"
PLACE = "  domain: corp.example\n"
HEX = "0123456789abcdef" * 4
PEM = "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n"


def source(text: str, folder: Path = FOLDER) -> LdapSource:
    (found,) = engagement_of((HEAD + text).encode(), folder).sources
    assert isinstance(found, LdapSource)
    return found


def mistakes(text: str, folder: Path = FOLDER) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        source(text, folder)
    return str(caught.value).split("\n")


def test_all_that_can_be_said_is_read(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(PEM)
    found = source(
        """\
  domain: Corp.Example.
  servers: [dc1.corp.example, dc2.corp.example:10389, "ldap://[2001:db8::1]", LDAP://192.0.2.1/]
  security: starttls
  user: CORP\\audit
  password: env:AUDIT_LDAP
  ca_file: ca.pem
  server_name: DC1.corp.example
  timeout_s: 30
""",
        tmp_path,
    )
    assert found.target == "corp.example"
    assert [str(one) for one in found.servers] == [
        *("dc1.corp.example:389", "dc2.corp.example:10389"),
        *("[2001:db8::1]:389", "192.0.2.1:389"),
    ]
    assert (found.security, found.user, str(found.password)) == (
        *(LdapSecurity.STARTTLS, "CORP\\audit"),
        "env:AUDIT_LDAP",
    )
    assert (found.ca_file, found.server_name) == (tmp_path / "ca.pem", "dc1.corp.example")
    assert (found.timeout_s, found.srv_names, found.kerberos) == (30, (), False)


def test_the_least_is_a_place_and_a_login() -> None:
    found = source(PLACE + LOGIN)
    assert (found.security, found.servers, found.timeout_s) == (LdapSecurity.LDAPS, (), 120)
    assert found.login == "as audit@corp.example"
    assert found.srv_names == ("_ldap._tcp.dc._msdcs.corp.example", "_ldap._tcp.corp.example")
    assert source("  servers: DC1.x.example\n" + LOGIN).target == "dc1.x.example"
    assert source(PLACE + "  kerberos: true\n").kerberos
    assert source(PLACE + "  anonymous: yes\n").login == "without a login"


@pytest.mark.parametrize(
    "pin",
    [
        f"sha256:{HEX}",
        f"SHA256:{HEX.upper()}",
        f"sha256:{':'.join(HEX[i : i + 2] for i in range(0, 64, 2))}",
    ],
)
def test_a_pin_is_read_in_each_way_in_which_tools_print_it(pin: str) -> None:
    assert source(f"{PLACE}{LOGIN}  pin: '{pin}'\n").pin == HEX


@pytest.mark.parametrize(
    "user", ["CORP\\audit", "a.b@corp.example", "cn=Audit\\, HQ,dc=x", "UID=a,o=x", "2.5.4.3=a"]
)
def test_a_user_is_a_upn_a_down_level_name_or_a_dn(user: str) -> None:
    assert source(f"{PLACE}  user: '{user}'\n  password: prompt\n").user == user


def test_clear_text_is_had_only_in_so_many_words() -> None:
    said = "  security: clear-text-passwords-allowed\n"
    assert source(PLACE + LOGIN + said).security is LdapSecurity.CLEAR
    assert source(LOGIN + said + "  servers: [dc1.x]\n").servers[0].port == 389


WRONG = [
    (PLACE, "says no login: give user and password, or `kerberos: true`", 4),
    (LOGIN, "names no directory: give its domain, or servers", 4),
    (LOGIN + "  servers: []\n", "names no directory", 4),
    (PLACE + "  user: a@b.cd\n", "password is missing: where it lies, as in env:AUDIT_LDAP", 7),
    (PLACE + "  password: prompt\n", "user is missing: a UPN", 7),
    (PLACE + "  kerberos: false\n", "one of kerberos and anonymous must be true", 4),
    (PLACE + LOGIN + "  kerberos: true\n", "password and kerberos are both given", 9),
    (PLACE + LOGIN + "  anonymous: true\n", "password and anonymous are both given", 9),
    (PLACE + "  kerberos: true\n  anonymous: true\n", "kerberos and anonymous are both", 8),
    (PLACE + LOGIN + "  kerberos: perhaps\n", "must be yes or no, got 'perhaps'", 9),
    (PLACE + "  user: audit\n  password: prompt\n", "must be a UPN", 7),
    (PLACE + '  user: "CORP\\audit"\n  password: prompt\n', "write DOMAIN\\user without quotes", 7),
    (PLACE + "  user: a@b.cd\n  password: geheim\n", "where the secret lies, not the secret", 8),
    ("  domain: CORP\n" + LOGIN, "must be the DNS name of a domain such as corp.example", 6),
    ("  domain: ldaps://corp.example\n" + LOGIN, "must be the DNS name of a domain", 6),
    ("  servers: [ldap://dc1.x]\n" + LOGIN, "is without TLS, and security is ldaps", 6),
    ("  servers: [dc1.x:389]\n" + LOGIN, "is the port of ldap://, and security is ldaps", 6),
    ("  servers: [ldaps://dc1.x]\n  security: starttls\n" + LOGIN, "begins with TLS", 6),
    ("  servers: [dc1.x:636]\n  security: starttls\n" + LOGIN, "is the port of ldaps://", 6),
    ("  servers: [dc1.x:3269]\n" + LOGIN, "is the global catalogue", 6),
    ("  servers: [dc1.x:0]\n" + LOGIN, "must be 1-65535", 6),
    ("  servers: [ldapi://x]\n" + LOGIN, "must be an ldap:// or ldaps:// URL", 6),
    ("  servers: [ldaps://dc1.x/dc=x]\n" + LOGIN, "without a search base", 6),
    ("  servers: ['ldaps://-oProxy']\n" + LOGIN, "not starting with a sign", 6),
    ("  servers: ['']\n" + LOGIN, "must be a host name or address", 6),
    ("  servers: [{a: b}]\n" + LOGIN, "must be a single value", 6),
    (PLACE + LOGIN + "  security: none\n", "only when it says clear-text-passwords-allowed", 9),
    (PLACE + LOGIN + "  security: CLEAR\n", "only when it says clear-text-passwords-allowed", 9),
    (PLACE + LOGIN + "  pin: sha256:ab12\n", "the 64 hex digits", 9),
    (PLACE + LOGIN + f"  pin: {HEX}\n", "must be sha256: and the 64 hex digits", 9),
    (PLACE + LOGIN + f"  pin: sha1:{HEX[:40]}\n", "must be sha256:", 9),
    (PLACE + LOGIN + "  ca_file: nope.pem\n", "muster/nope.pem does not exist", 9),
    (PLACE + LOGIN + "  ca_file: /etc\n", "is not a regular file", 9),
    (PLACE + LOGIN + "  ca_file: /dev/zero\n", "is not a regular file", 9),
    (PLACE + LOGIN + "  server_name: a b\n", "server_name must be a host name", 9),
    (PLACE + LOGIN + "  timeout_s: soon\n", "must be a number of seconds", 9),
    (PLACE + LOGIN + "  securty: ldaps\n", "unknown key 'securty': did you mean 'security'?", 9),
    (PLACE + LOGIN + "  become: shell\n", "unknown key 'become'", 9),
    (PLACE + LOGIN + "  domain: a.example\n", "domain", 9),
    ("  servers: [192.0.2.1]\n  kerberos: true\n", "Kerberos knows names, not 192.0.2.1", 6),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told", "line"), WRONG)
def test_a_mistake_is_told_with_its_line_and_the_way_out(text: str, told: str, line: int) -> None:
    (only,) = mistakes(text)
    assert told in only
    assert only.startswith(f"handover.yaml:{line}: ")


def test_all_mistakes_are_told_at_once_and_no_password_with_them() -> None:
    told = mistakes(
        """\
  servers: ["ldap://u:s3cr/et@dc1.corp.example", "ldap://dc2.x"]
  user: "audit@x.example:s3cret"
  password: s3cret
  kerberos: true
  pin: sha256:zz
  ca_file: nope.pem
  timeout_s: -1
"""
    )
    lines = [int(one.split(":")[1]) for one in told]
    assert lines == [6, 6, 7, 8, 9, 10, 10, 11, 12]
    assert not any("s3cr" in one for one in told)
    assert any("write user and password as keys of their own" in one for one in told)


@pytest.mark.parametrize("key", ["pin", "ca_file", "server_name"])
def test_what_proves_a_server_needs_tls(key: str, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(PEM)
    value = {"pin": f"sha256:{HEX}", "ca_file": "ca.pem", "server_name": "x.example"}[key]
    text = f"{PLACE}{LOGIN}  security: clear-text-passwords-allowed\n  {key}: {value}\n"
    (only,) = mistakes(text, tmp_path)
    assert only.startswith(f"handover.yaml:10: {key} needs TLS")


def test_a_ticket_proves_the_name_of_a_server_without_tls() -> None:
    clear = "  kerberos: true\n  security: clear-text-passwords-allowed\n"
    found = source(f"  servers: [192.0.2.1]\n{clear}  server_name: dc1.corp.example\n")
    assert (found.kerberos, found.server_name) == (True, "dc1.corp.example")


@pytest.mark.parametrize("key", ["pin", "ca_file"])
def test_no_ticket_makes_a_certificate_of_use_without_tls(key: str, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(PEM)
    value = {"pin": f"sha256:{HEX}", "ca_file": "ca.pem"}[key]
    clear = "  kerberos: true\n  security: clear-text-passwords-allowed\n"
    (only,) = mistakes(f"{PLACE}{clear}  {key}: {value}\n", tmp_path)
    assert f"{key} needs TLS" in only


def test_one_of_authority_and_pin_is_kept(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(PEM)
    (only,) = mistakes(f"{PLACE}{LOGIN}  ca_file: ca.pem\n  pin: sha256:{HEX}\n", tmp_path)
    assert "ca_file and pin are both given" in only


def test_an_authority_in_another_form_says_how_to_convert_it(tmp_path: Path) -> None:
    (tmp_path / "ca.cer").write_bytes(b"\x30\x82\x03\x00")
    (only,) = mistakes(f"{PLACE}{LOGIN}  ca_file: ca.cer\n", tmp_path)
    assert "holds no certificate in PEM: convert it with `openssl x509" in only


@given(st.text(max_size=60), st.sampled_from(LdapSecurity))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_server_or_a_mistake(text: str, security: LdapSecurity) -> None:
    try:
        found = directory_checks.server(security)(text)
    except Wrong:
        return
    assert 1 <= found.port <= 65535
    assert found.host
    assert not set(found.host) & set("@/[]\\ \n'\"")
