"""Ansible inventories, INI and YAML, read without Ansible, and through `ansible-inventory` where it is."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.engagement.ansible_command import hosts_in, listed
from agent.engagement.ansible_files import Known, is_static, read_inventory, spread
from agent.engagement.ansible_groups import depths, parents, with_all_above
from agent.engagement.ansible_hosts import ansible_entries
from agent.engagement.commands import CommandFailed
from agent.engagement.mistakes import Mistakes, Place, Wrong
from agent.engagement.model import Entry
from inventory.errors import ConfigError

# The groups and names of docs.ansible.com, "How to build your inventory".
INI = """\
# comment
; another
mail.example.com

[webservers]
foo.example.com ansible_host=192.0.2.50 ansible_port=2222  # at the end
www[01:03].example.com
[2001:db8::5]:2200 ansible_user=six

[dbservers]
one.example.com ansible_ssh_private_key_file='~/with space'
db-[a:c].example.com:23
foo.example.com ansible_user=bob

[atlanta:children]
webservers

[southeast:children]
atlanta
dbservers

[webservers:vars]
ansible_user=web
level=webservers

[southeast:vars]
ansible_user=south
ansible_connection=ssh

[all:vars]
ansible_user = "everybody"
ntp=ntp.example.com
"""
YAML = """\
all:
  hosts:
    mail.example.com:
  vars:
    ansible_user: everybody
    list: [1, 2]
    secret: !vault |
      $ANSIBLE_VAULT;1.1;AES256
      CANARY
  children:
    webservers:
      hosts:
        foo.example.com: {ansible_host: 192.0.2.50, ansible_port: 2222}
        www[01:03].example.com:
      vars: {ansible_user: web}
    southeast:
      children:
        webservers:
        dbservers:
          hosts:
            one.example.com:
      vars: {ansible_user: south}
"""


def _read(path: Path) -> dict[str, Known]:
    mistakes = Mistakes()
    found = {known.name: known for known in read_inventory(path, mistakes)}
    mistakes.settle()
    return found


def _written(folder: Path, text: str | bytes, name: str = "hosts") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _entries(path: Path, folder: Path) -> dict[str, Entry]:
    mistakes = Mistakes()
    found = {entry.name: entry for entry in ansible_entries(path, folder, mistakes)}
    mistakes.settle()
    return found


@pytest.fixture(autouse=True)
def no_ansible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Leave only a folder of the test on PATH, and what a script needs."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    return programs


def test_an_ini_inventory_has_its_hosts_ranges_and_groups(tmp_path: Path) -> None:
    found = _read(_written(tmp_path, INI))
    assert list(found) == [
        "mail.example.com", "foo.example.com", "www01.example.com", "www02.example.com",
        "www03.example.com", "2001:db8::5", "one.example.com", "db-a.example.com",
        "db-b.example.com", "db-c.example.com",
    ]  # fmt: skip
    assert found["www02.example.com"].groups == ("southeast", "atlanta", "webservers")
    assert found["mail.example.com"].groups == ()
    assert str(found["db-b.example.com"].at) == f"{tmp_path}/hosts:12"


def test_a_deeper_group_and_the_host_itself_win(tmp_path: Path) -> None:
    found = _read(_written(tmp_path, INI))
    users = {name: known.variables["ansible_user"] for name, known in found.items()}
    assert users["www01.example.com"] == "web"
    assert users["one.example.com"] == "south"
    assert users["mail.example.com"] == "everybody"
    assert users["foo.example.com"] == "bob"
    assert users["2001:db8::5"] == "six"
    assert found["foo.example.com"].variables["ansible_host"] == "192.0.2.50"
    assert found["2001:db8::5"].variables["ansible_port"] == "2200"
    assert found["db-a.example.com"].variables["ansible_port"] == "23"
    assert found["one.example.com"].variables["ansible_ssh_private_key_file"] == "~/with space"
    assert found["www01.example.com"].variables["ntp"] == "ntp.example.com"


def test_a_yaml_inventory_says_the_same_and_keeps_no_vault(tmp_path: Path) -> None:
    found = _read(_written(tmp_path, YAML, "hosts.yml"))
    assert list(found)[:3] == ["mail.example.com", "foo.example.com", "www01.example.com"]
    assert found["foo.example.com"].groups == ("southeast", "webservers")
    assert found["www03.example.com"].variables["ansible_user"] == "web"
    assert found["one.example.com"].variables["ansible_user"] == "south"
    assert found["mail.example.com"].variables == {"ansible_user": "everybody"}
    assert "CANARY" not in repr(found)


def test_files_beside_the_inventory_win_over_it(tmp_path: Path) -> None:
    path = _written(tmp_path, INI)
    _written(tmp_path, "ansible_user: from_all\n", "group_vars/all.yml")
    _written(tmp_path, "---\nansible_user: from_group\n", "group_vars/dbservers/main.yml")
    _written(tmp_path, "ansible_user: from_host\n", "host_vars/one.example.com")
    _written(tmp_path, "$ANSIBLE_VAULT;1.1;AES256\nCANARY\n", "group_vars/webservers.yml")
    _written(tmp_path, "ansible_user: never\n", "outside.yml")
    found = _read(path)
    users = {name: known.variables["ansible_user"] for name, known in found.items()}
    assert users["mail.example.com"] == "from_all"
    assert users["db-a.example.com"] == "from_group"
    assert users["one.example.com"] == "from_host"
    assert "CANARY" not in repr(found)


def test_the_priority_of_a_group_decides_among_equals(tmp_path: Path) -> None:
    text = "[b]\nh\n[a]\nh\n[a:vars]\nwho=a\nansible_group_priority=10\n[b:vars]\nwho=b\n"
    assert _read(_written(tmp_path, text))["h"].variables["who"] == "a"


def test_a_folder_is_all_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "inventory"
    _written(folder, "a\n", "1-first")
    _written(folder, "all: {hosts: {b: }}\n", "2.yml")
    _written(folder, "never\n", "x.bak")
    _written(folder, "never\n", ".hidden")
    assert set(_read(folder)) == {"a", "b"}


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("web1", ("web1",)),
        ("web[1:3]", ("web1", "web2", "web3")),
        ("web[08:10]", ("web08", "web09", "web10")),
        ("web[0:6:3]", ("web0", "web3", "web6")),
        ("[a:b]-[1:2]", ("a-1", "a-2", "b-1", "b-2")),
        ("x[3:1]", ()),
        ("x[1:2:0]", ("x1", "x2")),
    ],
)
def test_ranges_stand_for_names(pattern: str, names: tuple[str, ...]) -> None:
    assert spread(pattern) == names


@pytest.mark.parametrize(
    "pattern", ["x[1:999999]", "[1:200]-[1:200]", "[1:99999][1:99999]", "x[a:10]"]
)
def test_ranges_without_measure_or_meaning_are_refused(pattern: str) -> None:
    with pytest.raises(Wrong):
        spread(pattern)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[web:vars]\nno equals\n", ":2: must be name=value below [web:vars]"),
        ("a 'b\n", ":1: has a quote without end"),
        ("''\n", ":1: names no host"),
        ("h[1:999999]\n", ":1: 'h[1:999999]' stands for more than 20000 hosts"),
        ("h ansible_port=ssh\n", ":1: ansible_port of 'h' must be 1-65535, got 'ssh'"),
        ("h ansible_host='-o x'\n", ":1: ansible_host of 'h' must be a host name or address"),
        ("-oProxyCommand=x\n", ":1: its name of '-oProxyCommand=x' must be a host name"),
        ("h ansible_user='a:CANARY b'\n", ":1: ansible_user of 'h' must be a login name"),
    ],
)
def test_a_mistake_has_its_line(text: str, told: str, tmp_path: Path) -> None:
    path = _written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        _entries(path, tmp_path)
    assert f"{path}{told}" in str(caught.value)
    assert "CANARY" not in str(caught.value)


def test_a_missing_inventory_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="hosts: the file does not exist"):
        _entries(tmp_path / "hosts", tmp_path)


def test_groups_in_a_circle_are_walked_once() -> None:
    children = {"a": ("b",), "b": ("c",), "c": ("a", "d"), "d": (), "all": ("a",)}
    above = with_all_above("d", parents(children))
    assert above == {"a", "b", "c", "d", "all"}
    assert set(depths(children)) == {"a", "b", "c", "d", "all"}


def test_a_long_chain_of_groups_is_no_recursion(tmp_path: Path) -> None:
    text = "".join(f"[g{n}:children]\ng{n + 1}\n" for n in range(800)) + "[g800]\nh\n"
    known = _read(_written(tmp_path, text))["h"]
    assert known.groups == tuple(f"g{n}" for n in range(801))


@pytest.mark.parametrize(
    ("variables", "why"),
    [
        ("ansible_connection=local", "reaches it by 'local', not over SSH"),
        ("ansible_connection=winrm", "reaches it by 'winrm', not over SSH"),
        ("ansible_connection=ansible.builtin.ssh", ""),
        ("ansible_host='{{ lookup(1) }}'", "ansible_host is a template of Ansible"),
        (
            "ansible_ssh_common_args='-o ProxyCommand=\"nc %h %p\"'",
            "has a ProxyCommand: put it into",
        ),
        ("ansible_ssh_common_args='-o ProxyCommand=none'", ""),
        ("ansible_password=CANARY", ""),
    ],
)
def test_a_host_that_cannot_be_asked_says_why(variables: str, why: str, tmp_path: Path) -> None:
    entry = _entries(_written(tmp_path, f"h {variables}\n"), tmp_path)["h"]
    assert why in entry.not_asked
    assert bool(why) == bool(entry.not_asked)
    assert "CANARY" not in repr(entry)


@pytest.mark.parametrize(
    "arguments",
    ["-J me@gate:22,b", "-Jme@gate:22,b", "-o ProxyJump=me@gate:22,b", "-oProxyJump=me@gate:22,b"],
)
def test_jump_hosts_of_the_arguments_are_found(arguments: str, tmp_path: Path) -> None:
    text = f"h ansible_ssh_common_args='-C {arguments}'\n"
    assert _entries(_written(tmp_path, text), tmp_path)["h"].jump == ("me@gate:22", "b")


def test_a_proxy_command_through_ssh_is_a_jump(tmp_path: Path) -> None:
    text = "h ansible_ssh_common_args='-o ProxyCommand=\"ssh -W %h:%p gate\"'\n"
    entry = _entries(_written(tmp_path, text), tmp_path)["h"]
    assert (entry.jump, entry.not_asked) == (("gate",), "")


# The command, by a script of the same name: what it prints is what Ansible prints.

SAID = {
    "_meta": {
        "hostvars": {
            "web1": {"ansible_host": "192.0.2.1", "ansible_port": 2222, "list": [1], "on": True},
            "db1": {"ansible_user": {"__ansible_vault": "CANARY"}},
        }
    },
    "all": {"children": ["ungrouped", "web", "prod"]},
    "prod": {"children": ["web"]},
    "web": {"hosts": ["web1", "web2"]},
    "ungrouped": {"hosts": ["db1"]},
}


def _program(programs: Path, script: str) -> None:
    path = programs / "ansible-inventory"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_where_ansible_is_installed_its_own_words_count(no_ansible: Path, tmp_path: Path) -> None:
    said = tmp_path / "said.json"
    said.write_text(json.dumps(SAID))
    _program(no_ansible, f'echo "$PWD $*" >{tmp_path}/called; cat {said}')
    path = _written(tmp_path, "other ansible_port=1\n")
    found = _entries(path, tmp_path)
    assert set(found) == {"web1", "web2", "db1"}
    assert (found["web1"].address, found["web1"].port) == ("192.0.2.1", 2222)
    assert found["web2"].tags == ("prod", "web")
    assert (found["db1"].user, found["db1"].tags) == (None, ())
    assert (tmp_path / "called").read_text() == f"{tmp_path} -i {path} --list\n"
    assert "CANARY" not in repr(found)


@pytest.mark.parametrize(
    "script", ["exit 1", "echo no json", "echo '[1]' | head -c 2", "echo '\"x\"'; exit 2"]
)
def test_where_it_fails_a_plain_inventory_is_read_here(
    script: str, no_ansible: Path, tmp_path: Path
) -> None:
    _program(no_ansible, script)
    assert set(_entries(_written(tmp_path, "plain\n"), tmp_path)) == {"plain"}


def test_an_inventory_that_runs_something_needs_ansible(no_ansible: Path, tmp_path: Path) -> None:
    program = _written(tmp_path, f"#!/bin/sh\ntouch {tmp_path}/ran\n", "dynamic")
    program.chmod(0o755)
    plugin = _written(tmp_path, "plugin: amazon.aws.aws_ec2\n", "aws_ec2.yml")
    for path in (program, plugin):
        assert not is_static(path)
        with pytest.raises(ConfigError, match="runs a program or plugin: install ansible-core"):
            _entries(path, tmp_path)
    _program(no_ansible, "echo CANARY >&2; exit 4")
    with pytest.raises(ConfigError, match="gives no hosts: it ended with status 4") as caught:
        _entries(program, tmp_path)
    assert "CANARY" not in str(caught.value)
    assert not (tmp_path / "ran").exists()


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["_meta", "hostvars", "hosts", "children", "all", "a", "b"]), inner, max_size=4
    ),
    max_leaves=20,
))  # fmt: skip
@settings(max_examples=120, deadline=None)
def test_any_json_is_hosts(said: object) -> None:
    for known in hosts_in(json.dumps(said).encode(), Place("x", 1)):
        assert isinstance(known.name, str)


@pytest.mark.parametrize("raw", [b"", b"\xff", b"{", b"[" * 100_000])
def test_what_is_no_json_is_a_failed_command(raw: bytes) -> None:
    with pytest.raises(CommandFailed, match="printed no JSON"):
        list(hosts_in(raw, Place("x", 1)))


def test_without_the_program_it_is_not_installed(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="ansible-inventory is not installed"):
        listed(tmp_path, tmp_path)
    assert os.environ["PATH"].startswith(str(tmp_path))


LINES = st.sampled_from(
    ["[", "]", "[all]", "[web:children]", "[web:vars]", "web", "h[1:3]", "a=b", " ", "\n", "'", "#", ":", "::"]
)  # fmt: skip


@given(st.lists(st.one_of(LINES, st.text(max_size=3)), max_size=30).map("".join))
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_is_hosts_or_mistakes(tmp_path: Path, text: str) -> None:
    for name in ("hosts", "hosts.yml"):
        path = _written(tmp_path, text.encode("utf-8", "surrogatepass"), name)
        assert all(
            not entry.name.startswith("-") for entry in ansible_entries(path, tmp_path, Mistakes())
        )
