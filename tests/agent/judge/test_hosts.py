"""Which targets of an audit are hosts."""

from agent.judge.hosts import Hosts
from inventory.model.account import Account
from inventory.model.directory import Domain
from inventory.model.discovery import Candidate
from inventory.model.record import Record
from inventory.reading import Reading, ReadingKey, State
from inventory.snapshot import MemorySnapshot


def reading(target: str, kind: type[Record]) -> tuple[Reading, tuple[()]]:
    return Reading(ReadingKey("s", target, "c"), State.COMPLETE, (kind.__name__,)), ()


def test_a_listed_directory_or_network_is_no_host_and_a_listed_name_that_nobody_asked_is() -> None:
    told = [
        reading("web1", Account),
        reading("corp.example", Domain),
        reading("192.0.2.0/24", Candidate),
    ]
    hosts = Hosts(MemorySnapshot(1, told), ("web1", "corp.example", "192.0.2.0/24", "new1"))
    assert hosts.names == ("new1", "web1")
    assert not hosts.host("new1").is_whole(Account)
