"""Which sockets a host has open: what listens, for whom, and who is connected now.

Sources: proc_pid_net(5), with addresses as little-endian machines write them; ss(8).
"""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

from collectors.spec import KIB, Answer, Answers, SshCommand, SshFiles, Unreadable, collector
from inventory.model.evidence import Pointer
from inventory.model.network import Connection, Listener, ListenerOwner

SOCKETS = SshFiles(
    "sockets",
    ("/proc/net/tcp", "/proc/net/tcp6", "/proc/net/udp", "/proc/net/udp6"),
    absent="gap",
    filter='awk \'$4 == "st" || $4 == "0A" || $4 == "07"\'',
    most_bytes=8192 * KIB,
)
ESTABLISHED = SshFiles(
    "established",
    ("/proc/net/tcp", "/proc/net/tcp6"),
    absent="gap",
    filter='awk \'$4 == "st" || $4 == "01"\'',
    most_bytes=8192 * KIB,
)
OWNERS = SshCommand(
    "owners",
    "$SUDO ss -ltnup",
    tool="ss",
    needs="root",
    empty="gap",
    no_tool="gap",
    exact=("/usr/bin/ss -ltnup", "/usr/sbin/ss -ltnup"),
    most_bytes=2048 * KIB,
)

_HEX_PLACE = re.compile(r"(?:[0-9A-F]{8}|[0-9A-F]{32}):[0-9A-F]{4}")
_PROGRAM = re.compile(r'\("([^"]{1,200})",pid=')


@collector("linux.listeners", asks=[SOCKETS], tells=[Listener])
def listeners(sockets: Answers) -> Iterator[Listener | Unreadable]:
    """Yield the sockets that wait for connections or datagrams."""
    for answer in sockets:
        protocol = answer.path.rsplit("/", 1)[-1]
        for at, state, local, remote in _sockets(answer):
            if isinstance(local, str) or isinstance(remote, str):
                yield Unreadable(at, "not a line of /proc/net", answer.path)
            elif state == ("07" if protocol.startswith("udp") else "0A") and remote[1] == 0:
                yield Listener(protocol=protocol, address=local[0], port=local[1], at=at)


Place = tuple[str, int]  # address, port


def _sockets(answer: Answer) -> Iterator[tuple[Pointer, str, Place | str, Place | str]]:
    """Yield place, state, local and remote end of each socket; the text of an end that is none.

    0: 0100007F:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1139 1
    """
    for number, line in answer.lines():
        words = [*line.split()[:4], "", "", "", ""][:4]
        if words[0] != "sl":
            yield answer.at(number), words[3], _place(words[1]), _place(words[2])


def _place(text: str) -> Place | str:
    if not _HEX_PLACE.fullmatch(text):
        return text
    address, _, port = text.partition(":")
    words = [bytes.fromhex(address[i : i + 8])[::-1] for i in range(0, len(address), 8)]
    if len(words) == 1:
        return str(IPv4Address(words[0])), int(port, 16)
    whole = IPv6Address(b"".join(words))
    return str(whole.ipv4_mapped or whole), int(port, 16)


@collector("linux.connections", asks=[ESTABLISHED], tells=[Connection])
def connections(sockets: Answers) -> Iterator[Connection | Unreadable]:
    """Yield the TCP connections that are open to other machines."""
    for answer in sockets:
        for at, state, local, remote in _sockets(answer):
            if isinstance(local, str) or isinstance(remote, str):
                yield Unreadable(at, "not a line of /proc/net", answer.path)
            elif state == "01" and not ip_address(remote[0]).is_loopback:
                yield Connection(local=_joined(local), peer=remote[0], peer_port=remote[1], at=at)


def _joined(place: Place) -> str:
    return f"[{place[0]}]:{place[1]}" if ":" in place[0] else f"{place[0]}:{place[1]}"


@collector("linux.listener_owners", asks=[OWNERS], tells=[ListenerOwner])
def listener_owners(shown: Answers) -> Iterator[ListenerOwner | Unreadable]:
    """Yield the programs that own listening sockets, with protocol and address as in /proc/net.

    tcp   LISTEN 0      128    0.0.0.0:22    0.0.0.0:*    users:(("sshd",pid=1,fd=3))
    """
    for answer in shown:
        for number, line in answer.lines():
            words = line.split(None, 6)
            if words[0] == "Netid":
                continue
            address, colon, port = words[4].rpartition(":") if len(words) > 4 else ("", "", "")
            if words[0] not in ("tcp", "udp") or not colon or not re.fullmatch("[0-9]{1,5}", port):
                yield Unreadable(answer.at(number), "not a line of ss -ltnup")
                continue
            protocol, bare = _protocol(words[0], address)
            for program in dict.fromkeys(_PROGRAM.findall(line)):
                yield ListenerOwner(
                    protocol=protocol,
                    address=bare,
                    port=int(port),
                    program=program,
                    at=answer.at(number),
                )


def _protocol(name: str, address: str) -> tuple[str, str]:
    """Return `tcp6`, `::` for `[::]` and for `*`, which takes both families; no zone."""
    bare = address.strip("[]").partition("%")[0].rstrip("]")
    if bare == "*":
        return f"{name}6", "::"
    return (f"{name}6" if ":" in bare else name), bare
