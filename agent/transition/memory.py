"""What the checklist remembers in the journal: ids, boxes, and what people said.

An entry's kind carries the id ("item R-07"), so that an id is never given twice, even when the
body was erased on request.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

import msgspec
from msgspec import Struct

from inventory.errors import StoreError

ITEM, BOXES = "item", "boxes"  # kinds of entries that the checklist writes
MACHINE = "machine"  # the kind of lines about a machine that another has taken the place of
DECLARE, ATTEST, ACCEPT = "declare", "attest", "accept"  # kinds of entries that people write


class BoxMemory(Struct, frozen=True, omit_defaults=True):
    """One place under an item: by what it is found again, and how it was seen last."""

    key: str  # the hold's key, as the journal keeps it
    kind: str  # of the hold
    target: str
    text: str
    subject: str = ""
    slot: str = ""
    collector: str = ""  # that saw it
    parser: int = 0  # version of that collector
    generation: int = 0  # of the machine behind the target
    reader: str = ""  # the account that asked a directory: another one may not be shown it
    needs: tuple[str, ...] = ()  # record kinds that must be read whole to say that it is gone
    proposal: str = ""  # id of the guess that made it theirs
    marks: tuple[tuple[str, str], ...] = ()  # by which it was recognised, where that may change
    beside: tuple[str, ...] = ()  # digests of what else was in the slot
    joined: bool = False  # it filled a slot of the item later
    audit: int = 0  # in which it became known
    seen: int = 0  # time of the audit that saw it last, as far as noted; seconds since 1970 UTC
    gone: int = 0  # the audit that proved it gone; 0: none did


class ItemMemory(Struct, frozen=True):
    """An item as it is remembered."""

    id: str
    key: str = ""  # empty: erased on request
    kind: str = ""  # of the line
    act: str = ""
    subject: str = ""
    audit: int = 0  # in which it was made
    since: int = 0  # time of that audit
    boxes: tuple[BoxMemory, ...] = ()
    unread: tuple[str, ...] = ()  # hosts that could have it too, not read whole when last audited
    is_erased: bool = False  # some or all of it

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the places at which it is due, those that were not read whole included."""
        return tuple(sorted({*(box.target for box in self.boxes), *self.unread}))


class Said(Struct, frozen=True):
    """What a person declared, attested or accepted; from the journal."""

    item: str
    what: str  # "removed", "tested", ...; "accepted"
    by: str
    party: str
    says: str = ""
    files: tuple[str, ...] = ()  # digests of what they handed in
    until: int | None = None  # of an exception
    at: int = 0
    kind: str = DECLARE


class Memory(Struct, frozen=True):
    """All that the journal says of the checklist."""

    items: Mapping[str, ItemMemory] = {}
    said: tuple[Said, ...] = ()
    numbers: Mapping[str, int] = {}  # letter -> highest number ever given

    def of_key(self, key: str) -> ItemMemory | None:
        """Return the item of a line's key."""
        return next((item for item in self.items.values() if item.key == key), None)


class Note(Struct, frozen=True):
    """An entry to be added to the journal: Store.note(kind=..., body=...)."""

    kind: str
    body: Struct


class Noted(Protocol):
    """An entry of the journal, as Store.journal() returns it."""

    @property
    def seq(self) -> int:
        """Return its number."""
        ...

    @property
    def at(self) -> int:
        """Return when it was written, seconds since 1970 UTC."""
        ...

    @property
    def kind(self) -> str:
        """Return its kind."""
        ...

    @property
    def body(self) -> str | None:
        """Return canonical JSON, or None when it was erased."""
        ...


class ItemBody(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The body of `item ID` and of `boxes ID`: what came, and what was seen anew."""

    audit: int
    since: int
    key: str = ""
    line: str = ""
    act: str = ""
    subject: str = ""
    boxes: tuple[BoxMemory, ...] = ()
    unread: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()  # hosts that this audit read whole
    gone: tuple[str, ...] = ()  # keys of boxes that this audit proved gone


class SaidBody(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The body of what a person says."""

    item: str
    what: str
    by: str
    party: str
    says: str = ""
    files: tuple[str, ...] = ()
    until: int | None = None


Body = TypeVar("Body", bound=Struct)


def memory_of(entries: Iterable[Noted], *, upto: int | None = None) -> Memory:
    """Return what the journal says; with `upto`, what it said after that audit.

    Raises StoreError for an entry that cannot be read. One that was erased leaves its id, and an
    item that cannot be told any more.
    """
    memory = Memory()
    for entry in entries:
        memory = _read(memory, entry, upto)
    return memory


def with_notes(memory: Memory, notes: Iterable[Note]) -> Memory:
    """Return the memory as it will be when the notes are in the journal."""
    for note in notes:
        word, _, of = note.kind.partition(" ")
        if isinstance(note.body, ItemBody):
            memory = _item(_counted(memory, of), of, note.body, is_new=word == ITEM)
    return memory


def _read(memory: Memory, entry: Noted, upto: int | None) -> Memory:
    word, _, of = entry.kind.partition(" ")
    if word in (ITEM, BOXES) and of:
        memory = _counted(memory, of)
        if entry.body is None:
            return _erased(memory, of)
        body = _decoded(entry, ItemBody)
        is_late = upto is not None and body.audit > upto
        return memory if is_late else _item(memory, of, body, is_new=word == ITEM)
    if entry.body is None:
        return memory
    if entry.kind in (DECLARE, ATTEST, ACCEPT):
        return _said(memory, entry, _decoded(entry, SaidBody))
    return memory


def _decoded(entry: Noted, kind: type[Body]) -> Body:
    try:
        return msgspec.json.decode(entry.body or "", type=kind)
    except msgspec.DecodeError as err:
        raise StoreError(
            f"journal entry {entry.seq} ({entry.kind}) cannot be read, check with verify: {err}"
        ) from err


def _counted(memory: Memory, of: str) -> Memory:
    letter, _, number = of.partition("-")
    if not number.isdigit() or int(number) <= memory.numbers.get(letter, 0):
        return memory
    numbers = {**memory.numbers, letter: int(number)}
    return msgspec.structs.replace(memory, numbers=numbers)


def _erased(memory: Memory, of: str) -> Memory:
    known = memory.items.get(of, ItemMemory(of))
    return _with(memory, msgspec.structs.replace(known, is_erased=True))


def _item(memory: Memory, of: str, body: ItemBody, *, is_new: bool) -> Memory:
    known = memory.items.get(of, ItemMemory(of, is_erased=not is_new))
    if is_new:
        known = msgspec.structs.replace(
            known,
            key=body.key,
            kind=body.line,
            act=body.act,
            subject=body.subject,
            audit=body.audit,
            since=body.since,
        )
    boxes = {box.key: box for box in (*known.boxes, *body.boxes)}
    for key in body.gone:
        if key in boxes:
            boxes[key] = msgspec.structs.replace(boxes[key], gone=body.audit)
    unread = dict.fromkeys((*known.unread, *body.unread))
    left = tuple(name for name in unread if name not in body.cleared)
    known = msgspec.structs.replace(known, boxes=tuple(boxes.values()), unread=left)
    return _with(memory, known)


def _said(memory: Memory, entry: Noted, body: SaidBody) -> Memory:
    said = Said(**msgspec.structs.asdict(body), at=entry.at, kind=entry.kind)
    return msgspec.structs.replace(memory, said=(*memory.said, said))


def _with(memory: Memory, item: ItemMemory) -> Memory:
    return msgspec.structs.replace(memory, items={**memory.items, item.id: item})
