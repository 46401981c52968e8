"""A line that Kerberos seals: what was tampered with on the way ends it, and is never read.

The login itself needs a ticket and a package that is an extra; what seals here is not Kerberos.
"""

import hashlib
import hmac
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from collectors.transports.ldap_kerberos import MOST_FRAME, SealedLine

KEY = b"shared by both"


class NotSealed(Exception):
    pass


@dataclass
class Wrapped:
    message: bytes
    encrypted: bool = True


class Seal:
    """Seals as a security context does (RFC 2743 section 2.3): here by a keyed hash."""

    def wrap(self, message: bytes, encrypt: bool) -> Wrapped:
        assert encrypt
        return Wrapped(hmac.digest(KEY, message, hashlib.sha256) + b"+" + message)

    def unwrap(self, frame: bytes) -> Wrapped:
        proof, is_sealed, message = frame[:32], frame[32:33] == b"+", frame[33:]
        if not hmac.compare_digest(proof, hmac.digest(KEY, message, hashlib.sha256)):
            raise NotSealed
        return Wrapped(message, is_sealed)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, SealedLine]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield theirs, SealedLine(ours, Seal(), 10, NotSealed)


def _framed(message: bytes) -> bytes:
    frame = Seal().wrap(message, True).message
    return struct.pack(">I", len(frame)) + frame


def test_what_is_sent_is_sealed_in_frames_that_the_server_takes(ends) -> None:
    theirs, line = ends
    line.sendall(b"0123456789abc")
    got = theirs.recv(1000)
    assert got == _framed(b"0123456789") + _framed(b"abc")


def test_frames_are_read_however_they_come(ends) -> None:
    theirs, line = ends
    line.settimeout(2)
    for byte in _framed(b"first") + _framed(b"second"):
        theirs.sendall(bytes([byte]))
    assert (line.recv(1000), line.recv(1000)) == (b"first", b"second")
    theirs.shutdown(socket.SHUT_WR)
    assert line.recv(1000) == b""


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda raw: raw[:-1] + b"!", "cannot be opened"),
        (lambda raw: raw[:36] + b"-" + raw[37:], "not sealed"),
        (lambda raw: struct.pack(">I", MOST_FRAME + 1) + raw[4:], "a sealed frame of"),
    ],
    ids=["changed", "unsealed", "huge"],
)
def test_what_was_tampered_with_is_never_read(ends, spoil, words: str) -> None:
    theirs, line = ends
    theirs.sendall(spoil(_framed(b"CN=Administrator")))
    with pytest.raises(OSError, match=words):
        line.recv(1000)
