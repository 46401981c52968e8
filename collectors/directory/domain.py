"""Which domain this is, and which partitions its forest has ([MS-ADTS] 6.1.1.2.1, 6.1.4)."""

from collections.abc import Iterator

from collectors.directory_values import entry_id, generalized_time, sid_text, unescaped
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import odd_numbers, unshown
from inventory.model.directory import Domain, DomainPartition

PARTITIONS = LdapSearch(
    "partitions",
    "(|(objectClass=crossRef)(objectClass=crossRefContainer))",
    (
        *("objectClass", "nCName", "dnsRoot", "nETBIOSName", "systemFlags", "trustParent"),
        *("rootTrust", "msDS-Behavior-Version", "msDS-NC-Replica-Locations"),
    ),
    base="CN=Partitions,{configuration}",
    dialect="ad",
    empty="gap",
    no_base="gap",
)
DOMAIN = LdapSearch(
    "domain",
    "(objectClass=*)",
    (
        *("objectGUID", "objectSid", "msDS-Behavior-Version", "ms-DS-MachineAccountQuota"),
        *("whenCreated", "dc"),
    ),
    scope="base",
    dialect="ad",
    empty="gap",
    no_base="gap",
)
SERVED = LdapSearch(
    "served",
    "(objectClass=*)",
    ("namingContexts",),
    base="",
    scope="base",
    needs="anyone",
    dialect="ad",
    empty="gap",
    no_base="gap",
)

_IS_DOMAIN = 0x2  # of systemFlags: FLAG_CR_NTDS_DOMAIN ([MS-ADTS] 2.2.10)


@collector(
    "directory.domain",
    asks=[SERVED, PARTITIONS, DOMAIN],
    tells=[Domain, DomainPartition],
    source="ldap",
)
def domain(
    served: Entries, partitions: Entries, found: Entries
) -> Iterator[Domain | DomainPartition | Unreadable]:
    """Yield the partitions of the forest, and the domain with what its partition says of it."""
    here = {dn.lower() for entry in served for dn in entry.texts("namingContexts")}
    crosses: dict[str, Entry] = {}
    forest_level: int | None = None
    for entry in partitions:
        if dn := entry.text("nCName"):
            crosses[dn.lower()] = entry
            if here:  # else it is not known which of them the server has
                yield _partition(entry, dn, dn.lower() in here)
            yield from odd_numbers(entry, "systemFlags")
        elif b"crossRefContainer" in entry.raws("objectClass"):
            forest_level = entry.number("msDS-Behavior-Version")
        else:
            yield unshown(entry, "a partition that is", "nCName")
    for entry in found:
        if sid_text(entry.raw("objectSid")):
            yield _domain(entry, crosses, forest_level)
            yield from odd_numbers(entry, "msDS-Behavior-Version", "ms-DS-MachineAccountQuota")
        else:
            yield unshown(entry, "the domain's own entry is", "objectSid")


def _partition(entry: Entry, dn: str, is_here: bool) -> DomainPartition:
    return DomainPartition(
        at=entry.at("nCName"),
        dn=dn,
        dns_name=entry.text("dnsRoot"),
        netbios=entry.text("nETBIOSName"),
        is_domain=bool((entry.number("systemFlags") or 0) & _IS_DOMAIN),
        is_here=is_here,
    )


def _domain(entry: Entry, crosses: dict[str, Entry], forest_level: int | None) -> Domain:
    cross = crosses.get(entry.dn.lower())
    return Domain(
        at=entry.at(),
        dn=entry.dn,
        dns_name=(cross.text("dnsRoot") if cross else None) or _dns_name(entry.dn),
        netbios=cross.text("nETBIOSName") if cross else None,
        sid=sid_text(entry.raw("objectSid")),
        id=entry_id(entry),
        forest=_forest(crosses),
        level=entry.number("msDS-Behavior-Version"),
        forest_level=forest_level,
        machine_quota=entry.number("ms-DS-MachineAccountQuota"),
        created=generalized_time(entry.raw("whenCreated")),
    )


def _forest(crosses: dict[str, Entry]) -> str | None:
    """Return the name of the one domain that is below no other, and no tree beside another."""
    roots = [
        cross.text("dnsRoot")
        for cross in crosses.values()
        if (cross.number("systemFlags") or 0) & _IS_DOMAIN
        and not (cross.has("trustParent") or cross.has("rootTrust"))
    ]
    return roots[0] if len(roots) == 1 else None


def _dns_name(dn: str) -> str:
    """Return `corp.example` of `DC=corp,DC=example`."""
    parts = (part.partition("=") for part in dn.split(","))
    return ".".join(unescaped(value) for name, _, value in parts if name.strip().upper() == "DC")
