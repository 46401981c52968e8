"""A secret is found where its reference says, and its value is told to nobody but its one use."""

import copy
import json
import os
import pickle
import pty
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from agent.engagement import secrets
from agent.engagement.mistakes import Wrong
from agent.engagement.secrets import Secret, SecretRef, Secrets, parse_ref
from inventory.errors import ConfigError

CANARY = "CANARY-9f3b"
BLOB = f"{CANARY} with spaces, ünïcode and $(touch x)"


def _ref(text: str, folder: Path) -> SecretRef:
    return parse_ref(text, folder=folder, label="password of fleet")


def _file(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    path = folder / "secret"
    path.write_bytes(content)
    path.chmod(mode)
    return path


def _error(do: Callable[[], object]) -> str:
    """Return an error in every form in which it could be kept or shown."""
    with pytest.raises(ConfigError) as caught:
        do()
    err = caught.value
    with_causes = "".join(traceback.format_exception(err))
    return f"{err}\n{err!r}\n{err.args}\n{with_causes}"


def test_each_way_finds_its_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_SECRET", BLOB)
    path = _file(tmp_path, f"{BLOB}\n".encode())
    for text in ("env:AUDIT_SECRET", "file:secret", f"file:{path}", f"cmd:cat {path}"):
        assert _ref(text, tmp_path).resolve().reveal() == BLOB, text


def test_only_the_last_line_end_is_taken_away(tmp_path: Path) -> None:
    _file(tmp_path, b" two \nlines \r\n")
    assert _ref("file:secret", tmp_path).resolve().reveal() == " two \nlines "


def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret(CANARY)
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r:>20}",
        repr([secret]),
    ]
    assert not any(CANARY in text for text in shown)
    refuse: list[Callable[[], object]] = [
        lambda: pickle.dumps(secret), lambda: copy.copy(secret), lambda: copy.deepcopy(secret),
        lambda: json.dumps({"a": secret}), lambda: msgspec.json.encode(secret),
        lambda: vars(secret),
    ]  # fmt: skip
    for one in refuse:
        with pytest.raises(TypeError) as caught:
            one()
        assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_no_traceback_with_its_locals_shows_it() -> None:
    secret = Secret(CANARY)

    def fail(password: Secret) -> None:
        held = [password]
        raise RuntimeError(f"with {held}")

    with pytest.raises(RuntimeError) as caught:
        fail(secret)
    stack = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    shown = "".join(stack.format())
    assert "***" in shown
    assert CANARY not in shown.replace(f"CANARY = '{CANARY}'", "")


@pytest.mark.parametrize(
    ("content", "mode", "told"),
    [
        (CANARY.encode(), 0o644, "can be read by others: chmod 600 it, then change the secret"),
        (CANARY.encode(), 0o640, "can be read by others"),
        (CANARY.encode() + b"\xff", 0o600, "holds no text that can be a secret"),
        (CANARY.encode() + b"\0", 0o600, "holds no text that can be a secret"),
        (b"\n", 0o600, "holds no text that can be a secret"),
        (CANARY.encode() * 10_000, 0o600, "is bigger than 65536 bytes"),
    ],
)
def test_a_file_that_will_not_do_is_named_and_not_quoted(
    content: bytes, mode: int, told: str, tmp_path: Path
) -> None:
    path = _file(tmp_path, content, mode)
    said = _error(_ref("file:secret", tmp_path).resolve)
    assert f"file:{path}" in said
    assert told in said
    assert "CANARY" not in said


def test_what_is_no_file_is_said_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "folder").mkdir(mode=0o700)
    began = time.monotonic()
    assert "does not exist" in _error(_ref("file:none", tmp_path).resolve)
    assert "is not a regular file" in _error(_ref("file:pipe", tmp_path).resolve)
    assert "is not a regular file" in _error(_ref("file:folder", tmp_path).resolve)
    assert "is not a regular file" in _error(_ref("file:/dev/zero", tmp_path).resolve)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("value", [None, ""])
def test_a_variable_that_is_not_set_is_named(
    value: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is None:
        monkeypatch.delenv("AUDIT_SECRET", raising=False)
    else:
        monkeypatch.setenv("AUDIT_SECRET", value)
    said = _error(_ref("env:AUDIT_SECRET", tmp_path).resolve)
    assert "env:AUDIT_SECRET is not set: export AUDIT_SECRET before the run" in said


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (f"echo {CANARY}; echo {CANARY} >&2; exit 3", "it ended with status 3"),
        (f"printf {CANARY}; sleep 60", "it did not end in time"),
        ("yes CANARY", "it printed more than 65536 bytes"),
        (f"printf '{CANARY}\\0'", "holds no text that can be a secret"),
        ("true", "holds no text that can be a secret"),
        (f"kill -9 $$ {CANARY}", "it ended with status -9"),
    ],
)
def test_a_command_that_fails_is_named_by_its_first_word(
    script: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "COMMAND_TIMEOUT_S", 1.0)
    quoted = script.replace('"', '\\"')
    began = time.monotonic()
    said = _error(_ref(f'cmd:sh -c "{quoted}"', tmp_path).resolve)
    assert "cmd:sh …" in said
    assert told in said
    assert CANARY not in said
    assert time.monotonic() - began < 10


def test_a_command_runs_without_a_shell_and_is_missed_by_name(tmp_path: Path) -> None:
    assert _ref("cmd:echo $(id) ; touch x", tmp_path).resolve().reveal() == "$(id) ; touch x"
    said = _error(_ref("cmd:/no/such/program --token CANARY", tmp_path).resolve)
    assert "cmd:/no/such/program … gave no secret: No such file or directory" in said
    assert "CANARY" not in said


def test_what_a_command_leaves_running_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "COMMAND_TIMEOUT_S", 0.5)
    mark = tmp_path / "late"
    _error(_ref(f"cmd:sh -c 'sleep 2; touch {mark}'", tmp_path).resolve)
    time.sleep(2.2)
    assert not mark.exists()


def test_a_prompt_needs_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        said = _error(_ref("prompt", tmp_path).resolve)
    assert "prompt:password of fleet cannot be asked without a terminal: use env:" in said


ASKED = """
from pathlib import Path
from agent.engagement.secrets import Secrets, parse_ref
ref = parse_ref({text!r}, folder=Path("/"), label="password of fleet")
kept = Secrets()
print("GOT", len(kept.resolve(ref).reveal()), len(kept.resolve(ref).reveal()), ref, "end of it")
"""


@pytest.mark.parametrize(
    ("text", "label"),
    [("prompt", "password of fleet: "), ("prompt:Audit on db1", "Audit on db1: ")],
)
def test_a_prompt_says_for_what_it_asks_once_and_shows_nothing(text: str, label: str) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", ASKED.format(text=text)],
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, close_fds=True,
    ) as child:  # fmt: skip
        os.close(theirs)
        seen = _until(ours, label.encode())
        time.sleep(0.2)  # getpass turns the echo off before it prints, some terminals after
        os.write(ours, f"{CANARY}\n".encode())
        seen += _until(ours, b"end of it")
        child.wait(10)
    os.close(ours)
    assert f"GOT {len(CANARY)} {len(CANARY)} prompt:{label[:-2]}" in seen.decode()
    assert seen.count(label.encode()) == 1
    assert CANARY.encode() not in seen


def _until(handle: int, wanted: bytes) -> bytes:
    seen = b""
    while wanted not in seen:
        seen += os.read(handle, 1024)
    return seen


def test_a_keyring_that_is_not_installed_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    said = _error(_ref("keyring:handover/audit", tmp_path).resolve)
    assert "keyring:handover/audit needs an extra: pip install 'handover[secrets]'" in said


KEYRING = """
class KeyringError(Exception): ...
def get_password(service, name):
    if service == "locked":
        raise KeyringError("CANARY")
    return {("handover", "audit"): "CANARY-9f3b"}.get((service, name))
"""


def test_a_keyring_gives_or_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "keyring"
    package.mkdir()
    (package / "__init__.py").write_text(KEYRING)
    (package / "errors.py").write_text("from keyring import KeyringError\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("keyring", "keyring.errors"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    try:
        assert _ref("keyring:handover/audit", tmp_path).resolve().reveal() == CANARY
        assert "keyring set handover other" in _error(
            _ref("keyring:handover/other", tmp_path).resolve
        )
        with pytest.raises(ConfigError) as caught:
            _ref("keyring:locked/x", tmp_path).resolve()
        told = "keyring:locked/x: the keyring gives nothing (KeyringError)"
        assert str(caught.value) == told
    finally:
        for name in ("keyring", "keyring.errors"):
            sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (CANARY, "must say where the secret lies, not the secret itself: env:NAME, file:PATH"),
        ("", "must say where the secret lies"),
        ("pass:CANARY", "must say where the secret lies"),
        ("env:", "env: must be followed by the name of a variable"),
        ("env:CANARY-9", "env: must be followed by the name of a variable"),
        ("file:", "file: must be followed by a path"),
        ("cmd:", "cmd: must be followed by a command"),
        ("cmd:''", "cmd: must be followed by a command"),
        ("cmd:echo 'CANARY", "cmd: has a quote without end"),
        ("keyring:CANARY", "keyring: must be followed by SERVICE/NAME"),
        ("keyring:/x", "keyring: must be followed by SERVICE/NAME"),
        ("prompt:CANARY\x1b[31m", "prompt: must not hold control characters"),
    ],
)
def test_what_is_no_reference_is_refused_without_repeating_it(
    text: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(Wrong, match=told) as caught:
        _ref(text, tmp_path)
    assert "CANARY" not in str(caught.value)


def test_a_reference_tells_no_argument_of_its_command(tmp_path: Path) -> None:
    ref = _ref("cmd:vault read --token CANARY path", tmp_path)
    assert str(ref) == "cmd:vault …"


def test_fifty_threads_fetch_a_secret_once(tmp_path: Path) -> None:
    count = tmp_path / "count"
    ref = _ref(f"cmd:sh -c 'echo x >>{count}; sleep 0.2; echo {CANARY}'", tmp_path)
    kept, got = Secrets(), []
    threads = [
        threading.Thread(target=lambda: got.append(kept.resolve(ref).reveal())) for _ in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [CANARY] * 50
    assert count.read_text() == "x\n"


def test_one_that_failed_fails_again_without_being_tried(tmp_path: Path) -> None:
    count = tmp_path / "count"
    ref = _ref(f"cmd:sh -c 'echo x >>{count}; exit 1'", tmp_path)
    kept = Secrets()
    said = {_error(lambda: kept.resolve(ref)).split("\n")[0] for _ in range(3)}
    assert said == {"cmd:sh … gave no secret: it ended with status 1; run it yourself to see why"}
    assert count.read_text() == "x\n"
