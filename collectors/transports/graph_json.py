"""JSON from Graph, read strictly: no doubled name, no NaN, no bottomless nesting (RFC 8259)."""

import json
import math
from typing import Any

from inventory.errors import ParseError


def decoded(raw: bytes) -> Any:
    """Return what the bytes say. Raises ParseError for all that RFC 8259 leaves to chance."""
    try:
        return json.loads(
            raw, object_pairs_hook=_once, parse_constant=_refused, parse_float=_number
        )
    except RecursionError as err:
        raise ParseError("the answer is nested too deeply") from err
    except (ValueError, UnicodeDecodeError) as err:
        raise ParseError(f"the answer is no JSON: {str(err)[:120]}") from err


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:20]} is too big")
    return value


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is no number of JSON")
