"""The coverage matrix: each host, each area, and how much of it was read."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from agent.documents.views.areas import AREAS, area
from inventory.reading import Reading, State

_LETTERS = {State.COMPLETE: "C", State.PARTIAL: "P", State.FAILED: "F", State.NOT_ASKED: "N"}


class Mark(Struct, frozen=True):
    """One field of the matrix: a letter, and the word for it."""

    letter: str
    state: str
    unread: int  # readings of the area that are not complete
    readings: int


class MatrixRow(Struct, frozen=True):
    """One host's fields, in the order of the areas."""

    host: str
    marks: tuple[Mark, ...]


class Matrix(Struct, frozen=True):
    """Which area was read how far on which host."""

    areas: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    counts: tuple[tuple[str, str, int], ...]  # letter, state, how many


_UNPLANNED = Mark("–", "not planned", 0, 0)


def matrix(readings: Iterable[Reading]) -> Matrix:
    """Return the matrix of all readings."""
    found: dict[str, dict[str, list[State]]] = defaultdict(lambda: defaultdict(list))
    for one in readings:
        found[one.key.target][area(one.tells, one.key.collector)].append(one.state)
    seen = {name for row in found.values() for name in row}
    ordered = (*(one for one in AREAS if one in seen), *sorted(seen - set(AREAS)))
    rows = tuple(
        MatrixRow(host, tuple(_mark(found[host].get(name, ())) for name in ordered))
        for host in sorted(found)
    )
    counted = Counter(mark.state for row in rows for mark in row.marks)
    counts = tuple((_LETTERS[state], state.value, counted[state.value]) for state in State)
    return Matrix(ordered, rows, counts)


def _mark(states: Sequence[State]) -> Mark:
    """Return complete when all are, failed or not asked when all are, else partial."""
    if not states:
        return _UNPLANNED
    kinds = set(states)
    if len(kinds) == 1:
        state = states[0]
    else:
        state = State.FAILED if kinds == {State.FAILED, State.NOT_ASKED} else State.PARTIAL
    unread = sum(one is not State.COMPLETE for one in states)
    return Mark(_LETTERS[state], state.value, unread, len(states))
