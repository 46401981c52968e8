"""How a kind of a directory or a tenant is shown as a table."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from msgspec import Struct

from agent.documents.cell import Cell
from agent.documents.views.table import Table, names_of, table_of_rows
from agent.judge.hosts import Host
from inventory.model.record import Record
from inventory.snapshot import Read

R = TypeVar("R", bound=Record)
P = TypeVar("P")  # the place as its pages see it: it names what records point to


class Ledger(Struct, Generic[R, P], frozen=True):
    """How a kind is shown as a table."""

    title: str
    kind: type[R]
    columns: tuple[str, ...]
    cells: Callable[[R, P], tuple[Cell, ...]]
    order: Callable[[R], Any] | None = None
    only: Callable[[R], bool] | None = None
    also: tuple[type[Record], ...] = ()  # kinds that its cells join
    dialect: str = ""  # of directories: the one that has such records; empty: both


def ledger_table(ledger: Ledger[R, P], host: Host, place: P) -> Table:
    """Return the table of a ledger for one directory or tenant."""
    read = host.read(ledger.kind)
    known = (read.where(ledger.only) if ledger.only else read).known()
    return table_of_rows(
        ledger.title,
        ledger.columns,
        Read(known.rows, dict.fromkeys((*known.blanks, *host.blanks(*ledger.also)))),
        lambda one: ledger.cells(one, place),
        order=ledger.order,
        kinds=names_of(ledger.kind, *ledger.also),
    )
