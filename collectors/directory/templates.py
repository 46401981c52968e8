"""What certificate authorities may issue: templates and their conditions ([MS-CRTD] 2)."""

from collections.abc import Iterator

from collectors.directory_values import first_value, generalized_time
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory_services import CertificateTemplate
from inventory.model.evidence import Why

TEMPLATES = LdapSearch(
    "templates",
    "(objectClass=*)",
    (
        *("cn", "displayName", "msPKI-Certificate-Name-Flag", "msPKI-Enrollment-Flag"),
        *("msPKI-RA-Signature", "msPKI-RA-Application-Policies", "pKIExtendedKeyUsage"),
        *("msPKI-Certificate-Application-Policy", "msPKI-Template-Schema-Version"),
        *("objectClass", "flags", "revision", "whenChanged"),
    ),
    base="CN=Certificate Templates,CN=Public Key Services,CN=Services,{configuration}",
    scope="one",
    dialect="ad",
    no_base="gap",
)

_SUBJECT, _OTHER_NAMES = (
    0x1,
    0x10000,
)  # [MS-CRTD] 2.27: CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT, ..._ALT_NAME
_APPROVAL, _NO_EXTENSION = (
    0x2,
    0x80000,
)  # 2.26: CT_FLAG_PEND_ALL_REQUESTS, ..._NO_SECURITY_EXTENSION


@collector("directory.templates", asks=[TEMPLATES], tells=[CertificateTemplate], source="ldap")
def templates(found: Entries) -> Iterator[CertificateTemplate | Unreadable]:
    """Yield each template; one whose conditions are not shown is a gap."""
    for entry in found:
        if entry.has("objectClass"):
            yield _template(entry)
        else:
            detail = "a template that is not shown"
            yield Unreadable(entry.at(), detail, entry.dn, Why.DENIED, "directory right")


def _template(entry: Entry) -> CertificateTemplate:
    names = entry.number("msPKI-Certificate-Name-Flag") or 0
    enrollment = entry.number("msPKI-Enrollment-Flag") or 0
    return CertificateTemplate(
        at=entry.at(),
        name=entry.text("cn") or first_value(entry.dn),
        dn=entry.dn,
        display_name=entry.text("displayName") or "",
        takes_subject=bool(names & (_SUBJECT | _OTHER_NAMES)),
        needs_approval=bool(enrollment & _APPROVAL),
        no_security_extension=bool(enrollment & _NO_EXTENSION),
        signatures=entry.number("msPKI-RA-Signature") or 0,
        purposes=_purposes(entry),
        signer_purposes=entry.texts("msPKI-RA-Application-Policies"),
        schema_version=entry.number("msPKI-Template-Schema-Version"),
        changed=generalized_time(entry.raw("whenChanged")),
    )


def _purposes(entry: Entry) -> tuple[str, ...]:
    """Return what certificates are good for, by both attributes that say so."""
    told = (
        *entry.texts("pKIExtendedKeyUsage"),
        *entry.texts("msPKI-Certificate-Application-Policy"),
    )
    return tuple(sorted(set(told)))
