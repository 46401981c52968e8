"""Files that only their owner may read, and that are there whole or not at all."""

import contextlib
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from inventory.errors import HandoverError

_BESIDE = re.compile(r"\..{1,200}\.([0-9]{1,10})-[0-9a-f]{8}")


class NotWritten(HandoverError):
    """A document could not be written; one that was there before is as it was."""


def private_folder(folder: Path) -> Path:
    """Create the folder and return it; nobody else may look into it. Raises NotWritten."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        _clear(folder)
    except OSError as err:
        raise NotWritten(f"{folder}: the folder cannot be made: {err.strerror}") from err
    return folder


def put(path: Path, parts: Iterable[str]) -> Path:
    """Write the parts beside the path, sync them, then put them in its place.

    Raises NotWritten, for instance when the disk is full; the old file is then untouched.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        _fill(beside, parts)
        beside.replace(path)
        _sync_folder(path.parent)
    except OSError as err:
        raise NotWritten(f"{path}: it cannot be written: {err.strerror}") from err
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
    return path


def _clear(folder: Path) -> None:
    """Remove what processes that were killed while writing have left behind."""
    for path in folder.glob(".*"):
        left = _BESIDE.fullmatch(path.name)
        if left and not _is_running(int(left.group(1))):
            path.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _fill(path: Path, parts: Iterable[str]) -> None:
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with open(number, "w", encoding="utf-8", newline="\n") as file:  # noqa: PTH123  (a descriptor)
        file.writelines(parts)
        file.flush()
        os.fsync(number)


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
