"""What runs and listens: failed services, and doors that only the inside should see."""

from collections.abc import Iterator, Mapping

from agent.judge import marks
from agent.judge.case import Severity
from agent.judge.rules.rule import Hit, Subject, broken, rule
from inventory.model.network import Listener
from inventory.model.operation import Service
from inventory.model.software import Database
from inventory.snapshot import Seen

# Well-known ports of programs that keep data, and of those that hand out control.
_DATABASES: Mapping[int, str] = {
    1433: "SQL Server",
    1521: "Oracle",
    3306: "MySQL",
    5432: "PostgreSQL",
    5984: "CouchDB",
    6379: "Redis",
    8086: "InfluxDB",
    9042: "Cassandra",
    9200: "Elasticsearch",
    11211: "memcached",
    27017: "MongoDB",
}
_CONTROLS: Mapping[int, tuple[str, Severity]] = {
    21: ("FTP", Severity.MEDIUM),
    23: ("telnet", Severity.HIGH),
    512: ("rexec", Severity.HIGH),
    513: ("rlogin", Severity.HIGH),
    514: ("rsh", Severity.HIGH),
    2375: ("Docker without TLS", Severity.CRITICAL),
    2379: ("etcd", Severity.HIGH),
    3389: ("remote desktop", Severity.MEDIUM),
    5900: ("VNC", Severity.HIGH),
    5901: ("VNC", Severity.HIGH),
    6000: ("X11", Severity.HIGH),
    8500: ("Consul", Severity.HIGH),
    9090: ("Cockpit or Prometheus", Severity.MEDIUM),
    10000: ("Webmin", Severity.MEDIUM),
    10250: ("kubelet", Severity.HIGH),
}


@rule(
    "service.failed",
    "No service has failed",
    Severity.MEDIUM,
    needs=(Service,),
    reason="Those who leave know whether it matters. Those who come find a red light and no "
    "explanation.",
    remedy="Ask what it was for; repair it, or disable it.",
)
def failed(subject: Subject) -> Iterator[Hit]:
    """Yield the services that failed."""
    for row in subject.host.rows(Service):
        if row.record.state == "failed":
            yield broken(row, f"{row.record.name} has failed", row.record.name)


@rule(
    "database.exposed",
    "Databases listen to the host itself only",
    Severity.HIGH,
    needs=(Listener, Database),
    reason="Passwords of databases are shared by programs and rarely changed. With them, "
    "whoever left reads the data from outside, without an account on the host.",
    remedy="Bind the database to the loopback or an inner address, let the firewall name who "
    "may connect, and change the passwords after the cutover.",
)
def database(subject: Subject) -> Iterator[Hit]:
    """Yield the ports of databases that are open beyond the host; a firewall may close them."""
    known = dict(_DATABASES)
    for row in subject.host.rows(Database):
        if row.record.port is not None:
            known[row.record.port] = row.record.product
    for listener in _outward(subject):
        name = known.get(listener.record.port)
        if name:
            yield broken(listener, f"{name} listens on {_place(listener)}", _port(listener))


@rule(
    "listener.exposed-admin-ports",
    "Programs that hand out control listen to the host itself only",
    Severity.MEDIUM,
    needs=(Listener,),
    reason="Each is a way to run things on the host beside SSH, often with a password that "
    "many know, and it stands in no list of accounts.",
    remedy="Switch it off, or bind it to the loopback and reach it through SSH.",
)
def controls(subject: Subject) -> Iterator[Hit]:
    """Yield such ports that are open beyond the host; a firewall may close them."""
    for listener in _outward(subject):
        found = _CONTROLS.get(listener.record.port)
        if found:
            name, severity = found
            says = f"{name} (by its port) listens on {_place(listener)}"
            yield broken(listener, says, _port(listener), severity=severity)


def _outward(subject: Subject) -> Iterator[Seen[Listener]]:
    """Yield the TCP sockets that others than the host itself reach."""
    for row in subject.host.rows(Listener):
        network = marks.network(row.record.address.strip("[]"))
        inner = network is not None and network.is_loopback
        if row.record.protocol.startswith("tcp") and not inner:
            yield row


def _place(row: Seen[Listener]) -> str:
    return f"{row.record.address} port {row.record.port}"


def _port(row: Seen[Listener]) -> str:
    return f"tcp/{row.record.port}"
