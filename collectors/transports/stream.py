"""The TCP stream below an SSH connection: it wakes when bytes come, and takes all there are."""

import contextlib
import socket

TAKEN = 65_536  # bytes at once


class Stream:
    """A socket as paramiko uses one, without its ten wake-ups a second and its reads of few bytes.

    paramiko polls so that a connection can be closed while another thread reads from it; here
    closing shuts the socket down, which ends a read at once.
    """

    def __init__(self, sock: socket.socket) -> None:
        """Take a connected socket."""
        self._sock = sock
        self._sock.settimeout(None)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._got = b""
        self._closed = False  # by this name paramiko asks for it

    def settimeout(self, timeout_s: float) -> None:
        """Do nothing: whoever waits closes the stream when its time is over."""

    def recv(self, most: int) -> bytes:
        """Return some bytes, b"" at the end; waits for as long as the stream is open."""
        if not self._got:
            self._got = self._sock.recv(TAKEN)
        taken, self._got = self._got[:most], self._got[most:]
        return taken

    def send(self, data: bytes) -> int:
        """Send some of it and return how much."""
        return self._sock.send(data)

    def close(self) -> None:
        """Close it at once, whatever is under way."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()
