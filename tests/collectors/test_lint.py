"""What is asked of hosts only reads: the linter refuses what it does not know, and knows every ask."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.lint import command_problems, files_problems, problems, text_problems
from collectors.registry import builtin
from collectors.shell import commands
from collectors.spec import SshCommand, SshFiles
from collectors.transports.script import host_asks, installed_script, sent_script
from inventory.errors import ParseError

PROBE = Path(__file__).parents[2] / "collectors/transports/probe.sh"
ALL = tuple(host_asks(builtin()))
SHELLS = (["sh"], ["dash"], ["bash", "--posix"], ["busybox", "ash"])

HARMLESS = [
    "cat /etc/passwd",
    "cat /a 2>/dev/null || cat /b 2>&1",
    "ls -d /x/* 2>/dev/null | grep -E '^a(b|c)$' | sort -u",
    'for f in /etc/*; do [ -f "$f" ] && head -c 10 <"$f"; done',
    'case $x in a | b) echo 1 ;; *) echo "no; rm -rf /" ;; esac',
    "if [ -e /x ]; then cat /x; elif true; then :; else exit 1; fi",
    'while read -r a b; do printf "%s\\n" "$a"; done',
    "n=$(wc -l </etc/passwd) && echo $((n + 1))",
    "{ ps -eo args || ps; } | sed -n 's/a/b/p'",
    "# a comment with rm -rf /\ncat /etc/passwd",
    "awk '$3 > 5 { print $1 }' /etc/passwd",
    "awk '/>/ { print \"a > b | c\" }'",
    "awk 'while ((getline line < \"/etc/hosts\") > 0) n++'",
    "sed -e 's/write/w/' -e '/a/,/b/!d' /etc/x",
    "o=; case $p in 25) o='-starttls smtp' ;; esac; timeout 4 openssl s_client $o </dev/null",
    "systemctl list-units --type=service --no-pager",
    "find /etc -name '*.conf' -newer /etc/passwd",
    "apt-get -s dist-upgrade",
    "dnf -q -C check-update",
    "TMPDIR=/dev/shm apt list --upgradable",
    "date -u +%s",
]
REFUSED = [
    "rm -f /tmp/x",
    "touch /tmp/x",
    "echo a >/tmp/x",
    "echo a >>/etc/x",
    "echo a >|/etc/x",
    "cat <>/etc/x",
    "{ echo a; } >/etc/x",
    "for f in a; do echo; done >/tmp/x",
    "echo a >&/tmp/x",
    "echo a &>/dev/null",
    'cat /x >"$f"',
    "cat /x | tee /tmp/y",
    "cat <<E\nx\nE",
    "cat <(ls)",
    "sleep 1 &",
    "find / -delete",
    "find / -exec rm {} +",
    "find / -fprint /tmp/x",
    'find "$x"',
    "sed -i s/a/b/ /etc/x",
    "sed -ibak s/a/b/ /etc/x",
    "sed --in-place s/a/b/ /etc/x",
    "sed 's/a/b/w /tmp/x'",
    "sed 's#a#b#ge'",
    "sed -n '/a/w /tmp/x'",
    "sed '1e rm -rf /'",
    "sed 's/[/]x/w /tmp/y/'",
    "sed -f /tmp/program",
    'sed "$x" /etc/passwd',
    "awk 'BEGIN { system(\"rm x\") }'",
    "awk '{ print $1 > \"/tmp/x\" }'",
    'awk \'{ printf "a" >> "/tmp/x" }\'',
    "awk '{ print $1 | \"sh\" }'",
    "awk 'BEGIN { \"date\" | getline d }'",
    'awk \'BEGIN { print /[/"]/ > "x" }\'',
    "awk -f /tmp/program",
    'awk "$x"',
    "echo $(rm x)",
    'echo "$(rm x)"',
    "x=$(cat a; rm b)",
    "echo `date`",
    "echo ${x:-$(rm b)}",
    "[ -e /x ] && rm /x",
    "true || rm /x",
    "if rm x; then :; fi",
    "case $(rm x) in *) ;; esac",
    "for f in $(rm x); do :; done",
    "! rm x",
    "(rm x)",
    "f() { rm x; }; f",
    "eval 'rm x'",
    ". /etc/profile",
    "exec cat",
    "sh -c 'rm x'",
    "xargs rm",
    "env rm x",
    "sudo cat /etc/shadow",
    '"$x" y',
    "$x y",
    "./cat x",
    "/tmp/cat x",
    "vi /etc/passwd",
    "systemctl restart sshd",
    "systemctl -H other list-units",
    "systemctl --property list-units stop sshd",
    "systemctl $verb",
    "docker rm x",
    "docker exec x ls",
    "docker run x",
    "docker --format ps rm x",
    "podman system prune",
    "crictl rm x",
    "ip link set eth0 down",
    "ip netns exec x show",
    "ss -K",
    "ss -ltKn",
    "nft flush ruleset",
    "iptables-save -f /tmp/x",
    "iptables-save -M /tmp/x",
    "wg show wg0 dump",
    "wg set wg0 peer x remove",
    "zpool scrub x",
    "vgs --noheadings",
    "sshd",
    "openssl x509 -out /tmp/x",
    "openssl genrsa",
    "openssl s_client $o",
    "o=1; read -r o; openssl s_client $o",
    "for o in a b; do openssl s_client $o; done",
    "apt-get install x",
    "apt update",
    "apt -o Dir::Etc=/tmp list",
    "apk add x",
    "pacman -Syu",
    "pacman -Qy",
    "dnf check-update",
    "dnf -C install x",
    "yum -q makecache",
    "zypper list-updates",
    "zypper --no-refresh install x",
    "rpm -e x",
    "rpm -qa --pipe 'rm x'",
    "dpkg -i x",
    "date 010100002027",
    "date -s now",
    "sort -o /tmp/x /etc/passwd",
    "sort -uo/tmp/x /etc/passwd",
    "uniq a b",
    "lastlog -C -u root",
    "command rm x",
    "timeout 4 rm x",
    "nice rm x",
    "PATH=/tmp:$PATH ls",
    "LD_PRELOAD=/tmp/x.so ls",
    "TMPDIR=/tmp apt list",
    "chronyc makestep",
    "cmk-agent-ctl status --json",
    "hostname other",
    "kill 1",
    "mount /x",
    "modprobe x",
    "sysctl -w a=b",
    "journalctl --vacuum-size=1",
    "cat 'unclosed",
    "if true; then",
    "cat )",
    "while true; do :",
]


def test_every_built_in_ask_only_reads() -> None:
    assert list(problems(builtin())) == []


@pytest.mark.parametrize("text", HARMLESS)
def test_what_reads_is_allowed(text: str) -> None:
    assert list(text_problems(text)) == []


@pytest.mark.parametrize("text", REFUSED)
def test_what_could_write_is_refused(text: str) -> None:
    assert list(text_problems(text))


@pytest.mark.parametrize("text", REFUSED)
def test_a_filter_is_judged_like_a_command(text: str) -> None:
    assert list(files_problems(SshFiles("x", ("/etc/x",), filter=text)))


@pytest.mark.parametrize("path", ["etc/x", "/etc/../x", "/etc/$(rm x)", "/a;b", "{home}x", "/a\nb"])
def test_a_path_that_is_not_absolute_or_plain_is_refused(path: str) -> None:
    assert list(files_problems(SshFiles("x", (path,))))


@pytest.mark.parametrize(
    "exact",
    [
        "cat /etc/shadow",
        "/usr/bin/cat /etc/*",
        "/usr/bin/cat /etc/[a-z]",
        "/usr/bin/cat /etc/x; id",
        "/usr/bin/cat $HOME/x",
        "/usr/bin/cat '/etc/x'",
        "/usr/bin/cat /etc/x >/tmp/y",
        "/usr/bin/rm /etc/x",
        "/usr/bin/cat  /etc/x",
        "/tmp/cat /etc/x",
    ],
)
def test_a_granted_command_has_an_absolute_path_and_nothing_to_expand(exact: str) -> None:
    text = f"$SUDO {exact.rpartition('/bin/')[2]}"
    assert list(command_problems(SshCommand("x", text, exact=(exact,))))


def test_what_runs_through_sudo_is_what_is_granted() -> None:
    nft = "/usr/sbin/nft list ruleset"
    assert list(command_problems(SshCommand("x", "$SUDO nft list ruleset", exact=(nft,)))) == []
    for ask in (
        SshCommand("x", "$SUDO nft list ruleset"),
        SshCommand("x", "nft list ruleset", exact=(nft,)),
        SshCommand("x", "$SUDO nft -n list ruleset", exact=(nft,)),
        SshCommand("x", "$SUDO nft list ruleset | cat", exact=(nft,)),
        SshCommand("x", '$SUDO nft list "$x"', exact=(nft,)),
    ):
        assert list(command_problems(ask))


def test_files_are_granted_only_where_each_can_be_named_and_nothing_is_to_be_filtered() -> None:
    good = SshFiles("x", ("/etc/sudoers", "/etc/sudoers.d/*"), needs="root", grant=True)
    assert list(files_problems(good)) == []
    for ask in (
        SshFiles("x", ("/etc/x",), grant=True),
        SshFiles("x", ("/etc/*/x",), needs="root", grant=True),
        SshFiles("x", ("{home}/.x",), needs="root", grant=True),
        SshFiles("x", ("/etc/x.d/*",), needs="root", grant=True, filter="cat"),
        SshFiles("x", ("/etc/x",), needs="root", grant=True, meta=True),
        SshFiles("x", ("/etc/x",), needs="root", grant=True, content=False),
        SshFiles("x", ("/etc/a b",), needs="root", grant=True),
    ):
        assert list(files_problems(ask))


@given(st.text(alphabet="ab $(){}[]'\"\\`;&|<>\n#=!*?/-", max_size=60))
def test_any_text_is_judged_or_refused(text: str) -> None:
    try:
        found = commands(text)
    except ParseError:
        assert list(text_problems(text)) or not text.strip()
    else:
        assert isinstance(found, tuple)


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell[0])
def test_the_whole_probe_is_read_by_every_shell(shell: list[str]) -> None:
    for script in (
        PROBE.read_bytes(),
        sent_script(ALL, nonce="00"),
        sent_script(ALL, nonce="00", exact=True),
        installed_script(ALL),
    ):
        done = subprocess.run([*shell, "-n"], input=script, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell[0])
def test_every_snippet_and_filter_is_read_by_every_shell(shell: list[str]) -> None:
    for name, ask in ALL:
        text = ask.text if isinstance(ask, SshCommand) else ask.filter
        done = subprocess.run([*shell, "-n"], input=text.encode(), capture_output=True, check=False)
        assert (name, done.stderr) == (name, b"")
