"""Who may write: one audit at a time, and the name of whoever holds a lock (flock(2), proc(5))."""

import fcntl
import os
from pathlib import Path

from inventory.errors import StoreError


class WriteLock:
    """The lock that a running audit holds beside the store; it ends with the process."""

    def __init__(self, path: Path) -> None:
        """Take the lock of the store at `path`. Raises StoreError naming who has it."""
        file = path.with_name(f"{path.name}.lock")
        try:
            self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as err:
            raise StoreError(f"{file} cannot be opened: {err.strerror}") from err
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as err:
            holder = os.pread(self._descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            raise StoreError(
                f"{path}: an audit is running (process {holder or 'unknown'}): "
                "wait until it has ended, or stop it"
            ) from err
        self._sign(file)

    def release(self) -> None:
        """Give the lock back; once is enough, twice does no harm."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _sign(self, file: Path) -> None:
        """Write who holds it; the message for others needs it, the lock does not."""
        try:
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)
        except OSError as err:
            self.release()
            raise StoreError(f"{file} cannot be written: {err.strerror}") from err


def holder_of(path: Path) -> str:
    """Return `process 4711` for whoever holds a write lock on the database, as far as seen."""
    try:
        locks = Path("/proc/locks").read_text("ascii").splitlines()
        files = {f.stat().st_ino for f in (path, path.with_name(f"{path.name}-shm")) if f.exists()}
    except (OSError, UnicodeDecodeError):
        return "another program"
    for line in locks:  # "1: POSIX  ADVISORY  WRITE 4711 fd:01:1835 120 120"
        words = line.split()
        if "WRITE" in words and int(words[5].rsplit(":", 1)[-1]) in files:
            return f"process {words[4]}"
    return "another program"
