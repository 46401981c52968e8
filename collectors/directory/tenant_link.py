"""Which cloud tenant the directory names: the connection point of device registration.

Its keywords are `azureADId:<tenant>` and `azureADName:<domain>`; the name of the entry is fixed.
"""

import re
from collections.abc import Iterator

from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import unshown
from inventory.model.directory import TenantLink

POINT = LdapSearch(
    "point",
    "(objectClass=*)",
    ("keywords",),
    base=(
        "CN=62a0ff2e-97b9-4513-943f-0d221bd30080,CN=Device Registration Configuration,"
        "CN=Services,{configuration}"
    ),
    scope="base",
    dialect="ad",
    no_base="none",
)

_ID = re.compile(r"azureADId:\s{0,9}([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s{0,9}", re.I)
_NAME = re.compile(r"azureADName:\s{0,9}(\S{1,255})\s{0,9}", re.IGNORECASE)


@collector("directory.tenant_link", asks=[POINT], tells=[TenantLink], source="ldap")
def tenant_link(found: Entries) -> Iterator[TenantLink | Unreadable]:
    """Yield the tenant with its name; an entry that names none is not read as none."""
    for entry in found:
        ids, names = _told(entry, _ID), _told(entry, _NAME)
        if not entry.has("keywords"):
            yield unshown(entry, "its keywords are", "keywords", part="")
        elif not ids:
            yield Unreadable(entry.at("keywords"), "keywords that name no tenant")
        for one in ids:
            name = names[0] if len(names) == 1 else None
            yield TenantLink(at=entry.at("keywords"), tenant_id=one.lower(), name=name)


def _told(entry: Entry, pattern: re.Pattern[str]) -> tuple[str, ...]:
    found = (pattern.fullmatch(keyword) for keyword in entry.texts("keywords"))
    return tuple(match[1] for match in found if match)
