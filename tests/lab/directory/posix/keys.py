"""Public keys of old kinds in the form of OpenSSH (RFC 4253 section 6.6), made of digests.

Nobody has their private halves: they are numbers of the right length, not keys that can be used.
"""

import base64
import hashlib


def rsa_key(bits: int, name: str) -> str:
    """Return an RSA key of so many bits."""
    return _written(b"ssh-rsa", _number(65537), _number(_odd(bits, name)))


def dsa_key(name: str) -> str:
    """Return a DSA key."""
    lengths = (1024, 160, 1024, 1024)
    numbers = (_number(_odd(bits, f"{name} {place}")) for place, bits in enumerate(lengths))
    return _written(b"ssh-dss", *numbers)


def _odd(bits: int, name: str) -> int:
    """Return an odd number whose highest bit is set."""
    raw = b"".join(
        hashlib.sha512(f"{name} {place}".encode()).digest() for place in range(bits // 512 + 1)
    )
    return int.from_bytes(raw[: bits // 8]) | 1 | 1 << (bits - 1)


def _number(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1)


def _written(kind: bytes, *parts: bytes) -> str:
    blob = b"".join(len(part).to_bytes(4) + part for part in (kind, *parts))
    return f"{kind.decode()} {base64.b64encode(blob).decode()}"
