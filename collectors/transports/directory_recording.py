"""What a directory told, in a file: written while it is read, read back one search at a time.

JSON lines: a head, then for each search its name, its entries and gaps in their order, and its
end. A value that is not text stands as base64 in brackets. Texts in which people write passwords
are masked, and attributes that hold secrets are dropped, when it is written and when it is read:
a recording may come from anybody.
"""

import base64
import binascii
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct, structs

from collectors.clean import clean_text
from collectors.directory_texts import masked, was_masked
from collectors.entries import MOST_TEXT, Entries, Entry, Values
from collectors.secret_attributes import SECRET_ATTRIBUTES
from collectors.secret_formats import MASK
from collectors.spec import Dialect, LdapSearch, SysvolFiles
from inventory.errors import ConfigError
from inventory.model.evidence import Gap, Why

FORMAT = 1
SUFFIX = ".jsonl"
MOST_BYTES = 8 << 30  # of one file
MOST_LINE = 128 << 20  # bytes: one entry
FREE_TEXTS = frozenset(("description", "info", "comment", "admindescription", "gecos"))

Value = str | tuple[str]  # text, or base64 of anything else


class Head(Struct, frozen=True, omit_defaults=True):
    """Which directory it was, and why it told nothing where it did not."""

    format: int
    source: str
    target: str
    dialect: Dialect = ""
    gap: Gap | None = None


class _Line(Struct, omit_defaults=True):
    """One line after the head: the begin or the end of a search, an entry, or a gap."""

    ask: str = ""
    number: int = 0  # of the search, so that two may run at once
    dn: str | None = None
    values: dict[str, tuple[Value, ...]] = {}
    gap: Gap | None = None
    end: bool = False


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(_Line)
_BEGIN = b'{"ask":'


class Recording:
    """The recording of one directory; it is there under its name when it is closed."""

    def __init__(self, path: Path, head: Head) -> None:
        """Begin it privately, under another name. Raises OSError."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path, self._part = path, path.with_suffix(".new")
        self._part.unlink(missing_ok=True)
        flags = os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY
        self._file: BinaryIO | None = os.fdopen(os.open(self._part, flags, 0o600), "wb")
        self._searches, self._size = 0, 0
        self.failure = ""  # why it is not whole
        self._put(head)

    def of(self, found: Entries) -> Entries:
        """Return the same entries and gaps; they are written as they are read."""
        self._searches += 1
        return Entries(found.ask, self._through(found, self._searches))

    def close(self) -> None:
        """End it; once is enough. One that is not whole is not kept."""
        file, self._file = self._file, None
        if file is None:
            return
        try:
            file.close()
            if not self.failure:
                self._part.replace(self._path)
        except OSError as err:
            self.failure = err.strerror or str(err)
        if self.failure:
            self._part.unlink(missing_ok=True)

    def _through(self, found: Entries, number: int) -> Iterator[Entry | Gap]:
        self._put(_Line(ask=found.ask, number=number))
        for entry in found:
            self._put(_Line(number=number, dn=entry.dn, values=dict(_told(entry))))
            yield entry
        for gap in found.gaps:
            self._put(_Line(number=number, gap=gap))
            yield gap
        self._put(_Line(number=number, end=True))

    def _put(self, line: Head | _Line) -> None:
        """Write a line; the audit itself goes on when that fails."""
        if self._file is None or self.failure:
            return
        raw = _ENCODER.encode(line) + b"\n"
        self._size += len(raw)
        if self._size > MOST_BYTES or len(raw) > MOST_LINE:
            self.failure = f"it would be bigger than {MOST_BYTES} bytes"
            return
        try:
            self._file.write(raw)
        except OSError as err:
            self.failure = err.strerror or str(err)


def _told(entry: Entry) -> Iterator[tuple[str, tuple[Value, ...]]]:
    for name, values in entry.values.items():
        if not is_secret(name):
            yield name, tuple(_value(name, raw) for raw in values)


def is_secret(attribute: str) -> bool:
    """Return whether an attribute holds secrets, with whatever options it is written."""
    return attribute.partition(";")[0].strip().lower() in SECRET_ATTRIBUTES


def _value(name: str, raw: bytes) -> Value:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return (base64.b64encode(raw).decode(),)
    return _without_secrets(text) if name in FREE_TEXTS else text


def _without_secrets(text: str) -> str:
    """Return the text masked, such that whoever reads it again sees that it held a secret."""
    told = masked(text)
    return told if told == text or was_masked(told) else f"{told} (password: {MASK})"


class RecordedDirectory:
    """A recorded directory: each search is read from its place in the file when it is wanted."""

    def __init__(self, path: Path) -> None:
        """Look through the file once. Raises ConfigError when it is no recording."""
        self._path, self._places = path, dict[str, tuple[int, int]]()
        try:
            with _opened(path) as file:
                self.head = _head(path, file.readline(1 << 20))
                self._look(file)
        except OSError as err:
            raise ConfigError(f"{path} cannot be read: {err.strerror}") from err

    @property
    def source(self) -> str:
        """Return the name of its source."""
        return self.head.source

    @property
    def target(self) -> str:
        """Return its name."""
        return self.head.target

    def search(self, name: str, _ask: LdapSearch | SysvolFiles) -> Entries:
        """Return what a search told; one that was not recorded was not asked."""
        return Entries(name, self._read(name))

    def _look(self, file: BinaryIO) -> None:
        at = file.tell()
        for raw in iter(lambda: file.readline(MOST_LINE), b""):
            if raw.startswith(_BEGIN):
                line = _line(raw)
                if line is None:
                    raise ConfigError(f"{self._path} is not a recording: it is damaged at {at}")
                self._places.setdefault(line.ask, (at, line.number))
            at += len(raw)

    def _read(self, name: str) -> Iterator[Entry | Gap]:
        if name not in self._places:
            yield Gap(Why.NOT_ASKED, name, "", "it is not in the recording", "audit")
            return
        at, number = self._places[name]
        with self._path.open("rb") as file:
            file.seek(at)
            file.readline(MOST_LINE)
            for raw in iter(lambda: file.readline(MOST_LINE), b""):
                line = _line(raw)
                if line is None:
                    yield Gap(Why.MALFORMED, name, "", "the recording is damaged", "audit")
                    return
                if line.number != number:
                    continue
                if line.end:
                    return
                yield from _of(line, name)
        yield Gap(Why.TRUNCATED, name, "", "the recording ends in the middle", "audit")


def _of(line: _Line, name: str) -> Iterator[Entry | Gap]:
    if line.gap is not None:
        yield _clean(line.gap)
    if line.dn is not None:
        values = dict(_values(line.values))
        yield Entry(name, clean_text(line.dn)[: 4 * MOST_TEXT], values)


def _values(told: dict[str, tuple[Value, ...]]) -> Iterator[tuple[str, Values]]:
    for name, values in told.items():
        plain = clean_text(name).lower()
        if not is_secret(plain):
            yield plain, tuple(_raw(plain, value) for value in values)


def _raw(name: str, value: Value) -> bytes:
    if isinstance(value, str):
        text = _without_secrets(value) if name in FREE_TEXTS else value
        return text.encode("utf-8", "backslashreplace")
    return base64.b64decode(value[0])


def _line(raw: bytes) -> _Line | None:
    """Return a line; None: it is none."""
    try:
        line = _DECODER.decode(raw)
        for values in line.values.values():
            for value in values:
                if not isinstance(value, str):
                    base64.b64decode(value[0], validate=True)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, binascii.Error, ValueError):
        return None
    return line


def _clean(gap: Gap) -> Gap:
    texts = (gap.ask, gap.part, gap.detail, gap.cure)
    return Gap(gap.why, *(clean_text(text)[:MOST_TEXT] for text in texts))


def _opened(path: Path) -> BinaryIO:
    if not path.is_file():
        raise ConfigError(f"{path} is no regular file: it is no recording")
    if path.stat().st_size > MOST_BYTES:
        raise ConfigError(f"{path} is bigger than {MOST_BYTES} bytes: it is no recording")
    return path.open("rb")


def _head(path: Path, raw: bytes) -> Head:
    try:
        head = msgspec.json.decode(raw, type=Head)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as err:
        raise ConfigError(f"{path} is not a recording: {clean_text(str(err))[:200]}") from err
    if head.format != FORMAT:
        raise ConfigError(f"{path} has format {head.format}, this handover reads {FORMAT}")
    if not head.dialect and head.gap is None:
        raise ConfigError(f"{path} is not a recording: it names no dialect")
    gap = None if head.gap is None else _clean(head.gap)
    source, target = clean_text(head.source), clean_text(head.target)
    return structs.replace(head, source=source, target=target, gap=gap)
