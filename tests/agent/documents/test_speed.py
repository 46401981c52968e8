"""How long it takes: a thousand hosts in thirty seconds, so a hundred in three."""

import time
from pathlib import Path

from agent.documents.write import write
from inventory.model.operation import Service
from inventory.model.software import Package
from inventory.snapshot import MemorySnapshot
from tests.agent.documents import company

HOSTS = 100
MOST_CPU_S = 3.0
MOST_BYTES = 100_000 * HOSTS


class Indexed(MemorySnapshot):
    """A snapshot that finds a host's records as fast as the store does."""

    def __init__(self, hosts: dict[str, MemorySnapshot], told: list) -> None:
        super().__init__(company.AUDIT, told)
        self._hosts = hosts

    def read(self, kind, *, target=None):
        if target in self._hosts:
            return self._hosts[target].read(kind, target=target)
        return super().read(kind, target=target)


def fleet() -> Indexed:
    packages = [
        Package(manager="dpkg", name=f"package-{n}", version=f"1.{n}-2") for n in range(400)
    ]
    services = [Service(name=f"unit-{n}.service", state="running") for n in range(60)]
    by_host = {}
    for number in range(HOSTS):
        name = f"host{number:04}"
        records = [*company.linux(name, number), *packages, *services]
        gaps = company.without_root() if number % 2 else None
        by_host[name] = company.readings(name, records, gaps=gaps)
    hosts = {name: MemorySnapshot(company.AUDIT, told) for name, told in by_host.items()}
    return Indexed(hosts, [one for told in by_host.values() for one in told])


def test_a_hundred_hosts_are_judged_and_written_in_three_seconds_of_processor_time(tmp_path: Path):
    told = company.told(fleet())
    start = time.process_time()
    written = write(told, tmp_path, ("html",))
    assert time.process_time() - start < MOST_CPU_S
    assert len(written) == 2 + 2
    assert sum(path.stat().st_size for path in written) < MOST_BYTES
