"""What may stand in a table: a value, a verified none, or why it is not known. Nothing else.

A cell is made from a `Read`, `Bounds`, or one field of a record that was read. So no
template can print an empty list as nothing, and none decides what an absence means.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct

from inventory.model.record import Record
from inventory.model.truth import Bounds
from inventory.snapshot import Blank, Read

R = TypeVar("R", bound=Record)

MOST_TEXTS = 6
MOST_WHYS = 2


class Known(StrEnum):
    """How much a cell or a table knows."""

    ALL = "known"  # the values, and nothing can be hidden
    PART = "part"  # the values, and there may be more
    NONE = "none"  # asked, answered, none
    UNKNOWN = "unknown"  # could not be asked, or the answer could not be read
    UNSTATED = "unstated"  # the source was read and does not state it


class Whys(Struct, frozen=True):
    """Why something is not known: the first reasons, and how many more there are."""

    texts: tuple[str, ...] = ()
    more: int = 0
    word: str = ""  # the first reason in one word

    def __bool__(self) -> bool:
        """Tell whether anything is in the way."""
        return bool(self.texts)


class Cell(Struct, frozen=True):
    """One answer, with what stands in the way of more."""

    known: Known
    texts: tuple[str, ...] = ()
    more: int = 0  # values left out for want of room
    whys: Whys = Whys()
    style: str = ""  # "code", "number", "small": how it looks, never what it says
    sort: str = ""  # what orders it, where that is not the text

    @property
    def text(self) -> str:
        """Return the values as one text; empty when there are none."""
        return ", ".join(self.texts)


def why(blank: Blank) -> str:
    """Return `denied: needs root (/etc/shadow)`."""
    gap = blank.gap
    said = f"{gap.why.value}: {gap.detail}" if gap.detail else gap.why.value
    return f"{said} ({gap.part})" if gap.part and gap.part not in said else said


def whys_of(blanks: Iterable[Blank], most: int = MOST_WHYS) -> Whys:
    """Return the reasons, each once, as many as have room."""
    known = tuple(blanks)
    said = tuple(dict.fromkeys(why(blank) for blank in known))
    word = known[0].gap.why.value if known else ""
    return Whys(said[:most], max(0, len(said) - most), word)


def of_field(value: str | int | None, style: str = "", sort: str = "") -> Cell:
    """Return the cell of a field of a record that was read."""
    if value is None or value == "":
        return _UNSTATED
    return Cell(Known.ALL, (str(value),), style=style, sort=sort)


def of_fields(values: Iterable[str], style: str = "", most: int = MOST_TEXTS) -> Cell:
    """Return the cell of a field with several values, of a record that was read."""
    texts = tuple(value for value in values if value)
    if not texts:
        return _UNSTATED
    return Cell(Known.ALL, texts[:most], max(0, len(texts) - most), style=style)


def of_read(
    read: Read[R], say: Callable[[R], str], *, style: str = "", most: int = MOST_TEXTS
) -> Cell:
    """Return what is known of a kind, with what could hide more; rows carried over say so."""
    known = read.known()
    said = (
        f"{say(row.record)} (of audit {row.evidence.audit}, not seen now)"
        if row.carried
        else say(row.record)
        for row in known.rows
    )
    texts = tuple(dict.fromkeys(text for text in said if text))
    whys = whys_of(known.blanks)
    if not texts:
        none = Known.UNSTATED if known.rows else Known.NONE
        return Cell(Known.UNKNOWN if whys else none, whys=whys)
    state = Known.ALL if known.complete else Known.PART
    return Cell(state, texts[:most], max(0, len(texts) - most), whys, style)


def of_bounds(bounds: Bounds, blanks: Iterable[Blank] = ()) -> Cell:
    """Return how many there are: a number, `at least 4`, a verified none, or not known."""
    if bounds.most == 0:
        return Cell(Known.NONE, style="number")
    if bounds.least == 0 and bounds.most is None:
        return Cell(Known.UNKNOWN, whys=whys_of(blanks) or _UNDECIDED, style="number")
    state = Known.ALL if bounds.exact is not None else Known.PART
    sort = str(bounds.least)
    return Cell(state, (str(bounds),), whys=whys_of(blanks), style="number", sort=sort)


def unknown(blanks: Iterable[Blank]) -> Cell:
    """Return that it is not known, and why."""
    return Cell(Known.UNKNOWN, whys=whys_of(blanks) or _UNDECIDED)


_UNSTATED = Cell(Known.UNSTATED)
_UNDECIDED = Whys(("what was read does not decide it",), word="undecided")
