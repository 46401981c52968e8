"""Who may change certificate services, and who may enrol ([MS-CRTD] 2.31, [MS-ADTS] 5.1.3)."""

from collections.abc import Iterator

from collectors.entries import Entries
from collectors.granted_rights import granted
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory_rights import DirectoryRight

_SERVICES = "CN=Public Key Services,CN=Services,{configuration}"
SERVICES = LdapSearch(
    "services",
    "(objectClass=*)",
    ("objectClass",),
    base=_SERVICES,
    scope="base",
    dialect="ad",
    empty="gap",
    no_base="gap",
    descriptors=True,
)
CONTAINERS = LdapSearch(
    "containers",
    "(objectClass=*)",
    ("objectClass",),
    base=_SERVICES,
    scope="one",
    dialect="ad",
    no_base="gap",
    descriptors=True,
)
AUTHORITIES = LdapSearch(
    "authorities",
    "(objectClass=*)",
    ("objectClass",),
    base=f"CN=Enrollment Services,{_SERVICES}",
    scope="one",
    dialect="ad",
    no_base="gap",
    descriptors=True,
)
TEMPLATES = LdapSearch(
    "templates",
    "(objectClass=*)",
    ("objectClass",),
    base=f"CN=Certificate Templates,{_SERVICES}",
    scope="one",
    dialect="ad",
    no_base="gap",
    descriptors=True,
)


@collector(
    "directory.certificate_rights",
    asks=[SERVICES, CONTAINERS, AUTHORITIES, TEMPLATES],
    tells=[DirectoryRight],
    source="ldap",
)
def certificate_rights(
    services: Entries, containers: Entries, authorities: Entries, templates: Entries
) -> Iterator[DirectoryRight | Unreadable]:
    """Yield the rights on authorities, on templates, and on the containers that hold them."""
    for found in (services, containers):
        for entry in found:
            yield from granted(entry, "authorities")
    for kind, found in (("CA", authorities), ("template", templates)):
        for entry in found:
            yield from granted(entry, kind)
