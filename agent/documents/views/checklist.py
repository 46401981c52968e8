"""The access-transfer checklist, as it is shown and printed: gate by gate, line by line."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from msgspec import Struct

from agent.documents.cell import Whys, whys_of
from agent.documents.views import say
from agent.transition.gates import GATES
from agent.transition.item import Box, Item, ItemVerdict

MOST_BOXES = 300
_SETTLED = (ItemVerdict.DONE, ItemVerdict.ATTESTED, ItemVerdict.NOT_THEIRS)


class Place(Struct, frozen=True):
    """One box: a host where the act must be done."""

    host: str
    text: str
    verdict: str
    where: str


class Line(Struct, frozen=True):
    """One act, by one person, in one system."""

    id: str
    gate: str
    act: str
    title: str
    todo: str
    proof: str
    owner: str  # empty: nobody is named yet
    due: str  # empty: no day is set
    verdict: str
    is_settled: bool
    places: tuple[Place, ...]
    more: int
    untold: int  # boxes of which evidence cannot tell
    whys: Whys
    after: str
    undo: str
    says: str  # why the verdict is what it is
    progress: str  # what people declared
    accepted: str  # an exception, by whom and until when

    @property
    def brief(self) -> str:
        """Return the title as there is room for on the first page."""
        return say.short(say.short_prints(self.title), 60)


class Gate(Struct, frozen=True):
    """The lines that stand before one gate."""

    code: str
    title: str
    lines: tuple[Line, ...]
    settled: int


class Checklist(Struct, frozen=True):
    """All lines, and how many have which verdict."""

    gates: tuple[Gate, ...]
    counts: tuple[tuple[str, int], ...]
    total: int
    settled: int


def checklist(items: Sequence[Item]) -> Checklist:
    """Return the lines by gate; within a gate they stay in their order."""
    ordered = sorted(items, key=lambda item: item.gate)
    gates = tuple(
        _gate(code, tuple(line(item) for item in some))
        for code, some in groupby(ordered, key=lambda item: item.gate)
    )
    counted = Counter(item.verdict.value for item in items)
    return Checklist(
        gates=gates,
        counts=tuple(sorted(counted.items(), key=lambda one: (one[0] in _SETTLED, one[0]))),
        total=len(items),
        settled=sum(gate.settled for gate in gates),
    )


def line(item: Item) -> Line:
    """Return one line as it is shown."""
    boxes = sorted(item.boxes, key=lambda box: (_is_settled(box.verdict), box.target))
    return Line(
        id=item.id,
        gate=item.gate,
        act=item.act.value,
        title=item.title,
        todo=item.todo,
        proof=item.proof,
        owner=item.owner,
        due=say.day(item.due) if item.due is not None else "",
        verdict=item.verdict.value,
        is_settled=_is_settled(item.verdict),
        places=tuple(_place(box) for box in boxes[:MOST_BOXES]),
        more=max(0, len(boxes) - MOST_BOXES),
        untold=sum(box.verdict is ItemVerdict.CANNOT_TELL for box in boxes),
        whys=whys_of(item.blanks),
        after=item.after,
        undo=item.undo,
        says=item.says,
        progress=item.progress,
        accepted=item.accepted,
    )


def urgent(items: Sequence[Item]) -> tuple[Line, ...]:
    """Return the lines that are to be settled first: by gate, then by day."""
    waiting = [item for item in items if not _is_settled(item.verdict)]
    far = max((item.due or 0 for item in waiting), default=0) + 1
    waiting.sort(key=lambda item: (item.gate, far if item.due is None else item.due))
    return tuple(line(item) for item in waiting)


def _gate(code: str, lines: tuple[Line, ...]) -> Gate:
    title = GATES[code].name if code in GATES else ""
    return Gate(code, title, lines, sum(one.is_settled for one in lines))


def _is_settled(verdict: ItemVerdict) -> bool:
    return verdict in _SETTLED


def _place(box: Box) -> Place:
    return Place(box.target, box.text, box.verdict.value, box.evidence)
