"""What protects the host from outside, and what it needs: firewall, tunnels, time, logs."""

from collections.abc import Iterator

from agent.judge.case import Severity, Verdict
from agent.judge.rules.rule import Hit, Subject, broken, hit, kept, rule, unclear
from inventory.model.network import Firewall
from inventory.model.operation import AccessControl, Agent, LogTarget, TimeSync, Tunnel
from inventory.snapshot import Seen

_REFUSES = frozenset(("drop", "reject", "deny"))
_ON = frozenset(("enforcing", "enabled"))


@rule(
    "firewall.off",
    "A firewall of the host refuses what no rule lets in",
    Severity.MEDIUM,
    needs=(Firewall,),
    reason="Every program that listens is open to whoever reaches the network, also to those "
    "who keep a way into it.",
    remedy="Write down what has to be reached from where, and let the firewall refuse the rest.",
    otherwise=Verdict.NOT_MET,
    says="no active firewall was found",
)
def firewall(subject: Subject) -> Iterator[Hit]:
    """Yield the firewalls; one that refuses by default is enough."""
    for row in subject.host.rows(Firewall):
        yield _firewall(row)


def _firewall(row: Seen[Firewall]) -> Hit:
    one = row.record
    if not one.is_active:
        return hit(Verdict.NOT_MET, row, f"{one.type} is not active")
    if one.default_in in _REFUSES:
        return kept(row, f"{one.type} is active and refuses by default ({one.default_in})")
    if one.default_in is None:
        return unclear(row, f"{one.type} is active; what it does by default is not said")
    return hit(Verdict.NOT_MET, row, f"{one.type} lets in what none of its rules refuses")


@rule(
    "tunnel.found",
    "No program opens a way in from outside",
    Severity.HIGH,
    needs=(Tunnel,),
    reason="A tunnel goes out through the firewall and lets somebody in. It needs no account "
    "that anyone would close.",
    remedy="Find out who stands at the other end. Stop it, or take the other end over.",
)
def tunnel(subject: Subject) -> Iterator[Hit]:
    """Yield the tunnels."""
    for row in subject.host.rows(Tunnel):
        name = f"{row.record.program} {row.record.target}".strip()
        where = row.record.target or "an unstated place"
        yield broken(row, f"{row.record.program} leads to {where}", name)


@rule(
    "mac.off",
    "Mandatory access control is on",
    Severity.LOW,
    needs=(AccessControl,),
    reason="A hole in one program is then a hole in the host.",
    remedy="Switch SELinux to enforcing or AppArmor on, after a time of watching its log.",
    otherwise=Verdict.NOT_MET,
    says="neither SELinux nor AppArmor was found",
)
def access_control(subject: Subject) -> Iterator[Hit]:
    """Yield the modes; one that is on is enough."""
    for row in subject.host.rows(AccessControl):
        one = row.record
        verdict = Verdict.MET if one.mode in _ON else Verdict.NOT_MET
        yield hit(verdict, row, f"{one.type} is {one.mode}")


@rule(
    "time.unsynchronised",
    "The clock follows a server",
    Severity.MEDIUM,
    needs=(TimeSync,),
    reason="Logs and dates of this host cannot be compared with others; who did what before or "
    "after the cutover cannot be shown.",
    remedy="Switch on a time service, with servers that stay after the handover.",
    otherwise=Verdict.NOT_MET,
    says="nothing that keeps the clock was found",
)
def time_sync(subject: Subject) -> Iterator[Hit]:
    """Yield what keeps the clock; one program that follows a server is enough."""
    for row in subject.host.rows(TimeSync):
        one = row.record
        if one.is_synchronised is None:
            yield unclear(row, f"whether {one.program} follows a server is not said")
        else:
            says = "follows a server" if one.is_synchronised else "does not follow a server"
            verdict = Verdict.MET if one.is_synchronised else Verdict.NOT_MET
            yield hit(verdict, row, f"{one.program} {says}")


@rule(
    "log.local-only",
    "Logs are kept outside of the host as well",
    Severity.MEDIUM,
    needs=(LogTarget, Agent),
    reason="Whoever has root can change what the host says about them. During a handover "
    "several parties have root.",
    remedy="Send the logs to a server that neither the leaver nor the host can change.",
    otherwise=Verdict.NOT_MET,
    says="no place outside of the host that gets its logs was found",
)
def logs(subject: Subject) -> Iterator[Hit]:
    """Yield where logs go to; an agent that is not running sends none."""
    for row in subject.host.rows(LogTarget):
        yield kept(row, f"{row.record.program} is set to send logs to {row.record.target}")
    for agent in subject.host.rows(Agent):
        one = agent.record
        if one.type == "logging":
            verdict = Verdict.MET if one.state == "running" else Verdict.NOT_MET
            where = one.server or "a server that is not stated"
            yield hit(verdict, agent, f"{one.product} is {one.state}, for {where}")
