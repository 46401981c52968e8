"""The checklist and the hosts as CSV, for people who filter in a spreadsheet (RFC 4180).

A spreadsheet takes a cell that begins with =, +, -, @ or a tab for a formula: such cells get a
leading apostrophe, which spreadsheets show as text.
"""

import csv
import io
from collections.abc import Iterable, Iterator

from agent.documents.cell import Cell, Known
from agent.documents.render import printable
from agent.documents.views.checklist import Checklist, Line, Place
from agent.documents.views.fleet import Glance

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_LINES = (
    *("line", "gate", "act", "title", "todo", "owner", "due", "verdict", "why", "declared"),
    *("accepted", "host", "place", "place_verdict", "evidence", "proof", "after", "undo"),
)
_HOSTS = ("host", "read", "system", "support", "kernel", "role", "disks", "addresses", "up")


def checklist(list_: Checklist) -> Iterator[str]:
    """Yield the rows of the checklist: one for each place of a line, or one for the line."""
    yield _row(_LINES)
    for gate in list_.gates:
        for line in gate.lines:
            for place in line.places or (Place("", "", "", ""),):
                yield _row(_of_line(line, place))


def hosts(glances: Iterable[Glance]) -> Iterator[str]:
    """Yield the rows of the hosts at a glance."""
    yield _row(_HOSTS)
    for one in glances:
        cells = (one.system, one.support, one.kernel, one.roles, one.disks, one.addresses, one.up)
        yield _row((one.name, one.extent.state, *map(said, cells)))


def said(cell: Cell) -> str:
    """Return what a cell says as plain text: a value, a verified none, or why it is not known."""
    whys = "; ".join(cell.whys.texts)
    more = f" and {cell.more} more" if cell.more else ""
    match cell.known:
        case Known.NONE:
            return "none (verified)"
        case Known.UNSTATED:
            return "not stated"
        case Known.UNKNOWN:
            return f"not known: {whys}"
        case Known.PART if whys:
            return f"{cell.text}{more}, and what is not known: {whys}"
        case _:
            return f"{cell.text}{more}"


def _of_line(line: Line, place: Place) -> tuple[str, ...]:
    return (
        line.id,
        line.gate,
        line.act,
        line.title,
        line.todo,
        line.owner,
        line.due,
        line.verdict,
        line.says,
        line.progress,
        line.accepted,
        place.host,
        place.text,
        place.verdict,
        place.where,
        line.proof,
        line.after,
        line.undo,
    )


def _row(values: Iterable[str]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerow([_safe(value) for value in values])
    return file.getvalue()


def _safe(value: str) -> str:
    text = str(printable(value))
    return f"'{text}" if text.startswith(_FORMULA) else text
