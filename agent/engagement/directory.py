"""A directory, as a source of `kind: ldap` says it: its servers, what protects them, and the login.

All that is wrong is noted at once. A password is never shown, and a connection without TLS must be
asked for in so many words.
"""

from pathlib import Path

from msgspec import Struct

from agent.engagement import checks
from agent.engagement import directory_checks as ldap_checks
from agent.engagement.model import LdapSecurity, LdapServer, LdapSource
from agent.engagement.secrets import SecretRef, parse_ref
from agent.engagement.section import Section

PLACES = ("domain", "servers")
LOGIN = ("user", "password", "kerberos", "anonymous")
TRUST = ("ca_file", "pin", "server_name")
LDAP = ("name", "kind", *PLACES, "security", *LOGIN, *TRUST, "timeout_s", "sysvol")


def ldap(section: Section, folder: Path) -> LdapSource:
    """Return the source that a section says; what is wrong with it is noted."""
    name = section.take("name", checks.words) or ""
    plain = LdapSource(name, section.place)
    security = _security(section)
    servers = section.take_all("servers", ldap_checks.server(security))
    if not section.has("domain") and not section.items("servers"):
        section.add(section.place, "names no directory: give its domain, or servers")
    login = _login(section, name, folder)
    trust = _trust(section, folder, security, by_ticket=login.kerberos)
    if login.kerberos and not trust.server_name:
        _needs_names(section, servers)
    return LdapSource(
        name=name,
        at=section.place,
        domain=section.take("domain", ldap_checks.domain) or "",
        servers=servers,
        security=security or plain.security,
        user=login.user,
        password=login.password,
        kerberos=login.kerberos,
        anonymous=login.anonymous,
        ca_file=trust.ca_file,
        pin=trust.pin,
        server_name=trust.server_name,
        timeout_s=section.take("timeout_s", checks.seconds) or plain.timeout_s,
        sysvol=section.take("sysvol", checks.yes_no) is not False,
    )


def _security(section: Section) -> LdapSecurity | None:
    """Return what protects the connection; None when what stands there means nothing."""
    if not section.has("security"):
        return LdapSecurity.LDAPS
    return section.take("security", ldap_checks.security)


class _Login(Struct, frozen=True):
    """As whom the directory is asked."""

    user: str
    password: SecretRef | None
    kerberos: bool
    anonymous: bool


def _login(section: Section, name: str, folder: Path) -> _Login:
    label = f"password of source {name}"
    login = _Login(
        user=section.take("user", ldap_checks.user) or "",
        password=section.take("password", lambda text: parse_ref(text, folder=folder, label=label)),
        kerberos=section.take("kerberos", checks.yes_no) or False,
        anonymous=section.take("anonymous", checks.yes_no) or False,
    )
    _one_way(section, login)
    return login


def _one_way(section: Section, login: _Login) -> None:
    """Note when there is no way to log in, half of one, or more than one."""
    named = [key for key in ("user", "password") if section.has(key)]
    ways = [*named[-1:], *(key for key in ("kerberos", "anonymous") if getattr(login, key))]
    if len(ways) > 1:
        text = f"{' and '.join(ways)} are both given: one is used, never both, so keep one"
        section.add(section.place_of(ways[1]), text)
    elif not ways and not any(map(section.has, LOGIN)):
        section.add(
            section.place,
            "says no login: give user and password, or `kerberos: true` for the ticket that is"
            " there, or `anonymous: true`",
        )
    elif not ways:
        section.add(section.place, "says no login: one of kerberos and anonymous must be true")
    elif named == ["user"]:
        text = "password is missing: where it lies, as in env:AUDIT_LDAP (or `kerberos: true`)"
        section.add(section.place_of("user"), text)
    elif named == ["password"]:
        text = "user is missing: a UPN (audit@corp.example), DOMAIN\\user or a DN"
        section.add(section.place_of("password"), text)


class _Trust(Struct, frozen=True):
    """By what the server is known to be the right one."""

    ca_file: Path | None
    pin: str
    server_name: str


def _trust(
    section: Section, folder: Path, security: LdapSecurity | None, *, by_ticket: bool
) -> _Trust:
    """Return what proves the server; a ticket proves it by its name, without TLS too."""
    if security is LdapSecurity.CLEAR:
        for key in filter(section.has, TRUST[:-1] if by_ticket else TRUST):
            text = f"{key} needs TLS, and security is {security}: take one of them away"
            section.add(section.place_of(key), text)
    if section.has("ca_file") and section.has("pin"):
        text = "ca_file and pin are both given: a pin is one certificate alone, so keep one"
        section.add(section.place_of("pin"), text)
    return _Trust(
        ca_file=section.take("ca_file", ldap_checks.ca_file(folder, is_used=section.mistakes.asks)),
        pin=section.take("pin", ldap_checks.pin) or "",
        server_name=(section.take("server_name", checks.host_name) or "").lower(),
    )


def _needs_names(section: Section, servers: tuple[LdapServer, ...]) -> None:
    """Note an address where Kerberos needs a name: tickets are for names (RFC 4120)."""
    for one in servers:
        if ldap_checks.is_address(one.host):
            text = f"Kerberos knows names, not {one.host}: name the server, or give server_name"
            section.add(section.place_of("servers"), text)
