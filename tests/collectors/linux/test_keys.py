import base64
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.linux.keys import KEYS, SETTINGS, authorized_keys
from collectors.openssh import public_key
from collectors.spec import Answer, Unreadable
from inventory.model.access import AuthorizedKey
from tests.collectors.linux.shells import as_answer, filtered

ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHEBhnWHbUgDhs+J42WHAg6VqA2FaEpm1BwvkQiU1QfS"
FINGERPRINT = "SHA256:0baIAltP0fGBeF5qVcKthUX4GQJV9vsOM5lu9YhqbGg"  # ssh-keygen -lf


@pytest.mark.parametrize(
    ("kind", "bits"),
    [("rsa", 1024), ("rsa", 3072), ("ecdsa", 256), ("ecdsa", 521), ("ed25519", 256)],
)
def test_fingerprint_and_bits_are_those_of_ssh_keygen(tmp_path: Path, kind: str, bits: int) -> None:
    tool = shutil.which("ssh-keygen")
    assert tool, "ssh-keygen is needed for this test"
    subprocess.run(
        [tool, "-q", "-t", kind, "-b", str(bits), "-N", "", "-f", tmp_path / "k"], check=True
    )
    said = subprocess.run(
        [tool, "-lf", tmp_path / "k.pub"], check=True, capture_output=True, text=True
    ).stdout
    key = public_key((tmp_path / "k.pub").read_text())
    assert key is not None
    assert said.startswith(f"{key.bits} {key.fingerprint} ")
    assert key.is_weak is (bits == 1024)


def test_a_key_whose_bytes_name_another_algorithm_or_are_cut_is_none() -> None:
    blob = base64.b64decode(ED25519.split()[1])
    assert public_key("ssh-rsa " + ED25519.split()[1]) is None
    for end in range(len(blob)):
        assert public_key("ssh-ed25519 " + base64.b64encode(blob[:end]).decode()) is None


def test_no_private_key_and_no_environment_leaves_a_host() -> None:
    text = (
        "-----BEGIN OPENSSH PRIVATE KEY-----\nCANARYAAAAAAAA ssh-ed25519 AAAA\n-----END OPENSSH PRIVATE KEY-----\n"
        f'environment="TOKEN=CANARY" {ED25519} one\n'
        f'no-pty,environment="TOKEN=a\\"CANARY",environment="B=CANARY" {ED25519} two\n'
        "password CANARY\n"
    )
    told = filtered(KEYS, text)
    assert "CANARY" not in told
    assert told.count("\n") == text.count("\n")
    keys = list(authorized_keys((as_answer(KEYS, "/root/.ssh/authorized_keys", text, "root"),), ()))
    assert [one.comment for one in keys if isinstance(one, AuthorizedKey)] == ["one", "two"]
    assert len([one for one in keys if isinstance(one, Unreadable)]) == 1


def test_padding_taken_away_on_the_host_does_not_change_a_fingerprint() -> None:
    padded = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBAOMOAAr3iorouV/Z4Oyaq4FHiLJyioth1P2hKYJGptaYrs3/UARoSOQMc8DM18M22csVXgqhoaMVksv5kGsApk= x"
    bare = filtered(KEYS, padded + "\n").strip()
    assert "=" not in bare
    assert public_key(bare) == public_key(padded)


OPTION = st.sampled_from(
    [
        "restrict",
        "no-pty",
        "cert-authority",
        'from="10.0.0.1,*.example"',
        'command="a, b \\"c\\" d"',
        'principals="x y"',
    ]
)


@given(st.lists(OPTION, min_size=1, max_size=5, unique=True))
@settings(max_examples=60, deadline=None)
def test_options_are_read_as_written(options: list[str]) -> None:
    answer = Answer(
        "keys", f"{','.join(options)} {ED25519} me", "/root/.ssh/authorized_keys", ("root",)
    )
    (key,) = authorized_keys((answer,), ())
    assert isinstance(key, AuthorizedKey)
    assert key.options == tuple(options)
    assert key.fingerprint == FINGERPRINT
    assert key.is_authority is ("cert-authority" in options)
    assert key.command == ('a, b "c" d' if any("command" in option for option in options) else None)
    assert key.origins == (
        ("10.0.0.1", "*.example") if any("from" in option for option in options) else ()
    )


def test_a_file_of_nonsense_is_one_gap() -> None:
    answer = Answer("keys", "?\n" * 50_000, "/home/x/.ssh/authorized_keys", ("x",))
    assert len(list(authorized_keys((answer,), ()))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "AuthorizedKeysFile /var/keys/%u",
        "AuthorizedKeysCommand /usr/bin/keys",
        "Include /opt/*.conf",
        "Match User a\n authorizedkeysfile=%h/keys",
    ],
)
def test_a_place_that_is_not_read_never_looks_complete(line: str) -> None:
    settings_answer = as_answer(SETTINGS, "/etc/ssh/sshd_config", f"Port 22\n{line}\n")
    assert any(isinstance(one, Unreadable) for one in authorized_keys((), (settings_answer,)))
