"""Reads one ask of a tenant: page by page, key by key, or a report; and says what is missing."""

import csv
import io
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec

from collectors.clean import clean_text
from collectors.rows import Row
from collectors.secret_properties import SECRET_PROPERTIES, without_secrets
from collectors.spec import Each, GraphGet
from collectors.transports import graph_url
from collectors.transports.graph_codes import Refused, gap_of, proves_none
from collectors.transports.graph_pages import Page, PageLog
from collectors.transports.graph_send import Answer, Item, Sender
from inventory.errors import Denied, ParseError, TimedOut, TransportError
from inventory.model.evidence import Gap, Why

BATCH_OF = 20  # requests (learn.microsoft.com/graph/json-batching)
MOST_PAGES = 100_000
MOST_COLUMNS = 200
Told = Iterator[Row | Gap]


class Reader:
    """Reads asks; several at a time, when each has a budget of its own."""

    def __init__(self, sender: Sender, pages: PageLog | None) -> None:
        """Take what sends; `pages`: where an interrupted audit has kept some."""
        self._sender, self._pages = sender, pages
        self._keys: dict[tuple[Each, str], tuple[tuple[str, ...], tuple[Gap, ...]]] = {}
        self._lock = threading.Lock()

    def read(self, name: str, ask: GraphGet) -> Told:
        """Yield what an ask tells, and gaps where they are met."""
        found = 0
        for one in self._told(name, ask):
            found += isinstance(one, Row)
            yield one
            if isinstance(one, Row):
                yield from one.misfits()
            if found >= ask.most_rows:
                yield Gap(Why.TRUNCATED, name, "", f"more than {ask.most_rows} rows", "limit")
                return
        if not found and ask.empty == "gap" and not ask.each:
            yield Gap(Why.DENIED, name, "", "an empty answer where there is always some", "scope")

    def _told(self, name: str, ask: GraphGet) -> Told:
        if ask.each:
            return self._keyed(name, ask)
        if ask.shape == "csv":
            return self._report(name, ask)
        if ask.shape == "one":
            return self._one(name, ask)
        return self._list(name, ask)

    def _one(self, name: str, ask: GraphGet) -> Told:
        try:
            answer = self._sender.get(ask, self._sender.url(ask))
        except (TransportError, ParseError) as err:
            yield failure(name, err)
            return
        if answer.error:
            if not proves_none(ask, answer.error):
                yield gap_of(name, ask, answer.error)
        elif isinstance(answer.body, dict):
            yield Row(name, without_secrets(answer.body))
        else:
            yield Gap(Why.MALFORMED, name, "", "the answer is no object", "report")

    def _list(self, name: str, ask: GraphGet) -> Told:
        seen: set[str] = set()
        for one in self._paged(name, ask):
            if isinstance(one, Gap) or _is_new(one, seen):
                yield one
        if ask.counted:
            yield from self._compared(name, ask, len(seen))

    def _paged(self, name: str, ask: GraphGet) -> Told:
        """Yield the rows of all pages: those that were kept, then those that are asked for."""
        first = self._sender.url(ask)
        ident, following = f"{name} {first}", first
        for page in self._pages.kept(ident) if self._pages else ():
            yield from (Row(name, body) for body in page.rows)
            following = page.following
            if page.is_last:
                return
        links: set[str] = set()
        rows = 0
        while following:
            links.add(following)
            try:
                answer = self._sender.get(ask, following)
                if answer.error and following != first and not rows and _is_stale(answer.error):
                    following = first  # the link of an interrupted audit is too old: from the start
                    links.clear()
                    continue
                found, next_link = self._page_of(ask, answer, links)
            except _RefusedError as err:
                yield from _refusal(name, ask, err.refused, rows)
                return
            except (TransportError, ParseError) as err:
                yield failure(name, err, f"after {rows} rows" if rows else "")
                return
            if self._pages:
                self._pages.keep(Page(ident, found, "", next_link, not next_link))
            rows += len(found)
            yield from (Row(name, body) for body in found)
            following = next_link

    def _page_of(
        self, ask: GraphGet, answer: Answer, links: set[str]
    ) -> tuple[tuple[dict[str, Any], ...], str]:
        """Return rows and next link of a page. Raises ParseError for one that cannot be."""
        if answer.error:
            raise _RefusedError(answer.error)
        rows, following = page_of(answer.body)
        if following and not self._sender.is_ours(following):
            raise ParseError("the next page lies on another host: it is not asked there")
        if following in links or len(links) > MOST_PAGES:
            raise ParseError("the pages go round in a circle")
        return rows, following

    def _compared(self, name: str, ask: GraphGet, rows: int) -> Iterator[Gap]:
        """Yield a gap when fewer rows came than the service counts."""
        try:
            answer = self._sender.get(
                msgspec.structs.replace(ask, advanced=True),
                self._sender.path_url(ask, ask.counted),
            )
        except (TransportError, ParseError) as err:
            yield failure(name, err, "the rows could not be counted")
            return
        text = str(answer.body).strip() if answer.body is not None else ""
        if answer.error or not text.isdigit() or len(text) > 12:
            why = str(answer.error) if answer.error else "no number"
            yield Gap(Why.FAILED, name, "", f"the rows could not be counted: {why}", "report")
        elif int(text) > rows:
            yield Gap(Why.TRUNCATED, name, "", f"{rows} of {text} came", "audit")

    def _keyed(self, name: str, ask: GraphGet) -> Told:
        keys, gaps = self._keys_of(name, ask)
        yield from gaps
        if len(keys) > ask.most_keys:
            detail = f"asked for {ask.most_keys} of {len(keys)}"
            yield Gap(Why.TRUNCATED, name, "", detail, "limit")
            keys = keys[: ask.most_keys]
        ident = f"{name} {ask.path} {ask.filter} {','.join(ask.select)}"
        wanted = set(keys)
        for page in self._pages.kept(ident) if self._pages else ():
            if page.key in wanted:
                wanted.discard(page.key)
                yield from (Row(name, body, page.key) for body in page.rows)
        left = iter([key for key in keys if key in wanted])
        while some := list(islice(left, BATCH_OF)):
            yield from self._of_some(name, ask, ident, some)

    def _of_some(self, name: str, ask: GraphGet, ident: str, keys: Sequence[str]) -> Told:
        """Yield what is told of at most twenty keys, each as a whole."""
        items, strange = [], []
        for key in keys:
            try:
                items.append(Item(key, graph_url.relative(ask, key)))
            except ValueError as err:
                strange.append(Gap(Why.NOT_ASKED, name, clean_text(key)[:256], str(err), "report"))
        yield from strange
        try:
            answers = self._sender.batch(ask, items) if items else {}
        except (TransportError, ParseError) as err:
            yield from (_of_part(failure(name, err), one.key) for one in items)
            return
        for one in items:
            yield from self._of_key(name, ask, ident, one.key, answers.get(one.key))

    def _of_key(
        self, name: str, ask: GraphGet, ident: str, key: str, answer: Answer | None
    ) -> Told:
        if answer is None:
            yield Gap(Why.TIMEOUT, name, key, "no answer came within the time for waiting", "time")
            return
        if answer.error and proves_none(ask, answer.error):
            self._keep(ident, key, ())
            return
        rows: list[dict[str, Any]] = []
        try:
            rows.extend(self._whole(ask, answer))
        except _RefusedError as err:
            yield gap_of(name, ask, err.refused, part=key)
            return
        except (TransportError, ParseError) as err:
            yield _of_part(failure(name, err), key)
            return
        self._keep(ident, key, tuple(rows))
        yield from (Row(name, body, key) for body in rows)

    def _keep(self, ident: str, key: str, rows: tuple[dict[str, Any], ...]) -> None:
        if self._pages:
            self._pages.keep(Page(ident, rows, key, "", is_last=True))

    def _whole(self, ask: GraphGet, answer: Answer) -> Iterator[dict[str, Any]]:
        """Yield all rows of one key, over all its pages."""
        if ask.shape == "one":
            if answer.error:
                raise _RefusedError(answer.error)
            if isinstance(answer.body, dict):
                yield without_secrets(answer.body)
            elif answer.body is not None:
                raise ParseError("the answer is no object")
            return
        links: set[str] = set()
        while True:
            rows, following = self._page_of(ask, answer, links)
            yield from rows
            if not following:
                return
            links.add(following)
            answer = self._sender.get(ask, following)

    def _keys_of(self, name: str, ask: GraphGet) -> tuple[tuple[str, ...], tuple[Gap, ...]]:
        """Return the keys for which an ask is sent; each list is read once for all asks."""
        keys: dict[str, None] = {}
        gaps: list[Gap] = []
        for each in ask.each:
            with self._lock:
                if (each, ask.budget) not in self._keys:
                    self._keys[each, ask.budget] = self._listed(name, ask, each)
                found, missing = self._keys[each, ask.budget]
            keys |= dict.fromkeys(found)
            gaps.extend(Gap(one.why, name, "", one.detail, one.cure) for one in missing)
        return tuple(keys), tuple(gaps)

    def _listed(
        self, name: str, ask: GraphGet, each: Each
    ) -> tuple[tuple[str, ...], tuple[Gap, ...]]:
        keys: dict[str, None] = {}
        gaps: list[Gap] = []
        for one in self._list(f"{name} keys", graph_url.list_of(ask, each)):
            if isinstance(one, Gap):
                gaps.append(one)
                continue
            keys |= dict.fromkeys(key for key in each.keys(one) if key)
            gaps.extend(one.misfits())
        return tuple(keys), tuple(gaps)

    def _report(self, name: str, ask: GraphGet) -> Told:
        """Yield the rows of a report in CSV, which lies at another place (a redirect)."""
        try:
            answer = self._sender.get(ask, self._sender.url(ask))
            if answer.error:
                yield gap_of(name, ask, answer.error)
                return
            place = answer.headers.get("location", "")
            with tempfile.TemporaryFile() as file:
                reply = self._sender.wire.report(place, file)
                if reply.status != 200:
                    why = f"the place of the report answers {reply.status}"
                    yield Gap(Why.FAILED, name, "", why, "report")
                    return
                file.seek(0)
                with io.TextIOWrapper(file, "utf-8-sig", "backslashreplace") as text:
                    yield from _csv_rows(name, text)
        except (TransportError, ParseError) as err:
            yield failure(name, err)


class _RefusedError(TransportError):
    """A page is an error."""

    def __init__(self, found: Refused) -> None:
        super().__init__(str(found))
        self.refused = found


def page_of(body: Any) -> tuple[tuple[dict[str, Any], ...], str]:
    """Return the rows of a page without secrets, and the next link. Raises ParseError."""
    rows = body.get("value") if isinstance(body, dict) else None
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise ParseError("the page has no list of objects")
    following = body.get("@odata.nextLink") or ""
    if not isinstance(following, str):
        raise ParseError("the link to the next page is no text")
    try:
        return tuple(map(without_secrets, rows)), following
    except RecursionError as err:
        raise ParseError("the answer is nested too deeply") from err


def failure(name: str, err: Exception, after: str = "") -> Gap:
    """Return the gap of an ask that the line or the answer did not survive."""
    detail = "; ".join(filter(None, (str(err)[:300], after)))
    if isinstance(err, ParseError):
        return Gap(Why.MALFORMED, name, "", detail, "report")
    if isinstance(err, Denied):
        return Gap(Why.DENIED, name, "", detail, "credential")
    if isinstance(err, TimedOut):
        return Gap(Why.TIMEOUT, name, "", detail, "time")
    return Gap(Why.UNREACHABLE, name, "", detail, "route")


def _refusal(name: str, ask: GraphGet, found: Refused, rows: int) -> Iterator[Gap]:
    if rows or not proves_none(ask, found):
        yield gap_of(name, ask, found, after=f"after {rows} rows" if rows else "")


def _of_part(gap: Gap, key: str) -> Gap:
    return Gap(gap.why, gap.ask, key, gap.detail, gap.cure)


def _is_stale(found: Refused) -> bool:
    return found.status in (400, 404, 410)


def _is_new(row: Row, seen: set[str]) -> bool:
    """Return whether a row is told the first time; one without an id always is."""
    ident = row.body.get("id")
    if not isinstance(ident, str):
        seen.add(f"#{len(seen)}")
        return True
    if ident in seen:
        return False
    seen.add(ident)
    return True


def _csv_rows(name: str, text: io.TextIOWrapper) -> Told:
    """Yield the rows of a CSV by its header (RFC 4180)."""
    rows = csv.reader(text)
    try:
        header = next(rows, [])[:MOST_COLUMNS]
        for cells in rows:
            if len(cells) != len(header):
                yield Gap(
                    Why.MALFORMED, name, "", "a line of the report has other columns", "report"
                )
                return
            yield Row(name, _cells(header, cells))
    except csv.Error as err:
        yield Gap(Why.MALFORMED, name, "", f"the report is no CSV: {err}", "report")


def _cells(header: Sequence[str], cells: Sequence[str]) -> Mapping[str, str]:
    return {
        title: cell
        for title, cell in zip(header, cells, strict=True)
        if title.lower() not in SECRET_PROPERTIES
    }
