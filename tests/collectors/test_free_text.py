"""Secrets that people write into remarks are masked; what they write about passwords stays."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.free_text import redact_remark, redacted_value

SECRETS = [
    ("PW Sommer2026!", "PW ***"),
    ("pw: Sommer2026!", "pw: ***"),
    ("Kennwort ist hund", "Kennwort ist ***"),
    ("Kennwort=hund", "Kennwort=***"),
    ("initial password welcome", "initial password ***"),
    ("Initial password is now Welcome1, change it", "Initial password is now ***"),
    ("Passwort lautet: geheim123", "Passwort lautet: ***"),
    ("password changed to Herbst26", "password changed to ***"),
    ('Scan to mail (Passwort "drucker")', 'Scan to mail (Passwort "***")'),
    ("user svc / pass hunter2", "user svc / pass ***"),
    ("pwd->x9!k", "pwd->***"),
    ("Login backup, PIN 4711", "Login backup, PIN ***"),
    ("https://backup:s3cret@nas.example/", "https://backup:***@nas.example/"),
    ("mot de passe : soleil", "mot de passe : ***"),
    ("token ghp_0123456789abcdefghijABCDEFGHIJ012345", "***"),
    ("Secret: never", "Secret: ***"),
]
HARMLESS = [
    "Password never expires",
    "Passwort läuft nie ab",
    "password reset portal",
    "Password policy for admins",
    "account for password sync",
    "Kennwort im KeePass",
    "Password in KeePass",
    "secret server connector",
    "pass-through authentication agent",
    "bypass of the proxy",
    "Built-in account for administering the computer/domain",
    "Backup operator of Müller GmbH, Tel. +49 30 1234",
    "compass and passport office",
    "keyword index",
    "Members can administer domain servers",
    "",
]


@pytest.mark.parametrize(("text", "told"), SECRETS)
def test_a_secret_in_a_remark_is_masked(text: str, told: str) -> None:
    found = redact_remark(text)
    assert told in found
    for secret in (
        "Sommer2026",
        "hund",
        "welcome",
        "Welcome1",
        "geheim123",
        "Herbst26",
        "drucker",
        "hunter2",
        "x9!k",
        "4711",
        "s3cret",
        "soleil",
        "ghp_0123",
    ):
        assert secret not in found


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_said_about_a_password_stays(text: str) -> None:
    assert redact_remark(text) == text


def test_what_is_masked_stays_masked() -> None:
    for text, _ in SECRETS:
        once = redact_remark(text)
        assert redact_remark(once) == once


def test_bytes_that_are_no_text_pass_untouched() -> None:
    assert redacted_value(b"\xff\xfe\x00") == b"\xff\xfe\x00"
    assert redacted_value("pw: ä\udcff".encode("utf-8", "surrogateescape")) == b"pw: ***"


@given(raw=st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_bytes_can_be_a_remark(raw: bytes) -> None:
    assert isinstance(redacted_value(raw), bytes)


@pytest.mark.parametrize(
    "piece", ["pw ", "password is ", "pass =", "(((((", "pw is now new ", "ab"]
)
def test_a_long_remark_takes_no_longer_than_a_moment(piece: str) -> None:
    start = time.process_time()
    redacted_value((piece * 16_384)[:16_384].encode())
    assert time.process_time() - start < 2
