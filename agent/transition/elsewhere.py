"""Where the subject of a line could be too: hosts that this audit did not read whole for it."""

from collections.abc import Iterable, Iterator

from agent.judge.holds.kind import HOLD_KINDS
from agent.transition.item import ItemVerdict
from agent.transition.items.kind import LineKind
from agent.transition.memory import BoxMemory, ItemMemory
from agent.transition.present import Present, needs_of, record_kinds
from agent.transition.proofs import Ruling
from agent.transition.wording import kinds_text


def unread(present: Present, kind: LineKind, boxes: Iterable[BoxMemory]) -> tuple[str, ...]:
    """Return the hosts on which a line's subject could be hidden; none for lines of one place.

    That an earlier audit read a host whole does not count: it could have come there since.
    `boxes`: places of the line; what they look at themselves is not asked twice.
    """
    needs, known = _needs(kind), tuple(boxes)
    return tuple(
        name
        for name in sorted(present.unread(needs))
        if (left := _left(needs, known, name)) and present.blanks(name, left)
    )


def rulings(present: Present, kind: LineKind, item: ItemMemory) -> Iterator[Ruling]:
    """Yield a ruling for each remembered host on which the subject could still be hidden."""
    needs = _needs(kind)
    for target in item.unread:
        left = _left(needs, item.boxes, target)
        if left and (blanks := present.blanks(target, left)):
            hidden = tuple(need for need in left if present.blanks(target, (need,)))
            what = kinds_text(record_kinds(hidden))
            text = f"{what} of {target} not read whole in audit {present.audit}: it could be there"
            yield Ruling(ItemVerdict.CANNOT_TELL, text, "", blanks)


def _needs(kind: LineKind) -> tuple[str, ...]:
    """Return the record kinds of hosts that could show the subject of a line."""
    if not kind.everywhere:
        return ()
    found = (need for hold in kind.holds if hold in HOLD_KINDS for need in needs_of(hold))
    return tuple(dict.fromkeys(found))


def _left(needs: tuple[str, ...], boxes: Iterable[BoxMemory], target: str) -> tuple[str, ...]:
    """Return the record kinds that no box of the target looks at itself."""
    own = {need for box in boxes if box.target == target for need in needs_of(box.kind)}
    return tuple(need for need in needs if need not in own)
