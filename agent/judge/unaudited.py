"""Machines that were seen and that no host audit reached: the blind spots of an audit."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from agent.judge import marks
from agent.judge.directory.directories import Directory
from agent.judge.directory.reach import reach
from agent.judge.hosts import Hosts
from inventory.model.directory_accounts import DirectoryComputer
from inventory.model.discovery import Candidate
from inventory.model.evidence import Evidence
from inventory.model.network import Address, Neighbour
from inventory.model.truth import Bounds
from inventory.snapshot import Blank


class Stranger(Struct, frozen=True):
    """An address that was seen, and by whom."""

    address: str
    says: str  # "answers on port 22: SSH-2.0-...", "neighbour of web1"
    evidence: tuple[Evidence, ...]


class Strangers(Struct, frozen=True):
    """The strangers that are known, and the gaps that could hide more."""

    seen: tuple[Stranger, ...]
    blanks: tuple[Blank, ...]
    computers: Bounds = Bounds(0, 0)  # of directories, not disabled, that no audit reached
    hidden_computers: tuple[Blank, ...] = ()


def unaudited(hosts: Hosts, directories: Iterable[Directory] = ()) -> Strangers:
    """Return the addresses that were seen and that are no audited host's own.

    Computers of directories are only counted: they can be thousands.
    """
    own = {_plain(row.record.address) for host in hosts for row in host.rows(Address)}
    found: dict[str, Stranger] = {}
    for address, says, evidence in (*_candidates(hosts), *_neighbours(hosts)):
        if _plain(address) in own:
            continue
        old = found.get(address)
        together = (*old.evidence, *evidence) if old else evidence
        found[address] = Stranger(address, old.says if old else says, together)
    blanks = hosts.blanks((Neighbour, Address))
    seen = tuple(found[address] for address in sorted(found, key=_order))
    return Strangers(seen, blanks, *_computers(hosts, directories))


def _computers(hosts: Hosts, directories: Iterable[Directory]) -> tuple[Bounds, tuple[Blank, ...]]:
    """Return how many computers no host audit reached, and what could hide more of them."""
    number, old = 0, 0
    hidden: list[Blank] = []
    for directory in directories:
        found = reach(directory, hosts)
        number += len(found.blind)
        old += sum(row.carried for row in found.blind)
        hidden += directory.blanks(DirectoryComputer)
    return Bounds(number - old, None if hidden else number), tuple(hidden)


_Sight = tuple[str, str, tuple[Evidence, ...]]


def _candidates(hosts: Hosts) -> Iterator[_Sight]:
    for row in hosts.snapshot.read(Candidate).known().rows:
        banner = f": {row.record.banner}" if row.record.banner else ""
        says = f"answers on port {row.record.port}{banner}"
        yield row.record.address, says, (row.evidence,)


def _neighbours(hosts: Hosts) -> Iterator[_Sight]:
    for host in hosts:
        for row in host.rows(Neighbour):
            yield row.record.address, f"neighbour of {host.name}", (row.evidence,)


def _plain(address: str) -> str:
    net = marks.network(address)
    return str(net.network_address) if net else address


def _order(address: str) -> tuple[int, int]:
    net = marks.network(address)
    return (net.version, int(net.network_address)) if net else (0, 0)
