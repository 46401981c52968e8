"""A small login and Graph server over TLS that answers as a test tells it; it notes all it is sent."""

import base64
import gzip
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from collectors.transports.graph_place import GraphLimits, GraphLogin, GraphPlace
from tests.lab.directory.authority import Certificate, issue, new_authority

TENANT = "11111111-1111-4111-8111-111111111111"
APP = "22222222-2222-4222-8222-222222222222"


class Sent(NamedTuple):
    """What came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Reply(NamedTuple):
    """What goes out; without a status the line is cut."""

    status: int | None
    body: Any = None
    headers: Mapping[str, str] = MappingProxyType({})


Answer = Callable[[Sent], Reply]


def claims(**more: Any) -> str:
    """Return an access token that says something."""
    told = {"appid": APP, "oid": "o", "roles": ["User.Read.All"], "tid": TENANT, **more}
    raw = base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")
    return f"e30.{raw}.c2ln"


def page(rows: list[Any], following: str = "") -> Reply:
    """Return one page of a list."""
    return Reply(200, {"value": rows} | ({"@odata.nextLink": following} if following else {}))


class Server:
    """One server; `answers` by path without query: one reply after the other, the last for ever."""

    def __init__(self, authority: Certificate, folder: Path) -> None:
        """Start it on a free port."""
        self.sent: list[Sent] = []
        self.answers: dict[str, list[Reply | Answer]] = {}
        self.token: Reply = Reply(200, {"token_type": "Bearer", "expires_in": 3599})
        self.tokens = 0
        self.in_flight, self.most_in_flight = 0, 0
        self._lock = threading.Lock()
        shown = issue(authority, folder, "localhost", days=30)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

            def _any(self) -> None:
                size = int(self.headers.get("content-length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.answer(self, Sent(self.command, self.path, headers, self.rfile.read(size)))

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815

        class Http(ThreadingHTTPServer):
            def handle_error(self, *_: Any) -> None:
                """Say nothing of clients that do not trust it, or go away."""

        self._http = Http(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(shown.certificate, shown.key)
        self._http.socket = context.wrap_socket(
            self._http.socket, server_side=True, do_handshake_on_connect=False
        )
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        """Return its URL."""
        return f"https://localhost:{self._http.server_address[1]}"

    def place(self, authority: Certificate, *, cloud: str = "global") -> GraphPlace:
        """Return it as a tenant's place."""
        ca = str(authority.certificate)
        return GraphPlace("muster.example", TENANT, cloud, self.url, self.url, ca)

    def paths(self) -> list[str]:
        """Return what Graph was asked, without login and version."""
        return [one.path.removeprefix("/v1.0") for one in self.sent if one.path.startswith("/v1.0")]

    def close(self) -> None:
        """Stop it."""
        self._http.shutdown()
        self._http.server_close()

    def answer(self, handler: BaseHTTPRequestHandler, sent: Sent) -> None:
        """Note what came in, and answer it."""
        with self._lock:
            self.sent.append(sent)
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            self._write(handler, self._reply(sent))
        finally:
            with self._lock:
                self.in_flight -= 1

    def _reply(self, sent: Sent) -> Reply:
        path = sent.path.partition("?")[0]
        if path.endswith("/openid-configuration"):
            base = f"{self.url}/{TENANT}"
            return Reply(
                200,
                {
                    "issuer": f"{base}/v2.0",
                    "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                    "token_endpoint": f"{base}/oauth2/v2.0/token",
                    "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                },
            )
        if path.endswith("/token"):
            self.tokens += 1
            body = self.token.body
            if self.token.status == 200:
                body = body | {"access_token": claims(n=self.tokens)}
            return self.token._replace(body=body)
        waiting = self.answers.get(path)
        if not waiting:
            error = {
                "code": "BadRequest",
                "message": f"Resource not found for the segment '{path}'",
            }
            return Reply(400, {"error": error})
        one = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return one if isinstance(one, Reply) else one(sent)

    def _write(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        if reply.status is None:
            handler.close_connection = True
            handler.connection.close()
            return
        body = reply.body
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(reply.status)
        headers = {"Content-Type": "application/json", **reply.headers}
        if headers.get("Content-Encoding") == "gzip":
            raw = gzip.compress(raw)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)


@contextmanager
def serving(authority: Certificate, folder: Path) -> Iterator[Server]:
    """Serve while this lasts."""
    server = Server(authority, folder)
    try:
        yield server
    finally:
        server.close()


LIMITS = GraphLimits(
    connect_s=3,
    silence_s=3,
    wait_s=2,
    first_pause_s=0.01,
    windows=dict.fromkeys(GraphLimits().windows, (100000, 1)),
)
SECRET = GraphLogin(APP, secret=lambda: "the secret of the app")
__all__ = [
    "APP",
    "LIMITS",
    "SECRET",
    "TENANT",
    "Reply",
    "Sent",
    "Server",
    "new_authority",
    "page",
    "serving",
]
