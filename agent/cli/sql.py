"""`handover sql`: anyone's SELECT on the kept audits, bounded, with the gaps beside it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from agent.cli.output import Shown, forms, say
from agent.cli.tables import Table
from inventory.snapshot import Blank, blanks_of

if TYPE_CHECKING:
    from inventory.store import SqlTable, Store

Value = str | int | float | None


class Result(Struct, frozen=True):
    """The value of `sql`."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    cut: bool  # there were more rows


@click.command
@click.argument("query")
@forms
@click.pass_obj
def sql(folder: Path, *, query: str, form: str) -> int:
    """Run a SELECT on the store, such as "SELECT target, name FROM accounts".

    There is a view for each kind (`handover show` lists them) of the newest audit, and `gaps`.
    Views show what was seen, never that there is nothing else.
    """
    from agent.cli.opening import kept

    with kept(folder) as store:
        return say(_shown(store.sql(query), _blanks(store), store.newest() is None), form)


def _blanks(store: "Store") -> tuple[Blank, ...]:
    """Return the gaps of the newest audit: any of them could change what a view shows."""
    newest = store.newest()
    return () if newest is None else tuple(blanks_of(store.snapshot(newest).readings()))


def _shown(found: "SqlTable", blanks: tuple[Blank, ...], is_empty: bool) -> Shown:
    rows = tuple(tuple(map(_value, row)) for row in found.rows)
    texts = tuple(tuple("-" if one is None else str(one) for one in row) for row in rows)
    blank_cells = tuple(tuple("" if one is None else str(one) for one in row) for row in rows)
    return Shown(
        Result(found.columns, rows, found.cut),
        (Table(found.columns, texts, none="no rows; rows are what was seen, no proof of none"),),
        blanks,
        notes=tuple(_notes(found, is_empty)),
        in_doubt=found.cut or is_empty,
        lines=Table(found.columns, blank_cells),
    )


def _notes(found: "SqlTable", is_empty: bool) -> Iterator[str]:
    if found.cut:
        yield f"cut after {len(found.rows)} rows: ask for less, or with LIMIT and OFFSET"
    if is_empty:
        yield "no audit is finished yet: the views are empty until one is"


def _value(cell: str | int | float | bytes | None) -> Value:
    return cell.hex() if isinstance(cell, bytes) else cell
