"""SSH through paramiko: one Transport and one channel a host, host keys verified, one attempt."""

import base64
import hashlib
import logging
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import paramiko

from collectors.clean import clean_text
from collectors.transports.guard import LockoutGuard
from collectors.transports.hops import Hop, Login, Timeouts
from collectors.transports.known_hosts import HostKeys
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
logging.getLogger("paramiko").addHandler(logging.NullHandler())
logging.getLogger("paramiko").propagate = False


class ChannelWire:
    """A wire over one session channel; standard error comes mixed in, so that it cannot clog."""

    def __init__(self, channel: paramiko.Channel, close: Callable[[], None], send_s: float) -> None:
        """Take a channel whose shell was started, and what to close after it."""
        self._channel, self._close, self._send_s = channel, close, send_s

    def send(self, data: bytes) -> None:
        """Send all of it within the time set for sending."""
        self._channel.settimeout(self._send_s)
        try:
            self._channel.sendall(data)
        except TimeoutError as err:
            raise TimedOut("the host does not take what is sent") from err
        except (OSError, paramiko.SSHException, EOFError) as err:
            raise Unreachable("the connection closed while sending") from err

    def receive(self, timeout_s: float) -> bytes | None:
        """Return what came, b"" at the end, None when nothing came in time."""
        self._channel.settimeout(timeout_s)
        try:
            return self._channel.recv(CHUNK)
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
        self._keys: dict[str, paramiko.PKey] = {}
        self._jumps: dict[tuple[str, ...], paramiko.Transport] = {}
        self._lock = threading.Lock()
        self._jump_locks: dict[tuple[str, ...], threading.Lock] = {}

    def wire(self, hops: Sequence[Hop]) -> ChannelWire:
        """Return a wire to a shell on the last hop, through the ones before it."""
        transport = self._connect(hops)
        try:
            channel = transport.open_session(timeout=self._timeouts.login_s)
            channel.set_combine_stderr(True)
            channel.exec_command("exec /bin/sh -s")
        except (paramiko.SSHException, OSError, EOFError) as err:
            transport.close()
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
        pinned = self._known.of(hop.key_alias or hop.address, hop.port)
        if not pinned:
            sock.close()
            raise Denied(unknown_key(hop))
        transport = self._handshake(sock, hop, pinned)
        try:
            self._check_key(transport, hop, pinned)
            self._log_in(transport, hop)
        except TransportError:
            transport.close()
            raise
        return transport

    def _tcp(self, hop: Hop) -> socket.socket:
        try:
            sock = socket.create_connection((hop.address, hop.port), self._timeouts.connect_s)
        except TimeoutError as err:
            raise TimedOut(f"{hop.address}:{hop.port} does not answer") from err
        except OSError as err:
            raise Unreachable(f"{hop.address}:{hop.port}: {err.strerror or err}") from err
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def _through(self, hops: Sequence[Hop]) -> paramiko.Channel:
        """Open a stream to the last hop from the one before it (RFC 4254, direct-tcpip)."""
        hop = hops[-1]
        jump = self._jump(hops[:-1])
        try:
            return jump.open_channel(
                "direct-tcpip", (hop.address, hop.port), ("127.0.0.1", 0),
                timeout=self._timeouts.connect_s,
            )
        except (paramiko.SSHException, OSError, EOFError) as err:
            raise Unreachable(
                f"{hop.address}:{hop.port} cannot be reached through {hops[-2].name}: {_text(err)}"
            ) from err

    def _jump(self, hops: Sequence[Hop]) -> paramiko.Transport:
        way = tuple(f"{hop.user}@{hop.address}:{hop.port}" for hop in hops)
        with self._lock:
            lock = self._jump_locks.setdefault(way, threading.Lock())
        with lock:
            transport = self._jumps.get(way)
            if transport is None or not transport.is_active():
                transport = self._jumps[way] = self._connect(hops)
            return transport

    def _handshake(
        self, sock: socket.socket | paramiko.Channel, hop: Hop, pinned: Mapping[str, bytes]
    ) -> paramiko.Transport:
        """Exchange keys, asking first for the type of host key that is pinned."""
        transport = None
        try:
            transport = paramiko.Transport(
                sock, default_window_size=2**21, disabled_algorithms=WEAK
            )
            _prefer(transport, pinned)
            transport.banner_timeout = self._timeouts.handshake_s
            transport.auth_timeout = self._timeouts.login_s
            transport.start_client(timeout=self._timeouts.handshake_s)
        except (paramiko.SSHException, OSError, EOFError, ValueError) as err:
            (transport or sock).close()
            raise _handshake_error(hop, err) from err
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
        with self._guard.attempt(authority):
            try:
                further = self._authenticate(transport, hop)
            except paramiko.AuthenticationException as err:
                raise Denied(f"{hop.user}@{hop.name} was refused: {_text(err)}") from err
            except (paramiko.SSHException, OSError, EOFError) as err:
                raise Unreachable(f"{hop.name} broke off the login: {_text(err)}") from err
            if further:
                raise Denied(f"{hop.name} wants more than one credential: {', '.join(further)}")

    def _authenticate(self, transport: paramiko.Transport, hop: Hop) -> list[str]:
        login = hop.login
        if login.password is not None:
            return _by_password(transport, hop.user, login.password())
        if login.key_path is None:
            raise Denied(f"no key and no password is given for {hop.user}@{hop.name}")
        return transport.auth_publickey(hop.user, self._key(login))

    def _key(self, login: Login) -> paramiko.PKey:
        path = login.key_path or ""
        with self._lock:
            if path not in self._keys:
                self._keys[path] = load_key(Path(path), login.passphrase)
            return self._keys[path]


def load_key(path: Path, passphrase: Callable[[], str] | None) -> paramiko.PKey:
    """Return the private key; an encrypted one without passphrase is looked up in the agent."""
    try:
        return paramiko.PKey.from_path(path, None)
    except (paramiko.PasswordRequiredException, TypeError) as err:
        if passphrase is None:
            return _agent_key(path, err)
    except (paramiko.SSHException, ValueError, paramiko.pkey.UnknownKeyType) as err:
        if "ncrypted" not in str(err) and "assword" not in str(err):
            raise Denied(f"{path} is not a private key that can be used: {_text(err)}") from err
        if passphrase is None:
            return _agent_key(path, err)
    except OSError as err:
        raise Denied(f"{path} cannot be read: {err.strerror}") from err
    try:
        return paramiko.PKey.from_path(path, passphrase().encode())
    except (paramiko.SSHException, ValueError, TypeError) as err:
        raise Denied(f"the passphrase does not open {path}") from err


def _agent_key(path: Path, err: BaseException) -> paramiko.PKey:
    """Return the one agent key whose public half lies beside the private key; no other is tried."""
    public = path.with_name(path.name + ".pub")
    if public.exists():
        blob = base64.b64decode(public.read_text("utf-8", "replace").split()[1])
        for key in paramiko.Agent().get_keys():
            if key.asbytes() == blob:
                return key
    raise Denied(
        f"{path} is encrypted: set `passphrase:` (env:, file:, cmd: or prompt), "
        "or load it into the ssh agent with its .pub beside it"
    ) from err


def _by_password(transport: paramiko.Transport, user: str, password: str) -> list[str]:
    """Log in by password; keyboard-interactive is answered for one hidden prompt, once."""
    try:
        return transport.auth_password(user, password, fallback=False)
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

    return transport.auth_interactive(user, answer)


def _prefer(transport: paramiko.Transport, pinned: Mapping[str, bytes]) -> None:
    """Put cheap key exchanges and the pinned type of host key first."""
    options = transport.get_security_options()
    options.kex = _first(options.kex, _KEX_FIRST)
    wanted = [kind for kind in options.key_types if _plain(kind) in pinned]
    options.key_types = _first(options.key_types, wanted)


def _plain(algorithm: str) -> str:
    """Return the key type of a signature algorithm: RSA keys sign as rsa-sha2-*."""
    return "ssh-rsa" if algorithm.startswith("rsa-sha2-") else algorithm


def _first(all_of: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    front = [name for name in wanted if name in all_of]
    return (*front, *(name for name in all_of if name not in front))


def _handshake_error(hop: Hop, err: BaseException) -> TransportError:
    text = _text(err)
    if isinstance(err, paramiko.ssh_exception.IncompatiblePeer):
        return LegacyCrypto(f"{hop.name} speaks only legacy SSH: {text}; try `transport: openssh`")
    if isinstance(err, TimeoutError) or "timeout" in text.lower() or "timed out" in text.lower():
        return TimedOut(f"{hop.name}: the SSH handshake did not end in time")
    return Unreachable(f"{hop.name} does not complete an SSH handshake: {text}")


def _text(err: BaseException) -> str:
    return clean_text(str(err) or type(err).__name__)[:200]


def unknown_key(hop: Hop) -> str:
    """Return what to say of a host whose key nobody pinned."""
    return (
        f"the host key of {hop.name} is not known. Nothing was sent to it. After checking it with "
        f"its owner: ssh-keyscan -p {hop.port} {hop.key_alias or hop.address} >> known_hosts"
    )


class LegacyCrypto(TransportError):
    """The server offers only algorithms that are no longer spoken here."""


def fingerprint(key: paramiko.PKey) -> str:
    """Return the SHA256 fingerprint as ssh-keygen prints it."""
    digest = hashlib.sha256(key.asbytes()).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")
