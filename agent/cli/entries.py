"""Records of directories as people read them: by names, without ids and what no record states."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from agent.judge.directory.directories import is_of_a_directory
from collectors.well_known_sids import well_known_name
from inventory.model.directory_accounts import (
    DirectoryAccount,
    DirectoryComputer,
    DirectoryGroup,
)
from inventory.model.record import Record
from inventory.snapshot import Seen, Snapshot

Entry = TypeVar("Entry", DirectoryAccount, DirectoryComputer, DirectoryGroup)

LEFT_OUT = ("id", "dn", "sid")  # the place has the DN; JSON and CSV have all of them
REFER = ("account", "computer", "group", "principal")  # fields that hold an id or a SID
NOTE = "names stand for ids, and columns that no record fills are left out: --json has all"


class Entries:
    """The names of one audit's entries, by id and by SID."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """Take the names."""
        self._names = names

    def cell(self, field: str, value: str) -> str:
        """Return the name for an id or a SID, else what it was."""
        if field not in REFER:
            return value
        return self._names.get(value) or well_known_name(value) or value


def entries_of(snapshot: Snapshot, kind: type[Record], target: str | None) -> Entries | None:
    """Return the names that a kind of directories needs; None: it is a kind of hosts."""
    if not is_of_a_directory(kind.__name__):
        return None
    if not set(REFER) & set(kind.__struct_fields__):
        return Entries({})
    names: dict[str, str] = {}
    for account in _rows(snapshot, DirectoryAccount, target):
        names.update(_named(account))
    for computer in _rows(snapshot, DirectoryComputer, target):
        names.update(_named(computer))
    for group in _rows(snapshot, DirectoryGroup, target):
        names.update(_named(group))
    return Entries(names)


def _rows(snapshot: Snapshot, kind: type[Entry], target: str | None) -> tuple[Seen[Entry], ...]:
    return snapshot.read(kind, target=target).known().rows


def _named(row: Seen[Entry]) -> Iterator[tuple[str, str]]:
    yield row.record.id, row.record.name
    if row.record.sid:
        yield row.record.sid, row.record.name


def filled(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> tuple[int, ...]:
    """Return the numbers of the columns that some row fills and that are no ids."""
    known = tuple(rows)
    return tuple(
        at
        for at, name in enumerate(columns)
        if name not in LEFT_OUT and (not known or any(row[at] not in ("", "-") for row in known))
    )
