"""Zero, said as what it is: what is known, and what was not read."""

from agent.judge.case import Footprint, Hold
from agent.judge.subjects import subject
from inventory.snapshot import Blank

MOST_NAMED = 3


def zero_text(found: Footprint, unattributed: Footprint | None = None) -> str:
    """Return `0 holds known; unread: 3 places (...): sudo`, never a bare zero with gaps."""
    parts = [_seen(found)]
    if found.nameless:
        parts.append("nothing could be recognised: the party has no profile")
    nobodys = found.nobodys if unattributed is None else len(unattributed.holds)
    if nobodys:
        parts.append(_plural(nobodys, "power") + " of nobody known")
    if found.is_present:
        parts.append("a session or connection of theirs was open")
    if found.blanks:
        parts.append(f"unread: {unread(found.blanks)}")
    return "; ".join(parts)


def unread(blanks: tuple[Blank, ...]) -> str:
    """Return `2 places (db1, corp.example): passwords, trusts and 4 more`."""
    targets = sorted({blank.target for blank in blanks if blank.target})
    subjects = sorted({_subject(blank) for blank in blanks})
    if not targets:
        return _listed(subjects)
    return f"{_plural(len(targets), 'place')} ({_listed(targets)}): {_listed(subjects)}"


def _seen(found: Footprint) -> str:
    fresh = [hold for hold in found.holds if not hold.carried]
    needed = [hold for hold in found.dependences if not hold.carried]
    old = len(found.holds) + len(found.dependences) - len(fresh) - len(needed)
    known = " known" if found.blanks or old or found.nameless else ""
    text = f"{_plural(len(fresh), 'hold')}{known}{_guessed(fresh)}"
    if needed:
        text += f", {_plural(len(needed), 'dependence')}{_guessed(needed)}"
    return f"{text}; {old} of an earlier audit could not be looked at" if old else text


def _guessed(holds: list[Hold]) -> str:
    guesses = sum(hold.is_guess for hold in holds)
    return f" ({guesses} of them proposed)" if guesses else ""


def _subject(blank: Blank) -> str:
    """Return `account timers` of linux.account_timers, or the kind that nobody was asked for."""
    return subject(blank.collector) or blank.gap.detail.rpartition(" ")[2]


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
