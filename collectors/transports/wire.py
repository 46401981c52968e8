"""A two-way byte stream to a shell: what a session needs of any way to reach a host."""

import os
import select
import signal
import subprocess
from collections.abc import Mapping, Sequence
from typing import Protocol

from inventory.errors import Unreachable

CHUNK = 65_536


class Wire(Protocol):
    """Bytes to and from a shell that was started on a host."""

    def send(self, data: bytes) -> None:
        """Send all of it; raises Unreachable when the other end is gone, TimedOut when stuck."""
        ...

    def receive(self, timeout_s: float) -> bytes | None:
        """Return what came, b"" at the end, None when nothing came in time."""
        ...

    def close(self) -> None:
        """End it at once, whatever is still under way."""
        ...


class ProcessWire:
    """A wire to a child process of its own process group: the local shell, or the system's ssh."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        """Start the process; raises Unreachable when it cannot be started."""
        try:
            self._process = subprocess.Popen(  # noqa: S603
                argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(env),
                start_new_session=True,
                cwd="/",
            )
        except OSError as err:
            raise Unreachable(f"{argv[0]} could not be started: {err.strerror}") from err
        assert self._process.stdin and self._process.stdout and self._process.stderr  # noqa: S101
        self._in, self._out = self._process.stdin, self._process.stdout
        self._err = self._process.stderr
        os.set_blocking(self._err.fileno(), False)
        self._said = b""

    def send(self, data: bytes) -> None:
        """Send all of it; raises Unreachable when the process has ended."""
        try:
            self._in.write(data)
            self._in.flush()
        except OSError as err:
            raise Unreachable(f"the shell ended early: {self.said()}") from err

    def receive(self, timeout_s: float) -> bytes | None:
        """Return output; standard error is drained, and its end kept for `said`."""
        ready, _, _ = select.select([self._out, self._err], [], [], timeout_s)
        if self._err in ready:
            self._drain()
        if self._out in ready:
            return os.read(self._out.fileno(), CHUNK)
        return None

    def _drain(self) -> None:
        try:
            self._said = (self._said + os.read(self._err.fileno(), CHUNK))[-2000:]
        except BlockingIOError:
            return

    def said(self) -> str:
        """Return the last line of standard error."""
        self._drain()
        lines = self._said.decode("utf-8", "backslashreplace").strip().splitlines()
        return lines[-1] if lines else "no message"

    def close(self) -> None:
        """Kill the whole process group and reap it."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        self._process.wait()
        for pipe in (self._in, self._out, self._err):
            try:
                pipe.close()
            except OSError:
                continue
