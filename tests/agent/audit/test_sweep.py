"""A network yields candidates: who answers, and nothing more is said to them."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.audit.run import run
from agent.audit.targets import Outlook, Target
from collectors.network.candidates import candidates
from collectors.spec import COLLECTORS, Collector, Sweep
from collectors.transports import sweep as sweeping
from collectors.transports.session import Told
from collectors.transports.sweep import addresses, sweep
from inventory.errors import ConfigError
from inventory.model.discovery import Candidate
from inventory.reading import State
from tests.agent.audit.asked import Kept

BANNER = b"SSH-2.0-OpenSSH_9.2p1 \x1b[31mDebian\r\n"
NETWORK = "127.0.0.0/28"


class Listener:
    """A port that greets, and keeps all that it is sent until the other side goes."""

    def __init__(self, address: str, port: int, greeting: bytes) -> None:
        self.server = socket.create_server((address, port), backlog=20)
        self.port = self.server.getsockname()[1]
        self.greeting = greeting
        self.connections = 0
        self.received = b""
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.server.accept()
                self.connections += 1
                with connection, contextlib.suppress(ConnectionError):
                    connection.settimeout(10)
                    connection.sendall(self.greeting)
                    while part := connection.recv(4096):
                        self.received += part

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.server.shutdown(socket.SHUT_RDWR)
        self.thread.join(5)
        self.server.close()


@pytest.fixture
def listeners() -> Iterator[tuple[Listener, Listener]]:
    first = Listener("127.0.0.3", 0, BANNER)
    second = Listener("127.0.0.9", first.port, b"SSH-2.0-dropbear\n")
    yield first, second
    first.close()
    second.close()


def _collector(port: int) -> Collector:
    """Return the collector of candidates for a port that a test may listen on."""
    return Collector("network.candidates", (Sweep("ssh", port),), (Candidate,), candidates)


def _target(port: int, network: str = NETWORK) -> Target:
    collector = _collector(port)
    return Target(
        "office", network, (collector,), lambda asked, _: Told(sweep(asked, network), as_root=False)
    )


def test_who_answers_is_a_candidate_and_is_told_nothing(
    listeners: tuple[Listener, Listener],
) -> None:
    port = listeners[0].port
    (result,) = run([_target(port)], Kept(), parallel=1)
    (one,) = result.collected
    found = [(r.address, r.port, r.banner) for r in one.records if isinstance(r, Candidate)]
    assert found == [
        ("127.0.0.3", port, "SSH-2.0-OpenSSH_9.2p1 \\x1b[31mDebian"),
        ("127.0.0.9", port, "SSH-2.0-dropbear"),
    ]
    assert (one.reading.state, result.outlook) == (State.COMPLETE, Outlook.READ)
    for listener in listeners:
        assert listener.connections == 1
        assert listener.received == b""


def test_connections_are_begun_at_a_limited_rate(
    listeners: tuple[Listener, Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "RATE", 20)
    began = time.monotonic()
    sweep([_collector(listeners[0].port)], NETWORK)
    assert time.monotonic() - began >= 14 / 20


def test_the_rate_that_ships_is_gentle() -> None:
    assert sweeping.RATE <= 100
    assert sweeping.AT_ONCE <= 128
    assert COLLECTORS["network.candidates"].asks == (Sweep("ssh", 22),)


@pytest.mark.parametrize(
    ("greeting", "shown"),
    [(b"", ""), (b"x" * 3_000_000, " " + "x" * 255), (b"SSH-2.0-a\nmore\n", " SSH-2.0-a")],
    ids=["silent", "endless", "two lines"],
)
def test_whatever_it_says_it_is_a_candidate(
    greeting: bytes, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "WAIT_S", 0.5)
    listener = Listener("127.0.0.3", 0, greeting)
    try:
        found = sweep([_collector(listener.port)], "127.0.0.3/32")
    finally:
        listener.close()
    ((answer,), gaps) = found["network.candidates/ssh"]
    assert answer.text == f"127.0.0.3 {listener.port}{shown}"
    assert gaps == ()


def test_no_address_of_a_network_is_left_out_or_asked_twice() -> None:
    assert len(addresses("10.0.0.0/28")) == len(set(addresses("10.0.0.0/28"))) == 14
    assert addresses("10.0.0.7/32") == ["10.0.0.7"]
    assert addresses("10.0.0.6/31") == ["10.0.0.6", "10.0.0.7"]


def test_a_network_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"10\.0\.0\.0/15 has more than 65536 addresses"):
        addresses("10.0.0.0/15")
    assert len(addresses("10.0.0.0/16")) == 65_534
