"""Who may change group policies, and make new ones ([MS-GPOL] 2.2.8, [MS-ADTS] 5.1.3)."""

from collections.abc import Iterator

from collectors.entries import Entries
from collectors.granted_rights import granted
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory_rights import DirectoryRight

CONTAINER = LdapSearch(
    "container",
    "(objectClass=*)",
    ("objectClass",),
    base="CN=Policies,CN=System,{domain}",
    scope="base",
    dialect="ad",
    empty="gap",
    no_base="gap",
    descriptors=True,
)
POLICIES = LdapSearch(
    "policies",
    "(objectClass=*)",
    ("objectClass",),
    base="CN=Policies,CN=System,{domain}",
    scope="one",
    dialect="ad",
    empty="gap",
    no_base="gap",
    descriptors=True,
)


@collector(
    "directory.policy_rights",
    asks=[CONTAINER, POLICIES],
    tells=[DirectoryRight],
    source="ldap",
)
def policy_rights(container: Entries, policies: Entries) -> Iterator[DirectoryRight | Unreadable]:
    """Yield the rights on each policy, and on the container in which new ones are made."""
    for entry in container:
        yield from granted(entry, "policies")
    for entry in policies:
        yield from granted(entry, "policy")
