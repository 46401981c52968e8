"""Messages over the line to a directory: each bounded in size, in silence and in the whole."""

import contextlib
import time
from typing import Protocol

from collectors.transports.ldap_ber import Message, message, message_size
from collectors.transports.ldap_encode import message_bytes
from inventory.errors import ParseError, TimedOut, TransportError, Unreachable

UNBIND = b"\x42\x00"  # RFC 4511 section 4.3
GOODBYE_S = 2.0
CHUNK = 256 * 1024
FIRST_ID = 1_000_000_000  # the ids below are those that ldap3 counts up


class Line(Protocol):
    """What a socket, one with TLS, and one that is sealed by Kerberos have in common."""

    def sendall(self, data: bytes, /) -> None:
        """Send all of it."""

    def recv(self, most: int, /) -> bytes:
        """Return what came; b"" at the end."""
        ...

    def settimeout(self, seconds: float, /) -> None:
        """Set how long the next call may take."""

    def close(self) -> None:
        """Close it."""


class LdapWire:
    """Sends and receives LDAP messages. An error of the line, once met, is met again."""

    def __init__(self, line: Line, most_message: int) -> None:
        """Take a connected line, and the bytes that one message may have."""
        self.line, self._most = line, most_message
        self._got = bytearray()
        self._at = 0
        self._id = FIRST_ID
        self.received = 0  # bytes
        self.broken: Unreachable | None = None  # the line is of no more use

    def next_id(self) -> int:
        """Return an id for a message that was not used before."""
        self._id += 1
        return self._id

    @property
    def left_over(self) -> int:
        """Return how many bytes came that no message was made of yet."""
        return len(self._got) - self._at

    def send(self, raw: bytes, silence_s: float) -> None:
        """Send a message. Raises TimedOut, Unreachable."""
        if self.broken:
            raise self.broken
        try:
            self.line.settimeout(max(0.01, silence_s))
            self.line.sendall(raw)
        except TimeoutError as err:
            self.broken = Unreachable("the server does not take what is sent")
            raise TimedOut("the server does not take what is sent") from err
        except (OSError, ValueError) as err:
            raise self._ended("the connection broke while sending") from err

    def receive(self, silence_s: float, end: float) -> Message:
        """Return the next message. Raises TimedOut, Unreachable; ParseError: it cannot be read.

        `silence_s` is how long no byte may come, `end` when (time.monotonic) all is over.
        """
        if self.broken:
            raise self.broken
        try:
            return message(self._whole(silence_s, end))
        except ParseError as err:
            self._ended(f"what the server sent before could not be read: {err}")
            raise

    def leave(self) -> None:
        """Say good-bye, where the line still takes it, and close it."""
        with contextlib.suppress(TransportError):
            self.send(message_bytes(self.next_id(), UNBIND), GOODBYE_S)
        self.close()

    def close(self) -> None:
        """Close the line."""
        self.broken = self.broken or Unreachable("the connection was closed")
        self.line.close()

    def _whole(self, silence_s: float, end: float) -> bytes:
        """Return the bytes of one whole message."""
        got = self._got
        while True:
            size = message_size(got, self._at)
            if size is not None and size > self._most:
                raise ParseError(f"a message of {size} bytes, and {self._most} are read at most")
            if size is not None and size <= len(got) - self._at:
                start, self._at = self._at, self._at + size
                return bytes(memoryview(got)[start : self._at])
            if self._at:
                del got[: self._at]
                self._at = 0
            self._more(silence_s, end)

    def _more(self, silence_s: float, end: float) -> None:
        left = end - time.monotonic()
        if left <= 0:
            raise TimedOut("the time for this directory ran out")
        try:
            self.line.settimeout(min(silence_s, left))
            chunk = self.line.recv(CHUNK)
        except TimeoutError as err:
            raise TimedOut(f"no byte came for {min(silence_s, left):.0f} s") from err
        except (OSError, ValueError) as err:
            raise self._ended("the connection broke") from err
        if not chunk:
            raise self._ended("the server closed the connection")
        self._got += chunk
        self.received += len(chunk)

    def _ended(self, why: str) -> Unreachable:
        self.broken = Unreachable(why)
        return self.broken
