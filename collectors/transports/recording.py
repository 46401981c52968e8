"""Answers in files: written while asking, read back instead of asking.

A folder with one file a target: JSON of a host, JSON lines of a directory. What is written was
cleaned and redacted before, and is again when it is read: a recording serves tests, bug reports,
and a site where the outgoing team runs the audit itself, so it may come from anybody.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, structs

from collectors.clean import clean_text
from collectors.redact import redact
from collectors.spec import Dialect, Outcome
from collectors.transports.directory_recording import FORMAT as DIRECTORY_FORMAT
from collectors.transports.directory_recording import SUFFIX, Head, RecordedDirectory, Recording
from collectors.transports.session import Told
from inventory.errors import ConfigError
from inventory.model.evidence import Gap

FORMAT = 1
MOST_BYTES = 256 * 1024 * 1024  # of one file
_NAME = re.compile(r"[^\n\t]{1,300}")  # of a source or target


class Recorded(Struct, frozen=True):
    """What one target told, or why it told nothing."""

    format: int
    source: str
    target: str
    as_root: bool = False
    outcomes: dict[str, Outcome] = {}
    gap: Gap | None = None
    asked: tuple[int, int] | None = None  # when it began and ended, by the clock of who asked

    def told(self) -> Told | Gap:
        """Return what was told, or why nothing was."""
        return self.gap or Told(self.outcomes, self.as_root, self.asked)


def record(folder: Path, source: str, target: str, told: Told | Gap) -> None:
    """Write what a target told, or why it told nothing."""
    if isinstance(told, Gap):
        _write(folder, Recorded(FORMAT, source, target, gap=told))
    else:
        _write(
            folder,
            Recorded(FORMAT, source, target, told.as_root, told.outcomes, asked=told.asked),
        )


def record_directory(folder: Path, source: str, target: str, told: Dialect | Gap) -> Recording:
    """Begin the recording of a directory, or write whole why it told nothing. Raises OSError."""
    path = folder / _file_name(source, target, SUFFIX)
    if isinstance(told, Gap):
        recording = Recording(path, Head(DIRECTORY_FORMAT, source, target, gap=told))
        recording.close()
        return recording
    return Recording(path, Head(DIRECTORY_FORMAT, source, target, told))


def recordings(folder: Path) -> Iterator[Recorded | RecordedDirectory]:
    """Yield the recordings of a folder. Raises ConfigError naming the file that is none."""
    found_here = folder.iterdir() if folder.is_dir() else ()
    paths = sorted(path for path in found_here if path.suffix in (".json", SUFFIX))
    if not paths:
        raise ConfigError(f"{folder} holds no recording: `handover audit --record {folder}` does")
    seen: dict[tuple[str, str], Path] = {}
    for path in paths:
        found = RecordedDirectory(path) if path.suffix == SUFFIX else _read(path)
        if not all(_NAME.fullmatch(name) for name in (found.source, found.target)):
            raise ConfigError(f"{path} is not a recording: its source or target is no name")
        first = seen.setdefault((found.source, found.target), path)
        if first is not path:
            raise ConfigError(f"{path} records {found.target} as {first} does: remove one of them")
        yield found


def _read(path: Path) -> Recorded:
    try:
        found = msgspec.convert(_safe(msgspec.json.decode(_content(path))), Recorded)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as err:
        raise ConfigError(f"{path} is not a recording: {clean_text(str(err))[:200]}") from err
    if found.format != FORMAT:
        raise ConfigError(f"{path} has format {found.format}, this handover reads {FORMAT}")
    outcomes = {name: _redacted(outcome) for name, outcome in found.outcomes.items()}
    return structs.replace(found, outcomes=outcomes)


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise ConfigError(f"{path} is no regular file: it is no recording")
    if path.stat().st_size > MOST_BYTES:
        raise ConfigError(f"{path} is bigger than {MOST_BYTES} bytes: it is no recording")
    try:
        return path.read_bytes()
    except OSError as err:
        raise ConfigError(f"{path} cannot be read: {err.strerror}") from err


def _safe(value: Any) -> Any:
    """Return decoded JSON with every text printable."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_safe(one) for one in value]
    if isinstance(value, dict):
        return {clean_text(name): _safe(one) for name, one in value.items()}
    return value


def _redacted(outcome: Outcome) -> Outcome:
    answers, gaps = outcome
    return tuple(structs.replace(one, text=redact(one.text)) for one in answers), gaps


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


def _file_name(source: str, target: str, suffix: str = ".json") -> str:
    """Return a name that no target can choose: letters and digits of it, and a digest."""
    slug = re.sub(r"[^a-z0-9-]+", "-", target.lower())[:40].strip("-")
    digest = hashlib.sha256(f"{source}\0{target}".encode()).hexdigest()[:12]
    return f"{slug or 'target'}-{digest}{suffix}"
