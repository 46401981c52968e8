"""A certificate authority of the lab, and the certificates that its servers show."""

import datetime
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CA_DAYS = 3650


class Certificate(NamedTuple):
    """A certificate with its key, as files in PEM form."""

    certificate: Path
    key: Path

    @property
    def parsed(self) -> x509.Certificate:
        """Return the certificate."""
        return x509.load_pem_x509_certificate(self.certificate.read_bytes())

    @property
    def der(self) -> bytes:
        """Return the certificate in DER form."""
        return self.parsed.public_bytes(serialization.Encoding.DER)

    @property
    def sha256(self) -> str:
        """Return the fingerprint in lower-case hexadecimal digits."""
        return self.parsed.fingerprint(hashes.SHA256()).hex()


def new_authority(folder: Path, *, name: str = "Lab CA", days: int = CA_DAYS) -> Certificate:
    """Make an authority that signs itself: `folder/ca.pem` and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    whose = _name(name)
    built = (
        _builder(whose, whose, key.public_key(), days=days)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_signs_certificates(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return _written(built.sign(key, hashes.SHA256()), key, folder, "ca")


def authority_der(name: str, days: int, is_weak: bool) -> bytes:
    """Return the certificate of an authority whose key is thrown away, in DER form."""
    key = rsa.generate_private_key(65537, 1024 if is_weak else 2048)
    whose = _name(name)
    built = _builder(whose, whose, key.public_key(), days=days).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    return built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def issue(authority: Certificate, folder: Path, *names: str, days: int) -> Certificate:
    """Let an authority certify a server of these DNS names; the first is its common name."""
    key = ec.generate_private_key(ec.SECP256R1())
    signer = serialization.load_pem_private_key(authority.key.read_bytes(), None)
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{authority.key}: not a key of this authority")
    built = (
        _builder(_name(names[0]), authority.parsed.subject, key.public_key(), days=days)
        .add_extension(x509.SubjectAlternativeName(map(x509.DNSName, names)), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    return _written(built.sign(signer, hashes.SHA256()), key, folder, "server")


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    *,
    days: int,
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days))
    )


def _signs_certificates() -> x509.KeyUsage:
    words = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    words += ("encipher_only", "decipher_only", "digital_signature")
    return x509.KeyUsage(key_cert_sign=True, crl_sign=True, **dict.fromkeys(words, False))


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _written(
    made: x509.Certificate, key: ec.EllipticCurvePrivateKey, folder: Path, stem: str
) -> Certificate:
    folder.mkdir(parents=True, exist_ok=True)
    found = Certificate(folder / f"{stem}.pem", folder / f"{stem}-key.pem")
    found.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    found.key.touch(mode=0o600)
    found.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return found
