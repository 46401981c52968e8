"""Tokens for Graph, from the login service by msal, kept in memory alone.

A certificate proves the app by a signed assertion (RFC 7523; PS256, and the SHA-256 thumbprint).
"""

import base64
import binascii
import json
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from collectors.clean import clean_text
from collectors.transports.graph_http import Reply, Wire
from collectors.transports.graph_place import GraphLogin, GraphPlace
from collectors.transports.guard import LockoutGuard
from inventory.errors import ConfigError, Denied, TimedOut, Unreachable

MOST_CLAIMS = 64 * 1024  # characters of a token
MOST_SAID = 240
# learn.microsoft.com/entra/identity-platform/reference-error-codes
_MEANINGS = {
    7000215: "the secret is wrong: give the value of the secret, not its id",
    7000222: "the secret of the app has expired: make a new one",
    700016: "the tenant does not know the app: check `app` and `tenant`",
    700027: "the certificate is not the one that the app was given, or it has expired",
    90002: "there is no such tenant: check `tenant`",
    50034: "the tenant does not know the account",
    53003: "conditional access refuses the login: a device code is blocked, as it seems",
    530033: "conditional access refuses the login by a device code",
    65001: "nobody has consented to what the app asks for: grant consent",
    7000218: "the app must be a public client for a login by device code",
    70016: "the code was not typed in time",
    70020: "the code was not typed in time",
}


class Claims(Struct, frozen=True):
    """What an access token says of its bearer; read without trust, told and never relied on."""

    app: str | None = None
    object: str | None = None
    person: str = ""
    permissions: tuple[str, ...] = ()


class _Http:
    """The face of an HTTP client that msal wants, over our own wire."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def get(self, url: str, *, params: Any = None, headers: Any = None, **_: Any) -> "_Response":
        from urllib.parse import urlencode

        asked = f"{url}?{urlencode(params)}" if params else url
        return _Response(self._wire.login("GET", asked, headers or {}, None))

    def post(self, url: str, *, data: Any = None, headers: Any = None, **_: Any) -> "_Response":
        form = {name: value for name, value in (data or {}).items() if value is not None}
        return _Response(self._wire.login("POST", url, headers or {}, form))

    def close(self) -> None:
        """Do nothing: the wire is closed by whoever opened it."""


class _Response:
    """An answer as msal reads it."""

    def __init__(self, reply: Reply) -> None:
        self.status_code, self.headers = reply.status, reply.headers
        self.text = reply.content.decode("utf-8", "replace")

    def raise_for_status(self) -> None:
        """Raise Unreachable for an error that msal does not explain itself."""
        if self.status_code >= 400:
            raise Unreachable(f"the login service answers {self.status_code}")


class Tokens:
    """Gives the token that is valid now; asks for a new one when it has to."""

    def __init__(
        self, place: GraphPlace, login: GraphLogin, guard: LockoutGuard, wire: Wire
    ) -> None:
        """Take who logs in, and where; nothing is sent yet."""
        self._place, self._login, self._guard, self._wire = place, login, guard, wire
        self._scope = f"{place.graph_url}/.default"
        self._lock = threading.Lock()
        self._app: Any = None
        self._account: Any = None

    def token(self, *, fresh: bool = False) -> str:
        """Return a token; `fresh`: another than before, which was not taken.

        Raises Denied, Unreachable, TimedOut; ConfigError for a certificate that is none.
        """
        from msal.exceptions import MsalError

        with self._lock, self._guard.attempt(f"the login to {self._place.name}"):
            try:
                told = self._asked(fresh=fresh)
            except (MsalError, OSError, RuntimeError, ValueError, KeyError, TypeError) as err:
                raise Unreachable(f"no token: {clean_text(str(err))[:MOST_SAID]}") from err
            return _token_in(told)

    def claims(self) -> Claims:
        """Return what the token says."""
        return claims_of(self.token())

    def _asked(self, *, fresh: bool) -> Mapping[str, Any]:
        if self._app is None:
            self._app = self._made()
        if self._login.device_code:
            return self._of_person(fresh=fresh)
        if self._login.managed_identity:
            found: Mapping[str, Any] = self._app.acquire_token_for_client(
                resource=self._place.graph_url
            )
            return found
        if fresh:
            self._app.remove_tokens_for_client()
        told: Mapping[str, Any] = self._app.acquire_token_for_client(scopes=[self._scope])
        return told

    def _of_person(self, *, fresh: bool) -> Mapping[str, Any]:
        """Return a token of a person: silently when they have logged in, else by a code."""
        if self._account is not None:
            found = self._app.acquire_token_silent(
                [self._scope], account=self._account, force_refresh=fresh
            )
            if found:
                told: Mapping[str, Any] = found
                return told
        flow = self._app.initiate_device_flow(scopes=[self._scope])
        if "message" not in flow:
            return dict(flow)
        self._login.show(clean_text(str(flow["message"])))
        told = self._app.acquire_token_by_device_flow(flow)
        accounts = self._app.get_accounts()
        self._account = accounts[0] if accounts else None
        return told

    def _made(self) -> Any:
        import msal

        http = _Http(self._wire)
        if self._login.managed_identity:
            return msal.ManagedIdentityClient(_identity(msal, self._login.app), http_client=http)
        known: dict[str, Any] = {
            "authority": f"{self._place.login_url}/{self._place.tenant}",
            "http_client": http,
            "instance_discovery": False,  # the host is named by us, not by an answer
        }
        if self._login.device_code:
            return msal.PublicClientApplication(self._login.app, **known)
        credential = self._credential()
        return msal.ConfidentialClientApplication(
            self._login.app, client_credential=credential, **known
        )

    def _credential(self) -> Any:
        if self._login.certificate is None:
            return self._login.secret() if self._login.secret else ""
        passphrase = self._login.passphrase() if self._login.passphrase else None
        return _certificate(self._login.certificate(), passphrase)


def _identity(msal: Any, app: str) -> Any:
    return (
        msal.UserAssignedManagedIdentity(client_id=app)
        if app
        else msal.SystemAssignedManagedIdentity()
    )


def _certificate(pem: str, passphrase: str | None) -> dict[str, str]:
    """Return key and certificate in the form that leads to PS256. Raises ConfigError."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        load_pem_private_key,
    )

    try:
        secret = passphrase.encode() if passphrase else None
        key = load_pem_private_key(pem.encode(), secret)
        certificate = x509.load_pem_x509_certificates(pem.encode())[0]
    except (ValueError, TypeError, IndexError) as err:
        raise ConfigError(
            "the certificate of the app cannot be read: a PEM file with the private key and the"
            f" certificate is needed, with its passphrase where it has one ({str(err)[:80]})"
        ) from err
    if key.public_key() != certificate.public_key():
        raise ConfigError("the certificate of the app does not belong to the private key with it")
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {
        "private_key": text,
        "public_certificate": certificate.public_bytes(Encoding.PEM).decode(),
    }


def _token_in(told: Mapping[str, Any]) -> str:
    """Return the token of an answer. Raises Denied with what its error means."""
    token = told.get("access_token")
    if isinstance(token, str) and token and token.isascii() and token.isprintable():
        return token
    code = told.get("error")
    if code in ("authorization_pending", "expired_token", "code_expired"):
        raise TimedOut("the code was not typed in time")
    numbers = told.get("error_codes")
    known = [_MEANINGS[one] for one in numbers or () if one in _MEANINGS] if numbers else []
    said = clean_text(str(told.get("error_description") or code or "no token was given"))
    first = said.split("\n")[0].strip()[:MOST_SAID]
    raise Denied("; ".join((*known[:1], first)))


def claims_of(token: str) -> Claims:
    """Return what a token says (RFC 7519); nothing of one that cannot be read."""
    parts = token[:MOST_CLAIMS].split(".")
    try:
        raw = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        told = json.loads(raw)
    except (IndexError, ValueError, binascii.Error, RecursionError):
        return Claims()
    if not isinstance(told, dict):
        return Claims()
    return Claims(
        app=_text(told.get("appid") or told.get("azp")),
        object=_text(told.get("oid")),
        person=_text(told.get("upn") or told.get("preferred_username")) or "",
        permissions=tuple(sorted(set(_permissions(told)))),
    )


def _permissions(told: Mapping[str, Any]) -> Iterator[str]:
    roles, scopes = told.get("roles"), told.get("scp")
    for one in roles if isinstance(roles, list) else ():
        if isinstance(one, str):
            yield clean_text(one)[:120]
    if isinstance(scopes, str):
        yield from (clean_text(one)[:120] for one in scopes.split())


def _text(value: object) -> str | None:
    return clean_text(value)[:200] if isinstance(value, str) and value else None
