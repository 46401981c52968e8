"""Who holds the operations master roles (fSMORoleOwner, [MS-ADTS] 3.1.1.1.11)."""

from collections.abc import Iterator

from collectors.directory_values import first_value, parent_dn
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import unshown
from inventory.model.directory import RoleHolder

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
        name = _undeleted(first_value(parent_dn(owner))) if owner else ""
        if owner is None:
            yield unshown(entry, f"who holds the role {role} is", "fSMORoleOwner", part=role)
        elif not name:
            yield Unreadable(entry.at("fSMORoleOwner"), "a holder that is no server", role)
        else:
            yield _holder(role, name, owner, entry)


def _holder(role: str, name: str, owner: str, entry: Entry) -> RoleHolder:
    """Return the server above `CN=NTDS Settings,CN=DC1,CN=Servers,...`."""
    return RoleHolder(
        at=entry.at("fSMORoleOwner"),
        role=role,
        holder=name,
        is_deleted=_DELETED in owner.lower(),
    )


def _undeleted(name: str) -> str:
    r"""Return `DC1` of `DC1\0ADEL:1f0c...`."""
    at = name.lower().find(_DELETED)
    return name[:at] if at >= 0 else name
