"""A two-way byte stream to a shell: what a session needs of any way to reach a host."""

import contextlib
import fcntl
import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import IO, Protocol

from collectors.clean import clean_text
from inventory.errors import TimedOut, Unreachable

CHUNK = 65_536
_WORDS = re.compile(r"(?!debug\d: ).*\S")  # without what ssh tells of its own steps
MOST_SAID = 4000  # bytes of standard error that are kept, from its end


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

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        *,
        send_s: float = 20,
        in_step: bool = False,
    ) -> None:
        """Start the process; raises Unreachable when it cannot be started.

        `in_step`: it says no second thing on standard error before the first has been read.
        """
        reading, writing = _stepped_pipe() if in_step else os.pipe()
        try:
            self._process = _started(argv, env, writing)
        except Unreachable:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._error = os.fdopen(reading, "rb", buffering=0)
        self._in, self._out, self._err = map(_pipe, self._pipes())
        self._send_s = send_s
        self._is_talking = True  # until standard error ends
        self._said = b""

    def send(self, data: bytes) -> None:
        """Send all of it within the time set for sending; what comes on standard error is kept."""
        end, rest = time.monotonic() + self._send_s, memoryview(data)
        while rest:
            ready = _ready(self._watched(), [self._in], end)
            if self._err in ready:
                self._drain()
            if self._in in ready:
                rest = rest[self._written(rest) :]
            if rest and time.monotonic() >= end:
                raise TimedOut("the shell does not take what is sent")

    def _written(self, data: memoryview) -> int:
        try:
            return os.write(self._in, data)
        except BlockingIOError:
            return 0
        except OSError as err:
            raise Unreachable(f"the shell ended early: {self.said()}") from err

    def receive(self, timeout_s: float) -> bytes | None:
        """Return output; standard error is drained, and its end kept for `said`."""
        end = time.monotonic() + timeout_s
        while True:
            ready = _ready([self._out, *self._watched()], [], end)
            if self._err in ready:
                self._drain()
            if self._out in ready:
                return os.read(self._out, CHUNK)
            if not ready:
                return None

    def _watched(self) -> list[int]:
        return [self._err] if self._is_talking else []

    def _drain(self) -> None:
        """Read what is there of standard error."""
        with contextlib.suppress(BlockingIOError):
            part = os.read(self._err, CHUNK)
            self._is_talking = bool(part)
            self._said = (self._said + part)[-MOST_SAID:]

    def said(self) -> str:
        """Return the last line of standard error."""
        self._drain()
        lines = [one for one in self.last_words().splitlines() if _WORDS.match(one)]
        return clean_text(lines[-1])[:200] if lines else "no message"

    def last_words(self) -> str:
        """Return the end of what came on standard error so far."""
        return self._said.decode("utf-8", "backslashreplace")

    def hears(self, wanted: re.Pattern[bytes], end: float) -> re.Match[bytes] | None:
        """Wait until standard error holds some words; None when it ends or the time does."""
        while not (found := wanted.search(self._said)) and self._is_talking:
            if not _ready(self._watched(), [], end):
                return None
            self._drain()
        return found

    def close(self) -> None:
        """Kill the whole process group and reap it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in self._pipes():
            with contextlib.suppress(OSError):
                pipe.close()

    def _pipes(self) -> tuple[IO[bytes], ...]:
        process = self._process
        return tuple(pipe for pipe in (process.stdin, process.stdout, self._error) if pipe)


def _ready(reading: Sequence[int], writing: Sequence[int], end: float) -> set[int]:
    """Return which pipes can be used, waiting until a moment of the monotonic clock."""
    poll = select.poll()  # select() knows no file number above 1023
    for number in reading:
        poll.register(number, select.POLLIN)
    for number in writing:
        poll.register(number, select.POLLOUT)
    wait_ms = max(0.0, end - time.monotonic()) * 1000
    return {number for number, _ in poll.poll(wait_ms)}


def _stepped_pipe() -> tuple[int, int]:
    """Return a pipe that holds one piece as it was written (pipe(2), O_DIRECT), where there is one.

    Who writes the next piece waits until this one has been read.
    """
    if not hasattr(os, "O_DIRECT") or not hasattr(fcntl, "F_SETPIPE_SZ"):
        return os.pipe()
    reading, writing = os.pipe2(os.O_DIRECT | os.O_CLOEXEC)
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 1)  # one page, which is the least
    return reading, writing


def _started(argv: Sequence[str], env: Mapping[str, str], errors: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=dict(env),
            bufsize=0,
            start_new_session=True,
            cwd="/",
        )
    except OSError as err:
        raise Unreachable(f"{argv[0]} could not be started: {err.strerror}") from err


def _pipe(pipe: IO[bytes]) -> int:
    """Return the number of a pipe that never makes us wait."""
    os.set_blocking(pipe.fileno(), False)
    return pipe.fileno()
