"""Lists that Graph tells for one object each: members, owners, devices.

Source: Graph reference, resource type directoryObject.
"""

from collections.abc import Callable, Iterator
from itertools import groupby

from collectors.rows import Row, Rows
from inventory.model.evidence import Pointer
from inventory.model.tenant_accounts import TenantObject, TenantOwners

WHO = ("id", "displayName", "userPrincipalName")
Listed = tuple[str, tuple[TenantObject, ...], Pointer]


def object_of(row: Row) -> TenantObject:
    """Return an object as a list names it."""
    name = row.text("userPrincipalName") or row.text("displayName") or ""
    return TenantObject(row.needed("id"), row.type, name)


def by_key(found: Rows, told: Callable[[Row], TenantObject] = object_of) -> Iterator[Listed]:
    """Yield each key that has any, with its objects, sorted, and the place of the first.

    Rows are read one by one: what does not fit in one is noted when the next is wanted.
    """
    for key, rows in groupby(found, lambda row: row.key):
        places = {told(row): row.at() for row in rows}
        yield key, tuple(sorted(places)), next(iter(places.values()))


def owners_of(found: Rows, owned: str) -> Iterator[TenantOwners]:
    """Yield the owners of each object that has any; `owned`: the type of these objects."""
    for key, owners, at in by_key(found):
        yield TenantOwners(at=at, object=key, type=owned, owners=owners)
