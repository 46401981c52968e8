"""Two ways to read the results of a search: our own fast one, and the one of ldap3.

The fast one reads whatever comes over a plain or TLS line. Where Kerberos seals the line, ldap3
decodes what comes. Both yield the same.
"""

import time
from collections.abc import Iterator
from typing import Any

from ldap3.core.exceptions import LDAPException
from pyasn1.error import PyAsn1Error

from collectors.clean import clean_text
from collectors.transports.ldap_ber import (
    DONE,
    ENTRY,
    EXTENDED,
    INTERMEDIATE,
    REFERENCE,
    Message,
    Result,
    controls,
    cookie,
    entry,
    references,
    result,
)
from collectors.transports.ldap_bind import Heard, connection_over
from collectors.transports.ldap_codes import explained
from collectors.transports.ldap_encode import (
    OWNER_GROUP_DACL,
    PAGED,
    SD_FLAGS,
    SHOW_DELETED,
    integer,
    message_bytes,
    tlv,
)
from collectors.transports.ldap_request import Ended, Found, Referred, Request, Told
from collectors.transports.ldap_wire import LdapWire
from inventory.errors import ParseError, TimedOut, Unreachable

BETWEEN_S = 120.0  # without a byte; each request sets its own
MOST_LEFT = 100_000  # messages of an abandoned page that are read past
MOST_SILENT = 2  # asks, one after the other, that a server may leave without an answer
_DISCONNECTED = b"1.3.6.1.4.1.1466.20036"  # notice of disconnection, RFC 4511 section 4.4.1
_SCOPES = {"base": "BASE", "one": "LEVEL", "subtree": "SUBTREE"}


class FastReader:
    """Reads pages with our own reader; one at a time over one line."""

    def __init__(self, wire: LdapWire, end: float) -> None:
        """Take the wire, and when (time.monotonic) all reading is over."""
        self._wire, self._end = wire, end
        self._open: int | None = None  # the id of a page that was not read to its end
        self._stale: set[int] = set()  # ids that were given up while the server was silent
        self._silent = 0

    @property
    def received(self) -> int:
        """Return how many bytes came so far."""
        return self._wire.received

    def page(self, request: Request) -> Iterator[Told]:
        """Yield what comes for one request, `Ended` last. Raises TransportError, ParseError."""
        self._finish_last(request.silence_s)
        number = self._wire.next_id()
        raw = message_bytes(number, request.operation(), request.controls())
        self._wire.send(raw, request.silence_s)
        self._open, known = number, request.known
        while True:
            if self._open != number:
                raise ParseError("another search was begun before this one was read to its end")
            told = self._next(number, request.silence_s)
            if told.op == ENTRY:
                yield Found(*entry(told, known))
            elif told.op == REFERENCE:
                yield Referred(references(told))
            elif told.op == DONE:
                self._open, self._silent = None, 0
                yield Ended(result(told), _cookie(told))
                return
            elif told.op != INTERMEDIATE:
                raise self._spoilt(f"an answer of the type {told.op:#04x} came to a search")

    def _next(self, number: int, silence_s: float) -> Message:
        """Return the next message of a search; those of one that was given up are passed over."""
        while True:
            try:
                told = self._wire.receive(silence_s, self._end)
            except TimedOut:
                self._gave_up(number)
                raise
            if told.id == number:
                return told
            if told.id == 0:
                self._noticed(told)
            elif told.id not in self._stale:
                raise self._spoilt(f"an answer to {told.id} came, and {number} was asked")

    def _gave_up(self, number: int) -> None:
        self._stale.add(number)
        self._open = None
        self._silent += 1
        if self._silent >= MOST_SILENT or time.monotonic() >= self._end:
            self._wire.broken = Unreachable("the server no longer answered before it was asked")

    def _noticed(self, told: Message) -> None:
        """Take a word that nobody asked for (section 4.4): the end, or nothing that matters."""
        if told.op != EXTENDED:
            raise self._spoilt("an answer came that belongs to no question")
        ended = result(told)
        if ended.name == _DISCONNECTED:
            self._wire.broken = Unreachable(f"the server ended the connection ({explained(ended)})")
            raise self._wire.broken

    def _finish_last(self, silence_s: float) -> None:
        """Read past what is left of a page that nobody read to its end."""
        for _ in range(MOST_LEFT):
            if self._open is None:
                return
            if self._next(self._open, silence_s).op == DONE:
                self._open = None
        raise self._spoilt(f"a page that was left has more than {MOST_LEFT} entries")

    def _spoilt(self, why: str) -> ParseError:
        self._wire.broken = Unreachable(f"what the server sent before could not be used: {why}")
        return ParseError(why)


def _cookie(told: Message) -> bytes:
    return next((cookie(value) for name, value in controls(told) if name == PAGED), b"")


class Ldap3Reader:
    """Reads pages through ldap3, a page in memory at a time."""

    def __init__(self, wire: LdapWire, server: str, end: float) -> None:
        """Take a wire on which the audit is let in, and when all reading is over."""
        self._wire, self._heard = wire, Heard(wire, BETWEEN_S, end)
        self._connection = connection_over(wire, server, self._heard)
        self._connection.bound = True

    @property
    def received(self) -> int:
        """Return how many bytes came so far."""
        return self._wire.received

    def page(self, request: Request) -> Iterator[Told]:
        """Yield what comes for one request, `Ended` last. Raises TransportError, ParseError."""
        connection, self._heard.silence_s = self._connection, request.silence_s
        try:
            connection.search(
                request.base.decode("utf-8"),
                request.text,
                search_scope=_SCOPES[request.scope],
                dereference_aliases="NEVER",
                attributes=list(request.attributes),
                size_limit=request.most,
                time_limit=max(1, int(request.silence_s)),
                controls=_controls(request),
                paged_size=request.page or None,
                paged_criticality=True,
                paged_cookie=request.cookie or None,
            )
            told, ended = connection.response or (), connection.result
        except (LDAPException, PyAsn1Error, ValueError, LookupError, TypeError) as err:
            why = clean_text(str(err))[:200]
            raise ParseError(f"ldap3 cannot read what the server sent: {why}") from err
        yield from map(_told, told)
        yield _ended(ended)


def _controls(request: Request) -> list[tuple[str, bool, bytes | None]]:
    flags = tlv(0x30, integer(OWNER_GROUP_DACL))
    found: list[tuple[str, bool, bytes | None]] = []
    if request.descriptors:
        found.append((SD_FLAGS.decode(), True, flags))
    if request.deleted:
        found.append((SHOW_DELETED.decode(), True, None))
    return found


def _told(one: dict[str, Any]) -> Told:
    if one["type"] == "searchResRef":
        return Referred(tuple(address.encode() for address in one["uri"]))
    values = one["raw_attributes"].items()
    return Found(one["raw_dn"], {}, {name.encode(): tuple(told or ()) for name, told in values})


def _ended(told: dict[str, Any]) -> Ended:
    control = (told.get("controls") or {}).get(PAGED.decode(), {})
    cookie = (control.get("value") or {}).get("cookie") or b""
    referrals = tuple(address.encode() for address in told.get("referrals") or ())
    text = str(told.get("message") or "").encode()
    matched = str(told.get("dn") or "").encode()
    return Ended(Result(int(told["result"]), matched, text, referrals), bytes(cookie))
