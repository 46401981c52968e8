"""The line to a directory server: TCP, then TLS that is always verified, before anything is said.

Nothing of a login passes here: a line that is not what it should be is closed before that.
"""

import hashlib
import select
import socket
import ssl
import time
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from msgspec import Struct

from collectors.clean import clean_text
from collectors.transports.ldap_ber import EXTENDED, result
from collectors.transports.ldap_codes import explained
from collectors.transports.ldap_encode import message_bytes, starttls_request
from collectors.transports.ldap_place import CertificateFacts, LdapLimits, LdapPlace, Security
from collectors.transports.ldap_wire import LdapWire
from inventory.errors import (
    ConfigError,
    ParseError,
    TimedOut,
    TransportError,
    Unreachable,
    Untrusted,
)

MOST_STARTTLS = 64 * 1024  # bytes of the answer to StartTLS
MOST_NAMES = 200


class OpenLine(Struct, frozen=True):
    """A line that is what the engagement file asks for."""

    socket: socket.socket
    server: str  # "dc1.corp.example:636"
    checked_by: str  # "CA", "pin", "nothing"
    certificate: CertificateFacts | None


def open_line(place: LdapPlace, server: tuple[str, int], limits: LdapLimits) -> OpenLine:
    """Connect and secure. Raises Unreachable, TimedOut, Untrusted, ConfigError."""
    end = time.monotonic() + limits.connect_s
    name = f"{server[0]}:{server[1]}"
    plain = _connected(server, name, limits.connect_s)
    if place.security is Security.CLEAR:
        return OpenLine(plain, name, "nothing", None)
    try:
        context = _context(place)
        if place.security is Security.STARTTLS:
            _start_tls(plain, name, end)
        line = _handshake(plain, context, place.server_name or server[0], end)
    except ssl.SSLCertVerificationError as err:
        plain.close()
        raise _unproved(place, server, name, err, limits) from err
    except (OSError, ValueError) as err:
        plain.close()
        raise _tls_error(name, err) from err
    except (TransportError, ConfigError):
        plain.close()
        raise
    return _checked(place, line, name)


def _connected(server: tuple[str, int], name: str, timeout_s: float) -> socket.socket:
    try:
        return socket.create_connection(server, timeout_s)
    except TimeoutError as err:
        raise TimedOut(f"{name} does not answer within {timeout_s:.0f} s") from err
    except (OSError, UnicodeError) as err:
        why = clean_text(getattr(err, "strerror", None) or str(err))
        raise Unreachable(f"{name} cannot be reached: {why}") from err


def _context(place: LdapPlace) -> ssl.SSLContext:
    """Return what TLS demands: version 1.2, and an authority and a name, or the pin afterwards."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if place.pin:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif place.ca_file:
        _load(context, place.ca_file)
    else:
        context.load_default_certs()
    return context


def _load(context: ssl.SSLContext, ca_file: str) -> None:
    if not Path(ca_file).is_file():
        raise ConfigError(f"ca_file {ca_file} is not there: name the file with the authority")
    try:
        context.load_verify_locations(ca_file)
    except ssl.SSLError as err:
        raise ConfigError(f"ca_file {ca_file} holds no certificate in PEM form") from err


def _start_tls(plain: socket.socket, name: str, end: float) -> None:
    """Have the server start TLS; whatever else it says first is a stripped or injected answer."""
    wire = LdapWire(plain, MOST_STARTTLS)
    wire.send(message_bytes(1, starttls_request()), end - time.monotonic())
    try:
        told = wire.receive(end - time.monotonic(), end)
        ended = result(told) if told.op == EXTENDED and told.id == 1 else None
    except ParseError as err:
        raise Unreachable(f"{name} answers StartTLS with something else: {err}") from err
    if ended is None or wire.left_over:
        raise Untrusted(
            f"{name} spoke before it showed a certificate: somebody may be in between. "
            "No password was sent"
        )
    if ended.code:
        raise Untrusted(
            f"{name} does not start TLS ({explained(ended)}): it showed no certificate, so no "
            "password was sent. Use `security: ldaps`, or have TLS set up on the server"
        )


def _handshake(
    plain: socket.socket, context: ssl.SSLContext, host: str, end: float
) -> ssl.SSLSocket:
    """Return the socket with TLS on it, all within the time."""
    line = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
    line.settimeout(0)
    try:
        _shake_hands(line, end)
    except (OSError, ValueError):
        line.close()  # it took the plain socket over
        raise
    return line


def _shake_hands(line: ssl.SSLSocket, end: float) -> None:
    while True:
        try:
            line.do_handshake()
        except ssl.SSLWantReadError:
            ready = select.select([line], [], [], max(0.0, end - time.monotonic()))[0]
        except ssl.SSLWantWriteError:
            ready = select.select([], [line], [], max(0.0, end - time.monotonic()))[1]
        else:
            return
        if not ready:
            raise TimeoutError


def _tls_error(name: str, err: Exception) -> TransportError:
    if isinstance(err, TimeoutError):
        return TimedOut(f"{name}: the TLS handshake did not end in time")
    why = clean_text(getattr(err, "reason", None) or getattr(err, "strerror", None) or str(err))
    return Unreachable(f"{name} does not complete a TLS handshake (1.2 or later): {why}")


def _unproved(
    place: LdapPlace,
    server: tuple[str, int],
    name: str,
    err: ssl.SSLCertVerificationError,
    limits: LdapLimits,
) -> Untrusted:
    """Return why a server is not trusted, with the fingerprint of what it shows to anybody."""
    said = clean_text(err.verify_message or str(err)).rstrip(".")
    shown = ""
    if (seen := _fingerprint_shown(place, server, limits)) is not None:
        shown = f" It showed {seen}: compare it with the server's, then set `pin`, or"
    return Untrusted(
        f"{name} is not proved to be {place.server_name or server[0]}: {said}. "
        f"No password was sent.{shown or ' Then'} name its authority as `ca_file`"
        + (" and the name in its certificate as `server_name`" if "match" in said else "")
    )


def _fingerprint_shown(place: LdapPlace, server: tuple[str, int], limits: LdapLimits) -> str | None:
    """Return the fingerprint of the certificate that a server shows; nothing else is told to it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    end = time.monotonic() + limits.connect_s
    try:
        with _connected(server, place.name, limits.connect_s) as plain:
            if place.security is Security.STARTTLS:
                _start_tls(plain, place.name, end)
            with _handshake(plain, context, server[0], end) as line:
                return _fingerprint(line.getpeercert(binary_form=True) or b"")
    except (OSError, ValueError, TransportError):
        return None


def _checked(place: LdapPlace, line: ssl.SSLSocket, name: str) -> OpenLine:
    """Return the line when the certificate is the pinned one, or none is pinned."""
    der = line.getpeercert(binary_form=True) or b""
    seen = _fingerprint(der)
    if place.pin and seen != _canonical(place.pin):
        line.close()
        raise Untrusted(
            f"{name} showed the certificate {seen}, and {_canonical(place.pin)} is pinned. "
            "No password was sent. Find out whether it was renewed before you change `pin`"
        )
    facts = certificate_facts(der, tls=line.version())
    return OpenLine(line, name, "pin" if place.pin else "CA", facts)


def _fingerprint(der: bytes) -> str:
    return f"sha256:{hashlib.sha256(der).hexdigest()}"


def _canonical(pin: str) -> str:
    """Return a pin as it is compared: without the colons that openssl prints."""
    kind, _, digits = pin.strip().lower().rpartition("sha256:")
    return f"sha256:{kind}{digits.replace(':', '').replace(' ', '')}"


def certificate_facts(der: bytes, *, tls: str | None = None) -> CertificateFacts:
    """Return what a certificate says; what of it cannot be read is left out."""
    try:
        cert = x509.load_der_x509_certificate(der)
        algorithm, bits = _key(cert)
        return CertificateFacts(
            _fingerprint(der),
            clean_text(cert.subject.rfc4514_string())[:1000],
            clean_text(cert.issuer.rfc4514_string())[:1000],
            _names(cert),
            int(cert.not_valid_before_utc.timestamp()),
            int(cert.not_valid_after_utc.timestamp()),
            algorithm,
            bits,
            cert.signature_hash_algorithm.name if cert.signature_hash_algorithm else None,
            tls,
        )
    except (ValueError, TypeError, x509.InvalidVersion, UnsupportedAlgorithm):
        return CertificateFacts(_fingerprint(der), "", "", tls=tls)


def _key(cert: x509.Certificate) -> tuple[str, int | None]:
    key = cert.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return "RSA", key.key_size
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}", key.key_size
    return type(key).__name__.strip("_").removesuffix("PublicKey"), None


def _names(cert: x509.Certificate) -> tuple[str, ...]:
    try:
        found = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return ()
    names = [*found.get_values_for_type(x509.DNSName)]
    names += map(str, found.get_values_for_type(x509.IPAddress))
    return tuple(clean_text(name)[:255] for name in names[:MOST_NAMES])
