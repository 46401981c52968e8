"""The fingerprint of a private key file, without opening the key.

Source: OpenSSH, PROTOCOL.key: the public half stands in clear before the encrypted part.
"""

import base64
import binascii
import hashlib
import struct
from pathlib import Path

from agent.engagement.files import read_bounded
from inventory.errors import ConfigError

MOST_BYTES = 64 * 1024
BEGIN, END = "-----BEGIN OPENSSH PRIVATE KEY-----", "-----END OPENSSH PRIVATE KEY-----"
MAGIC = b"openssh-key-v1\0"


def fingerprint_of(path: Path) -> str:
    """Return SHA256:... of a private key, from its .pub or its head; empty when neither tells."""
    blob = _public(path.with_name(f"{path.name}.pub")) or _head(path)
    if not blob:
        return ""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def _public(path: Path) -> bytes:
    words = _text(path).split()
    return _decoded(words[1]) if len(words) > 1 else b""


def _head(path: Path) -> bytes:
    """Return the public key from the head: cipher, kdf, its options, a count, then the key."""
    body = _text(path).partition(BEGIN)[2].partition(END)[0]
    rest = _decoded("".join(body.split())).removeprefix(MAGIC)
    try:
        for _ in range(3):
            rest = _after(rest)
        return rest[8 : 8 + struct.unpack_from(">I", rest, 4)[0]]
    except struct.error:
        return b""


def _after(rest: bytes) -> bytes:
    return rest[4 + struct.unpack_from(">I", rest)[0] :]


def _text(path: Path) -> str:
    try:
        return read_bounded(path, name=str(path), most_bytes=MOST_BYTES).decode("ascii", "replace")
    except ConfigError:
        return ""


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
