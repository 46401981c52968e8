"""Ways into the network: VPN peers, tunnels, addresses that the firewall lets in by name."""

from collections.abc import Iterator
from typing import TypeVar

from msgspec import structs

from agent.judge.case import Power
from agent.judge.holds.kind import Candidate, Scene, hold_kind, of_row
from inventory.model.network import FirewallSource, VpnPeer
from inventory.model.operation import Agent, Tunnel
from inventory.model.record import Identifier, Record
from inventory.snapshot import Seen

R = TypeVar("R", bound=Record)

_PROGRAMS = {"frp client": "frpc"}  # products that are not called by their own name


@hold_kind("vpn peer", needs=(VpnPeer,))
def vpn_peers(scene: Scene) -> Iterator[Candidate]:
    """Yield the peers of each VPN."""
    for row in scene.host.rows(VpnPeer):
        peer = row.record
        seen = f"last seen {peer.last_seen}" if peer.last_seen else ""
        where = f" at {peer.endpoint}" if peer.endpoint else ""
        yield of_row(
            scene,
            row,
            "vpn peer",
            name=f"{peer.type} {peer.interface} {peer.peer}",
            title=f"{peer.type} peer {peer.peer}{where}",
            subject=f"{peer.type} {peer.peer}",
            power=Power.NETWORK,
            is_dependence=False,
            stands_alone=True,
            detail=seen,
        )


@hold_kind("tunnel", needs=(Tunnel, Agent))
def tunnels(scene: Scene) -> Iterator[Candidate]:
    """Yield what opens a way in from outside: each call, and each client that no call explains.

    A client that is installed and called is one thing: the call says where it leads.
    """
    clients = [row for row in scene.host.rows(Agent) if row.record.type == "tunnel"]
    explained: set[Seen[Agent]] = set()
    for row in scene.host.rows(Tunnel):
        called = [client for client in clients if _explains(row, client)]
        explained.update(called)
        marks = (one for client in called for one in client.record.identifiers())
        found = _tunnel(scene, row, row.record.program, row.record.target, tuple(marks))
        places = (*found.evidence, *(client.evidence for client in called))
        yield structs.replace(found, evidence=tuple(dict.fromkeys(places)))
    for client in clients:
        if client not in explained:
            agent = client.record
            yield _tunnel(scene, client, agent.product, agent.instance or agent.server or "")


def _explains(call: Seen[Tunnel], client: Seen[Agent]) -> bool:
    """Return whether a call is the client's own, and was seen at least as lately."""
    product = client.record.product.casefold()
    is_same = call.record.program.casefold() == _PROGRAMS.get(product, product)
    return is_same and (client.carried or not call.carried)


def _tunnel(
    scene: Scene,
    row: Seen[R],
    program: str,
    target: str,
    more: tuple[Identifier, ...] = (),
) -> Candidate:
    return of_row(
        scene,
        row,
        "tunnel",
        name=f"{program} {target}".strip(),
        title=f"tunnel {program} to {target or 'an unstated place'}",
        subject=f"{program} {target}".strip(),
        power=Power.NETWORK,
        is_dependence=False,
        stands_alone=True,
        slot=f"tunnel {program}",
        identifiers=tuple(dict.fromkeys((*row.record.identifiers(), *more))),
    )


@hold_kind("firewall source", needs=(FirewallSource,))
def firewall_sources(scene: Scene) -> Iterator[Candidate]:
    """Yield the addresses that the firewall lets in by name."""
    for row in scene.host.rows(FirewallSource):
        source = row.record
        port = f" to port {source.port}" if source.port else ""
        yield of_row(
            scene,
            row,
            "firewall source",
            name=f"{source.source} {source.port or 'any'}",
            title=f"the firewall lets {source.source} in{port}",
            subject=source.source,
            power=Power.NETWORK,
            is_dependence=False,
        )
