"""From what is planned to how it is asked: the login, the way to root, what is left out."""

from pathlib import Path

import pytest

from agent.audit.doors import Doors, questions
from agent.audit.run import run
from agent.audit.sources import Chosen, planned
from agent.audit.targets import Outlook, Target
from agent.engagement.secrets import Secret, SecretRef, Secrets
from collectors.registry import of_source
from collectors.runner import ask_name
from collectors.transports import session
from collectors.transports.script import host_asks
from collectors.transports.session import Become
from inventory.errors import ConfigError
from inventory.model.evidence import Gap, Why
from tests.agent.audit.asked import Kept
from tests.agent.audit.engagements import engagement
from tests.lab.hostile import Server, serve
from tests.lab.keys import ed25519_pair, write_pair

PASSWORD = "the-right-one"


@pytest.fixture(autouse=True)
def brief_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "PROOF_S", 1)


def _entry(name: str, server: Server, login: str) -> str:
    return f"  - {{name: {name}, address: 127.0.0.1, port: {server.port}, {login}}}\n"


def _doors(folder: Path, hosts: str, *servers: Server, more: str = "") -> Doors:
    (folder / "known_hosts").write_text("".join(server.known_hosts for server in servers))
    head = f"- name: servers\n  kind: ssh\n  user: audit\n  known_hosts: known_hosts\n{more}"
    found = engagement(folder, f"{head}  hosts:\n{hosts}" if hosts else head)
    return Doors(planned(found, Chosen(), discover=False), Secrets())


def _gaps(targets: tuple[Target, ...]) -> dict[str, Gap]:
    """Return the one gap of each target of which nothing came back."""
    return {
        one.target.name: one.collected[0].reading.gaps[0]
        for one in run(targets, Kept(), parallel=4)
    }


def test_the_installed_script_is_told_what_to_leave_out() -> None:
    collectors = of_source("ssh")
    everything = [name for name, _ in host_asks(collectors)]
    few = [one for one in collectors if one.name == "linux.sudo"]
    slow = [ask_name(few[0], few[0].asks[0])]
    wanted, left = questions(few, slow, Become.SCRIPT)
    assert [name for name, _ in wanted] == everything
    kept = {name for name, _ in host_asks(few)} - set(slow)
    assert set(left) == set(everything) - kept


@pytest.mark.parametrize("become", [Become.NONE, Become.COMMANDS, Become.SHELL])
def test_any_other_script_holds_the_wanted_questions_alone(become: Become) -> None:
    few = [one for one in of_source("ssh") if one.name == "linux.sudo"]
    slow = [ask_name(few[0], few[0].asks[0])]
    wanted, left = questions(few, slow, become)
    assert [name for name, _ in wanted] == [n for n, _ in host_asks(few) if n not in slow]
    assert left == ()


class Noted(Secrets):
    """Secrets of which each has the same value, and the order in which they were wanted."""

    def __init__(self) -> None:
        super().__init__()
        self.wanted: list[SecretRef] = []

    def resolve(self, ref: SecretRef) -> Secret:
        self.wanted.append(ref)
        return Secret("x")


def test_only_what_a_person_types_is_asked_for_before_the_rest(tmp_path: Path) -> None:
    hosts = """\
  - {name: a, password: "prompt:one for all"}
  - {name: b, password: env:PASSWORD}
  - {name: c, key: /k, passphrase: "prompt:phrase"}
  - {name: d, key: "prompt:the key itself"}
  - {name: e, password: "cmd:pass show e", jump: a}
"""
    found = engagement(tmp_path, f"- name: s\n  kind: ssh\n  user: audit\n  hosts:\n{hosts}")
    secrets = Noted()
    with Doors(planned(found, Chosen(), discover=False), secrets) as doors:
        doors.prompts()
        doors.targets()
    assert {ref.what for ref in secrets.wanted} == {"one for all", "phrase", "the key itself"}


def test_a_prompt_without_a_terminal_ends_it_before_anything_is_asked(tmp_path: Path) -> None:
    with serve("scripted", password=PASSWORD) as server:
        hosts = _entry("a", server, "password: prompt")
        with (
            _doors(tmp_path, hosts, server) as doors,
            pytest.raises(ConfigError, match="cannot be asked without a terminal"),
        ):
            doors.prompts()
        assert server.connections == 0


def test_without_a_key_the_users_own_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    pair = ed25519_pair()
    write_pair(pair, tmp_path / ".ssh" / "id_ecdsa", comment="me")
    with serve("refuse_auth") as server:
        with _doors(tmp_path, _entry("a", server, "become: none"), server) as doors:
            gaps = _gaps(doors.targets())
        assert [one.method for one in server.attempts] == ["publickey"]
    assert (gaps["a"].why, gaps["a"].cure) == (Why.DENIED, "credential")


def test_with_no_key_at_all_nothing_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with serve("scripted") as server:
        with _doors(tmp_path, _entry("a", server, "become: none"), server) as doors:
            gaps = _gaps(doors.targets())
        assert server.attempts == []
    assert "no key and no password is given for audit@a" in gaps["a"].detail


@pytest.mark.parametrize(
    ("ref", "says"),
    [
        ("env:NOT_SET_ANYWHERE", "env:NOT_SET_ANYWHERE is not set"),
        ("file:missing", "missing does not exist"),
        ("cmd:false", "cmd:false gave no secret"),
    ],
)
def test_a_secret_that_is_not_there_is_a_gap_of_its_hosts_alone(
    ref: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RIGHT", PASSWORD)
    with serve("scripted", password=PASSWORD) as bad, serve("scripted", password=PASSWORD) as good:
        hosts = "".join(_entry(f"bad{n}", bad, f'password: "{ref}"') for n in range(1))
        hosts += _entry("good", good, "password: env:RIGHT")
        with _doors(tmp_path, hosts, bad, good) as doors:
            gaps = _gaps(doors.targets())
        assert bad.attempts == []
        assert [one.method for one in good.attempts] == ["password"]
    assert (gaps["bad0"].why, gaps["bad0"].cure) == (Why.DENIED, "credential")
    assert says in gaps["bad0"].detail
    assert (gaps["good"].why, gaps["good"].cure) == (Why.TIMEOUT, "route")


def test_one_wrong_password_is_tried_twice_in_all_and_the_rest_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRONG", "not-this")
    with serve("scripted", password=PASSWORD) as a, serve("scripted", password=PASSWORD) as b:
        servers = (a, b)
        many = [serve("scripted", password=PASSWORD) for _ in range(4)]
        rest = [one.__enter__() for one in many]
        try:
            everyone = (*servers, *rest)
            hosts = "".join(
                _entry(f"h{number}", server, "password: env:WRONG")
                for number, server in enumerate(everyone)
            )
            with _doors(tmp_path, hosts, *everyone) as doors:
                gaps = _gaps(doors.targets())
            assert sum(len(server.attempts) for server in everyone) == 2
        finally:
            for one in many:
                one.__exit__(None, None, None)
    whys = [gap.why for gap in gaps.values()]
    assert sorted(whys) == [Why.DENIED] * 2 + [Why.NOT_ASKED] * 4
    not_tried = [gap.detail for gap in gaps.values() if gap.why is Why.NOT_ASKED]
    assert all("not tried: audit with env:WRONG was refused 2 times" in one for one in not_tried)


def test_the_same_word_for_another_user_is_another_authority(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRONG", "not-this")
    with serve("scripted", password=PASSWORD) as server, serve("scripted") as other:
        hosts = _entry("a", server, "password: env:WRONG, user: anna")
        hosts += _entry("b", other, "password: env:WRONG, user: ben")
        with _doors(tmp_path, hosts, server, other) as doors:
            targets = doors.targets()
            _gaps(targets)
            _gaps(targets)
        assert len(server.attempts) == len(other.attempts) == 2


def test_what_is_not_to_be_asked_is_not_touched(tmp_path: Path) -> None:
    inventory = tmp_path / "hosts.ini"
    with serve("scripted") as server:
        inventory.write_text(
            f"win1 ansible_host=127.0.0.1 ansible_port={server.port} ansible_connection=winrm\n"
        )
        with _doors(tmp_path, "", server, more=f"  ansible: {inventory}\n") as doors:
            results = list(run(doors.targets(), Kept(), parallel=1))
        assert server.connections == 0
    assert [one.target.name for one in results] == ["win1"]
    assert results[0].outlook is Outlook.SEEN
    assert results[0].collected[0].reading.gaps[0].why is Why.NOT_ASKED
