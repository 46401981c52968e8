"""Which entries of a security descriptor give power, as records: what a right to read gives is not.

The names are those of [MS-ADTS] 5.1.3.2. An entry with several rights is one record.
"""

from collections.abc import Iterator, Mapping

from collectors.directory_guids import CLASSES, right_name
from collectors.entries import Entry
from collectors.security_descriptor import (
    ALL,
    CREATE_CHILD,
    DELETE,
    DELETE_CHILD,
    DELETE_TREE,
    EVERYONE,
    EXTENDED,
    GENERIC_ALL,
    GENERIC_WRITE,
    SELF,
    WRITE,
    WRITE_DACL,
    WRITE_OWNER,
    Ace,
    SecurityDescriptor,
    parse_descriptor,
    principals,
)
from collectors.spec import Unreadable
from collectors.unshown import unshown
from inventory.errors import ParseError
from inventory.model.directory_rights import DirectoryRight
from inventory.model.evidence import Pointer

_NO_NAMES: Mapping[str, str] = {}
DESCRIPTOR = "nTSecurityDescriptor"
_NAMES = {
    CREATE_CHILD: "create child",
    DELETE_CHILD: "delete child",
    SELF: "validated write",
    WRITE: "write",
    DELETE_TREE: "delete tree",
    EXTENDED: "extended",
    DELETE: "delete",
    WRITE_DACL: "write dacl",
    WRITE_OWNER: "write owner",
}
_GENERIC = ((GENERIC_ALL, ALL), (GENERIC_WRITE, SELF | WRITE))

Told = DirectoryRight | Unreadable


def granted(entry: Entry, kind: str, names: Mapping[str, str] = _NO_NAMES) -> Iterator[Told]:
    """Yield what the entry's descriptor gives; that it was not shown, or cannot be read.

    `names` tells attributes that have another GUID in each forest.
    """
    raw, at = entry.raw(DESCRIPTOR), entry.at(DESCRIPTOR)
    if raw is None:
        yield unshown(entry, "its security descriptor is", DESCRIPTOR)
        return
    try:
        descriptor = parse_descriptor(raw)
    except ParseError as err:
        yield Unreadable(at, str(err), entry.dn)
        return
    yield from _rights(descriptor, entry.dn, kind, at, names)
    if descriptor.unknown:
        kinds = ", ".join(map(str, descriptor.unknown))
        yield Unreadable(at, f"entries of unknown types ({kinds}) in its access list", entry.dn)


def let_through(entry: Entry, attribute: str, part: str) -> Iterator[str | Unreadable]:
    """Yield each principal that the descriptor in an attribute lets through, and what hides one."""
    try:
        descriptor = parse_descriptor(entry.raw(attribute) or b"")
    except ParseError as err:
        yield Unreadable(entry.at(attribute), str(err), part)
        return
    yield from principals(descriptor)
    if descriptor.unknown:
        detail = "entries of unknown types in its access list"
        yield Unreadable(entry.at(attribute), detail, part)


def _rights(
    descriptor: SecurityDescriptor, dn: str, kind: str, at: Pointer, names: Mapping[str, str]
) -> Iterator[DirectoryRight]:
    if descriptor.owner:
        owner = descriptor.owner
        yield DirectoryRight(object=dn, type=kind, principal=owner, rights=("owner",), at=at)
    if descriptor.is_open:
        yield DirectoryRight(object=dn, type=kind, principal=EVERYONE, rights=("all",), at=at)
    for ace in descriptor.aces:
        if rights := power(ace.mask):
            yield _right(ace, rights, dn, kind, at, names)


def _right(
    ace: Ace, rights: tuple[str, ...], dn: str, kind: str, at: Pointer, names: Mapping[str, str]
) -> DirectoryRight:
    return DirectoryRight(
        at=at,
        object=dn,
        type=kind,
        principal=ace.principal,
        rights=rights,
        on=_subject(ace, names),
        inherits_to=CLASSES.get(ace.inherits_to, ace.inherits_to),
        is_inherited=ace.is_inherited,
        is_denied=ace.is_denied,
        is_here=ace.is_here,
        is_conditional=ace.is_conditional,
    )


def _subject(ace: Ace, names: Mapping[str, str]) -> str:
    """Return the name of what the entry is about; empty: everything."""
    if not ace.on:
        return ""
    is_extended, is_validated = bool(ace.mask & EXTENDED), bool(ace.mask & SELF)
    return names.get(ace.on) or right_name(ace.on, extended=is_extended, validated=is_validated)


def power(mask: int) -> tuple[str, ...]:
    """Return the names of the rights that change something; empty: it only lets read."""
    for generic, meant in _GENERIC:
        mask |= meant if mask & generic else 0
    if mask & ALL == ALL:
        return ("all",)
    return tuple(name for bit, name in _NAMES.items() if mask & bit)
