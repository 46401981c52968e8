"""Records to canonical bytes and back: what the store keeps and what every digest covers.

The form is JSON with sorted field names, UTF-8, without the record's place (`at`). It is frozen
by golden tests: a digest sealed today must come out the same with any later library.
"""

import hashlib
import zlib
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import Struct

from inventory.errors import StoreError
from inventory.model.evidence import Gap, Pointer
from inventory.model.record import KINDS, Record
from inventory.reading import Reading

MOST_FIELD = 4096  # bytes of one text; a longer one is cut and says so
_ENCODER = msgspec.json.Encoder(order="sorted")


class Coded(Struct, frozen=True, gc=False):
    """A record as the store keeps it."""

    kind: str
    version: int
    part: str
    key: str  # canonical JSON of the key's values
    body: str  # canonical JSON of all content
    at: Pointer


def encode(record: Record) -> Coded:
    """Return the record in the form that is stored."""
    kind, at, part = type(record), record.at, record.part
    if not (_is_plain(at.ask) and _is_plain(at.where)):
        at = Pointer(plain(at.ask), plain(at.where))
    if part and not _is_plain(part):
        part = plain(part)
    key, body = key_bytes(record).decode(), body_bytes(record).decode()
    return Coded(kind.__name__, kind.VERSION, part, key, body, at)


def body_bytes(record: Record) -> bytes:
    """Return the canonical JSON of all content, without the record's place."""
    content = msgspec.structs.asdict(record)
    del content["at"]
    return canonical(content)


def key_bytes(record: Record) -> bytes:
    """Return the canonical JSON of the key's values."""
    return canonical(_key_of(type(record))(record))


def canonical(value: object) -> bytes:
    """Return the one JSON form of a value; over-long texts are cut, lone surrogates escaped."""
    try:
        raw = _ENCODER.encode(value)
    except UnicodeEncodeError:  # clean() lets none through; a plugin may
        return _ENCODER.encode(_bounded(msgspec.to_builtins(value, order="sorted")))
    if len(raw) <= MOST_FIELD:
        return raw
    return _ENCODER.encode(_bounded(msgspec.to_builtins(value, order="sorted")))


def plain(text: str) -> str:
    """Return the text as it may be stored: valid Unicode of at most MOST_FIELD bytes and a mark.

    The mark carries a digest of the whole, so that two long texts with one beginning differ.
    """
    if _is_plain(text):
        return text
    raw = text.encode("utf-8", "backslashreplace")
    if len(raw) <= MOST_FIELD:
        return raw.decode()
    digest = hashlib.sha256(raw).hexdigest()
    return f"{raw[:MOST_FIELD].decode('utf-8', 'ignore')}…[cut, sha256:{digest}]"


def _is_plain(text: str) -> bool:
    """Tell whether a text may be stored as it is: the common case, told fast."""
    return len(text) <= MOST_FIELD // 4 and text.isascii()


def plain_reading(reading: Reading) -> Reading:
    """Return the reading with storable texts, its gaps in order and each once."""
    gaps = (
        Gap(gap.why, plain(gap.ask), plain(gap.part), plain(gap.detail), plain(gap.cure))
        for gap in set(reading.gaps)
    )
    return msgspec.structs.replace(reading, gaps=tuple(sorted(set(gaps))))


def decode(kind: str, version: int, body: str, at: Pointer) -> Record:
    """Return the record. Raises StoreError for a kind, version or body that cannot be read."""
    known = KINDS.get(kind)
    if known is None:
        raise StoreError(
            f"the store has records of kind {kind!r}, which this handover does not know: "
            "use the version or the plugin that wrote them"
        )
    if version != known.VERSION:
        raise StoreError(
            f"the store has {kind} records of version {version}, this handover reads version "
            f"{known.VERSION}: use the version that wrote them"
        )
    try:
        record = msgspec.json.decode(body, type=known)
    except (msgspec.DecodeError, UnicodeEncodeError) as err:
        raise StoreError(f"a stored {kind} cannot be read, check with verify: {err}") from err
    return msgspec.structs.replace(record, at=at)


def is_same(kind: str, version: int, old: str, new: str) -> bool:
    """Tell whether two bodies say the same; `old` may lack fields that the kind has got since."""
    if old == new:
        return True
    if version != KINDS[kind].VERSION:
        return False
    try:
        return body_bytes(decode(kind, version, old, Pointer())).decode() == new
    except StoreError:
        return False


def shape(kind: str) -> str:
    """Return the version and a checksum of the fields of a kind: `1-5d41402a`; "" if unknown.

    A field that came or went makes another shape, so that it is not taken for a changed world.
    """
    known = KINDS.get(kind)
    return "" if known is None else _shape(known)


@cache
def _key_of(kind: type[Record]) -> Callable[[Record], tuple[Any, ...]]:
    """Return what reads the key fields of a kind; one that overrides `key` is not asked."""
    if len(kind.KEY) < 2:
        return lambda record: tuple(getattr(record, name) for name in kind.KEY)
    return attrgetter(*kind.KEY)


@cache
def _shape(known: type[Record]) -> str:
    fields = ",".join(sorted(field.name for field in msgspec.structs.fields(known)))
    return f"{known.VERSION}-{zlib.crc32(fields.encode()):08x}"


def digest(salt: bytes, coded: Coded) -> bytes:
    """Return the salted SHA-256 of a record's content; its place is evidence, not content."""
    content = (coded.kind, coded.version, coded.part, coded.key, coded.body)
    return hashlib.sha256(salt + _ENCODER.encode(content)).digest()


def _bounded(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list | tuple):
        return [_bounded(one) for one in value]
    if isinstance(value, dict):
        return {_bounded(name): _bounded(one) for name, one in value.items()}
    return value
