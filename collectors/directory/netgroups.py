"""Which netgroups a directory has: lists of hosts and users that sudo and access rules name.

Source: RFC 2307 section 5.2 (nisNetgroup).
"""

from collections.abc import Iterator

from collectors.directory_values import first_value
from collectors.entries import Entries
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory_accounts import Netgroup

NETGROUPS = LdapSearch(
    "netgroups",
    "(objectClass=nisNetgroup)",
    ("cn", "nisNetgroupTriple", "memberNisNetgroup"),
)


@collector("directory.netgroups", asks=[NETGROUPS], tells=[Netgroup], source="ldap")
def netgroups(found: Entries) -> Iterator[Netgroup | Unreadable]:
    """Yield netgroups with their triples as written, `(host,user,domain)`, and those in them.

    FreeIPA shows its own netgroups in this form as well (schema compat), unless that is off.
    """
    for entry in found:
        yield Netgroup(
            at=entry.at(),
            name=entry.text("cn") or first_value(entry.dn),
            triples=entry.texts("nisNetgroupTriple"),
            members=entry.texts("memberNisNetgroup"),
        )
