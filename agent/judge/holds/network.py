"""Ways into the network: VPN peers, tunnels, addresses that are let in by name."""

import re
from collections.abc import Iterator
from typing import TypeVar

from msgspec import structs

from agent.judge.case import Power
from agent.judge.holds.kind import Candidate, Scene, hold_kind, of_row
from inventory.model.access import SshdSetting
from inventory.model.network import FirewallSource, VpnPeer
from inventory.model.operation import Agent, Tunnel
from inventory.model.record import Identifier, Mark, Record
from inventory.snapshot import Seen

R = TypeVar("R", bound=Record)

_LETS = {
    "": "the firewall lets {} in",
    "PostgreSQL": "PostgreSQL lets {} log in",
    "fail2ban": "fail2ban never bans {}",
}
_MATCHED = re.compile(r"(?i)\b(?:address|host)[\s=]+\"?([^\s\"]{1,2000})")
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


@hold_kind("firewall source", needs=(FirewallSource, SshdSetting))  # sshd has such lists too
def firewall_sources(scene: Scene) -> Iterator[Candidate]:
    """Yield the addresses that the firewall, or a program's own list, lets in by name."""
    for row in scene.host.rows(FirewallSource):
        one = row.record
        port = f" to port {one.port}" if one.port and not one.by else ""
        by = f" {one.by}" if one.by else ""
        yield of_row(
            scene,
            row,
            "firewall source",
            name=f"{one.source} {one.port or 'any'}{by}",
            title=_LETS.get(one.by, _LETS[""]).format(one.source) + port,
            subject=one.source,
            power=Power.NETWORK,
            is_dependence=False,
        )
    yield from _sources_of_sshd(scene)


def _sources_of_sshd(scene: Scene) -> Iterator[Candidate]:
    """Yield the addresses and hosts that sshd treats by rules of their own.

    `Match Address 192.0.2.0/24` and `AllowUsers jane@192.0.2.7`.
    """
    seen: set[tuple[str, str]] = set()
    for row in scene.host.rows(SshdSetting):
        one = row.record
        found = [(text, f"match {one.match}") for text in _MATCHED.findall(one.match)]
        if one.keyword == "allowusers":
            words = (word.rpartition("@") for word in one.value.split())
            found += [(host, "allowusers") for _, at, host in words if at]
        for text, where in found:
            for source in filter(None, map(_source, text.split(","))):
                if (source, where) not in seen:
                    seen.add((source, where))
                    yield _of_sshd(scene, row, source, where)


def _source(pattern: str) -> str:
    """Return an address, a network or a host that a pattern of sshd names; "" for no single one."""
    numbers, star, rest = pattern.partition(".*")
    if star and not rest.strip(".*") and numbers.replace(".", "").isdigit():
        known = numbers.split(".")
        return ".".join((*known, *("0",) * (4 - len(known)))) + f"/{8 * len(known)}"
    return "" if pattern.startswith("!") or set("*?") & set(pattern) else pattern


def _of_sshd(scene: Scene, row: Seen[SshdSetting], source: str, where: str) -> Candidate:
    return of_row(
        scene,
        row,
        "firewall source",
        name=f"{source} sshd {where}",
        title=f"sshd has a rule for {source} ({where})",
        subject=source,
        power=Power.NETWORK,
        is_dependence=False,
        identifiers=(Identifier(Mark.ADDRESS, source), Identifier(Mark.SERVER, source)),
    )
