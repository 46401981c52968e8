"""Agents: who watches the host, who can control it, and whose their servers are."""

from collections.abc import Iterator

from agent.judge.case import Severity, Verdict
from agent.judge.rules.belonging import is_loopback, is_ours, whose
from agent.judge.rules.rule import Hit, Subject, broken, hit, rule, unclear
from agent.judge.rules.words import listed, shown
from inventory.model.operation import Agent, ManagementHook
from inventory.model.truth import Truth
from inventory.snapshot import Seen

_CONTROL = ("remote control", "management", "security")


@rule(
    "agent.monitoring.none",
    "Somebody watches the host",
    Severity.HIGH,
    needs=(Agent,),
    reason="A fault on the first night after the cutover is noticed by the users.",
    remedy="Install the monitoring of those who take over before the old one is removed.",
    otherwise=Verdict.NOT_MET,
    says="no monitoring agent was found; a look from outside would not show here",
)
def monitoring_none(subject: Subject) -> Iterator[Hit]:
    """Yield the monitoring agents; one that runs and knows a server other than itself is enough."""
    for row in subject.host.rows(Agent):
        one = row.record
        if one.type != "monitoring":
            continue
        where = one.server or one.instance
        if one.state == "running" and where and not _is_alone(row):
            yield hit(Verdict.MET, row, f"{one.product} runs, for {shown(where)}")
        elif one.state == "running" and not where:
            yield unclear(row, f"{one.product} runs; for which server is not known")
        else:
            where_to = f", for {shown(where)}" if where else ""
            yield hit(Verdict.NOT_MET, row, f"{one.product} is {one.state}{where_to}")


@rule(
    "agent.security.none",
    "Protection against malware runs",
    Severity.LOW,
    needs=(Agent,),
    reason="Contracts and insurers ask for it, and nobody would see an intruder's tools.",
    remedy="Decide whether the host needs it; install the product of those who take over.",
    otherwise=Verdict.NOT_MET,
    says="no security agent was found",
)
def security_none(subject: Subject) -> Iterator[Hit]:
    """Yield the security agents; one that runs is enough."""
    for row in subject.host.rows(Agent):
        one = row.record
        if one.type == "security":
            verdict = Verdict.MET if one.state == "running" else Verdict.NOT_MET
            yield hit(verdict, row, f"{one.product} is {one.state}")


@rule(
    "agent.two-remote",
    "At most one tool of remote control is installed",
    Severity.HIGH,
    needs=(Agent,),
    reason="Two tools, or one for two instances, usually mean two parties who can control the "
    "host; the older one is easily forgotten.",
    remedy="Find out whose each is, and remove all but that of those who stay.",
)
def two_remote(subject: Subject) -> Iterator[Hit]:
    """Yield the tools, where there is more than one product or instance."""
    rows = [row for row in subject.host.rows(Agent) if row.record.type == "remote control"]
    names = {_name(row) for row in rows}
    fresh = {_name(row) for row in rows if not row.carried}
    if len(names) > 1:
        places = tuple(row.evidence for row in rows)
        says = f"{len(names)} can control the host: {listed(sorted(names))}"
        yield Hit(Verdict.NOT_MET, says, "", places, len(fresh) < 2)


@rule(
    "agent.foreign-instance",
    "Every agent reports to those who stay",
    Severity.MEDIUM,
    needs=(Agent,),
    reason="Through its console the agent's owner sees the host, and often controls it as "
    "root, whatever accounts are closed.",
    remedy="Move the agent to an instance of those who stay, or remove it. Enter known servers "
    "and instances in the parties' profiles.",
)
def foreign_instance(subject: Subject) -> Iterator[Hit]:
    """Yield the agents of the leaver's; of nobody's, and of those that do not say, not known."""
    for row in subject.host.rows(Agent):
        one = row.record
        if _is_alone(row):
            continue
        where = _console(one)
        if not where:
            yield unclear(row, f"{one.product} does not say where it reports to", _name(row))
            continue
        ours = is_ours(subject, one.identifiers())
        if ours is Truth.NO:
            severity = Severity.HIGH if one.type in _CONTROL else None
            owner = whose(subject, one.identifiers())
            says = f"{one.product} ({one.type}) reports to {where}, of {owner}"
            yield broken(row, says, _name(row), severity=severity)
        elif ours is Truth.UNKNOWN:
            says = f"whose {where} is, to which {one.product} reports, is not known"
            yield unclear(row, says, _name(row))


@rule(
    "hook.foreign",
    "No server of the leaver's decides what the host runs",
    Severity.HIGH,
    needs=(ManagementHook,),
    reason="A management server runs what it likes, as root, on every host that asks it.",
    remedy="Move the host to a server of those who stay, or stop the agent.",
)
def hook_foreign(subject: Subject) -> Iterator[Hit]:
    """Yield the servers of the leaver's; of nobody's it is not known."""
    for row in subject.host.rows(ManagementHook):
        one = row.record
        ours = is_ours(subject, one.identifiers())
        if is_loopback(one.controller) or ours is Truth.YES:
            continue
        where = shown(one.controller) or "a server that is not stated"
        name = f"{one.product} {shown(one.controller)}".strip()
        if ours is Truth.NO:
            owner = whose(subject, one.identifiers())
            yield broken(row, f"{one.product} obeys {where}, of {owner}", name)
        else:
            yield unclear(row, f"whose {where} is, which {one.product} obeys, is not known", name)


def _is_alone(row: Seen[Agent]) -> bool:
    """Tell whether an agent knows no server but the host itself, as many defaults do."""
    one = row.record
    return one.server is not None and one.instance is None and is_loopback(one.server)


def _console(one: Agent) -> str:
    """Return `rmm.oldmsp.example (instance 77)`: two of one product differ by their instance."""
    if one.server and one.instance:
        return f"{shown(one.server)} (instance {shown(one.instance)})"
    return shown(one.server or one.instance or "")


def _name(row: Seen[Agent]) -> str:
    one = row.record
    return f"{one.product} {shown(one.instance or one.server or '')}".strip()
