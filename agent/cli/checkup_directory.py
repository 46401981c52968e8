"""Whether a directory can be reached and is the right one: DNS, TCP and TLS; nobody logs in."""

import importlib.util
import shutil
import socket
import time
from collections.abc import Iterator

from msgspec import structs

from agent.audit.doors import place_of
from agent.audit.sources import way_to
from agent.cli.checkup_secrets import secret
from agent.cli.checkup_words import BAD, FINE, NOTE, Check
from agent.engagement.commands import CommandFailed, output
from agent.engagement.model import LdapSecurity, LdapSource
from collectors.transports.ldap_dns import find_servers
from collectors.transports.ldap_line import OpenLine, open_line
from collectors.transports.ldap_place import PORT, LdapLimits, LdapPlace, Security
from inventory.errors import ConfigError, Denied, TransportError

ENDS_SOON_DAYS = 30
DAY_S = 86_400
LIMITS = LdapLimits(connect_s=5)
CONTACT = "`handover doctor --contact` looks at the way to it, without logging in"

Server = tuple[str, int]


def directory(source: LdapSource, *, contact: bool) -> Iterator[Check]:
    """Yield what stands in the way of asking a directory. No password is read or sent."""
    what = f"source {source.name}"
    yield Check(what, FINE, f"{source.target}: {way_to(source)}")
    if source.security is LdapSecurity.CLEAR:
        says = "without TLS: whoever is on the way reads all of it; use ldaps, or starttls"
        yield Check(what, BAD, says)
    if source.password:
        yield from secret(what, source.password)
    if source.kerberos:
        yield _kerberos(what)
    if contact:
        yield from _on_the_way(what, source)
    else:
        yield Check(what, NOTE, f"not contacted: {CONTACT}")


def _kerberos(what: str) -> Check:
    """Return whether there is what a login with a ticket needs; the ticket itself is not read."""
    if importlib.util.find_spec("gssapi") is None:
        return Check(what, BAD, "kerberos needs an extra: pip install 'handover[kerberos]'")
    klist = shutil.which("klist")
    if klist is None:
        return Check(what, NOTE, "no klist here: whether there is a ticket is not known")
    try:
        output((klist, "-s"), timeout_s=5, most_bytes=4096)
    except CommandFailed:
        return Check(what, NOTE, "there is no ticket now, or it has ended: kinit before the audit")
    return Check(what, FINE, "there is a ticket")


def _on_the_way(what: str, source: LdapSource) -> Iterator[Check]:
    place = place_of(source)
    try:
        servers = place.servers or find_servers(place.domain, place.security)
    except (TransportError, ConfigError) as err:
        yield Check(what, BAD, str(err))
        return
    if not place.servers:
        names = ", ".join(f"{host}:{port}" for host, port in servers)
        yield Check(what, FINE, f"DNS lists {names} for {place.domain}")
    for server in servers:
        yield from _server(what, place, server)


def _server(what: str, place: LdapPlace, server: Server) -> Iterator[Check]:
    if says := _unresolved(server):
        yield Check(what, BAD, says)
        return
    try:
        line = open_line(place, server, LIMITS)
    except (TransportError, ConfigError) as err:
        yield Check(what, BAD, f"{err}{_other_way(place, server, err)}")
        return
    line.socket.close()
    yield from _line(what, line)
    if place.security is Security.CLEAR and _works(place, server, Security.STARTTLS):
        yield Check(what, BAD, f"{line.server} offers StartTLS: write `security: starttls`")


def _unresolved(server: Server) -> str:
    """Return why a name has no address; empty when it has one."""
    host, port = server
    try:
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as err:
        why = getattr(err, "strerror", None) or str(err)
        return (
            f"{host} has no address: {why}. Name the server as DNS knows it, or by its address"
            " with `server_name`"
        )
    return ""


def _line(what: str, line: OpenLine) -> Iterator[Check]:
    """Yield what the certificate says, and for how long it is good."""
    shown = line.certificate
    if shown is None:
        yield Check(what, FINE, f"{line.server} answers")
        return
    proved = f"proved by {'its pin' if line.checked_by == 'pin' else 'its authority'}"
    yield Check(what, FINE, f"{line.server} answers with {shown.tls}, {proved}: {shown.subject}")
    if shown.not_after_s is not None:
        yield _expiry(what, line.server, (shown.not_after_s - time.time()) / DAY_S)


def _expiry(what: str, server: str, days: float) -> Check:
    if days < 0:
        says = f"the certificate of {server} ended {-days:.0f} days ago: have it renewed"
        return Check(what, BAD, says)
    state = NOTE if days <= ENDS_SOON_DAYS else FINE
    return Check(what, state, f"the certificate of {server} ends in {days:.0f} days")


def _other_way(place: LdapPlace, server: Server, err: Exception) -> str:
    """Return that StartTLS works where nothing answers with TLS from the first byte."""
    if place.security is not Security.LDAPS or isinstance(err, Denied | ConfigError):
        return ""
    other = (server[0], PORT)
    if _works(place, other, Security.STARTTLS):
        return f". {server[0]}:{PORT} offers StartTLS: write `security: starttls`"
    return ""


def _works(place: LdapPlace, server: Server, security: Security) -> bool:
    try:
        open_line(structs.replace(place, security=security), server, LIMITS).socket.close()
    except (TransportError, ConfigError):
        return False
    return True
