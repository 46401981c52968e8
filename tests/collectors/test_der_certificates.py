"""Certificates in DER form: real ones, cut ones, and any bytes."""

import base64
import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.der_certificates import MOST_BYTES, read_certificate
from collectors.linux.certificates import certificates
from collectors.spec import Answer, Unreadable
from collectors.transports.ldap_line import certificate_facts
from inventory.errors import ParseError
from tests.collectors.mangled import mangled
from tests.collectors.test_cases import CASES


def real() -> list[bytes]:
    """Return the certificates of the cases, made by OpenSSL and by `cryptography`."""
    told = [
        json.loads((CASES / "directory.authorities" / f"{name}.json").read_text())
        for name in ("real", "odd")
    ]
    values = [
        value
        for case in told
        for found in case["answers"].values()
        for entry in found
        for value in entry["values"].get("cACertificate", ())
    ]
    raws = (base64.b64decode(value["base64"]) for value in values)
    return [raw for raw in raws if len(raw) > 300]


REAL = real()


def test_real_certificates_tell_key_and_signature() -> None:
    told = [read_certificate(der) for der in REAL]
    assert {(one.algorithm, one.bits, one.signed_with) for one in told} == {
        ("RSA", 2048, "sha256"),
        ("RSA", 1024, "sha256"),
        ("RSA", 1024, "sha1"),
        ("EC secp384r1", 384, "sha384"),
    }
    assert all(one.fingerprint.startswith("sha256:") and one.subject for one in told)


def test_what_is_too_long_is_not_even_tried() -> None:
    with pytest.raises(ParseError):
        read_certificate(bytes(MOST_BYTES + 1))


def test_a_version_that_is_none_is_no_certificate_to_any_reader() -> None:
    wrong = REAL[0].replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x34", 1)
    assert wrong != REAL[0]
    with pytest.raises(ParseError):
        read_certificate(wrong)
    assert certificate_facts(wrong).subject == ""
    pem = base64.encodebytes(wrong).decode()
    text = f"-----BEGIN CERTIFICATE-----\n{pem}-----END CERTIFICATE-----"
    (told,) = certificates((Answer("linux.certificates/files", text, "/etc/ssl/a.pem"),))
    assert isinstance(told, Unreadable)


@given(raw=st.binary(max_size=80))
def test_any_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(ParseError):
        read_certificate(raw)


@given(raw=mangled(REAL, most=4))
def test_a_real_certificate_with_any_bytes_changed_is_read_or_refused(
    raw: bytes,
) -> None:
    with contextlib.suppress(ParseError):
        read_certificate(raw)
