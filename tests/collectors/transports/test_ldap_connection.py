"""What connecting to a directory told comes as one entry that `directory.connection` reads."""

import pytest

from collectors.directory.connection import CONNECTION, connection
from collectors.entries import Entries
from collectors.ldap_lint import ldap_problems
from collectors.transports.ldap_anonymous import Shown
from collectors.transports.ldap_connection import STARTTLS, connection_entry
from collectors.transports.ldap_place import BindFacts, CertificateFacts, RootDse, Security
from inventory.model.directory import DirectoryConnection, DirectoryServer, ServerCertificate
from inventory.model.moment import Moment

ROOT = RootDse(
    dialect="ad",
    product="Samba",
    contexts=("DC=corp,DC=example",),
    dns_name="dc1.corp.example",
    extensions=(STARTTLS,),
    mechanisms=("GSSAPI",),
    controller_level=4,
)
CERTIFICATE = CertificateFacts(
    fingerprint="sha256:00ff",
    subject="CN=dc1.corp.example",
    issuer="CN=Lab CA",
    names=("dc1.corp.example",),
    not_after_s=1_800_000_000,
    algorithm="RSA",
    bits=2048,
    signed_with="sha256",
    tls="TLSv1.3",
)
BIND = BindFacts("simple", "reader@corp.example", Security.LDAPS, "CA", in_clear=False)

HIDDEN = Shown(entries=False)


def told(
    certificate: CertificateFacts | None, bind: BindFacts, shown: Shown = HIDDEN
) -> list[object]:
    entry = connection_entry("directory.connection/connection", ROOT, certificate, bind, shown)
    return list(connection(Entries(entry.ask, [entry])))


def test_the_ask_may_be_sent_and_names_all_that_the_entry_tells() -> None:
    assert not list(ldap_problems(CONNECTION))
    entry = connection_entry("x/y", ROOT, CERTIFICATE, BIND, Shown(None, "it was closed"))
    assert set(entry.values) <= {name.lower() for name in CONNECTION.attributes}


def test_server_line_and_certificate_are_told() -> None:
    server, line, certificate = told(CERTIFICATE, BIND)
    assert isinstance(server, DirectoryServer)
    assert isinstance(line, DirectoryConnection)
    assert isinstance(certificate, ServerCertificate)
    assert (server.dns_name, server.product, server.controller_level) == (ROOT.dns_name, "Samba", 4)
    assert server.offers_starttls
    assert (line.security, line.checked_by, line.tls) == ("ldaps", "CA", "TLSv1.3")
    assert line.takes_clear is None
    assert certificate.not_after == Moment.exact(1_800_000_000)
    assert certificate.names == ("dc1.corp.example",)


def test_a_password_that_was_taken_in_clear_is_a_fact() -> None:
    bind = BindFacts("simple", "reader", Security.CLEAR, "nothing", in_clear=True)
    _, line = told(None, bind)
    assert isinstance(line, DirectoryConnection)
    assert line.takes_clear is True
    assert line.in_clear


def test_a_ticket_that_seals_a_line_without_tls_leaves_nothing_in_clear() -> None:
    bind = BindFacts("kerberos", "reader", Security.CLEAR, "nothing", in_clear=False, sealed=True)
    _, line = told(None, bind)
    assert isinstance(line, DirectoryConnection)
    assert (line.security, line.in_clear, line.takes_clear) == ("clear", False, None)


@pytest.mark.parametrize(
    "shown", [Shown(entries=True), Shown(entries=False), Shown(None, "it was closed")]
)
def test_what_is_shown_without_a_login_is_told_or_why_it_is_not_known(shown: Shown) -> None:
    server, *_ = told(CERTIFICATE, BIND, shown)
    assert isinstance(server, DirectoryServer)
    assert (server.reads_anonymously, server.unclear_anonymously) == (shown.entries, shown.why)
