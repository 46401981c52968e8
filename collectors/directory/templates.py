"""What certificate authorities may issue: templates and their conditions ([MS-CRTD] 2)."""

from collections.abc import Iterator

from collectors.directory_values import first_value, generalized_time
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import odd_numbers, tells_unset, unshown
from inventory.model.directory_services import CertificateTemplate

TEMPLATES = LdapSearch(
    "templates",
    "(objectClass=*)",
    (
        *("cn", "displayName", "msPKI-Certificate-Name-Flag", "msPKI-Enrollment-Flag"),
        *("msPKI-RA-Signature", "msPKI-RA-Application-Policies", "pKIExtendedKeyUsage"),
        *("msPKI-Certificate-Application-Policy", "msPKI-Template-Schema-Version"),
        *("instanceType", "whenChanged"),
    ),
    base="CN=Certificate Templates,CN=Public Key Services,CN=Services,{configuration}",
    scope="one",
    dialect="ad",
    no_base="gap",
)

# [MS-CRTD] 2.27: CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT, CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT_ALT_NAME
_SUBJECT, _OTHER_NAMES = 0x1, 0x10000
# [MS-CRTD] 2.26: CT_FLAG_PEND_ALL_REQUESTS, CT_FLAG_NO_SECURITY_EXTENSION
_APPROVAL, _NO_EXTENSION = 0x2, 0x80000
_NUMBERS = (
    *("msPKI-Certificate-Name-Flag", "msPKI-Enrollment-Flag", "msPKI-RA-Signature"),
    "msPKI-Template-Schema-Version",
)


@collector("directory.templates", asks=[TEMPLATES], tells=[CertificateTemplate], source="ldap")
def templates(found: Entries) -> Iterator[CertificateTemplate | Unreadable]:
    """Yield each template; one whose conditions are not shown is a gap."""
    for entry in found:
        if tells_unset(entry):
            yield _template(entry)
            yield from odd_numbers(entry, *_NUMBERS)
        else:
            yield unshown(entry, "a template is")


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
