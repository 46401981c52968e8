"""Records on their way into the store, kept in a file that has no name: none of them in memory.

Whoever asks writes them as they come, in their stored form; whoever writes the store reads them
from there, as often as need be. The file is private, and gone with the last who knows it.
"""

import hashlib
import os
import tempfile
import weakref
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from pathlib import Path

import msgspec

from inventory.codec import decode, encode
from inventory.errors import StoreError
from inventory.model.evidence import Pointer
from inventory.model.record import KINDS, Record

Line = tuple[str, int, str, str, str, str, str]  # kind, version, part, key, body, ask, place
BLOCK_RECORDS, BLOCK_BYTES = 500, 256 * 1024  # whatever is full first
_HEAD = 4  # bytes: how long the block is that follows
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[Line])


class Spool:
    """One file for the records of several readings."""

    def __init__(self, folder: Path | None = None) -> None:
        """Make the file in a folder, or in the system's. Raises StoreError where it cannot be."""
        self._folder = folder or Path(tempfile.gettempdir())
        try:
            file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115
        except OSError as err:
            raise self._error(err) from err
        weakref.finalize(self, file.close)
        self._file, self._end = file.fileno(), 0

    def keep(self, records: Iterable[Record]) -> "Spooled":
        """Write the records of one reading; of those with the same key, the first. Return them.

        Raises StoreError when the disk is full.
        """
        begin, count = self._end, 0
        kinds: set[str] = set()
        for block in _blocks(_once(records)):
            self._append(_ENCODER.encode(block))
            kinds.update(line[0] for line in block)
            count += len(block)
        return Spooled(self, begin, self._end, count, frozenset(kinds))

    def blocks(self, begin: int, end: int) -> Iterator[list[Line]]:
        """Yield what lies between two places."""
        while begin < end:
            size = int.from_bytes(self._read(begin, _HEAD), "big")
            yield _DECODER.decode(self._read(begin + _HEAD, size))
            begin += _HEAD + size

    def _read(self, at: int, size: int) -> bytes:
        found = os.pread(self._file, size, at)
        if len(found) != size:
            raise StoreError(f"{self._folder}: what was read could not be kept on the disk")
        return found

    def _append(self, block: bytes) -> None:
        raw = memoryview(len(block).to_bytes(_HEAD, "big") + block)
        try:
            while raw:
                written = os.pwrite(self._file, raw, self._end)
                raw, self._end = raw[written:], self._end + written
        except OSError as err:
            raise self._error(err) from err

    def _error(self, err: OSError) -> StoreError:
        return StoreError(f"{self._folder}: no room for what is read: {err.strerror}")


class Spooled(Collection[Record]):
    """The records of one reading, to be read as often as need be."""

    def __init__(
        self, spool: Spool, begin: int, end: int, count: int, kinds: frozenset[str]
    ) -> None:
        """Take the spool, the place in it, and what is there."""
        self._spool, self._begin, self._end = spool, begin, end
        self._count, self.kinds = count, kinds

    def __len__(self) -> int:
        """Return how many there are."""
        return self._count

    def __iter__(self) -> Iterator[Record]:
        """Yield the records."""
        for kind, version, _, _, body, ask, place in self._lines():
            yield decode(kind, version, body, Pointer(ask, place))

    def __contains__(self, record: object) -> bool:
        """Tell whether one of them equals the record."""
        return any(one == record for one in self)

    def lines(self, *, volatile: bool) -> Iterator[Line]:
        """Yield the stored form of those that last, or of the volatile ones."""
        wanted = {kind for kind in self.kinds if KINDS[kind].VOLATILE is volatile}
        if not wanted:
            return iter(())
        if wanted == self.kinds:
            return self._lines()
        return (line for line in self._lines() if line[0] in wanted)

    def _lines(self) -> Iterator[Line]:
        return chain.from_iterable(self._spool.blocks(self._begin, self._end))


def _once(records: Iterable[Record]) -> Iterator[Line]:
    """Yield the stored form of each record whose key was not seen before."""
    seen: set[bytes] = set()
    for record in records:
        one = encode(record)
        name = hashlib.blake2b(f"{one.kind}\0{one.key}".encode(), digest_size=16).digest()
        if name not in seen:
            seen.add(name)
            yield one.kind, one.version, one.part, one.key, one.body, one.at.ask, one.at.where


def _blocks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    block: list[Line] = []
    size = 0
    for line in lines:
        block.append(line)
        size += len(line[4])
        if len(block) == BLOCK_RECORDS or size >= BLOCK_BYTES:
            yield block
            block, size = [], 0
    if block:
        yield block
