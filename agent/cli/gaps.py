"""What is not known, beside every table: alike gaps together, with the act that would cure them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from agent.cli.tables import Table
from agent.judge.coverage import act_of
from agent.judge.subjects import subject
from inventory.model.evidence import Why
from inventory.snapshot import Blank

MOST_NAMED = 3
_REFUSED = re.compile(r"(/root|/home/[^/:]+|(?:/[^/:]+){1,2}(?=/|:)|/[^/:]+)[^:]*: ")
COLUMNS = ("where", "what is unread", "what would help", "why")


def gaps_table(blanks: Sequence[Blank]) -> Table:
    """Return the gaps as a table, the reason that hides most first."""
    groups: dict[tuple[str, str], list[Blank]] = defaultdict(list)
    for blank in blanks:
        groups[why_of(blank), act_of(blank.gap)[0]].append(blank)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    rows = tuple(
        (where_of(some), named(unread_of(one) for one in some), act, why)
        for (why, act), some in ordered
    )
    gaps = "1 gap" if len(blanks) == 1 else f"{len(blanks)} gaps"
    return Table(COLUMNS, rows, f"NOT KNOWN: {gaps} could change this")


def why_of(blank: Blank) -> str:
    """Return `denied: sudo says no`; for a file that may not be read, below which directory."""
    gap = blank.gap
    if gap.why is Why.DENIED and (place := _REFUSED.match(gap.detail)):
        return f"{gap.why.value}: what lies below {place.group(1)} may not be read"
    return f"{gap.why.value}: {gap.detail}" if gap.detail else gap.why.value


def unread_of(blank: Blank) -> str:
    """Return the part that is hidden, or the subject as a whole."""
    return " ".join(text for text in (subject(blank.collector), blank.gap.part) if text)


def where_of(blanks: Iterable[Blank]) -> str:
    """Return the targets by name, as many as have room."""
    names = sorted({blank.target for blank in blanks if blank.target})
    if len(names) <= 1:
        return names[0] if names else "everywhere"
    return f"{len(names)} hosts ({named(names)})"


def named(texts: Iterable[str]) -> str:
    """Return `a, b, c and 4 more`, each once."""
    found = tuple(dict.fromkeys(text for text in texts if text))
    more = len(found) - MOST_NAMED
    return ", ".join(found[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
