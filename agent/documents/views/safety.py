"""Backups as far as hosts show them: found is not run, run is not restored."""

from collections.abc import Iterator

from msgspec import Struct

from agent.documents.cell import Cell, Known, of_read
from agent.judge.hosts import Host, Hosts
from inventory.model.operation import Agent, BackupJob


class Backup(Struct, frozen=True):
    """What one host shows of its backups."""

    host: str
    jobs: Cell
    agents: Cell


class Backups(Struct, frozen=True):
    """How many hosts show a backup, show none, and cannot tell; and each of them."""

    found: int
    none: int
    unknown: int
    hosts: tuple[Backup, ...]


def backups(hosts: Hosts) -> Backups:
    """Return what the hosts show. That a backup ran, or can be restored, no host shows."""
    lines = tuple(_lines(hosts))
    found = sum(_is_found(line) for line in lines)
    none = sum(line.jobs.known is Known.NONE and line.agents.known is Known.NONE for line in lines)
    return Backups(found, none, len(lines) - found - none, lines)


def _lines(hosts: Hosts) -> Iterator[Backup]:
    for host in hosts:
        yield Backup(host.name, of_read(host.read(BackupJob), _job), _agents(host))


def _agents(host: Host) -> Cell:
    return of_read(host.read(Agent).where(lambda one: one.type == "backup"), _agent)


def _job(one: BackupJob) -> str:
    return f"{one.product} to {one.destination}" if one.destination else one.product


def _agent(one: Agent) -> str:
    return f"{one.product}, {one.state}, to {one.server or 'a place that it does not state'}"


def _is_found(line: Backup) -> bool:
    return bool(line.jobs.texts or line.agents.texts)
