"""Reads the results of searches page by page: what is missing is told, never passed over.

The way of one ask: its bases, the pages of each, the entries of each page, and after a page the
rest of every attribute that a server gave only in part (`member;range=0-1499`).
"""

from collections.abc import Generator, Iterator
from urllib.parse import unquote

from msgspec.structs import replace

from collectors.clean import clean
from collectors.entries import Entry, Values, clean_value
from collectors.ldap_filter import parse_filter
from collectors.spec import LdapSearch
from collectors.transports.ldap_ber import Result
from collectors.transports.ldap_codes import (
    NO_SUCH_OBJECT,
    REFERRAL,
    UNAVAILABLE_CRITICAL,
    explained,
    gap_reason,
)
from collectors.transports.ldap_encode import PAGED
from collectors.transports.ldap_names import Naming, Ranged, places, plain_dn
from collectors.transports.ldap_place import LdapLimits, RootDse
from collectors.transports.ldap_request import (
    Ended,
    Found,
    Reader,
    Referred,
    Request,
    rest_of,
)
from inventory.errors import ParseError, TimedOut, TransportError
from inventory.model.evidence import Gap, Why

MOST_EMPTY_PAGES = 100  # one after the other, each with word of a next one
MOST_REFERENCES = 1000
MOST_STEPS = 20_000  # of one attribute that comes in parts


class TooMuch(ParseError):
    """More came than is read."""


def found(
    reader: Reader, root: RootDse, limits: LdapLimits, name: str, ask: LdapSearch
) -> Iterator[Entry | Gap]:
    """Yield the entries of an ask, and a gap for whatever of them did not come."""
    if ask.dialect and ask.dialect != root.dialect:
        return
    bases = places(ask.base, root)
    if not bases:
        detail = f"{ask.base}: the server does not tell where that is"
        yield Gap(Why.NO_TOOL, name, "", detail, "report")
        return
    search = _Search(reader, root, limits, name, ask)
    yield from search.run(bases)


class _Search:
    """The state of one ask: what it asks, how much came, what was met before."""

    def __init__(
        self, reader: Reader, root: RootDse, limits: LdapLimits, name: str, ask: LdapSearch
    ) -> None:
        self._reader, self._root, self._limits = reader, root, limits
        self._name, self._ask = name, ask
        self._naming = Naming(ask.attributes, descriptors=ask.descriptors)
        self._entries = self._gaps = self._absent = 0
        self._first_of_pages: set[bytes] = set()
        self._referred: set[str] = set()
        self._from_byte = reader.received

    def run(self, bases: tuple[str, ...]) -> Iterator[Entry | Gap]:
        """Yield what all bases hold."""
        for base in bases:
            try:
                for one in self._pages(base):
                    self._gaps += isinstance(one, Gap)
                    yield one
            except (TransportError, ParseError) as err:
                self._gaps += 1
                yield self._failure(err)
        yield from self._absences(len(bases))

    def _absences(self, bases: int) -> Iterator[Gap]:
        """Yield the gap of a base that is not there, or of an answer that is empty."""
        ask = self._ask
        if self._absent == bases and ask.no_base == "gap":
            detail = f"{ask.base} is not there, or may not be seen: it needs {ask.needs}"
            yield self._gap(Why.DENIED, detail, "directory right")
        elif not (self._entries or self._gaps) and self._absent < bases and ask.empty == "gap":
            detail = f"an empty answer proves nothing: it needs {ask.needs}"
            yield self._gap(Why.DENIED, detail, "directory right")

    def _pages(self, base: str) -> Iterator[Entry | Gap]:
        request = self._request(base)
        empty = 0
        while True:
            before = self._entries
            ended = yield from self._page(request)
            code = ended.result.code
            if code == UNAVAILABLE_CRITICAL and request.page and not request.cookie:
                request = replace(request, page=0)
                continue
            if code:
                yield from self._ended_early(base, ended.result)
                return
            if not ended.cookie or not request.page:
                return
            empty = empty + 1 if before == self._entries else 0
            if empty > MOST_EMPTY_PAGES:
                raise ParseError(f"{empty} empty pages came, one after the other")
            request = replace(request, cookie=ended.cookie)

    def _request(self, base: str) -> Request:
        ask, is_ad = self._ask, self._root.dialect == "ad"
        can_page = ask.scope != "base" and PAGED.decode() in self._root.controls
        return Request(
            base.encode(),
            ask.scope,
            parse_filter(ask.filter),
            ask.filter,
            self._naming.asked,
            min(self._limits.silence_s, ask.timeout_s),
            self._limits.page if can_page else 0,
            b"",
            ask.descriptors and is_ad,
            ask.deleted and is_ad,
            self._naming.known,
        )

    def _page(self, request: Request) -> Generator[Entry | Gap, None, Ended]:
        """Yield the entries of one page; those that came in part wait for its end."""
        held: list[tuple[Found, Entry, tuple[Ranged, ...]]] = []
        is_first = True
        for told in self._reader.page(request):
            if isinstance(told, Found):
                if is_first and request.page:
                    self._is_new(told.dn)
                is_first = False
                self._count()
                entry, ranges = self._entry(told)
                if ranges:
                    held.append((told, entry, ranges))
                else:
                    yield entry
            elif isinstance(told, Referred):
                yield from self._references(told)
            else:
                for one in held:
                    yield from self._completed(request, *one)
                return told
        raise ParseError("a page has no end")

    def _is_new(self, dn: bytes) -> None:
        """Refuse a page that came before.

        The cookie cannot tell: Samba and 389-ds give the same one for all pages of a search.
        """
        if dn in self._first_of_pages:
            raise ParseError("the server sends the same page again")
        self._first_of_pages.add(dn)

    def _count(self) -> None:
        self._entries += 1
        if self._entries > self._ask.most_entries:
            raise TooMuch(f"more than {self._ask.most_entries} entries")
        if self._reader.received - self._from_byte > self._limits.most_bytes:
            raise TooMuch(f"more than {self._limits.most_bytes} bytes")

    def _entry(self, told: Found) -> tuple[Entry, tuple[Ranged, ...]]:
        ranges = self._naming.enter(told.others, told.known) if told.others else ()
        return Entry(self._name, clean_value(told.dn), told.known), ranges

    def _completed(
        self, request: Request, told: Found, entry: Entry, ranges: tuple[Ranged, ...]
    ) -> Iterator[Entry | Gap]:
        """Yield an entry with the rest of its attributes; and a gap of it where the rest fails."""
        values: dict[str, Values] = dict(entry.values)
        for one in ranges:
            try:
                for more in self._rest(request, told, one):
                    values[one.name] = (*values.get(one.name, ()), *more)
            except (TransportError, ParseError) as err:
                failure = self._failure(err)
                detail = f"{one.name} after {len(values.get(one.name, ()))} values: "
                yield Gap(failure.why, self._name, entry.dn, detail + failure.detail, failure.cure)
        yield Entry(self._name, entry.dn, values)

    def _rest(self, request: Request, told: Found, first: Ranged) -> Iterator[Values]:
        """Yield the values of an attribute after those that came, part by part."""
        at: int | None = first.following
        for _ in range(MOST_STEPS):
            if at is None:
                return
            asked = (f"{first.name};range={at}-*",)
            more = self._part(rest_of(request, told.dn, asked), first.name)
            if more.start != at or not more.values:
                raise ParseError(f"asked from {at}, the server gives values from {more.start}")
            yield more.values
            at = more.following
        raise TooMuch(f"more than {MOST_STEPS} parts")

    def _part(self, request: Request, name: str) -> Ranged:
        part: Ranged | None = None
        for told in self._reader.page(request):
            if isinstance(told, Found):
                ranges = self._naming.parts(told.others)
                part = next((one for one in ranges if one.name == name), part)
            elif isinstance(told, Ended) and told.result.code:
                raise _Failed(told.result)
        if part is None:
            raise ParseError("the server does not give the rest of it")
        return part

    def _references(self, told: Referred) -> Iterator[Gap]:
        """Yield a gap for a part that lies on another server, unless it is asked for by itself."""
        parts = {_part_of(address) for address in told.addresses}
        here = {plain_dn(context) for context in self._root.contexts}
        for part in sorted(parts - self._referred):
            if plain_dn(part) in here or len(self._referred) >= MOST_REFERENCES:
                continue
            self._referred.add(part)
            yield Gap(
                Why.NOT_ASKED, self._name, part, f"the referral to {part} is not followed", "source"
            )

    def _ended_early(self, base: str, ended: Result) -> Iterator[Gap]:
        if ended.code == NO_SUCH_OBJECT:
            self._absent += 1
        elif ended.code == REFERRAL:
            yield from self._references(Referred(ended.referrals or (base.encode(),)))
        else:
            yield self._failure(_Failed(ended))

    def _failure(self, err: Exception) -> Gap:
        match err:
            case _Failed():
                why, cure = gap_reason(err.ended)
                return self._gap(why, f"{err} after {self._entries} entries", cure)
            case TooMuch():
                return self._gap(Why.TRUNCATED, str(err), "limit")
            case ParseError():
                return self._gap(Why.MALFORMED, str(err), "report")
            case TimedOut():
                return self._gap(Why.TIMEOUT, str(err), "time")
            case _:
                return self._gap(Why.UNREACHABLE, str(err), "route")

    def _gap(self, why: Why, detail: str, cure: str) -> Gap:
        return Gap(why, self._name, "", detail, cure)


class _Failed(TransportError):
    """A search ended with an error."""

    def __init__(self, ended: Result) -> None:
        super().__init__(explained(ended))
        self.ended = ended


def _part_of(address: bytes) -> str:
    """Return the DN in `ldap://host/DC=other?...`; the whole address where there is none."""
    text = clean(address[:4096])
    _, _, rest = text.partition("://")
    dn = unquote(rest.partition("/")[2].partition("?")[0])
    return clean(dn.encode()) if dn else text
