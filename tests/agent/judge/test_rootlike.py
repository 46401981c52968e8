"""What amounts to root without saying so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.judge.case import Certainty, Power
from agent.judge.rights import rights
from agent.judge.rootlike import GROUPS, amounts_to_root, opens_a_shell
from inventory.model.access import DoasRule
from inventory.model.evidence import Why
from inventory.model.truth import Truth
from tests.agent.judge.building import account, doas, group, one_host, password

ALICE = account("alice")


@pytest.mark.parametrize(
    "command",
    [
        "/usr/bin/vi",
        "/usr/bin/vim.basic /etc/motd",
        "/bin/systemctl",
        "/bin/systemctl restart *",
        "/bin/systemctl edit app",
        "/usr/bin/python3.11",
        '/usr/bin/python3 ""',
        "/usr/bin/python3 /home/alice/job.py",
        '/usr/sbin/chpasswd ""',
        "/usr/bin/passwd",
        "/usr/bin/passwd root",
        "/usr/bin/passwd [A-Za-z]*",
        "/usr/bin/tee /etc/sudoers.d/x",
        "/bin/cat",
        "/bin/cat /var/log/*",
        "/bin/cat /etc/shadow",
        "/usr/bin/less /var/log/syslog",
        "/bin/su",
        "/bin/su -",
        "/bin/su - root",
        "/opt/*",
        "/opt/bin/",
        "/home/alice/backup.sh",
        "/tmp/x",
        "^/usr/bin/.*$",
        "sudoedit",
        "sudoedit /etc/sudoers",
        "sudoedit /etc/motd /etc/passwd",
        "/usr/bin/docker",
        "/usr/bin/crontab -e",
        "TOOLS",
    ],
)
def test_commands_that_amount_to_root(command: str) -> None:
    assert amounts_to_root(command, "/home/alice")


@pytest.mark.parametrize(
    "command",
    [
        "/bin/systemctl restart app",
        "/usr/bin/id",
        "/usr/bin/passwd bob",
        "/usr/bin/crontab -l",
        "/bin/su - oracle",
        "/bin/cat /var/log/app.log",
        "/usr/bin/tee /var/log/app.log",
        "/usr/bin/rsync -a /srv/ /backup/",
        '/usr/bin/id ""',
        "sudoedit /etc/motd",
        "/usr/local/bin/restart-app",
        "/usr/bin/python3 /opt/app/job.py",
    ],
)
def test_commands_that_do_not(command: str) -> None:
    assert not amounts_to_root(command, "/home/alice")


@pytest.mark.parametrize(
    "command",
    [
        "/bin/bash",
        "/bin/bash -l",
        "exec /bin/bash --login",
        "bash -c bash",
        "sh -c 'exec bash -i'",
        "env TERM=xterm bash",
        "nice -n 10 zsh",
        "sudo -u root -i",
        "true; sh",
        "test -f /x && bash",
        "internal-sftp",
        "/usr/lib/openssh/sftp-server",
        "rsync --server -vlogDtpr . /srv",
        "eval $SSH_ORIGINAL_COMMAND",
        "tmux attach",
        "vi /etc/motd",
        "python3",
        "sudo -i",
    ],
)
def test_forced_commands_that_hand_out_more_than_themselves(command: str) -> None:
    assert opens_a_shell(command)


@pytest.mark.parametrize(
    "command",
    [
        "",
        "/usr/bin/uptime",
        "borg serve --append-only",
        "/bin/sh /opt/backup.sh",
        "sh -c '/opt/backup.sh'",
        "nice /opt/backup.sh",
        "echo bash is not here",
        "sudo /opt/backup.sh",
    ],
)
def test_forced_commands_that_do_only_what_they_say(command: str) -> None:
    assert not opens_a_shell(command)


@given(st.text() | st.text(alphabet=" shenvc-'\";|&$()\\", max_size=400))
def test_any_text_is_judged(text: str) -> None:
    assert amounts_to_root(text) in (True, False)
    assert opens_a_shell(text) in (True, False)


@pytest.mark.parametrize(
    "text", ["env " * 200_000, "sh -c " * 200_000, "'" * 1_000_001, "(" * 99_999]
)
def test_a_very_long_command_ends(text: str) -> None:
    assert opens_a_shell(text) in (True, False)


@pytest.mark.parametrize("name", sorted(GROUPS))
def test_groups_that_amount_to_root(name: str) -> None:
    host = one_host(ALICE, group(name, "alice"))
    assert [(r.power, r.certainty, r.certain) for r in rights(host, ALICE)] == [
        (Power.ROOT, GROUPS[name], Truth.YES)
    ]
    primary = account("bob", 1001, gid=900)
    assert rights(one_host(primary, group(name)), primary)[0].power is Power.ROOT


def test_a_second_name_with_uid_0_is_root() -> None:
    toor = account("toor", 0)
    assert [(r.text, r.power) for r in rights(one_host(toor), toor)] == [("uid 0", Power.ROOT)]


def test_the_last_rule_of_doas_that_matches_decides() -> None:
    host = one_host(ALICE, doas(1, "alice"), doas(2, "alice", permits=False), password("alice"))
    assert rights(host, ALICE) == ()
    turned = one_host(ALICE, doas(2, "alice"), doas(1, "alice", permits=False), password("alice"))
    assert [(r.text, r.power, r.certain) for r in rights(turned, ALICE)] == [
        ("doas", Power.ROOT, Truth.YES)
    ]


def test_a_denial_of_one_command_takes_nothing_else_back() -> None:
    rules = (doas(1, "alice"), doas(2, "alice", permits=False, command="/bin/ls"))
    host = one_host(ALICE, *rules, password("alice"))
    assert [r.power for r in rights(host, ALICE)] == [Power.ROOT]


def test_doas_by_group_to_another_account_with_uid_0() -> None:
    known = (account("toor", 0), group("wheel", "alice"), password("alice"))
    host = one_host(ALICE, *known, doas(1, ":wheel", target="toor"))
    assert [(r.text, r.power) for r in rights(host, ALICE)] == [("doas", Power.ROOT)]


def test_doas_limits_to_a_command_or_an_account() -> None:
    rules = (doas(1, "alice", command="/bin/ls"), doas(2, "alice", target="oracle"))
    found = rights(one_host(ALICE, *rules, password("alice")), ALICE)
    assert [(r.text, r.power, r.limit) for r in found] == [
        ("doas /bin/ls", Power.RUN_AS, "only /bin/ls"),
        ("doas as oracle", Power.RUN_AS, "as oracle"),
    ]


def test_doas_as_one_who_is_root_by_a_group_is_root() -> None:
    known = (account("svc", 70), group("docker", "svc"), password("alice"))
    found = rights(one_host(ALICE, *known, doas(1, "alice", target="svc")), ALICE)
    assert (found[0].text, found[0].certainty) == ("doas as svc, group docker", Certainty.PROPOSED)


def test_doas_asks_for_a_password_too() -> None:
    locked = one_host(ALICE, doas(1, "alice"), password("alice", "locked"))
    assert [r.certain for r in rights(locked, ALICE)] == [Truth.UNKNOWN]
    free = one_host(ALICE, doas(1, "alice", needs_password=False), password("alice", "locked"))
    assert [r.certain for r in rights(free, ALICE)] == [Truth.YES]


def test_an_unread_line_of_doas_may_be_a_denial() -> None:
    rules = {"needs_password": False, "file": "/etc/doas.conf"}
    host = one_host(
        ALICE, doas(1, "alice", **rules), refused={DoasRule: Why.MALFORMED}, part="/other"
    )
    assert [r.certain for r in rights(host, ALICE)] == [Truth.UNKNOWN]
