"""What people say of an item: declared, attested, accepted. Words never make a line proved."""

from collections.abc import Sequence

from agent.transition.item import Act
from agent.transition.memory import (
    ACCEPT,
    ATTEST,
    DECLARE,
    MACHINE,
    ItemMemory,
    Memory,
    Note,
    Said,
    SaidBody,
)
from inventory.errors import HandoverError
from inventory.model.moment import iso_day
from inventory.model.party import Party

STEPS = ("requested", "received")  # on the way
ENDS = ("tested", "removed", "changed", "kept")  # what says that an act is done
WHATS = (*STEPS, *ENDS)
ENDS_OF = {
    Act.CREATE: ("tested",),
    Act.TRANSFER: ("changed", "removed"),
    Act.ROTATE: ("changed", "removed"),
    Act.REVOKE: ("removed",),
    Act.KEEP: ("kept", "removed"),
    Act.DECIDE: (),
}


def declaration(
    memory: Memory,
    item: str,
    *,
    what: str,
    by: str,
    party: str,
    parties: Sequence[Party],
    says: str = "",
    files: Sequence[str] = (),
) -> Note:
    """Return the entry of someone who reports progress: it proves nothing.

    `party`: a role or the name of a party. Raises HandoverError for what cannot be meant.
    """
    body = _body(memory, item, what=what, by=by, party=party, parties=parties)
    return Note(DECLARE, _with(body, says=says, files=files))


def attestation(
    memory: Memory,
    item: str,
    *,
    what: str,
    by: str,
    party: str,
    parties: Sequence[Party],
    says: str = "",
    files: Sequence[str] = (),
) -> Note:
    """Return the entry of a witness to what no audit can observe; two of two parties are needed.

    Raises HandoverError for what cannot be meant.
    """
    body = _body(memory, item, what=what, by=by, party=party, parties=parties)
    ends = ends_of(memory.items[body.item])
    if not ends:
        raise HandoverError(f"{body.item} is a decision: confirm or reject it, or accept it")
    if what not in ends:
        raise HandoverError(f"cannot attest {body.item} {what}: say {' or '.join(ends)}")
    return Note(ATTEST, _with(body, says=says, files=files))


def acceptance(
    memory: Memory,
    item: str,
    *,
    by: str,
    party: str,
    parties: Sequence[Party],
    reason: str,
    until: int,
    now: int,
) -> Note:
    """Return the entry that accepts an exception until a day; the verdict stays what it is.

    Raises HandoverError without a reason or for a day that has passed.
    """
    if not reason.strip():
        raise HandoverError(f"{item} cannot be accepted without a reason: say why it may stay")
    if until <= now:
        raise HandoverError(
            f"{item} cannot be accepted until {iso_day(until)}: that day has passed"
        )
    body = _body(memory, item, what="requested", by=by, party=party, parties=parties)
    return Note(
        ACCEPT, SaidBody(body.item, "accepted", body.by, body.party, reason.strip(), (), until)
    )


def of_item(memory: Memory, item: str) -> tuple[Said, ...]:
    """Return what was said of an item, in order."""
    return tuple(said for said in memory.said if said.item == item)


def progress(said: Sequence[Said]) -> str:
    """Return what people declared last and who attests it: `removed, says MD (client) DATE`."""
    told = [one for one in said if one.kind != ACCEPT]
    newest = {(one.kind, one.by, one.party): one for one in told}
    return "; ".join(_said(one) for one in newest.values())


def accepted(said: Sequence[Said], now: int) -> str:
    """Return the exceptions in force, or that one has ended."""
    newest = {one.party: one for one in said if one.kind == ACCEPT}
    return "; ".join(_exception(one, now) for one in newest.values())


def ends_of(item: ItemMemory) -> tuple[str, ...]:
    """Return the words that say that an item's act is done; any of an erased one."""
    if item.kind == MACHINE:
        return ("removed",)
    return ENDS_OF[Act(item.act)] if item.act else ENDS


def newest_end(item: ItemMemory, said: Sequence[Said]) -> Said | None:
    """Return the newest word that the act is done, where an audit could contradict it."""
    if item.kind == MACHINE:
        return None
    ends = [w for w in ends_of(item) if w != "kept"]
    told = [one for one in said if one.kind != ACCEPT and one.what in ends]
    return max(told, key=lambda one: one.at, default=None)


def is_attested(item: ItemMemory, said: Sequence[Said], since: int) -> bool:
    """Return whether two named people of two parties attest the same end, after a time."""
    ends = ends_of(item)
    witnesses = [one for one in said if one.kind == ATTEST and one.at > since and one.what in ends]
    return any(
        a.what == b.what and a.party != b.party and _name(a) != _name(b)
        for a in witnesses
        for b in witnesses
    )


def _name(said: Said) -> str:
    return " ".join(said.by.casefold().split())


def _said(one: Said) -> str:
    verb = "attests" if one.kind == ATTEST else "says"
    more = f": {one.says}" if one.says else ""
    return f"{one.what}, {verb} {one.by} ({one.party}) {iso_day(one.at)}{more}"


def _exception(one: Said, now: int) -> str:
    until = one.until or 0
    if until <= now:
        return f"the exception of {one.by} ({one.party}) ended {iso_day(until)}"
    return f"until {iso_day(until)} by {one.by} ({one.party}): {one.says}"


def _body(
    memory: Memory, item: str, *, what: str, by: str, party: str, parties: Sequence[Party]
) -> SaidBody:
    known = item.strip().upper()
    if known not in memory.items:
        raise HandoverError(f"no checklist line {item!r}: see `handover checklist` for the ids")
    if what not in WHATS:
        raise HandoverError(f"{what!r} says nothing of {known}: say one of {', '.join(WHATS)}")
    if not by.strip():
        raise HandoverError(f"{known}: say who says so (a name)")
    return SaidBody(known, what, by.strip(), _role(party, parties))


def _role(party: str, parties: Sequence[Party]) -> str:
    wanted = party.strip().casefold()
    for one in parties:
        if wanted in (one.role.value, one.name.casefold()):
            return one.role.value
    known = ", ".join(f"{one.role.value} ({one.name})" for one in parties) or "none"
    raise HandoverError(f"no party {party!r} in handover.yaml: it names {known}")


def _with(body: SaidBody, *, says: str, files: Sequence[str]) -> SaidBody:
    return SaidBody(body.item, body.what, body.by, body.party, says.strip(), tuple(files))
