"""The coverage matrix: each host, each subject, and how much of it was read."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from agent.documents.views.words import subject
from agent.judge.case import Coverage
from inventory.reading import State

_WORST = (State.FAILED, State.NOT_ASKED, State.PARTIAL, State.COMPLETE)
_LETTERS = {State.COMPLETE: "C", State.PARTIAL: "P", State.FAILED: "F", State.NOT_ASKED: "N"}


class Mark(Struct, frozen=True):
    """One field of the matrix: a letter, and the word for it."""

    letter: str
    state: str
    gaps: int


class MatrixRow(Struct, frozen=True):
    """One host's fields, in the order of the subjects."""

    host: str
    marks: tuple[Mark, ...]


class Matrix(Struct, frozen=True):
    """Which subject was read how far on which host."""

    subjects: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    counts: tuple[tuple[str, str, int], ...]  # letter, state, how many


_UNPLANNED = Mark("–", "not planned", 0)


def matrix(coverage: Sequence[Coverage]) -> Matrix:
    """Return the matrix of all readings."""
    collectors = sorted({one.subject for one in coverage})
    found: dict[str, dict[str, Mark]] = {}
    for one in coverage:
        row = found.setdefault(one.target, {})
        mark = Mark(_LETTERS[State(one.state)], one.state, one.refused)
        row[one.subject] = min(row.get(one.subject, mark), mark, key=_worst)
    counted = Counter(mark.state for row in found.values() for mark in row.values())
    return Matrix(
        subjects=tuple(subject(name) for name in collectors),
        rows=tuple(
            MatrixRow(host, tuple(row.get(name, _UNPLANNED) for name in collectors))
            for host, row in sorted(found.items())
        ),
        counts=tuple((_LETTERS[state], state.value, counted[state.value]) for state in State),
    )


def _worst(mark: Mark) -> int:
    return _WORST.index(State(mark.state))
