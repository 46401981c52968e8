"""Which computers an audit reached, which hosts no directory knows, and what could hide either."""

from agent.judge.directory.directories import Directories
from agent.judge.directory.reach import Outside, Reach, outside, reach
from agent.judge.hosts import NO_HOST, Hosts
from agent.judge.unaudited import unaudited
from inventory.model.directory_accounts import DirectoryComputer
from inventory.model.evidence import Evidence, Gap, Pointer, Why
from inventory.model.host import HostIdentity
from inventory.model.record import Record
from inventory.model.truth import Bounds
from inventory.reading import Reading, ReadingKey, State
from inventory.snapshot import MemorySnapshot, Seen
from tests.agent.judge.directory.building import AD, DOMAIN, NAME, TELLS

DENIED = Gap(Why.DENIED, detail="not shown", cure="directory right")


def computer(name: str, *, is_enabled: bool = True, dns: str = "") -> DirectoryComputer:
    return DirectoryComputer(
        id=name, dn=f"CN={name},DC=x", name=f"{name.upper()}$", dns_name=dns or None,
        is_enabled=is_enabled,
    )  # fmt: skip


def told(target: str, tells: tuple[str, ...], *records: Record, gaps: tuple[Gap, ...] = ()):
    state = State.PARTIAL if gaps else State.COMPLETE
    reading = Reading(ReadingKey("s", target, f"{target}.all"), state, tells, gaps)
    at = Evidence("s", target, f"{target}.all", Pointer("x/y"), 1)
    return reading, [Seen(one, at) for one in records]


def hosts_of(*computers: DirectoryComputer, gaps: tuple[Gap, ...] = (), **names: str) -> Hosts:
    """Audited hosts by target and fully qualified name, beside a directory."""
    fleet = [
        told(target, ("HostIdentity",), HostIdentity(hostname=fqdn.partition(".")[0], fqdn=fqdn))
        for target, fqdn in names.items()
    ]
    realm = told(NAME, TELLS, AD, DOMAIN, *computers, gaps=gaps)
    return Hosts(MemorySnapshot(1, [*fleet, realm]))


def reached(hosts: Hosts) -> Reach:
    return reach(Directories(hosts).directory(NAME), hosts)


def test_a_computer_is_matched_by_its_dns_name_and_by_its_accounts_name():
    hosts = hosts_of(
        computer("web1", dns="WEB1.corp.example."), computer("db1"), computer("kiosk"),
        a="web1.corp.example", b="db1.elsewhere.example",
    )  # fmt: skip
    found = reached(hosts)
    assert [(row.record.name, host) for row, host in found.audited] == [
        ("WEB1$", "a"),
        ("DB1$", "b"),
    ]
    assert [row.record.name for row in found.blind] == ["KIOSK$"]


def test_a_disabled_computer_is_no_blind_spot():
    assert reached(hosts_of(computer("old", is_enabled=False))).blind == ()


def test_computers_that_were_refused_leave_the_number_open():
    hosts = hosts_of(computer("kiosk"), gaps=(DENIED,))
    assert unaudited(hosts, Directories(hosts)).computers == Bounds(1, None)
    assert unaudited(hosts_of(), Directories(hosts_of())).computers == Bounds(0, 0)


def test_a_host_that_no_directory_knows_is_told_with_what_could_hide_it():
    hosts = hosts_of(computer("web1"), a="web1.corp.example", b="lone.corp.example")
    assert outside(Directories(hosts), hosts) == Outside(("b",), ())
    refused = hosts_of(gaps=(DENIED,), b="lone.corp.example")
    assert outside(Directories(refused), refused).blanks


def test_where_no_host_was_asked_absence_of_anything_of_hosts_proves_nothing():
    assert hosts_of().blanks((HostIdentity,)) == (NO_HOST,)
    assert hosts_of(a="a.example").blanks((HostIdentity,)) == ()
