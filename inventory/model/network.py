"""How a host is connected: addresses, routes, listeners, peers, firewall, VPN, resolvers."""

from collections.abc import Iterator

from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record


class Address(Record, frozen=True, kw_only=True):
    """An address of an interface (ip-address(8))."""

    KEY = ("interface", "address")

    interface: str
    address: str  # without prefix length
    prefix: int | None = None
    mac: str | None = None
    is_up: bool | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the address."""
        yield Identifier(Mark.ADDRESS, self.address)


class Route(Record, frozen=True, kw_only=True):
    """A route (ip-route(8)); destination "default" for the gateway."""

    KEY = ("destination", "gateway", "interface")

    destination: str
    gateway: str | None = None
    interface: str | None = None


class Neighbour(Record, frozen=True, kw_only=True):
    """A machine seen on the same link (ip-neighbour(8)): a hint at hosts nobody audited."""

    KEY = ("address", "interface")
    VOLATILE = True

    address: str
    interface: str
    mac: str | None = None


class Resolver(Record, frozen=True, kw_only=True):
    """A name server or search domain (resolv.conf(5), resolved.conf(5)), or a hosts(5) name."""

    KEY = ("type", "value", "address", "file")
    PART = "file"

    type: str  # "nameserver", "search", "hosts"
    value: str  # address of the name server, domain, or name that hosts(5) sets
    address: str | None = None  # of a hosts(5) name
    file: str = ""

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the server's address, or the name and what it is set to."""
        yield Identifier(Mark.ADDRESS if self.type == "nameserver" else Mark.SERVER, self.value)
        if self.address:
            yield Identifier(Mark.ADDRESS, self.address)


class Listener(Record, frozen=True, kw_only=True):
    """A socket that waits for connections (ss(8), /proc/net)."""

    KEY = ("protocol", "address", "port")

    protocol: str  # tcp, udp, tcp6, udp6
    address: str  # "0.0.0.0", "::", "127.0.0.1", "*"
    port: int


class ListenerOwner(Record, frozen=True, kw_only=True):
    """Which program owns a listening socket; for others' programs only root can see it."""

    KEY = ("protocol", "address", "port", "program")

    protocol: str
    address: str
    port: int
    program: str


class Connection(Record, frozen=True, kw_only=True):
    """An established connection at the time of the audit."""

    KEY = ("local", "peer", "peer_port")
    VOLATILE = True

    local: str  # address:port
    peer: str  # address
    peer_port: int
    program: str | None = None  # None: this account may not see it

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the peer."""
        yield Identifier(Mark.ADDRESS, self.peer)


class Firewall(Record, frozen=True, kw_only=True):
    """A host firewall: which one, whether it filters, and its default for incoming traffic."""

    KEY = ("type",)

    type: str  # nftables, iptables, ufw, firewalld
    is_active: bool
    default_in: str | None = None  # accept, drop, reject
    rules: int | None = None


class FirewallSource(Record, frozen=True, kw_only=True):
    """An address or network that the firewall, or a program's own list, lets in by name."""

    KEY = ("source", "port")

    source: str
    port: str | None = None  # or the program's name for it; None: any
    rule: str = ""
    by: str = ""  # the program; empty: the firewall

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the address, or the name."""
        yield Identifier(Mark.ADDRESS, self.source)
        yield Identifier(Mark.SERVER, self.source)


class VpnPeer(Record, frozen=True, kw_only=True):
    """A peer of a VPN (WireGuard, IPsec, OpenVPN, tunnels), by public key or address."""

    KEY = ("type", "interface", "peer")

    type: str  # wireguard, ipsec, openvpn, tailscale, zerotier, ssh tunnel
    interface: str
    peer: str  # public key or name
    endpoint: str | None = None  # address or host, without port
    networks: tuple[str, ...] = ()
    last_seen: Moment | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the endpoint, the networks and the name."""
        if self.endpoint:
            yield Identifier(Mark.SERVER, self.endpoint)
            yield Identifier(Mark.ADDRESS, self.endpoint)
        for network in self.networks:
            yield Identifier(Mark.ADDRESS, network)
        yield Identifier(Mark.TEXT, self.peer)
