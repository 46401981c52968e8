"""One credential, one attempt; what it was is never told."""

import pickle
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from collectors.transports.guard import LockoutGuard
from collectors.transports.hops import Login
from collectors.transports.private_keys import FileKeys
from collectors.transports.ssh import SshDoor
from inventory.errors import Denied
from tests.collectors.transports.brief import BRIEF, PASSWORD, hop_to, key_at, known_at
from tests.lab.hostile import Server, serve
from tests.lab.keys import ed25519_pair

pytestmark = pytest.mark.lab
PASSPHRASE = "CANARY-passphrase"
MAKERS: dict[str, Callable[[], object]] = {
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ecdsa": lambda: ec.generate_private_key(ec.SECP384R1()),
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
}
FORMATS = {
    "openssh": serialization.PrivateFormat.OpenSSH,
    "pkcs8": serialization.PrivateFormat.PKCS8,
}


def _key_text(kind: str = "ed25519", form: str = "openssh", passphrase: str = "") -> str:
    if form == "openssh" and passphrase:
        locked = serialization.PrivateFormat.OpenSSH.encryption_builder().kdf_rounds(4)
        locking: serialization.KeySerializationEncryption = locked.build(passphrase.encode())
    elif passphrase:
        locking = serialization.BestAvailableEncryption(passphrase.encode())
    else:
        locking = serialization.NoEncryption()
    key = MAKERS[kind]()
    raw = key.private_bytes(serialization.Encoding.PEM, FORMATS[form], locking)  # type: ignore[attr-defined]
    return raw.decode()


def _enter(server: Server, login: Login, folder: Path) -> None:
    door = SshDoor(known_at(folder, server.known_hosts), LockoutGuard(), BRIEF)
    door.wire([hop_to(server, login)]).close()


def _refusal(server: Server, login: Login, folder: Path) -> str:
    """Return what the refusal says in every way in which it could be kept."""
    with pytest.raises(Denied) as caught:
        _enter(server, login, folder)
    err = caught.value
    trace = "".join(traceback.format_exception(err))
    return "\n".join((str(err), repr(err), trace, repr(login), repr(pickle.dumps(str(err)))))


def test_a_wrong_passphrase_is_told_though_another_one_has_opened_the_file(tmp_path: Path) -> None:
    path = tmp_path / "id"
    path.write_text(_key_text(passphrase=PASSPHRASE))
    keys = FileKeys()
    first = keys.key(str(path), lambda: PASSPHRASE)
    assert keys.key(str(path), lambda: PASSPHRASE) is first
    with pytest.raises(Denied, match="the passphrase does not open"):
        keys.key(str(path), lambda: "another")
    path.write_text("no key any more")
    assert keys.key(str(path), lambda: PASSPHRASE) is first


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE], ids=["open", "encrypted"])
@pytest.mark.parametrize(
    ("kind", "form"),
    [("ed25519", "openssh"), ("ecdsa", "openssh"), ("rsa", "openssh"), ("rsa", "pkcs8")],
)
def test_a_key_lets_in_from_a_file_and_from_a_text(
    kind: str, form: str, passphrase: str, tmp_path: Path
) -> None:
    text = _key_text(kind, form, passphrase)
    path = tmp_path / "key"
    path.write_text(text)
    say = (lambda: passphrase) if passphrase else None
    with serve("scripted") as server:
        for login in (
            Login(key_path=str(path), passphrase=say),
            Login(key_text=lambda: text, passphrase=say),
        ):
            _enter(server, login, tmp_path)
        assert [one.method for one in server.attempts] == ["publickey"] * 2
        assert len({one.shown for one in server.attempts}) == 1


def test_a_wrong_key_is_tried_once(tmp_path: Path) -> None:
    with serve("refuse_auth") as server:
        said = _refusal(server, Login(key_path=key_at(tmp_path)), tmp_path)
        assert [one.method for one in server.attempts] == ["publickey"]
    assert "audit@evil was refused" in said


def test_a_wrong_password_is_tried_once_and_never_told(tmp_path: Path) -> None:
    with serve("scripted", password=PASSWORD) as server:
        said = _refusal(server, Login(password=lambda: "CANARY-wrong"), tmp_path)
        assert [(one.method, one.shown) for one in server.attempts] == [
            ("password", "CANARY-wrong")
        ]
    assert "CANARY" not in said


@pytest.mark.parametrize("given", ["CANARY-not-this", None], ids=["wrong", "none"])
@pytest.mark.parametrize("form", list(FORMATS))
def test_a_key_that_does_not_open_makes_no_attempt(
    form: str, given: str | None, tmp_path: Path
) -> None:
    text = _key_text("rsa", form, PASSPHRASE)
    path = tmp_path / "locked"
    path.write_text(text)
    say = None if given is None else (lambda: given)
    with serve("scripted") as server:
        from_file = _refusal(server, Login(key_path=str(path), passphrase=say), tmp_path)
        from_text = _refusal(server, Login(key_text=lambda: text, passphrase=say), tmp_path)
        assert server.attempts == []
    if given is None:
        assert f"{path} is encrypted: set `passphrase:`" in from_file
        assert "the key of audit@evil is encrypted" in from_text
    else:
        assert f"the passphrase does not open {path}" in from_file
        assert "the passphrase does not open the key of audit@evil" in from_text
    for said in (from_file, from_text):
        assert "CANARY" not in said
        assert text.splitlines()[3] not in said


@pytest.mark.parametrize("content", ["", "no key", "-----BEGIN OPENSSH PRIVATE KEY-----\nCANARY\n"])
def test_a_file_that_is_no_key_is_named_and_not_quoted(content: str, tmp_path: Path) -> None:
    path = tmp_path / "none"
    path.write_text(content)
    with serve("scripted") as server:
        said = _refusal(server, Login(key_path=str(path)), tmp_path)
        assert server.attempts == []
    assert f"{path} is not a private key that can be used" in said
    assert "CANARY" not in said


def test_a_credential_that_cannot_be_had_is_no_attempt(tmp_path: Path) -> None:
    def fail() -> str:
        raise Denied("env:AUDIT is not set")

    guard = LockoutGuard()
    with serve("scripted", password=PASSWORD) as server:
        known = known_at(tmp_path, server.known_hosts)
        for password in (fail, fail, fail):
            login = Login(password=password, authority="all")
            with pytest.raises(Denied, match="env:AUDIT is not set"):
                SshDoor(known, guard, BRIEF).wire([hop_to(server, login)])
        good = Login(password=lambda: PASSWORD, authority="all")
        SshDoor(known, guard, BRIEF).wire([hop_to(server, good)]).close()
        assert len(server.attempts) == 1


def test_no_credential_at_all_is_said(tmp_path: Path) -> None:
    with serve("scripted") as server:
        assert "no key and no password is given" in _refusal(server, Login(), tmp_path)
        assert server.attempts == []


def test_one_hidden_question_is_answered_with_the_password(tmp_path: Path) -> None:
    with serve("asks_once", password=PASSWORD) as server:
        _enter(server, Login(password=lambda: PASSWORD), tmp_path)
        assert [one.method for one in server.attempts] == ["password", "keyboard-interactive"]


@pytest.mark.parametrize("kind", ["asks_more", "asks_aloud"])
def test_any_other_question_is_not_answered(kind: str, tmp_path: Path) -> None:
    with serve(kind, password=PASSWORD) as server:
        said = _refusal(server, Login(password=lambda: PASSWORD), tmp_path)
        assert [one.method for one in server.attempts] == ["password"]
    assert PASSWORD not in said


def test_a_key_is_read_once_for_all_hosts(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(ed25519_pair().private)
    login = Login(key_path=str(path))
    with serve("scripted") as server:
        door = SshDoor(known_at(tmp_path, server.known_hosts), LockoutGuard(), BRIEF)
        door.wire([hop_to(server, login)]).close()
        path.unlink()
        door.wire([hop_to(server, login)]).close()
        assert len(server.attempts) == 2
