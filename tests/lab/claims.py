"""Folders in memory, one for each lab that runs; those of labs that were killed are removed."""

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

FOLDER = Path("/dev/shm")  # a tmpfs, which can be an overlay's upper layer
YOUNG_S = 20.0  # a folder without a lock is just being made, or removed


def claim(prefix: str, most: int) -> tuple[Path, IO[bytes]]:
    """Make the first free folder PREFIX0, PREFIX1, ..., and lock it, for all that inherit the lock.

    Folders of labs whose last process was killed are removed first.
    """
    with _one_at_a_time():
        _clear_leftovers(prefix)
        taken = {folder.name for folder in FOLDER.glob(f"{prefix}*")}
        free = [
            name for name in (f"{prefix}{number}" for number in range(most)) if name not in taken
        ]
        if not free:
            raise RuntimeError(f"{most} labs run already: see {FOLDER}/{prefix}*")
        folder = FOLDER / free[0]
        folder.mkdir(mode=0o755)
        lock = (folder / "lock").open("wb")
        fcntl.flock(lock, fcntl.LOCK_EX)
        return folder, lock


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold a lock that all labs of this machine share; it leaves no file behind."""
    directory = os.open(FOLDER, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)


def _clear_leftovers(prefix: str) -> None:
    for folder in FOLDER.glob(f"{prefix}[0-9]*"):
        if _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    """Say whether nobody holds the folder's lock; one without a lock is just being removed, or old."""
    try:
        with (folder / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except FileNotFoundError:
        return folder.exists() and time.time() - folder.stat().st_mtime > YOUNG_S
    except BlockingIOError:
        return False
