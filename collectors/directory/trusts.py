"""Which other domains and realms are trusted, or trust this one ([MS-ADTS] 6.1.6.7)."""

from collections.abc import Iterator

from collectors.directory_values import generalized_time, sid_text
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import odd_numbers, unshown
from inventory.model.directory import Trust

# The RID Manager$ lies beside the trusts in every domain, and every user is shown it: whoever does
# not see it may not be shown the trusts either.
TRUSTS = LdapSearch(
    "trusts",
    "(|(objectClass=trustedDomain)(objectClass=rIDManager))",
    (
        *(
            "objectClass",
            "trustPartner",
            "flatName",
            "securityIdentifier",
            "trustDirection",
            "trustType",
        ),
        *("trustAttributes", "whenCreated", "whenChanged"),
    ),
    base="CN=System,{domain}",
    dialect="ad",
    empty="gap",
    no_base="gap",
)

_BESIDE = b"ridmanager"
DIRECTIONS = {0: "disabled", 1: "in", 2: "out", 3: "both"}  # [MS-ADTS] 6.1.6.7.12
TYPES = {  # [MS-ADTS] 6.1.6.7.15
    1: "Windows NT",
    2: "Active Directory",
    3: "MIT Kerberos",
    4: "DCE",
    5: "Entra",
}
ATTRIBUTES = {  # [MS-ADTS] 6.1.6.7.9
    0x1: "not transitive",
    0x2: "Windows 2000 and later only",
    0x4: "quarantined",
    0x8: "forest transitive",
    0x10: "selective authentication",
    0x20: "within forest",
    0x40: "treated as external",
    0x80: "RC4",
    0x200: "no TGT delegation",
    0x400: "privileged identity management",
    0x800: "TGT delegation",
    0x1000: "no check of targets",
}


@collector("directory.trusts", asks=[TRUSTS], tells=[Trust], source="ldap")
def trusts(found: Entries) -> Iterator[Trust | Unreadable]:
    """Yield each trust with its direction, type and attributes."""
    for entry in found:
        if any(name.lower() == _BESIDE for name in entry.raws("objectClass")):
            continue
        partner, direction = entry.text("trustPartner"), entry.number("trustDirection")
        if not partner or direction not in DIRECTIONS:
            yield _unreadable(entry)
        else:
            yield _trust(entry, partner, DIRECTIONS[direction])
            yield from odd_numbers(entry, "trustType", "trustAttributes")


def _unreadable(entry: Entry) -> Unreadable:
    if not (entry.has("trustPartner") and entry.has("trustDirection")):
        return unshown(entry, "a trust is", "trustDirection")
    return Unreadable(entry.at("trustDirection"), "a trust without a direction", entry.dn)


def _trust(entry: Entry, partner: str, direction: str) -> Trust:
    kind = entry.number("trustType")
    return Trust(
        at=entry.at("trustPartner"),
        partner=partner,
        flat_name=entry.text("flatName"),
        sid=sid_text(entry.raw("securityIdentifier")),
        direction=direction,
        type=TYPES.get(kind, str(kind)) if kind is not None else "unknown",
        attributes=_attributes(entry.number("trustAttributes") or 0),
        created=generalized_time(entry.raw("whenCreated")),
        changed=generalized_time(entry.raw("whenChanged")),
    )


def _attributes(bits: int) -> tuple[str, ...]:
    """Return the names of the bits that are set, sorted; of unknown ones the number."""
    bits &= 0xFFFF_FFFF
    known = [name for bit, name in ATTRIBUTES.items() if bits & bit]
    rest = bits & ~sum(ATTRIBUTES)
    return tuple(sorted([*known, *([f"0x{rest:x}"] if rest else [])]))
