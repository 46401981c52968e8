"""Sends one request to Graph until there is an answer: waits where it says so, renews the token."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from collectors.spec import GraphGet
from collectors.transports import graph_url
from collectors.transports.graph_codes import AWAY, Refused, refused
from collectors.transports.graph_http import BATCH, Reply, Wire
from collectors.transports.graph_json import decoded
from collectors.transports.graph_pace import Gate, gates, pause_of
from collectors.transports.graph_place import GraphLimits, GraphPlace
from collectors.transports.graph_token import Tokens
from inventory.errors import Denied, ParseError, TimedOut, TransportError, Unreachable

NOT_LICENSED = 3  # times that a tenant has to say so: some say it at times without being so
MOST_UNANSWERED = 3  # batches that may leave an item out
MOST_TRIES = {500: 2, 502: 4}  # of what is no sign of "come again"
EVENTUAL = {"ConsistencyLevel": "eventual"}


class Item(Struct, frozen=True):
    """One GET of a batch."""

    key: str
    url: str  # without host and version


class Answer(Struct, frozen=True):
    """What came back for a URL: the body, or the error."""

    body: Any = None
    error: Refused | None = None
    headers: Mapping[str, str] = {}


class Sender:
    """Asks one tenant. Raises TransportError when its host is away for too long."""

    def __init__(self, place: GraphPlace, limits: GraphLimits, wire: Wire, tokens: Tokens) -> None:
        """Take the wire and the tokens."""
        self._place, self._limits = place, limits
        self.wire, self._tokens = wire, tokens
        self._gates = gates(limits)
        self._refreshes = 0

    def url(self, ask: GraphGet, key: str = "") -> str:
        """Return the whole URL of an ask. Raises ValueError for a key that cannot be one."""
        return f"{self._base(ask)}{graph_url.relative(ask, key)}"

    def path_url(self, ask: GraphGet, path: str) -> str:
        """Return the URL of another path in the ask's version."""
        return f"{self._base(ask)}{path}"

    def is_ours(self, url: str) -> bool:
        """Return whether a link leads to the same origin as everything else."""
        try:
            return graph_url.origin(url) == graph_url.origin(self._place.graph_url)
        except ValueError:
            return False

    def get(self, ask: GraphGet, url: str) -> Answer:
        """Return the answer to one GET; a redirect has its place in the headers."""
        headers = EVENTUAL if ask.advanced or url.endswith("/$count") else {}
        cost, tries = graph_url.cost(ask), 0
        while True:
            answer = _answer(self._answered(ask, url, headers, None, cost))
            tries += 1
            if not (answer.error and answer.error.is_unlicensed_perhaps) or tries == NOT_LICENSED:
                return answer
            if not self._gate(ask).wait(pause_of(None, tries, self._limits)):
                return answer

    def batch(self, ask: GraphGet, items: Sequence[Item]) -> dict[str, Answer]:
        """Return the answers to at most twenty GETs by their keys; what was throttled waits."""
        found: dict[str, Answer] = {}
        left, tries = list(items), 0
        while left:
            told = self._batched(ask, left)
            again = [one for one in left if _is_away(told.get(one.key), tries)]
            found |= {one.key: told[one.key] for one in left if one.key in told}
            pause = max(
                (_pause(told.get(one.key), tries, self._limits) for one in again), default=0
            )
            tries += 1
            if not again or not self._gate(ask).wait(pause):
                break
            left = again
        return found

    def _batched(self, ask: GraphGet, items: Sequence[Item]) -> dict[str, Answer]:
        headers = dict(EVENTUAL) if ask.advanced else {}
        requests = [
            {"id": str(number), "method": "GET", "url": one.url, "headers": headers}
            for number, one in enumerate(items)
        ]
        body = msgspec.json.encode({"requests": requests})
        url = f"{self._base(ask)}{BATCH}"
        json_type = {"Content-Type": "application/json"}
        cost = len(items) * graph_url.cost(ask)
        answer = _answer(self._answered(ask, url, json_type, body, cost))
        if answer.error:
            return {one.key: answer for one in items}
        return dict(_inner(answer.body, items))

    def _base(self, ask: GraphGet) -> str:
        return f"{self._place.graph_url}/{ask.version}"

    def _gate(self, ask: GraphGet) -> Gate:
        return self._gates[ask.budget]

    def _answered(
        self, ask: GraphGet, url: str, headers: Mapping[str, str], body: bytes | None, cost: int
    ) -> Reply:
        """Return the first answer that is none of "come again", or the last that was."""
        tries = 0
        while True:
            failure: TransportError | None = None
            reply: Reply | None = None
            try:
                with self._gate(ask).turn(cost):
                    reply = self.wire.graph(url, self._headers(headers), body)
            except Denied:
                raise
            except (Unreachable, TimedOut) as err:
                if self.wire.is_over:
                    raise
                failure = err
            if reply is not None and reply.status == 401 and self._renew():
                continue
            if reply is not None and not _comes_again(reply.status, tries):
                return reply
            pause = pause_of(
                reply.headers.get("retry-after") if reply else None, tries, self._limits
            )
            tries += 1
            if not self._gate(ask).wait(pause):
                if reply is not None:
                    return reply
                raise failure or TimedOut("the service did not come back in time")

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self._tokens.token()}",
            "Accept": "application/json",
            "x-ms-throttle-priority": "low",
            **more,
        }

    def _renew(self) -> bool:
        """Get a new token for one that was not taken; tell whether it may be tried."""
        self._refreshes += 1
        if self._refreshes > self._limits.most_refreshes:
            return False
        self._tokens.token(fresh=True)
        return True


def _comes_again(status: int, tries: int) -> bool:
    return status in AWAY and tries < MOST_TRIES.get(status, 1 << 30)


def _answer(reply: Reply) -> Answer:
    if 300 <= reply.status < 400:
        return Answer(headers=reply.headers)
    body: Any = None
    try:
        body = reply.content.decode("utf-8-sig") if _is_text(reply) else decoded(reply.content)
    except (ParseError, UnicodeDecodeError) as err:
        if reply.status < 400:
            raise ParseError(str(err)) from err
    if reply.status >= 400:
        return Answer(error=refused(reply.status, body), headers=reply.headers)
    return Answer(body, headers=reply.headers)


def _is_text(reply: Reply) -> bool:
    return reply.headers.get("content-type", "").startswith("text/plain")


def _inner(body: Any, items: Sequence[Item]) -> Any:
    """Yield key and answer of each response of a batch; what is no response is left out."""
    responses = body.get("responses") if isinstance(body, dict) else None
    for one in responses if isinstance(responses, list) else ():
        number = one.get("id") if isinstance(one, dict) else None
        if not isinstance(number, str) or not number.isdigit() or len(number) > 2:
            continue
        status = one.get("status")
        if int(number) >= len(items) or not isinstance(status, int):
            continue
        headers = one.get("headers")
        told = headers if isinstance(headers, dict) else {}
        lower = {str(k).lower(): v for k, v in told.items() if isinstance(v, str)}
        error = refused(status, one.get("body")) if status >= 400 else None
        yield items[int(number)].key, Answer(one.get("body"), error, lower)


def _is_away(answer: Answer | None, tries: int) -> bool:
    """Return whether an item is to be asked again: it was throttled, or not answered at all."""
    if answer is None:
        return tries < MOST_UNANSWERED
    return answer.error is not None and _comes_again(answer.error.status, tries)


def _pause(answer: Answer | None, tries: int, limits: GraphLimits) -> float:
    return pause_of(answer.headers.get("retry-after") if answer else None, tries, limits)
