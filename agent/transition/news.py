"""What an audit adds to the memory of the checklist: new lines, new boxes, what is proved gone."""

from collections.abc import Iterator, Mapping

import msgspec

from agent.judge.judgement import Judgement
from agent.judge.matching import of_role
from agent.transition.elsewhere import unread
from agent.transition.item import ItemVerdict
from agent.transition.items.all import LETTERS, LINE_KINDS, OF_HOLD, LineKind
from agent.transition.machines import attested
from agent.transition.memory import (
    BOXES,
    ITEM,
    BoxMemory,
    ItemBody,
    ItemMemory,
    Memory,
    Note,
    Said,
)
from agent.transition.present import Present, refreshed
from agent.transition.renewal import dated
from agent.transition.subjects import Line, claims, lines, replacements
from inventory.model.party import Role


def news(
    judgement: Judgement, memory: Memory, *, parsers: Mapping[str, int], audited: int
) -> tuple[Note, ...]:
    """Return the entries that a newly sealed audit adds to the journal, in their order.

    `parsers`: version of each collector that read it. `audited`: when it began, seconds since
    1970 UTC. An audit that shows nothing new adds nothing.
    """
    return notes(Present(judgement, parsers, audited, attested(memory)), memory)


def notes(present: Present, memory: Memory) -> tuple[Note, ...]:
    """Return the entries that an audit adds."""
    joined: dict[str, list[BoxMemory]] = {}
    for of, box in replacements(present, memory):
        joined.setdefault(of, []).append(box)
    filling = {box.key for boxes in joined.values() for box in boxes}
    seen = lines(present, filling | set(claims(memory)))
    known = {item.key: item for item in memory.items.values() if item.key}
    numbers = dict(memory.numbers)
    found: list[Note] = []
    for line in seen:
        if line.key not in known:
            letter = LETTERS[line.kind.act]
            numbers[letter] = numbers.get(letter, 0) + 1
            found.append(_new(present, line, f"{letter}-{numbers[letter]:02d}"))
    by_key = {line.key: line for line in seen}
    for item in memory.items.values():
        if item.kind in LINE_KINDS:
            more = by_key[item.key].boxes if item.key in by_key else ()
            boxes = (*more, *joined.get(item.id, ()))
            found.extend(_changes(present, memory, item, boxes))
    return tuple(found)


def _new(present: Present, line: Line, given: str) -> Note:
    body = ItemBody(
        audit=present.audit,
        since=present.audited,
        key=line.key,
        line=line.kind.name,
        act=line.kind.act.value,
        subject=line.subject,
        boxes=line.boxes,
        unread=unread(present, line.kind, line.boxes),
    )
    return Note(f"{ITEM} {given}", body)


def _changes(
    present: Present, memory: Memory, item: ItemMemory, seen: tuple[BoxMemory, ...]
) -> Iterator[Note]:
    """Yield what is new of an item that is known."""
    kind, own = LINE_KINDS[item.kind], {box.key for box in item.boxes}
    new = [box for box in seen if box.key not in own]
    said = [one for one in memory.said if one.item == item.id]
    shown = {box.key: box for box in seen}
    again = [_again(present, box, said) or dated(box, shown.get(box.key)) for box in item.boxes]
    boxes = (*new, *(box for box in again if box is not None))
    gone = tuple(box.key for box in item.boxes if _is_newly_gone(present, kind, box))
    hidden = unread(present, kind, (*item.boxes, *new))
    lost = frozenset(item.unread) - frozenset(present.hosts)  # nobody can read them any more
    cleared = tuple(name for name in item.unread if name not in hidden and name not in lost)
    more = tuple(name for name in hidden if name not in item.unread)
    if boxes or more or cleared or gone:
        body = ItemBody(
            audit=present.audit,
            since=present.audited,
            boxes=boxes,
            unread=more,
            cleared=cleared,
            gone=gone,
        )
        yield Note(f"{BOXES} {item.id}", body)


def _is_newly_gone(present: Present, kind: LineKind, box: BoxMemory) -> bool:
    """Return whether this audit is the first to prove that a hold is gone."""
    if box.gone or box.kind not in OF_HOLD or box.key in present.judged:
        return False
    return kind.proof.decide(present, box).verdict is ItemVerdict.DONE


def _again(present: Present, box: BoxMemory, said: list[Said]) -> BoxMemory | None:
    """Return the box as it is to be remembered from now on; None when nothing changed."""
    one, hold = present.judged.get(box.key), present.hold(box.key)
    if one is None or hold is None or one.candidate.carried:
        return None
    now = refreshed(box, present.box(hold))
    if of_role(one.matches, Role.OUTGOING) is None:
        now = msgspec.structs.replace(now, proposal=box.proposal, marks=box.marks, text=box.text)
    if not box.gone and not any(box.seen < one.at < present.audited for one in said):
        now = msgspec.structs.replace(now, seen=box.seen)
    return None if now == box else now
