"""The output of a command of this machine: no shell, bounded in time and size."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from inventory.errors import HandoverError

CHUNK = 65536


class CommandFailed(HandoverError):
    """The command gave no usable output; the text says how it ended, not what it printed."""


def output(
    argv: Sequence[str], *, timeout_s: float, most_bytes: int, folder: Path | None = None
) -> bytes:
    """Return what the command prints on standard output when it ends with 0.

    It gets no input and no terminal; standard error is dropped; `folder` is where it starts, None:
    here. Raises CommandFailed.
    """
    try:
        child = subprocess.Popen(  # noqa: S603  (argv from the user's own file, no shell)
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd=folder,
        )
    except (OSError, ValueError) as err:
        reason = err.strerror if isinstance(err, OSError) else "it cannot be started"
        raise CommandFailed(reason or "it cannot be started") from err
    try:
        return _finished(child, time.monotonic() + timeout_s, most_bytes)
    finally:
        _end(child)


def _finished(child: subprocess.Popen[bytes], deadline: float, most_bytes: int) -> bytes:
    raw = _read(child, deadline, most_bytes)
    try:
        status = child.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired as err:
        raise CommandFailed("it did not end in time") from err
    if status:
        raise CommandFailed(f"it ended with status {status}")
    return raw


def _read(child: subprocess.Popen[bytes], deadline: float, most_bytes: int) -> bytes:
    assert child.stdout is not None  # noqa: S101  (a pipe was asked for)
    parts: list[bytes] = []
    size = 0
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise CommandFailed("it did not end in time")
            part = os.read(child.stdout.fileno(), CHUNK)
            if not part:
                return b"".join(parts)
            size += len(part)
            if size > most_bytes:
                raise CommandFailed(f"it printed more than {most_bytes} bytes")
            parts.append(part)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the command and what it started, if they still run."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    if child.stdout is not None:
        child.stdout.close()
