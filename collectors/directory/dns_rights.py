"""Who may change the DNS that the directory keeps ([MS-DNSP] 2.3.1.1, [MS-ADTS] 5.1.3).

A zone that any computer may add to by itself has such a right for authenticated users.
"""

from collections.abc import Iterator

from msgspec import structs

from collectors.entries import Entries
from collectors.granted_rights import granted
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory_rights import DirectoryRight


def _zones(name: str, base: str) -> LdapSearch:
    """Return the ask for the zones; one that is hidden is shown by its name alone."""
    return LdapSearch(
        name,
        "(objectClass=*)",
        ("objectClass",),
        base=f"CN=MicrosoftDNS,{base}",
        scope="one",
        dialect="ad",
        no_base="none",
        descriptors=True,
    )


def _container(name: str, base: str) -> LdapSearch:
    return structs.replace(_zones(name, base), scope="base")


_DOMAIN, _FOREST = "DC=DomainDnsZones,{domain}", "DC=ForestDnsZones,{forest}"
_SYSTEM = "CN=System,{domain}"
IN_DOMAIN = _container("in_domain", _DOMAIN)
IN_FOREST = _container("in_forest", _FOREST)
IN_SYSTEM = _container("in_system", _SYSTEM)
DOMAIN = _zones("domain", _DOMAIN)
FOREST = _zones("forest", _FOREST)
SYSTEM = _zones("system", _SYSTEM)


@collector(
    "directory.dns_rights",
    asks=[IN_DOMAIN, IN_FOREST, IN_SYSTEM, DOMAIN, FOREST, SYSTEM],
    tells=[DirectoryRight],
    source="ldap",
)
def dns_rights(*places: Entries) -> Iterator[DirectoryRight | Unreadable]:
    """Yield the rights on each zone, and on the containers in which new ones are made."""
    for found in places:
        for entry in found:
            yield from granted(entry, "DNS")
