"""The hostile servers do to a client what they are meant to do."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator

import paramiko
import pytest

from tests.lab.hostile import KINDS, Reply, Server, serve
from tests.lab.keys import ed25519_pair

pytestmark = pytest.mark.lab


@contextlib.contextmanager
def _logged_in(server: Server) -> Iterator[paramiko.Transport]:
    with socket.create_connection((server.address, server.port), 5) as wire:
        transport = paramiko.Transport(wire)
        transport.set_log_channel("tests.lab.hostile")
        transport.banner_timeout = 1.0
        try:
            transport.start_client(timeout=5)
            transport.auth_password("audit", "right")
            yield transport
        finally:
            transport.close()


@contextlib.contextmanager
def _asked(server: Server, command: str) -> Iterator[paramiko.Channel]:
    with _logged_in(server) as transport:
        channel = transport.open_session(timeout=5)
        channel.settimeout(1.5)
        channel.exec_command(command)
        yield channel


def _until_end(channel: paramiko.Channel, read: Callable[[int], bytes]) -> bytes:
    parts = []
    while part := read(65536):
        parts.append(part)
    return b"".join(parts)


def _waits(server: Server, seconds: float) -> bytes:
    """Return what comes within these seconds; the connection must still stand then."""
    got = b""
    with socket.create_connection((server.address, server.port), 5) as wire:
        wire.settimeout(0.1)
        late = time.monotonic() + seconds
        while time.monotonic() < late:
            with contextlib.suppress(TimeoutError):
                part = wire.recv(65536)
                assert part
                got += part
    return got


def test_a_mute_server_says_nothing() -> None:
    with serve("mute") as server:
        assert _waits(server, 0.5) == b""
        assert server.connections == 1


@pytest.mark.parametrize(("kind", "least"), [("endless_banner", 1_000_000), ("drip_banner", 2)])
def test_a_banner_without_an_end_has_no_line_end(kind: str, least: int) -> None:
    with serve(kind) as server:
        got = _waits(server, 1.0)
        assert len(got) >= least
        assert b"\n" not in got


def test_a_server_can_stop_after_its_banner() -> None:
    with serve("kex_mute") as server:
        assert _waits(server, 0.5).endswith(b"\r\n")


def test_weak_algorithms_are_all_that_one_server_has() -> None:
    with (
        serve("weak_only") as server,
        pytest.raises(paramiko.SSHException, match="no acceptable"),
        _logged_in(server),
    ):
        pass


def test_junk_after_the_key_exchange_ends_the_connection() -> None:
    gone = (paramiko.SSHException, EOFError, OSError)
    with serve("junk_after_kex") as server, pytest.raises(gone), _logged_in(server):
        pass


def test_each_refused_attempt_is_counted_with_what_was_shown() -> None:
    with serve("refuse_auth") as server:
        for _ in range(2):
            with pytest.raises(paramiko.AuthenticationException), _logged_in(server):
                pass
        assert [(one.method, one.user, one.shown) for one in server.attempts] == [
            ("password", "audit", "right")
        ] * 2


def test_a_login_can_hang() -> None:
    with serve("hang_auth") as server, socket.create_connection(("127.0.0.1", server.port)) as wire:
        transport = paramiko.Transport(wire)
        transport.start_client(timeout=5)
        transport.auth_timeout = 0.5
        with pytest.raises(paramiko.AuthenticationException, match="timeout"):
            transport.auth_password("audit", "x")
        transport.close()


def test_a_script_answers_each_command_and_sees_its_input() -> None:
    def answer(command: bytes, given: bytes) -> Reply:
        return Reply(command.upper() + given, b"warned\n", 7)

    with serve("scripted", answer=answer, password="right") as server:
        with _asked(server, "probe") as channel:
            channel.sendall(b" with input")
            channel.shutdown_write()
            assert _until_end(channel, channel.recv) == b"PROBE with input"
            assert _until_end(channel, channel.recv_stderr) == b"warned\n"
            assert channel.recv_exit_status() == 7
        assert bytes(server.received) == b" with input"
        assert server.commands == ("probe",)


def test_all_that_a_client_asks_for_is_noted() -> None:
    with serve("scripted", password="right") as server:
        with _logged_in(server) as transport:
            channel = transport.open_session(timeout=5)
            with contextlib.suppress(paramiko.SSHException):
                channel.request_forward_agent(lambda _: None)
            transport.global_request("keepalive@lab", wait=True)
        with contextlib.suppress(paramiko.SSHException), _logged_in(server) as transport:
            transport.open_session(timeout=5).get_pty()
        with contextlib.suppress(paramiko.SSHException), _logged_in(server) as transport:
            transport.open_session(timeout=5).request_x11()
        with contextlib.suppress(paramiko.SSHException), _logged_in(server) as transport:
            transport.open_session(timeout=5).set_environment_variable("LANG", "C")
        with contextlib.suppress(paramiko.SSHException), _logged_in(server) as transport:
            transport.open_channel("direct-tcpip", ("10.0.0.1", 22), ("127.0.0.1", 1), timeout=5)
        time.sleep(0.1)
    kinds = {request.kind for request in server.requests}
    assert {"auth-agent-req", "global", "pty-req", "x11-req", "env", "direct-tcpip"} <= kinds


@pytest.mark.parametrize("kind", ["flood_stdout", "flood_stderr"])
def test_a_flood_goes_on(kind: str) -> None:
    with serve(kind, password="right") as server, _asked(server, "x") as channel:
        read = channel.recv if kind == "flood_stdout" else channel.recv_stderr
        got = 0
        while got < 8_000_000:
            got += len(read(65536))
    assert server.sent_bytes >= 8_000_000


def test_a_drip_brings_two_bytes_a_second() -> None:
    with serve("drip", password="right") as server, _asked(server, "x") as channel:
        began = time.monotonic()
        assert [channel.recv(100) for _ in range(3)] == [b"."] * 3
        assert 1.0 < time.monotonic() - began < 3.0


def test_a_silent_server_leaves_the_client_waiting() -> None:
    with serve("silent", password="right") as server, _asked(server, "x") as channel:
        with pytest.raises(TimeoutError):
            channel.recv(1)
        assert not channel.exit_status_ready()


def test_an_answer_can_end_without_an_exit_status() -> None:
    with serve("no_status", password="right") as server, _asked(server, "x") as channel:
        channel.shutdown_write()
        assert _until_end(channel, channel.recv) == b"x\n"
        assert not channel.status_event.wait(0.5)


def test_an_answer_can_break_off() -> None:
    with serve("cut_off", password="right") as server, _asked(server, "x") as channel:
        assert _until_end(channel, channel.recv) == b"first line\nsecond li"
        assert channel.recv_exit_status() == -1


def test_an_appliance_takes_no_command() -> None:
    with serve("appliance", password="right") as server, _asked(server, "uname") as channel:
        assert b"% Invalid input" in _until_end(channel, channel.recv)
    with (
        serve("appliance_shell", password="right") as server,
        pytest.raises(paramiko.SSHException),
        _asked(server, "uname"),
    ):
        pass
    assert server.commands == ("uname",)


def test_a_changed_host_key_is_not_the_one_that_was_stated() -> None:
    pair = ed25519_pair()
    with (
        serve("changed_key", key=pair, password="right") as server,
        _logged_in(server) as transport,
    ):
        shown = transport.get_remote_server_key()
        assert f"{shown.get_name()} {shown.get_base64()}" == pair.public
        assert pair.public not in server.known_hosts


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_server_stops_at_once_with_a_client_still_there(kind: str) -> None:
    with serve(kind) as server, socket.create_connection(("127.0.0.1", server.port)):
        time.sleep(0.05)
        began = time.monotonic()
    assert time.monotonic() - began < 3
