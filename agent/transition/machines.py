"""Machines behind one name: what is said of one that another has taken the place of."""

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct

from agent.transition import sayings
from agent.transition.item import ItemVerdict
from agent.transition.items.kind import OF_HOLD
from agent.transition.memory import MACHINE, BoxMemory, ItemMemory, Memory
from agent.transition.present import Machine, Present
from agent.transition.proofs import GONE, Ruling


class AnswersAgain(Struct, frozen=True):
    """Proved by the machine itself; that it is gone, two people of two parties attest."""

    def says(self, present: Present, item: ItemMemory) -> str:
        """Return who says that it is gone, and what an audit would see otherwise."""
        return (
            "two named people of two parties attest that the machine that answered before is "
            "gone, or it answers again"
        )

    def decide(self, present: Present, box: BoxMemory) -> Ruling:
        """Return done when it answered in this audit; nothing else can be seen of it."""
        if present.current(box.target) == box.generation:
            return Ruling(ItemVerdict.DONE, f"it answered in audit {present.audit}")
        return Ruling(ItemVerdict.CANNOT_TELL, f"another machine answered in audit {present.audit}")


def attested(memory: Memory) -> Mapping[Machine, str]:
    """Return the machines that two people of two parties attest gone, with the id of the line."""
    return {
        (box.target, box.generation): item.id
        for item in memory.items.values()
        if item.kind == MACHINE
        for box in item.boxes
        if sayings.is_attested(item, sayings.of_item(memory, item.id), box.seen)
    }


def replaced(present: Present) -> Iterator[BoxMemory]:
    """Yield a box for each machine that does not answer under its name any more."""
    for target, generation in present.others():
        yield BoxMemory(
            key=f"{MACHINE} {target} {generation}",
            kind=MACHINE,
            target=target,
            text=f"the machine that answered as {target} before audit {present.audit}",
            subject=target,
            generation=generation,
            audit=present.audit,
            seen=present.audited,
        )


def settled(present: Present, box: BoxMemory, ruling: Ruling) -> Ruling:
    """Return a ruling on a hold of which nothing is left but a machine that is attested gone.

    The machine that answers now must have been read whole for it, and not show it.
    """
    line = present.attested_gone(box.target)
    one = present.judged.get(box.key)
    is_seen = one is not None and not one.candidate.carried
    if not line or ruling.verdict is not ItemVerdict.CANNOT_TELL or is_seen:
        return ruling
    if box.kind not in OF_HOLD or present.blanks(box.target, GONE.needs(box)):
        return ruling
    is_current = box.generation == present.current(box.target)
    if is_current and (one is None or present.parsers.get(box.collector, 0) != box.parser):
        return ruling  # something else than the machine before is in doubt
    text = f"not on the machine that answers now; {line} attests that the one before is gone"
    return msgspec.structs.replace(ruling, verdict=ItemVerdict.ATTESTED, says=text, blanks=())
