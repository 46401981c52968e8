"""Hosts of a CSV file with the header name,address,port,user,jump,tags (RFC 4180; or with `;`)."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

from agent.engagement import checks
from agent.engagement.files import read_bounded
from agent.engagement.mistakes import Mistakes, Place, Wrong, nearest, shown
from agent.engagement.model import Entry
from inventory.errors import ConfigError

COLUMNS = ("name", "address", "port", "user", "jump", "tags")
MOST_BYTES = 4 * 1024 * 1024
MOST_ROWS = 20_000


def csv_entries(path: Path, mistakes: Mistakes) -> tuple[Entry, ...]:
    """Return the hosts of the file; each wrong value is noted with its line."""
    try:
        raw = read_bounded(path, name="the file", most_bytes=MOST_BYTES)
        return tuple(entries_of(raw.decode("utf-8-sig"), str(path), mistakes))
    except UnicodeDecodeError:
        mistakes.add(Place(str(path), 1), "is not UTF-8: save it as UTF-8")
    except ConfigError as err:
        mistakes.add(Place(str(path), 1), str(err))
    return ()


def entries_of(text: str, file: str, mistakes: Mistakes) -> Iterator[Entry]:
    """Yield the hosts of CSV text; tags are separated by spaces or |."""
    first = text.split("\n", 1)[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",", strict=True
    )
    try:
        header = _header(next(reader, []), Place(file, 1), mistakes)
        for number, row in enumerate(reader):
            if number >= MOST_ROWS:
                raise Wrong(f"has more than {MOST_ROWS} hosts")
            if header and any(cell.strip() for cell in row):
                yield from _entry(header, row, Place(file, reader.line_num), mistakes)
    except csv.Error as err:
        mistakes.add(Place(file, reader.line_num), f"is not CSV here: {err}")


def _header(row: list[str], place: Place, mistakes: Mistakes) -> tuple[str, ...]:
    header = tuple(cell.strip().lower() for cell in row)
    for column in header:
        if column not in COLUMNS:
            mistakes.add(place, f"unknown column {shown(column)}: {nearest(column, COLUMNS)}")
    for column in {column for column in header if header.count(column) > 1}:
        mistakes.add(place, f"the column {shown(column)} stands twice")
    if "name" not in header:
        mistakes.add(place, f"has no column name: the header is {','.join(COLUMNS)}")
        return ()
    return header


def _entry(
    header: tuple[str, ...], row: list[str], place: Place, mistakes: Mistakes
) -> Iterator[Entry]:
    if len(row) > len(header):
        mistakes.add(place, f"has {len(row)} cells, but the header has {len(header)}")
        return
    cells = {column: cell.strip() for column, cell in zip(header, row, strict=False)}

    def take(column: str, check: Callable[[str], checks.Value]) -> checks.Value | None:
        if cells.get(column):
            try:
                return check(cells[column])
            except Wrong as err:
                mistakes.add(place, f"{column} {err}")
        return None

    name = take("name", checks.host_name)
    address, port = take("address", checks.host_name), take("port", checks.port)
    user, jump = take("user", checks.user_name), take("jump", checks.hops)
    if not cells["name"]:
        mistakes.add(place, "name is missing")
    if name is not None:
        tags = tuple(cells.get("tags", "").replace("|", " ").split())
        yield Entry(name, place, "csv", address, port, user, jump, tags=tags)
