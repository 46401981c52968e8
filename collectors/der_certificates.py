"""What an X.509 certificate in DER form says of itself (RFC 5280)."""

import base64
import binascii
import warnings
from typing import TYPE_CHECKING

from msgspec import Struct

from collectors.clean import clean_text
from inventory.errors import ParseError
from inventory.model.moment import Moment

if TYPE_CHECKING:
    from cryptography import x509

MOST_BYTES = 64 * 1024
MOST_NAME = 1024  # characters


class DerCertificate(Struct, frozen=True):
    """One certificate, clean and bounded."""

    fingerprint: str  # "sha256:<hex>" of the DER form
    subject: str
    issuer: str
    not_before: Moment
    not_after: Moment
    algorithm: str | None  # of the key: "RSA", "EC secp256r1", "Ed25519"; None: not known
    bits: int | None
    signed_with: str | None  # hash of the signature: "sha256"; None: it has none, or not known


def read_certificate(der: bytes) -> DerCertificate:
    """Return what a certificate says; raises ParseError when it cannot be read."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    if len(der) > MOST_BYTES:
        raise ParseError(f"a certificate of {len(der)} bytes is too long")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of certificates that RFC 5280 would not allow
            return _told(x509.load_der_x509_certificate(der))
    except (ValueError, TypeError, x509.InvalidVersion, UnsupportedAlgorithm) as err:
        raise ParseError("a certificate that cannot be read") from err


def in_base64(text: str | None) -> DerCertificate | None:
    """Return the certificate that stands in base64; None: there is none that can be read."""
    try:
        return read_certificate(base64.b64decode(text or "", validate=True))
    except (ParseError, binascii.Error, ValueError):
        return None


def _told(found: "x509.Certificate") -> DerCertificate:
    from cryptography.hazmat.primitives.hashes import SHA256

    algorithm, bits = _key(found)
    return DerCertificate(
        fingerprint=f"sha256:{found.fingerprint(SHA256()).hex()}",
        subject=_name(found.subject),
        issuer=_name(found.issuer),
        not_before=Moment.exact(int(found.not_valid_before_utc.timestamp())),
        not_after=Moment.exact(int(found.not_valid_after_utc.timestamp())),
        algorithm=algorithm,
        bits=bits,
        signed_with=_hash(found),
    )


def _name(name: "x509.Name") -> str:
    """Return the whole name as RFC 4514 writes it, shortened where it is too long."""
    text = clean_text(name.rfc4514_string())
    return text if len(text) <= MOST_NAME else f"{text[:MOST_NAME]}…"


def _key(found: "x509.Certificate") -> tuple[str | None, int | None]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

    try:
        key = found.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None, None
    match key:
        case rsa.RSAPublicKey():
            return "RSA", key.key_size
        case dsa.DSAPublicKey():
            return "DSA", key.key_size
        case ec.EllipticCurvePublicKey():
            return f"EC {key.curve.name}", key.key_size
        case ed25519.Ed25519PublicKey():
            return "Ed25519", 256
        case ed448.Ed448PublicKey():
            return "Ed448", 456
        case _:
            return None, None


def _hash(found: "x509.Certificate") -> str | None:
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        algorithm = found.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return None
    return algorithm.name if algorithm else None
