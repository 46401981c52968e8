"""What cases cannot show of sockets: that every address comes out as it went in."""

from ipaddress import IPv4Address, IPv6Address

from hypothesis import given
from hypothesis import strategies as st

from collectors.linux.sockets import connections, listeners
from collectors.spec import Answer
from inventory.model.network import Connection, Listener


def written(address: IPv4Address | IPv6Address, port: int) -> str:
    """Return the place as Linux writes it on a little-endian machine (net/ipv6/tcp_ipv6.c)."""
    raw = address.packed
    words = [raw[i : i + 4][::-1].hex().upper() for i in range(0, len(raw), 4)]
    return f"{''.join(words)}:{port:04X}"


@given(address=st.ip_addresses(), port=st.integers(1, 65535))
def test_a_listener_has_the_address_that_the_kernel_wrote(
    address: IPv4Address | IPv6Address, port: int
) -> None:
    family = "tcp6" if address.version == 6 else "tcp"
    nobody = written(type(address)(0), 0)
    line = f"   0: {written(address, port)} {nobody} 0A 00000000:00000000\n"
    told = list(listeners((Answer("x/sockets", line, f"/proc/net/{family}"),)))
    plain = address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
    assert [(one.protocol, one.address, one.port) for one in told if isinstance(one, Listener)] == [
        (family, str(plain), port)
    ]


@given(peer=st.ip_addresses(v=4), port=st.integers(1, 65535))
def test_a_connection_is_told_unless_it_is_to_the_host_itself(peer: IPv4Address, port: int) -> None:
    line = f"   0: {written(IPv4Address('10.0.0.5'), 22)} {written(peer, port)} 01 0:0\n"
    told = list(connections((Answer("x/established", line, "/proc/net/tcp"),)))
    expected = [] if peer.is_loopback else [(str(peer), port)]
    assert [(one.peer, one.peer_port) for one in told if isinstance(one, Connection)] == expected
