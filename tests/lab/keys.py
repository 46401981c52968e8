"""Fresh SSH key pairs, as OpenSSH writes them."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519


class KeyPair(NamedTuple):
    """A private key in OpenSSH's PEM form, and `TYPE BASE64` of its public half."""

    private: str
    public: str


def ed25519_pair() -> KeyPair:
    """Return a new Ed25519 pair."""
    return _written(ed25519.Ed25519PrivateKey.generate())


def named_pair(name: str) -> KeyPair:
    """Return the Ed25519 pair of a name: the same one each time, so that it proves nothing."""
    seed = hashlib.sha256(name.encode()).digest()
    return _written(ed25519.Ed25519PrivateKey.from_private_bytes(seed))


def ecdsa_pair() -> KeyPair:
    """Return a new ECDSA pair on P-256."""
    return _written(ec.generate_private_key(ec.SECP256R1()))


def write_pair(pair: KeyPair, path: Path, *, comment: str) -> None:
    """Write the private key at `path` with mode 0600, and the public one beside it."""
    path.touch(mode=0o600)
    path.write_text(pair.private)
    path.with_name(f"{path.name}.pub").write_text(f"{pair.public} {comment}\n")


def _written(key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> KeyPair:
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return KeyPair(private.decode(), public.decode())
