"""Who may change the DNS that the directory keeps ([MS-DNSP] 2.3.1.1, [MS-ADTS] 5.1.3).

A zone that any computer may add to by itself has such a right for authenticated users.
"""

from collections.abc import Iterator

from collectors.entries import Entries
from collectors.granted_rights import granted
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory_rights import DirectoryRight


def _ask(name: str, base: str) -> LdapSearch:
    return LdapSearch(
        name,
        "(|(objectCategory=dnsZone)(cn=MicrosoftDNS))",
        ("objectClass",),
        base=f"CN=MicrosoftDNS,{base}",
        dialect="ad",
        no_base="none",
        descriptors=True,
    )


DOMAIN = _ask("domain", "DC=DomainDnsZones,{domain}")
FOREST = _ask("forest", "DC=ForestDnsZones,{forest}")
SYSTEM = _ask("system", "CN=System,{domain}")


@collector(
    "directory.dns_rights", asks=[DOMAIN, FOREST, SYSTEM], tells=[DirectoryRight], source="ldap"
)
def dns_rights(
    domain: Entries, forest: Entries, system: Entries
) -> Iterator[DirectoryRight | Unreadable]:
    """Yield the rights on each zone, and on the containers in which new ones are made."""
    for found in (domain, forest, system):
        for entry in found:
            yield from granted(entry, "DNS")
