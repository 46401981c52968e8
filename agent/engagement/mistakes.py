"""Mistakes in what people wrote: collected with file and line, and told all at once."""

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from msgspec import Struct

from inventory.errors import ConfigError

MOST_TOLD = 50  # mistakes in one error; the rest is counted
MOST_NAMED = 30  # words that are offered where none is near
MOST_SHOWN = 60  # characters of a value in a message
_USERINFO = re.compile(r"(?<=:)[^\s/:][^\s/]*(?=@)|(?<=//)[^\s/]*(?=@)")


class Place(Struct, frozen=True, order=True):
    """A line of a file, as people find it again: `handover.yaml:12`."""

    file: str
    line: int

    def __str__(self) -> str:
        """Return file and line as compilers print them; line 0: the file as a whole."""
        return f"{self.file}:{self.line}" if self.line else self.file


class Wrong(ConfigError):
    """One value cannot be used; the text says what must stand there and what stands there."""


class Mistakes:
    """What was found wrong so far; nothing is raised before all was looked at."""

    def __init__(self, *, asks: bool = True) -> None:
        """Start with none. `asks`: sources are to be asked, so what that needs must be there."""
        self.asks = asks
        self._found: list[tuple[Place, str]] = []

    def __bool__(self) -> bool:
        """Tell whether anything is wrong."""
        return bool(self._found)

    def add(self, place: Place, text: str) -> None:
        """Note one mistake; the same one at the same place is told once."""
        if (place, text) not in self._found:
            self._found.append((place, text))

    @contextmanager
    def noted(self, place: Place) -> Iterator[None]:
        """Note a Wrong raised inside as a mistake at the place, and go on after it."""
        try:
            yield
        except Wrong as err:
            self.add(place, str(err))

    def settle(self) -> None:
        """Raise one ConfigError with a line for each mistake; return when there is none."""
        if not self._found:
            return
        ordered = sorted(self._found, key=lambda found: found[0])
        lines = [f"{place}: {text}" for place, text in ordered[:MOST_TOLD]]
        if len(ordered) > MOST_TOLD:
            lines.append(f"and {len(ordered) - MOST_TOLD} more mistakes")
        raise ConfigError("\n".join(lines))


def shown(text: str) -> str:
    """Return a value as a message may show it: short, printable, no `user:password@`."""
    safe = _USERINFO.sub("***", text)
    cut = safe if len(safe) <= MOST_SHOWN else safe[: MOST_SHOWN - 1] + "…"
    return repr(
        "".join(char if is_printable(char) else "\N{REPLACEMENT CHARACTER}" for char in cut)
    )


def is_printable(char: str) -> bool:
    """Tell whether a character is safe on a terminal: no control, format or line separator."""
    category = unicodedata.category(char)
    return category[0] != "C" and category not in ("Zl", "Zp")


def nearest(word: str, known: Collection[str]) -> str:
    """Return the way out for a word that is not known: the nearest one, or all there are."""
    folded = {one.lower(): one for one in known}
    close = difflib.get_close_matches(word[:80].lower(), folded, n=1, cutoff=0.6)
    if close:
        return f"did you mean {folded[close[0]]!r}?"
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    return f"known are: {', '.join(sorted(known)[:MOST_NAMED])}{more}"
