"""From holds to lines: a line is one act in one system; the holds that it ends are its boxes."""

from collections.abc import Container, Iterator, Mapping

from msgspec import Struct

from agent.judge import marks
from agent.judge.case import Certainty, Hold, Power
from agent.judge.holds.kind import DIRECTORY_KINDS, JOIN_KINDS
from agent.judge.hosts import Host
from agent.judge.matching import of_role
from agent.transition import machines, realm, tenancy
from agent.transition.conditions import DIRECTORY
from agent.transition.items.all import LINE_KINDS, OF_HOLD, LineKind
from agent.transition.memory import MACHINE, BoxMemory, Memory
from agent.transition.present import Present, short_digest, state, sure_match
from agent.transition.wording import bounded
from inventory.model.account import Account, PasswordState
from inventory.model.party import Leaving, Role

_COMMANDS = (Power.ROOT, Power.CONTROL)


class Line(Struct, frozen=True):
    """What an audit shows of one line: its kind, its subject, the boxes that are seen now."""

    kind: LineKind
    subject: str
    boxes: tuple[BoxMemory, ...]

    @property
    def key(self) -> str:
        """Return what binds the line to its item in every audit."""
        return bounded(f"{self.kind.prefix} {self.subject}".strip())


def lines(present: Present, claimed: Container[str]) -> tuple[Line, ...]:
    """Return the lines of an audit, in the order in which they are to be done.

    `claimed`: keys of holds that are boxes of an item already; they stay with that item.
    """
    found: dict[tuple[str, str], list[BoxMemory]] = {}
    for hold in _holds(present):
        kind, subject = line_of(present, hold)
        if bounded(hold.key) not in claimed:
            found.setdefault((kind.name, subject), []).append(present.box(hold))
    for name, subject, box in _states(present):
        found.setdefault((name, subject), []).append(box)
    made = (Line(LINE_KINDS[name], subject, tuple(b)) for (name, subject), b in found.items())
    return tuple(sorted(made, key=_order))


def _subject(hold: Hold) -> str:
    """Return what a line is about: an address in one spelling, a package source by its server."""
    if hold.kind == "repository":
        return bounded(next(marks.hosts(hold.subject), hold.subject))
    is_mail = "@" in hold.subject and hold.kind not in (*DIRECTORY_KINDS, *JOIN_KINDS)
    return bounded(hold.subject.casefold() if is_mail else hold.subject)


def claims(memory: Memory) -> Mapping[str, str]:
    """Return the item of each hold that an act other than a decision is due on."""
    return {
        box.key: item.id
        for item in memory.items.values()
        if item.key and item.kind not in ("whose", "stays", "own access")
        for box in item.boxes
        if box.kind in OF_HOLD
    }


def line_of(present: Present, hold: Hold) -> tuple[LineKind, str]:
    """Return the line of a hold and the line's subject: a guess is to be decided first."""
    kind = OF_HOLD[hold.kind]
    subject = _subject(hold)
    if hold.match is None or hold.match.certainty is Certainty.PROPOSED:
        return LINE_KINDS["whose"], f"{kind.name} {subject}"
    party = present.case.party(Role.OUTGOING)
    stays = party is not None and party.leaving is Leaving.FEWER_DUTIES
    if stays and hold.power not in _COMMANDS:
        return LINE_KINDS["stays"], f"{kind.name} {subject}"
    if hold.kind == "agent" and hold.is_dependence:
        return LINE_KINDS["reporting agent"], subject
    if hold.kind == "ssh key" and hold.path and hold.path.account and _stays(present, hold):
        return LINE_KINDS["account"], bounded(hold.path.account)
    return kind, subject


def _stays(present: Present, hold: Hold) -> bool:
    """Return whether a key in the leaver's account is surely of someone who stays.

    Then it goes with the account; the same key elsewhere is not to be revoked.
    """
    matches = present.judged[bounded(hold.key)].matches
    sure = [match for match in matches if match.certainty is not Certainty.PROPOSED]
    return any(match.role is not Role.OUTGOING for match in sure)


def replacements(present: Present, memory: Memory) -> Iterator[tuple[str, BoxMemory]]:
    """Yield the item and the box of each hold that fills the place of one that is not seen now.

    What surely belongs to a party that stays, or stood beside it from the start, fills nothing.
    """
    taken = set(claims(memory))
    for item in memory.items.values():
        if item.kind in ("whose", "own access") or not item.key:
            continue
        for box in item.boxes:
            if not box.slot or box.key in present.judged:
                continue
            for hold in _fillings(present, box):
                if bounded(hold.key) not in taken:
                    taken.add(bounded(hold.key))
                    yield item.id, present.box(hold, joined=True)


def _fillings(present: Present, box: BoxMemory) -> Iterator[Hold]:
    for key in present.in_slot.get(box.slot, ()):
        if short_digest(key) not in box.beside and (hold := _fills(present, key)):
            yield hold


def _fills(present: Present, key: str) -> Hold | None:
    one = present.judged[key]
    candidate, hold = one.candidate, present.hold(key)
    theirs = of_role(one.matches, Role.OUTGOING) is not None
    nobodys = sure_match(one) is None and not candidate.is_dependence
    is_own = present.judgement.holdings.is_own(candidate)
    return hold if not candidate.carried and not is_own and (theirs or nobodys) else None


def _holds(present: Present) -> Iterator[Hold]:
    judgement = present.judgement
    yield from judgement.outgoing.holds
    yield from judgement.outgoing.dependences
    yield from (hold for hold in judgement.unattributed.holds if not _is_root(hold))


def _is_root(hold: Hold) -> bool:
    """Return whether it is root itself: a secret to be renewed, not an account to be named."""
    return hold.kind == "account" and hold.subject == "root"


def _order(line: Line) -> tuple[str, int, str]:
    return line.kind.gate, line.kind.rank, line.subject


def _states(present: Present) -> Iterator[tuple[str, str, BoxMemory]]:
    """Yield the boxes that stand for a state: a way in, a password, a name, all read, our own."""
    judgement = present.judgement
    if judgement.outgoing.nameless:
        yield "party", "", state(present, "party", "handover.yaml", "the outgoing party")
    missing = {blank.target for blank in present.missing}
    for target in dict.fromkeys(blank.target for blank in judgement.holdings.blanks):
        subject = DIRECTORY if target in missing else ""
        text = f"{target or 'any host'}: unread"
        yield "unread", "", state(present, "unread", target, text, subject)
    yield from ((MACHINE, box.subject, box) for box in machines.replaced(present))
    yield from realm.states(present)
    yield from tenancy.states(present)
    for target in sorted(present.hosts):
        yield "way in", "", state(present, "way in", target, f"root on {target}")
    commanded = {hold.target for hold in judgement.outgoing.holds if hold.power in _COMMANDS}
    commanded |= {hold.target for hold in judgement.unattributed.holds if _is_root(hold)}
    for target in sorted(commanded & set(present.hosts)):
        yield from _passwords(present, present.hosts[target])
    for one in judgement.holdings.judged:
        if judgement.holdings.is_own(one.candidate):
            hold = present.hold(bounded(one.candidate.key))
            if hold is not None:
                yield "own access", "", present.box(hold)


def _passwords(present: Present, host: Host) -> Iterator[tuple[str, str, BoxMemory]]:
    """Yield the accounts of uid 0 that are not the leaver's and have, or may have, a password."""
    states = {row.record.account: row for row in host.rows(PasswordState)}
    roots = {row.record.name for row in host.rows(Account) if row.record.uid == 0} or {"root"}
    for name in sorted(roots - present.judgement.holdings.leaving.get(host.name, frozenset())):
        row = states.get(name)
        none = row is None and host.is_whole(PasswordState)
        if not none and (row is None or row.carried or row.record.state in ("set", "none")):
            box = state(present, "password", host.name, f"password of {name} on {host.name}", name)
            collector = row.evidence.collector if row else ""
            yield "password", name, present.read_by(box, collector)
