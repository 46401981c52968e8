"""Which suffixes a directory that is not Active Directory serves, each as the domain that it is.

The entry of a suffix has an identifier that stays: entryUUID (RFC 4530) or nsUniqueId (389-ds).
"""

from collections.abc import Iterator

from collectors.directory_values import entry_id, generalized_time, unescaped
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory import Domain

SUFFIXES = LdapSearch(
    "suffixes",
    "(objectClass=*)",
    ("entryUUID", "nsUniqueId", "createTimestamp"),
    scope="base",
    dialect="posix",
    empty="gap",
    no_base="gap",
)


@collector("directory.suffixes", asks=[SUFFIXES], tells=[Domain], source="ldap")
def suffixes(found: Entries) -> Iterator[Domain | Unreadable]:
    """Yield each suffix that holds data."""
    for entry in found:
        yield _suffix(entry)
        created = entry.raw("createTimestamp")
        if created is not None and generalized_time(created) is None:
            yield Unreadable(entry.at("createTimestamp"), "createTimestamp is no time", entry.dn)


def _suffix(entry: Entry) -> Domain:
    return Domain(
        at=entry.at(),
        dn=entry.dn,
        dns_name=_dns_name(entry.dn) or entry.dn,
        id=entry_id(entry),
        created=generalized_time(entry.raw("createTimestamp")),
    )


def _dns_name(dn: str) -> str:
    """Return `corp.example` of `dc=corp,dc=example`; empty for names without such parts."""
    parts = (part.partition("=") for part in dn.split(","))
    return ".".join(unescaped(value) for name, _, value in parts if name.strip().lower() == "dc")
