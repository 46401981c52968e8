"""Runs the lab's login service, Graph and the place of its reports: HTTPS on loopback.

with serve(tenant, folder, apps=[app]) as lab:
    lab.graph_url, lab.login_url, lab.ca_file
"""

import gzip
import json
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from msgspec import Struct

from tests.lab.directory.authority import issue, new_authority
from tests.lab.graph.faults import Fault
from tests.lab.graph.graph_service import GraphService, Reply, failed
from tests.lab.graph.login import App, LoginService, OauthError
from tests.lab.graph.store import LabTenant

HOST = "localhost"
GZIP_FROM = 2048  # bytes
DAYS = 30


class GraphLab(Struct):
    """A tenant that can be asked."""

    tenant: LabTenant
    login: LoginService
    graph: GraphService
    login_url: str
    graph_url: str
    reports_url: str
    ca_file: Path


class _Handler(BaseHTTPRequestHandler):
    """Reads one request after the other from a connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 60

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer("GET", b"")

    def do_POST(self) -> None:
        """Answer a POST."""
        size = int(self.headers.get("Content-Length") or 0)
        self._answer("POST", self.rfile.read(size))

    def _refused(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        self._answer(self.command, self.rfile.read(size))

    do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _refused  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _answer(self, method: str, body: bytes) -> None:
        self.server.answer(self, method, body)  # type: ignore[attr-defined]

    def heads(self) -> dict[str, str]:
        """Return the headers of the request, names in lower case."""
        return {name.lower(): value for name, value in self.headers.items()}

    def reply(self, reply: Reply, fault: Fault | None = None) -> None:
        """Send an answer."""
        raw, kind = _raw(reply, fault)
        self.send_response(reply.status)
        if len(raw) > GZIP_FROM and "gzip" in self.headers.get("Accept-Encoding", ""):
            raw = gzip.compress(raw, 1)
            self.send_header("Content-Encoding", "gzip")
        for name, value in {"Content-Type": kind, **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        is_cut = fault is not None and fault.cut
        self.wfile.write(raw[: len(raw) // 2] if is_cut else raw)
        self.close_connection = self.close_connection or is_cut


def _raw(reply: Reply, fault: Fault | None) -> tuple[bytes, str]:
    if fault is not None and fault.raw is not None:
        return fault.raw, "application/json"
    if reply.body is None:
        return b"", "text/plain"
    if isinstance(reply.body, str):
        return reply.body.encode(), "text/plain"
    return msgspec.json.encode(reply.body), "application/json;odata.metadata=minimal"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 32

    def handle_error(self, *_: Any) -> None:
        """Say nothing of clients that went away."""


class _Graph(_Server):
    service: GraphService

    def answer(self, handler: _Handler, method: str, body: bytes) -> None:
        """Answer a request to Graph."""
        service, url = self.service, handler.path
        path = urlsplit(url).path
        is_batch = method == "POST" and path in ("/v1.0/$batch", "/beta/$batch")
        if method != "GET" and not is_batch:
            service.watch.offend(f"{method} {url}")
            handler.reply(Reply(405, {"error": {"code": "MethodNotAllowed", "message": method}}))
            return
        budget, cost = self._budget(url, body)
        service.watch.begin(budget, cost)
        try:
            reply, fault = self._answered(url, body, handler.heads(), is_batch=is_batch)
        finally:
            service.watch.end(budget)
        handler.reply(reply, fault)

    def _answered(
        self, url: str, body: bytes, heads: Mapping[str, str], *, is_batch: bool
    ) -> tuple[Reply, Fault | None]:
        fault = self.service.faults.struck(url)
        if fault and fault.delay_s:
            time.sleep(fault.delay_s)
        if fault and fault.status:
            return failed(fault), fault
        reply = (
            self.service.batch(url.split("/")[1], body, heads)
            if is_batch
            else self.service.get(url, heads)
        )
        if fault and fault.change and isinstance(reply.body, dict):
            reply.body = fault.change(reply.body)
        return reply, fault

    def _budget(self, url: str, body: bytes) -> tuple[str, int]:
        """Return whose budget a request is of, and what it costs."""
        if not body:
            route = self.service.route(url)
            return (route.budget, _cost(route.cost, url)) if route else ("other", 1)
        try:
            urls = [f"/v1.0{one['url']}" for one in json.loads(body)["requests"]]
        except (ValueError, KeyError, TypeError):
            return "other", 1
        routes = [
            (self.service.route(one) or self.service.route(f"/beta{one[5:]}"), one) for one in urls
        ]
        known = [(route, one) for route, one in routes if route]
        if not known:
            return "other", 1
        return known[0][0].budget, sum(_cost(route.cost, one) for route, one in known)


def _cost(units: int, url: str) -> int:
    return max(1, units - ("$select=" in url) + ("$expand=" in url))


class _Login(_Server):
    service: LoginService
    base: str

    def answer(self, handler: _Handler, method: str, body: bytes) -> None:
        """Answer a request to the login service."""
        try:
            handler.reply(Reply(200, self._told(handler, method, body)))
        except OauthError as err:
            handler.reply(Reply(err.status, err.body))

    def _told(self, handler: _Handler, method: str, body: bytes) -> dict[str, Any]:
        parts = urlsplit(handler.path)
        tenant, _, rest = parts.path.strip("/").partition("/")
        if rest.endswith(".well-known/openid-configuration"):
            return self.service.metadata(tenant, self.base)
        if parts.path in ("/metadata/identity/oauth2/token", "/msi/token"):
            return self._identity(handler, dict(parse_qsl(parts.query)))
        form = dict(parse_qsl(body.decode()))
        if method == "POST" and rest == "oauth2/v2.0/token":
            return self.service.token(tenant, form, f"{self.base}{parts.path}")
        if method == "POST" and rest == "oauth2/v2.0/devicecode":
            return self.service.device_code(tenant, form, self.base)
        raise OauthError("invalid_request", 900144, f"There is no {parts.path}.", 404)

    def _identity(self, handler: _Handler, asked: Mapping[str, str]) -> dict[str, Any]:
        heads = handler.heads()
        if heads.get("metadata") != "true" and "x-identity-header" not in heads:
            raise OauthError("invalid_request", 0, "Required metadata header not specified")
        return self.service.identity(asked.get("client_id", ""))


class _Reports(_Server):
    service: GraphService

    def answer(self, handler: _Handler, method: str, _body: bytes) -> None:
        """Answer a request for a report."""
        if method != "GET":
            self.service.watch.offend(f"{method} {handler.path}")
            handler.reply(Reply(405, "no"))
            return
        handler.reply(self.service.report(handler.path, handler.heads()))


@contextmanager
def serve(
    tenant: LabTenant, folder: Path, *, apps: Sequence[App] = (), cloud: str = "global"
) -> Iterator[GraphLab]:
    """Run the services of a tenant on free ports, with an authority of their own."""
    authority = new_authority(folder)
    shown = issue(authority, folder, HOST, days=DAYS)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown.certificate, shown.key)
    login = LoginService(tenant.id, (tenant.domain, tenant.initial_domain))
    for app in apps:
        login.register(app)
    graph = GraphService(tenant, login, cloud)
    at = ("127.0.0.1", 0)
    servers = (_Login(at, _Handler), _Graph(at, _Handler), _Reports(at, _Handler))
    urls = [f"https://{HOST}:{one.server_address[1]}" for one in servers]
    servers[0].service, servers[0].base = login, urls[0]
    servers[1].service = servers[2].service = graph
    graph.base, graph.reports_base = urls[1], urls[2]
    threads = [_started(one, context) for one in servers]
    try:
        yield GraphLab(tenant, login, graph, urls[0], urls[1], urls[2], authority.certificate)
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()


def _started(server: _Server, context: ssl.SSLContext) -> threading.Thread:
    """Let a server answer; the handshake is made by the thread of the connection."""
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    return thread
