"""An ssh_config is read as ssh itself reads it (ssh_config(5)); the real client is the witness."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.engagement.mistakes import Mistakes, Place
from agent.engagement.model import Entry
from agent.engagement.ssh_config import exec_conditions, local_user, read_ssh_config, usable_names
from agent.engagement.ssh_hosts import entry_of, proxy_jump
from inventory.errors import ConfigError

CONFIG = """\
# a comment
Include {folder}/more.d/*
Include missing-is-fine
Host web1 web2 *.prod.example !db.prod.example
    HostName %h.internal.example
    Port 2200

Host=alias
    HostName=192.0.2.7
    User "the user"
    IdentityFile "~/keys/with space"

Host gate
    HostName gate.example
    ProxyJump none

Host behind
    ProxyJump jumper@gate:2222,second

Host old
    ProxyCommand ssh -W %h:%p gate

Host strange
    ProxyCommand nc -X 5 -x proxy:1080 %h %p

Match originalhost special user root
    Port 99
Match host gate.example
    User fromhost
Match host *.internal.example user nobody-here
    Port 98
Match !originalhost behind,gate,old,strange,alias,web*,*.prod.example,special
    Port 97

Host special
    User root
Match originalhost special user root
    Port 96

Host *
    User everybody
    Port 22
    IdentityFile ~/.ssh/%r@%n
"""
MORE = "Host included\n  HostName 192.0.2.99\n  Include nested\n"
NAMES = (
    "web1", "web2", "x.prod.example", "db.prod.example", "alias", "gate", "behind", "old",
    "special", "included", "nested", "other",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    ssh = tmp_path / ".ssh"
    (ssh / "more.d").mkdir(parents=True)
    (ssh / "config").write_text(CONFIG.replace("{folder}", str(ssh)))
    (ssh / "more.d" / "one").write_text(MORE)
    (ssh / "nested").write_text("Host nested included\n  Port 4711\n")
    return ssh


def _entry(path: Path, name: str) -> Entry:
    mistakes = Mistakes()
    config = read_ssh_config(path, mistakes)
    assert config is not None
    entry = entry_of(config, name, Place("handover.yaml", 1), mistakes)
    mistakes.settle()
    return entry


def _said_by_ssh(path: Path, name: str) -> dict[str, str]:
    """Return what the real client would do; it contacts nothing with -G."""
    done = subprocess.run(
        ["ssh", "-G", "-F", path, name], capture_output=True, text=True, check=True
    )
    found: dict[str, str] = {}
    for line in done.stdout.splitlines():
        key, _, value = line.partition(" ")
        found.setdefault(key, value)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_where_and_who_are_those_of_the_real_client(name: str, folder: Path) -> None:
    if name == "alias":
        (folder / "config").write_text((folder / "config").read_text().replace('"the user"', "bob"))
    entry, said = _entry(folder / "config", name), _said_by_ssh(folder / "config", name)
    assert (entry.address or name) == said["hostname"]
    assert entry.port == int(said["port"])
    assert entry.user == said["user"]
    jump = said.get("proxyjump", "none")
    if name != "old":
        assert ",".join(entry.jump or ()) == ("" if jump == "none" else jump)


def test_jump_hosts_and_proxy_commands(folder: Path) -> None:
    config = folder / "config"
    assert _entry(config, "gate").jump == ()
    assert _entry(config, "behind").jump == ("jumper@gate:2222", "second")
    old, strange = _entry(config, "old"), _entry(config, "strange")
    assert (old.jump, old.needs_openssh) == (("gate",), False)
    assert (strange.jump, strange.needs_openssh) == (None, True)


@pytest.mark.parametrize(
    ("command", "hop"),
    [
        ("ssh -W %h:%p gate", ("gate",)),
        ("/usr/bin/ssh -W [%h]:%p me@gate:2222", ("me@gate:2222",)),
        ("ssh gate -W %h:%p", ("gate",)),
        ("ssh -q -W %h:%p gate", None),
        ("ssh gate nc %h %p", None),
        ("nc %h %p", None),
        ("ssh -W %h:%p -oProxyCommand=x", None),
    ],
)
def test_only_the_plain_proxy_command_is_a_jump(command: str, hop: tuple[str, ...] | None) -> None:
    assert proxy_jump(command) == hop


def test_tokens_and_homes_are_replaced_in_the_key(folder: Path) -> None:
    entry = _entry(folder / "config", "other")
    assert entry.key == folder / "everybody@other"


def test_names_are_those_without_wildcards_with_their_lines(folder: Path) -> None:
    mistakes = Mistakes()
    config = read_ssh_config(folder / "config", mistakes)
    assert config is not None
    found = dict(usable_names(config, mistakes))
    assert list(found) == [
        "included", "nested", "web1", "web2", "alias", "gate", "behind", "old", "strange", "special",
    ]  # fmt: skip
    assert found["alias"].line == 8
    assert str(found["included"]) == f"{folder}/more.d/one:1"
    assert config.is_named("a.prod.example")
    assert not config.is_named("other")


def test_a_match_exec_is_never_run_and_said(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    path = tmp_path / "config"
    path.write_text(f'Match exec "touch {mark}"\n  User evil\nHost web1\n  User good\n')
    config = read_ssh_config(path, Mistakes())
    assert config is not None
    assert _entry(path, "web1").user == "good"
    assert not mark.exists()
    (warning,) = exec_conditions(config)
    assert warning.startswith(f"{path}:1: Match exec is never run")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Port ssh", "2: port must be 1-65535, got 'ssh'"),
        ("HostName -oProxyCommand=x", "hostname must be a host name or address"),
        (
            "User a:CANARY b",
            "2: user must be a login name (letters, digits and . - @ \\ +), got 'a'",
        ),
        ("ProxyJump a b:x", "proxyjump"),
    ],
)
def test_a_wrong_value_is_told_at_its_own_line(line: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(f"Host web1\n  {line}\n")
    try:
        _entry(path, "web1")
        said = ""
    except ConfigError as err:
        said = str(err)
    if line.startswith("ProxyJump"):
        assert said == ""  # ssh takes the first word only
        assert _entry(path, "web1").jump == ("a",)
    else:
        assert told in said
        assert f"{path}:2" in said
    assert "CANARY" not in said


def test_files_that_include_each_other_are_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("Include config\n")
    mistakes = Mistakes()
    assert read_ssh_config(path, mistakes) is None
    with pytest.raises(ConfigError, match="includes more than 16 levels"):
        mistakes.settle()


def test_a_missing_file_is_a_mistake(tmp_path: Path) -> None:
    mistakes = Mistakes()
    assert read_ssh_config(tmp_path / "none", mistakes) is None
    with pytest.raises(ConfigError, match="does not exist"):
        mistakes.settle()


def test_known_hosts_files_and_aliases_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(
        'Host web1\n  HostKeyAlias the-web\n  UserKnownHostsFile ~/a /dev/null none "/b c"\n'
    )
    entry = _entry(path, "web1")
    assert entry.host_key_alias == "the-web"
    assert entry.known_hosts == (Path("~/a").expanduser(), Path("/b c"))


LINES = st.sampled_from(
    ["Host ", "Match ", "Include ", "all", "exec ", "user ", "host ", "!", "*", "web1", "\n", '"', "'", "=",
     "HostName ", "Port ", "User ", "ProxyJump ", "ProxyCommand ", "IdentityFile ", "%h", "%", "~", ",", "#"]
)  # fmt: skip


@given(st.lists(st.one_of(LINES, st.text(max_size=3)), max_size=40).map("".join))
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_is_hosts_or_mistakes(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    mistakes = Mistakes()
    config = read_ssh_config(path, mistakes)
    if config is not None:
        for name, place in usable_names(config, mistakes):
            entry = entry_of(config, name, place, mistakes)
            assert entry.address is None or not entry.address.startswith("-")
    assert local_user()
