"""Muster GmbH: eleven hosts, and the programs that run on them."""

import contextlib
import time
from collections.abc import Iterator

from tests.demo import back, front
from tests.demo.canaries import secret
from tests.lab.hosts import Host, Lab
from tests.lab.spec import HostSpec

HOSTS: tuple[HostSpec, ...] = (*front.HOSTS, *back.HOSTS)
WITHOUT_ROOT = ("mon1", "edge")  # the audit's account may not become root there
APPLIANCE = "switch1"
BEHIND = {"erp1": "jump"}  # reached through
RUNNING = (
    ("jump", ("/usr/bin/autossh", *front.TUNNEL_ARGUMENTS.split())),
    ("jump", ("/usr/sbin/snmpd",)),
    ("files1", ("/usr/local/mesh_services/meshagent/meshagent",)),
    ("db1", ("/usr/bin/salt-minion",)),
    ("erp1", ("/opt/teamviewer/tv_bin/teamviewerd", "-d")),
    ("mail1", ("/usr/sbin/zabbix_agentd",)),
    ("mon1", ("/usr/sbin/zabbix_agent2",)),
    ("ci1", ("/usr/sbin/nrpe",)),
    (
        "ci1",
        ("/usr/local/bin/cloudflared", "tunnel", "run", "--token", secret("process argument")),
    ),
)
MOUNT = ("files1", "/srv/archive", "muster@vault.oldmsp.example:/archive")
START_S = 10.0


@contextlib.contextmanager
def at_work(lab: Lab) -> Iterator[None]:
    """Keep the programs running, and a directory of files1 mounted from a server that is silent."""
    start(lab)
    host, path, source = MOUNT
    with lab[host].hung_mount(path, source=source):
        yield


def start(lab: Lab) -> None:
    """Start the programs of a running lab's hosts, and wait until each is there."""
    for host, argv in RUNNING:
        lab[host].spawn(argv)
    late = time.monotonic() + START_S
    for host, argv in RUNNING:
        while not runs(lab[host], argv[0]):
            if time.monotonic() > late:
                raise RuntimeError(f"{host}: {argv[0]} did not start")
            time.sleep(0.02)


def runs(host: Host, program: str) -> bool:
    """Return whether a program runs on a host."""
    name = program.rpartition("/")[2][:15]
    script = f"cat /proc/[0-9]*/comm 2>/dev/null | grep -qx '{name}'"
    return host.exec(["sh", "-c", script], check=False).returncode == 0
