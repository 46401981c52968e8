"""`handover doctor`: what is wrong with the installation or the engagement, without contact."""

import datetime
import json
import socket
from pathlib import Path

import pytest

from agent.cli.checkup import authorised
from agent.cli.checkup_words import BAD, FINE, NOTE
from agent.engagement.model import Authorisation
from inventory.store import FILE, Store
from tests.agent.cli.running import YAML, engagement, run, whole

SIGNED = """\
authorisation:
  name: Anna Muster
  role: managing director
  date: 2020-01-01
  reference: mail
"""
FLEET = f"""\
client: Muster
{SIGNED}sources:
  - name: hosts
    kind: ssh
    hosts:
      - {{name: web1, address: 192.0.2.1, user: audit}}
      - {{name: db1, address: 192.0.2.2, user: audit}}
    key: KEY
    passphrase: env:HANDOVER_TEST_PASSPHRASE
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.delenv("HANDOVER_TEST_PASSPHRASE", raising=False)
    (tmp_path / "e").mkdir()
    return tmp_path


def checks(folder: Path, *words: str) -> list[tuple[str, str, str]]:
    found = json.loads(run(folder, "doctor", "--json", *words).out)["value"]["checks"]
    return [(one["what"], one["state"], one["says"]) for one in found]


def of(what: str, found: list[tuple[str, str, str]]) -> tuple[str, str]:
    return next((state, says) for name, state, says in found if name == what)


def test_a_sound_engagement_ends_with_0(home: Path) -> None:
    text = f"{YAML}sources: [{{name: here, kind: local}}]\n"
    folder = engagement(home / "e", (whole(),), text=text)
    ran = run(folder, "doctor", "--signatures")
    assert ran.status == 0
    assert ran.out.rstrip().splitlines()[-1].startswith("0 bad, 0 not known")
    found = checks(folder)
    assert of("kept audits", found) == (FINE, "1 finished of 1")
    assert of("seals", found)[0] == FINE
    assert of("source here", found) == (FINE, "this machine")


def test_nothing_is_contacted(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("doctor opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    (home / "e" / "handover.yaml").write_text(FLEET.replace("KEY", str(home / "key")))
    run(home / "e", "doctor", "--signatures")


def test_an_engagement_without_a_source_is_told(home: Path) -> None:
    folder = engagement(home / "e", (whole(),))
    assert of("sources", checks(folder))[0] == NOTE


def test_an_empty_folder_says_what_makes_an_engagement(home: Path) -> None:
    found = checks(home / "e")
    assert of("handover.yaml", found) == (NOTE, "does not exist: `handover init` writes one")
    assert run(home / "nowhere", "doctor").status == 1


def test_what_others_may_read_or_change_is_told(home: Path) -> None:
    folder = engagement(home / "e", (whole(),))
    folder.chmod(0o755)
    (folder / "handover.yaml").chmod(0o666)
    (folder / FILE).chmod(0o644)
    found = checks(folder)
    assert of("folder", found)[0] == NOTE
    assert of("handover.yaml", found)[0] == BAD
    assert of("store", found) == (
        BAD,
        f"{folder / FILE} is open to others (mode 0644): chmod 600 it",
    )
    assert run(folder, "doctor").status == 1
    folder.chmod(0o777)
    assert of("folder", checks(folder))[0] == BAD


def test_a_changed_store_is_bad(home: Path) -> None:
    folder = engagement(home / "e", (whole(),))
    raw = (folder / FILE).read_bytes()
    at = raw.index(b'{"only":null}')
    (folder / FILE).write_bytes(raw[:at] + b'{"only":true}' + raw[at + 13 :])
    assert of("seals", checks(folder))[0] == BAD
    (folder / FILE).write_bytes(b"nonsense" * 100)
    found = checks(folder)
    assert ("kept audits", BAD) in {(what, state) for what, state, _ in found}


def test_an_unfinished_audit_is_told(home: Path) -> None:
    folder = engagement(home / "e", (whole(),))
    with Store.open(folder / FILE) as store, store.begin({}, 5000):
        pass
    assert "handover audit --resume" in run(folder, "doctor").out


def test_mistakes_in_the_engagement_are_bad(home: Path) -> None:
    (home / "e" / "handover.yaml").write_text("client: Muster\nsorces: []\n")
    state, says = of("handover.yaml", checks(home / "e"))
    assert state == BAD
    assert "handover.yaml:2" in says


def test_what_stands_in_the_way_of_a_login_is_told(home: Path) -> None:
    key = home / "key"
    (home / "e" / "handover.yaml").write_text(FLEET.replace("KEY", str(key)))
    found = checks(home / "e")
    assert ("source hosts", BAD, f"key {key} cannot be read: No such file or directory") in found
    says = [says for what, _, says in found if what == "source hosts"]
    assert "2 hosts" in says
    assert any("no host key is known of web1, db1" in one for one in says)
    assert any("env:HANDOVER_TEST_PASSPHRASE is not set now" in one for one in says)


def test_a_key_of_ones_own_and_pinned_hosts_are_fine(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = home / "key"
    key.touch(0o600)
    (home / ".ssh").mkdir()
    blob = "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    (home / ".ssh" / "known_hosts").write_text(
        f"192.0.2.1 ssh-ed25519 {blob}\n192.0.2.2 ssh-ed25519 {blob}\n"
    )
    monkeypatch.setenv("HANDOVER_TEST_PASSPHRASE", "x")
    (home / "e" / "handover.yaml").write_text(FLEET.replace("KEY", str(key)))
    found = checks(home / "e")
    assert [(state, says) for what, state, says in found if what == "source hosts"] == [
        (FINE, "2 hosts")
    ]
    key.chmod(0o644)
    assert of("source hosts", checks(home / "e")[-3:])[1] != ""
    assert f"key {key} can be read by others" in run(home / "e", "doctor").out


@pytest.mark.parametrize(
    ("since", "until", "state"),
    [
        (-10, None, FINE),
        (-10, 100, FINE),
        (-10, 14, NOTE),
        (-10, 0, NOTE),
        (-10, -1, BAD),
        (1, None, BAD),
    ],
)
def test_the_authorisation_is_judged_by_its_dates(
    since: int, until: int | None, state: str
) -> None:
    today = datetime.date(2027, 5, 12)
    days = datetime.timedelta
    end = None if until is None else today + days(until)
    given = Authorisation("Anna", "MD", today + days(since), "mail", end)
    assert authorised(given, today).state == state


def test_without_an_authorisation_it_says_what_is_audited() -> None:
    check = authorised(None, datetime.date(2027, 5, 12))
    assert (check.state, check.says) == (NOTE, "none: only this machine is audited")
