"""Pages of a tenant in a file, written as they come: an interrupted audit goes on from there.

JSON lines, private to their owner. A page is whole or not there: what was cut off in the middle of
a line is not read. The file goes when the store has the records (agent/audit/pages.py).
"""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from msgspec import Struct

from inventory.errors import StoreError

MOST_LINE = 256 << 20  # bytes of one page


class Page(Struct, frozen=True, omit_defaults=True):
    """One page: the rows, and where the next one lies; of a keyed ask all rows of one key."""

    ask: str  # name and URL: another question is another ask
    rows: tuple[Any, ...] = ()
    key: str = ""
    following: str = ""  # the link to the next page
    is_last: bool = False


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Page)


class PageLog:
    """The pages of one tenant. Safe to be used by several threads, each with asks of its own."""

    def __init__(self, path: Path) -> None:
        """Take the file, which may be there; raises StoreError when it cannot be opened."""
        self._path = path
        self._lock = threading.Lock()
        self._places: dict[str, list[tuple[int, int]]] = {}
        try:
            number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            self._file: BinaryIO = os.fdopen(number, "r+b", buffering=0)
            self._end = self._looked()
        except OSError as err:
            raise StoreError(f"{path}: pages cannot be kept: {err.strerror}") from err

    def kept(self, ask: str) -> Iterator[Page]:
        """Yield the pages of an ask that an interrupted audit has kept."""
        for at, size in self._places.get(ask, ()):
            yield _DECODER.decode(os.pread(self._file.fileno(), size, at))

    def keep(self, page: Page) -> None:
        """Write a page before its rows are handed out. Raises StoreError when there is no room."""
        try:
            raw = memoryview(_ENCODER.encode(page) + b"\n")
        except UnicodeEncodeError:  # half a character: the page is not kept, and asked again
            return
        with self._lock:
            try:
                at = self._end
                while raw:
                    written = os.pwrite(self._file.fileno(), raw, at)
                    raw, at = raw[written:], at + written
                self._end = at
            except OSError as err:
                raise StoreError(f"{self._path}: no room for what is read: {err.strerror}") from err

    def close(self) -> None:
        """Close the file; once is enough, twice does no harm."""
        self._file.close()

    def _looked(self) -> int:
        """Learn where which page stands; return the end of what is whole."""
        at = 0
        while page := _page(raw := self._line(at)):
            self._places.setdefault(page.ask, []).append((at, len(raw)))
            at += len(raw)
        os.ftruncate(self._file.fileno(), at)
        return at

    def _line(self, at: int) -> bytes:
        """Return the line at a place; nothing when it has no end."""
        parts: list[bytes] = []
        size = 0
        while size <= MOST_LINE:
            part = os.pread(self._file.fileno(), 1 << 20, at + size)
            if not part:
                return b""
            end = part.find(b"\n")
            if end >= 0:
                return b"".join((*parts, part[: end + 1]))
            parts.append(part)
            size += len(part)
        return b""


def _page(raw: bytes) -> Page | None:
    try:
        return _DECODER.decode(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
