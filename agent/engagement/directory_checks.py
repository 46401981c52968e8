"""What the values of a directory source may look like: each check returns it, or raises Wrong."""

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path

from agent.engagement import checks
from agent.engagement.files import path_from, read_bounded
from agent.engagement.mistakes import Wrong, is_printable, shown
from agent.engagement.model import LdapSecurity, LdapServer
from inventory.errors import ConfigError

PORTS = {LdapSecurity.LDAPS: 636, LdapSecurity.STARTTLS: 389, LdapSecurity.CLEAR: 389}
SCHEMES = {LdapSecurity.LDAPS: "ldaps", LdapSecurity.STARTTLS: "ldap", LdapSecurity.CLEAR: "ldap"}
CATALOGUES = (3268, 3269)  # of Active Directory: all domains, but a part of the attributes only
MOST_BYTES = 4 * 1024 * 1024  # of a bundle of certificates
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
_SERVER = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?"
    r"(?:\[(?P<six>[^\]]*)\]|(?P<name>[^:/?#]*))(?::(?P<port>[^/?#]*))?/?"
)
_DN = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)*) *=")
_UPN = re.compile(r"[^@\\\s]+@[^@\\\s:/]+")
_DOWN_LEVEL = re.compile(r"[^@\\/:\s]+\\[^@\\/:]+")
_PIN = re.compile(r"sha256:((?:[0-9a-f]{2}:?){31}[0-9a-f]{2})")
_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"


def security(text: str) -> LdapSecurity:
    """Return what protects the connection; clear text must be said in so many words."""
    if text in tuple(LdapSecurity):
        return LdapSecurity(text)
    raise Wrong(
        f"must be ldaps or starttls, got {shown(text)}; a directory without TLS is asked only when"
        f" it says {LdapSecurity.CLEAR}, and then that is a finding"
    )


def domain(text: str) -> str:
    """Return the DNS name of a domain, in lower case and without the root's dot."""
    labels = text.removesuffix(".").lower().split(".")
    if len(text) > 253 or len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)):
        raise Wrong(f"must be the DNS name of a domain such as corp.example, got {shown(text)}")
    return ".".join(labels)


def server(said: LdapSecurity | None) -> Callable[[str], LdapServer]:
    """Return the check for a server; None: what protects the connection is not known."""

    def check(text: str) -> LdapServer:
        if "@" in text:
            rest = shown(f"***@{text.rpartition('@')[2]}")
            raise Wrong(
                "must be a server alone: write user and password as keys of their own, the password"
                f" by reference; got {rest}"
            )
        if checks.is_six(text):
            return LdapServer(text, _port(None, text, said))
        match = _SERVER.fullmatch(text)
        if match is None:
            raise Wrong(
                "must be a server such as dc1.corp.example, dc1.corp.example:636 or"
                f" ldaps://dc1.corp.example:636, without a search base, got {shown(text)}"
            )
        _scheme(match["scheme"], text, said)
        host = checks.host_name(match["six"] or match["name"] or "")
        return LdapServer(host, _port(match["port"], text, said))

    return check


def _scheme(scheme: str | None, text: str, said: LdapSecurity | None) -> None:
    """Raise Wrong when a URL says another protection than the source."""
    if scheme is None:
        return
    scheme = scheme.lower()
    if scheme not in ("ldap", "ldaps"):
        raise Wrong(f"must be an ldap:// or ldaps:// URL, got {shown(text)}")
    if said is None or scheme == SCHEMES[said]:
        return
    if scheme == "ldap":
        raise Wrong(
            f"{shown(text)} is without TLS, and security is ldaps: write ldaps://, or"
            " `security: starttls`"
        )
    raise Wrong(
        f"{shown(text)} begins with TLS, and security is {said}: write ldap://, or"
        " `security: ldaps`"
    )


def _port(written: str | None, text: str, said: LdapSecurity | None) -> int:
    if written is None:
        return PORTS[said or LdapSecurity.LDAPS]
    number = checks.port(written)
    if number in CATALOGUES:
        raise Wrong(
            f"{shown(text)} is the global catalogue, which keeps a part of the attributes only:"
            " leave the port out"
        )
    others = {PORTS[LdapSecurity.LDAPS]: "ldaps", PORTS[LdapSecurity.STARTTLS]: "ldap"}
    if said is not None and others.get(number, SCHEMES[said]) != SCHEMES[said]:
        way_out = "starttls" if said is LdapSecurity.LDAPS else "ldaps"
        raise Wrong(
            f"{shown(text)} is the port of {others[number]}://, and security is {said}: leave the"
            f" port out, or `security: {way_out}`"
        )
    return number


def place(text: str) -> str:
    """Return a directory as people name it: its domain, or a server as a URL."""
    if "://" not in text:
        return domain(text)
    is_plain = text.lower().startswith("ldap://")
    server(LdapSecurity.STARTTLS if is_plain else LdapSecurity.LDAPS)(text)
    return text


def is_address(text: str) -> bool:
    """Tell whether a host, or the host of a URL, is an address and no name."""
    match = _SERVER.fullmatch(text)
    host = (match["six"] or match["name"] or "") if match else text
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def user(text: str) -> str:
    r"""Return a name to bind with: a UPN, DOMAIN\user or a DN."""
    if not all(map(is_printable, text)):
        raise Wrong(
            "must not hold control characters: between double quotes YAML reads \\ as the start of"
            " one, so write DOMAIN\\user without quotes"
        )
    is_name = _DN.match(text) or _UPN.fullmatch(text) or _DOWN_LEVEL.fullmatch(text)
    if not is_name or len(text) > 1024:
        got = shown(text.partition(":")[0]) + (" and more" if ":" in text else "")
        raise Wrong(f"must be a UPN (audit@corp.example), DOMAIN\\user or a DN, got {got}")
    return text


def pin(text: str) -> str:
    """Return the SHA-256 of a certificate as 64 hex digits in lower case, without colons."""
    match = _PIN.fullmatch(text.lower())
    if match is None:
        raise Wrong(
            "must be sha256: and the 64 hex digits of the server's certificate, as `openssl x509"
            f" -noout -fingerprint -sha256` prints them, got {shown(text)}"
        )
    return match[1].replace(":", "")


def ca_file(folder: Path, *, is_used: bool = True) -> Callable[[str], Path]:
    """Return the check for a file of certificates in PEM; it has to be there where it is used."""

    def check(text: str) -> Path:
        path = path_from(text, folder)
        if not is_used:
            return path
        try:
            raw = read_bounded(path, name=str(path), most_bytes=MOST_BYTES)
        except ConfigError as err:
            raise Wrong(f"cannot be used: {err}") from err
        if _CERTIFICATE not in raw:
            raise Wrong(
                f"{path} holds no certificate in PEM: convert it with"
                " `openssl x509 -inform DER -in CA.cer -out ca.pem`"
            )
        return path

    return check
