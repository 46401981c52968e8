"""Backups as far as hosts show them: found is not run, run is not restored."""

from collections.abc import Iterator

from msgspec import Struct

from agent.documents.cell import Cell, of_read
from agent.judge.hosts import Host, Hosts
from inventory.model.operation import Agent, BackupJob
from inventory.model.truth import Truth
from inventory.snapshot import Read


class Backup(Struct, frozen=True):
    """What one host shows of its backups."""

    host: str
    jobs: Cell
    agents: Cell


class Backups(Struct, frozen=True):
    """How many hosts show a backup in this audit, show none, cannot tell; and each of them."""

    found: int
    none: int
    unknown: int
    hosts: tuple[Backup, ...]


def backups(hosts: Hosts) -> Backups:
    """Return what the hosts show. That a backup ran, or can be restored, no host shows."""
    seen = [host.read(BackupJob).any() | _agents(host).any() for host in hosts]
    counts = (seen.count(Truth.YES), seen.count(Truth.NO), seen.count(Truth.UNKNOWN))
    return Backups(*counts, tuple(_lines(hosts)))


def _lines(hosts: Hosts) -> Iterator[Backup]:
    for host in hosts:
        yield Backup(host.name, of_read(host.read(BackupJob), _job), of_read(_agents(host), _agent))


def _agents(host: Host) -> Read[Agent]:
    return host.read(Agent).where(lambda one: one.type == "backup")


def _job(one: BackupJob) -> str:
    return f"{one.product} to {one.destination}" if one.destination else one.product


def _agent(one: Agent) -> str:
    return f"{one.product}, {one.state}, to {one.server or 'a place that it does not state'}"
