"""SSH through paramiko: one Transport and one channel a host, host keys verified, one attempt."""

import base64
import hashlib
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

import paramiko

from collectors.clean import clean_text
from collectors.transports.guard import LockoutGuard
from collectors.transports.hops import Hop, LegacyCrypto, Timeouts, unknown_key
from collectors.transports.known_hosts import HostKeys
from collectors.transports.private_keys import FileKeys, key_from_text
from collectors.transports.session import NotAShell
from collectors.transports.stream import Stream
from collectors.transports.wire import CHUNK
from inventory.errors import Denied, TimedOut, TransportError, Unreachable

WEAK = {
    "ciphers": ("3des-cbc", "aes128-cbc", "aes192-cbc", "aes256-cbc", "blowfish-cbc"),
    "macs": ("hmac-md5", "hmac-md5-96", "hmac-sha1", "hmac-sha1-96"),
}
_KEX_FIRST = (
    "mlkem768x25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
)
_CIPHERS_FIRST = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")  # no digest of their own
BROKEN_S = 30  # for so long a jump host that failed is not tried again
logging.getLogger("paramiko").addHandler(logging.NullHandler())
logging.getLogger("paramiko").propagate = False


@contextmanager
def ended_after(seconds: float, end: Callable[[], None]) -> Iterator[None]:
    """Call `end` when what is done inside takes longer; some waits of paramiko have no limit."""
    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


class ChannelWire:
    """A wire over one session channel; standard error comes mixed in, so that it cannot clog."""

    def __init__(self, channel: paramiko.Channel, close: Callable[[], None], send_s: float) -> None:
        """Take a channel whose shell was started, and what to close after it."""
        self._channel, self._close, self._send_s = channel, close, send_s

    def send(self, data: bytes) -> None:
        """Send all of it within the time set for sending."""
        end, rest = time.monotonic() + self._send_s, memoryview(data)
        with ended_after(self._send_s + 1, self._close):  # should the connection itself be stuck
            while rest:
                rest = rest[self._sent(rest, end - time.monotonic()) :]

    def _sent(self, data: memoryview, left_s: float) -> int:
        if left_s <= 0:
            raise TimedOut("the host does not take what is sent")
        self._channel.settimeout(left_s)
        try:
            sent = int(self._channel.send(data[:CHUNK].tobytes()))
        except TimeoutError as err:
            raise TimedOut("the host does not take what is sent") from err
        except (OSError, paramiko.SSHException, EOFError) as err:
            raise Unreachable("the connection closed while sending") from err
        if not sent:
            raise Unreachable("the connection closed while sending")
        return sent

    def receive(self, timeout_s: float) -> bytes | None:
        """Return what came, b"" at the end, None when nothing came in time."""
        self._channel.settimeout(timeout_s)
        try:
            return bytes(self._channel.recv(CHUNK))
        except TimeoutError:
            return None
        except (OSError, paramiko.SSHException, EOFError):
            return b""

    def close(self) -> None:
        """Close the connection at once."""
        self._close()


class SshDoor:
    """Opens wires to hosts; keeps parsed keys and the connections of jump hosts for one audit."""

    def __init__(self, known: HostKeys, guard: LockoutGuard, timeouts: Timeouts) -> None:
        """Take the pinned host keys, the lockout guard that all hosts share, and the timeouts."""
        self._known, self._guard, self._timeouts = known, guard, timeouts
        self._keys = FileKeys()
        self._broken: dict[tuple[str, ...], tuple[float, TransportError]] = {}
        self._jumps: dict[tuple[str, ...], paramiko.Transport] = {}
        self._lock = threading.Lock()
        self._jump_locks: dict[tuple[str, ...], threading.Lock] = {}

    def wire(self, hops: Sequence[Hop]) -> ChannelWire:
        """Return a wire to a shell on the last hop, through the ones before it."""
        transport = self._connect(hops)
        channel = None
        try:
            with ended_after(self._timeouts.login_s, transport.close):
                channel = transport.open_session(timeout=self._timeouts.login_s)
                channel.set_combine_stderr(True)
                channel.exec_command("exec /bin/sh -s")
        except (paramiko.SSHException, OSError, EOFError) as err:
            is_refusal = channel is not None and transport.is_active()
            transport.close()
            if is_refusal:
                raise NotAShell(f"{hops[-1].name} refuses to run a shell command") from err
            raise Unreachable(f"{hops[-1].name} opens no session: {_text(err)}") from err
        return ChannelWire(channel, transport.close, self._timeouts.send_s)

    def close(self) -> None:
        """Close the connections of all jump hosts."""
        with self._lock:
            for transport in self._jumps.values():
                transport.close()
            self._jumps.clear()

    def _connect(self, hops: Sequence[Hop]) -> paramiko.Transport:
        hop = hops[-1]
        sock = self._through(hops) if len(hops) > 1 else self._tcp(hop)
        pinned = self._known.of(hop.key_alias or hop.address, 22 if hop.key_alias else hop.port)
        if not pinned:
            sock.close()
            raise Denied(unknown_key(hop, self._known.place))
        transport = self._handshake(sock, hop, pinned)
        try:
            self._check_key(transport, hop, pinned)
            self._log_in(transport, hop)
        except TransportError:
            transport.close()
            raise
        return transport

    def _tcp(self, hop: Hop) -> socket.socket:
        address = f"[{hop.address}]" if ":" in hop.address else hop.address
        place = f"{address}:{hop.port}"
        try:
            sock = socket.create_connection((hop.address, hop.port), self._timeouts.connect_s)
        except TimeoutError as err:
            raise TimedOut(f"{place} does not answer") from err
        except (socket.gaierror, UnicodeError) as err:
            why = getattr(err, "strerror", "") or "it is no name of the DNS"
            text = f"no address is known for {hop.address} ({why}): check it, or the DNS"
            raise Unreachable(text) from err
        except ConnectionRefusedError as err:
            text = f"{place}: Connection refused: nothing listens there; check the port"
            raise Unreachable(text) from err
        except OSError as err:
            raise Unreachable(f"{place}: {err.strerror or err}") from err
        return sock

    def _through(self, hops: Sequence[Hop]) -> paramiko.Channel:
        """Open a stream to the last hop from the one before it (RFC 4254, direct-tcpip)."""
        hop = hops[-1]
        jump = self._jump(hops[:-1])
        try:
            return jump.open_channel(
                "direct-tcpip",
                (hop.address, hop.port),
                ("127.0.0.1", 0),
                timeout=self._timeouts.connect_s,
            )
        except (paramiko.SSHException, OSError, EOFError) as err:
            why = err.text if isinstance(err, paramiko.ChannelException) else _text(err)
            raise Unreachable(
                f"{hop.name} ({hop.address}:{hop.port}) cannot be reached through "
                f"{hops[-2].name}: {clean_text(str(why))[:200]}"
            ) from err

    def _jump(self, hops: Sequence[Hop]) -> paramiko.Transport:
        way = tuple(f"{hop.user}@{hop.address}:{hop.port}" for hop in hops)
        with self._lock:
            lock = self._jump_locks.setdefault(way, threading.Lock())
        with lock:
            transport = self._jumps.get(way)
            if transport is None or not transport.is_active():
                transport = self._jumps[way] = self._connect_once(way, hops)
            return transport

    def _connect_once(self, way: tuple[str, ...], hops: Sequence[Hop]) -> paramiko.Transport:
        """Connect to a jump host; while it does not answer, the hosts behind it do not wait too."""
        until, broken = self._broken.get(way, (0.0, None))
        if broken is not None and time.monotonic() < until:
            raise type(broken)(str(broken)) from broken
        try:
            return self._connect(hops)
        except TransportError as err:
            self._broken[way] = (time.monotonic() + BROKEN_S, err)
            raise

    def _handshake(
        self, sock: socket.socket | paramiko.Channel, hop: Hop, pinned: Mapping[str, bytes]
    ) -> paramiko.Transport:
        """Exchange keys, asking first for the type of host key that is pinned."""
        transport, end = None, time.monotonic() + self._timeouts.handshake_s
        stream = Stream(sock) if isinstance(sock, socket.socket) else sock
        try:
            transport = paramiko.Transport(
                stream, default_window_size=2**21, disabled_algorithms=WEAK
            )
            _prefer(transport, pinned)
            transport.banner_timeout = self._timeouts.handshake_s
            transport.auth_timeout = self._timeouts.login_s
            _start(transport, self._timeouts.handshake_s)
        except (paramiko.SSHException, OSError, EOFError, ValueError) as err:
            (transport or sock).close()
            raise _handshake_error(hop, err, is_late=time.monotonic() > end - 0.2) from err
        if not transport.is_active() or not transport.initial_kex_done:
            transport.close()
            raise TimedOut(f"{hop.name}: no SSH handshake within {self._timeouts.handshake_s:g} s")
        return transport

    @staticmethod
    def _check_key(transport: paramiko.Transport, hop: Hop, pinned: Mapping[str, bytes]) -> None:
        key = transport.get_remote_server_key()
        if pinned.get(key.get_name()) == key.asbytes():
            return
        if key.get_name() not in pinned:
            raise Denied(
                f"{hop.name} shows a {key.get_name()} key ({fingerprint(key)}) and known_hosts "
                f"pins only {', '.join(pinned)}: add it after checking it with the host's owner"
            )
        raise Denied(
            f"{hop.name} shows another host key than known_hosts pins: {fingerprint(key)}. "
            "Nothing was sent to it. Ask its owner whether it was replaced"
        )

    def _log_in(self, transport: paramiko.Transport, hop: Hop) -> None:
        authority = hop.login.authority or f"{hop.user}@{hop.address}:{hop.port}"
        log_in = self._credential(transport, hop)  # one that cannot be read counts as no attempt
        with self._guard.attempt(authority):
            try:
                further = log_in()
            except paramiko.AuthenticationException as err:
                raise _login_error(hop, err) from err
            except (paramiko.SSHException, OSError, EOFError) as err:
                raise Unreachable(f"{hop.name} broke off the login: {_text(err)}") from err
            if further:
                raise Denied(f"{hop.name} wants more than one credential: {', '.join(further)}")

    def _credential(self, transport: paramiko.Transport, hop: Hop) -> Callable[[], list[str]]:
        """Return what logs in with the one credential; the server may want more after it."""
        if hop.login.password is not None:
            return partial(_by_password, transport, hop.user, hop.login.password())
        return partial(_by_key, transport, hop.user, self._key(hop))

    def _key(self, hop: Hop) -> paramiko.PKey:
        login = hop.login
        if login.key_text is not None:
            name = f"the key of {hop.user}@{hop.name}"
            return key_from_text(login.key_text(), login.passphrase, name=name)
        if login.key_path is None:
            raise Denied(f"no key and no password is given for {hop.user}@{hop.name}")
        return self._keys.key(login.key_path, login.passphrase)


def _start(transport: paramiko.Transport, seconds: float) -> None:
    """Exchange keys, or return when it has not come to an end in time."""
    done = threading.Event()
    transport.start_client(event=done)
    if done.wait(seconds) and not transport.is_active():
        raise transport.get_exception() or paramiko.SSHException("it ended without a word")


def _by_key(transport: paramiko.Transport, user: str, key: paramiko.PKey) -> list[str]:
    return list(transport.auth_publickey(user, key))


def _by_password(transport: paramiko.Transport, user: str, password: str) -> list[str]:
    """Log in by password; keyboard-interactive is answered for one hidden prompt, once."""
    try:
        return list(transport.auth_password(user, password, fallback=False))
    except paramiko.BadAuthenticationType as err:
        if "keyboard-interactive" not in err.allowed_types:
            raise
    asked: list[str] = []

    def answer(_title: str, _text: str, prompts: list[tuple[str, bool]]) -> list[str]:
        if not prompts:
            return []
        if asked or len(prompts) != 1 or prompts[0][1]:
            raise paramiko.AuthenticationException("it asks for more than one password")
        asked.append(prompts[0][0])
        return [password]

    return list(transport.auth_interactive(user, answer))


def _prefer(transport: paramiko.Transport, pinned: Mapping[str, bytes]) -> None:
    """Put cheap key exchanges and ciphers and the pinned type of host key first."""
    options = transport.get_security_options()
    options.kex = _first(options.kex, _KEX_FIRST)
    options.ciphers = _first(options.ciphers, _CIPHERS_FIRST)
    wanted = [kind for kind in options.key_types if _plain(kind) in pinned]
    options.key_types = _first(options.key_types, wanted)


def _plain(algorithm: str) -> str:
    """Return the key type of a signature algorithm: RSA keys sign as rsa-sha2-*."""
    return "ssh-rsa" if algorithm.startswith("rsa-sha2-") else algorithm


def _first(all_of: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    front = [name for name in wanted if name in all_of]
    return (*front, *(name for name in all_of if name not in front))


def _login_error(hop: Hop, err: BaseException) -> TransportError:
    text = _text(err)
    if "timeout" in text:
        return TimedOut(f"{hop.name} did not answer the login of {hop.user} in time")
    return Denied(f"{hop.user}@{hop.name} was refused: {text}")


def _handshake_error(hop: Hop, err: BaseException, *, is_late: bool) -> TransportError:
    text = _text(err)
    if isinstance(err, paramiko.ssh_exception.IncompatiblePeer):
        return LegacyCrypto(f"{hop.name} speaks only legacy SSH: {text}; try `transport: openssh`")
    if is_late:
        return TimedOut(f"{hop.name}: the SSH handshake did not end in time")
    return Unreachable(f"{hop.name} does not complete an SSH handshake: {text}")


def _text(err: BaseException) -> str:
    return clean_text(str(err) or type(err).__name__)[:200]


def fingerprint(key: paramiko.PKey) -> str:
    """Return the SHA256 fingerprint as ssh-keygen prints it."""
    digest = hashlib.sha256(key.asbytes()).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")
