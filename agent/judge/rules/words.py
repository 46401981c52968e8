"""How the rules say things: names in short, numbers with their nouns, lists with an end."""

from collections.abc import Sequence

DAY_S = 86_400
MOST_NAMED = 3
MOST_SHOWN = 100  # characters of a text from a host in one sentence


def shown(text: str) -> str:
    """Return a text from a host, cut where it is long."""
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."


def listed(names: Sequence[str]) -> str:
    """Return `a, b, c and 4 more`."""
    more = len(names) - MOST_NAMED
    text = ", ".join(shown(name) for name in names[:MOST_NAMED])
    return f"{text} and {more} more" if more > 0 else text


def plural(number: int, word: str) -> str:
    """Return `1 host`, `2 hosts`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def days_between(earlier_s: int, later_s: int) -> int:
    """Return the whole days between two times, in seconds since 1970 UTC."""
    return (later_s - earlier_s) // DAY_S
