"""All hosts of a source, each once, with everything that a login needs."""

from pathlib import Path

import pytest

from agent.engagement.file import engagement_of
from agent.engagement.hosts import Fleet, Resolved, Station, fleet_of, known_hosts_of
from agent.engagement.model import Become, SshSource
from agent.engagement.ssh_config import local_user
from inventory.errors import ConfigError

HEAD = """\
client: M
authorisation: {name: A, role: b, date: 2026-01-01, reference: c}
sources:
- name: fleet
  kind: ssh
"""


def _source(folder: Path, rest: str) -> SshSource:
    text = HEAD + "".join(f"  {line}\n" for line in rest.strip().splitlines())
    (source,) = engagement_of(text.encode(), folder).sources
    assert isinstance(source, SshSource)
    return source


def _fleet(folder: Path, rest: str, *, discover: bool = True) -> Fleet:
    return fleet_of(_source(folder, rest), folder, discover=discover)


def _hosts(folder: Path, rest: str) -> dict[str, Resolved]:
    return {host.name: host for host in _fleet(folder, rest).hosts}


def _way(host: Resolved) -> list[str]:
    return [f"{one.user}@{one.address}:{one.port}" for one in host.stations]


@pytest.fixture(autouse=True)
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    (tmp_path / "config").write_text("""\
Host github.com
  User git
Host bastion
  HostName 192.0.2.1
  User jumper
  Port 2222
  IdentityFile ~/jumpkey
Host inner
  HostName 10.0.0.5
  ProxyJump bastion
Host strange
  ProxyCommand nc %h %p
  User odd
""")
    (tmp_path / "hosts.ini").write_text("""\
[web]
web1 ansible_host=10.0.0.1 ansible_user=deploy
web2 ansible_host=10.0.0.2 ansible_port=2200
win ansible_connection=winrm
[db]
db1 ansible_ssh_common_args='-J bastion'
[all:vars]
ansible_ssh_private_key_file=/keys/deploy
""")
    (tmp_path / "hosts.csv").write_text(
        "name,address,port,user,jump,tags\nweb1,10.9.9.9,,,,prod\nWEB2,,,carla,,\nonly,10.0.0.9,,,,\n"
    )


def test_a_plain_name_gets_the_defaults_of_its_source(tmp_path: Path) -> None:
    source = """
user: audit
port: 2222
key: k
passphrase: env:P
become: shell
jump: gate
hosts: [web1]
"""
    (host,) = fleet_of(_source(tmp_path, source), tmp_path).hosts
    assert _way(host) == ["audit@gate:22", "audit@web1:2222"]
    assert (host.last.key, str(host.last.passphrase)) == (tmp_path / "k", "env:P")
    assert (host.become, host.via) == (Become.SHELL, ("hosts",))
    assert str(host.listed[0]) == "handover.yaml:12"


def test_without_a_user_it_is_who_runs_this(tmp_path: Path) -> None:
    (host,) = fleet_of(_source(tmp_path, "hosts: [web1]"), tmp_path).hosts
    assert host.stations == (Station("web1", "web1", 22, local_user()),)


def test_the_same_host_in_three_lists_is_one(tmp_path: Path) -> None:
    source = "hosts: [{name: web1, port: 99, tags: [own]}]\ncsv: hosts.csv\nansible: hosts.ini"
    host = _hosts(tmp_path, source)["web1"]
    assert _way(host) == ["deploy@10.9.9.9:99"]
    assert host.via == ("hosts", "csv", "ansible")
    assert [place.file.rpartition("/")[2] for place in host.listed] == [
        "handover.yaml", "hosts.csv", "hosts.ini",
    ]  # fmt: skip
    assert host.tags == ("own", "prod", "web")


def test_the_login_of_the_source_comes_before_lists_that_were_made_for_other_work(
    tmp_path: Path,
) -> None:
    source = "user: audit\nkey: k\ncsv: hosts.csv\nansible: hosts.ini\nssh_config: ./config"
    found = _hosts(tmp_path, source)
    assert _way(found["web1"]) == ["audit@10.9.9.9:22"]
    assert found["web1"].last.key == tmp_path / "k"
    assert _way(found["WEB2"]) == ["carla@10.0.0.2:2200"]  # the CSV was made for this audit
    assert _way(found["bastion"]) == ["audit@192.0.2.1:2222"]
    assert found["strange"].needs_openssh


def test_a_jump_host_is_looked_up_in_the_same_lists(tmp_path: Path) -> None:
    source = "user: audit\nkey: k\nansible: hosts.ini\nssh_config: ./config\nhosts:\n- {name: far, jump: 'inner,me@web1:24'}"
    found = _hosts(tmp_path, source)
    assert _way(found["db1"]) == ["jumper@192.0.2.1:2222", "audit@db1:22"]
    assert found["db1"].jumps[0].key == Path("~/jumpkey").expanduser()
    assert found["db1"].last.key == tmp_path / "k"
    assert _way(found["inner"]) == ["jumper@192.0.2.1:2222", "audit@10.0.0.5:22"]
    assert _way(found["far"]) == [
        "jumper@192.0.2.1:2222", "audit@10.0.0.5:22", "me@10.0.0.1:24", "audit@far:22",
    ]  # fmt: skip


def test_a_jump_host_of_all_is_itself_reached_directly(tmp_path: Path) -> None:
    found = _hosts(tmp_path, "user: a\njump: gate\nhosts: [gate, web1, {name: near, jump: none}]")
    assert _way(found["gate"]) == ["a@gate:22"]
    assert _way(found["web1"]) == ["a@gate:22", "a@web1:22"]
    assert _way(found["near"]) == ["a@near:22"]


def test_a_way_in_a_circle_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("Host a\n  ProxyJump b\nHost b\n  ProxyJump a\n")
    with pytest.raises(ConfigError, match=r"config:1: the way through 'b' leads back to itself"):
        _hosts(tmp_path, "hosts: [{name: far, jump: a}]\nssh_config: ./config")


def test_names_that_the_ssh_config_does_not_have_are_mistakes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh/config").write_text("Host web1\n  Port 23\nHost *.example\n  User x\n")
    assert set(_hosts(tmp_path, "ssh_config: [web1, a.example]")) == {"web1", "a.example"}
    with pytest.raises(ConfigError, match=r"handover.yaml:4: ~/.ssh/config has no Host 'web2'"):
        _hosts(tmp_path, "ssh_config: [web1, web2]")


@pytest.mark.parametrize("key", ["csv", "ansible", "ssh_config"])
def test_a_list_that_is_not_there_is_told_where_it_is_named(key: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        _fleet(tmp_path, f"hosts: [web1]\n{key}: ./none")
    told = f"handover.yaml:4: {key}: {tmp_path}/none does not exist: correct the path"
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize("name", ["web1:22", "[::1]", "[::1]:22", "::1:zz", "1:2:3"])
def test_a_port_or_brackets_in_a_name_are_a_mistake_with_the_way_out(
    name: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="the port stands apart"):
        _fleet(tmp_path, f"hosts: ['{name}']")


@pytest.mark.parametrize("name", ["::1", "2001:db8::1", "fe80::1%eth0"])
def test_an_address_of_ipv6_is_a_name(name: str, tmp_path: Path) -> None:
    assert [one.name for one in _fleet(tmp_path, f"hosts: ['{name}']").hosts] == [name]


def test_all_mistakes_of_all_lists_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "hosts.csv").write_text("name,port\nweb1,ssh\n")
    (tmp_path / "hosts.ini").write_text("db1 ansible_port=x\n")
    with pytest.raises(ConfigError) as caught:
        _fleet(tmp_path, "csv: hosts.csv\nansible: hosts.ini\nssh_config: ./none")
    lines = str(caught.value).split("\n")
    assert len(lines) == 3
    assert [line.split(":")[0].rpartition("/")[2] for line in lines] == [
        "hosts.csv",
        "hosts.ini",
        "handover.yaml",
    ]


def test_one_credential_is_taken_with_its_own_passphrase(tmp_path: Path) -> None:
    source = """
user: audit
key: k
passphrase: env:P
hosts:
- {name: a, key: other}
- {name: b, password: 'env:Q'}
- {name: c, passphrase: 'env:R'}
- {name: d, key: 'cmd:pass show key'}
"""
    found = {name: host.last for name, host in _hosts(tmp_path, source).items()}
    assert (found["a"].key, found["a"].passphrase) == (tmp_path / "other", None)
    assert (found["b"].key, str(found["b"].password), found["b"].passphrase) == (
        None,
        "env:Q",
        None,
    )
    assert (found["c"].key, str(found["c"].passphrase)) == (tmp_path / "k", "env:R")
    assert (found["d"].key, str(found["d"].key_secret)) == (None, "cmd:pass …")


def test_a_password_has_one_authority_for_all_hosts_and_a_key_none(tmp_path: Path) -> None:
    found = _hosts(tmp_path, "user: audit\npassword: env:Q\nhosts: [a, b, {name: c, key: k}]")
    assert found["a"].last.authority == found["b"].last.authority == "audit with env:Q"
    assert found["c"].last.authority == ""


def test_two_names_of_one_address_are_one_host(tmp_path: Path) -> None:
    source = "user: a\nhosts: [{name: x, address: 10.0.0.1}, {name: y, address: 10.0.0.1, tags: [t]}, {name: z, address: 10.0.0.1, port: 23}, {name: j, address: 10.0.0.1, jump: g}]"
    found = _hosts(tmp_path, source)
    assert set(found) == {"x", "z", "j"}
    assert (found["x"].also, found["x"].tags) == (("y",), ("t",))


def test_what_cannot_be_asked_over_ssh_stays_with_its_reason(tmp_path: Path) -> None:
    found = _hosts(tmp_path, "ansible: hosts.ini\nhosts: [bastion]\n") | {}
    assert "reaches it by 'winrm'" in found["win"].not_asked
    text = "Host github.com gitlab.com\n  User git\nHost web\n  HostName 10.0.0.1\n"
    (tmp_path / "config").write_text(text)
    forges = _hosts(tmp_path, "ssh_config: ./config")
    assert {name for name, host in forges.items() if host.not_asked} == {"github.com", "gitlab.com"}
    listed = _hosts(tmp_path, "ssh_config: ./config\nhosts: [github.com]")
    assert listed["github.com"].not_asked == ""


def test_an_inventory_that_runs_a_program_waits_for_leave(tmp_path: Path) -> None:
    program = tmp_path / "dynamic"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    program.chmod(0o755)
    fleet = _fleet(tmp_path, "hosts: [a]\nansible: dynamic", discover=False)
    assert [host.name for host in fleet.hosts] == ["a"]
    assert fleet.warnings == (f"{program} runs a program to know its hosts: not run here",)
    assert not (tmp_path / "ran").exists()


def test_a_match_exec_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("Host a\n  Port 1\nMatch exec true\n  Port 2\n")
    fleet = _fleet(tmp_path, "ssh_config: ./config")
    assert "Match exec is never run" in fleet.warnings[0]


def test_the_pinned_keys_are_those_of_the_source_or_of_the_users_ssh(tmp_path: Path) -> None:
    own = _source(tmp_path, "hosts: [a]\nknown_hosts: kh")
    assert known_hosts_of(own, fleet_of(own, tmp_path).hosts) == (tmp_path / "kh",)
    (tmp_path / "config").write_text("Host a\n  UserKnownHostsFile /x /y\n")
    other = _source(tmp_path, "ssh_config: ./config")
    assert known_hosts_of(other, fleet_of(other, tmp_path).hosts) == (
        Path("/x"), Path("/y"), Path("~/.ssh/known_hosts").expanduser(), Path("/etc/ssh/ssh_known_hosts"),
    )  # fmt: skip
