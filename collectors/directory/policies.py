"""Which group policies there are ([MS-GPOL] 2.2.8.1); what they say lies in SYSVOL.

A policy that an ordinary user may not read is shown by its name alone.
"""

from collections.abc import Iterator

from collectors.directory_values import first_value, generalized_time
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import odd_numbers, unshown
from inventory.model.directory_services import GroupPolicy

POLICIES = LdapSearch(
    "policies",
    "(objectClass=*)",
    (
        *("objectClass", "displayName", "versionNumber", "flags", "gPCFileSysPath"),
        *("whenCreated", "whenChanged"),
    ),
    base="CN=Policies,CN=System,{domain}",
    scope="one",
    dialect="ad",
    empty="gap",
    no_base="gap",
)

_USER_OFF, _COMPUTER_OFF = 0x1, 0x2  # flags ([MS-GPOL] 2.2.8.1)


@collector("directory.policies", asks=[POLICIES], tells=[GroupPolicy], source="ldap")
def policies(found: Entries) -> Iterator[GroupPolicy | Unreadable]:
    """Yield each policy with its two versions; one that is shown by its name alone is a gap."""
    for entry in found:
        if entry.has("objectClass") and entry.has("gPCFileSysPath"):
            yield _policy(entry)
            yield from odd_numbers(entry, "versionNumber", "flags")
        else:
            yield unshown(entry, "a policy is")


def _policy(entry: Entry) -> GroupPolicy:
    version, flags = entry.number("versionNumber"), entry.number("flags") or 0
    guid = first_value(entry.dn).upper()
    return GroupPolicy(
        at=entry.at("versionNumber"),
        id=guid,
        dn=entry.dn,
        name=entry.text("displayName") or guid,
        computer_version=None if version is None else version & 0xFFFF,
        user_version=None if version is None else version >> 16 & 0xFFFF,
        is_user_off=bool(flags & _USER_OFF),
        is_computer_off=bool(flags & _COMPUTER_OFF),
        path=entry.text("gPCFileSysPath"),
        created=generalized_time(entry.raw("whenCreated")),
        changed=generalized_time(entry.raw("whenChanged")),
    )
