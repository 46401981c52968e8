"""One mapping of a file: its known keys are taken and checked, the others are mistakes."""

from collections.abc import Callable, Iterator
from collections.abc import Mapping as Dictionary
from typing import TypeVar

from agent.engagement.mistakes import Mistakes, Place, Wrong, nearest, shown
from agent.engagement.nodes import Mapping, Node, Scalar, Sequence

Value = TypeVar("Value")
Check = Callable[[str], Value]
Below = Dictionary[str, str]  # key -> the section that it belongs in
NOWHERE: Below = {}


class Section:
    """The keys of one mapping; what cannot be used is noted and reads as not given."""

    def __init__(
        self, node: Mapping, mistakes: Mistakes, known: tuple[str, ...], below: Below = NOWHERE
    ) -> None:
        """Take a mapping and the keys it may have; each other key is a mistake.

        `below`: keys that have their place in a section of this one, and which that is.
        """
        self.place, self.mistakes = node.place, mistakes
        self._values = {key.text: value for key, value in reversed(node.entries)}
        self._places = {key.text: key.place for key, _ in reversed(node.entries)}
        for key, _ in node.entries:
            if key.text not in known:
                way_out = _moved(key.text, below) or nearest(key.text, known)
                self.add(key.place, f"unknown key {shown(key.text)}: {way_out}")

    def add(self, place: Place, text: str) -> None:
        """Note a mistake."""
        self.mistakes.add(place, text)

    def has(self, key: str) -> bool:
        """Tell whether something is said under a key."""
        return self.node(key) is not None

    def place_of(self, key: str) -> Place:
        """Return where a key stands; where the section starts when it does not."""
        return self._places.get(key, self.place)

    def node(self, key: str) -> Node | None:
        """Return what stands under a key; None when nothing does."""
        found = self._values.get(key)
        return None if isinstance(found, Scalar) and found.is_null else found

    def need(self, key: str, why: str) -> None:
        """Note a mistake when nothing stands under a key."""
        if not self.has(key):
            self.add(self.place, f"{key} is missing: {why}")

    def take(self, key: str, check: Check[Value]) -> Value | None:
        """Return the checked value; None when there is none, or a wrong one (then noted)."""
        node = self.node(key)
        return None if node is None else self._one(key, node, check)

    def take_all(self, key: str, check: Check[Value]) -> tuple[Value, ...]:
        """Return the checked values of a list; a single value is a list of one."""
        found = (self._one(key, item, check) for item in self.items(key))
        return tuple(dict.fromkeys(value for value in found if value is not None))

    def items(self, key: str) -> tuple[Node, ...]:
        """Return the nodes of a list; a single one is a list of one."""
        node = self.node(key)
        if node is None:
            return ()
        return node.items if isinstance(node, Sequence) else (node,)

    def inner(self, key: str, known: tuple[str, ...]) -> "Section | None":
        """Return the section under a key; None when there is none, or no mapping (then noted)."""
        node = self.node(key)
        return None if node is None else section_of(node, self.mistakes, known, what=key)

    def inner_all(self, key: str, known: tuple[str, ...]) -> Iterator["Section"]:
        """Yield the sections of a list."""
        for item in self.items(key):
            found = section_of(item, self.mistakes, known, what=f"an entry of {key}")
            if found is not None:
                yield found

    def _one(self, key: str, node: Node, check: Check[Value]) -> Value | None:
        if not isinstance(node, Scalar):
            self.add(node.place, f"{key} must be a single value, not {_shape(node)}")
            return None
        try:
            return check(node.text)
        except Wrong as err:
            self.add(node.place, f"{key} {err}")
            return None


def section_of(
    node: Node, mistakes: Mistakes, known: tuple[str, ...], *, what: str, below: Below = NOWHERE
) -> Section | None:
    """Return the node as a section; None, and a mistake, when it is no mapping."""
    if isinstance(node, Mapping):
        return Section(node, mistakes, known, below)
    names = ", ".join(known[:4])
    mistakes.add(node.place, f"{what} must be a mapping ({names}, ...), not {_shape(node)}")
    return None


def _moved(key: str, below: Below) -> str:
    return f"it belongs under `{below[key]}:`, indented" if key in below else ""


def _shape(node: Node) -> str:
    if isinstance(node, Scalar):
        return "a single value"
    return "a list" if isinstance(node, Sequence) else "a mapping"
