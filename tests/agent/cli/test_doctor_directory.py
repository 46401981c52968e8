"""`handover doctor --contact` says what stands on the way to a directory, and never logs in."""

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.cli.checkup_words import BAD, FINE, NOTE
from tests.agent.cli.running import run
from tests.lab.directory.authority import Certificate, issue, new_authority

STARTED = bytes.fromhex("300c02010178070a010004000400")  # an answer to StartTLS: success
REFUSED = bytes.fromhex("300c02010178070a010204000400")  # protocolError
HEAD = """\
client: Muster
authorisation: {name: Anna, role: Owner, date: 2020-01-01, reference: Mail}
sources:
- name: directory
  kind: ldap
  user: audit@corp.example
  password: env:HANDOVER_TEST_LDAP
"""
SECRET = "s3cret-of-the-audit"


class Directory:
    """A server that speaks TLS, at once or after StartTLS, and keeps whatever else it is told."""

    def __init__(self, shown: Certificate, *, answer: bytes | None) -> None:
        """Take the certificate to show, and the answer to StartTLS; None: TLS at once."""
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(shown.certificate, shown.key)
        self._answer = answer
        self.told: list[bytes] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take no more connections; after it all that was told is known."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), line:
                self._one(line)

    def _one(self, line: socket.socket) -> None:
        line.settimeout(5)
        if self._answer is not None:
            self.told.append(line.recv(4096))
            line.sendall(self._answer)
        with self._context.wrap_socket(line, server_side=True) as secured:
            self.told.append(secured.recv(4096))


@pytest.fixture
def authority(tmp_path: Path) -> Certificate:
    return new_authority(tmp_path / "ca")


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOVER_TEST_LDAP", SECRET)


@contextlib.contextmanager
def serving(
    authority: Certificate, *names: str, days: int = 365, answer: bytes | None = None
) -> Iterator[tuple[Directory, Certificate]]:
    shown = issue(authority, authority.key.parent / "server", *names, days=days)
    server = Directory(shown, answer=answer)
    try:
        yield server, shown
    finally:
        server.close()


def checks(folder: Path, text: str, *words: str) -> list[tuple[str, str]]:
    """Return state and words of each check of the source."""
    folder.mkdir(exist_ok=True)
    (folder / "handover.yaml").write_text(HEAD + text)
    (folder / "handover.yaml").chmod(0o600)
    ran = run(folder, "doctor", "--json", *words)
    assert SECRET not in ran.out
    found = json.loads(ran.out)["value"]["checks"]
    return [(one["state"], one["says"]) for one in found if one["what"] == "source directory"]


def lines(port: int, *more: str) -> str:
    return "".join(f"  {one}\n" for one in (f"servers: ['localhost:{port}']", *more))


def test_a_server_that_is_proved_is_fine(authority: Certificate, tmp_path: Path) -> None:
    with serving(authority, "localhost") as (server, _):
        found = checks(
            tmp_path / "e", lines(server.port, f"ca_file: {authority.certificate}"), "--contact"
        )
    assert [state for state, _ in found] == [FINE] * 3
    assert "answers with TLSv1.3, proved by its authority: CN=localhost" in found[1][1]
    assert "ends in 36" in found[2][1]
    assert server.told == [b""]  # closed without a word: no login, no password


def test_without_contact_nothing_is_connected_to(authority: Certificate, tmp_path: Path) -> None:
    with serving(authority, "localhost") as (server, _):
        found = checks(tmp_path / "e", lines(server.port))
    assert found[-1][0] == NOTE
    assert found[-1][1].startswith("not contacted: `handover doctor --contact`")
    assert server.told == []


def test_without_an_authorisation_nothing_is_connected_to(
    authority: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = HEAD.replace("date: 2020-01-01,", "date: 2020-01-01, until: 2020-02-01,")
    monkeypatch.setattr(f"{__name__}.HEAD", old)
    with serving(authority, "localhost") as (server, _):
        found = checks(tmp_path / "e", lines(server.port), "--contact")
        ran = run(tmp_path / "e", "doctor", "--contact")
    assert found[-1][1].startswith("not contacted")
    assert "nobody is contacted: no authorisation covers today" in ran.out
    assert server.told == []


@pytest.mark.parametrize(
    ("names", "more", "piece"),
    [
        (("other.example",), (), "is not proved to be localhost"),
        (("other.example",), ("server_name: other.example",), ""),
        (("localhost",), ("server_name: dc1.corp.example",), "server_name"),
    ],
)
def test_a_wrong_name_says_which_and_the_way_out(
    names: tuple[str, ...],
    more: tuple[str, ...],
    piece: str,
    authority: Certificate,
    tmp_path: Path,
) -> None:
    with serving(authority, *names) as (server, _):
        text = lines(server.port, f"ca_file: {authority.certificate}", *more)
        found = checks(tmp_path / "e", text, "--contact")
    assert found[1][0] == (BAD if piece else FINE)
    assert piece in found[1][1]
    assert not any(server.told)


def test_an_unknown_authority_shows_the_fingerprint_that_can_be_pinned(
    authority: Certificate, tmp_path: Path
) -> None:
    with serving(authority, "localhost") as (server, shown):
        (_, (state, says)) = checks(tmp_path / "e", lines(server.port), "--contact")
        pinned = lines(server.port, f"pin: sha256:{shown.sha256}")
        fine = checks(tmp_path / "f", pinned, "--contact")
        wrong = checks(tmp_path / "g", lines(server.port, f"pin: sha256:{'0' * 64}"), "--contact")
    assert (state, shown.sha256 in says, "ca_file" in says) == (BAD, True, True)
    assert [state for state, _ in fine] == [FINE] * 3
    assert "proved by its pin" in fine[1][1]
    assert (wrong[1][0], "is pinned" in wrong[1][1]) == (BAD, True)


def test_a_certificate_that_ended_is_bad_and_one_that_ends_soon_is_noted(
    authority: Certificate, tmp_path: Path
) -> None:
    with serving(authority, "localhost", days=0) as (server, shown):
        ca = lines(server.port, f"ca_file: {authority.certificate}")
        refused = checks(tmp_path / "e", ca, "--contact")
        pinned = lines(server.port, f"pin: sha256:{shown.sha256}")
        ended = checks(tmp_path / "f", pinned, "--contact")
    assert (refused[1][0], "expired" in refused[1][1]) == (BAD, True)
    assert (ended[2][0], "have it renewed" in ended[2][1]) == (BAD, True)
    with serving(authority, "localhost", days=20) as (server, _):
        ca = lines(server.port, f"ca_file: {authority.certificate}")
        soon = checks(tmp_path / "g", ca, "--contact")
    assert soon[2][0] == NOTE


def test_starttls_is_tried_and_its_refusal_told(authority: Certificate, tmp_path: Path) -> None:
    more = ("security: starttls", f"ca_file: {authority.certificate}")
    with serving(authority, "localhost", answer=STARTED) as (server, _):
        fine = checks(tmp_path / "e", lines(server.port, *more), "--contact")
    assert [state for state, _ in fine] == [FINE] * 3
    assert server.told[1] == b""
    with serving(authority, "localhost", answer=REFUSED) as (server, _):
        refused = checks(tmp_path / "f", lines(server.port, *more), "--contact")
    assert (refused[1][0], "does not start TLS" in refused[1][1]) == (BAD, True)


def test_a_directory_in_clear_is_bad_and_starttls_is_shown_as_the_way_out(
    authority: Certificate, tmp_path: Path
) -> None:
    with serving(authority, "localhost", answer=STARTED) as (server, _):
        text = lines(server.port, "security: clear-text-passwords-allowed")
        found = checks(tmp_path / "e", text, "--contact")
    assert (found[1][0], found[1][1].startswith("without TLS")) == (BAD, True)
    assert found[2] == (FINE, f"localhost:{server.port} answers")


def test_what_cannot_be_reached_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    closed = checks(tmp_path / "e", lines(port), "--contact")
    assert (closed[1][0], "cannot be reached" in closed[1][1]) == (BAD, True)
    nowhere = checks(tmp_path / "f", "  servers: [dc1.invalid]\n", "--contact")
    assert (nowhere[1][0], "dc1.invalid has no address" in nowhere[1][1]) == (BAD, True)


def test_a_real_domain_controller_is_proved(samba_ad, tmp_path: Path) -> None:
    text = (
        f"  servers: [{samba_ad.address}]\n  server_name: {samba_ad.name}\n"
        f"  ca_file: {samba_ad.ca_file}\n"
    )
    found = checks(tmp_path / "e", text, "--contact")
    assert [state for state, _ in found] == [FINE] * 3
    started = checks(tmp_path / "f", text + "  security: starttls\n", "--contact")
    assert [state for state, _ in started] == [FINE] * 3


def test_a_ticket_is_looked_for_where_one_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRB5CCNAME", f"FILE:{tmp_path}/none")
    lines_ = HEAD.partition("  user:")[0] + "  kerberos: true\n  domain: corp.example\n"
    monkeypatch.setattr(f"{__name__}.HEAD", lines_)
    found = checks(tmp_path / "e", "")
    assert any("pip install 'handover[kerberos]'" in says or "kinit" in says for _, says in found)
