"""The login service of the lab: gives tokens to applications and people (RFC 6749, 7523, 8628)."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
LIVES_S = 3600


@dataclass
class App:
    """An application that may log in: as itself, or as who types a device code."""

    app_id: str
    object_id: str = "00000000-0000-4000-8000-00000000a9b1"
    permissions: set[str] = field(default_factory=set)
    secret: str = ""
    is_secret_over: bool = False
    certificate: x509.Certificate | None = None
    person: str = ""  # who types the code
    code: Literal["typed", "pending", "declined", "expired"] = "typed"
    pending: int = 1  # answers before it is typed


class OauthError(Exception):
    """An error of the login service."""

    def __init__(self, error: str, number: int, says: str, status: int = 400) -> None:
        """Take what it says."""
        super().__init__(says)
        self.status = status
        said = f"AADSTS{number}: {says}" if number else says
        self.body = {
            "error": error,
            "error_description": said,
            "error_codes": [number] if number else [],
        }


@dataclass
class Grant:
    """What a token allows, and until when."""

    app: App
    permissions: frozenset[str]
    is_person: bool
    ends: float


class LoginService:
    """Gives tokens for one tenant."""

    def __init__(self, tenant_id: str, names: tuple[str, ...]) -> None:
        """Take the tenant and the domains by which it can be named."""
        self.tenant_id, self._names = tenant_id, {tenant_id, *names}
        self.apps: dict[str, App] = {}
        self.lives_s = float(LIVES_S)
        self.given = 0
        self._grants: dict[str, Grant] = {}
        self._codes: dict[str, App] = {}
        self._seen: set[str] = set()  # assertions that were used
        self._lock = threading.Lock()

    def register(self, app: App) -> App:
        """Let an application log in."""
        self.apps[app.app_id] = app
        return app

    def expire_all(self) -> None:
        """Take no token any more that was given until now."""
        with self._lock:
            self._grants.clear()

    def grant(self, token: str) -> Grant | None:
        """Return what a token allows now."""
        found = self._grants.get(token)
        return found if found and found.ends > time.monotonic() else None

    def metadata(self, tenant: str, base: str) -> dict[str, Any]:
        """Return the OpenID configuration. Raises OauthError."""
        self._check(tenant)
        root = f"{base}/{tenant}"
        return {
            "issuer": f"{base}/{self.tenant_id}/v2.0",
            "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
            "token_endpoint": f"{root}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{root}/oauth2/v2.0/devicecode",
            "jwks_uri": f"{root}/discovery/v2.0/keys",
            "response_types_supported": ["code", "id_token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def device_code(self, tenant: str, form: Mapping[str, str], base: str) -> dict[str, Any]:
        """Return a code to be typed by a person. Raises OauthError."""
        self._check(tenant)
        app = self._app(form)
        code = secrets.token_urlsafe(32)
        with self._lock:
            self._codes[code] = app
        return {
            "device_code": code,
            "user_code": "LABC0DE42",
            "verification_uri": f"{base}/device",
            "expires_in": 900,
            "interval": 1,
            "message": f"To sign in, open the page {base}/device and enter the code LABC0DE42.",
        }

    def token(self, tenant: str, form: Mapping[str, str], endpoint: str) -> dict[str, Any]:
        """Return a token. Raises OauthError."""
        self._check(tenant)
        app = self._app(form)
        kind = form.get("grant_type", "")
        if kind == "client_credentials":
            self._prove(app, form, endpoint)
            return self._given(app, is_person=False)
        if kind == DEVICE:
            return self._by_code(app, form.get("device_code", ""))
        if kind == "refresh_token":
            return self._given(app, is_person=True)
        raise OauthError("unsupported_grant_type", 70003, f"The grant type '{kind}' is unknown.")

    def identity(self, app_id: str) -> dict[str, Any]:
        """Return a token of a managed identity, as its endpoint gives it."""
        app = self.apps.get(app_id) or next(iter(self.apps.values()))
        told = self._given(app, is_person=False)
        return {**told, "expires_on": str(int(time.time()) + LIVES_S), "client_id": app.app_id}

    def _check(self, tenant: str) -> None:
        if tenant not in self._names:
            raise OauthError("invalid_request", 90002, f"Tenant '{tenant}' not found.")

    def _app(self, form: Mapping[str, str]) -> App:
        ident = form.get("client_id", "")
        app = self.apps.get(ident)
        if app is None:
            said = f"Application with identifier '{ident}' was not found in the directory."
            raise OauthError("unauthorized_client", 700016, said)
        return app

    def _prove(self, app: App, form: Mapping[str, str], endpoint: str) -> None:
        if form.get("client_assertion_type") == ASSERTION:
            self._verify(app, form.get("client_assertion", ""), endpoint)
            return
        if not app.secret or form.get("client_secret") != app.secret:
            raise OauthError("invalid_client", 7000215, "Invalid client secret provided.", 401)
        if app.is_secret_over:
            raise OauthError("invalid_client", 7000222, "The client secret keys are expired.", 401)

    def _verify(self, app: App, assertion: str, endpoint: str) -> None:
        """Check an assertion: who signed it, for whom, and that it is used once."""
        problem = _assertion_problem(app, assertion, endpoint, self._seen)
        if problem:
            said = f"The certificate with identifier used to sign the client assertion: {problem}."
            raise OauthError("invalid_client", 700027, said, 401)

    def _by_code(self, app: App, code: str) -> dict[str, Any]:
        if self._codes.get(code) is not app:
            raise OauthError("invalid_grant", 70000, "The device code is unknown.")
        if app.code == "declined":
            raise OauthError("authorization_declined", 65004, "User declined to consent.")
        if app.code == "expired":
            raise OauthError("expired_token", 70020, "The device code has expired.")
        if app.code == "pending" or app.pending > 0:
            app.pending -= 1
            raise OauthError("authorization_pending", 70016, "Authorization is pending.")
        return self._given(app, is_person=True)

    def _given(self, app: App, *, is_person: bool) -> dict[str, Any]:
        claims = _claims(app, self.tenant_id, self.lives_s, is_person=is_person)
        token = _jwt(claims)
        permissions = frozenset(app.permissions)
        ends = time.monotonic() + self.lives_s
        with self._lock:
            self.given += 1
            self._grants[token] = Grant(app, permissions, is_person, ends)
        told = {"token_type": "Bearer", "expires_in": LIVES_S, "access_token": token}
        if not is_person:
            return told
        info = {"uid": claims["oid"], "utid": self.tenant_id}
        return {
            **told,
            "scope": " ".join(sorted(permissions)),
            "refresh_token": secrets.token_urlsafe(32),
            "id_token": _jwt({**claims, "aud": app.app_id, "preferred_username": app.person}),
            "client_info": _coded(json.dumps(info).encode()),
        }


def _claims(app: App, tenant: str, lives_s: float, *, is_person: bool) -> dict[str, Any]:
    now = int(time.time())
    told: dict[str, Any] = {
        "aud": "https://graph.microsoft.com",
        "iss": f"https://sts.windows.net/{tenant}/",
        "iat": now,
        "exp": now + int(max(lives_s, 1)),
        "appid": app.app_id,
        "oid": app.object_id,
        "sub": app.object_id,
        "tid": tenant,
        "jti": secrets.token_hex(8),
    }
    if is_person:
        return {**told, "upn": app.person, "scp": " ".join(sorted(app.permissions))}
    return {**told, "roles": sorted(app.permissions)}


def _assertion_problem(app: App, assertion: str, endpoint: str, seen: set[str]) -> str:
    """Return what is wrong with a client assertion; nothing when it proves the application."""
    parts = assertion.split(".")
    if app.certificate is None or len(parts) != 3:
        return "no certificate is registered, or no assertion was given"
    header, claims = (json.loads(_decoded(part)) for part in parts[:2])
    digest = hashlib.sha256(app.certificate.public_bytes(Encoding.DER)).digest()
    if header.get("x5t#S256") != _coded(digest):
        return "its thumbprint is not that of the registered certificate"
    if not _is_signed(app.certificate, header.get("alg", ""), parts):
        return "the signature is wrong"
    if claims.get("aud") != endpoint:
        return f"it is for {claims.get('aud')}"
    if claims.get("iss") != app.app_id or claims.get("sub") != app.app_id:
        return "it is another application's"
    if not time.time() < claims.get("exp", 0) < time.time() + 24 * 3600:
        return "it has expired"
    if claims.get("jti") in seen or not claims.get("jti"):
        return "it was used before"
    seen.add(claims["jti"])
    return ""


def _is_signed(certificate: x509.Certificate, algorithm: str, parts: list[str]) -> bool:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    ways: dict[str, padding.AsymmetricPadding] = {
        "PS256": padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size),
        "RS256": padding.PKCS1v15(),
    }
    if algorithm not in ways:
        return False
    signed = ".".join(parts[:2]).encode()
    try:
        key.verify(_decoded(parts[2]), signed, ways[algorithm], hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _jwt(claims: Mapping[str, Any]) -> str:
    """Return a token with a signature that nobody checks: Graph knows its tokens by heart."""
    head = _coded(b'{"typ":"JWT","alg":"RS256"}')
    return f"{head}.{_coded(json.dumps(claims).encode())}.{_coded(secrets.token_bytes(32))}"


def _coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
