"""The one place from which requests to a tenant leave: HTTPS to known hosts, bounded, no redirects.

TLS is checked against the machine's authorities or a file, whatever the environment says to other
tools (REQUESTS_CA_BUNDLE, SSL_CERT_FILE, proxies): httpx is told not to look there.
"""

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import IO, TYPE_CHECKING, Any

from msgspec import Struct

from collectors.transports.graph_place import GraphLimits, GraphPlace
from collectors.transports.graph_url import origin
from inventory.errors import (
    ConfigError,
    ParseError,
    TimedOut,
    TransportError,
    Unreachable,
    Untrusted,
)

if TYPE_CHECKING:
    import httpx

BATCH = "/$batch"


class Reply(Struct, frozen=True):
    """An answer that is whole."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    content: bytes


class Wire:
    """Connections to the hosts of one tenant. Safe to be used by several threads."""

    def __init__(self, place: GraphPlace, limits: GraphLimits) -> None:
        """Take the place. Raises ConfigError for a file of authorities that cannot be read."""
        import httpx

        self._place, self._limits = place, limits
        self._end = time.monotonic() + limits.total_s
        self._graph = origin(place.graph_url)
        timeout = httpx.Timeout(limits.silence_s, connect=limits.connect_s)
        self._client = httpx.Client(
            verify=_context(place.ca_file),
            trust_env=False,
            follow_redirects=False,
            timeout=timeout,
            headers={"User-Agent": f"handover/{version('handover')}"},
        )

    @property
    def is_over(self) -> bool:
        """Return whether the time for the whole tenant has run out."""
        return time.monotonic() > self._end

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def graph(self, url: str, headers: Mapping[str, str], batch: bytes | None = None) -> Reply:
        """Send a GET, or a batch of GETs, to Graph. Raises TransportError, ParseError.

        Nothing else can be sent with the token: another host or method is a mistake of ours.
        """
        if origin(url) != self._graph:
            raise ValueError("the token is for Graph alone")
        if batch is not None and not url.endswith(BATCH):
            raise ValueError("only a batch is posted")
        method = "GET" if batch is None else "POST"
        return self._sent(method, url, headers, batch, self._limits.most_page)

    def login(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> Reply:
        """Speak to the login service, which gives tokens. Raises TransportError, ParseError."""
        content = None if form is None else _encoded(form)
        told = dict(headers)
        if content is not None:
            told["Content-Type"] = "application/x-www-form-urlencoded"
        return self._sent(method, url, told, content, 4 * 1024 * 1024)

    def report(self, url: str, into: IO[bytes]) -> Reply:
        """Fetch a report from where Graph sent us, without the token, into a file.

        Raises TransportError; ParseError when it is bigger than may be.
        """
        if _scheme(url) != "https":
            raise ParseError("the report lies at a place without TLS")
        with self._streamed("GET", url, {}, None) as reply:
            size = 0
            for chunk in reply.iter_bytes():  # as they arrive: a drip has an end, too
                size += len(chunk)
                self._in_time()
                if size > self._limits.most_report:
                    raise ParseError(f"the report has more than {self._limits.most_report} bytes")
                into.write(chunk)
            return Reply(reply.status_code, _headers(reply), b"")

    def _sent(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
        most: int,
    ) -> Reply:
        with self._streamed(method, url, headers, content) as reply:
            parts, size = [], 0
            for chunk in reply.iter_bytes():
                size += len(chunk)
                if size > most:
                    raise ParseError(f"the answer has more than {most} bytes")
                self._in_time()
                parts.append(chunk)
            return Reply(reply.status_code, _headers(reply), b"".join(parts))

    @contextmanager
    def _streamed(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None
    ) -> "Iterator[httpx.Response]":
        import httpx

        self._in_time()
        host = origin(url)[1]
        try:
            with self._client.stream(method, url, headers=dict(headers), content=content) as reply:
                yield reply
        except httpx.TimeoutException as err:
            raise TimedOut(f"{host} did not answer in {self._limits.silence_s:g} s") from err
        except httpx.DecodingError as err:
            raise ParseError(f"the answer of {host} cannot be unpacked") from err
        except httpx.HTTPError as err:
            raise _failure(err, host) from err
        except (httpx.InvalidURL, UnicodeError) as err:
            raise ParseError(f"what is to be asked next is no URL: {str(err)[:120]}") from err

    def _in_time(self) -> None:
        if self.is_over:
            raise TimedOut(f"{self._place.name} took more than {self._limits.total_s:g} s in all")


def _scheme(url: str) -> str:
    """Return the scheme of a URL that was told to us; "" of what is none."""
    try:
        return origin(url)[0]
    except ValueError:
        return ""


def _failure(err: Exception, host: str) -> TransportError:
    reason: BaseException | None = err
    while reason is not None:
        if isinstance(reason, ssl.SSLCertVerificationError):
            return Untrusted(f"{host} cannot prove who it is: {reason.verify_message}")
        reason = reason.__cause__ or reason.__context__
    return Unreachable(f"{host}: {str(err)[:160] or type(err).__name__}")


def _context(ca_file: str | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca_file) if ca_file else _of_machine()
    except (OSError, ssl.SSLError) as err:
        raise ConfigError(f"{ca_file}: no file of authorities: {err}") from err
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _of_machine() -> ssl.SSLContext:
    """Return a context with the authorities of the machine, as it was built to look for them.

    SSL_CERT_FILE and SSL_CERT_DIR are for other programs.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    paths = ssl.get_default_verify_paths()
    context.load_verify_locations(
        paths.openssl_cafile if _there(paths.openssl_cafile) else None,
        paths.openssl_capath if _there(paths.openssl_capath) else None,
    )
    return context


def _there(path: str) -> bool:
    from pathlib import Path

    return Path(path).exists()


def _headers(reply: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in reply.headers.items()}


def _encoded(form: Mapping[str, str]) -> bytes:
    from urllib.parse import urlencode

    return urlencode(form).encode()
