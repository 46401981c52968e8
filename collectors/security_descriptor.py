"""Who may do what to an object: security descriptors in self-relative form ([MS-DTYP] 2.4.6).

Every offset and length comes from the answer: each is checked against the bytes that are there. The
part for auditors (SACL) is not read.
"""

import struct
from collections.abc import Iterator

from msgspec import Struct

from collectors.directory_values import guid_text, sid_text
from inventory.errors import ParseError

MOST_BYTES = 1 << 20  # of a descriptor; an access control list has 64 KiB at most

# access rights of directory objects ([MS-ADTS] 5.1.3.2)
CREATE_CHILD, DELETE_CHILD, LIST, SELF, READ, WRITE = 0x1, 0x2, 0x4, 0x8, 0x10, 0x20
DELETE_TREE, LIST_OBJECT, EXTENDED = 0x40, 0x80, 0x100
DELETE, READ_CONTROL, WRITE_DACL, WRITE_OWNER = 0x10000, 0x20000, 0x40000, 0x80000
GENERIC_ALL, GENERIC_WRITE, GENERIC_READ = 0x10000000, 0x40000000, 0x80000000
ALL = 0xF01FF

INHERIT_ONLY, INHERITED = 0x08, 0x10  # ACE flags ([MS-DTYP] 2.4.4.1)
EVERYONE = "S-1-1-0"

_HEADER = struct.Struct("<BBHIIII")
_ACL = struct.Struct("<BBHHH")
_ACE = struct.Struct("<BBH")
_U32 = struct.Struct("<I")
_DACL_PRESENT, _SELF_RELATIVE = 0x0004, 0x8000
_ALLOWED = frozenset((0, 5, 9, 11))
_DENIED = frozenset((1, 6, 10, 12))
_WITH_TYPES = frozenset((5, 6, 11, 12))
_CONDITIONAL = frozenset((9, 10, 11, 12))


class Ace(Struct, frozen=True):
    """One entry of an access control list ([MS-DTYP] 2.4.4)."""

    principal: str  # SID
    mask: int
    flags: int = 0
    on: str = ""  # GUID of an attribute, property set, right or class; empty: all of them
    inherits_to: str = ""  # GUID of a class; empty: all of them
    is_denied: bool = False
    is_conditional: bool = False  # it counts only where a condition holds (callback ACE)

    @property
    def is_inherited(self) -> bool:
        """Return whether it comes from an object above."""
        return bool(self.flags & INHERITED)

    @property
    def is_here(self) -> bool:
        """Return whether it is for the object itself, and not only for those below it."""
        return not self.flags & INHERIT_ONLY


class SecurityDescriptor(Struct, frozen=True):
    """Owner and access control list; `unknown` holds the types of entries that were not read."""

    owner: str | None  # SID; None: it names none
    aces: tuple[Ace, ...]
    is_open: bool = False  # it has no list at all: everybody may do everything
    unknown: tuple[int, ...] = ()


def parse_descriptor(raw: bytes) -> SecurityDescriptor:
    """Return a descriptor; raises ParseError when it is none."""
    if not _HEADER.size <= len(raw) <= MOST_BYTES:
        raise ParseError(f"a security descriptor cannot have {len(raw)} bytes")
    revision, _, control, owner_at, _, _, dacl_at = _HEADER.unpack_from(raw)
    if revision != 1 or not control & _SELF_RELATIVE:
        raise ParseError("not a security descriptor in self-relative form")
    owner = _sid(raw, owner_at, len(raw))[0] if owner_at else None
    if not control & _DACL_PRESENT or not dacl_at:
        return SecurityDescriptor(owner, (), is_open=True)
    found = tuple(_aces(raw, dacl_at))
    return SecurityDescriptor(
        owner,
        tuple(one for one in found if isinstance(one, Ace)),
        unknown=tuple(sorted({one for one in found if isinstance(one, int)})),
    )


def principals(descriptor: SecurityDescriptor) -> tuple[str, ...]:
    """Return the SIDs to which any entry gives something, sorted: for lists that are just that."""
    found = {ace.principal for ace in descriptor.aces if not ace.is_denied and ace.mask}
    return tuple(sorted(found | ({EVERYONE} if descriptor.is_open else set())))


def _aces(raw: bytes, at: int) -> Iterator[Ace | int]:
    """Yield the entries of an access control list; of unknown ones the type ([MS-DTYP] 2.4.5)."""
    if at + _ACL.size > len(raw):
        raise ParseError("the access control list lies outside of the descriptor")
    _, _, size, count, _ = _ACL.unpack_from(raw, at)
    end = at + size
    if end > len(raw):
        raise ParseError("the access control list ends outside of the descriptor")
    at += _ACL.size
    for _ in range(count):
        if at + _ACE.size > end:
            raise ParseError("the access control list is shorter than its entries")
        kind, flags, length = _ACE.unpack_from(raw, at)
        if length < _ACE.size or at + length > end:
            raise ParseError("an entry ends outside of the access control list")
        is_known = kind in _ALLOWED or kind in _DENIED
        yield _ace(raw[at : at + length], kind, flags) if is_known else kind
        at += length


def _ace(raw: bytes, kind: int, flags: int) -> Ace:
    """Return an entry of a known type ([MS-DTYP] 2.4.4.2 to 2.4.4.9)."""
    mask, at = _u32(raw, 4), 8
    on = inherits_to = ""
    if kind in _WITH_TYPES:
        present, at = _u32(raw, at), at + 4
        if present & 1:
            on, at = _guid(raw, at), at + 16
        if present & 2:
            inherits_to, at = _guid(raw, at), at + 16
    principal, _ = _sid(raw, at, len(raw))
    return Ace(principal, mask, flags, on, inherits_to, kind in _DENIED, kind in _CONDITIONAL)


def _u32(raw: bytes, at: int) -> int:
    if at + 4 > len(raw):
        raise ParseError("an entry of the access control list is cut")
    return int(_U32.unpack_from(raw, at)[0])


def _guid(raw: bytes, at: int) -> str:
    found = guid_text(raw[at : at + 16])
    if found is None:
        raise ParseError("a GUID of the access control list is cut")
    return found


def _sid(raw: bytes, at: int, end: int) -> tuple[str, int]:
    """Return the SID at a position, and the position after it ([MS-DTYP] 2.4.2.2)."""
    if at + 8 > end:
        raise ParseError("a SID lies outside of the descriptor")
    after = at + 8 + 4 * raw[at + 1]
    found = sid_text(raw[at:after]) if after <= end else None
    if found is None:
        raise ParseError("a SID of the descriptor is cut, or none")
    return found, after
