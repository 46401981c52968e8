"""Each way to root on real hosts: what it answers, and that a refusal is a gap and never a none."""

import re
import shlex
import time
from collections.abc import Callable
from posixpath import basename

import pytest

from agent.audit.sudoers import commands_text, script_of, script_text
from collectors.registry import of_source
from collectors.spec import SshCommand
from collectors.transports.script import INSTALLED_AT, exact_commands
from collectors.transports.session import Become, Limits, Told
from inventory.model.evidence import Gap, Why
from tests.collectors.transports.asking import ASKS, answers, ask, files, gaps
from tests.lab.hosts import Account, File, Host, HostSpec, Lab, Link

ALL = of_source("ssh")
HAS = ("linux.sshd/effective", "linux.listener_owners/owners", "linux.docker/docker")
NEEDS_ROOT = {name for name, one in ASKS if one.needs == "root"}
DOCKER = """\
#!/bin/sh
[ -r /etc/shadow ] || { echo "permission denied while trying to connect" >&2; exit 1; }
echo "web|nginx:1.27|Up 3 days|0.0.0.0:80->80/tcp"
"""
TRY = """\
if command -v {program} >/dev/null; then
  case $(sudo -n {program} {words} 2>&1 >/dev/null) in
  *"password is required"* | *"not allowed"* | *usage:*) echo refused {program} {words} ;;
  *) echo ran {program} ;;
  esac
fi"""
ODD_SUDOERS = "bob ALL=(root) NOPASSWD: /usr/bin/less\n\n# a comment\nbob ALL=(root) /bin/cat\n"
FILES = {
    "/etc/sudoers.d/bob": File(ODD_SUDOERS, 0o440),
    "/etc/sudoers.d/bob.old": File("old ALL=(ALL) ALL\n", 0o440),
    "/etc/linked": File("carol ALL=(ALL) ALL\n", 0o440),
    "/etc/sudoers.d/carol": Link("/etc/linked"),
    "/etc/doas.conf": File("permit nopass dora\n", 0o600),
    "/var/spool/cron/crontabs/bob": File("1 2 3 4 5 /bin/true\n", 0o600, "bob"),
    "/etc/ufw/user.rules": File("### tuple ### allow tcp 22 0.0.0.0/0 any 10.1.1.7 in\n", 0o640),
    "/etc/nslcd.conf": File("uri ldap://dc1.example\nbindpw geheim\n", 0o600),
    "/usr/bin/docker": File(DOCKER, 0o755),
    "/home/bob/.ssh/authorized_keys": File("ssh-ed25519 AAAA bob\n", 0o600, "bob"),
}
ACCOUNTS = (Account(name="audit", uid=1900), Account(name="bob", uid=1001))
PTY = "Defaults use_pty, requiretty\n"


def _spec(name: str, sudoers: str = "", **more: object) -> HostSpec:
    given = {"handover": sudoers} if sudoers else {}
    return HostSpec(name=name, accounts=ACCOUNTS, sudoers=given, files={**FILES, **more})


@pytest.fixture(scope="module")
def hosts(lab: Callable[..., Lab]) -> Lab:
    script = script_of(ALL)
    changed = script.replace(b"reads, and only reads", b"reads, and more")
    older = script.replace(b"handover probe ", b"handover probe 0", 1).replace(
        b"echo 'handover probe ", b"echo 'handover probe 00000000000000000000"
    )
    older = re.sub(
        rb"echo 'handover probe 0+([0-9a-f]{16})'", b"echo 'handover probe 0123456789abcdef'", older
    )
    granted = script_text(ALL, ["audit"])
    return lab(
        _spec("none"),
        _spec("commands", commands_text(ALL, ["audit"])),
        _spec("script", granted, **{INSTALLED_AT: File(script, 0o755)}),
        _spec("pty", PTY + granted, **{INSTALLED_AT: File(script, 0o755)}),
        _spec("changed", granted, **{INSTALLED_AT: File(changed, 0o755)}),
        _spec(
            "older",
            f"audit ALL=(root) NOPASSWD: {INSTALLED_AT}\n",
            **{INSTALLED_AT: File(older, 0o755)},
        ),
        _spec(
            "shell",
            "Defaults requiretty\nDefaults:audit !requiretty\naudit ALL=(ALL) NOPASSWD: ALL\n",
        ),
        _spec("tty", "Defaults requiretty\naudit ALL=(ALL) NOPASSWD: ALL\n"),
        HostSpec(name="tiny", os="busybox"),
        HostSpec(name="nosudo", accounts=ACCOUNTS, files=FILES, removed=("/usr/bin/sudo",)),
    )


def _whole(told: Told, ask: str) -> bool:
    return gaps(told, ask) == ()


def _as_any_account(told: Told, *, tried: bool = False) -> None:
    """Check that all was read that an ordinary account may read, and the rest is a gap of root.

    `tried`: single commands were tried, so that programs that the host has not are known to be none.
    """
    assert not told.as_root
    assert set(told.outcomes) == {name for name, _ in ASKS}
    assert "/etc/passwd" in files(told, "linux.accounts/passwd")
    assert answers(told, "linux.uptime/uptime")
    for name in ("linux.sudo/sudoers", "linux.passwords/shadow", "linux.nslcd/nslcd"):
        assert [gap.cure for gap in gaps(told, name)] == ["root"] * len(gaps(told, name)) != []
    for name, one in ASKS:
        if isinstance(one, SshCommand) and one.needs == "root":
            assert answers(told, name) == ()
            if not tried or name in HAS:
                said = [(gap.why, gap.cure) for gap in gaps(told, name)]
                assert said == [(Why.DENIED, "root")], name
    assert _whole(told, "linux.wireguard_files/wireguard_files")  # absent, as anyone can see


def test_without_root_all_that_is_open_is_read_and_the_rest_is_a_gap(hosts: Lab) -> None:
    _as_any_account(ask(hosts["none"]))


@pytest.mark.parametrize("become", [Become.SHELL, Become.SCRIPT])
def test_where_sudo_refuses_the_ordinary_account_asks_and_the_gap_says_why(
    hosts: Lab, become: Become
) -> None:
    told = ask(hosts["none"], become)
    _as_any_account(told)
    assert "sudo" in gaps(told, "linux.sshd/effective")[0].detail


def test_granted_commands_that_are_refused_are_gaps(hosts: Lab) -> None:
    _as_any_account(ask(hosts["none"], Become.COMMANDS), tried=True)


@pytest.mark.parametrize("become", [Become.SHELL, Become.SCRIPT, Become.COMMANDS])
def test_a_host_without_sudo_is_asked_as_the_ordinary_account(hosts: Lab, become: Become) -> None:
    _as_any_account(ask(hosts["nosudo"], become), tried=become is Become.COMMANDS)


def _as_root(told: Told) -> None:
    assert told.as_root
    assert not [name for name in NEEDS_ROOT if any(g.cure == "root" for g in gaps(told, name))]
    assert set(files(told, "linux.sudo/sudoers")) >= {
        *("/etc/sudoers", "/etc/sudoers.d/bob", "/etc/sudoers.d/carol", "/etc/sudoers.d/bob.old"),
    }
    assert "bob\t" in files(told, "linux.passwords/shadow")["/etc/shadow"]
    assert "geheim" not in str(told.outcomes)
    assert answers(told, "linux.docker/docker")[0].text.startswith("web|")
    assert "usepam yes" in answers(told, "linux.sshd/effective")[0].text


@pytest.mark.parametrize(
    ("name", "become"),
    [("script", Become.SCRIPT), ("pty", Become.SCRIPT), ("shell", Become.SHELL)],
)
def test_the_script_or_a_shell_of_root_answers_everything(
    hosts: Lab, name: str, become: Become
) -> None:
    _as_root(ask(hosts[name], become))


def test_a_root_that_insists_on_a_terminal_is_a_refusal(hosts: Lab) -> None:
    told = ask(hosts["tty"], Become.SHELL)
    _as_any_account(told)
    assert "tty" in gaps(told, "linux.sshd/effective")[0].detail


def test_another_version_of_the_script_is_not_used(hosts: Lab) -> None:
    told = ask(hosts["older"], Become.SCRIPT)
    _as_any_account(told)
    assert "is version 0123456789abcdef" in gaps(told, "linux.sshd/effective")[0].detail


def test_a_script_that_was_changed_after_the_review_is_not_run_by_sudo(hosts: Lab) -> None:
    _as_any_account(ask(hosts["changed"], Become.SCRIPT))
    assert "changed" not in hosts["changed"].exec(["sh", "-c", "ls /root"]).stdout


def test_the_script_leaves_out_what_it_is_told_to(hosts: Lab) -> None:
    told = ask(hosts["script"], Become.SCRIPT, leave_out=["linux.os/os"])
    assert told.as_root
    assert [gap.why for gap in gaps(told, "linux.os/os")] == [Why.NOT_ASKED]
    assert gaps(told, "linux.updates/apt") == ()


def test_granted_commands_answer_like_root_does(hosts: Lab) -> None:
    host = hosts["commands"]
    told, all_of_it = ask(host, Become.COMMANDS), ask(hosts["shell"], Become.SHELL)
    assert not told.as_root
    for name in (
        *(
            "linux.sshd/effective",
            "linux.docker/docker",
            "linux.doas/doas",
            "linux.ufw_rules/ufw_rules",
        ),
        *("linux.iptables/iptables", "linux.nftables/nft", "linux.wireguard/wireguard"),
        *("linux.volume_groups/groups", "linux.checkmk/checkmk", "linux.serial/serial"),
        *("linux.apparmor_profiles/profiles", "linux.user_crontabs/users"),
    ):
        assert gaps(told, name) == gaps(all_of_it, name) == (), name
        mine, roots = (
            [(a.path, a.text.strip()) for a in answers(one, name)] for one in (told, all_of_it)
        )
        assert mine == roots, name
    assert _whole(told, "linux.sudo/sudoers")
    found = files(told, "linux.sudo/sudoers")
    roots = files(all_of_it, "linux.sudo/sudoers")
    own = "/etc/sudoers.d/handover"
    assert {path: text.strip() for path, text in found.items() if path != own} == {
        path: text.strip() for path, text in roots.items() if path != own
    }
    assert [gap.cure for gap in gaps(told, "linux.passwords/shadow")] == ["root"]


def _sudo(host: Host, command: str) -> int:
    return host.ssh(f"sudo -n {command}").returncode


@pytest.mark.parametrize(
    "command",
    [
        "id",
        "/bin/sh",
        "sh -c id",
        "-s",
        "cat",
        "cat /etc/shadow",
        "cat /etc/sudoers /etc/shadow",
        "cat /etc/sudoers.d/../shadow",
        "cat -- /etc/sudoers",
        "grep -RnaH . /etc",
        "grep -RnaH . /etc/sudoers.d /etc/shadow",
        "grep -RnaH root /etc/sudoers.d",
        "sshd -T -f /etc/shadow",
        "sshd",
        "nft flush ruleset",
        "nft list ruleset inet",
        "iptables-save -f /tmp/x",
        "iptables-save -M /tmp/x",
        "ss -K",
        "docker ps",
        "docker ps -a --no-trunc --format {{.ID}}",
        "docker run x",
        "wg show all dump",
        "-u bob cat /etc/sudoers",
        "-e /etc/sudoers",
        "visudo",
        INSTALLED_AT,
    ],
)
def test_sudo_refuses_what_was_not_granted_word_by_word(hosts: Lab, command: str) -> None:
    assert _sudo(hosts["commands"], command) == 1


def test_sudo_runs_each_granted_command_that_the_host_has(hosts: Lab) -> None:
    host = hosts["commands"]
    granted = [command.split(" ") for _, one in ASKS for command in exact_commands(one)]
    tries = "\n".join(
        TRY.format(program=basename(words[0]), words=shlex.join(words[1:])) for words in granted
    )
    told = host.ssh(f"PATH=/usr/sbin:/usr/bin\n{tries}").stdout.splitlines()
    assert [line for line in told if not line.startswith("ran ")] == []
    assert len(told) > 20
    assert host.exec(["sh", "-c", "ls -A /run/sudo/ts 2>/dev/null"], check=False).stdout == ""


@pytest.mark.parametrize("command", [f"{INSTALLED_AT} x", "id", "cat /etc/sudoers", "sh"])
def test_sudo_runs_the_script_without_words_and_nothing_else(hosts: Lab, command: str) -> None:
    assert _sudo(hosts["script"], command) == 1


@pytest.mark.parametrize("fed", ["", "xyz\n\n", "$(id)\n\n", "0a; id\n\n"])
def test_the_script_answers_only_to_a_nonce(hosts: Lab, fed: str) -> None:
    done = hosts["script"].ssh(f"sudo -n {INSTALLED_AT}", given=fed)
    greeting, _, rest = done.stdout.partition("\n")
    assert greeting.startswith("handover probe ")
    assert (rest, done.returncode) == ("", 2)


def test_a_busybox_host_answers_what_it_can(hosts: Lab) -> None:
    for become in Become:
        told = ask(hosts["tiny"], become)
        assert set(told.outcomes) == {name for name, _ in ASKS}
        assert "Alpine" in answers(told, "linux.os/os")[0].text
        assert files(told, "linux.accounts/passwd")
        assert gaps(told, "linux.passwords/shadow")[0].cure == "root"
    root = ask(hosts["tiny"], Become.SHELL, user="root") if _root_key(hosts) else None
    assert root is not None
    assert root.as_root
    assert files(root, "linux.passwords/shadow")


def _root_key(hosts: Lab) -> bool:
    host = hosts["tiny"]
    host.write("/root/.ssh/authorized_keys", f"{hosts.client.public}\n", 0o600)
    host.exec(["chmod", "700", "/root", "/root/.ssh"])
    return True


def test_another_language_changes_no_answer(hosts: Lab) -> None:
    host = hosts["commands"]
    plain = ask(host, Become.COMMANDS)
    profile = "export LANG=de_DE.UTF-8 LC_ALL=de_DE.UTF-8 LANGUAGE=de GREP_OPTIONS=-v\n"
    host.write("/etc/environment", "LANG=de_DE.UTF-8\nLC_ALL=de_DE.UTF-8\nLANGUAGE=de\n")
    host.write("/home/audit/.bashrc", profile, owner="audit")
    try:
        told = ask(host, Become.COMMANDS)
    finally:
        host.remove("/etc/environment")
        host.remove("/home/audit/.bashrc")
    volatile = re.compile(
        r"linux\.(uptime|connections|listener|logged_in|tunnels|last_logins|hardware|disk_space)"
    )
    for name, (found, missing) in plain.outcomes.items():
        if not volatile.match(name):
            assert told.outcomes[name] == (found, missing), name


def test_a_hung_mount_ends_in_time_with_the_rest_collected(hosts: Lab) -> None:
    host = hosts["shell"]
    hangs = ("x/hangs", SshCommand("hangs", "ls /mnt/backup", tool="ls", timeout_s=3))
    with host.hung_mount("/mnt/backup"):
        began = time.monotonic()
        told = ask(
            host,
            Become.SHELL,
            asks=(*ASKS, hangs),
            leave_out=(),
            limits=Limits(total_s=100, silence_s=20),
        )
        assert time.monotonic() - began < 100
    assert told.as_root
    assert [gap.why for gap in gaps(told, "x/hangs")] == [Why.TIMEOUT]
    assert not [g for name in NEEDS_ROOT for g in gaps(told, name) if g.why is not Why.NO_TOOL]
    assert answers(told, "linux.disk_space/space")


def test_every_gap_names_its_ask(hosts: Lab) -> None:
    told = ask(hosts["none"], Become.COMMANDS)
    found: list[tuple[str, Gap]] = [
        (name, gap) for name, (_, missing) in told.outcomes.items() for gap in missing
    ]
    assert found
    assert all(gap.ask == name for name, gap in found)
