"""Answers a query over rows as Graph does, and refuses what Graph refuses (OData 4.01, part 2)."""

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from tests.lab.graph.routes import Route
from tests.lab.graph.schema import USER_DEFAULTS, entity

OPTIONS = ("$select", "$filter", "$expand", "$top", "$count", "$skiptoken")
EXPANDED_ITEMS = 20
EXPANDED_ROWS = 100
SIGN_IN_ROWS = 500
_TERM = re.compile(r"([\w/$]+) (eq|ne|ge|le|gt|lt) ('(?:[^']|'')*'|[\w:.+-]+)", re.ASCII)
_EXPAND = re.compile(r"(\w+)(?:\((\$(?:select|expand))=([\w,]+)\))?", re.ASCII)
_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "ge": lambda a, b: a is not None and a >= b,
    "le": lambda a, b: a is not None and a <= b,
    "gt": lambda a, b: a is not None and a > b,
    "lt": lambda a, b: a is not None and a < b,
}


class RefusedError(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        """Take what the error says."""
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    @property
    def body(self) -> dict[str, Any]:
        """Return the error as Graph writes it."""
        return {"error": {"code": self.code, "message": self.message}}


def bad(message: str, code: str = "Request_BadRequest") -> RefusedError:
    """Return the refusal of a request that is wrong in itself."""
    return RefusedError(400, code, message)


class Query(Struct, frozen=True):
    """The options of one request, checked against the type."""

    select: tuple[str, ...] = ()
    terms: tuple[tuple[str, str, Any], ...] = ()
    expand: tuple[tuple[str, str, tuple[str, ...]], ...] = ()  # link, option within, its names
    top: int = 0
    skip: int = 0
    is_counted: bool = False


def query_of(route: Route, options: Mapping[str, str], *, is_eventual: bool) -> Query:
    """Return the options of a request. Raises RefusedError."""
    for name in options:
        if name not in OPTIONS:
            raise bad(f"Query option '{name}' is not allowed.")
    found = Query(
        select=_select(route, options.get("$select", "")),
        terms=tuple(_terms(route, options.get("$filter", ""), is_eventual=is_eventual)),
        expand=tuple(_expand(route, options.get("$expand", ""))),
        top=_top(route, options.get("$top", "")),
        skip=_skip(options.get("$skiptoken", "")),
        is_counted=options.get("$count") == "true",
    )
    if found.is_counted and not is_eventual and route.budget == "directory":
        raise bad("$count is not currently supported.", "Request_UnsupportedQuery")
    if "signInActivity" in found.select and found.top > SIGN_IN_ROWS:
        raise bad(f"Invalid page size specified: '{found.top}'. Must be between 1 and 500.")
    return found


def _select(route: Route, text: str) -> tuple[str, ...]:
    names = tuple(filter(None, text.split(",")))
    known = entity(route.entity)
    for name in names:
        if not known.has(name):
            raise bad(
                f"Could not find a property named '{name}' on type 'microsoft.graph.{route.entity}'."
            )
    return names


def _terms(route: Route, text: str, *, is_eventual: bool) -> Iterator[tuple[str, str, Any]]:
    for part in text.split(" and ") if text else ():
        found = _TERM.fullmatch(part.strip())
        if not found:
            raise bad(f"Invalid filter clause: {part}")
        name, operator, value = found.groups()
        if not entity(route.entity).has(name):
            raise bad(
                f"Could not find a property named '{name}' on type 'microsoft.graph.{route.entity}'."
            )
        if (operator == "ne" or name.endswith("/$count")) and not is_eventual:
            raise bad("Operator is not supported for this property.", "Request_UnsupportedQuery")
        yield name, operator, _literal(value)


def _literal(text: str) -> Any:
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    if text in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[text]
    return int(text) if text.isdigit() else text


def _expand(route: Route, text: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    if not text:
        return
    found = _EXPAND.fullmatch(text)
    if not found or found.group(1) not in entity(route.entity).links:
        raise bad(
            f"Parsing OData Select and Expand failed: '{text}' on 'microsoft.graph.{route.entity}'."
        )
    yield found.group(1), found.group(2) or "", tuple((found.group(3) or "").split(","))


def _top(route: Route, text: str) -> int:
    if not text:
        return 0
    if not text.isdigit() or not 1 <= int(text) <= route.most:
        raise bad(
            f"Invalid page size specified: '{text}'. Must be between 1 and {route.most} inclusive."
        )
    return int(text)


def _skip(token: str) -> int:
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token).decode().removeprefix("rows after "))
    except ValueError as err:
        raise bad("The skip token is invalid.", "Directory_ExpiredPageToken") from err


def skip_token(skip: int) -> str:
    """Return the opaque token of the page that begins after so many rows."""
    return base64.urlsafe_b64encode(f"rows after {skip}".encode()).decode()


def page(
    route: Route, query: Query, rows: Sequence[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], int, int]:
    """Return the rows of a page, how many there are in all, and where the next begins (0: none)."""
    if query.terms:
        rows = [row for row in rows if all(_holds(row, *term) for term in query.terms)]
    most = query.top or route.page
    if query.expand and route.budget == "directory":
        most = min(most, EXPANDED_ROWS)
    if "signInActivity" in query.select:
        most = min(most, SIGN_IN_ROWS)
    end = query.skip + most
    found = [shown(route, query, row) for row in rows[query.skip : end]]
    return found, len(rows), end if end < len(rows) else 0


def shown(route: Route, query: Query, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return of a row what is asked for."""
    known = entity(route.entity)
    told: dict[str, Any]
    if query.select:
        is_mixed = route.entity == "directoryObject"
        told = {
            name: row.get(name, [] if name in known.lists else None)
            for name in query.select
            if not is_mixed or name in row
        }
        if "@odata.type" in row:
            told["@odata.type"] = row["@odata.type"]
    elif route.entity == "user":
        told = {name: row.get(name) for name in USER_DEFAULTS}
    else:
        told = {name: value for name, value in row.items() if name not in known.links}
    for name, option, names in query.expand:
        if name in row:
            told[name] = _within(row[name], option, names)
    return told


def _within(value: Any, option: str, names: tuple[str, ...]) -> Any:
    if isinstance(value, list):
        return [_within(one, option, names) for one in value[:EXPANDED_ITEMS]]
    if option == "$select":
        return {name: one for name, one in value.items() if name in (*names, "@odata.type")}
    return {name: one for name, one in value.items() if name != "rules" or name in names}


def _holds(row: Mapping[str, Any], name: str, operator: str, value: Any) -> bool:
    first, _, rest = name.partition("/")
    told = row.get(first)
    if rest == "$count":
        told = len(told or ())
    elif rest:
        told = (told or {}).get(rest)
    return _COMPARED[operator](told, value)
