"""`handover audit` of a directory: read, recorded, replayed, refused, stopped, and gone on with."""

import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

from inventory.model.directory_accounts import DirectoryAccount
from inventory.reading import State
from inventory.store import FILE, AuditState, Store
from tests.agent.cli.auditing import HEAD, handover, json_of, started
from tests.lab.ldap_server import DOMAIN, Behaviour, FakeDirectory

PASSWORD = "s3cret-Pw"
ENV = {"DIRECTORY_PASSWORD": PASSWORD}


def _people(*names: str) -> dict[str, dict[str, list[str | bytes]]]:
    return {
        f"CN={name},OU=Staff,{DOMAIN}": {
            "objectClass": ["top", "person", "user"],
            "sAMAccountType": ["805306368"],
            "sAMAccountName": [name],
            "objectGUID": [name.encode().ljust(16, b"\0")],
            "objectSid": [b"\x01\x05" + bytes(5) + b"\x05" + name.encode().ljust(20, b"\0")[:20]],
            "userAccountControl": ["512"],
        }
        for name in names
    }


def _engagement(folder: Path, server: FakeDirectory) -> Path:
    host, port = server.address
    folder.mkdir()
    source = (
        f"- name: ad\n  kind: ldap\n  servers: ['{host}:{port}']\n"
        "  security: clear-text-passwords-allowed\n"
        "  user: auditor@corp.example\n  password: env:DIRECTORY_PASSWORD\n"
    )
    (folder / "handover.yaml").write_text(HEAD + source)
    (folder / "handover.yaml").chmod(0o600)
    return folder


def _names(folder: Path, number: int | None = None) -> set[str]:
    with Store.open(folder / FILE, create=False) as store:
        assert store.verify() == []
        rows = store.snapshot(number).read(DirectoryAccount).known().rows
    return {row.record.name for row in rows if not row.carried}


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_directory_is_audited_recorded_and_read_again(tmp_path: Path) -> None:
    with FakeDirectory(_people("alice", "bob")) as server:
        folder = _engagement(tmp_path / "e", server)
        live = handover(folder, "audit", "--record", str(tmp_path / "r"), env=ENV)
    assert live.returncode in (0, 3), live.stderr
    assert _names(folder) == {"alice", "bob"}
    replay = handover(folder, "audit", "--replay", str(tmp_path / "r"))
    assert replay.returncode == live.returncode, replay.stderr
    assert _names(folder) == {"alice", "bob"}
    assert json_of(folder, "changes")["value"]["changes"] == []
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert PASSWORD.encode() not in kept
    assert PASSWORD not in live.stdout + live.stderr


def test_a_wrong_password_is_tried_once_and_told(tmp_path: Path) -> None:
    with FakeDirectory(_people("alice")) as server:
        folder = _engagement(tmp_path / "e", server)
        done = handover(folder, "audit", env={"DIRECTORY_PASSWORD": "wrong-one"})
        assert server.requests.count("bind") == 1
    assert done.returncode == 3
    assert re.search(r"1/1 127\.0\.0\.77 +refused", done.stderr)
    assert "wrong-one" not in done.stdout + done.stderr


def test_a_password_that_is_not_there_is_never_sent(tmp_path: Path) -> None:
    with FakeDirectory(_people("alice")) as server:
        folder = _engagement(tmp_path / "e", server)
        done = handover(folder, "audit", env={"DIRECTORY_PASSWORD": ""})
        assert "bind" not in server.requests
    assert done.returncode == 3
    assert "DIRECTORY_PASSWORD" in done.stderr


def test_only_what_is_wanted_is_asked(tmp_path: Path) -> None:
    with FakeDirectory(_people("alice")) as server:
        folder = _engagement(tmp_path / "e", server)
        done = handover(folder, "audit", "--only", "directory.accounts", env=ENV)
    assert done.returncode == 3, done.stderr
    with Store.open(folder / FILE, create=False) as store:
        states = {one.key.collector: one.state for one in store.snapshot().readings()}
    assert states.pop("directory.accounts") is not State.NOT_ASKED
    assert set(states.values()) == {State.NOT_ASKED}


def test_an_interrupt_says_good_bye_and_resume_reads_it_whole(tmp_path: Path) -> None:
    behaviour = Behaviour(trick="stall")
    with FakeDirectory(_people("alice", "bob"), behaviour) as server:
        folder = _engagement(tmp_path / "e", server)
        with started(folder, "audit", env=ENV) as child:
            _until(lambda: server.requests.count("search") >= 2)
            began = time.monotonic()
            child.send_signal(signal.SIGINT)
            _, err = child.communicate(timeout=60)
            assert time.monotonic() - began < 20
        assert child.returncode == 1
        assert "0 of 1 targets are kept in audit 1" in err
        assert "Traceback" not in err
        _until(lambda: server.requests[-1] == "unbind")
        with Store.open(folder / FILE, create=False) as store:
            assert [line.state for line in store.audits()] == [AuditState.OPEN]
        behaviour.trick = ""
        done = handover(folder, "audit", "--resume", env=ENV)
    assert done.returncode in (0, 3), done.stderr
    assert _names(folder, 1) == {"alice", "bob"}
