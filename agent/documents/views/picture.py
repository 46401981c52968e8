"""A picture of the leaving party's ways: by which means it reaches which hosts."""

from collections.abc import Sequence

from msgspec import Struct

from agent.documents.views import say
from agent.documents.views.power import Holding

MOST_MEANS = 12
MOST_HOSTS = 14
WIDTH = 920
_ROW = 34
_TOP = 34
_STRONG = ("root", "control", "run as", "network")


class Box(Struct, frozen=True):
    """One labelled box; `y` is its middle."""

    y: int
    label: str
    note: str
    is_guess: bool = False


class Line(Struct, frozen=True):
    """One link between two boxes: their middles."""

    y1: int
    y2: int
    is_guess: bool


class Picture(Struct, frozen=True):
    """Means on the left, hosts on the right, and what leads where."""

    party: str
    height: int
    middle: int
    means: tuple[Box, ...]
    hosts: tuple[Box, ...]
    lines: tuple[Line, ...]
    means_left_out: int


def picture(party: str, holds: Sequence[Holding]) -> Picture | None:
    """Return the picture; None when there is nothing to draw."""
    strong = [hold for hold in holds if hold.power in _STRONG and not hold.carried]
    shown = strong[:MOST_MEANS]
    if not shown:
        return None
    places = _places(shown)
    rows = max(len(shown), max(places.values()) + 1)
    height = _TOP * 2 + rows * _ROW
    means = tuple(_means(hold, _y(at, len(shown), rows)) for at, hold in enumerate(shown))
    seats = {seat: _y(seat, max(places.values()) + 1, rows) for seat in places.values()}
    hosts = tuple(Box(seats[seat], label, "") for label, seat in _labels(places))
    lines = {
        (box.y, seats[places[name]], box.is_guess)
        for hold, box in zip(shown, means, strict=True)
        for name in hold.names
    }
    ordered = tuple(Line(*line) for line in sorted(lines))
    return Picture(party, height, height // 2, means, hosts, ordered, len(strong) - len(shown))


def _means(hold: Holding, y: int) -> Box:
    note = f"{hold.power}, {hold.certainty}"
    return Box(y, say.short(hold.title, 46), note, hold.certainty == "proposed")


def _places(holds: Sequence[Holding]) -> dict[str, int]:
    """Return the seat of each host; those that have no seat of their own share the last one."""
    names = sorted({name for hold in holds for name in hold.names})
    if len(names) <= MOST_HOSTS:
        return {name: seat for seat, name in enumerate(names)}
    return {name: min(seat, MOST_HOSTS - 1) for seat, name in enumerate(names)}


def _labels(places: dict[str, int]) -> list[tuple[str, int]]:
    by_seat: dict[int, list[str]] = {}
    for name, seat in places.items():
        by_seat.setdefault(seat, []).append(name)
    return [
        (say.short(names[0], 34) if len(names) == 1 else f"{len(names)} more hosts", seat)
        for seat, names in by_seat.items()
    ]


def _y(at: int, count: int, rows: int) -> int:
    """Return the middle of box `at` of `count`, spread over the height of all rows."""
    return _TOP + int((at + 0.5) * rows * _ROW / count)
