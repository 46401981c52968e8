"""A door to a tenant through Microsoft Graph: logged in once, then read-only requests.

    with open_tenant(place, login, guard, GraphLimits()) as door:
        for row in door.rows("entra.domains/domains", DOMAINS):
            ...

Only GET is ever sent, and POST of batches that hold GETs. Several threads may read at once, each an
ask of another budget.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from types import TracebackType

from collectors.graph_lint import graph_problems
from collectors.rows import Row, Rows
from collectors.spec import CONNECTION, GraphGet
from collectors.transports.graph_http import Wire
from collectors.transports.graph_pages import PageLog
from collectors.transports.graph_place import GraphLimits, GraphLogin, GraphPlace
from collectors.transports.graph_read import Reader
from collectors.transports.graph_send import Sender
from collectors.transports.graph_token import Claims, Tokens
from collectors.transports.guard import LockoutGuard
from inventory.errors import Denied, TimedOut, Unreachable
from inventory.model.evidence import Gap, Why

__all__ = ["Claims", "GraphDoor", "GraphLimits", "GraphLogin", "GraphPlace", "open_tenant"]

LOGIN_TRIES = 3  # of a login service that does not answer


class GraphDoor:
    """An open tenant."""

    def __init__(
        self,
        place: GraphPlace,
        login: GraphLogin,
        wire: Wire,
        reader: Reader,
        claims: Claims,
        pages: PageLog | None,
    ) -> None:
        """Take what logging in told."""
        self._place, self._login, self._wire = place, login, wire
        self._reader, self._pages = reader, pages
        self.claims = claims

    def __enter__(self) -> "GraphDoor":
        """Return the door, which is open already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, at: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._wire.close()
        if self._pages:
            self._pages.close()

    def rows(self, ask_name: str, ask: GraphGet) -> Rows:
        """Return what an ask tells; it is sent when it is read, page by page.

        Raises ValueError when it is one that must not be sent: a mistake in a collector.
        """
        if problems := list(graph_problems(ask)):
            raise ValueError(f"{ask_name} {problems[0]}")
        if ask.path == CONNECTION:
            return Rows(ask_name, (self._connection(ask_name),))
        if reason := self._not_asked(ask):
            return Rows(ask_name, (Gap(Why.NOT_ASKED, ask_name, "", *reason),))
        return Rows(ask_name, self._reader.read(ask_name, ask))

    def _not_asked(self, ask: GraphGet) -> tuple[str, str] | None:
        """Return why an ask cannot be sent here, and what would cure it."""
        if self._place.cloud and self._place.cloud not in ask.clouds:
            return f"the cloud {self._place.cloud} does not have it", "cloud"
        if self._login.device_code and ask.as_person == "-":
            return "only an app can ask it", "app"
        if not self._login.device_code and not ask.needs:
            return "only a person can ask it: log in with a device code", "person"
        return None

    def _connection(self, ask_name: str) -> Row:
        body = {
            "login": self._login.how,
            "cloud": self._place.cloud or self._place.graph_url,
            "appId": self.claims.app,
            "objectId": self.claims.object,
            "person": self.claims.person,
            "permissions": list(self.claims.permissions),
        }
        return Row(ask_name, body)


def open_tenant(
    place: GraphPlace,
    login: GraphLogin,
    guard: LockoutGuard,
    limits: GraphLimits,
    pages: PageLog | None = None,
) -> GraphDoor:
    """Get a token, so that a tenant can be asked; `pages`: what an interrupted audit has kept.

    Raises Unreachable, Denied (Untrusted: the host is not proved), TimedOut, ConfigError.
    """
    with ExitStack() as opened:
        wire = Wire(place, limits)
        opened.callback(wire.close)
        tokens = Tokens(place, login, guard, wire)
        claims = _logged_in(tokens, limits)
        opened.pop_all()
    reader = Reader(Sender(place, limits, wire, tokens), pages)
    return GraphDoor(place, login, wire, reader, claims, pages)


def _logged_in(tokens: Tokens, limits: GraphLimits) -> Claims:
    for pause in _pauses(limits):
        try:
            return tokens.claims()
        except Denied:
            raise
        except (Unreachable, TimedOut):
            if pause is None:
                raise
            time.sleep(pause)
    raise AssertionError("the last pause is None")


def _pauses(limits: GraphLimits) -> Iterator[float | None]:
    yield from (limits.first_pause_s * 2**number for number in range(LOGIN_TRIES - 1))
    yield None
