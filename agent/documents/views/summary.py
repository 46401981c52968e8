"""What is found on many hosts, told once a subject: the thing, and the hosts that have it."""

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from msgspec import Struct

from agent.documents.cell import Cell, Known, Whys, of_field, of_fields, whys_of
from agent.documents.views import machine, say, wires
from agent.documents.views.table import Row, Table, places, state
from agent.judge.footprint import Holdings
from inventory.model.access import LoginSecret
from inventory.model.discovery import Candidate
from inventory.model.evidence import Evidence
from inventory.model.host import OperatingSystem
from inventory.model.network import Address, Listener, Neighbour, Route, VpnPeer
from inventory.model.operation import (
    Agent,
    LogTarget,
    MailRelay,
    ManagementHook,
    ScheduledJob,
    Service,
)
from inventory.model.record import Record
from inventory.model.software import Container, Database, Repository, WebSite
from inventory.snapshot import Seen

R = TypeVar("R", bound=Record)

MOST_THINGS = 200
MOST_HOSTS = 8

f = of_field


class Gathered(Struct, Generic[R], frozen=True):
    """How a kind is told for all hosts together."""

    title: str
    kind: type[R]
    columns: tuple[str, ...]
    cells: Callable[[R], tuple[Cell, ...]]
    only: Callable[[R], bool] | None = None


class Summary(Struct, frozen=True):
    """Some subjects under one heading."""

    anchor: str
    tables: tuple[Table, ...]


def _agent(one: Agent) -> tuple[Cell, ...]:
    return (
        f(one.product),
        f(one.type),
        f(one.state),
        f(one.server, "code"),
        f(one.instance, "code"),
    )


def _job(one: ScheduledJob) -> tuple[Cell, ...]:
    return f(one.command, "code"), f(one.schedule, "code"), f(one.account, "code")


def _secret(one: LoginSecret) -> tuple[Cell, ...]:
    return (
        f(one.type),
        f(one.path, "code"),
        f(one.owner, "code"),
        f(say.mode(one.mode), "code"),
        f(say.moment(one.changed)),
    )


def _is_open(one: Listener) -> bool:
    return not one.address.startswith(("127.", "::1"))


_SOFTWARE: tuple[Gathered[Any], ...] = (
    Gathered(
        "Operating systems", OperatingSystem, ("System",), lambda o: (f(machine.system_name(o)),)
    ),
    Gathered(
        "Databases",
        Database,
        ("Product", "Version", "Instance", "Port"),
        lambda o: (f(o.product), f(o.version), f(o.instance, "code"), f(o.port, "number")),
    ),
    Gathered(
        "Web sites",
        WebSite,
        ("Name", "Server", "Leads to"),
        lambda o: (f(o.name, "code"), f(o.server), f(o.target, "code")),
    ),
    Gathered(
        "Containers",
        Container,
        ("Image", "Name", "State", "Ports"),
        lambda o: (f(o.image, "code"), f(o.name, "code"), f(o.state), of_fields(o.ports)),
    ),
    Gathered(
        "Packages come from",
        Repository,
        ("Place", "Signatures checked"),
        lambda o: (f(o.url, "code"), f(say.yes(o.is_checked))),
    ),
)
_SERVICES: tuple[Gathered[Any], ...] = (
    Gathered(
        "Failed services",
        Service,
        ("Service", "Description"),
        lambda o: (f(o.name, "code"), f(o.description)),
        lambda o: o.state == "failed",
    ),
    Gathered("Scheduled jobs", ScheduledJob, ("Command", "When", "As"), _job),
)
_AGENTS: tuple[Gathered[Any], ...] = (
    Gathered("Agents", Agent, ("Product", "For", "State", "Reports to", "Instance"), _agent),
    Gathered(
        "Decides from elsewhere what runs",
        ManagementHook,
        ("Product", "Controller"),
        lambda o: (f(o.product), f(o.controller, "code")),
    ),
    Gathered(
        "Logs go to",
        LogTarget,
        ("Program", "Target"),
        lambda o: (f(o.program), f(o.target, "code")),
    ),
    Gathered(
        "Mail leaves through",
        MailRelay,
        ("Program", "Relay"),
        lambda o: (f(o.program), f(o.relay, "code")),
    ),
)
_NETWORK: tuple[Gathered[Any], ...] = (
    Gathered(
        "Addresses",
        Address,
        ("Address", "Interface"),
        lambda o: (f(wires.address(o), "code"), f(o.interface, "code")),
        lambda o: not o.address.startswith(("127.", "::1", "fe80:")),
    ),
    Gathered(
        "Routes",
        Route,
        ("To", "Through"),
        lambda o: (f(o.destination, "code"), f(o.gateway, "code")),
    ),
    Gathered(
        "Ports that are open to others",
        Listener,
        ("Port", "Protocol"),
        lambda o: (f(o.port, "number", f"{o.port:05d}"), f(o.protocol)),
        _is_open,
    ),
    Gathered(
        "VPN peers",
        VpnPeer,
        ("Type", "Peer", "Endpoint", "Networks"),
        lambda o: (f(o.type), f(o.peer, "code"), f(o.endpoint, "code"), of_fields(o.networks)),
    ),
    Gathered(
        "Machines seen on the same link",
        Neighbour,
        ("Address", "Hardware address"),
        lambda o: (f(o.address, "code"), f(o.mac, "code")),
    ),
)
_SECRETS: tuple[Gathered[Any], ...] = (
    Gathered(
        "Secrets on disk",
        LoginSecret,
        ("What", "Place", "Owner", "Mode", "Changed"),
        _secret,
    ),
)

_ALL = (
    ("software", _SOFTWARE),
    ("services", _SERVICES),
    ("agents", _AGENTS),
    ("network", _NETWORK),
    ("secrets", _SECRETS),
)


def summaries(holdings: Holdings) -> Iterator[Summary]:
    """Yield the subjects in the order of the dossier."""
    for anchor, gathered in _ALL:
        tables = tuple(_gathered(one, holdings) for one in gathered)
        extra = (_candidates(holdings),) if anchor == "network" else ()
        yield Summary(anchor, (*tables, *extra))


def _candidates(holdings: Holdings) -> Table:
    """Return who answered on the SSH port without being audited."""
    known = holdings.case.snapshot.read(Candidate).known()
    whys = whys_of(known.blanks)
    rows = tuple(
        Row((f(one.address, "code"), f(one.port, "number"), f(one.banner)), places((row.evidence,)))
        for row in known.rows
        for one in (row.record,)
    )
    return Table(
        title="Answers on the SSH port, and nobody logged in",
        columns=("Address", "Port", "Says"),
        known=state(bool(rows), whys, all_fresh=known.complete),
        rows=rows[:MOST_THINGS],
        more=max(0, len(rows) - MOST_THINGS),
        whys=whys,
        kinds=Candidate.__name__,
    )


def _gathered(how: Gathered[R], holdings: Holdings) -> Table:
    """Return the things of one kind, each with the hosts that have it; the commonest first."""
    groups: dict[tuple[Cell, ...], list[Seen[R]]] = {}
    for host in holdings.hosts:
        for row in host.rows(how.kind):
            if how.only is None or how.only(row.record):
                groups.setdefault(how.cells(row.record), []).append(row)
    blanks = holdings.hosts.blanks((how.kind,))
    unread = len({blank.target for blank in blanks if blank.target})
    whys = whys_of(blanks)
    if whys and unread:
        first = f"{unread} of {len(holdings.hosts.names)} hosts could hide more"
        whys = Whys((first, *whys.texts), whys.more, whys.word)
    ordered = sorted(groups.items(), key=lambda one: -len({row.target for row in one[1]}))
    fresh = not any(row.carried for rows in groups.values() for row in rows)
    return Table(
        title=how.title,
        columns=(*how.columns, "Hosts"),
        known=state(bool(groups), whys, all_fresh=fresh),
        rows=tuple(_row(cells, rows) for cells, rows in ordered[:MOST_THINGS]),
        more=max(0, len(ordered) - MOST_THINGS),
        whys=whys,
        kinds=how.kind.__name__,
    )


def _row(cells: tuple[Cell, ...], rows: list[Seen[R]]) -> Row:
    names = tuple(dict.fromkeys(_host(row) for row in rows))
    hosts = Cell(Known.ALL, (say.named(names, MOST_HOSTS),), sort=f"{len(names):06d}")
    carried = min((row.evidence.audit for row in rows if row.carried), default=0)
    fresh = any(not row.carried for row in rows)
    evidence: tuple[Evidence, ...] = tuple(row.evidence for row in rows)
    return Row((*cells, hosts), places(evidence, 1), 0 if fresh else carried)


def _host(row: Seen[R]) -> str:
    return f"{row.target} (of audit {row.evidence.audit})" if row.carried else row.target
