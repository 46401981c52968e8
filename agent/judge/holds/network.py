"""Ways into the network: VPN peers, tunnels, addresses that the firewall lets in by name."""

from collections.abc import Iterator

from agent.judge.case import Power
from agent.judge.holds.kind import Candidate, Scene, hold_kind, of_row
from inventory.model.network import FirewallSource, VpnPeer
from inventory.model.operation import Tunnel


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


@hold_kind("tunnel", needs=(Tunnel,))
def tunnels(scene: Scene) -> Iterator[Candidate]:
    """Yield the programs that open a way in from outside."""
    for row in scene.host.rows(Tunnel):
        tunnel = row.record
        yield of_row(
            scene,
            row,
            "tunnel",
            name=f"{tunnel.program} {tunnel.target}".strip(),
            title=f"tunnel {tunnel.program} to {tunnel.target or 'an unstated place'}",
            subject=f"{tunnel.program} {tunnel.target}".strip(),
            power=Power.NETWORK,
            is_dependence=False,
            stands_alone=True,
            slot=f"tunnel {tunnel.program}",
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
