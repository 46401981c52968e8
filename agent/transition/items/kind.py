"""The form of a kind of line: the act, the gate, the words, and what proves it done."""

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from agent.transition.item import Act
from agent.transition.proofs import GONE, Proof, Ruling

LETTERS = {
    Act.CREATE: "T",
    Act.TRANSFER: "H",
    Act.ROTATE: "S",
    Act.REVOKE: "R",
    Act.KEEP: "K",
    Act.DECIDE: "D",
}
BACK = "Keep a copy of the old setting; put it back."


class LineKind(Struct, frozen=True):
    """One kind of line: what is done about its holds, when, and what proves it."""

    name: str
    holds: tuple[str, ...]  # kinds of holds that come under such a line
    act: Act
    gate: str
    rank: int  # order within the gate: what must be done first
    title: str  # {subject}
    todo: str
    undo: str = ""
    proof: Proof = GONE
    everywhere: bool = False  # the same subject may be on a host that was not read
    whole: Callable[[Sequence[Ruling]], str] | None = None  # says of all gaps what the first hides

    @property
    def prefix(self) -> str:
        """Return the beginning of the keys of its lines."""
        return f"{self.act.name.lower()} {self.name}"


LINE_KINDS: dict[str, LineKind] = {}
OF_HOLD: dict[str, LineKind] = {}  # hold kind -> the line of a hold that is surely theirs


def enter(kinds: Iterable[LineKind]) -> None:
    """Enter kinds of lines into LINE_KINDS, and into OF_HOLD for the holds that they take."""
    for kind in kinds:
        LINE_KINDS[kind.name] = kind
        OF_HOLD.update(dict.fromkeys(kind.holds, kind))
