"""Which organizational units there are, and which policies are linked where (gPLink).

    [LDAP://cn={31B2F340-016D-11D2-945F-00C04FB984F9},cn=policies,cn=system,DC=corp,DC=example;0]

Links: [MS-GPOL] 2.2.2. The last in the value comes first in force; its order is 1.
"""

import re
from collections.abc import Iterator

from collectors.directory_values import entry_id, first_value, guid_text
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import odd_numbers, tells_unset, unshown
from inventory.model.directory_services import OrganizationalUnit, PolicyLink

DOMAIN = LdapSearch(
    "domain",
    "(objectClass=*)",
    ("instanceType", "gPLink"),
    scope="base",
    dialect="ad",
    empty="gap",
    no_base="gap",
)
UNITS = LdapSearch(
    "units",
    "(objectCategory=organizationalUnit)",
    (
        *("instanceType", "objectGUID", "ou", "description", "managedBy", "gPLink"),
        "gPOptions",
    ),
    dialect="ad",
    empty="gap",
    no_base="gap",
)
SITES = LdapSearch(
    "sites",
    "(objectCategory=site)",
    ("instanceType", "gPLink"),
    base="CN=Sites,{configuration}",
    scope="one",
    dialect="ad",
    empty="gap",
    no_base="gap",
)

_LINK = re.compile(
    r"\[LDAP://(?:[^\];/]{1,255}/)?cn=(\{[0-9a-f-]{36}\}),([^\];]{1,2048});(\d{1,9})\]",
    re.IGNORECASE,
)
_MOST_LINKS = 64 * 1024  # bytes of one gPLink
_DISABLED, _ENFORCED = 0x1, 0x2
_BLOCKS = 0x1  # gPOptions ([MS-GPOL] 2.2.3)
Told = OrganizationalUnit | PolicyLink | Unreadable


@collector(
    "directory.units",
    asks=[DOMAIN, UNITS, SITES],
    tells=[OrganizationalUnit, PolicyLink],
    source="ldap",
)
def units(domain: Entries, found: Entries, sites: Entries) -> Iterator[Told]:
    """Yield the units, and the links of policies to them, to the domain and to sites."""
    for entry in domain:
        yield from _links(entry)
    for entry in found:
        if guid_text(entry.raw("objectGUID")):
            yield _unit(entry)
            yield from _links(entry)
            yield from odd_numbers(entry, "gPOptions")
        else:
            yield unshown(entry, "a unit is")
    for entry in sites:
        yield from _links(entry)


def _unit(entry: Entry) -> OrganizationalUnit:
    return OrganizationalUnit(
        at=entry.at(),
        id=entry_id(entry),
        dn=entry.dn,
        name=entry.text("ou") or first_value(entry.dn),
        description=entry.text("description") or "",
        managed_by=entry.text("managedBy"),
        blocks_policies=bool((entry.number("gPOptions") or 0) & _BLOCKS),
    )


def _links(entry: Entry) -> Iterator[PolicyLink | Unreadable]:
    at, raw = entry.at("gPLink"), entry.raw("gPLink")
    if raw is None:
        if not tells_unset(entry):
            yield unshown(entry, "its policies are", "gPLink")
        return
    text = raw[:_MOST_LINKS].decode("utf-8", "replace").strip()
    found = list(_LINK.finditer(text))
    if len(raw) > _MOST_LINKS or _LINK.sub("", text).strip():
        yield Unreadable(at, "links of policies that cannot be read", entry.dn)
    for order, match in enumerate(reversed(found), 1):
        options = int(match[3])
        yield PolicyLink(
            at=at,
            object=entry.dn,
            policy=match[1].upper(),
            order=order,
            is_enforced=bool(options & _ENFORCED),
            is_disabled=bool(options & _DISABLED),
        )
