"""Files of this machine, read within a limit; and who else may read or change them."""

import os
import stat
from pathlib import Path

from agent.engagement.mistakes import Wrong
from inventory.errors import ConfigError


def path_from(text: str, folder: Path) -> Path:
    """Return the path that is written; ~ is a home, and a relative one starts at the folder."""
    if not text or "\0" in text:
        raise Wrong("must be a path")
    try:
        return folder / Path(text).expanduser()
    except RuntimeError as err:
        raise Wrong("names the home of a user that this machine does not know") from err


def read_bounded(path: Path, *, name: str, most_bytes: int) -> bytes:
    """Return the content of a regular file; raises ConfigError naming it otherwise."""
    return _read(path, name, most_bytes, private=False)


def read_private(path: Path, *, name: str, most_bytes: int) -> bytes:
    """Return the content of a file that only its owner can read; raises ConfigError otherwise."""
    return _read(path, name, most_bytes, private=True)


def _read(path: Path, name: str, most_bytes: int, *, private: bool) -> bytes:
    handle = _opened(path, name)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise ConfigError(f"{name} is not a regular file")
        if private and found.st_mode & 0o077:
            raise ConfigError(f"{name} can be read by others: chmod 600 it, then change the secret")
        raw = _content(handle, most_bytes + 1)
    finally:
        os.close(handle)
    if len(raw) > most_bytes:
        raise ConfigError(f"{name} is bigger than {most_bytes} bytes")
    return raw


def _opened(path: Path, name: str) -> int:
    """Open without waiting, so that a pipe cannot hold the run."""
    try:
        return os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError as err:
        raise ConfigError(f"{name} does not exist") from err
    except OSError as err:
        raise ConfigError(f"{name} cannot be read: {err.strerror}") from err


def _content(handle: int, most_bytes: int) -> bytes:
    parts: list[bytes] = []
    left = most_bytes
    while left and (part := os.read(handle, min(left, 65536))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def exposure(path: Path) -> str | None:
    """Return who else can change a file, or None when only its owner can."""
    try:
        found = path.stat()
    except OSError:
        return None
    bits = (("its group", 0o020), ("everybody", 0o002))
    writers = [who for who, bit in bits if found.st_mode & bit]
    if hasattr(os, "geteuid") and found.st_uid not in (os.geteuid(), 0):
        writers.append("another user who owns it")
    return " and ".join(writers) or None
