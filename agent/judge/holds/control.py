"""What lets another machine run things here: agents, management hooks, the directory joined."""

from collections.abc import Iterator

from agent.judge.case import Power
from agent.judge.holds.kind import Candidate, Scene, hold_kind, of_row
from inventory.model.host import DomainJoin
from inventory.model.network import Connection
from inventory.model.operation import Agent, ManagementHook

_STEERED = ("remote control", "management", "security")  # their consoles run commands
_TUNNEL = "tunnel"  # what opens a way into the network is a hold of its own kind
_TOLD = ("monitoring", "logging", "backup")  # something of the client's goes to them
_EVERYBODY = "no list and no filter says who may log in: every account of it may"


@hold_kind("agent", needs=(Agent,))
def agents(scene: Scene) -> Iterator[Candidate]:
    """Yield each agent by product, server and instance; tunnels have a kind of their own."""
    peers = {row.record.peer for row in scene.host.rows(Connection)}
    for row in scene.host.rows(Agent):
        agent = row.record
        if agent.type == _TUNNEL:
            continue
        where = agent.instance or agent.server or ""
        steered = agent.type == "remote control" or (agent.type in _STEERED and bool(where))
        power = Power.CONTROL if steered else Power.INFORMATION
        yield of_row(
            scene,
            row,
            "agent",
            name=f"{agent.product} {where}".strip(),
            title=f"{agent.type} agent {agent.product}" + (f" ({where})" if where else ""),
            subject=f"{agent.product} {where}".strip(),
            power=power,
            is_dependence=agent.type in _TOLD,
            stands_alone=power is not Power.INFORMATION,
            slot=f"agent {agent.product}",
            detail="; ".join(filter(None, (agent.state, _now(agent.server, peers)))),
        )


def _now(server: str | None, peers: set[str]) -> str:
    return "connected now" if server and server.split(":")[0] in peers else ""


@hold_kind("management hook", needs=(ManagementHook,))
def management_hooks(scene: Scene) -> Iterator[Candidate]:
    """Yield what decides from elsewhere what this host runs."""
    for row in scene.host.rows(ManagementHook):
        hook = row.record
        yield of_row(
            scene,
            row,
            "management hook",
            name=f"{hook.product} {hook.controller}",
            title=f"{hook.product} managed by {hook.controller or 'an unstated server'}",
            subject=f"{hook.product} {hook.controller}",
            power=Power.CONTROL,
            is_dependence=False,
            stands_alone=True,
            slot=f"hook {hook.product}",
        )


@hold_kind("domain join", needs=(DomainJoin,))
def domain_joins(scene: Scene) -> Iterator[Candidate]:
    """Yield the directories whose administrators decide who has an account here."""
    for row in scene.host.rows(DomainJoin):
        join = row.record
        proves = join.by != "krb5"  # a default realm alone is no join
        yield of_row(
            scene,
            row,
            "domain join",
            name=f"{join.domain} {join.by}",
            title=f"accounts from the directory {join.domain} ({join.by})",
            subject=join.domain.casefold(),
            power=Power.CONTROL,
            is_dependence=False,
            stands_alone=proves,
            detail=_EVERYBODY if proves and not join.allowed else "",
        )
