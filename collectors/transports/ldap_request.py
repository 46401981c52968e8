"""One page of a search: the request as it is sent, and what a reader tells of the answer."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from collectors.entries import Values
from collectors.ldap_filter import Filter, parse_filter
from collectors.transports.ldap_ber import Attributes, Result
from collectors.transports.ldap_encode import (
    SHOW_DELETED,
    control,
    descriptor_flags,
    paged,
    search_request,
)

ANY = parse_filter("(objectClass=*)")


class Found(Struct, frozen=True):
    """An entry as it came: its attributes by names that are known, and all others."""

    dn: bytes
    known: dict[str, Values]
    others: Attributes


class Referred(Struct, frozen=True):
    """Where a part of the result would be asked for."""

    addresses: tuple[bytes, ...]


class Ended(Struct, frozen=True):
    """How a page ended; with a cookie there is a next one."""

    result: Result
    cookie: bytes = b""


Told = Found | Referred | Ended


class Reader(Protocol):
    """Sends one search request and yields what comes, `Ended` last."""

    def page(self, request: "Request") -> Iterator[Told]:
        """Yield what comes for one request. Raises TransportError, ParseError."""
        ...

    @property
    def received(self) -> int:
        """Return how many bytes came so far."""
        ...


class Request(Struct, frozen=True):
    """One page of one search, as it is sent."""

    base: bytes
    scope: str
    tree: Filter
    text: str  # the filter as it is written
    attributes: tuple[str, ...]
    silence_s: float
    page: int = 0  # entries; 0: not in pages
    cookie: bytes = b""
    descriptors: bool = False
    deleted: bool = False
    known: Mapping[bytes, str] = {}  # names of attributes as they are sent, and as they are called
    most: int = 0  # entries that the server may send at all; 0: it may send all

    def operation(self) -> bytes:
        """Return the search request."""
        most_s = max(1, int(self.silence_s))
        return search_request(
            self.base, self.scope, self.tree, self.attributes, most=self.most, most_s=most_s
        )

    def controls(self) -> list[bytes]:
        """Return its controls."""
        found = []
        if self.page:
            found.append(paged(self.page, self.cookie))
        if self.descriptors:
            found.append(descriptor_flags())
        if self.deleted:
            found.append(control(SHOW_DELETED, is_critical=True))
        return found


def rest_of(request: Request, base: bytes, attributes: tuple[str, ...]) -> Request:
    """Return the request for some attributes of one entry."""
    return replace(
        request,
        base=base,
        scope="base",
        tree=ANY,
        text="(objectClass=*)",
        attributes=attributes,
        page=0,
        cookie=b"",
        descriptors=False,
        known={},
    )
