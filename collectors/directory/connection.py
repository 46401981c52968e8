"""What the directory server is, how the audit reached it, and the certificate that it showed.

Known from connecting: the root DSE (RFC 4512 section 5.1), the certificate (RFC 5280), the bind;
and what is shown without a login (collectors/as_nobody.py).
"""

from collections.abc import Iterator

from collectors.directory_values import truth
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory import DirectoryConnection, DirectoryServer, ServerCertificate
from inventory.model.moment import Moment

CONNECTION = LdapSearch(
    "connection",
    "(objectClass=*)",
    (
        *("dialect", "product", "version", "dNSHostName", "namingContexts"),
        *("supportedSASLMechanisms", "startTLS", "controllerLevel"),
        *("security", "checkedBy", "bind", "account", "inClear", "warning", "tls"),
        *("fingerprint", "subject", "issuer", "subjectAltName", "notBefore", "notAfter"),
        *("keyAlgorithm", "keyBits", "signedWith"),
        *("readsAnonymously", "notKnownAnonymously"),
    ),
    base="{connection}",
    scope="base",
    needs="anyone",
    empty="gap",
    no_base="gap",
)

Told = DirectoryServer | DirectoryConnection | ServerCertificate


@collector(
    "directory.connection",
    asks=[CONNECTION],
    tells=[DirectoryServer, DirectoryConnection, ServerCertificate],
    source="ldap",
)
def connection(found: Entries) -> Iterator[Told | Unreadable]:
    """Yield the server, the line to it, and its certificate where the line is encrypted."""
    for entry in found:
        if not entry.has("dialect"):
            yield Unreadable(entry.at(), "nothing is known of the connection")
            continue
        yield _server(entry)
        yield _line(entry)
        if fingerprint := entry.text("fingerprint"):
            yield _certificate(entry, fingerprint)


def _server(entry: Entry) -> DirectoryServer:
    return DirectoryServer(
        at=entry.at(),
        dns_name=entry.text("dNSHostName"),
        dialect=entry.text("dialect") or "posix",
        product=entry.text("product") or "unknown",
        version=entry.text("version"),
        contexts=entry.texts("namingContexts"),
        mechanisms=entry.texts("supportedSASLMechanisms"),
        offers_starttls=truth(entry.raw("startTLS")) is True,
        controller_level=entry.number("controllerLevel"),
        reads_anonymously=truth(entry.raw("readsAnonymously")),
        unclear_anonymously=entry.text("notKnownAnonymously") or "",
    )


def _line(entry: Entry) -> DirectoryConnection:
    """Return how the audit came in. A password that was taken in clear is taken from anybody."""
    bind = entry.text("bind") or "anonymous"
    is_clear = truth(entry.raw("inClear")) is True
    return DirectoryConnection(
        at=entry.at(),
        security=entry.text("security") or "clear",
        checked_by=entry.text("checkedBy") or "nothing",
        bind=bind,
        account=entry.text("account") or "",
        in_clear=is_clear,
        takes_clear=True if is_clear and bind == "simple" else None,
        tls=entry.text("tls"),
        warning=entry.text("warning") or "",
    )


def _certificate(entry: Entry, fingerprint: str) -> ServerCertificate:
    return ServerCertificate(
        at=entry.at(),
        fingerprint=fingerprint,
        subject=entry.text("subject") or "",
        issuer=entry.text("issuer") or "",
        names=entry.texts("subjectAltName"),
        not_before=_moment(entry.number("notBefore")),
        not_after=_moment(entry.number("notAfter")),
        algorithm=entry.text("keyAlgorithm"),
        bits=entry.number("keyBits"),
        signed_with=entry.text("signedWith"),
    )


def _moment(seconds: int | None) -> Moment | None:
    return None if seconds is None else Moment.exact(seconds)
