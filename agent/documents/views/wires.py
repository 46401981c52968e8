"""How a host is connected: addresses, routes, listeners, peers, filters, tunnels."""

from agent.documents.cell import Cell, of_field, of_fields, of_read
from agent.documents.views import say
from agent.documents.views.table import Listing, Look
from inventory.model.network import (
    Address,
    Connection,
    Firewall,
    FirewallSource,
    Listener,
    ListenerOwner,
    Neighbour,
    Resolver,
    Route,
    VpnPeer,
)
from inventory.model.operation import Tunnel

f = of_field


def address(one: Address) -> str:
    """Return the address with its prefix length where that is known."""
    return one.address if one.prefix is None else f"{one.address}/{one.prefix}"


def _address(one: Address, _: Look) -> tuple[Cell, ...]:
    return (
        f(one.interface, "code"),
        f(address(one), "code"),
        f(one.mac, "code"),
        f(say.yes(one.is_up)),
    )


def _listener(one: Listener, look: Look) -> tuple[Cell, ...]:
    owner = of_read(look.owner(one.protocol, one.address, one.port), lambda seen: seen.program)
    return f(one.protocol), f(one.address, "code"), f(one.port, "number"), owner


def _peer(one: VpnPeer, _: Look) -> tuple[Cell, ...]:
    return (
        f(one.type),
        f(one.interface, "code"),
        f(one.peer, "code"),
        f(one.endpoint, "code"),
        of_fields(one.networks, "code"),
        f(say.moment(one.last_seen)),
    )


def _firewall(one: Firewall, _: Look) -> tuple[Cell, ...]:
    filters = "filters" if one.is_active else "does not filter"
    return f(one.type), f(filters), f(one.default_in), f(one.rules, "number")


LISTINGS = (
    Listing("Addresses", Address, ("Interface", "Address", "Hardware address", "Up"), _address),
    Listing(
        "Routes",
        Route,
        ("To", "Through", "Interface"),
        lambda one, _: (
            f(one.destination, "code"),
            f(one.gateway, "code"),
            f(one.interface, "code"),
        ),
    ),
    Listing(
        "Names are looked up at",
        Resolver,
        ("Type", "Value", "Address"),
        lambda one, _: (f(one.type), f(one.value, "code"), f(one.address, "code")),
    ),
    Listing(
        "Waits for connections",
        Listener,
        ("Protocol", "Address", "Port", "Program"),
        _listener,
        lambda one: (one.port, one.protocol, one.address),
        (ListenerOwner,),
    ),
    Listing(
        "Connections open during the audit",
        Connection,
        ("From", "To", "Port", "Program"),
        lambda one, _: (
            f(one.local, "code"),
            f(one.peer, "code"),
            f(one.peer_port, "number"),
            f(one.program),
        ),
    ),
    Listing(
        "Neighbours on the same link",
        Neighbour,
        ("Address", "Interface", "Hardware address"),
        lambda one, _: (f(one.address, "code"), f(one.interface, "code"), f(one.mac, "code")),
    ),
    Listing("Firewall", Firewall, ("Type", "State", "Incoming", "Rules"), _firewall),
    Listing(
        "Let in by address",
        FirewallSource,
        ("From", "By", "Port", "Rule"),
        lambda one, _: (
            f(one.source, "code"),
            f(one.by or "firewall"),
            f(one.port or "any"),
            f(one.rule, "code"),
        ),
    ),
    Listing(
        "VPN peers", VpnPeer, ("Type", "Interface", "Peer", "Endpoint", "Networks", "Seen"), _peer
    ),
    Listing(
        "Tunnels from inside",
        Tunnel,
        ("Program", "Leads to"),
        lambda one, _: (f(one.program), f(one.target, "code")),
    ),
)
