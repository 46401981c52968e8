"""How a host is connected: addresses, routes, neighbours and resolvers.

Sources: ip-address(8), ip-route(8), ip-neighbour(8), resolv.conf(5), resolved.conf(5), hosts(5).
"""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

from collectors.parse import assignment, integer, without_comment
from collectors.spec import Answers, SshCommand, SshFiles, Unreadable, collector
from inventory.errors import ParseError
from inventory.model.evidence import Pointer
from inventory.model.network import Address, Neighbour, Resolver, Route

ADDRESSES = SshCommand(
    "addresses", "ip -o link show && ip -o addr show", empty="gap", no_tool="gap"
)
ROUTES = SshCommand("routes", "ip -o route show table all", no_tool="gap")
NEIGHBOURS = SshCommand("neighbours", "ip neigh show", no_tool="gap")
RESOLVERS = SshFiles(
    "resolvers",
    (
        "/etc/resolv.conf",
        "/run/systemd/resolve/resolv.conf",
        "/etc/systemd/resolved.conf",
        "/etc/systemd/resolved.conf.d/*.conf",
        "/etc/hosts",
    ),
)

_LINK = re.compile(r"[0-9]{1,9}: ([^\s:@]{1,60})(?:@\S{1,60})?: <([A-Z0-9_,-]*)>")
_MAC = re.compile(r" link/\S{1,30} ([0-9a-f]{2}(?::[0-9a-f]{2}){5,19})\b")
_HOP = re.compile(r"(?:^|\s)via (?:inet6? )?(\S{1,60})(?: dev (\S{1,60}))?")
_DEV = re.compile(r"\bdev (\S{1,60})")
_OWN = frozenset(("local", "broadcast", "multicast", "anycast"))  # routes to the host itself
_REFUSING = frozenset(("unreachable", "blackhole", "prohibit", "throw"))
_STANDARD = frozenset(("ip6-localnet", "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters"))


@collector("linux.addresses", asks=[ADDRESSES], tells=[Address])
def addresses(shown: Answers) -> Iterator[Address | Unreadable]:
    r"""Yield the addresses of all interfaces but 127.0.0.1, ::1 and temporary ones (RFC 8981).

    4: eth0: <BROADCAST,UP> mtu 1400 state UP\    link/ether 02:fc:00:00:00:01 brd ff:...
    4: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0\       valid_lft forever
    """
    links: dict[str, tuple[str | None, bool]] = {}
    for answer in shown:
        for number, line in answer.lines():
            if link := _LINK.match(line):
                mac = _MAC.search(line)
                links[link.group(1)] = (mac.group(1) if mac else None, "UP" in _flags(link))
                continue
            words = line.split()
            if len(words) < 4 or words[2] not in ("inet", "inet6"):
                if len(words) < 3 or not words[2].startswith("link/"):
                    yield Unreadable(answer.at(number), "neither a link nor an address")
                continue
            address, _, prefix = words[3].partition("/")
            if address in ("127.0.0.1", "::1") or "temporary" in words:
                continue
            mac_address, is_up = links.get(words[1], (None, None))
            yield Address(
                interface=words[1],
                address=str(_address(address)),
                prefix=integer(prefix, what="prefix", least=0, most=128) if prefix else None,
                mac=mac_address,
                is_up=is_up,
                at=answer.at(number),
            )


def _flags(link: re.Match[str]) -> list[str]:
    return link.group(2).split(",")


def _address(text: str) -> IPv4Address | IPv6Address:
    """Return the address without its zone. Raises ParseError when it is none."""
    try:
        return ip_address(text.partition("%")[0])
    except ValueError as err:
        raise ParseError(f"not an address: {text[:60]!r}") from err


@collector("linux.routes", asks=[ROUTES], tells=[Route])
def routes(shown: Answers) -> Iterator[Route | Unreadable]:
    r"""Yield the routes of all tables that lead elsewhere; one for each hop of a multipath route.

    default proto static \   nexthop via 10.0.0.1 dev eth0 weight 1\   nexthop via 10.0.0.2 ...
    """
    for answer in shown:
        for number, line in answer.lines():
            words = line.split()
            if words[0] in _OWN or words[0] in _REFUSING:
                continue
            device = _DEV.search(line)
            if not device:
                yield Unreadable(answer.at(number), "a route without a device")
                continue
            destination = words[1] if words[0] == "unicast" and len(words) > 1 else words[0]
            hops = _HOP.findall(line) or [("", device.group(1))]
            for gateway, interface in hops:
                yield Route(
                    destination=destination,
                    gateway=gateway or None,
                    interface=interface or device.group(1),
                    at=answer.at(number),
                )


@collector("linux.neighbours", asks=[NEIGHBOURS], tells=[Neighbour])
def neighbours(shown: Answers) -> Iterator[Neighbour | Unreadable]:
    """Yield machines that answered on the same link: `10.0.0.1 dev eth0 lladdr 02:... STALE`."""
    for answer in shown:
        for number, line in answer.lines():
            words = line.split()
            if len(words) < 4 or words[1] != "dev":
                yield Unreadable(answer.at(number), "not a line of ip neigh")
            elif "lladdr" in words[:-1] and words[-1] not in ("FAILED", "INCOMPLETE", "NOARP"):
                yield Neighbour(
                    address=words[0],
                    interface=words[2],
                    mac=words[words.index("lladdr") + 1],
                    at=answer.at(number),
                )


@collector("linux.resolvers", asks=[RESOLVERS], tells=[Resolver])
def resolvers(files: Answers) -> Iterator[Resolver]:
    """Yield name servers, search domains, and the names that the hosts file sets."""
    for answer in files:
        for number, line in answer.lines():
            text = without_comment(without_comment(line), ";")
            at = answer.at(number)
            if answer.path == "/etc/hosts":
                yield from _hosts(text, answer.path, at)
            elif answer.path.endswith("resolv.conf"):
                yield from _resolv_conf(text.split(), answer.path, at)
            else:
                yield from _resolved_conf(text, answer.path, at)


def _hosts(text: str, file: str, at: Pointer) -> Iterator[Resolver]:
    """Yield the names of a line of hosts(5), but for those of the loopback and of multicast."""
    words = text.split()
    if len(words) < 2 or words[0].startswith(("127.", "ff0")) or words[0] == "::1":
        return
    for name in words[1:]:
        if name not in _STANDARD:
            yield Resolver(type="hosts", value=name, address=words[0], file=file, at=at)


def _resolv_conf(words: list[str], file: str, at: Pointer) -> Iterator[Resolver]:
    keyword = words[0] if words else ""
    if keyword == "nameserver" and len(words) > 1:
        yield Resolver(type="nameserver", value=words[1], file=file, at=at)
    elif keyword in ("search", "domain"):
        for domain in words[1:]:
            yield Resolver(type="search", value=domain, file=file, at=at)


def _resolved_conf(text: str, file: str, at: Pointer) -> Iterator[Resolver]:
    """Yield servers of `DNS=1.1.1.1#name [2606:4700::1111]:53` and domains of `Domains=`."""
    name, value = assignment(text) or ("", "")
    if name in ("DNS", "FallbackDNS"):
        for server in value.split():
            yield Resolver(type="nameserver", value=_bare(server), file=file, at=at)
    elif name == "Domains":
        for domain in value.split():
            yield Resolver(type="search", value=domain.removeprefix("~"), file=file, at=at)


def _bare(server: str) -> str:
    """Return the address of `ADDRESS[:PORT][%INTERFACE][#NAME]` (resolved.conf(5))."""
    address = re.split("[#%]", server, maxsplit=1)[0]
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address
