"""Which principals of other domains are known here, by their SIDs alone."""

from collections.abc import Iterator

from collectors.directory_values import first_value, sid_text
from collectors.entries import Entries
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory_accounts import ForeignPrincipal

PRINCIPALS = LdapSearch(
    "principals", "(objectClass=foreignSecurityPrincipal)", ("objectSid",), dialect="ad"
)


@collector("directory.foreign", asks=[PRINCIPALS], tells=[ForeignPrincipal], source="ldap")
def foreign(found: Entries) -> Iterator[ForeignPrincipal | Unreadable]:
    """Yield foreign principals, well-known ones (Authenticated Users) included.

    Where objectSid is not shown, the name of the entry is the SID.
    """
    for entry in found:
        sid = sid_text(entry.raw("objectSid")) or _named(entry.dn)
        if sid is None:
            yield Unreadable(entry.at("objectSid"), "it shows no SID", entry.dn)
        else:
            yield ForeignPrincipal(at=entry.at(), sid=sid, dn=entry.dn)


def _named(dn: str) -> str | None:
    name = first_value(dn)
    return name if name.startswith("S-1-") else None
