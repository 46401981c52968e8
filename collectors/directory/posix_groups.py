"""Which groups OpenLDAP, 389-ds or FreeIPA have, and who is directly in them.

Sources: RFC 2307 (posixGroup), RFC 4519 (groupOfNames, groupOfUniqueNames), the FreeIPA schema.
"""

import re
from collections.abc import Iterator

from collectors.directory_texts import secrets
from collectors.directory_values import entry_id, first_value, generalized_time, is_copy, texts
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import RIGHT
from inventory.model.directory_accounts import DirectoryGroup, DirectoryMembers, DirectorySecret
from inventory.model.evidence import Pointer, Why

_GROUPS = (
    "(|(objectClass=posixGroup)(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)"
    "(objectClass=groupOfMembers)(objectClass=ipaUserGroup)(objectClass=groupOfURLs))"
)
# Whoever keeps accounts keeps groups: an answer without any was not shown what there is.
_IDS = ("entryUUID", "nsUniqueId", "ipaUniqueID")
_MEMBERS = ("member", "uniqueMember", "memberUid", "memberURL")
GROUPS = LdapSearch(
    "groups",
    _GROUPS,
    (*_IDS, "cn", "gidNumber", "description", "mail", "owner", "createTimestamp"),
    dialect="posix",
    empty="gap",
)
MEMBERS = LdapSearch(
    "members",
    _GROUPS,
    (*_IDS, *_MEMBERS),
    dialect="posix",
    empty="gap",
)

_UID_PART = re.compile(r"#'[01]*'B$")  # of a uniqueMember (RFC 4517 section 3.3.21)


@collector(
    "directory.posix_groups", asks=[GROUPS], tells=[DirectoryGroup, DirectorySecret], source="ldap"
)
def posix_groups(found: Entries) -> Iterator[DirectoryGroup | DirectorySecret | Unreadable]:
    """Yield groups, roles and privileges, and where secrets stand in their texts."""
    for entry in found:
        if not is_copy(entry):
            yield _group(entry)
            yield from secrets(entry, ("description",))


def _group(entry: Entry) -> DirectoryGroup:
    return DirectoryGroup(
        at=entry.at(),
        id=entry_id(entry),
        dn=entry.dn,
        name=entry.text("cn") or first_value(entry.dn),
        description=entry.text("description") or "",
        mail=entry.text("mail"),
        managed_by=entry.text("owner"),
        created=generalized_time(entry.raw("createTimestamp")),
        gid_number=entry.number("gidNumber"),
    )


@collector("directory.posix_members", asks=[MEMBERS], tells=[DirectoryMembers], source="ldap")
def posix_members(found: Entries) -> Iterator[DirectoryMembers | Unreadable]:
    """Yield the direct members of every group, by DN and by login name.

    The server works out the members of a group that is defined by a search (memberURL): they are
    not listed, and stay unknown. A group that shows no member is told to have none, unless not one
    group shows any: then a right may be missing.
    """
    groups = shown = 0
    for entry in found:
        if is_copy(entry):
            continue
        groups, shown = groups + 1, shown + any(map(entry.has, _MEMBERS))
        unique = (_UID_PART.sub("", name) for name in texts(entry.values, "uniquemember"))
        yield DirectoryMembers(
            at=entry.at(),
            group=entry_id(entry),
            dn=entry.dn,
            members=tuple(sorted({*texts(entry.values, "member"), *unique} - {""})),
            names=texts(entry.values, "memberuid"),
        )
        if entry.has("memberURL"):
            detail = "its members are what a search finds, and are not listed"
            yield Unreadable(entry.at("memberURL"), detail, entry.dn, cure="report")
    if groups and not shown:
        detail = f"{groups} groups, and none shows a member"
        yield Unreadable(Pointer(found.ask), detail, why=Why.DENIED, cure=RIGHT)
