"""Two small hosts of the lab, the engagements that ask them, and what was kept of them."""

from collections.abc import Callable
from pathlib import Path

from inventory.store import FILE, AuditState, Store
from tests.agent.cli.auditing import (
    HEAD,
    SOURCE,
    host_line,
    logins,
    server_line,
    write_engagement,
)
from tests.lab.hostile import Server
from tests.lab.hosts import HostSpec, Lab

NAMES = ("one", "two")
SLOW = "  connect_timeout_s: 2\n  host_timeout_s: 60\n"


def two_hosts(lab: Callable[..., Lab]) -> Lab:
    """Start the hosts."""
    return lab(*(HostSpec(name=name, os="busybox") for name in NAMES))


def engagement_of(folder: Path, hosts: Lab, *servers: Server) -> Path:
    """Write an engagement that asks the hosts, and servers as hung0, hung1, ..."""
    lines = [host_line(host) for host in hosts.hosts]
    lines += [server_line(f"hung{number}", server) for number, server in enumerate(servers)]
    text = f"{HEAD}{SOURCE}{SLOW}  hosts:\n{''.join(lines)}"
    return write_engagement(folder, hosts, text, known=[one.known_hosts for one in servers])


def logins_of(hosts: Lab) -> list[int]:
    """Return how often each host let somebody in."""
    return [logins(host) for host in hosts.hosts]


def states_of(folder: Path) -> dict[int, AuditState]:
    """Return the state of each audit, of a store in which nothing is damaged."""
    with Store.open(folder / FILE, create=False) as store:
        assert store.verify() == []
        return {line.number: line.state for line in store.audits()}
