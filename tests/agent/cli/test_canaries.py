"""No credential of an audit is in any file, output or process list, whatever goes wrong with it."""

import base64
import os
import pty
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from tests.agent.cli.auditing import (
    HEAD,
    PROGRAM,
    ROOT,
    environment,
    gaps_of,
    handover,
    json_of,
    server_line,
    write_engagement,
)
from tests.agent.cli.running import run
from tests.agent.cli.secrecy import forms, leaks, leaks_below, processes
from tests.collectors.transports.brief import A_SHELL
from tests.lab.hostile import Server, serve
from tests.lab.keys import ed25519_pair

CANARIES = {
    name: f"c4n/{name}+{number}~Zq7"
    for number, name in enumerate(
        (
            *("env", "env-wrong", "file", "file-wrong", "cmd", "cmd-fails", "typed", "unreachable"),
            *("phrase", "phrase-wrong", "phrase-unused", "crash", "readable", "unknown-host"),
        )
    )
}
WRONG = ("env-wrong", "file-wrong")
SOURCE = """\
- name: servers
  kind: ssh
  user: audit
  known_hosts: known_hosts
  connect_timeout_s: 2
  host_timeout_s: 5
  hosts:
{hosts}\
- name: by-client
  kind: ssh
  user: audit
  key: locked.key
  passphrase: env:PHRASE_UNUSED
  transport: openssh
  known_hosts: known_hosts
  connect_timeout_s: 2
  hosts:
{clients}\
"""
# Python runs it at its start: a login that crashes with the password in its error, and a collector
# that crashes while it reads.
CUSTOM = """\
import paramiko
from collectors import spec, runner

_by_password, _read = paramiko.Transport.auth_password, runner._read

def auth_password(self, username, password, *args, **kwargs):
    if "crash" in password:
        raise ValueError(f"{username}:{password}")
    return _by_password(self, username, password, *args, **kwargs)

def read(collector, answers):
    def crash(*_):
        raise ValueError(collector)
        yield
    if collector.name == "linux.sudo":
        collector = spec.Collector("linux.sudo", collector.asks, collector.tells, crash)
    return _read(collector, answers)

paramiko.Transport.auth_password, runner._read = auth_password, read
"""


class Run(NamedTuple):
    """What an audit with every kind of credential left behind."""

    folders: tuple[Path, ...]
    given: tuple[Path, ...]  # files in which the user keeps a secret
    shown: bytes
    commands: set[bytes]
    secrets: dict[str, str]
    servers: dict[str, Server]


def _locked(passphrase: str) -> str:
    kind = serialization.PrivateFormat.OpenSSH
    lock = kind.encryption_builder().kdf_rounds(4).build(passphrase.encode())
    key = ed25519.Ed25519PrivateKey.generate()
    return key.private_bytes(serialization.Encoding.PEM, kind, lock).decode()


def _private(path: Path, text: str, mode: int = 0o600) -> Path:
    path.touch(mode=0o600)
    path.write_text(text)
    path.chmod(mode)
    return path


LOGINS = {
    "env": "password: env:PASS",
    "env-wrong": "password: env:PASS_WRONG",
    "file": 'password: "file:pass.txt"',
    "file-wrong": 'password: "file:wrong.txt"',
    "cmd": 'password: "cmd:{folder}/tell"',
    "cmd-fails": 'password: "cmd:{folder}/fail"',
    "typed": 'password: "prompt:the typed one"',
    "phrase": 'key: locked.key, passphrase: "file:phrase.txt"',
    "phrase-wrong": "key: other.key, passphrase: env:PHRASE_WRONG",
    "crash": "password: env:CRASH",
    "readable": 'password: "file:readable.txt"',
    "key-text": "key: env:KEY_TEXT",
    "unknown-host": "password: env:UNKNOWN",
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    base = tmp_path_factory.mktemp("canaries")
    home, temporary, folder = base / "home", base / "tmp", base / "e"
    custom = base / "custom"
    for place in (home, temporary, custom):
        place.mkdir()
    (custom / "sitecustomize.py").write_text(CUSTOM)
    key_text = ed25519_pair().private
    bodies = {"key-text": "".join(key_text.splitlines()[2:-2])}
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(
                serve(
                    "refuse_auth" if name in WRONG else "cut_off",
                    greeting=A_SHELL,
                    password=CANARIES.get(name, "none"),
                )
            )
            for name in LOGINS
        }
        servers["client"] = stack.enter_context(serve("cut_off", greeting=A_SHELL))
        hosts = "".join(
            server_line(name, server, f", {LOGINS[name].format(folder=folder)}")
            for name, server in servers.items()
            if name in LOGINS
        )
        hosts += "  - {name: unreachable, address: 127.0.0.1, port: 1, password: env:UNREACHABLE}\n"
        clients = server_line("client", servers["client"])
        known = [one.known_hosts for name, one in servers.items() if name != "unknown-host"]
        known.append(f"[127.0.0.1]:1 {ed25519_pair().public}\n")
        text = HEAD + SOURCE.format(hosts=hosts, clients=clients)
        write_engagement(folder, None, text, known=known)
        given = _given(folder)
        env = {
            "HOME": str(home),
            "TMPDIR": str(temporary),
            "PYTHONPATH": f"{custom}:{ROOT}",
            "PASS": CANARIES["env"],
            "PASS_WRONG": CANARIES["env-wrong"],
            "PHRASE_WRONG": CANARIES["phrase-wrong"],
            "PHRASE_UNUSED": CANARIES["phrase-unused"],
            "CRASH": CANARIES["crash"],
            "UNKNOWN": CANARIES["unknown-host"],
            "UNREACHABLE": CANARIES["unreachable"],
            "KEY_TEXT": key_text,
        }
        with processes() as commands:
            words = ("-C", str(folder), "audit", "--record", str(base / "answers"))
            shown = _at_a_terminal([*PROGRAM, *words], env)
            without = handover(folder, "audit", env=env)
            assert without.returncode == 2, without.stderr
            for word in (("plan",), ("coverage", "--json"), ("doctor",), ("findings", "--all")):
                done = handover(folder, *word, env=env)
                shown += (done.stdout + done.stderr).encode()
            shown += (without.stdout + without.stderr).encode()
        yield Run((base,), given, shown, commands, CANARIES | bodies, servers)


def _given(folder: Path) -> tuple[Path, ...]:
    """Write the files in which the user keeps secrets."""
    tell = f'#!/bin/sh\nwhile read -r word; do echo "$word"; done <{folder}/told.txt\n'
    fail = (
        f'#!/bin/sh\nwhile read -r w; do echo "$w"; echo "$w" >&2; done <{folder}/f.txt\nexit 3\n'
    )
    _private(folder / "tell", tell, 0o700)
    _private(folder / "fail", fail, 0o700)
    return (
        _private(folder / "pass.txt", CANARIES["file"] + "\n"),
        _private(folder / "wrong.txt", CANARIES["file-wrong"]),
        _private(folder / "told.txt", CANARIES["cmd"] + "\n"),
        _private(folder / "f.txt", CANARIES["cmd-fails"] + "\n"),
        _private(folder / "phrase.txt", CANARIES["phrase"]),
        _private(folder / "readable.txt", CANARIES["readable"], 0o644),
        _private(folder / "locked.key", _locked(CANARIES["phrase"])),
        _private(folder / "other.key", _locked(CANARIES["phrase"])),
    )


def _at_a_terminal(argv: list[str], env: dict[str, str]) -> bytes:
    """Run a program on a terminal of its own, type the password, and return all that is shown."""
    master, slave = pty.openpty()
    child = subprocess.Popen(
        ["setsid", "-c", "-w", *argv],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment(env),
        cwd=ROOT,
    )
    os.close(slave)
    shown, typed, late = b"", False, time.monotonic() + 90
    while time.monotonic() < late:
        if select.select([master], [], [], 0.2)[0]:
            try:
                part = os.read(master, 65_536)
            except OSError:  # the other end is closed: the program has ended
                break
            shown += part
        if not typed and b"the typed one: " in shown:
            os.write(master, CANARIES["typed"].encode() + b"\n")
            typed = True
    assert typed, shown
    assert child.wait(30) == 3, shown
    os.close(master)
    return shown


@pytest.mark.parametrize("form", [name for name, _ in forms("some secret")])
def test_the_search_finds_a_marker_in_each_form(form: str, tmp_path: Path) -> None:
    value = CANARIES["env"]
    piece = dict(forms(value))[form]
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(b"\x00before " + piece + b" after")
    found = leaks_below([tmp_path], {"env": value}, given=())
    assert form in {leak.form for leak in found}
    wrapped = piece[:5] + b"\n" + piece[5:]
    assert leaks("output", wrapped, {"env": value})
    assert not leaks_below([tmp_path], {"env": value}, given=[tmp_path / "deep" / "file"])


def test_a_real_base64_and_hex_of_a_longer_text_is_found() -> None:
    value = CANARIES["cmd"]
    for before in ("", "a", "ab", "abc"):
        text = base64.b64encode(f"{before}{value}tail".encode())
        assert leaks("x", text, {"cmd": value}), before
    assert leaks("x", f"user:{value}@".encode().hex().encode(), {"cmd": value})


def test_every_credential_was_really_used(ran: Run) -> None:
    tried = {
        name: [(one.method, one.shown) for one in server.attempts]
        for name, server in ran.servers.items()
    }
    for name in ("env", "env-wrong", "file", "file-wrong", "cmd", "typed"):
        assert ("password", CANARIES[name]) in tried[name], name
    for name in ("phrase", "key-text"):
        assert [method for method, _ in tried[name]] == ["publickey"], name
    for name in ("cmd-fails", "phrase-wrong", "crash", "readable", "unknown-host"):
        assert tried[name] == [], name


def test_every_failure_is_a_gap_that_says_what_is_wrong(ran: Run) -> None:
    folder = ran.folders[0] / "e"
    said = {
        name: " ".join(detail for _, _, detail in gaps)
        for name, gaps in gaps_of(json_of(folder, "coverage")).items()
    }
    assert "audit@env-wrong was refused" in said["env-wrong"]
    assert "gave no secret: it ended with status 3" in said["cmd-fails"]
    assert "the passphrase does not open" in said["phrase-wrong"]
    assert "can be read by others: chmod 600 it" in said["readable"]
    assert "it could not be asked: ValueError in the code that reads it" in said["crash"]
    assert "Connection refused" in said["unreachable"]
    assert "host key of unknown-host is not known" in said["unknown-host"]
    assert "client was refused" in said["client"]


def test_no_file_holds_a_credential(ran: Run) -> None:
    files = {path.name for folder in ran.folders for path in folder.rglob("*") if path.is_file()}
    assert {"audits.db", "dossier.html", "checklist.html", "handover.yaml"} <= files
    assert list((ran.folders[0] / "answers").glob("*.json"))
    assert leaks_below(ran.folders, ran.secrets, given=ran.given) == []


def test_no_output_shows_a_credential(ran: Run) -> None:
    assert b"complete, with gaps (exit 3)" in ran.shown
    assert leaks("output", ran.shown, ran.secrets) == []


def test_no_command_line_shows_a_credential(ran: Run) -> None:
    assert any(b"audit\x00--record" in line for line in ran.commands)
    assert any(line.startswith(b"ssh\x00") for line in ran.commands)
    for line in ran.commands:
        assert leaks("command line", line, ran.secrets) == []


@pytest.mark.parametrize(
    "entry",
    [
        "  - audit:{0}@web1\n",
        "  - {{name: web1, user: 'audit:{0}'}}\n",
        "  - {{name: web1, address: 'ssh://audit:{0}@192.0.2.1'}}\n",
        "  - {{name: web1, password: '{0}'}}\n",
        "  - {{name: web1, jump: 'audit:{0}@jump'}}\n",
    ],
)
def test_a_credential_in_the_file_itself_is_refused_and_not_repeated(
    entry: str, tmp_path: Path
) -> None:
    source = "- name: servers\n  kind: ssh\n  user: audit\n  hosts:\n"
    folder = write_engagement(
        tmp_path / "e", None, HEAD + source + entry.format("c4nary-7Zq9-in-yaml")
    )
    for word in ("plan", "audit", "doctor", "coverage"):
        ran = run(folder, word)
        assert ran.status in (1, 2), ran.out
        shown = ran.out + ran.err
        assert "handover.yaml:" in shown
        assert leaks("output", shown.encode(), {"yaml": "c4nary-7Zq9-in-yaml"}) == []
    assert not (folder / "audits.db").exists()
