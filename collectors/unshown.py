"""What an entry of a directory does not show, or shows in a form that it cannot have: as gaps."""

from collections.abc import Iterator

from collectors.entries import Entry
from collectors.spec import Unreadable
from inventory.model.evidence import Why

RIGHT = "directory right"  # the cure: the account that asks lacks a right in the directory
INSTANCE = "instanceType"


def tells_unset(entry: Entry) -> bool:
    """Return whether an attribute that the entry does not tell is one that is not set.

    Rights to read are given for all attributes, for one, or for a property set. instanceType is on
    every entry of Active Directory and in no set ([MS-ADA1] 2.330): who is shown it may read all.
    An ask whose collector wants to know asks for it.
    """
    return entry.has(INSTANCE)


def unshown(entry: Entry, what: str, attribute: str = "", *, part: str | None = None) -> Unreadable:
    """Return the gap of something that is there and is not shown; it hides the entry's part."""
    hidden = entry.dn if part is None else part
    return Unreadable(entry.at(attribute), f"{what} not shown", hidden, Why.DENIED, RIGHT)


def odd_numbers(entry: Entry, *attributes: str, part: str | None = None) -> Iterator[Unreadable]:
    """Yield the gap of each attribute that should be a number and is none."""
    for name in attributes:
        if entry.has(name) and entry.number(name) is None:
            hidden = entry.dn if part is None else part
            yield Unreadable(entry.at(name), f"{name} is no number", hidden)
