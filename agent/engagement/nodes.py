"""YAML 1.2 text as a small tree that knows its lines (yaml.org/spec/1.2.2).

Only the events of the parser are used, so nothing that a file says is ever constructed: a scalar
is text, and the field that reads it decides what it means. `no`, `on` and `22:30` stay text.
"""

import re
from collections.abc import Iterator

from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from agent.engagement.mistakes import Mistakes, Place, Wrong, shown

MOST_BYTES = 1024 * 1024
MOST_NODES = 100_000  # with every alias counted as what it stands for
MOST_DEPTH = 20


class Scalar(Struct, frozen=True):
    """One text; `plain` when it was written without quotes."""

    text: str
    plain: bool
    place: Place
    tag: str | None = None
    weight: int = 1

    @property
    def is_null(self) -> bool:
        """Tell whether nothing is said here (YAML 1.2, core schema)."""
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")


class Mapping(Struct, frozen=True):
    """Keys with their values, in the order of the file."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    place: Place
    weight: int = 1


class Sequence(Struct, frozen=True):
    """A list."""

    items: tuple["Node", ...]
    place: Place
    weight: int = 1


Node = Scalar | Mapping | Sequence


def node_of(raw: bytes, file: str, mistakes: Mistakes, *, tags: bool = False) -> Node | None:
    """Return the tree of one document; None when it is empty or cannot be read (then noted).

    `tags`: explicit tags such as `!vault` are let through, on scalars.
    """
    with mistakes.noted(Place(file, 1)):
        text = decoded(raw)
        return _read(text, _Builder(file, mistakes, tags=tags))
    return None


def decoded(raw: bytes) -> str:
    """Return the text of a file; raises Wrong when it is too big or not UTF-8."""
    if len(raw) > MOST_BYTES:
        raise Wrong(f"must have at most {MOST_BYTES} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        line = raw.count(b"\n", 0, err.start) + 1
        raise Wrong(f"is not UTF-8 (line {line}): save it as UTF-8") from err


def _read(text: str, builder: "_Builder") -> Node | None:
    try:
        for event in _events(text):
            builder.take(event)
    except _Stop as stop:
        builder.mistakes.add(stop.place, str(stop))
        return None
    except MarkedYAMLError as err:
        mark = err.problem_mark or err.context_mark
        place = Place(builder.file, mark.line + 1 if mark else 1)
        builder.mistakes.add(place, f"is not YAML here: {_problem(err.problem)}")
        return None
    except (YAMLError, ValueError, OverflowError) as err:  # an escape beyond Unicode
        where = getattr(err, "position", 0)
        line = text.count("\n", 0, where if isinstance(where, int) else 0) + 1
        place = Place(builder.file, line)
        builder.mistakes.add(place, "is not YAML here: a character that may not stand in it")
        return None
    return builder.root


def _events(text: str) -> Iterator[Event]:
    yield from YAML(typ="safe", pure=True).parse(text)


def _problem(problem: str | None) -> str:
    """Return what the parser found wrong, without what it quotes: that may be a secret."""
    if "'\\t'" in (problem or ""):
        return "a tab stands where spaces must: YAML is indented by spaces only"
    bare = re.split(r"['\"`]|, but ", problem or "")[0].strip(" ,:")
    said = f"{bare}; " if " " in bare else ""  # of "expected ',', but got" nothing is left to say
    return f"{said}close each bracket, and put quotes around a value with special characters"


class _Stop(Exception):
    """The rest of the file cannot be read."""

    def __init__(self, place: Place, text: str) -> None:
        super().__init__(text)
        self.place = place


class _Open(Struct):
    """A mapping or list that is not closed yet."""

    is_mapping: bool
    place: Place
    anchor: str | None
    children: list[Node]


class _Builder:
    """Builds the tree from events, without recursion and within limits."""

    def __init__(self, file: str, mistakes: Mistakes, *, tags: bool) -> None:
        self.file, self.mistakes, self._tags = file, mistakes, tags
        self.root: Node | None = None
        self._open: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._documents = 0

    def take(self, event: Event) -> None:
        """Take the parser's next event."""
        place = Place(self.file, event.start_mark.line + 1)
        match event:
            case ScalarEvent():
                self._tagged(event, place)
                scalar = self._scalar(event, place)
                if event.anchor is not None and not scalar.text:
                    raise _Stop(place, "& starts an anchor of YAML: put quotes around the text")
                self._put(scalar, event.anchor, place)
            case AliasEvent():
                self._put(self._meant(event.anchor, place), None, place)
            case MappingStartEvent() | SequenceStartEvent():
                self._enter(event, place)
            case MappingEndEvent() | SequenceEndEvent():
                self._leave()
            case DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise _Stop(place, "a second document starts here: one file, one document")

    @staticmethod
    def _scalar(event: ScalarEvent, place: Place) -> Scalar:
        tag = str(event.tag) if event.tag is not None else None
        return Scalar(str(event.value), event.style is None and tag is None, place, tag)

    def _tagged(self, event: ScalarEvent, place: Place) -> None:
        if event.tag is not None and not self._tags:
            raise _Stop(place, "an explicit tag (!...) stands here: put quotes around the text")

    def _meant(self, anchor: str, place: Place) -> Node:
        if anchor not in self._anchors:
            way_out = "put quotes around a text that starts with *"
            raise _Stop(place, f"* starts an alias of YAML, and no such anchor is known: {way_out}")
        return self._anchors[anchor]

    def _enter(self, event: MappingStartEvent | SequenceStartEvent, place: Place) -> None:
        if event.tag is not None and not self._tags:
            raise _Stop(place, "an explicit tag (!...) stands here: put quotes around the text")
        if len(self._open) >= MOST_DEPTH:
            raise _Stop(place, f"is nested deeper than {MOST_DEPTH} levels")
        self._open.append(_Open(isinstance(event, MappingStartEvent), place, event.anchor, []))

    def _leave(self) -> None:
        done = self._open.pop()
        weight = 1 + sum(child.weight for child in done.children)
        node = self._mapping(done, weight) if done.is_mapping else _sequence(done, weight)
        self._put(node, done.anchor, done.place)

    def _put(self, node: Node, anchor: str | None, place: Place) -> None:
        if node.weight > MOST_NODES:
            raise _Stop(place, f"stands for more than {MOST_NODES} values: aliases expand too far")
        if anchor is not None:
            self._anchors[anchor] = node
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node

    def _mapping(self, done: _Open, weight: int) -> Mapping:
        keys, values = done.children[0::2], done.children[1::2]
        entries = []
        seen: dict[str, Place] = {}
        for key, value in zip(keys, values, strict=True):
            if not isinstance(key, Scalar):
                raise _Stop(key.place, "a key must be a plain word, not a list or a mapping")
            if key.text in seen:
                first = seen[key.text].line
                self.mistakes.add(
                    key.place,
                    f"the key {shown(key.text)} stands here again, first in line {first}: keep one",
                )
            seen.setdefault(key.text, key.place)
            entries.append((key, value))
        return Mapping(tuple(entries), done.place, weight)


def _sequence(done: _Open, weight: int) -> Sequence:
    return Sequence(tuple(done.children), done.place, weight)
