"""One audit of a fleet in which half is broken or hostile: each bad host is a gap of its own."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.agent.cli.auditing import (
    HEAD,
    OBEYED,
    SUDO,
    attempts,
    gaps_of,
    handover,
    host_line,
    json_of,
    server_line,
    write_engagement,
)
from tests.agent.cli.running import run
from tests.agent.documents.pages import Page
from tests.collectors.transports.brief import A_SHELL
from tests.lab.hostile import Server, serve
from tests.lab.hosts import AUDIT, Account, File, HostSpec, Lab
from tests.lab.keys import ed25519_pair, write_pair

MENU = "#!/bin/sh\necho 'Core switch. Type a number.'\nexit 1\n"
PASSWORDS = tuple(f"door{number}" for number in range(4))
SPECS = (
    HostSpec(name="good1", sudoers=SUDO),
    HostSpec(name="odd1", sudoers=SUDO),
    HostSpec(name="nosudo", removed=("/usr/bin/sudo",)),
    HostSpec(name="hung", sudoers=SUDO),
    HostSpec(name="tiny", os="busybox"),
    HostSpec(
        name="switch",
        os="busybox",
        accounts=(Account(name="audit", uid=AUDIT.uid, shell="/usr/local/bin/menu"),),
        files={"/usr/local/bin/menu": File(MENU, 0o755), "/etc/shells": "/usr/local/bin/menu\n"},
    ),
    *(HostSpec(name=name, os="busybox") for name in PASSWORDS),
    HostSpec(name="stranger", os="busybox"),
)
ODD = {  # hostile server of tests/lab/hostile.py: what it greets with, when it has one
    "mute": b"",
    "flood_stdout": A_SHELL,
    "drip": A_SHELL,
    "no_status": A_SHELL,
    "cut_off": A_SHELL,
    "endless_banner": b"",
    "weak_only": b"",
}
SOURCES = """\
- name: servers
  kind: ssh
  user: audit
  key: audit.key
  known_hosts: known_hosts
  become: shell
  connect_timeout_s: 3
  hosts:
{hosts}\
- name: odd
  kind: ssh
  user: audit
  key: audit.key
  known_hosts: known_hosts
  connect_timeout_s: 2
  host_timeout_s: 8
  hosts:
{odd}\
- name: network
  kind: ssh
  candidates: ["{network}"]
"""
NAMES = (  # what somebody with an account on a host can write where it is read
    b"<script>alert(1)</script>",
    b"\x1b]0;taken\x07\x1b[31mred",
    b"bidi\xe2\x80\xaegnp.exe\xe2\x81\xa6",
    b"nul\x00inside",
    b"bad\xff\xfe\xc3utf8",
    b"c1\xc2\x9b31m",
    b"'; DROP TABLE record; --",
    b"{{ 7*7 }}[link](javascript:alert(1))|a|",
)


class Audited(NamedTuple):
    lab: Lab
    servers: dict[str, Server]
    folder: Path
    done: "subprocess.CompletedProcess[str]"
    seconds: float


@pytest.fixture(scope="module")
def audited(lab: Callable[..., Lab], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    hosts = lab(*SPECS)
    folder = tmp_path_factory.mktemp("fleet")
    plant(hosts)
    with ExitStack() as stack:
        servers = {
            kind: stack.enter_context(serve(kind, greeting=greeting))
            for kind, greeting in ODD.items()
        }
        for kind in ("changed_key", "scripted"):
            servers[kind] = stack.enter_context(serve(kind, password="right"))
        stack.enter_context(hosts["hung"].hung_mount("/srv/far", source="backup:/export"))
        stack.enter_context(hosts["hung"].hung_mount("/mnt/disk", "fuse.exfat", "/dev/sdz1"))
        write(folder, hosts, servers)
        began = time.monotonic()
        done = handover(folder, "audit", env={"WRONG": "CANARY-wrong"})
        yield Audited(hosts, servers, folder, done, time.monotonic() - began)


def write(folder: Path, hosts: Lab, servers: dict[str, Server]) -> None:
    lines = [host_line(hosts[name]) for name in ("good1", "odd1", "nosudo", "hung", "switch")]
    lines.append(host_line(hosts["tiny"], ", become: none"))
    lines += [host_line(hosts[name], ", password: env:WRONG") for name in PASSWORDS]
    lines.append(host_line(hosts["stranger"], ", key: other.key"))
    odd = [server_line(kind, server) for kind, server in servers.items()]
    odd.append("  - {name: nobody, address: 127.0.0.1, port: 1}\n")
    network = f"10.77.{hosts.number}.0/28"
    text = HEAD + SOURCES.format(hosts="".join(lines), odd="".join(odd), network=network)
    known = [server.known_hosts for kind, server in servers.items() if kind != "scripted"]
    known.append(f"[127.0.0.1]:1 {ed25519_pair().public}\n")
    write_engagement(folder, hosts, text, known=known)
    write_pair(ed25519_pair(), folder / "other.key", comment="other")


def plant(hosts: Lab) -> None:
    """Write hostile text into every kind of field that somebody without root can often reach."""
    odd = hosts["odd1"]
    key = ed25519_pair().public.encode()
    keys = b"".join(key + b" " + name.replace(b"\x00", b"\\0") + b"\n" for name in NAMES)
    odd.write("/root/.ssh/authorized_keys", keys + key + b" " + b"m" * 1_000_000 + b"\n", 0o600)
    gecos = b"".join(
        b"u%d:x:%d:%d:%s:/home/u%d:/bin/sh\n" % (n, 3000 + n, 3000 + n, name.replace(b":", b""), n)
        for n, name in enumerate(NAMES)
    )
    giant = b"g" * 1_000_000 + b":x:4000:4000::/:/bin/sh\n"
    huge = b"big:x:99999999999999999999999999:-1:::\n"
    odd.write("/etc/passwd", odd.read("/etc/passwd") + gecos + giant + huge)
    odd.write("/etc/os-release", b'ID=debian\nPRETTY_NAME="' + b" ".join(NAMES) + b'"\n')
    odd.write("/etc/cron.d/evil", b"".join(b"1 2 3 4 5 root " + n + b"\n" for n in NAMES))
    odd.write("/etc/cron.d/bad\nname \x1b[31m<b>", "* * * * * root true\n")
    odd.write("/etc/sudoers.d/evil", b"".join(b"u1 ALL=(root) /bin/" + n + b"\n" for n in NAMES))
    odd.write("/etc/aliases", b"".join(n + b": " + n + b"@oldmsp.example\n" for n in NAMES))
    odd.write("/etc/resolv.conf", b"nameserver " + b" ".join(NAMES) + b"\n")


@pytest.fixture(scope="module")
def covered(audited: Audited) -> Any:
    """Return what `coverage --json` says."""
    return json_of(audited.folder, "coverage")


def outcome_of(done: "subprocess.CompletedProcess[str]", name: str) -> tuple[str, float]:
    """Return the word and the seconds of a target's line: `3/20 good1  in part, 4.1 s`."""
    (line,) = re.findall(rf"^\d+/\d+ {re.escape(name)}  (.*)$", done.stderr, re.MULTILINE)
    match = re.match(r"([^:]*), ([0-9.]+) s", line)
    assert match, line
    return match[1], float(match[2])


def test_the_audit_is_complete_with_gaps_and_says_so(audited: Audited) -> None:
    assert audited.done.returncode == 3, audited.done.stderr
    assert "NOT KNOWN" in audited.done.stdout
    assert "OldMSP" in audited.done.stdout
    assert "complete, with gaps (exit 3)" in audited.done.stdout
    assert "Traceback" not in audited.done.stderr


def test_documents_are_written_and_private(audited: Audited) -> None:
    documents = audited.folder / "documents"
    assert {"dossier.html", "checklist.html"} <= {path.name for path in documents.iterdir()}
    assert documents.stat().st_mode & 0o777 == 0o700
    for path in (*documents.iterdir(), audited.folder / "audits.db"):
        assert path.stat().st_mode & 0o777 == 0o600, path


@pytest.mark.parametrize("name", ["good1", "odd1", "tiny", "hung", "nosudo"])
def test_what_can_be_read_is_read(audited: Audited, name: str) -> None:
    assert outcome_of(audited.done, name)[0] in ("read", "in part")


@pytest.mark.parametrize("name", ["good1", "tiny"])
def test_good_hosts_wait_for_nobody(audited: Audited, name: str) -> None:
    order = re.findall(r"^\d+/\d+ (\S+)  ", audited.done.stderr, re.MULTILINE)
    assert order.index(name) < max(
        order.index(other) for other in ("mute", "endless_banner", "drip")
    )


def test_the_whole_takes_about_as_long_as_its_slowest_host(audited: Audited) -> None:
    seconds = [float(one) for one in re.findall(r", ([0-9.]+) s", audited.done.stderr)]
    assert len(seconds) == len(SPECS) + len(ODD) + 4
    assert audited.seconds < sum(seconds) / 2


@pytest.mark.parametrize(
    ("name", "why", "cure", "says"),
    [
        ("nosudo", "denied", "root", "sudo says"),
        ("hung", "not asked", "home", "lies on a network mount, which is not touched"),
        ("switch", "not asked", "appliance", "Core switch. Type a number."),
        ("stranger", "denied", "credential", "audit@stranger was refused"),
        ("changed_key", "denied", "host key", "another host key"),
        ("scripted", "denied", "host key", "is not known. Nothing was sent to it"),
        ("mute", "timeout", "route", "handshake"),
        ("endless_banner", "timeout", "route", "handshake"),
        ("weak_only", "unreachable", "legacy", "only legacy SSH"),
        ("nobody", "unreachable", "route", "127.0.0.1:1: Connection refused"),
        ("flood_stdout", "unreachable", "route", "the connection ended before it"),
        ("drip", "unreachable", "route", "the connection ended before it"),
        ("no_status", "unreachable", "route", "the connection ended before it"),
        ("cut_off", "unreachable", "route", "the connection "),
    ],
)
def test_each_bad_host_is_a_gap_that_names_what_is_wrong(
    covered: Any, name: str, why: str, cure: str, says: str
) -> None:
    found = gaps_of(covered)[name]
    assert any((one[0], one[1]) == (why, cure) and says in one[2] for one in found), found
    states = [one["state"] for one in covered["value"]["coverage"] if one["target"] == name]
    assert set(states) - {"complete"}


def test_every_host_of_the_file_stands_in_the_coverage(covered: Any) -> None:
    names = {str(one["target"]) for one in covered["value"]["coverage"]}
    assert {spec.name for spec in SPECS} | set(ODD) | {"nobody", "scripted"} <= names


def test_a_wrong_key_is_tried_once(audited: Audited) -> None:
    log = audited.lab["stranger"].auth_log
    assert len(re.findall(r"Connection (?:closed|reset) by authenticating user", log)) == 1, log
    assert attempts(audited.lab["stranger"]) <= 1


def test_a_wrong_password_is_tried_twice_in_all_and_the_rest_is_named(
    audited: Audited, covered: Any
) -> None:
    tried = [attempts(audited.lab[name]) for name in PASSWORDS]
    assert sum(tried) <= 2
    gaps = gaps_of(covered)
    not_tried = [
        name
        for name in PASSWORDS
        if any(why == "not asked" and "not tried" in said for why, _, said in gaps[name])
    ]
    assert len(not_tried) == 2
    for name in not_tried:
        assert attempts(audited.lab[name]) == 0
        assert outcome_of(audited.done, name)[0] == "not tried"


@pytest.mark.parametrize("kind", ["changed_key", "scripted"])
def test_nothing_is_sent_to_a_host_whose_key_is_changed_or_unknown(
    audited: Audited, kind: str
) -> None:
    assert audited.servers[kind].connections >= 1
    assert audited.servers[kind].attempts == []
    assert audited.servers[kind].requests == []


def test_a_hung_mount_hides_only_what_lies_on_it(covered: Any) -> None:
    states = [one["state"] for one in covered["value"]["coverage"] if one["target"] == "hung"]
    assert states.count("complete") > len(states) / 2


def test_a_swept_network_yields_candidates_and_nobody_logs_in(audited: Audited) -> None:
    records = json_of(audited.folder, "show", "candidates")["value"]["records"]
    banners = {one["record"]["address"]: one["record"]["banner"] for one in records}
    assert set(banners) >= {host.address for host in audited.lab.hosts}
    assert all(banner.startswith("SSH-2.0-OpenSSH") for banner in banners.values())


COMMANDS = (
    ("show", "accounts"),
    ("show", "authorized_keys"),
    ("show", "scheduled_jobs"),
    ("show", "sudo_grants"),
    ("show", "mail_aliases"),
    ("findings", "--all"),
    ("coverage",),
    ("footprint",),
    ("checklist", "show"),
    ("who", "<script>alert(1)</script>"),
    ("sql", "SELECT * FROM accounts"),
)


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_command_prints_what_a_terminal_obeys(
    audited: Audited, words: tuple[str, ...], form: tuple[str, ...]
) -> None:
    ran = run(audited.folder, *words, *form)
    assert ran.status in (0, 3), ran.err
    for text in (ran.out, ran.err):
        assert OBEYED.findall(text) == []


def test_the_audit_itself_printed_nothing_that_a_terminal_obeys(audited: Audited) -> None:
    assert OBEYED.findall(audited.done.stdout + audited.done.stderr) == []


def test_what_was_planted_is_really_kept(audited: Audited) -> None:
    text = str(json_of(audited.folder, "show", "accounts", "--target", "odd1"))
    for piece in ("<script>alert(1)</script>", "x1b]0;taken", "u202egnp", "DROP TABLE"):
        assert piece in text


def test_what_is_endless_or_no_number_is_a_gap_and_no_fact(covered: Any) -> None:
    whys = {why for why, _, _ in gaps_of(covered)["odd1"]}
    assert {"truncated", "malformed"} <= whys


def test_documents_stay_well_formed_and_private_text_stays_text(audited: Audited) -> None:
    again = handover(audited.folder, "documents", "--format", "html,md,csv")
    assert again.returncode in (0, 3), again.stderr
    for path in (audited.folder / "documents").rglob("*.*"):
        text = path.read_text("utf-8")
        assert OBEYED.findall(text) == [], path
        if path.suffix == ".html":
            page = Page(text)
            assert "<script>alert(1)</script>" in page.text or "checklist" in path.name
            assert "<script>alert" not in text
            assert path.stat().st_size < 20_000_000


def test_the_kept_audit_verifies(audited: Audited) -> None:
    done = handover(audited.folder, "audits", "--verify")
    assert done.returncode == 0, done.stderr
