"""What a tenant of the lab holds: rows by path; lists may be made only when they are read."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

Body = Mapping[str, Any]


class LazyRows(Sequence[Body]):
    """A list of rows that are made when they are looked at, so that none is kept."""

    def __init__(self, count: int, make: Callable[[int], Body]) -> None:
        """Take how many there are, and what makes one from its number."""
        self._count, self._make = count, make

    def __len__(self) -> int:
        """Return how many rows there are."""
        return self._count

    @overload
    def __getitem__(self, at: int) -> Body: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Body]: ...
    def __getitem__(self, at: int | slice) -> Body | Sequence[Body]:
        """Make a row, or some of them."""
        if isinstance(at, slice):
            return [self._make(number) for number in range(*at.indices(self._count))]
        if not 0 <= at < self._count:
            raise IndexError(at)
        return self._make(at)

    def __iter__(self) -> Iterator[Body]:
        """Make one row after the other."""
        return map(self._make, range(self._count))


@dataclass
class LabTenant:
    """A tenant: lists and single objects by their paths, without version."""

    id: str
    domain: str
    initial_domain: str
    lists: dict[str, Sequence[Body]] = field(default_factory=dict)
    ones: dict[str, Body] = field(default_factory=dict)
    reports: dict[str, str] = field(default_factory=dict)  # CSV by the name of the report
    plans: frozenset[str] = frozenset()  # service plans that it has
    made: Callable[[str], Sequence[Body] | None] | None = None  # lists of single objects

    def rows(self, path: str) -> Sequence[Body] | None:
        """Return the list of a path; None: there is none."""
        found = self.lists.get(path)
        return found if found is not None or self.made is None else self.made(path)

    def has(self, path: str) -> bool:
        """Return whether the object is there to which `/users/KEY/...` belongs."""
        parts = path.split("/")
        key = next((at for at, part in enumerate(parts) if "-" in part or "." in part), 0)
        above = self.lists.get("/".join(parts[:key])) if key else None
        if above is None or isinstance(above, LazyRows):
            return True
        return any(parts[key] in (row.get("id"), row.get("tenantId")) for row in above)


def csv_text(titles: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a report as Microsoft 365 writes it: with a byte order mark, lines end in CRLF."""
    lines = (titles, *rows)
    return "\ufeff" + "".join(",".join(map(str, line)) + "\r\n" for line in lines)
