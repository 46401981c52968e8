"""With whom a host shares a private network.

Sources: wg(8), wg-quick(8), NetworkManager's keyfile (nm-settings-keyfile(5)), ipsec.conf(5),
swanctl.conf(5), openvpn(8), the index of easy-rsa (openssl-ca(1)). Keys that are secret stay on
the host: `wg show ... dump` is never asked, and filters let only the named settings pass.
"""

import re
from collections.abc import Iterator, Mapping
from posixpath import basename, splitext

from collectors.parse import optional_integer
from collectors.settings import host_of, keeping, kept, listed, settings
from collectors.spec import Answer, Answers, SshCommand, SshFiles, Unreadable, collector
from inventory.model.evidence import Pointer
from inventory.model.moment import Moment
from inventory.model.network import VpnPeer

WIREGUARD = SshCommand(
    "wireguard",
    "endpoints=$($SUDO wg show all endpoints) && networks=$($SUDO wg show all allowed-ips)"
    " && seen=$($SUDO wg show all latest-handshakes) || exit;"
    " printf '%s\\n' \"$endpoints\" | sed -n 's/^./endpoint &/p';"
    " printf '%s\\n' \"$networks\" | sed -n 's/^./networks &/p';"
    " printf '%s\\n' \"$seen\" | sed -n 's/^./seen &/p'",
    tool="wg",
    needs="root",
    exact=(
        "/usr/bin/wg show all endpoints",
        "/usr/bin/wg show all allowed-ips",
        "/usr/bin/wg show all latest-handshakes",
    ),
)
WIREGUARD_FILES = SshFiles(
    "wireguard_files",
    ("/etc/wireguard/*.conf",),
    needs="root",
    filter=keeping("publickey", "allowedips", "endpoint", sections=True),
)
CONNECTIONS = SshFiles(
    "connections",
    ("/etc/NetworkManager/system-connections/*",),
    needs="root",
    filter=kept(r"l ~ /^\[/ || l ~ /^(endpoint|remote|gateway|right|address|service-type|id)=/"),
)
IPSEC = SshFiles(
    "ipsec",
    ("/etc/ipsec.conf", "/etc/ipsec.d/*.conf", "/etc/strongswan/ipsec.conf"),
    filter=keeping("conn", "right", "rightid", "rightsubnets?", "left", "leftid"),
)
SWANCTL = SshFiles(
    "swanctl",
    (
        "/etc/swanctl/swanctl.conf",
        "/etc/swanctl/conf.d/*.conf",
        "/etc/strongswan/swanctl/swanctl.conf",
        "/etc/strongswan/swanctl/conf.d/*.conf",
    ),
    needs="root",
    filter=kept(
        r"/^[ \t]*[A-Za-z0-9_.-]+[ \t]*[{][ \t]*$/ || /^[ \t]*[}]/"
        r" || l ~ /^[ \t]*(remote_addrs|remote_ts)[ \t]*=/"
    ),
)
OPENVPN = SshFiles(
    "openvpn",
    (
        "/etc/openvpn/*.conf",
        "/etc/openvpn/*.ovpn",
        "/etc/openvpn/client/*.conf",
        "/etc/openvpn/server/*.conf",
    ),
    needs="root",
    filter=keeping("remote"),
)
ISSUED = SshFiles(
    "issued",
    (
        "/etc/openvpn/easy-rsa/pki/index.txt",
        "/etc/openvpn/server/easy-rsa/pki/index.txt",
        "/etc/easy-rsa/pki/index.txt",
        "/usr/share/easy-rsa/pki/index.txt",
        "/root/easy-rsa/pki/index.txt",
        "/root/openvpn-ca/pki/index.txt",
    ),
    needs="root",
    grant=True,
)

_INDEX = re.compile(r"([VRE])\t(\d{12,14}Z)\t(\S*)\t([0-9A-Fa-f]+)\t[^\t]*\t(.*)")
_COMMON_NAME = re.compile(r"(?:^|/|,\s?)CN\s?=\s?([^/,]{1,200})")
_SECTION = re.compile(r"\s*\[([^\]]*)\]\s*")

Told = VpnPeer | Unreadable


@collector("linux.wireguard", asks=[WIREGUARD], tells=[VpnPeer])
def wireguard(shown: Answers) -> Iterator[Told]:
    """Yield the peers of running WireGuard interfaces, by public key, and when each was last heard.

    endpoint wg0	xTIB...=	203.0.113.7:51820
    """
    for answer in shown:
        peers: dict[tuple[str, str], dict[str, str]] = {}
        places: dict[tuple[str, str], Pointer] = {}
        for number, line in answer.lines():
            what, _, rest = line.partition(" ")
            fields = rest.split("\t")
            if len(fields) != 3 or what not in ("endpoint", "networks", "seen"):
                yield Unreadable(answer.at(number), "not a line of wg show")
                continue
            peer = (fields[0], fields[1])
            peers.setdefault(peer, {})[what] = fields[2]
            places.setdefault(peer, answer.at(number))
        for (interface, key), said in peers.items():
            yield _wireguard_peer(interface, key, said, places[interface, key])


def _wireguard_peer(interface: str, key: str, said: Mapping[str, str], at: Pointer) -> VpnPeer:
    endpoint, networks = said.get("endpoint", ""), said.get("networks", "")
    heard = optional_integer(said.get("seen", ""))
    return VpnPeer(
        at=at,
        type="wireguard",
        interface=interface,
        peer=key,
        endpoint=None if endpoint in ("", "(none)") else host_of(endpoint),
        networks=() if networks == "(none)" else listed(networks),
        last_seen=Moment.exact(heard) if heard else None,
    )


@collector("linux.wireguard_files", asks=[WIREGUARD_FILES], tells=[VpnPeer])
def wireguard_files(files: Answers) -> Iterator[Told]:
    """Yield the peers that WireGuard's configuration names; the interface is the file's name."""
    for answer in files:
        said: dict[str, str] = {}
        at = answer.at()
        for number, line in (*answer.lines(), (0, "[end]")):
            if not _SECTION.fullmatch(line):
                said.update(_pair(line))
                continue
            yield from _configured(answer, said, at)
            said, at = {}, answer.at(number)


def _configured(answer: Answer, said: Mapping[str, str], at: Pointer) -> Iterator[Told]:
    """Yield the peer of one section; a section without any of its settings is the interface."""
    if not said:
        return
    if "publickey" not in said:
        yield Unreadable(at, "a peer without its public key", answer.path)
        return
    parts = {"endpoint": said.get("endpoint", ""), "networks": said.get("allowedips", "")}
    yield _wireguard_peer(_stem(answer), said["publickey"], parts, at)


def _pair(line: str) -> Iterator[tuple[str, str]]:
    key, equals, value = line.partition("=")
    if equals:
        yield key.strip().lower(), value.partition("#")[0].strip()


@collector("linux.vpn_connections", asks=[CONNECTIONS], tells=[VpnPeer])
def vpn_connections(files: Answers) -> Iterator[VpnPeer]:
    """Yield the VPN connections of NetworkManager."""
    for answer in files:
        section, name, kind = "", _stem(answer), ""
        for number, line in answer.lines():
            if heading := _SECTION.fullmatch(line):
                section = heading.group(1)
                continue
            for key, value in _pair(line):
                at = answer.at(number)
                if section == "connection" and key == "id":
                    name = value
                elif section == "vpn" and key == "service-type":
                    kind = value.rpartition(".")[2]
                elif section == "vpn" and key in ("remote", "gateway", "right", "address"):
                    host = host_of(value)
                    yield VpnPeer(
                        at=at, type=kind or "vpn", interface=name, peer=host, endpoint=host
                    )
                elif section.startswith("wireguard-peer.") and key == "endpoint":
                    peer = section.removeprefix("wireguard-peer.")
                    yield _wireguard_peer(name, peer, {"endpoint": value}, at)


@collector("linux.ipsec", asks=[IPSEC], tells=[VpnPeer])
def ipsec(files: Answers) -> Iterator[VpnPeer]:
    """Yield the other ends of the connections in ipsec.conf; `%default` only gives defaults."""
    for answer in files:
        name, at = "", answer.at()
        said: dict[str, str] = {}
        for setting in settings(answer):
            if setting.key == "conn":
                yield from _connection(name, said, at)
                name, said, at = setting.value, {}, setting.at
            else:
                said = {**said, setting.key: setting.value}
        yield from _connection(name, said, at)


def _connection(name: str, said: Mapping[str, str], at: Pointer) -> Iterator[VpnPeer]:
    right = said.get("right", "")
    if name and name != "%default" and right:
        yield VpnPeer(
            at=at,
            type="ipsec",
            interface=name,
            peer=said.get("rightid", right),
            endpoint=None if right.startswith("%") else host_of(right),
            networks=listed(said.get("rightsubnets", said.get("rightsubnet", ""))),
        )


@collector("linux.swanctl", asks=[SWANCTL], tells=[VpnPeer])
def swanctl(files: Answers) -> Iterator[VpnPeer]:
    """Yield the other ends of `connections { NAME { remote_addrs = 203.0.113.7 ... } }`."""
    for answer in files:
        path: list[str] = []
        said: dict[str, tuple[Pointer, str, tuple[str, ...]]] = {}
        for number, line in answer.lines():
            text = line.strip()
            if text.endswith("{"):
                path = [*path, text.rstrip("{ \t")]
            elif text.startswith("}"):
                path = path[: -text.count("}")]
            elif len(path) > 1 and path[0] == "connections":
                at, address, networks = said.get(path[1], (answer.at(number), "", ()))
                for key, value in _pair(text):
                    address = value if key == "remote_addrs" else address
                    networks = (*networks, *listed(value)) if key == "remote_ts" else networks
                said[path[1]] = (at, address, networks)
        for name, (at, address, networks) in said.items():
            yield _swan_peer(name, address, networks, at)


def _swan_peer(name: str, address: str, networks: tuple[str, ...], at: Pointer) -> VpnPeer:
    return VpnPeer(
        at=at,
        type="ipsec",
        interface=name,
        peer=address or "%any",
        endpoint=None if address in ("", "%any") else host_of(address),
        networks=networks,
    )


@collector("linux.openvpn", asks=[OPENVPN], tells=[VpnPeer])
def openvpn(files: Answers) -> Iterator[VpnPeer]:
    """Yield the servers that OpenVPN connects to: `remote vpn.example 1194 udp`."""
    for answer in files:
        for setting in settings(answer):
            host = setting.value.partition(" ")[0].partition("\t")[0]
            if setting.key == "remote" and host:
                yield VpnPeer(
                    at=setting.at,
                    type="openvpn",
                    interface=_stem(answer),
                    peer=host,
                    endpoint=host,
                )


@collector("linux.vpn_certificates", asks=[ISSUED], tells=[VpnPeer])
def vpn_certificates(issued: Answers) -> Iterator[Told]:
    r"""Yield for whom easy-rsa has issued a certificate that is not revoked.

    V\t270512091400Z\t\t0A\tunknown\t/CN=alice-laptop
    """
    for answer in issued:
        for number, line in answer.lines():
            entry = _INDEX.fullmatch(line)
            if not entry:
                yield Unreadable(answer.at(number), "not an entry of an index", answer.path)
            elif entry.group(1) == "V" and (name := _COMMON_NAME.search(entry.group(5))):
                yield VpnPeer(
                    at=answer.at(number),
                    type="certificate",
                    interface=answer.path.removesuffix("/index.txt"),
                    peer=name.group(1).strip(),
                )


def _stem(answer: Answer) -> str:
    return splitext(basename(answer.path))[0]
