"""What a search filter asks, as a tree (RFC 4515): for the linter, and for the way it is sent."""

import re
from collections.abc import Iterator

from msgspec import Struct

from inventory.errors import ParseError

MOST_FILTER = 8192  # characters
MOST_DEPTH = 20

_NAME = r"(?P<name>[A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)+)(?P<options>(?:;[A-Za-z0-9-]+)*)"
_SIMPLE = re.compile(rf"{_NAME}(?P<sign>>=|<=|~=|=)(?P<value>[^()]*)")
_EXTENDED = re.compile(
    rf"(?:{_NAME})?(?P<dn>:dn)?(?::(?P<rule>[A-Za-z0-9.-]+))?:=(?P<value>[^()]*)"
)
_ESCAPED = re.compile(rb"\\([0-9A-Fa-f]{2})")


class Both(Struct, frozen=True):
    """All of them (`&`), or any of them (`|`)."""

    sign: str
    parts: tuple["Filter", ...]


class Not(Struct, frozen=True):
    """The opposite."""

    part: "Filter"


class Compared(Struct, frozen=True):
    """An attribute beside a value: `=`, `>=`, `<=`, `~=`; `*` alone is kept as sign "present"."""

    name: str
    sign: str
    value: bytes = b""


class Pieces(Struct, frozen=True):
    """An attribute whose value has these pieces in this order; the first and last may be empty."""

    name: str
    pieces: tuple[bytes, ...]


class Matched(Struct, frozen=True):
    """An attribute beside a value by a named rule."""

    name: str  # "": any attribute
    rule: str
    value: bytes
    of_dn: bool = False


Filter = Both | Not | Compared | Pieces | Matched


def parse_filter(text: str) -> Filter:
    """Return the tree of a filter; raises ParseError that says where it cannot be read."""
    if len(text) > MOST_FILTER:
        raise ParseError(f"a filter of {len(text)} characters is too long")
    found, at = _filter(text, 0, 0)
    if at != len(text):
        raise ParseError(f"{text[at : at + 20]!r} follows the end of the filter")
    return found


def names(tree: Filter) -> Iterator[str]:
    """Yield the name of each attribute that a filter looks at; "" for any attribute."""
    for leaf in leaves(tree):
        yield leaf.name


def leaves(tree: Filter) -> Iterator[Compared | Pieces | Matched]:
    """Yield each comparison of a filter."""
    match tree:
        case Both(parts=parts):
            for part in parts:
                yield from leaves(part)
        case Not(part=part):
            yield from leaves(part)
        case _:
            yield tree


def _filter(text: str, at: int, depth: int) -> tuple[Filter, int]:
    """Return the filter at a position, and the position after it."""
    if text[at : at + 1] != "(" or depth > MOST_DEPTH:
        raise ParseError(f"a filter begins with a bracket, not with {text[at : at + 20]!r}")
    sign = text[at + 1 : at + 2]
    if sign in ("&", "|"):
        parts, after = _parts(text, at + 2, depth)
        return Both(sign, parts), _closed(text, after)
    if sign == "!":
        part, after = _filter(text, at + 2, depth + 1)
        return Not(part), _closed(text, after)
    return _leaf(text, at + 1)


def _parts(text: str, at: int, depth: int) -> tuple[tuple[Filter, ...], int]:
    found = []
    while text[at : at + 1] == "(":
        part, at = _filter(text, at, depth + 1)
        found.append(part)
    if not found:
        raise ParseError("`&` and `|` of a filter need something to join")
    return tuple(found), at


def _leaf(text: str, at: int) -> tuple[Filter, int]:
    if told := _SIMPLE.match(text, at):
        return _simple(told), _closed(text, told.end())
    if told := _EXTENDED.match(text, at):
        name, rule = told["name"] or "", told["rule"] or ""
        value = _value(told["value"])
        return Matched(name, rule, value, bool(told["dn"])), _closed(text, told.end())
    raise ParseError(f"{text[at : at + 20]!r} is no comparison of a filter")


def _simple(told: re.Match[str]) -> Filter:
    name, sign, value = told["name"] + told["options"], told["sign"], told["value"]
    if sign == "=" and value == "*":
        return Compared(name, "present")
    if sign == "=" and "*" in value:
        return Pieces(name, tuple(_value(piece) for piece in value.split("*")))
    return Compared(name, sign, _value(value))


def _value(text: str) -> bytes:
    raw = text.encode()
    if raw.count(b"\\") != len(_ESCAPED.findall(raw)):
        raise ParseError(f"{text[:40]!r} has a backslash that escapes nothing")
    return _ESCAPED.sub(lambda told: bytes([int(told[1], 16)]), raw)


def _closed(text: str, at: int) -> int:
    if text[at : at + 1] != ")":
        raise ParseError(f"a closing bracket is missing at {text[at : at + 20]!r}")
    return at + 1
