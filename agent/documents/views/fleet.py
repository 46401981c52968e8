"""The hosts at a glance: one line a host, and how many were read how far."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct

from agent.documents.cell import Cell, Known, of_field, of_read, unknown, whys_of
from agent.documents.views import machine, say, wires
from agent.judge.case import Coverage, Finding, Verdict
from agent.judge.hosts import Host, Hosts
from inventory.model.host import BlockDevice, OperatingSystem, Uptime
from inventory.model.network import Address
from inventory.model.operation import BackupJob
from inventory.model.record import Record
from inventory.model.software import Container, Database, WebSite
from inventory.reading import State
from inventory.snapshot import Read

END_OF_SUPPORT = "host.eol"
MOST_ON_A_PAGE = 80  # hosts; with more of them their sections go into volumes
HOSTS_OF_A_VOLUME = 50
_LOOPBACK = ("127.", "::1", "fe80:")
_ROLES: tuple[type[Record], ...] = (Database, WebSite, Container, BackupJob)


class Extent(Struct, frozen=True):
    """How far one host was read."""

    state: str  # "in full", "in part", "not at all"
    answered: int
    asked: int


class Glance(Struct, frozen=True):
    """One host in one line."""

    number: int
    name: str
    link: str  # to its section
    extent: Extent
    system: Cell
    support: Cell
    kernel: Cell
    roles: Cell
    disks: Cell
    addresses: Cell
    up: Cell


class Tally(Struct, frozen=True):
    """How many hosts there are, and how far they were read."""

    hosts: int
    full: int
    part: int
    none: int
    answered: int
    asked: int


def extents(coverage: Sequence[Coverage], names: Sequence[str]) -> dict[str, Extent]:
    """Return how far each host was read."""
    states: dict[str, list[str]] = defaultdict(list)
    for one in coverage:
        states[one.target].append(one.state)
    return {name: _extent(states[name]) for name in names}


def _extent(states: Sequence[str]) -> Extent:
    answered = sum(state in (State.COMPLETE, State.PARTIAL) for state in states)
    whole = bool(states) and all(state == State.COMPLETE for state in states)
    read = "in full" if whole else "in part"
    return Extent(read if answered else "not at all", answered, len(states))


def tally(found: dict[str, Extent]) -> Tally:
    """Return how many hosts were read in full, in part, not at all."""
    by_state = Counter(one.state for one in found.values())
    return Tally(
        hosts=len(found),
        full=by_state["in full"],
        part=by_state["in part"],
        none=by_state["not at all"],
        answered=sum(one.answered for one in found.values()),
        asked=sum(one.asked for one in found.values()),
    )


def link(number: int, hosts: int) -> str:
    """Return where the section of host `number` of `hosts` stands: here, or in a volume."""
    if hosts <= MOST_ON_A_PAGE:
        return f"#host-{number}"
    return f"hosts/{volume((number - 1) // HOSTS_OF_A_VOLUME + 1)}#host-{number}"


def volume(number: int) -> str:
    """Return the name of a file of host sections."""
    return f"hosts-{number:03d}.html"


def glances(
    hosts: Hosts, found: dict[str, Extent], findings: Sequence[Finding]
) -> Iterator[Glance]:
    """Yield one line for each host, in order."""
    supports = {one.target: one for one in findings if one.rule == END_OF_SUPPORT}
    for number, host in enumerate(hosts, 1):
        yield Glance(
            number=number,
            name=host.name,
            link=link(number, len(found)),
            extent=found[host.name],
            system=of_read(host.read(OperatingSystem), machine.system_name),
            support=_support(supports.get(host.name), host),
            kernel=of_read(host.read(OperatingSystem), lambda one: one.kernel or ""),
            roles=_roles(host),
            disks=of_read(_real_disks(host), _disk, most=3),
            addresses=of_read(_outward(host), wires.address, style="code", most=3),
            up=of_read(host.read(Uptime), lambda one: say.span(one.up_s)),
        )


def _support(finding: Finding | None, host: Host) -> Cell:
    """Return what the rule says of the end of support; without a rule's word it is not known."""
    if finding is None:
        return unknown(host.blanks(OperatingSystem))
    if finding.verdict in (Verdict.UNKNOWN, Verdict.NOT_APPLICABLE):
        return unknown(finding.blanks)
    return of_field(finding.says, "bad" if finding.verdict is Verdict.NOT_MET else "")


def _real_disks(host: Host) -> Read[BlockDevice]:
    """Return the disks; where lsblk is missing, /proc/partitions tells them as plain blocks."""
    return host.read(BlockDevice).where(lambda one: one.type in ("disk", "block"))


def _disk(one: BlockDevice) -> str:
    return f"{one.name} {say.size(one.size_bytes) or 'of unstated size'}"


def _outward(host: Host) -> Read[Address]:
    return host.read(Address).where(lambda one: not one.address.startswith(_LOOPBACK))


def _roles(host: Host) -> Cell:
    """Return what the host seems to be for: hints, by what is installed and configured."""
    hints: list[str] = []
    for kind, say_kind in ((Database, "database"), (WebSite, "web"), (Container, "containers")):
        for row in host.rows(kind):
            which = row.record.product if isinstance(row.record, Database) else ""
            hint = f"{say_kind} ({which})" if which else say_kind
            if hint not in hints and not row.carried:
                hints.append(hint)
    blanks = host.blanks(*_ROLES)
    if hints and blanks:
        return Cell(Known.PART, tuple(hints[:4]), whys=whys_of(blanks))
    return unknown(blanks) if blanks else of_field(", ".join(hints[:4]) or "no hint found")
