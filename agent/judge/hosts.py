"""The hosts of a snapshot, and what is known of each: every kind is read once for all of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any, Self, TypeVar

from inventory.model import access, account, host, network, operation, software
from inventory.model.evidence import Gap, Why
from inventory.model.record import KINDS, Record
from inventory.snapshot import Blank, Known, Read, Seen, Snapshot, never_asked

R = TypeVar("R", bound=Record)
T = TypeVar("T")

_OF_A_HOST = frozenset(
    module.__name__ for module in (host, account, access, network, software, operation)
)


_NEVER = Gap(Why.NOT_ASKED, detail="no source was asked for hosts", cure="source")
NO_HOST = Blank("", "", "", _NEVER)


class Host:
    """One host: its name, and what each record kind says of it."""

    def __init__(self, name: str, fleet: "Hosts") -> None:
        """Take the name and the fleet it is part of."""
        self.name = name
        self.fleet = fleet
        self._known: dict[type[Record], Known[Any]] = {}
        self._once: dict[Callable[[Any], Any], Any] = {}

    def once(self, work: Callable[[Self], T]) -> T:
        """Return what a function makes of this host; it is worked out a single time."""
        if work not in self._once:
            self._once[work] = work(self)
        made: T = self._once[work]
        return made

    def read(self, kind: type[R]) -> Read[R]:
        """Return what is known of a kind on this host; a kind nobody asked for has a gap."""
        return self.fleet.read(kind, self.name)

    def rows(self, kind: type[R]) -> tuple[Seen[R], ...]:
        """Return the rows of a kind. Their absence proves nothing: see `blanks`."""
        return self._of(kind).rows

    def blanks(self, *kinds: type[Record]) -> tuple[Blank, ...]:
        """Return the gaps that could hide more of these kinds, each once."""
        known = map(self._of, kinds)
        return tuple(dict.fromkeys(blank for one in known for blank in one.blanks))

    def is_whole(self, *kinds: type[Record]) -> bool:
        """Return whether nothing of these kinds can be hidden, so that absence is proof."""
        return not any(self._of(kind).blanks for kind in kinds)

    def _of(self, kind: type[R]) -> Known[R]:
        if kind not in self._known:
            self._known[kind] = self.fleet.read(kind, self.name).known()
        return self._known[kind]


class Hosts:
    """All hosts of a snapshot, in order of their names."""

    def __init__(self, snapshot: Snapshot, listed: Iterable[str] = ()) -> None:
        """Take the snapshot, and the names of hosts that are there whether it knows them or not."""
        self.snapshot = snapshot
        self._listed = frozenset(listed)
        self._reads: dict[type[Record], dict[str, Read[Any]]] = {}
        self._once: dict[Callable[[Any], Any], Any] = {}

    def once(self, work: Callable[[Self], T]) -> T:
        """Return what a function makes of all targets; it is worked out a single time."""
        if work not in self._once:
            self._once[work] = work(self)
        made: T = self._once[work]
        return made

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the names of all targets that are hosts, or of which nothing is known."""
        told: dict[str, set[str]] = defaultdict(set)
        for reading in self.snapshot.readings():
            told[reading.key.target].update(reading.tells)
        targets = frozenset(self.snapshot.targets())
        seen = {
            name
            for name in targets
            if not told[name] or any(_is_of_a_host(kind) for kind in told[name])
        }
        others = targets - seen  # directories and networks are listed too
        return tuple(sorted(seen | (self._listed - others)))

    @cached_property
    def _all(self) -> dict[str, Host]:
        return {name: Host(name, self) for name in self.names}

    def __iter__(self) -> Iterator[Host]:
        """Yield the hosts."""
        return iter(self._all.values())

    def host(self, name: str) -> Host:
        """Return the host of a name; of an unknown one nothing is known."""
        return self._all.get(name) or Host(name, self)

    def read(self, kind: type[R], target: str) -> Read[R]:
        """Return what is known of a kind on one target."""
        if kind not in self._reads:
            self._reads[kind] = self._by_target(kind)
        found: Read[R] | None = self._reads[kind].get(target)
        return Read((), never_asked(kind, target)) if found is None else found

    def blanks(self, kinds: Iterable[type[Record]]) -> tuple[Blank, ...]:
        """Return the gaps of all hosts that could hide more of these kinds, each once."""
        if not self.names:
            return (NO_HOST,)
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
    """Return whether hosts have it; a kind that this version does not know may be one of theirs."""
    return kind not in KINDS or KINDS[kind].__module__ in _OF_A_HOST
