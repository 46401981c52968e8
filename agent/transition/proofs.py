"""What proves a line done: each proof decides a box, and says in words what it decides by."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from agent.judge import access
from agent.judge.case import Certainty, Decision, Hold
from agent.judge.footprint import Judged
from agent.judge.matching import of_role
from agent.transition.item import ItemVerdict
from agent.transition.memory import BoxMemory, ItemMemory
from agent.transition.present import Present, needs_of, record_kinds, sure_match
from agent.transition.wording import kinds_text, listed
from inventory.model.access import LoginSecret
from inventory.model.account import Account, Group
from inventory.model.directory_accounts import DirectoryAccount
from inventory.model.directory_rights import DirectoryRight
from inventory.model.moment import iso_day
from inventory.model.party import Role
from inventory.model.record import Record
from inventory.model.tenant import DomainFederation
from inventory.model.tenant_accounts import MailRule, TenantMembers, TenantOwners, TenantUser
from inventory.model.tenant_apps import AppCredential, AppRoleGrant, FederatedCredential
from inventory.model.tenant_partners import TenantName
from inventory.model.tenant_roles import GroupEligibility, ScopedRole
from inventory.reading import Reading, State
from inventory.snapshot import Blank, blanks_of

MOST_KEY = 200  # characters of a key that is surely whole
# Kinds of holds whose key names the object that a reading may hide alone, and what tells of it.
_OF_PARTS: Mapping[str, tuple[type[Record], ...]] = {
    "directory right": (DirectoryRight,),
    "tenant role by group": (TenantMembers,),
    "application role": (TenantMembers,),
    "eligible role": (TenantMembers, GroupEligibility),
    "role group owner": (TenantMembers, TenantOwners),
    "application owner": (TenantOwners,),
    "app credential": (AppCredential,),
    "federated credential": (FederatedCredential,),
    "app grant": (AppRoleGrant,),
    "mail rule": (MailRule,),
    "domain federation": (DomainFederation,),
    "scoped administrator": (ScopedRole,),
    "enterprise app": (TenantName,),
    "partner": (TenantName,),
    "partner sign-in": (TenantName,),
    "reseller": (TenantName,),
}
OPEN, DONE, UNKNOWN = ItemVerdict.OPEN, ItemVerdict.DONE, ItemVerdict.CANNOT_TELL


class Ruling(Struct, frozen=True):
    """What a proof says of one box."""

    verdict: ItemVerdict
    says: str
    evidence: str = ""
    blanks: tuple[Blank, ...] = ()


class Proof(Protocol):
    """Decides a box by an audit, and says by what."""

    def says(self, present: Present, item: ItemMemory) -> str:
        """Return what will prove an item done, as a sentence without its full stop."""
        ...

    def decide(self, present: Present, box: BoxMemory) -> Ruling:
        """Return what this audit proves of a box."""
        ...


class Gone(Struct, frozen=True):
    """Proved by an audit that reads whole what could show it, and does not find it."""

    closed: str = ""  # what counts as gone too

    def needs(self, box: BoxMemory) -> tuple[str, ...]:
        """Return the record kinds that must be read whole: those of then and those of today."""
        return tuple(dict.fromkeys((*needs_of(box.kind), *box.needs)))

    def says(self, present: Present, item: ItemMemory) -> str:
        """Return `an audit that reads sudo rights of web1, db1 whole and does not find it`."""
        needs = dict.fromkeys(need for box in item.boxes for need in self.needs(box))
        where = listed(item.targets) or "every host"
        kinds = kinds_text(record_kinds(tuple(needs))) or "what could show it"
        return f"an audit that reads {kinds} of {where} whole and does not find it{self.closed}"

    def decide(self, present: Present, box: BoxMemory) -> Ruling:
        """Return open while it is seen, done when it cannot be hidden any more."""
        one = present.judged.get(box.key)
        if one is None:
            found = self.absence(present, box)
        elif one.candidate.carried:
            found = _carried(present, one)
        elif of_role(one.matches, Role.OUTGOING):
            return Ruling(OPEN, f"seen in audit {present.audit}", _evidence(one))
        else:
            found = _no_longer_theirs(present, box, one, self.needs(box))
        rejected = rejection(present, box)
        if rejected and found.verdict is not DONE:
            return Ruling(ItemVerdict.NOT_THEIRS, rejected, found.evidence)
        return found

    def absence(self, present: Present, box: BoxMemory) -> Ruling:
        """Return what it proves that the hold is not among those that were seen."""
        unread = present.blanks(box.target, self.needs(box))
        blanks = tuple(blank for blank in unread if not _is_elsewhere(present, box, blank))
        if blanks:
            text = f"not seen in audit {present.audit}, which did not read all that could show it"
            return Ruling(UNKNOWN, text, _before(box), blanks)
        if doubt := _another_look(present, box):
            return Ruling(UNKNOWN, doubt, _before(box))
        if left := _left_on_disk(present, box):
            return left
        where = f"{box.target} ({box.collector}, whole in audit {present.audit})"
        return Ruling(DONE, f"read whole in audit {present.audit}: {_ending(present, box)}", where)


def _is_elsewhere(present: Present, box: BoxMemory, blank: Blank) -> bool:
    """Return whether a gap hides what belongs to another object than the box is about.

    The key of a box names the object; one that was cut may not, and then every gap counts.
    """
    kinds = _OF_PARTS.get(box.kind, ())
    if not kinds or not blank.gap.part or len(box.key) > MOST_KEY:
        return False
    tellers = present.tellers(kinds)
    return blank.collector in tellers and blank.gap.part.casefold() not in box.key.casefold()


class TakenBack(Struct, frozen=True):
    """For the audit's own access: open while the audit can come in."""

    def says(self, present: Present, item: ItemMemory) -> str:
        """Return what an audit by another way would see, and who attests it otherwise."""
        return f"two named people of two parties attest it, or {GONE.says(present, item)}"

    def decide(self, present: Present, box: BoxMemory) -> Ruling:
        """Return open while it is seen, whoever it belongs to."""
        one = present.judged.get(box.key)
        if one is None:
            return GONE.absence(present, box)
        if one.candidate.carried:
            return _carried(present, one)
        return Ruling(OPEN, f"used by audit {present.audit}", _evidence(one))


class Agreed(Struct, frozen=True):
    """For what may stay: two people of two parties attest it, or an audit sees it gone."""

    def says(self, present: Present, item: ItemMemory) -> str:
        """Return who decides, and what an audit would see."""
        return (
            f"two named people of two parties attest that it stays, or {GONE.says(present, item)}"
        )

    def decide(self, present: Present, box: BoxMemory) -> Ruling:
        """Return that only people can tell, while it is there."""
        found = GONE.decide(present, box)
        if found.verdict is not OPEN:
            return found
        return Ruling(UNKNOWN, f"{found.says}; whether it may stay, people say", found.evidence)


class Decided(Struct, frozen=True):
    """Proved by a decision: a person decides a guess, or a profile names whose it is."""

    def says(self, present: Present, item: ItemMemory) -> str:
        """Return how it is decided, with the ids of the guesses."""
        guesses = listed([box.proposal for box in item.boxes if box.proposal])
        if guesses:
            return f"a person confirms or rejects {guesses} (handover confirm, handover reject)"
        return "handover.yaml names it in the profile of a party, or an audit proves it gone"

    def decide(self, present: Present, box: BoxMemory) -> Ruling:
        """Return done when it is known whose it is; open while it is there and is not."""
        one = present.judged.get(box.key)
        if one is None:
            return self._unseen(present, box)
        theirs = of_role(one.matches, Role.OUTGOING)
        sure = theirs if theirs and theirs.certainty is not Certainty.PROPOSED else sure_match(one)
        if sure and (theirs is None or sure is theirs):
            decision = present.decisions.get(box.proposal)
            return Ruling(DONE, f"it is {sure.party}'s: {sure.mark}{_by(decision)}", _evidence(one))
        if theirs is None and box.key not in present.unattributed and rejection(present, box):
            return self._rejected(present, box, _evidence(one))
        if one.candidate.carried:
            return _carried(present, one)
        return Ruling(OPEN, _undecided(present, box, one), _evidence(one))

    def _unseen(self, present: Present, box: BoxMemory) -> Ruling:
        decision = present.decisions.get(box.proposal)
        if decision is not None and decision.confirmed:
            return Ruling(DONE, f"decided: confirmed{_by(decision)}", _before(box))
        return GONE.absence(present, box)

    def _rejected(self, present: Present, box: BoxMemory, evidence: str) -> Ruling:
        """Return that it is decided, unless a gap could hide that it is a power of nobody's."""
        powers = (need.__name__ for need in access.NEEDS)
        blanks = present.blanks(box.target, tuple(dict.fromkeys((*powers, *box.needs))))
        verdict = UNKNOWN if blanks else DONE
        return Ruling(verdict, rejection(present, box), evidence, blanks)


GONE = Gone()


def rejection(present: Present, box: BoxMemory) -> str:
    """Return who rejected it as the leaving party's, and when; "" when nobody did."""
    decision = present.decisions.get(box.proposal) if box.proposal else None
    if decision is None or decision.confirmed:
        return ""
    return f"rejected by {decision.by} on {iso_day(decision.when)} as not theirs; not removed"


def _by(decision: Decision | None) -> str:
    return f", by {decision.by} on {iso_day(decision.when)}" if decision else ""


def _undecided(present: Present, box: BoxMemory, one: Judged) -> str:
    theirs = of_role(one.matches, Role.OUTGOING)
    if theirs:
        return f"perhaps {theirs.party}'s: {theirs.mark}"
    hold = present.unattributed.get(box.key)
    if hold is None:
        return "still there, and no longer recognised as anybody's"
    perhaps = f" ({hold.detail})" if hold.detail else ""
    return f"matches no party{perhaps}"


def _carried(present: Present, one: Judged) -> Ruling:
    """Return that a hold of an earlier audit could not be looked at in this one."""
    blanks = present.blanks(one.candidate.target, needs_of(one.candidate.kind))
    text = f"known from an earlier audit; audit {present.audit} could not look"
    return Ruling(UNKNOWN, text, _evidence(one), blanks)


def _no_longer_theirs(
    present: Present, box: BoxMemory, one: Judged, needs: tuple[str, ...]
) -> Ruling:
    """Return what it means that a hold is there, and matches the leaving party no longer."""
    other, evidence = sure_match(one), _evidence(one)
    if box.joined and other:
        return Ruling(ItemVerdict.NOT_THEIRS, f"it is {other.party}'s: {other.mark}", evidence)
    if box.joined:
        return Ruling(OPEN, "came in its place, and no profile says whose it is", evidence)
    marks = present.marks_of(one.candidate)
    moved = box.marks and marks != box.marks and present.still_recognises(box.marks)
    if moved and not present.blanks(box.target, needs) and not _another_look(present, box):
        return Ruling(DONE, f"still there, and points elsewhere in audit {present.audit}", evidence)
    now = f"; it matches {other.party}: {other.mark}" if other else ""
    return Ruling(OPEN, f"still there, and no longer recognised as theirs{now}", evidence)


def _is_whole(present: Present, box: BoxMemory, reading: Reading) -> bool:
    """Return whether a reading can hide nothing of a box: it is complete, or lacks other places."""
    if reading.state is not State.PARTIAL:
        return reading.state is State.COMPLETE
    return all(_is_elsewhere(present, box, blank) for blank in blanks_of((reading,)))


def _another_look(present: Present, box: BoxMemory) -> str:
    """Return why its absence proves nothing: nobody looked, another machine, another parser."""
    reading = present.reading(box.target, box.collector)
    if reading is None or not _is_whole(present, box, reading):
        return f"{box.collector or 'what saw it'} did not read {box.target} whole"
    if reading.key.generation != box.generation:
        return "another machine answered: what was on the old one cannot be told"
    if not box.gone and box.reader and present.reader(box.target) != box.reader:
        return "not seen, but another account asked than when it was seen"
    if not box.gone and present.parsers.get(box.collector, 0) != box.parser:
        return f"not seen, but {box.collector} reads otherwise since it was seen"
    return ""


def _left_on_disk(present: Present, box: BoxMemory) -> Ruling | None:
    """Return that a private key still lies there, though nothing tells its fingerprint any more."""
    if box.kind != "private key" or box.target not in present.hosts:
        return None
    path = box.key.removeprefix(f"private key {box.target} ")
    for row in present.hosts[box.target].rows(LoginSecret):
        if row.record.path == path:
            verdict = UNKNOWN if row.carried else OPEN
            text = "the file is still there; its fingerprint can no longer be read"
            return Ruling(verdict, text, str(row.evidence))
    return None


def _ending(present: Present, box: BoxMemory) -> str:
    """Return how a power ended that was read whole: gone, or there without any power."""
    host = present.places[box.target]
    if box.kind == "directory account":
        is_there = any(box.key.endswith(row.record.id) for row in host.rows(DirectoryAccount))
        return "it is closed: disabled, or expired" if is_there else "not found"
    if box.kind == "tenant account":
        is_there = any(box.key.endswith(row.record.id) for row in host.rows(TenantUser))
        return "its sign-in is blocked" if is_there else "not found"
    if box.kind == "account" and any(r.record.name == box.subject for r in host.rows(Account)):
        return "it is closed, without a password that works and without any key"
    if box.kind == "group" and any(box.subject in r.record.members for r in host.rows(Group)):
        return "no membership that gives power is left"
    return "not found"


def _evidence(one: Judged) -> str:
    return "; ".join(str(place) for place in one.candidate.evidence)


def _before(box: BoxMemory) -> str:
    """Return since when it is known, and who saw it: the record itself may be gone."""
    return f"{box.target} ({box.collector}, known since audit {box.audit})"


def holds_of(present: Present, boxes: Sequence[BoxMemory]) -> tuple[Hold, ...]:
    """Return the holds that the boxes stand for, as far as they are known today."""
    known = (present.hold(box.key) for box in boxes)
    return tuple(hold for hold in known if hold is not None)
