"""Which groups Active Directory has, and who is directly in them.

Groups and members are two readings: a list of members that breaks off hides members of that group
and no group. `memberOf` is never asked: it leaves out primary groups and other domains.
"""

from collections.abc import Iterator

from collectors.directory_texts import secrets
from collectors.directory_values import (
    entry_id,
    first_value,
    generalized_time,
    sid_text,
    strange,
    texts,
)
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory_accounts import DirectoryGroup, DirectoryMembers, DirectorySecret

# Every domain has some: an answer without any was not shown what there is.
_GROUPS = "(objectCategory=group)"
GROUPS = LdapSearch(
    "groups",
    _GROUPS,
    (
        "objectGUID",
        "objectSid",
        "sAMAccountName",
        "groupType",
        "description",
        "info",
        "comment",
        "mail",
        "managedBy",
        "adminCount",
        "whenCreated",
        "gidNumber",
    ),
    dialect="ad",
    empty="gap",
)
MEMBERS = LdapSearch(
    "members", _GROUPS, ("objectGUID", "member", "memberUid"), dialect="ad", empty="gap"
)

_SECURITY = 0x8000_0000  # groupType ([MS-ADTS] 2.2.12)
_SCOPES = ((0x1, "builtin"), (0x2, "global"), (0x4, "domain local"), (0x8, "universal"))


@collector(
    "directory.groups", asks=[GROUPS], tells=[DirectoryGroup, DirectorySecret], source="ldap"
)
def groups(found: Entries) -> Iterator[DirectoryGroup | DirectorySecret | Unreadable]:
    """Yield groups, and where secrets stand in their texts.

    Every group has a groupType; one that does not show it is taken for one that gives rights.
    """
    for entry in found:
        kind = entry.number("groupType")
        group = _group(entry, kind)
        yield group
        yield from secrets(entry)
        read = ("grouptype", kind), ("objectsid", group.sid), ("whencreated", group.created)
        for name in strange(entry.values, (), read):
            yield Unreadable(entry.at(name), "its value cannot be read", entry.dn)


def _group(entry: Entry, kind: int | None) -> DirectoryGroup:
    bits = 0 if kind is None else kind & 0xFFFF_FFFF
    return DirectoryGroup(
        at=entry.at(),
        id=entry_id(entry),
        dn=entry.dn,
        name=entry.text("sAMAccountName") or first_value(entry.dn),
        sid=sid_text(entry.raw("objectSid")),
        scope=next((name for bit, name in _SCOPES if bits & bit), ""),
        is_security=kind is None or bool(bits & _SECURITY),
        description=entry.text("description") or "",
        mail=entry.text("mail"),
        managed_by=entry.text("managedBy"),
        is_protected=entry.number("adminCount") == 1,
        created=generalized_time(entry.raw("whenCreated")),
        gid_number=entry.number("gidNumber"),
    )


@collector("directory.members", asks=[MEMBERS], tells=[DirectoryMembers], source="ldap")
def members(found: Entries) -> Iterator[DirectoryMembers | Unreadable]:
    """Yield the direct members of every group; those of a primary group stand at the accounts.

    A group without `member` has none: by default whoever sees a group sees its members. One whose
    members are hidden by a right of its own looks the same; the directory does not tell.
    """
    for entry in found:
        yield DirectoryMembers(
            at=entry.at("member"),
            group=entry_id(entry),
            dn=entry.dn,
            members=texts(entry.values, "member"),
            names=texts(entry.values, "memberuid"),
        )
