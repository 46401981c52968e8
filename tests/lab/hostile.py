"""SSH servers that misbehave, in this process, on loopback: `with serve("mute") as server`.

Each keeps what it saw: connections, attempts to log in, channel and global requests, standard input.
"""

import contextlib
import io
import logging
import os
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_PARTIALLY_SUCCESSFUL,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)

from tests.lab.keys import KeyPair, ed25519_pair

LOG = "tests.lab.hostile"
BANNER = b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"
FLOOD_BYTES = 10 * 1024**3
CHUNK = bytes(range(32, 127)) * 340 + b"\n"
WAIT_S = 60.0  # how long a quiet server keeps still when nobody stops it
END_S = 5.0  # how long a thread may take to notice that the server stops


# What a kind lets in, and what it asks by keyboard-interactive: text, whether it is shown.
WAYS_IN = dict.fromkeys(("asks_once", "asks_more", "asks_aloud"), "keyboard-interactive")
PROMPTS: Mapping[str, tuple[tuple[str, bool], ...]] = {
    "asks_once": (("Password: ", False),),
    "asks_more": (("Password: ", False), ("Code: ", False)),
    "asks_aloud": (("Your name: ", True),),
}


class Attempt(NamedTuple):
    """One try to log in."""

    method: str
    user: str
    shown: str  # the password, or the fingerprint of the key


class Request(NamedTuple):
    """One request of a client after the login: `exec`, `env`, `x11-req`, `auth-agent-req`, ..."""

    kind: str
    detail: str = ""


class Reply(NamedTuple):
    """What a scripted server says to a command; a status of None is never sent."""

    stdout: bytes = b""
    stderr: bytes = b""
    status: int | None = 0


Answer: TypeAlias = Callable[[bytes, bytes], Reply]  # command, standard input
Act: TypeAlias = Callable[["Session"], None]
Talk: TypeAlias = Callable[["Server", socket.socket], None]


@dataclass
class Server:
    """A listening hostile server, and what it has seen so far."""

    kind: str
    port: int
    key: KeyPair
    stated_key: str  # what known_hosts is told, `TYPE BASE64`
    answer: Answer
    password: str | None = None  # the one that is let in
    greeting: bytes = b""  # what it says first on each channel
    address: str = "127.0.0.1"
    connections: int = 0
    attempts: list[Attempt] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    received: bytearray = field(default_factory=bytearray)  # standard input, of all channels
    sent_bytes: int = 0  # what floods and drips have sent
    stopping: threading.Event = field(default_factory=threading.Event)
    sockets: list[socket.socket] = field(default_factory=list)

    @property
    def known_hosts(self) -> str:
        """Return the server's line for known_hosts."""
        return f"[{self.address}]:{self.port} {self.stated_key}\n"

    @property
    def commands(self) -> tuple[str, ...]:
        """Return the commands that were asked for, in their order."""
        return tuple(request.detail for request in self.requests if request.kind == "exec")


@contextlib.contextmanager
def serve(
    kind: str,
    *,
    answer: Answer | None = None,
    password: str | None = None,
    key: KeyPair | None = None,
    greeting: bytes = b"",
) -> Iterator[Server]:
    """Run a hostile server of one of `KINDS` until the block ends.

    `answer` is what the kind "scripted" says to each command; any key is let in, and with
    `password` that password too. `key` fixes the host key; `greeting` comes first on each channel.
    Raises KeyError for an unknown kind.
    """
    talk = KINDS[kind]
    _keep_quiet()
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        pair = key or ed25519_pair()
        stated = ed25519_pair().public if kind == "changed_key" else pair.public
        port = listener.getsockname()[1]
        server = Server(kind, port, pair, stated, answer or _echo, password, greeting)
        room = _Room(server, listener, talk)
        room.start()
        try:
            yield server
        finally:
            room.stop()


class _Room:
    """The threads of one server: one that accepts, one a connection."""

    def __init__(self, server: Server, listener: socket.socket, talk: Talk) -> None:
        self.server = server
        self.listener = listener
        self.talk = talk
        self.threads: list[threading.Thread] = []
        self.first = threading.Thread(target=self._accept, daemon=True)

    def start(self) -> None:
        self.first.start()

    def stop(self) -> None:
        self.server.stopping.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.first.join(END_S)
        for connection in list(self.server.sockets):
            _cut(connection)
        for thread in self.threads:
            thread.join(END_S)

    def _accept(self) -> None:
        while not self.server.stopping.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.server.connections += 1
            self.server.sockets.append(connection)
            thread = threading.Thread(target=self._talk, args=(connection,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def _talk(self, connection: socket.socket) -> None:
        gone = (OSError, EOFError, paramiko.SSHException)
        with contextlib.closing(connection), contextlib.suppress(*gone):
            self.talk(self.server, connection)


# Before the key exchange: plain sockets.


def _mute(server: Server, connection: socket.socket) -> None:
    _listen_only(server, connection)


def _endless_banner(server: Server, connection: socket.socket) -> None:
    while not server.stopping.is_set():
        connection.sendall(b"x" * 65536)
        server.sent_bytes += 65536


def _drip_banner(server: Server, connection: socket.socket) -> None:
    while not server.stopping.wait(0.25):
        connection.sendall(b"S")
        server.sent_bytes += 1


def _kex_mute(server: Server, connection: socket.socket) -> None:
    connection.sendall(BANNER)
    _listen_only(server, connection)


def _weak_only(server: Server, connection: socket.socket) -> None:
    """Offer nothing but what was broken years ago (RFC 4253, section 7.1)."""
    words = (
        "diffie-hellman-group1-sha1",
        "ssh-dss",
        *("arcfour,des-cbc",) * 2,
        *("hmac-md5-96",) * 2,
        *("none",) * 2,
        *("",) * 2,
    )
    lists = b"".join(struct.pack(">I", len(word)) + word.encode() for word in words)
    payload = b"\x14" + os.urandom(16) + lists + b"\0" + struct.pack(">I", 0)
    padding = 8 - (len(payload) + 5) % 8 + 8
    connection.sendall(BANNER)
    size = struct.pack(">IB", len(payload) + padding + 1, padding)
    connection.sendall(size + payload + bytes(padding))
    _listen_only(server, connection)


def _listen_only(server: Server, connection: socket.socket) -> None:
    """Read and throw away until the client goes or the server stops."""
    connection.settimeout(WAIT_S)
    while not server.stopping.is_set() and connection.recv(65536):
        pass


# After it: paramiko as the server.


class Session:
    """One channel on which a client asked for something to run."""

    def __init__(self, server: Server, channel: paramiko.Channel, command: bytes) -> None:
        """Take the channel as it is when the request was granted."""
        self.server = server
        self.channel = channel
        self.command = command

    def send(self, content: bytes) -> None:
        """Send to standard output."""
        self.channel.sendall(content)
        self.server.sent_bytes += len(content)

    def send_error(self, content: bytes) -> None:
        """Send to standard error."""
        self.channel.sendall_stderr(content)
        self.server.sent_bytes += len(content)

    def read_all(self) -> bytes:
        """Return standard input to its end."""
        parts = []
        while part := self.channel.recv(65536):
            self.server.received += part
            parts.append(part)
        return b"".join(parts)

    def end(self, status: int | None) -> None:
        """Send the exit status, unless there is none, and close."""
        if status is not None:
            self.channel.send_exit_status(status)
        self.channel.shutdown_write()
        if status is not None:
            self.channel.close()

    def hold(self) -> None:
        """Keep still until the server stops or the client leaves."""
        transport = self.channel.get_transport()
        while not self.server.stopping.wait(0.05) and transport.is_active():
            pass

    def drain(self) -> None:
        """Keep reading standard input, beside what else goes on."""
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        with contextlib.suppress(OSError, EOFError):
            self.read_all()


class _Gate(paramiko.ServerInterface):
    """Notes all that a client asks for; grants what the kind grants."""

    def __init__(self, server: Server, act: Act, *, shell_only: bool) -> None:
        self.server = server
        self.act = act
        self.shell_only = shell_only

    def get_allowed_auths(self, username: str) -> str:
        return WAYS_IN.get(self.server.kind, "publickey,password")

    def check_auth_none(self, username: str) -> int:
        return self._judge("none", username, "", good=False)

    def check_auth_password(self, username: str, password: str) -> int:
        good = password == self.server.password
        return self._judge("password", username, password, good=good)

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return self._judge("publickey", username, key.fingerprint, good=True)

    def _judge(self, method: str, user: str, shown: str, *, good: bool) -> int:
        kind = self.server.kind
        self.server.attempts.append(Attempt(method, user, shown))
        if kind == "hang_auth":
            self.server.stopping.wait(WAIT_S)
        if kind == "wants_more" and good:
            return AUTH_PARTIALLY_SUCCESSFUL
        if (
            kind in ("refuse_auth", "hang_auth")
            or not good
            or method not in self.get_allowed_auths(user)
        ):
            return AUTH_FAILED
        return AUTH_SUCCESSFUL

    def check_auth_interactive(
        self, username: str, submethods: str
    ) -> int | paramiko.InteractiveQuery:
        prompts = PROMPTS.get(self.server.kind)
        return AUTH_FAILED if prompts is None else paramiko.InteractiveQuery("", "", *prompts)

    def check_auth_interactive_response(self, responses: list[str]) -> int:
        good = responses == [self.server.password]
        return self._judge("keyboard-interactive", "", ",".join(responses), good=good)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        self._note(f"open {kind}")
        if kind == "session":
            return OPEN_SUCCEEDED
        return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        self._note("exec", command.decode(errors="replace"))
        if self.server.kind == "mute_exec":
            self.server.stopping.wait(WAIT_S)
        return not self.shell_only and self._run(channel, command)

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        self._note("shell")
        return self._run(channel, b"")

    def check_channel_pty_request(
        self,
        channel: paramiko.Channel,
        term: bytes,
        width: int,
        height: int,
        pixelwidth: int,
        pixelheight: int,
        modes: bytes,
    ) -> bool:
        return self._note("pty-req", term.decode(errors="replace"))

    def check_channel_env_request(
        self, channel: paramiko.Channel, name: bytes, value: bytes
    ) -> bool:
        return self._note("env", f"{name!r}={value!r}")

    def check_channel_x11_request(
        self,
        channel: paramiko.Channel,
        single_connection: bool,
        auth_protocol: str,
        auth_cookie: bytes,
        screen_number: int,
    ) -> bool:
        return self._note("x11-req")

    def check_channel_forward_agent_request(self, channel: paramiko.Channel) -> bool:
        return self._note("auth-agent-req")

    def check_channel_subsystem_request(self, channel: paramiko.Channel, name: str) -> bool:
        return self._note("subsystem", name)

    def check_channel_window_change_request(
        self,
        channel: paramiko.Channel,
        width: int,
        height: int,
        pixelwidth: int,
        pixelheight: int,
    ) -> bool:
        return self._note("window-change")

    def check_port_forward_request(self, address: str, port: int) -> bool:
        return self._note("tcpip-forward", f"{address}:{port}")

    def check_channel_direct_tcpip_request(
        self, chanid: int, origin: tuple[str, int], destination: tuple[str, int]
    ) -> int:
        self._note("direct-tcpip", f"{destination[0]}:{destination[1]}")
        return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_global_request(self, kind: str, msg: paramiko.Message) -> bool:
        return self._note("global", kind)

    def _note(self, kind: str, detail: str = "") -> bool:
        """Keep the request, and refuse it."""
        self.server.requests.append(Request(kind, detail))
        return False

    def _run(self, channel: paramiko.Channel, command: bytes) -> bool:
        session = Session(self.server, channel, command)
        threading.Thread(target=self._act, args=(session,), daemon=True).start()
        return True

    def _act(self, session: Session) -> None:
        # The grant is sent when the request's check returns: give it its turn.
        self.server.stopping.wait(0.01)
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            session.send(self.server.greeting)
            self.act(session)


def _over_ssh(act: Act, *, shell_only: bool = False) -> Talk:
    """Return a talk that does the key exchange and the login right, and then `act`."""

    def talk(server: Server, connection: socket.socket) -> None:
        with _transport(server, connection) as transport:
            transport.start_server(server=_Gate(server, act, shell_only=shell_only))
            while transport.is_active() and not server.stopping.wait(0.05):
                pass

    return talk


def _junk_after_kex(server: Server, connection: socket.socket) -> None:
    """Send bytes that no cipher made, as soon as the keys are agreed."""
    with _transport(server, connection) as transport:
        ready = threading.Event()
        transport.start_server(event=ready, server=_Gate(server, _scripted, shell_only=False))
        ready.wait(WAIT_S)
        for _ in range(64):
            connection.sendall(os.urandom(4096))
        server.stopping.wait(1.0)


@contextlib.contextmanager
def _transport(server: Server, connection: socket.socket) -> Iterator[paramiko.Transport]:
    transport = paramiko.Transport(connection)
    transport.set_log_channel(LOG)
    private = io.StringIO(server.key.private)
    kind = paramiko.Ed25519Key if "ed25519" in server.key.public else paramiko.ECDSAKey
    transport.add_server_key(kind.from_private_key(private))
    try:
        yield transport
    finally:
        transport.close()


def _scripted(session: Session) -> None:
    given = session.read_all()
    reply = session.server.answer(session.command, given)
    session.send(reply.stdout)
    session.send_error(reply.stderr)
    session.end(reply.status)
    session.hold()


def _flood_stdout(session: Session) -> None:
    session.drain()
    while session.server.sent_bytes < FLOOD_BYTES:
        session.send(CHUNK)


def _flood_stderr(session: Session) -> None:
    session.drain()
    while session.server.sent_bytes < FLOOD_BYTES:
        session.send_error(CHUNK)


def _drip(session: Session) -> None:
    """Send two bytes a second."""
    session.drain()
    while not session.server.stopping.wait(0.5):
        session.send(b".")


def _silent(session: Session) -> None:
    session.drain()
    session.hold()


def _no_window(session: Session) -> None:
    """Read nothing, so that the client's window stays used up."""
    session.hold()


def _no_status(session: Session) -> None:
    """Answer, and end the stream without a status and without closing the channel."""
    session.read_all()
    session.send(session.server.answer(session.command, b"").stdout)
    session.end(None)
    session.hold()


def _cut_off(session: Session) -> None:
    """Close the connection in the middle of a line."""
    session.drain()
    session.send(b"first line\nsecond li")
    session.server.stopping.wait(0.05)
    session.channel.get_transport().close()


def _appliance(session: Session) -> None:
    """Answer as the command line of a switch does to what it does not know."""
    session.drain()
    session.send(b"\r\n% Invalid input detected at '^' marker.\r\n\r\n")
    session.end(0)
    session.hold()


def _appliance_shell(session: Session) -> None:
    """Greet, and answer each line with an error; an exec never comes this far."""
    session.send(b"\r\nsw-core-1>")
    while line := session.channel.recv(4096):
        session.server.received += line
        session.send(line + b"\r\n% Unknown command.\r\nsw-core-1>")


KINDS: Mapping[str, Talk] = {
    "mute": _mute,
    "endless_banner": _endless_banner,
    "drip_banner": _drip_banner,
    "kex_mute": _kex_mute,
    "weak_only": _weak_only,
    "junk_after_kex": _junk_after_kex,
    "refuse_auth": _over_ssh(_scripted),
    "hang_auth": _over_ssh(_scripted),
    "changed_key": _over_ssh(_scripted),
    "scripted": _over_ssh(_scripted),
    "flood_stdout": _over_ssh(_flood_stdout),
    "flood_stderr": _over_ssh(_flood_stderr),
    "drip": _over_ssh(_drip),
    "silent": _over_ssh(_silent),
    "no_window": _over_ssh(_no_window),
    "mute_exec": _over_ssh(_silent),
    "wants_more": _over_ssh(_scripted),
    "asks_once": _over_ssh(_scripted),
    "asks_more": _over_ssh(_scripted),
    "asks_aloud": _over_ssh(_scripted),
    "no_status": _over_ssh(_no_status),
    "cut_off": _over_ssh(_cut_off),
    "appliance": _over_ssh(_appliance),
    "appliance_shell": _over_ssh(_appliance_shell, shell_only=True),
}


def _echo(command: bytes, given: bytes) -> Reply:
    return Reply(stdout=command + b"\n" + given)


def _cut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _keep_quiet() -> None:
    """Keep paramiko's server side from printing: what it complains about is wanted here."""
    log = logging.getLogger(LOG)
    log.propagate = False
    if not log.handlers:
        log.addHandler(logging.NullHandler())
