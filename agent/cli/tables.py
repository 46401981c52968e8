"""Tables as text: with Rich on a terminal, plain and stable when the output is piped."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

import click
from msgspec import Struct

from collectors.clean import clean_text

if TYPE_CHECKING:
    from rich.console import Console

WIDEST = 60  # characters to which a column of piped output is filled up; longer cells stay whole
NARROWEST = 24  # characters that a long cell needs on a terminal to be readable
BETWEEN = 2


class Table(Struct, frozen=True):
    """Rows of text, and what is said when there are none."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    heading: str = ""
    none: str = ""  # a table without rows is never left empty


def print_tables(tables: Iterable[Table]) -> None:
    """Print tables, each with its heading."""
    if not sys.stdout.isatty():
        for table in tables:
            print_lines((*plain_lines(table), ""))
        return
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    for table in tables:
        on_terminal(console, table)


def print_lines(lines: Iterable[str], file: TextIO | None = None) -> None:
    """Print lines of which nothing reaches the terminal but what can be seen."""
    for line in lines:
        click.echo(clean_text(line), file=file)


def plain_lines(table: Table) -> Iterator[str]:
    """Yield heading, columns and rows, two spaces between the columns; no line is cut or broken."""
    if table.heading:
        yield one_line(table.heading)
    if not table.rows:
        yield one_line(table.none)
        return
    lines = [table.columns, *(tuple(map(one_line, row)) for row in table.rows)]
    widths = [min(max(map(len, column)), WIDEST) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True))
        yield (" " * BETWEEN).join(cells).rstrip()


def on_terminal(console: "Console", table: Table) -> None:
    """Print a table in the width there is; where it has too little, each row as a block."""
    from rich.text import Text

    if table.heading:
        console.print(Text(one_line(table.heading), style="bold"))
    if not table.rows:
        console.print(Text(one_line(table.none)))
    elif _needed(table) <= console.width:
        console.print(_grid(table))
    else:
        for row in table.rows:
            _block(console, table.columns, row)
    console.print()


def one_line(text: str) -> str:
    """Return a cell as one line without anything that a terminal obeys."""
    return clean_text(text).replace("\n", "\\n").replace("\t", "\\t")


def _needed(table: Table) -> int:
    """Return the least width in which a table can be read."""
    columns = zip(table.columns, *table.rows, strict=True)
    widths = (min(max(map(len, column)), NARROWEST) for column in columns)
    return sum(widths) + BETWEEN * (len(table.columns) - 1)


def _grid(table: Table) -> object:
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(box=None, padding=(0, BETWEEN, 0, 0), pad_edge=False, header_style="dim")
    for name, *cells in zip(table.columns, *table.rows, strict=True):
        least = min(max(map(len, (name, *cells))), NARROWEST)
        grid.add_column(Text(name), overflow="fold", min_width=least)
    for row in table.rows:
        grid.add_row(*(Text(one_line(cell)) for cell in row))
    return grid


def _block(console: "Console", columns: Sequence[str], row: Sequence[str]) -> None:
    from rich.text import Text

    wide = max(map(len, columns))
    for name, cell in zip(columns, row, strict=True):
        line = Text(overflow="fold").append(f"{name:<{wide}}{' ' * BETWEEN}", style="dim")
        console.print(line.append(one_line(cell)))
    console.print()
