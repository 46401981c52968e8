"""Which certificate authorities the forest has, and which certificates it trusts ([MS-WCCE] 2.2.2).

Each is an entry below CN=Public Key Services with its certificates in DER form in cACertificate:
enterprise authorities, those that may vouch for logons (NTAuth), roots, and those between (AIA).
"""

from collections.abc import Iterator

from collectors.der_certificates import DerCertificate, read_certificate
from collectors.directory_values import first_value
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import tells_unset, unshown
from inventory.errors import ParseError
from inventory.model.directory_services import CertificateAuthority, TrustedAuthority

_SERVICES = "CN=Public Key Services,CN=Services,{configuration}"
ENROLLMENT = LdapSearch(
    "enrollment",
    "(objectClass=*)",
    ("cn", "instanceType", "dNSHostName", "certificateTemplates", "cACertificate"),
    base=f"CN=Enrollment Services,{_SERVICES}",
    scope="one",
    dialect="ad",
    no_base="gap",
)
LOGONS = LdapSearch(
    "logons",
    "(objectClass=*)",
    ("instanceType", "cACertificate"),
    base=f"CN=NTAuthCertificates,{_SERVICES}",
    scope="base",
    dialect="ad",
    no_base="none",  # it is made with the first authority
)
ROOTS = LdapSearch(
    "roots",
    "(objectClass=*)",
    ("instanceType", "cACertificate"),
    base=f"CN=Certification Authorities,{_SERVICES}",
    scope="one",
    dialect="ad",
    no_base="gap",
)
INTERMEDIATE = LdapSearch(
    "intermediate",
    "(objectClass=*)",
    ("instanceType", "cACertificate"),
    base=f"CN=AIA,{_SERVICES}",
    scope="one",
    dialect="ad",
    no_base="gap",
)

_NONE_YET = b"\x00"  # what stands there while an authority waits for its certificate
Told = CertificateAuthority | TrustedAuthority | Unreadable


@collector(
    "directory.authorities",
    asks=[ENROLLMENT, LOGONS, ROOTS, INTERMEDIATE],
    tells=[CertificateAuthority, TrustedAuthority],
    source="ldap",
)
def authorities(
    enrollment: Entries, logons: Entries, roots: Entries, intermediate: Entries
) -> Iterator[Told]:
    """Yield the enterprise authorities, and each certificate that the forest trusts."""
    for entry in enrollment:
        yield from _authority(entry)
    for store, found in (("NTAuth", logons), ("root", roots), ("AIA", intermediate)):
        for entry in found:
            yield from _trusted(entry, store)


def _authority(entry: Entry) -> Iterator[Told]:
    if not tells_unset(entry):
        yield unshown(entry, "an authority is")
        return
    certificates: list[DerCertificate] = []
    for one in _certificates(entry):
        if isinstance(one, Unreadable):
            yield one
        else:
            certificates.append(one)
    newest = max(certificates, key=lambda one: one.not_after, default=None)
    yield CertificateAuthority(
        at=entry.at("cACertificate"),
        name=entry.text("cn") or first_value(entry.dn),
        dn=entry.dn,
        server=entry.text("dNSHostName"),
        templates=entry.texts("certificateTemplates"),
        not_after=newest.not_after if newest else None,
        fingerprint=newest.fingerprint if newest else None,
    )


def _trusted(entry: Entry, store: str) -> Iterator[TrustedAuthority | Unreadable]:
    if not tells_unset(entry):
        yield unshown(entry, "certificates are")
    for one in _certificates(entry):
        yield one if isinstance(one, Unreadable) else _kept(one, store, entry)


def _kept(told: DerCertificate, store: str, entry: Entry) -> TrustedAuthority:
    return TrustedAuthority(
        at=entry.at("cACertificate"),
        store=store,
        fingerprint=told.fingerprint,
        subject=told.subject,
        issuer=told.issuer,
        not_after=told.not_after,
        algorithm=told.algorithm,
        bits=told.bits,
        signed_with=told.signed_with,
    )


def _certificates(entry: Entry) -> Iterator[DerCertificate | Unreadable]:
    """Yield the certificates of an entry; each that cannot be read hides the entry's part."""
    for der in entry.raws("cACertificate"):
        if der == _NONE_YET:
            continue
        try:
            yield read_certificate(der)
        except ParseError as err:
            yield Unreadable(entry.at("cACertificate"), str(err), entry.dn)
