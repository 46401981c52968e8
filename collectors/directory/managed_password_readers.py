"""Who may read the password of a managed service account (msDS-GroupMSAMembership, [MS-ADA2])."""

from collections.abc import Iterator

from collectors.directory_values import entry_id
from collectors.entries import Entries, Entry
from collectors.granted_rights import let_through
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import tells_unset, unshown
from inventory.model.directory_rights import ManagedPasswordReader

_ATTRIBUTE = "msDS-GroupMSAMembership"
ACCOUNTS = LdapSearch(
    "accounts",
    "(|(objectClass=msDS-GroupManagedServiceAccount)"
    "(objectClass=msDS-DelegatedManagedServiceAccount))",
    ("objectGUID", "instanceType", _ATTRIBUTE),
    dialect="ad",
    no_base="gap",
)


@collector(
    "directory.managed_password_readers",
    asks=[ACCOUNTS],
    tells=[ManagedPasswordReader],
    source="ldap",
)
def managed_password_readers(found: Entries) -> Iterator[ManagedPasswordReader | Unreadable]:
    """Yield each principal that may read an account's password."""
    for entry in found:
        yield from _of(entry)


def _of(entry: Entry) -> Iterator[ManagedPasswordReader | Unreadable]:
    account, at = entry_id(entry), entry.at(_ATTRIBUTE)
    if entry.raw(_ATTRIBUTE) is None:
        if not tells_unset(entry):
            yield unshown(entry, "who may read its password is", _ATTRIBUTE, part=account)
        return
    for told in let_through(entry, _ATTRIBUTE, account):
        if isinstance(told, Unreadable):
            yield told
        else:
            yield ManagedPasswordReader(at=at, account=account, principal=told)
