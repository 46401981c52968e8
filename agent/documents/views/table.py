"""A table of one record kind on one host: its rows, and beside them what could hide more."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, Generic, TypeVar

from msgspec import Struct

from agent.documents.cell import Cell, Known, Whys, whys_of
from agent.judge.case import Power
from agent.judge.holds.kind import Scene
from agent.judge.hosts import Host
from inventory.model.account import Account, LastLogin, PasswordState
from inventory.model.evidence import Evidence
from inventory.model.network import ListenerOwner
from inventory.model.record import Record
from inventory.model.truth import Truth
from inventory.snapshot import Read, Seen

R = TypeVar("R", bound=Record)

MOST_ROWS = 500  # of one table; the store has the rest
_STRONG = (Power.ROOT, Power.RUN_AS, Power.CONTROL)


class Row(Struct, frozen=True):
    """One line of a table, with its place in the source."""

    cells: tuple[Cell, ...]
    where: str = ""
    carried: int = 0  # the audit that saw it last, when this one could not look


class Table(Struct, frozen=True):
    """The rows of a question, and whether they are all."""

    title: str
    columns: tuple[str, ...]
    known: Known
    rows: tuple[Row, ...] = ()
    more: int = 0  # rows left out for want of room
    whys: Whys = Whys()
    kinds: str = ""  # names of the record kinds that it tells of
    places: bool = True  # it has a last column that names the place of each row


class Fact(Struct, frozen=True):
    """One named answer."""

    label: str
    cell: Cell
    kinds: str = ""


class Look:
    """One host as its section sees it: its records, its ways in, and how exact to be."""

    def __init__(self, scene: Scene, *, is_minimal: bool) -> None:
        """Take the host; joins are made when they are asked for."""
        self.host: Host = scene.host
        self.now = scene.now
        self.is_minimal = is_minimal
        self._scene = scene
        self._joined: dict[tuple[type[Record], Any], dict[Any, list[Seen[Any]]]] = {}

    @cached_property
    def privileged(self) -> frozenset[str]:
        """Return the accounts that have, or may have, more than themselves."""
        paths = self._scene.paths.paths
        strong = {p.account for p in paths if p.power in _STRONG and p.certain is not Truth.NO}
        roots = {row.record.name for row in self.host.rows(Account) if row.record.uid == 0}
        return frozenset(name for name in strong | roots if name)

    def password(self, account: str) -> Read[PasswordState]:
        """Return what is known of an account's password."""
        return self._of(PasswordState, lambda one: one.account, account)

    def login(self, account: str) -> Read[LastLogin]:
        """Return what is known of an account's last login."""
        return self._of(LastLogin, lambda one: one.account, account)

    def owner(self, protocol: str, address: str, port: int) -> Read[ListenerOwner]:
        """Return what is known of the program behind a listener."""
        key = (protocol, address, port)
        return self._of(ListenerOwner, lambda one: (one.protocol, one.address, one.port), key)

    def _of(self, kind: type[R], key_of: Callable[[R], Any], key: Any) -> Read[R]:
        known = self.host.read(kind).known()
        if (kind, key_of.__code__) not in self._joined:
            index: dict[Any, list[Seen[Any]]] = {}
            for row in known.rows:
                index.setdefault(key_of(row.record), []).append(row)
            self._joined[kind, key_of.__code__] = index
        return Read(self._joined[kind, key_of.__code__].get(key, ()), known.blanks)


class Listing(Struct, Generic[R], frozen=True):
    """How a kind is shown as a table."""

    title: str
    kind: type[R]
    columns: tuple[str, ...]
    cells: Callable[[R, Look], tuple[Cell, ...]]
    order: Callable[[R], Any] | None = None
    also: tuple[type[Record], ...] = ()  # kinds that its cells join
    only: Callable[[R], bool] | None = None


def table(listing: Listing[R], look: Look) -> Table:
    """Return the table of a listing for one host."""
    read = look.host.read(listing.kind)
    return table_of(listing, read.where(listing.only) if listing.only else read, look)


def table_of(listing: Listing[R], read: Read[R], look: Look) -> Table:
    """Return the table of a listing for what one read knows."""
    return table_of_rows(
        listing.title,
        listing.columns,
        read,
        lambda one: listing.cells(one, look),
        order=listing.order,
        kinds=names_of(listing.kind, *listing.also),
    )


def table_of_rows(
    title: str,
    columns: tuple[str, ...],
    read: Read[R],
    cells: Callable[[R], tuple[Cell, ...]],
    *,
    order: Callable[[R], Any] | None = None,
    kinds: str = "",
) -> Table:
    """Return the table of what one read knows, as many rows as have room."""
    known = read.known()
    rows = known.rows
    if order:
        by = order
        rows = tuple(sorted(rows, key=lambda row: by(row.record)))
    whys = whys_of(known.blanks)
    return Table(
        title=title,
        columns=columns,
        known=state(bool(rows), whys, all_fresh=known.complete),
        rows=tuple(_row(row, cells(row.record)) for row in rows[:MOST_ROWS]),
        more=max(0, len(rows) - MOST_ROWS),
        whys=whys,
        kinds=kinds,
    )


def state(has_rows: bool, whys: Whys, *, all_fresh: bool = True) -> Known:
    """Return how much a table knows, by its rows and what is in the way of more."""
    if not has_rows:
        return Known.UNKNOWN if whys else Known.NONE
    return Known.PART if whys or not all_fresh else Known.ALL


def place(evidence: Evidence) -> str:
    """Return the place of a row within its host."""
    return evidence.pointer.where or evidence.pointer.ask or evidence.collector


def places(found: Iterable[Evidence], most: int = 3) -> str:
    """Return the evidence of a statement as one text."""
    said = tuple(dict.fromkeys(str(one) for one in found))
    more = len(said) - most
    return "; ".join(said[:most]) + (f"; {more} more" if more > 0 else "")


def _row(row: Seen[R], cells: tuple[Cell, ...]) -> Row:
    carried = row.evidence.audit if row.carried else 0
    return Row(cells, place(row.evidence), carried)


def names_of(*kinds: type[Record]) -> str:
    """Return the names of record kinds, as a page marks what it tells of."""
    return " ".join(kind.__name__ for kind in kinds)
