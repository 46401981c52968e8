"""The probe changes nothing on a host but what a login without any question changes as well."""

import re
from collections.abc import Callable

import pytest

from agent.audit.sudoers import commands_text, script_of, script_text
from collectors.registry import of_source
from collectors.spec import SshCommand
from collectors.transports.script import INSTALLED_AT, sent_script
from collectors.transports.session import Become
from tests.collectors.transports.asking import ASKS, ask
from tests.lab.hosts import Account, File, Host, HostSpec, Lab
from tests.lab.keys import ed25519_pair

ALL = of_source("ssh")
JANE = Account(
    name="jane", uid=1000, gecos="Jane Doe", authorized_keys=(f"{ed25519_pair().public} jane@pc",)
)
# One file or more for most of the questions, so that their filters run.
FILES = {
    "/etc/crontab": "17 * * * * root run-parts /etc/cron.hourly\n",
    "/etc/cron.d/backup": "0 3 * * * root /usr/local/sbin/backup.sh\n",
    "/usr/local/sbin/backup.sh": File("#!/bin/sh\nrestic backup /srv\n", 0o755),
    "/var/spool/cron/crontabs/jane": File("@reboot /home/jane/tunnel.sh\n", 0o600, "jane"),
    "/etc/ssl/private/web.pem": File("-----BEGIN CERTIFICATE-----\nAA\n", 0o600),
    "/etc/wireguard/wg0.conf": File("[Peer]\nPublicKey = x\nEndpoint = 192.0.2.1:1\n", 0o600),
    "/etc/zabbix/zabbix_agentd.conf": "Server=monitoring.oldmsp.example\n",
    "/etc/systemd/system/own.service": "[Service]\nUser=jane\nExecStart=/usr/bin/ssh -R 1:2:3 x\n",
    "/etc/systemd/system/own.timer": "[Timer]\nOnCalendar=daily\n",
    "/etc/doas.conf": File("permit nopass jane\n", 0o600),
    "/root/.netrc": File("machine x login y password z\n", 0o600),
    "/home/jane/.forward": File("jane@else.example\n", 0o600, "jane"),
}
WRITES = re.compile(
    r"(?P<open>open(?:at)?|creat)\(.*(?:O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE)"
    r"|(?:unlink|rename|mkdir|rmdir|link|symlink|chmod|fchmod|chown|fchown|lchown|utimens|mknod"
    r"|setxattr|truncate|mount|umount|init_module|finit_module)(?:at|2|at2)?\("
)
HARMLESS = re.compile(r'"/dev/(?:null|tty)"|"/dev/shm"[^)]*O_TMPFILE|= -1 E')


def _spec(name: str, sudoers: str = "", **files: File) -> HostSpec:
    return HostSpec(
        name=name,
        accounts=(Account(name="audit", uid=1900), JANE),
        sudoers={"handover": sudoers} if sudoers else {},
        files={**FILES, **{f"/{path}": file for path, file in files.items()}},
    )


@pytest.fixture(scope="module")
def hosts(lab: Callable[..., Lab]) -> Lab:
    script = {INSTALLED_AT.lstrip("/"): File(script_of(ALL), 0o755)}
    found = lab(
        _spec("plain"),
        _spec("shell", "audit ALL=(ALL) NOPASSWD: ALL\n"),
        _spec("script", script_text(ALL, ["audit"]), **script),
        _spec("commands", commands_text(ALL, ["audit"])),
    )
    for host in found.hosts:  # as on every real host; apt keeps its nameless files there
        host.exec(["mount", "-t", "tmpfs", "tmpfs", "/dev/shm"])
    return found


def _changes(host: Host, act: Callable[[], object]) -> set[str]:
    host.baseline()
    act()
    return {change.path for change in host.changed_paths()}


def _login(host: Host) -> object:
    return host.ssh("true")


@pytest.mark.parametrize(
    ("name", "become", "is_root"),
    [
        ("plain", Become.NONE, False),
        ("shell", Become.SHELL, True),
        ("script", Become.SCRIPT, True),
        ("commands", Become.COMMANDS, False),
    ],
)
def test_all_questions_together_change_nothing(
    hosts: Lab, name: str, become: Become, is_root: bool
) -> None:
    host = hosts[name]
    _login(host)  # the first one makes directories that later ones only touch
    empty = _changes(host, lambda: _login(host))
    told = []
    assert _changes(host, lambda: told.append(ask(host, become, leave_out=()))) <= empty
    assert told[0].as_root is is_root
    assert sum(bool(found) for found, _ in told[0].outcomes.values()) > 40
    assert len(told[0].outcomes) == len(ASKS)


@pytest.mark.parametrize("text", ["touch /tmp/x; rm /tmp/x", "echo >~/x", "echo a >>/etc/issue"])
def test_a_question_that_writes_is_seen(hosts: Lab, text: str) -> None:
    host = hosts["shell"]
    _login(host)
    empty = _changes(host, lambda: _login(host))
    bad = (("x/bad", SshCommand("bad", text, tool="-")),)
    assert not _changes(host, lambda: ask(host, Become.SHELL, asks=bad)) <= empty


def test_no_program_of_the_probe_even_tries_to_write(hosts: Lab) -> None:
    tried = "touch /srv/x; mkdir /srv/d; mv /srv/x /srv/y; chmod 600 /srv/y; rm -r /srv/d /srv/y"
    seen = [line for line in _traced(hosts["plain"], tried).splitlines() if _is_write(line)]
    calls = ("openat", "utimensat", "mkdir", "rename", "chmod", "unlink", "unlink")
    assert [call for line, call in zip(seen, calls, strict=True) if call not in line] == []
    script = sent_script(ASKS, nonce="00")
    traced = _traced(hosts["plain"], script.decode())
    assert traced.count("execve(") > 100  # it was traced at all
    assert [line for line in traced.splitlines() if _is_write(line)] == []


def _is_write(line: str) -> bool:
    return bool(WRITES.search(line)) and not HARMLESS.search(line)


def _traced(host: Host, script: str) -> str:
    """Return the calls of a root shell that could write, as strace(1) writes them."""
    calls = (
        "trace=execve,open,openat,creat,/^(unlink|rename|mkdir|rmdir|link|symlink|.?chmod|.?chown"
        "|utime|futime|mknod|.?setxattr|truncate|mount|umount|.?init_module).*"
    )
    argv = ["strace", "-f", "--seccomp-bpf", "-qq", "-s", "120", "-e", calls, "sh", "-s"]
    return host.exec(argv, given=script, check=False).stderr
