"""The directories of a snapshot: each is a target of which directory kinds are told."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from agent.judge.hosts import Host, Hosts
from inventory.model import (
    directory,
    directory_accounts,
    directory_policies,
    directory_rights,
    directory_services,
)
from inventory.model.directory import DirectoryServer, Domain
from inventory.model.record import KINDS, Record
from inventory.snapshot import Blank

_OF_A_DIRECTORY = frozenset(
    module.__name__
    for module in (
        directory,
        directory_accounts,
        directory_policies,
        directory_rights,
        directory_services,
    )
)


class Directory(Host):
    """One directory: its name, and what each record kind says of it."""

    @cached_property
    def domain(self) -> Domain | None:
        """Return its domain; None: it could not be read."""
        rows = sorted(self.rows(Domain), key=lambda row: row.carried)
        return rows[0].record if rows else None

    @property
    def dns_name(self) -> str:
        """Return the domain's DNS name, or the name under which it is audited."""
        return self.domain.dns_name if self.domain else self.name

    @cached_property
    def called(self) -> frozenset[str]:
        """Return the names of the domain, in lower case."""
        names = {self.name}
        for row in self.rows(Domain):
            names |= set(filter(None, (row.record.dns_name, row.record.netbios, row.record.dn)))
        return frozenset(name.casefold() for name in names)

    @cached_property
    def servers(self) -> frozenset[str]:
        """Return the names of the servers that are known to serve it, in lower case."""
        names = (row.record.dns_name for row in self.rows(DirectoryServer))
        return frozenset(name.casefold() for name in names if name)

    @property
    def is_ad(self) -> bool | None:
        """Return whether it is Active Directory; None: nothing of it could be read."""
        rows = self.rows(DirectoryServer)
        return any(row.record.dialect == "ad" for row in rows) if rows else None


class Directories:
    """All directories of a snapshot, in order of their names."""

    def __init__(self, fleet: Hosts) -> None:
        """Take the hosts of the same snapshot: each kind is read once for all targets."""
        self._fleet = fleet

    @cached_property
    def _all(self) -> dict[str, Directory]:
        names = {
            reading.key.target
            for reading in self._fleet.snapshot.readings()
            if any(is_of_a_directory(kind) for kind in reading.tells)
        }
        return {name: Directory(name, self._fleet) for name in sorted(names)}

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the targets."""
        return tuple(self._all)

    def __iter__(self) -> Iterator[Directory]:
        """Yield the directories."""
        return iter(self._all.values())

    def directory(self, name: str) -> Directory:
        """Return the directory of a name; of an unknown one nothing is known."""
        return self._all.get(name) or Directory(name, self._fleet)

    def of_domain(self, name: str, servers: Iterable[str] = ()) -> Directory | None:
        """Return the directory that a host calls by a name, or asks at one of these servers.

        By DNS name, NetBIOS name or base DN; None: none or several are called so.
        """
        wanted = name.casefold()
        found = [one for one in self if wanted in one.called] or [
            one for one in self if one.servers & {server.casefold() for server in servers}
        ]
        return found[0] if len(found) == 1 else None

    def blanks(self, kinds: Iterable[type[Record]]) -> tuple[Blank, ...]:
        """Return the gaps of all directories that could hide more of these kinds, each once."""
        wanted = tuple(kinds)
        return tuple(dict.fromkeys(blank for one in self for blank in one.blanks(*wanted)))


def is_of_a_directory(kind: str) -> bool:
    """Return whether directories have records of a kind."""
    return kind in KINDS and KINDS[kind].__module__ in _OF_A_DIRECTORY
