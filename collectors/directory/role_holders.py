"""Who holds the operations master roles (fSMORoleOwner, [MS-ADTS] 3.1.1.1.11)."""

from collections.abc import Iterator

from collectors.directory_values import first_value, parent_dn
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory import RoleHolder
from inventory.model.evidence import Why

_DELETED = "\\0adel:"  # stands in the name of what was deleted ([MS-ADTS] 3.1.1.5.5)


def _ask(name: str, base: str) -> LdapSearch:
    return LdapSearch(
        name,
        "(objectClass=*)",
        ("fSMORoleOwner",),
        base=base,
        scope="base",
        dialect="ad",
        empty="gap",
        no_base="gap",
    )


PDC = _ask("pdc", "{domain}")
RID = _ask("rid", "CN=RID Manager$,CN=System,{domain}")
INFRASTRUCTURE = _ask("infrastructure", "CN=Infrastructure,{domain}")
NAMING = _ask("naming", "CN=Partitions,{configuration}")
SCHEMA = _ask("schema", "{schema}")


@collector(
    "directory.role_holders",
    asks=[PDC, RID, INFRASTRUCTURE, NAMING, SCHEMA],
    tells=[RoleHolder],
    source="ldap",
)
def role_holders(
    pdc: Entries, rid: Entries, infrastructure: Entries, naming: Entries, schema: Entries
) -> Iterator[RoleHolder | Unreadable]:
    """Yield who holds each of the five roles; one that was deleted is told as deleted."""
    yield from _holders("PDC emulator", pdc)
    yield from _holders("RID", rid)
    yield from _holders("infrastructure", infrastructure)
    yield from _holders("domain naming", naming)
    yield from _holders("schema", schema)


def _holders(role: str, found: Entries) -> Iterator[RoleHolder | Unreadable]:
    for entry in found:
        owner = entry.text("fSMORoleOwner")
        if owner is None:
            at = entry.at("fSMORoleOwner")
            yield Unreadable(at, f"who holds the role {role} is not shown", role, Why.DENIED)
        else:
            yield _holder(role, owner, entry)


def _holder(role: str, owner: str, entry: Entry) -> RoleHolder:
    """Return the server above `CN=NTDS Settings,CN=DC1,CN=Servers,...`."""
    name = first_value(parent_dn(owner))
    return RoleHolder(
        at=entry.at("fSMORoleOwner"),
        role=role,
        holder=_undeleted(name) or None,
        is_deleted=_DELETED in owner.lower(),
    )


def _undeleted(name: str) -> str:
    r"""Return `DC1` of `DC1\0ADEL:1f0c...`."""
    at = name.lower().find(_DELETED)
    return name[:at] if at >= 0 else name
