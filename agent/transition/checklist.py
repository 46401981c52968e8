"""The access-transfer checklist of one audit: every remembered line, decided by evidence."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from agent.judge.judgement import Judgement
from agent.transition import elsewhere, machines, sayings
from agent.transition.conditions import all_blanks
from agent.transition.gates import client_name, due, owner
from agent.transition.item import Act, Box, Item, ItemVerdict
from agent.transition.items.all import LINE_KINDS, LineKind
from agent.transition.memory import ATTEST, ItemMemory, Memory, Said, with_notes
from agent.transition.news import notes
from agent.transition.present import Present
from agent.transition.proofs import Proof, Ruling, holds_of
from agent.transition.wording import listed, shown
from inventory.model.moment import iso_day

OPEN, DONE, UNKNOWN = ItemVerdict.OPEN, ItemVerdict.DONE, ItemVerdict.CANNOT_TELL
_LAST = "G5"
_FIRST = ("way in", "administrator", "tenant administrator")  # before anything is taken away
_ERASED = "erased on request: it cannot be told any more"


class Decision(Struct, frozen=True):
    """An item's verdict with the reason for it."""

    verdict: ItemVerdict
    says: str = ""


def checklist(
    judgement: Judgement, memory: Memory, *, parsers: Mapping[str, int], audited: int
) -> tuple[Item, ...]:
    """Return the lines in the order in which they are to be done.

    `memory`: what the journal says, up to this audit. `parsers`: version of each collector.
    `audited`: when the audit began, seconds since 1970 UTC. Lines that the journal does not know
    yet get the ids that `news` will give them.
    """
    present = Present(judgement, parsers, audited, machines.attested(memory))
    memory = with_notes(memory, notes(present, memory))
    ordered = sorted(memory.items.values(), key=_order)
    return tuple(_item(present, memory, item) for item in ordered)


def _order(item: ItemMemory) -> tuple[str, int, str, int]:
    kind = LINE_KINDS.get(item.kind)
    letter, _, number = item.id.partition("-")
    place = (kind.gate, kind.rank) if kind else (_LAST, 0)
    return *place, letter, int(number) if number.isdigit() else 0


def _item(present: Present, memory: Memory, item: ItemMemory) -> Item:
    kind = LINE_KINDS.get(item.kind)
    if kind is None:
        return _unreadable(present, memory, item)
    said = sayings.of_item(memory, item.id)
    rulings = [
        machines.settled(present, box, kind.proof.decide(present, box)) for box in item.boxes
    ]
    unread = tuple(elsewhere.rulings(present, kind, item))
    decision = decided(present, item, (*rulings, *unread), said)
    subject = shown(item.subject)
    return Item(
        id=item.id,
        key=item.key,
        act=kind.act,
        gate=kind.gate,
        title=kind.title.format(subject=subject, client=client_name(present.case)),
        todo=kind.todo,
        proof=proof_text(kind.proof, present, item),
        owner=owner(kind.act, present.case),
        due=due(kind.gate, present.case.dates.cutover),
        verdict=decision.verdict,
        boxes=tuple(_boxes(item, rulings, unread)),
        holds=holds_of(present, item.boxes),
        blanks=all_blanks((*rulings, *unread)),
        after=_after(memory, item, kind),
        undo=kind.undo,
        says=decision.says,
        progress=sayings.progress(said),
        accepted=sayings.accepted(said, present.case.dates.now),
    )


def proof_text(proof: Proof, present: Present, item: ItemMemory) -> str:
    """Return what will prove an item done, by the proof that decides it."""
    return proof.says(present, item) + "."


def decided(
    present: Present, item: ItemMemory, rulings: Sequence[Ruling], said: Sequence[Said]
) -> Decision:
    """Return the verdict of an item: evidence of its boxes first, what people say after it."""
    verdicts = {ruling.verdict for ruling in rulings}
    kind = LINE_KINDS[item.kind]
    if contradiction := _contradiction(present, item, rulings, said):
        return Decision(ItemVerdict.CONTRADICTED, contradiction)
    if OPEN in verdicts:
        return Decision(OPEN, _first(rulings, OPEN))
    if UNKNOWN in verdicts or item.is_erased or not verdicts:
        seen = max((box.seen for box in item.boxes), default=item.since)
        since = item.since if kind.act is Act.KEEP else seen
        if sayings.is_attested(item, said, since):
            return Decision(ItemVerdict.ATTESTED, "no audit can tell; two parties attest it")
        return Decision(UNKNOWN, _ERASED if item.is_erased else _untold(kind, rulings))
    if ItemVerdict.ATTESTED in verdicts:
        return Decision(ItemVerdict.ATTESTED, _first(rulings, ItemVerdict.ATTESTED))
    if DONE in verdicts:
        return Decision(DONE, _first(rulings, DONE))
    return Decision(ItemVerdict.NOT_THEIRS, _first(rulings, ItemVerdict.NOT_THEIRS))


def _contradiction(
    present: Present, item: ItemMemory, rulings: Sequence[Ruling], said: Sequence[Said]
) -> str:
    """Return `declared removed 2027-05-12; seen 2027-05-14`, when it was seen after the word."""
    end = sayings.newest_end(item, said)
    if end is None:
        return ""
    seen = [
        present.audited if ruling.verdict is OPEN else box.seen
        for box, ruling in zip(item.boxes, rulings, strict=False)
        if ruling.verdict in (OPEN, UNKNOWN)
    ]
    last = max(seen, default=0)
    if last <= end.at:
        return ""
    word = "attested" if end.kind == ATTEST else "declared"
    sight = "seen" if end.what == "removed" else "not so by the audit of"
    return f"{word} {end.what} {iso_day(end.at)}; {sight} {iso_day(last)}"


def _untold(kind: LineKind, rulings: Sequence[Ruling]) -> str:
    untold = [ruling for ruling in rulings if ruling.verdict is UNKNOWN]
    if kind.whole and any(ruling.blanks for ruling in untold):
        return kind.whole(untold)
    return _first(untold, UNKNOWN)


def _first(rulings: Sequence[Ruling], verdict: ItemVerdict) -> str:
    return next((ruling.says for ruling in rulings if ruling.verdict is verdict), "")


def _boxes(item: ItemMemory, rulings: Sequence[Ruling], unread: Sequence[Ruling]) -> Iterator[Box]:
    for box, ruling in zip(item.boxes, rulings, strict=True):
        says_it = box.kind == "unread" and box.target  # its text would repeat the host
        text = ruling.says if says_it else f"{box.text}: {ruling.says}"
        yield Box(box.target, text, ruling.verdict, ruling.evidence)
    for ruling in unread:
        yield Box(ruling.blanks[0].target, ruling.says, ruling.verdict, "")


def _after(memory: Memory, item: ItemMemory, kind: LineKind) -> str:
    """Return what must stand before: a tested way in before removals, keys before accounts."""
    first: list[str] = []
    targets = {box.target for box in item.boxes}
    if kind.act in (Act.REVOKE, Act.ROTATE):
        first.extend(
            one.id
            for one in memory.items.values()
            if one.kind in _FIRST and targets & set(one.targets)
        )
    if kind.name in ("account", "password"):
        slots = {f"{target} keys of {item.subject}" for target in targets}
        first.extend(
            one.id
            for one in memory.items.values()
            if one.kind == "ssh key" and any(box.slot in slots for box in one.boxes)
        )
    return f"After {listed(first)}." if first else ""


def _unreadable(present: Present, memory: Memory, item: ItemMemory) -> Item:
    """Return the line of an item whose entry was erased, or whose kind is not known any more."""
    said = sayings.of_item(memory, item.id)
    is_attested = sayings.is_attested(item, said, item.since)
    says = _ERASED if item.is_erased else f"lines of kind {item.kind!r} are not known any more"
    return Item(
        id=item.id,
        key=item.key,
        act=Act(item.act) if item.act else Act.DECIDE,
        gate=_LAST,
        title="a line that cannot be told any more",
        todo="Find out from both parties what it was, and whether it is done.",
        proof="two named people of two parties attest it.",
        owner=client_name(present.case),
        due=due(_LAST, present.case.dates.cutover),
        verdict=ItemVerdict.ATTESTED if is_attested else UNKNOWN,
        says=says,
        progress=sayings.progress(said),
        accepted=sayings.accepted(said, present.case.dates.now),
    )
