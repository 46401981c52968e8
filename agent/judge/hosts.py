"""The hosts of a snapshot, and what is known of each: every kind is read once for all of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, TypeVar

from inventory.model import access, account, host, network, operation, software
from inventory.model.record import KINDS, Record
from inventory.snapshot import Blank, Read, Seen, Snapshot, never_asked

R = TypeVar("R", bound=Record)

_OF_A_HOST = frozenset(
    module.__name__ for module in (host, account, access, network, software, operation)
)


class Host:
    """One host: its name, and what each record kind says of it."""

    def __init__(self, name: str, fleet: "Hosts") -> None:
        """Take the name and the fleet it is part of."""
        self.name = name
        self._fleet = fleet

    def read(self, kind: type[R]) -> Read[R]:
        """Return what is known of a kind on this host; a kind nobody asked for has a gap."""
        return self._fleet.read(kind, self.name)

    def rows(self, kind: type[R]) -> tuple[Seen[R], ...]:
        """Return the rows of a kind. Their absence proves nothing: see `blanks`."""
        return self.read(kind).known().rows

    def blanks(self, *kinds: type[Record]) -> tuple[Blank, ...]:
        """Return the gaps that could hide more of these kinds, each once."""
        known = (self._fleet.read(kind, self.name).known() for kind in kinds)
        return tuple(dict.fromkeys(blank for one in known for blank in one.blanks))

    def is_whole(self, *kinds: type[Record]) -> bool:
        """Return whether nothing of these kinds can be hidden, so that absence is proof."""
        return not self.blanks(*kinds)


class Hosts:
    """All hosts of a snapshot, in order of their names."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Take the snapshot; nothing is read before it is asked for."""
        self.snapshot = snapshot
        self._reads: dict[type[Record], dict[str, Read[Any]]] = {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the names of all targets that are hosts, or of which nothing is known."""
        told: dict[str, set[str]] = defaultdict(set)
        for reading in self.snapshot.readings():
            told[reading.key.target].update(reading.tells)
        return tuple(
            name
            for name in self.snapshot.targets()
            if not told[name] or any(_is_of_a_host(kind) for kind in told[name])
        )

    @cached_property
    def _all(self) -> tuple[Host, ...]:
        return tuple(Host(name, self) for name in self.names)

    def __iter__(self) -> Iterator[Host]:
        """Yield the hosts."""
        return iter(self._all)

    def host(self, name: str) -> Host:
        """Return the host of a name; of an unknown one nothing is known."""
        return next((host for host in self._all if host.name == name), Host(name, self))

    def read(self, kind: type[R], target: str) -> Read[R]:
        """Return what is known of a kind on one target."""
        if kind not in self._reads:
            self._reads[kind] = self._by_target(kind)
        found: Read[R] | None = self._reads[kind].get(target)
        return Read((), never_asked(kind, target)) if found is None else found

    def blanks(self, kinds: Iterable[type[Record]]) -> tuple[Blank, ...]:
        """Return the gaps of all hosts that could hide more of these kinds, each once."""
        wanted = tuple(kinds)
        return tuple(dict.fromkeys(blank for host in self for blank in host.blanks(*wanted)))

    def _by_target(self, kind: type[R]) -> dict[str, Read[R]]:
        known = self.snapshot.read(kind).known()
        rows: dict[str, list[Seen[R]]] = defaultdict(list)
        blanks: dict[str, list[Blank]] = defaultdict(list)
        for row in known.rows:
            rows[row.target].append(row)
        for blank in known.blanks:
            blanks[blank.target].append(blank)
        asked = {reading.key.target for reading in self.snapshot.readings(kind)}
        for name in set(rows) - asked:
            blanks[name].extend(never_asked(kind, name))
        return {name: Read(rows[name], blanks[name]) for name in asked | set(rows)}


def _is_of_a_host(kind: str) -> bool:
    return kind in KINDS and KINDS[kind].__module__ in _OF_A_HOST
