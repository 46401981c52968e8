"""Proofs that look at a state, not at one hold: a tested way in, a new password, all read."""

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from agent.judge import access
from agent.judge.case import Hold
from agent.judge.coverage import act_of
from agent.judge.matching import is_empty
from agent.transition.item import ItemVerdict
from agent.transition.memory import BoxMemory, ItemMemory
from agent.transition.present import Present
from agent.transition.proofs import Ruling
from agent.transition.wording import MOST_LISTED, listed
from inventory.model.account import LastLogin, PasswordState
from inventory.model.moment import Moment, iso_day
from inventory.model.party import Role
from inventory.model.truth import Truth
from inventory.snapshot import Blank, Seen

OPEN, DONE, UNKNOWN = ItemVerdict.OPEN, ItemVerdict.DONE, ItemVerdict.CANNOT_TELL
_NEEDS = tuple(need.__name__ for need in access.NEEDS)
DIRECTORY = "directory"  # the subject of what is unread because no source asks a directory


class WayTested(Struct, frozen=True):
    """Proved by a way to root of a party that stays, and a login by it after the line was made."""

    def says(self, present: Present, item: ItemMemory) -> str:
        """Return what an audit has to see, and what people may attest instead."""
        hosts = listed(item.targets)
        return (
            f"an audit that sees a way to root of the client or the incoming party on {hosts}, "
            "and a login of that account since; or two people of two parties attest the login"
        )

    def decide(self, present: Present, box: BoxMemory) -> Ruling:
        """Return open while there is no way; a way that nobody used is not tested."""
        blanks = present.blanks(box.target, _NEEDS)
        way = present.ways.get(box.target)
        ways = way.holds if way else ()
        if not ways:
            none = way is not None and way.seen is Truth.NO
            text = f"no way to root of a party that stays is proved in audit {present.audit}"
            return Ruling(OPEN if none else UNKNOWN, text, "", blanks)
        seen = "; ".join(hold.title for hold in ways)
        tested = next(filter(None, (_login(present, box, hold) for hold in ways)), None)
        if tested is None:
            return Ruling(UNKNOWN, f"seen, and not seen tested: {seen}", _places(ways), blanks)
        if blanks:
            return Ruling(UNKNOWN, f"{tested}; not all of the host was read", _places(ways), blanks)
        return Ruling(DONE, tested, _places(ways))


def _login(present: Present, box: BoxMemory, hold: Hold) -> str | None:
    """Return the login that tested a way: of its own account, after the line was made."""
    account = hold.path.account if hold.path else None
    if hold.kind != "account" or account is None or box.target not in present.hosts:
        return None
    for row in present.hosts[box.target].rows(LastLogin):
        if row.record.account == account and _is_since(row, box.seen):
            return f"{account} logged in {row.record.when}, seen in audit {present.audit}"
    return None


def _is_since(row: Seen[LastLogin], since: int) -> bool:
    when = row.record.when
    if row.carried or when is None:
        return False
    return when.after(Moment.exact(since)) is Truth.YES


class SetAfter(Struct, frozen=True):
    """Proved by a password set after the leaver's access ended, or by there being none."""

    def says(self, present: Present, item: ItemMemory) -> str:
        """Return after which day the password must have been set."""
        ended = present.case.dates.access_ended
        day = iso_day(ended) if ended is not None else "the day on which the leaver's access ended"
        hosts = listed(item.targets)
        return f"an audit that reads passwords of {hosts} and sees it set after {day}, or locked"

    def decide(self, present: Present, box: BoxMemory) -> Ruling:
        """Return done for a later password or none; a coarse date that may be either: unknown."""
        host = present.hosts.get(box.target)
        rows = host.rows(PasswordState) if host else ()
        mine = [row for row in rows if row.record.account == box.subject]
        fresh = [row for row in mine if not row.carried]
        is_same = box.generation == present.generation(box.target, box.collector)
        if box.collector and not is_same:
            return Ruling(UNKNOWN, "another machine answered: the old one cannot be told")
        if fresh:
            return _worst(_set_after(present, row) for row in fresh)
        blanks = present.blanks(box.target, ("PasswordState",))
        if mine or blanks:
            return Ruling(UNKNOWN, f"audit {present.audit} could not read it", "", blanks)
        return Ruling(DONE, f"read whole in audit {present.audit}: it has no password")


def _worst(rulings: Iterator[Ruling]) -> Ruling:
    order = (OPEN, UNKNOWN, DONE)
    return min(rulings, key=lambda ruling: order.index(ruling.verdict))


def _set_after(present: Present, row: Seen[PasswordState]) -> Ruling:
    state, evidence, ended = row.record, str(row.evidence), present.case.dates.access_ended
    if state.state in ("locked", "never"):
        return Ruling(DONE, f"no password works in audit {present.audit}", evidence)
    if state.state != "set":
        return Ruling(OPEN, "it logs in without a password", evidence)
    if state.changed is None:
        return Ruling(UNKNOWN, "the host does not say when it was set", evidence)
    if ended is None:
        text = f"set {state.changed}; handover.yaml does not say when the leaver's access ended"
        return Ruling(UNKNOWN, text, evidence)
    after = state.changed.after(Moment.exact(ended))
    verdict = {Truth.YES: DONE, Truth.NO: OPEN, Truth.UNKNOWN: UNKNOWN}[after]
    text = f"set {state.changed}; the leaver's access ended {iso_day(ended)}"
    return Ruling(verdict, text, evidence)


class AllRead(Struct, frozen=True):
    """Proved by an audit that reads everything that could show a hold on a host."""

    def says(self, present: Present, item: ItemMemory) -> str:
        """Return on which hosts everything has to be read."""
        hosts = listed(item.targets)
        return f"an audit that reads everything that could show a hold on {hosts}"

    def decide(self, present: Present, box: BoxMemory) -> Ruling:
        """Return which questions had no answer, and what would cure them."""
        found = present.hidden.get(box.target, ())
        if found:
            text = f"{_questions(len(found))} unanswered: {_acts(found)}"
            return Ruling(UNKNOWN, text, "", found)
        if box.target and box.target not in present.places:
            if box.subject == DIRECTORY:
                return Ruling(DONE, f"no host takes accounts from it in audit {present.audit}")
            return Ruling(UNKNOWN, f"audit {present.audit} did not ask it")
        return Ruling(DONE, f"all read in audit {present.audit}")


class Named(Struct, frozen=True):
    """Proved by an engagement file that says who leaves, and by what they are recognised."""

    def says(self, present: Present, item: ItemMemory) -> str:
        """Return what the file has to say."""
        return "handover.yaml names who leaves, with at least one mark that proves what is theirs"

    def decide(self, present: Present, box: BoxMemory) -> Ruling:
        """Return open while nothing could be recognised."""
        party = present.case.party(Role.OUTGOING)
        if party is None:
            return Ruling(OPEN, "handover.yaml names no party that leaves: nothing is recognised")
        if is_empty(party):
            return Ruling(OPEN, f"the profile of {party.name} is empty: nothing is recognised")
        return Ruling(DONE, f"handover.yaml says by what {party.name} is recognised")


def unanswered(rulings: Sequence[Ruling]) -> str:
    """Return `316 questions unanswered at 5 places: plan --sudoers, ask its owner by hand`."""
    blanks = all_blanks(rulings)
    places = len({blank.target for blank in blanks})
    where = f" at {places} places" if places > 1 else ""
    return f"{_questions(len(blanks))} unanswered{where}: {_acts(blanks)}"


def _acts(blanks: Sequence[Blank]) -> str:
    """Return what would answer the questions, what answers most of them first."""
    counts = Counter(act_of(blank.gap)[0] for blank in blanks)
    acts = sorted(counts, key=lambda act: (-counts[act], act))
    more = len(acts) - MOST_LISTED
    return "; ".join(acts[:MOST_LISTED]) + (f"; and {more} more" if more > 0 else "")


def _questions(number: int) -> str:
    return "1 question" if number == 1 else f"{number} questions"


def _places(holds: Sequence[Hold]) -> str:
    return "; ".join(dict.fromkeys(str(place) for hold in holds for place in hold.evidence))


def all_blanks(rulings: Sequence[Ruling]) -> tuple[Blank, ...]:
    """Return the gaps of several rulings, each once."""
    return tuple(dict.fromkeys(blank for ruling in rulings for blank in ruling.blanks))
