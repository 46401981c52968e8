"""Who may act as anybody towards an account: resource-based delegation ([MS-SFU] 1.3.4).

msDS-AllowedToActOnBehalfOfOtherIdentity holds a security descriptor; whoever has any right in it
is let through ([MS-KILE] 3.3.5.7.8).
"""

from collections.abc import Iterator

from collectors.directory_values import entry_id
from collectors.entries import Entries, Entry
from collectors.granted_rights import let_through
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import unshown
from inventory.model.directory_rights import ResourceDelegation

_ATTRIBUTE = "msDS-AllowedToActOnBehalfOfOtherIdentity"
ACCOUNTS = LdapSearch(
    "accounts", f"({_ATTRIBUTE}=*)", ("objectGUID", _ATTRIBUTE), dialect="ad", no_base="gap"
)


@collector(
    "directory.resource_delegation", asks=[ACCOUNTS], tells=[ResourceDelegation], source="ldap"
)
def resource_delegation(found: Entries) -> Iterator[ResourceDelegation | Unreadable]:
    """Yield each principal that an account lets act as others."""
    for entry in found:
        yield from _of(entry)


def _of(entry: Entry) -> Iterator[ResourceDelegation | Unreadable]:
    account, at = entry_id(entry), entry.at(_ATTRIBUTE)
    if entry.raw(_ATTRIBUTE) is None:
        yield unshown(entry, "who may act as others towards it is", _ATTRIBUTE, part=account)
        return
    for told in let_through(entry, _ATTRIBUTE, account):
        if isinstance(told, Unreadable):
            yield told
        else:
            yield ResourceDelegation(at=at, account=account, principal=told)
