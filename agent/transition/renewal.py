"""Proofs about a directory: a secret set anew after the leaver's access ended, an administrator."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from agent.judge.case import Certainty, Hold, Power
from agent.judge.directory.directories import Directory
from agent.judge.directory.people import entries, last_use
from agent.judge.footprint import Judged, hold_of
from agent.judge.matching import of_role
from agent.judge.way_in import STAYING
from agent.transition.item import ItemVerdict
from agent.transition.memory import BoxMemory, ItemMemory
from agent.transition.present import Present
from agent.transition.proofs import Ruling
from agent.transition.wording import listed
from inventory.model.directory_accounts import DirectoryAccount, DirectoryComputer
from inventory.model.moment import Moment, iso_day
from inventory.model.party import Role
from inventory.model.truth import Truth, known
from inventory.snapshot import Seen

OPEN, DONE, UNKNOWN = ItemVerdict.OPEN, ItemVerdict.DONE, ItemVerdict.CANNOT_TELL
BETWEEN_S = 10 * 3600  # two changes of krbtgt: longer than the life of a ticket (default 10 hours)
TWICE = "krbtgt"  # the kind of boxes that remember dates
SET = "set"  # the mark that remembers when a secret was seen to have been set
_KINDS = ("DirectoryAccount", "DirectoryComputer")
_IN_WORDS = {1: "", 2: ", and once more at least ten hours later"}


class Renewed(Struct, frozen=True):
    """Proved by the directory's date of a secret, after the leaver's access ended.

    A secret that keeps its last value beside the new one (krbtgt) has to be set twice: each date
    that an audit sees is remembered.
    """

    times: int = 1

    def says(self, present: Present, item: ItemMemory) -> str:
        """Return after which day the secret must have been set."""
        ended = present.case.dates.access_ended
        day = iso_day(ended) if ended is not None else "the day on which the leaver's access ended"
        where = listed(item.targets)
        return f"an audit of {where} that sees it set after {day}{_IN_WORDS[self.times]}"

    def decide(self, present: Present, box: BoxMemory) -> Ruling:
        """Return done when enough later dates were seen; a coarse date leaves it open."""
        directory = present.directories.get(box.target)
        row = directory.once(_by_id).get(box.subject) if directory else None
        if row is None or row.carried:
            return _unseen(present, box)
        changed, evidence = row.record.password_changed, str(row.evidence)
        if changed is None:
            return Ruling(UNKNOWN, "the directory does not say when it was set", evidence)
        ended = present.case.dates.access_ended
        if ended is None:
            text = f"set {changed}; handover.yaml does not say when the leaver's access ended"
            return Ruling(UNKNOWN, text, evidence)
        return self._judged(changed, box, ended, evidence)

    def _judged(self, changed: Moment, box: BoxMemory, ended: int, evidence: str) -> Ruling:
        after = changed.after(Moment.exact(ended))
        text = f"set {changed}; the leaver's access ended {iso_day(ended)}"
        if after is not Truth.YES:
            return Ruling(OPEN if after is Truth.NO else UNKNOWN, text, evidence)
        if self.times == 1 or _is_apart((*_dates(box), changed.earliest), ended):
            return Ruling(DONE, text, evidence)
        return Ruling(OPEN, f"{text}; a second time is due, ten hours later or more", evidence)


def _by_id(directory: Directory) -> dict[str, Seen[Any]]:
    """Return accounts and computers by their ids, fresh ones first."""
    rows = entries(directory, DirectoryAccount, DirectoryComputer)
    return {row.record.id: row for row in sorted(rows, key=lambda row: not row.carried)}


def _dates(box: BoxMemory) -> tuple[int, ...]:
    return tuple(int(value) for mark, value in box.marks if mark == SET and value.isdigit())


def dated(box: BoxMemory, now: BoxMemory | None) -> BoxMemory | None:
    """Return the box of a secret that has to be set twice with a date that is new; else None."""
    new = set(now.marks) - set(box.marks) if now else set()
    if box.kind != TWICE or not new:
        return None
    return msgspec.structs.replace(box, marks=tuple(sorted({*box.marks, *new})))


def _is_apart(dates: tuple[int, ...], ended: int) -> bool:
    """Return whether two dates after the end lie far enough apart."""
    later = sorted(date for date in dates if date > ended)
    return bool(later) and later[-1] - later[0] >= BETWEEN_S


def _unseen(present: Present, box: BoxMemory) -> Ruling:
    """Return what it means that the secret's entry was not seen in this audit."""
    blanks = present.blanks(box.target, _KINDS)
    if blanks:
        return Ruling(UNKNOWN, f"audit {present.audit} could not read it", "", blanks)
    if box.kind == TWICE:
        return Ruling(UNKNOWN, f"audit {present.audit} did not see it, and every domain has it")
    if box.reader != present.reader(box.target):
        return Ruling(UNKNOWN, "not seen, but another account asked than when it was seen")
    if box.subject and box.generation == present.generation(box.target, box.collector):
        return Ruling(DONE, f"read whole in audit {present.audit}: the account is gone")
    return Ruling(UNKNOWN, f"audit {present.audit} did not see it")


class Attested(Struct, frozen=True):
    """For a secret that no audit can see: two named people of two parties attest it."""

    def says(self, present: Present, item: ItemMemory) -> str:
        """Return who attests it."""
        return "two named people of two parties attest it: no audit can see it"

    def decide(self, present: Present, box: BoxMemory) -> Ruling:
        """Return that only people can tell."""
        return Ruling(UNKNOWN, "no audit can see it")


class AdministratorTested(Struct, frozen=True):
    """Proved by an administrator of a party that stays, who logged in after the line was made."""

    def says(self, present: Present, item: ItemMemory) -> str:
        """Return what an audit has to see, and what people may attest instead."""
        return (
            "an audit that sees an administrator of the client or the incoming party in "
            f"{listed(item.targets)}, used since; or two people of two parties attest the login"
        )

    def decide(self, present: Present, box: BoxMemory) -> Ruling:
        """Return open while there is none; one that was not used since is not tested."""
        found = tuple(_of_those_who_stay(present, box.target))
        if not found:
            blanks = present.hidden.get(box.target, ())
            text = f"no administrator of a party that stays is proved in audit {present.audit}"
            return Ruling(UNKNOWN if blanks else OPEN, text, "", blanks)
        seen = "; ".join(hold.title for hold in found)
        places = "; ".join(dict.fromkeys(str(p) for hold in found for p in hold.evidence))
        directory = present.directories[box.target]
        used = (_used_since(directory, hold, box.seen) for hold in found)
        if any(truth is Truth.YES for truth in used):
            return Ruling(DONE, f"used since: {seen}", places)
        return Ruling(UNKNOWN, f"seen, and not seen used since: {seen}", places)


def _of_those_who_stay(present: Present, target: str) -> Iterator[Hold]:
    for one in present.judgement.holdings.judged:
        candidate = one.candidate
        if candidate.kind != "directory member" or candidate.target != target:
            continue
        if candidate.power is Power.ROOT and not candidate.carried and (hold := _staying(one)):
            yield hold


def _staying(one: Judged) -> Hold | None:
    """Return the hold of a party that stays, when it is surely theirs alone, and open."""
    match = next((match for match in one.matches if match.role in STAYING), None)
    if match is None or of_role(one.matches, Role.OUTGOING) is not None:
        return None
    hold = hold_of(one.candidate, match)
    is_open = hold.path is not None and hold.path.certain is Truth.YES
    return hold if is_open and hold.certainty is not Certainty.PROPOSED else None


def _used_since(directory: Directory, hold: Hold, since: int) -> Truth:
    """Tell whether the account was used after a time; the directory's dates lag by days."""
    account = hold.key.removeprefix(f"{hold.kind} {hold.target} ").partition(" ")[0]
    use = last_use(directory).get(account)
    if use is None or use.carried or use.record.when is None:
        return Truth.UNKNOWN
    after = use.record.when.after(Moment.exact(since))
    return known(True) if after is Truth.YES else Truth.UNKNOWN
