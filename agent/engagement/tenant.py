"""A tenant, as a source of `kind: graph` says it: which, in which cloud, and the login.

All that is wrong is noted at once. A secret is never shown, and never stands in the file itself.
"""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from agent.engagement import checks, directory_checks
from agent.engagement.files import path_from
from agent.engagement.mistakes import Wrong, shown
from agent.engagement.model import PROFILES, GraphSource
from agent.engagement.secrets import SecretRef, is_reference, parse_ref
from agent.engagement.section import Section
from agent.engagement.sku_names import sku_names
from collectors.spec import CLOUDS

WHERE = ("tenant", "cloud", "login_url", "graph_url")
WAYS = ("certificate", "secret", "device_code", "managed_identity")
LOGIN = ("app", *WAYS, "passphrase")
SCOPE = ("profiles", "personal", "partner_side", "sku_names")
GRAPH = ("name", "kind", *WHERE, *LOGIN, *SCOPE, "ca_file", "timeout_s", "wait_s")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def graph(section: Section, folder: Path) -> GraphSource:
    """Return the source that a section says; what is wrong with it is noted."""
    name = section.take("name", checks.words) or ""
    plain = GraphSource(name, section.place)
    section.need("tenant", "its id, or one of its domains")
    where = _where(section)
    login = _login(section, name, folder)
    return GraphSource(
        name=name,
        at=section.place,
        tenant=section.take("tenant", tenant) or "",
        cloud=where.cloud,
        login_url=where.login_url,
        graph_url=where.graph_url,
        app=login.app,
        certificate=login.certificate,
        certificate_secret=login.certificate_secret,
        passphrase=login.passphrase,
        secret=login.secret,
        device_code=login.device_code,
        managed_identity=login.managed_identity,
        profiles=section.take_all("profiles", checks.known_word(PROFILES)) or PROFILES,
        personal=section.take("personal", checks.yes_no) or False,
        partner_side=section.take("partner_side", checks.yes_no) or False,
        sku_names=section.take("sku_names", sku_names(folder, is_used=section.mistakes.asks)),
        ca_file=section.take(
            "ca_file", directory_checks.ca_file(folder, is_used=section.mistakes.asks)
        ),
        timeout_s=section.take("timeout_s", checks.seconds) or plain.timeout_s,
        wait_s=section.take("wait_s", checks.seconds) or plain.wait_s,
    )


def tenant(text: str) -> str:
    """Return a tenant's id or domain in lower case."""
    lower = text.lower()
    if _GUID.fullmatch(lower):
        return lower
    try:
        return directory_checks.domain(lower)
    except Wrong as err:
        raise Wrong(
            "must be the tenant's id (8-4-4-4-12 hex digits) or one of its domains such as"
            f" client.onmicrosoft.com, got {shown(text)}"
        ) from err


def guid(text: str) -> str:
    """Return an id in lower case."""
    if not _GUID.fullmatch(text.lower()):
        raise Wrong(f"must be an id of 8-4-4-4-12 hex digits, got {shown(text)}")
    return text.lower()


def https_url(text: str) -> str:
    """Return a URL of a host alone, with TLS."""
    if "@" in text:
        raise Wrong("must be the https:// URL of a host, without user and password")
    try:
        parts = urlsplit(text)
        is_host = bool(parts.scheme == "https" and parts.hostname and parts.port != 0)
    except ValueError:
        is_host = False
    if not is_host or any(letter in text for letter in "?#"):
        raise Wrong(f"must be the https:// URL of a host, got {shown(text)}")
    if parts.path not in ("", "/"):
        raise Wrong(f"must be a host alone, without {shown(parts.path)}, got {shown(text)}")
    return text.rstrip("/")


class _Where(Struct, frozen=True):
    """In which cloud the tenant lies."""

    cloud: str
    login_url: str
    graph_url: str


def _where(section: Section) -> _Where:
    """Return the cloud by its name, or by the two hosts of another one."""
    cloud = section.take("cloud", checks.known_word(CLOUDS))
    urls = [section.take(key, https_url) for key in ("login_url", "graph_url")]
    named = [key for key in ("login_url", "graph_url") if section.has(key)]
    if len(named) == 1:
        other = "graph_url" if named == ["login_url"] else "login_url"
        section.add(section.place_of(named[0]), f"{other} is missing: a cloud has both hosts")
    if named and section.has("cloud"):
        text = f"cloud and {named[0]} are both given: {named[0]} is for a cloud without a name here"
        section.add(section.place_of(named[0]), text)
    if named:
        return _Where("", urls[0] or "", urls[1] or "")
    return _Where(cloud or "global", "", "")


class _Login(Struct, frozen=True):
    """As whom the tenant is asked."""

    app: str
    certificate: Path | None
    certificate_secret: SecretRef | None
    passphrase: SecretRef | None
    secret: SecretRef | None
    device_code: bool
    managed_identity: bool


def _login(section: Section, name: str, folder: Path) -> _Login:
    def of(what: str) -> Callable[[str], SecretRef]:
        return lambda text: parse_ref(text, folder=folder, label=f"{what} of source {name}")

    found = section.take("certificate", lambda text: _path_or_ref(text, of("certificate"), folder))
    login = _Login(
        app=section.take("app", guid) or "",
        certificate=found if isinstance(found, Path) else None,
        certificate_secret=found if isinstance(found, SecretRef) else None,
        passphrase=section.take("passphrase", of("passphrase")),
        secret=section.take("secret", of("secret")),
        device_code=section.take("device_code", checks.yes_no) or False,
        managed_identity=section.take("managed_identity", checks.yes_no) or False,
    )
    _one_way(section, login)
    return login


def _path_or_ref(
    text: str, reference: Callable[[str], SecretRef], folder: Path
) -> Path | SecretRef:
    """Return a path, or where the PEM lies; `file:` is the path itself."""
    if "PRIVATE KEY" in text or "BEGIN CERTIFICATE" in text:
        raise Wrong("must be the path of the PEM file, not its content")
    if text.startswith("file:"):
        return path_from(text.removeprefix("file:"), folder)
    return reference(text) if is_reference(text) else path_from(text, folder)


def _one_way(section: Section, login: _Login) -> None:
    """Note when there is no way to log in, or more than one, or half of one."""
    ways = [key for key in ("certificate", "secret") if section.has(key)]
    ways += [key for key in ("device_code", "managed_identity") if getattr(login, key)]
    if len(ways) > 1:
        text = f"{' and '.join(ways)} are both given: one is used, never both, so keep one"
        section.add(section.place_of(ways[1]), text)
    if not ways:
        section.add(
            section.place,
            "says no login: give app and certificate (or secret), or `device_code: true` for a"
            " person, or `managed_identity: true`",
        )
    if not section.has("app") and ways and ways[0] != "managed_identity":
        section.add(section.place_of(ways[0]), "app is missing: the client id of the audit's app")
    if section.has("passphrase") and not section.has("certificate"):
        section.add(section.place_of("passphrase"), "passphrase goes with certificate")
