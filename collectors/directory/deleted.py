"""What was deleted lately and is still kept by Active Directory ([MS-ADTS] 3.1.1.1.9)."""

from collections.abc import Iterator

from collectors.directory_values import entry_id, first_value, generalized_time, sid_text, strange
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory_accounts import DeletedObject

# An empty answer proves nothing: the container of what was deleted is hidden from most.
DELETED = LdapSearch(
    "deleted",
    "(&(isDeleted=TRUE)(|(objectClass=user)(objectClass=group)(objectClass=contact)"
    "(objectClass=organizationalUnit)(objectClass=groupPolicyContainer)"
    "(objectClass=trustedDomain)))",
    (
        "objectGUID",
        "objectSid",
        "objectClass",
        "sAMAccountName",
        "msDS-LastKnownRDN",
        "lastKnownParent",
        "whenChanged",
    ),
    dialect="ad",
    needs="the deleted objects",
    empty="gap",
    deleted=True,
)

# By class, the most special one first: a computer is a user, too.
_TYPES = (
    (b"msds-groupmanagedserviceaccount", "gMSA"),
    (b"computer", "computer"),
    (b"user", "user"),
    (b"group", "group"),
    (b"contact", "contact"),
    (b"organizationalunit", "OU"),
    (b"grouppolicycontainer", "policy"),
    (b"trusteddomain", "trust"),
)


@collector("directory.deleted", asks=[DELETED], tells=[DeletedObject], source="ldap")
def deleted(found: Entries) -> Iterator[DeletedObject | Unreadable]:
    """Yield deleted accounts, computers, groups, OUs, policies and trusts.

    The time is that of the last change on this controller: the deletion, or what came after it.
    """
    for entry in found:
        one = _deleted(entry)
        yield one
        for name in strange(entry.values, (), (("whenchanged", one.when), ("objectsid", one.sid))):
            yield Unreadable(entry.at(name), "its value cannot be read", entry.dn)


def _deleted(entry: Entry) -> DeletedObject:
    return DeletedObject(
        at=entry.at(),
        id=entry_id(entry),
        name=_name(entry),
        type=_type(entry),
        sid=sid_text(entry.raw("objectSid")),
        parent=entry.text("lastKnownParent"),
        when=generalized_time(entry.raw("whenChanged")),
    )


def _name(entry: Entry) -> str:
    r"""Return the name it had: the DN of a deleted entry is `CN=Alice\0ADEL:<GUID>,...`."""
    told = entry.text("sAMAccountName") or entry.text("msDS-LastKnownRDN")
    return told or first_value(entry.dn).partition("\\0A")[0].partition("\\x0a")[0]


def _type(entry: Entry) -> str:
    classes = {name.lower() for name in entry.raws("objectClass")}
    return next((name for written, name in _TYPES if written in classes), "other")
