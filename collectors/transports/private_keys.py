"""Private keys for a login: from a file, from a text kept in memory only, from the agent."""

import base64
import binascii
import hashlib
import io
import threading
from collections.abc import Callable
from pathlib import Path

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from inventory.errors import Denied

MOST_BYTES = 64 * 1024
Passphrase = Callable[[], str]
_KINDS = (
    (ed25519.Ed25519PrivateKey, paramiko.Ed25519Key),
    (ec.EllipticCurvePrivateKey, paramiko.ECDSAKey),
    (rsa.RSAPrivateKey, paramiko.RSAKey),
)


class FileKeys:
    """The keys of files, each read once for all hosts; a passphrase counts for whoever gives it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: dict[str, tuple[paramiko.PKey, bytes | None]] = {}  # and what opened it

    def key(self, path: str, passphrase: Passphrase | None) -> paramiko.PKey:
        """Return the key of a file. Raises Denied when it, or the passphrase, is of no use."""
        with self._lock:
            key, opened_by = self._read.get(path, (None, None))
            if key is None or (opened_by and passphrase and opened_by != _digest(passphrase())):
                key, opened_by = self._read[path] = _opened(path, passphrase)
            return key


def _opened(path: str, passphrase: Passphrase | None) -> tuple[paramiko.PKey, bytes | None]:
    """Return the key of a file, and the digest of the passphrase where it needed one."""
    used: list[bytes] = []

    def said() -> str:
        text = passphrase() if passphrase else ""
        used.append(_digest(text))
        return text

    key = key_from_path(Path(path), said if passphrase else None)
    return key, used[-1] if used else None


def _digest(passphrase: str) -> bytes:
    return hashlib.sha256(passphrase.encode()).digest()


def key_from_path(path: Path, passphrase: Passphrase | None) -> paramiko.PKey:
    """Return the private key of a file, with the certificate beside it when there is one.

    An encrypted one without a passphrase is looked up in the agent by its .pub. Raises Denied.
    """
    text = _content(path)
    try:
        key = key_from_text(text, passphrase, name=str(path))
    except _Encrypted:
        return _agent_key(path)
    certificate = path.with_name(f"{path.name}-cert.pub")
    if certificate.exists():
        key.load_certificate(str(certificate))
    return key


def key_from_text(text: str, passphrase: Passphrase | None, *, name: str) -> paramiko.PKey:
    """Return the private key that a text holds; no error quotes it. Raises Denied."""
    try:
        return _parsed(text, None)
    except TypeError as err:  # cryptography: it is encrypted
        if passphrase is None:
            raise _Encrypted(f"{name} is encrypted, and no passphrase is given") from err
    except UnsupportedAlgorithm as err:
        raise Denied(
            f"{name} is of a kind that is not read here, such as a hardware key: "
            "use `transport: openssh`"
        ) from err
    except (ValueError, paramiko.SSHException) as err:
        raise Denied(f"{name} is not a private key that can be used") from err
    try:
        return _parsed(text, passphrase().encode())
    except (ValueError, TypeError, paramiko.SSHException) as err:
        raise Denied(f"the passphrase does not open {name}") from err


class _Encrypted(Denied):
    """The key needs a passphrase that nobody gave."""


def _parsed(text: str, password: bytes | None) -> paramiko.PKey:
    """Read it with cryptography, which knows more forms; paramiko gets the one of OpenSSH."""
    data = text.encode()
    try:
        loaded = serialization.load_ssh_private_key(data, password)
    except ValueError:
        loaded = serialization.load_pem_private_key(data, password)  # type: ignore[assignment]
    for kind, wrapped in _KINDS:
        if isinstance(loaded, kind):
            plain = loaded.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
            return wrapped.from_private_key(io.StringIO(plain.decode()))
    raise UnsupportedAlgorithm(type(loaded).__name__)


def _content(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES).decode("utf-8", "replace")
    except OSError as err:
        raise Denied(f"{path} cannot be read: {err.strerror}") from err


def _agent_key(path: Path) -> paramiko.PKey:
    """Return the one agent key whose public half lies beside the file; no other is tried."""
    blob = _public_blob(path.with_name(f"{path.name}.pub"))
    for key in paramiko.Agent().get_keys() if blob else ():
        if key.asbytes() == blob:
            return key
    raise Denied(
        f"{path} is encrypted: set `passphrase:` (env:, file:, cmd: or prompt), "
        "or load it into the ssh agent with its .pub beside it"
    )


def _public_blob(path: Path) -> bytes:
    try:
        words = path.read_text("utf-8", "replace").split()
        return base64.b64decode(words[1], validate=True) if len(words) > 1 else b""
    except (OSError, binascii.Error, ValueError):
        return b""
