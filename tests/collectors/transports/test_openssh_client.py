"""The system's client: what it may not do whatever the ssh_config says, and what its words mean."""

import time
from pathlib import Path

import pytest

from collectors.transports import openssh_client, session
from collectors.transports.guard import LockoutGuard
from collectors.transports.hops import Hop, LegacyCrypto, Login, Timeouts
from collectors.transports.openssh_client import OpensshDoor, meaning
from collectors.transports.session import Become, Limits, Told, interview
from inventory.errors import Denied, TimedOut, TransportError, Unreachable
from tests.collectors.transports.brief import A_SHELL, ASKS, PASSWORD, hop_to, key_at
from tests.lab.hostile import Server, serve

pytestmark = pytest.mark.lab
BOLD = """\
Host *
  ForwardAgent yes
  ForwardX11 yes
  ForwardX11Trusted yes
  RequestTTY force
  SendEnv LANG LC_* CANARY
  SetEnv FROM_CONFIG=1
  LocalForward 127.0.0.1:1 127.0.0.1:2
  RemoteForward 127.0.0.1:1 127.0.0.1:2
  DynamicForward 127.0.0.1:3
  PermitLocalCommand yes
  LocalCommand touch {folder}/ran
  RemoteCommand touch {folder}/ran
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  ControlMaster auto
  ControlPath {folder}/master
  ControlPersist 60
  PasswordAuthentication yes
  BatchMode no
  EscapeChar ~
"""


@pytest.fixture(autouse=True)
def brief_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "PROOF_S", 1)
    monkeypatch.setenv("CANARY", "from our environment")


def _door(
    server: Server, folder: Path, *, config: str = "", known: str | None = None, connect_s: int = 1
) -> OpensshDoor:
    (folder / "config").write_text(config.format(folder=folder))
    (folder / "known").write_text(server.known_hosts if known is None else known)
    times = Timeouts(connect_s=connect_s, handshake_s=1, login_s=2, send_s=2)
    return OpensshDoor([folder / "known"], LockoutGuard(), times, config=folder / "config")


def _told(door: OpensshDoor, hop: Hop) -> Told:
    limits = Limits(total_s=6, silence_s=1)
    return interview(ASKS, lambda: door.wire([hop]), Become.NONE, limits)


def test_a_bold_ssh_config_makes_it_ask_for_nothing_but_a_shell(tmp_path: Path) -> None:
    login = Login(key_path=key_at(tmp_path))
    with serve("silent", greeting=A_SHELL) as server:
        told = _told(_door(server, tmp_path, config=BOLD), hop_to(server, login))
        asked = {(one.kind, one.detail) for one in server.requests}
        attempts = {(one.method, one.user) for one in server.attempts}
    assert asked <= {
        ("open session", ""),
        ("exec", "exec /bin/sh -s"),
        ("env", "b'FROM_CONFIG'=b'1'"),  # the user's own word for this very host
    }
    assert attempts <= {("none", "audit"), ("publickey", "audit")}
    assert all(gaps for _, gaps in told.outcomes.values())
    assert not (tmp_path / "ran").exists()
    assert not (tmp_path / "master").exists()


@pytest.mark.parametrize("known", ["", "changed"])
def test_nothing_is_tried_at_a_host_whose_key_is_unknown_or_changed(
    known: str, tmp_path: Path
) -> None:
    kind = "changed_key" if known else "scripted"
    with serve(kind) as server:
        lines = server.known_hosts if known else ""
        door = _door(server, tmp_path, config=BOLD, known=lines)
        with pytest.raises(Denied, match="key") as caught:
            door.wire([hop_to(server, Login(key_path=key_at(tmp_path)))])
        assert server.attempts == []
    assert "Nothing was sent to it" in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("mute", TimedOut, "evil"),
        ("drip_banner", TransportError, "evil"),
        ("kex_mute", TimedOut, "evil"),
        ("weak_only", LegacyCrypto, "speaks only what this ssh no longer does"),
        ("refuse_auth", Denied, "audit@evil was refused: audit@127.0.0.1: Permission denied"),
        ("hang_auth", TimedOut, "did not log in within 4 s"),
        ("wants_more", Denied, "wants more than one credential"),
    ],
)
def test_each_failure_has_its_own_error_in_time(
    kind: str, error: type[TransportError], words: str, tmp_path: Path
) -> None:
    began = time.monotonic()
    with serve(kind) as server, pytest.raises(error, match=words) as caught:
        _door(server, tmp_path).wire([hop_to(server, Login(key_path=key_at(tmp_path)))])
    assert time.monotonic() - began < 8
    assert len(str(caught.value)) < 500
    # A query and a signature.
    assert sum(one.method == "publickey" for one in server.attempts) <= 2


def test_a_refused_key_with_a_passphrase_says_that_ssh_was_not_given_it() -> None:
    hop = Hop("h", "192.0.2.1", 22, "a", Login(key_path="/k", passphrase=lambda: PASSWORD))
    said = str(meaning("a@h: Permission denied (publickey).", [hop], "known_hosts"))
    assert "load the key into ssh-agent" in said
    assert PASSWORD not in said


def test_passwords_and_texts_of_keys_are_refused_before_anything_starts(tmp_path: Path) -> None:
    with serve("scripted", password=PASSWORD) as server:
        door = _door(server, tmp_path)
        for login in (Login(password=lambda: PASSWORD), Login(key_text=lambda: "x"), Login()):
            with pytest.raises(Denied, match="path of a key only"):
                door.wire([hop_to(server, login)])
        assert server.connections == 0


def test_a_proxy_command_of_the_ssh_config_is_the_way(tmp_path: Path) -> None:
    with serve("silent", greeting=A_SHELL) as server:
        relay = tmp_path / "relay.py"
        relay.write_text(RELAY)
        config = f"Host evil\n  ProxyCommand python3 {relay} {server.port}\n"
        known = f"192.0.2.77 {server.stated_key}\n"
        hop = Hop("evil", "192.0.2.77", 22, "audit", Login(key_path=key_at(tmp_path)))
        door = _door(server, tmp_path, config=config, known=known, connect_s=8)
        wire = door.wire([hop])
        assert wire.receive(2) == A_SHELL
        wire.close()
        assert server.commands == ("exec /bin/sh -s",)


RELAY = """\
import socket, sys, threading
wire = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
def up():
    while part := sys.stdin.buffer.raw.read(65536):
        wire.sendall(part)
threading.Thread(target=up, daemon=True).start()
while part := wire.recv(65536):
    sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()
"""


def test_no_program_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openssh_client, "PROGRAM", "no-such-ssh")
    with serve("scripted") as server, pytest.raises(Unreachable, match="no-such-ssh could not be"):
        _door(server, tmp_path).wire([hop_to(server, Login(key_path=key_at(tmp_path)))])


def test_odd_names_and_paths_stay_one_word(tmp_path: Path) -> None:
    folder = tmp_path / 'a "b" %h \\ $(touch x) é'
    folder.mkdir()
    with serve("silent", greeting=A_SHELL) as server:
        hop = hop_to(server, Login(key_path=key_at(folder)))
        wire = _door(server, folder).wire([hop])
        assert wire.receive(2) == A_SHELL
        wire.close()


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        ("ssh: connect to host h port 22: Connection timed out", TimedOut, "does not answer"),
        ("ssh: connect to host h port 22: No route to host", Unreachable, "No route to host"),
        ("ssh: Could not resolve hostname h: Name or service not known", Unreachable, "resolve"),
        (
            "Unable to negotiate with h: no matching host key type found. Their offer: ssh-rsa,ssh-dss",
            LegacyCrypto,
            "Their offer: ssh-rsa,ssh-dss",
        ),
        (
            "No ED25519 host key is known for [192.0.2.1]:2222 and you have requested strict ...\n",
            Denied,
            "the host key of jump is not known.*>> 'keys here'",
        ),
        (
            "@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n@@@\nHost key ...",
            Denied,
            "another host key than known_hosts pins",
        ),
        ("a@h: Permission denied (publickey).", Denied, "audit@inner was refused"),
        ("", Unreachable, "it ended without a word"),
        ("\x1b]0;owned\x07 oops", Unreachable, r"\\x1b\]0;owned\\x07 oops"),
    ],
)
def test_the_words_of_ssh_have_a_meaning(
    said: str, error: type[TransportError], words: str
) -> None:
    hops = [
        Hop("jump", "192.0.2.1", 2222, "audit", Login()),
        Hop("inner", "192.0.2.2", 22, "audit", Login()),
    ]
    with pytest.raises(error, match=words):
        raise meaning(said, hops, "keys here")
