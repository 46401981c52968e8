"""A host may do anything: each run ends in time, in bounded memory, with an error that says what happened."""

import time
from pathlib import Path

import pytest

from collectors.transports import session
from collectors.transports.guard import LockoutGuard
from collectors.transports.hops import Hop, LegacyCrypto, Login
from collectors.transports.session import Limits, NotAShell
from collectors.transports.ssh import SshDoor
from inventory.errors import Denied, TimedOut, TransportError, Unreachable
from inventory.model.evidence import Why
from tests.collectors.transports.brief import (
    A_SHELL,
    ASKS,
    BRIEF,
    PASSWORD,
    bounded_memory,
    hop_to,
    key_at,
    known_at,
    told_by,
)
from tests.lab.hostile import serve

pytestmark = pytest.mark.lab
LATE_S = 9.0
MIB = 2**20


@pytest.fixture(autouse=True)
def brief_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "PROOF_S", 1)


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("mute", TimedOut, "handshake"),
        ("endless_banner", TimedOut, "handshake"),
        ("drip_banner", TimedOut, "handshake"),
        ("kex_mute", TimedOut, "handshake"),
        ("weak_only", LegacyCrypto, "transport: openssh"),
        ("junk_after_kex", TransportError, "evil"),
        ("refuse_auth", Denied, "audit@evil was refused"),
        ("hang_auth", TimedOut, "did not answer the login"),
        ("wants_more", Denied, "wants more than one credential"),
        ("mute_exec", Unreachable, "opens no session"),
        ("silent", TimedOut, "no shell answered within 1 s"),
        ("drip", NotAShell, "it said '.'"),
        ("flood_stdout", NotAShell, "no POSIX shell answers; it said"),
        ("flood_stderr", NotAShell, "no POSIX shell answers; it said"),
        ("cut_off", NotAShell, "it said 'first line'"),
        ("appliance", NotAShell, "Invalid input"),
        ("appliance_shell", NotAShell, "refuses to run a shell command"),
    ],
)
def test_a_host_that_is_no_shell_ends_in_time_with_its_own_error(
    kind: str, error: type[TransportError], words: str, tmp_path: Path
) -> None:
    login = Login(key_path=key_at(tmp_path))
    with serve(kind) as server, bounded_memory(60 * MIB):
        began = time.monotonic()
        with pytest.raises(error, match=words) as caught:
            told_by(server, login, known_at(tmp_path, server.known_hosts))
        assert time.monotonic() - began < LATE_S
        assert len(str(caught.value)) < 600
        assert len(server.attempts) <= 1


@pytest.mark.parametrize("kind", ["flood_stdout", "flood_stderr"])
def test_ten_gigabytes_in_the_middle_of_an_answer_end_at_the_limit(
    kind: str, tmp_path: Path
) -> None:
    login, limits = Login(key_path=key_at(tmp_path)), Limits(total_s=20, silence_s=2)
    with serve(kind, greeting=A_SHELL) as server, bounded_memory(100 * MIB):
        told = told_by(server, login, known_at(tmp_path, server.known_hosts), limits=limits)
        assert server.sent_bytes < 100 * MIB
    assert [gaps[0].why for _, gaps in told.outcomes.values()] == [Why.UNREACHABLE] * len(ASKS)


@pytest.mark.parametrize("kind", ["silent", "drip", "cut_off", "no_status", "no_window"])
def test_a_shell_that_then_fails_leaves_a_gap_for_every_question(kind: str, tmp_path: Path) -> None:
    login, began = Login(key_path=key_at(tmp_path)), time.monotonic()
    with serve(kind, greeting=A_SHELL) as server:
        told = told_by(server, login, known_at(tmp_path, server.known_hosts))
    assert time.monotonic() - began < LATE_S + 2
    assert set(told.outcomes) == {name for name, _ in ASKS}
    assert all(not answers and gaps for answers, gaps in told.outcomes.values())


def test_a_host_that_takes_nothing_is_left(tmp_path: Path) -> None:
    login = Login(key_path=key_at(tmp_path))
    with serve("no_window", greeting=A_SHELL) as server:
        known = known_at(tmp_path, server.known_hosts)
        wire = SshDoor(known, LockoutGuard(), BRIEF).wire([hop_to(server, login)])
        began = time.monotonic()
        with pytest.raises(TimedOut, match="does not take what is sent"):
            wire.send(bytes(8 * MIB))
        assert time.monotonic() - began < 4
        wire.close()


@pytest.mark.parametrize(
    "login",
    [Login(password=lambda: PASSWORD), Login(key_text=lambda: pytest.fail("the key was read"))],
    ids=["password", "key"],
)
@pytest.mark.parametrize("kind", ["scripted", "changed_key"])
def test_nothing_is_tried_at_a_host_whose_key_is_unknown_or_changed(
    kind: str, login: Login, tmp_path: Path
) -> None:
    with serve(kind, password=PASSWORD) as server:
        lines = (server.known_hosts,) if kind == "changed_key" else ()
        with pytest.raises(Denied, match="key") as caught:
            told_by(server, login, known_at(tmp_path, *lines))
        assert server.attempts == []
        assert server.requests == []
    assert "Nothing was sent to it" in str(caught.value)


def test_a_key_of_another_type_than_the_pinned_ones_is_not_taken(tmp_path: Path) -> None:
    from tests.lab.keys import ecdsa_pair

    with serve("scripted", password=PASSWORD) as server:
        other = f"[{server.address}]:{server.port} {ecdsa_pair().public}\n"
        with pytest.raises((Denied, Unreachable, LegacyCrypto)):
            told_by(server, Login(password=lambda: PASSWORD), known_at(tmp_path, other))
        assert server.attempts == []


def test_a_revoked_key_is_not_taken(tmp_path: Path) -> None:
    with serve("scripted", password=PASSWORD) as server:
        lines = (server.known_hosts, f"@revoked * {server.key.public}\n")
        with pytest.raises(Denied, match="not known"):
            told_by(server, Login(password=lambda: PASSWORD), known_at(tmp_path, *lines))
        assert server.attempts == []


def test_only_a_session_and_one_command_are_ever_asked_for(tmp_path: Path) -> None:
    login = Login(key_path=key_at(tmp_path))
    with serve("silent", greeting=A_SHELL) as server:
        told_by(server, login, known_at(tmp_path, server.known_hosts))
        asked = {(request.kind, request.detail) for request in server.requests}
    assert asked == {("open session", ""), ("exec", "exec /bin/sh -s")}


def test_a_port_where_nobody_listens_is_unreachable(tmp_path: Path) -> None:
    with serve("mute") as server:
        port = server.port
    door = SshDoor(known_at(tmp_path), LockoutGuard(), BRIEF)
    with pytest.raises(Unreachable, match=f"127.0.0.1:{port}: Connection refused"):
        door.wire([Hop("gone", "127.0.0.1", port, "audit", Login(key_path="/nowhere"))])
