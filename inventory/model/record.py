"""What every record kind has: a key, a part, a version; and the list of all kinds."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

import msgspec
from msgspec import Struct

from inventory.model.evidence import Pointer


class Mark(StrEnum):
    """What an identifier is; the matching engine compares each kind in its own way."""

    MAIL = "mail"  # alice@oldmsp.example
    FINGERPRINT = "fingerprint"  # SHA256:... of an SSH key
    TENANT = "tenant"
    ADDRESS = "address"  # IPv4 or IPv6 address or network
    INSTANCE = "instance"  # tenant, site or instance id of an agent
    SERVER = "server"  # host name, or a URL with one
    DOMAIN = "domain"  # of the DNS: a mail domain, or what somebody has registered
    ACCOUNT = "account"  # login name
    PERSON = "person"  # a person's name, as in GECOS
    TEXT = "text"  # free text that may mention any of the above; only ever proposes


class Identifier(Struct, frozen=True):
    """One mark that a record carries and that a party's profile may recognise."""

    mark: Mark
    value: str


KINDS: dict[str, type["Record"]] = {}


class Record(Struct, frozen=True, kw_only=True, gc=False):
    """One fact as one reading saw it. Subclasses name their key fields in KEY.

    KEY: fields that say which fact this is within its reading; the rest may change over time.
    VERSION: raised when the meaning of the fields changes.
    VOLATILE: kept for the newest audit only (uptime, free space, peers).
    PART: the field that names the part of the reading it belongs to (a file, a home), or "".
    A field that is None: the source was read and does not state it; where the reading has a gap,
    what is missing may state it.
    """

    KEY: ClassVar[tuple[str, ...]] = ()
    VERSION: ClassVar[int] = 1
    VOLATILE: ClassVar[bool] = False
    PART: ClassVar[str] = ""

    at: Pointer = Pointer()  # evidence, not content: outside of key, body and digest

    def __init_subclass__(cls, **options: Any) -> None:
        """Enter the kind into KINDS; a second kind of the same name is a programming error."""
        super().__init_subclass__(**options)
        if cls.__name__ in KINDS and KINDS[cls.__name__].__module__ != cls.__module__:
            raise TypeError(f"record kind {cls.__name__} is declared twice")
        KINDS[cls.__name__] = cls

    @property
    def part(self) -> str:
        """Return the part of the reading that this record belongs to; "" for the whole."""
        return str(getattr(self, self.PART)) if self.PART else ""

    def key(self) -> tuple[Any, ...]:
        """Return the values of the key fields, in their order."""
        return tuple(getattr(self, name) for name in self.KEY)

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the marks by which a party may be recognised; none unless a kind says so."""
        return iter(())


RecordT = TypeVar("RecordT", bound=Record)


def replace_at(record: RecordT, at: Pointer) -> RecordT:
    """Return the record with its place set."""
    return msgspec.structs.replace(record, at=at)
