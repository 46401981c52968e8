"""Which computers of a directory a host audit reached, and which audited hosts no directory knows.

They are matched by DNS name, and by the first part of the name where a host tells no more.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from agent.judge.directory.directories import Directories, Directory
from agent.judge.hosts import Host, Hosts
from inventory.model.directory_accounts import DirectoryComputer
from inventory.model.host import HostIdentity
from inventory.snapshot import Blank, Seen


class Reach(Struct, frozen=True):
    """The computers of one directory that may be in use, by whether an audit reached them."""

    audited: tuple[tuple[Seen[DirectoryComputer], str], ...]  # with the host's name
    blind: tuple[Seen[DirectoryComputer], ...]
    blanks: tuple[Blank, ...]  # what could hide more computers, or names of hosts


class Outside(Struct, frozen=True):
    """The audited hosts that no directory has a computer of, and what could hide one."""

    hosts: tuple[str, ...]
    blanks: tuple[Blank, ...]


def reach(directory: Directory, hosts: Hosts) -> Reach:
    """Return which computers of a directory were audited as hosts; disabled ones are left out."""
    known = {name: host.name for host in hosts for name in names_of(host)}
    audited: list[tuple[Seen[DirectoryComputer], str]] = []
    blind: list[Seen[DirectoryComputer]] = []
    for row in directory.rows(DirectoryComputer):
        if row.record.is_enabled is False:
            continue
        host = next((known[name] for name in _of_computer(row.record) if name in known), None)
        if host is None:
            blind.append(row)
        else:
            audited.append((row, host))
    unnamed = hosts.blanks((HostIdentity,)) if hosts.names else ()
    blanks = (*directory.blanks(DirectoryComputer), *unnamed)
    return Reach(tuple(audited), tuple(blind), blanks)


def outside(directories: Directories, hosts: Hosts) -> Outside:
    """Return the audited hosts that are no computer of any directory that was read."""
    known = {
        name
        for directory in directories
        for row in directory.rows(DirectoryComputer)
        for name in _of_computer(row.record)
    }
    strange = tuple(host.name for host in hosts if not known.intersection(names_of(host)))
    return Outside(strange, directories.blanks((DirectoryComputer,)))


def names_of(host: Host) -> Iterator[str]:
    """Yield the names of a host as they are compared: as it is audited, and as it calls itself."""
    told = [host.name]
    for row in host.rows(HostIdentity):
        told += [row.record.fqdn or "", row.record.hostname]
    yield from dict.fromkeys(_compared(told))


def _of_computer(one: DirectoryComputer) -> Iterator[str]:
    """Yield the names of a computer; the first part alone is its account's name."""
    yield from _compared((one.dns_name or "", one.name.rstrip("$")))


def _compared(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name:
            yield name.casefold().rstrip(".")
