import shutil
import subprocess
from pathlib import Path

import pytest

from collectors.linux.secrets import HOMES, HOST, KEPT_KEYS, PRIVATE, private_keys
from collectors.spec import Answer, FileMeta
from inventory.model.access import LoginSecret
from tests.collectors.linux.shells import filtered

FORMS = [
    ("RFC4716", "", "plain"),
    ("RFC4716", "CANARY-pass", "encrypted"),
    ("PEM", "", "plain"),
    ("PEM", "CANARY-pass", "encrypted"),
    ("PKCS8", "", "plain"),
    ("PKCS8", "CANARY-pass", "encrypted"),
]


@pytest.mark.parametrize(("form", "passphrase", "word"), FORMS)
def test_of_a_private_key_only_one_word_leaves_a_host(
    tmp_path: Path, form: str, passphrase: str, word: str
) -> None:
    tool = shutil.which("ssh-keygen")
    assert tool, "ssh-keygen is needed for this test"
    subprocess.run(
        [tool, "-q", "-t", "rsa", "-b", "2048", "-m", form, "-N", passphrase, "-f", tmp_path / "k"],
        check=True,
    )
    assert filtered(PRIVATE, (tmp_path / "k").read_text()) == f"{word}\n"


@pytest.mark.parametrize(
    "text",
    [
        "CANARY\n",
        "Host x\n  Password CANARY\n",
        "\nCANARY\n",
        "-----BEGIN CERTIFICATE-----\nCANARY\n",
        "PuTTY-User-Key-File-2: ssh-rsa\nCANARY\nEncryption: none\nCANARY\n",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nCANARY\n",
        "-----BEGIN RSA PRIVATE KEY-----\nCANARY\n",
    ],
)
def test_of_other_files_nothing_leaves_a_host(text: str) -> None:
    assert "CANARY" not in filtered(PRIVATE, text)


def test_of_places_only_the_existence_is_asked() -> None:
    assert not any(ask.content for ask in (HOMES, HOST, KEPT_KEYS))


def test_the_public_half_beside_it_names_the_key() -> None:
    public = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHEBhnWHbUgDhs+J42WHAg6VqA2FaEpm1BwvkQiU1QfS"
    meta = FileMeta("alice", 0o600, 1, 0)
    files = (
        Answer("p", "encrypted", "/h/k", ("a",), meta),
        Answer("p", public, "/h/k.pub", ("a",), meta),
        Answer("p", "plain", "/h/other", ("a",), meta),
    )
    told = [one for one in private_keys(files) if isinstance(one, LoginSecret)]
    assert [(one.path, one.is_encrypted, one.fingerprint) for one in told] == [
        ("/h/k", True, "SHA256:0baIAltP0fGBeF5qVcKthUX4GQJV9vsOM5lu9YhqbGg"),
        ("/h/other", False, None),
    ]
