"""Answers in files: written while asking, read back instead of asking.

A folder with one JSON file a target. What is written was cleaned and redacted before; a recording
serves tests, bug reports, and a site where the outgoing team runs the audit itself.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from collectors.spec import Outcome
from collectors.transports.session import Told
from inventory.errors import ConfigError
from inventory.model.evidence import Gap

FORMAT = 1
MOST_BYTES = 256 * 1024 * 1024  # of one file


class Recorded(Struct, frozen=True):
    """What one target told, or why it told nothing."""

    format: int
    source: str
    target: str
    as_root: bool = False
    outcomes: dict[str, Outcome] = {}
    gap: Gap | None = None

    def told(self) -> Told | Gap:
        """Return what was told, or why nothing was."""
        return self.gap or Told(self.outcomes, self.as_root)


def record(folder: Path, source: str, target: str, told: Told | Gap) -> None:
    """Write what a target told, or why it told nothing."""
    if isinstance(told, Gap):
        _write(folder, Recorded(FORMAT, source, target, gap=told))
    else:
        _write(folder, Recorded(FORMAT, source, target, told.as_root, told.outcomes))


def recordings(folder: Path) -> Iterator[Recorded]:
    """Yield the recordings of a folder. Raises ConfigError naming the file that is none."""
    paths = sorted(folder.glob("*.json")) if folder.is_dir() else []
    if not paths:
        raise ConfigError(f"{folder} holds no recording: `handover audit --record {folder}` does")
    for path in paths:
        yield _read(path)


def _read(path: Path) -> Recorded:
    if path.stat().st_size > MOST_BYTES:
        raise ConfigError(f"{path} is bigger than {MOST_BYTES} bytes: it is no recording")
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Recorded)
    except (msgspec.MsgspecError, UnicodeDecodeError) as err:
        raise ConfigError(f"{path} is not a recording: {err}") from err
    if found.format != FORMAT:
        raise ConfigError(f"{path} has format {found.format}, this handover reads {FORMAT}")
    return found


def _write(folder: Path, recorded: Recorded) -> None:
    """Write under another name first, privately: nobody ever meets half a recording."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / _file_name(recorded.source, recorded.target)
    part = path.with_suffix(".new")
    part.unlink(missing_ok=True)
    file = os.open(part, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY, 0o600)
    with os.fdopen(file, "wb") as out:
        out.write(msgspec.json.encode(recorded))
    part.replace(path)


def _file_name(source: str, target: str) -> str:
    """Return a name that no target can choose: letters and digits of it, and a digest."""
    slug = re.sub(r"[^a-z0-9-]+", "-", target.lower())[:40].strip("-")
    digest = hashlib.sha256(f"{source}\0{target}".encode()).hexdigest()[:12]
    return f"{slug or 'target'}-{digest}.json"
