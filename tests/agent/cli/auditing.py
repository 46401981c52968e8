"""Runs `handover audit` as a user does: as a program of its own, over an engagement's folder."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import msgspec

from tests.agent.cli.running import run
from tests.lab.hostile import Server
from tests.lab.hosts import Host, Lab
from tests.lab.keys import write_pair

PROGRAM = (sys.executable, "-c", "from agent.cli.main import main; main()")
ROOT = Path(__file__).parents[3]
MOST_S = 400
SUDO = {"audit": "audit ALL=(root) NOPASSWD: ALL\n"}
# What a terminal obeys: controls but newline and tab, C1, bidi and zero width.
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
HEAD = """\
client: Muster
parties:
  client: {name: Muster, accounts: [anna]}
  outgoing: {name: OldMSP, accounts: [oldmsp]}
authorisation: {name: Anna, role: director, date: 2020-01-01, reference: letter}
sources:
"""
SOURCE = """\
- name: servers
  kind: ssh
  user: audit
  key: audit.key
  known_hosts: known_hosts
"""


def handover(
    folder: Path, *words: str, env: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run the command line in an engagement's folder, and wait for its end."""
    return subprocess.run(
        [*PROGRAM, "-C", str(folder), *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=MOST_S,
        stdin=subprocess.DEVNULL,
        env=environment(env),
        cwd=ROOT,
    )


def started(
    folder: Path, *words: str, env: Mapping[str, str] | None = None
) -> "subprocess.Popen[str]":
    """Start the command line; its two outputs are pipes."""
    return subprocess.Popen(
        [*PROGRAM, "-C", str(folder), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(env),
        cwd=ROOT,
    )


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of the run, in which the project can be imported from anywhere."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **(more or {})}


def wait_for(stream: IO[str] | None, piece: str) -> str:
    """Return what came until a line holds the piece; fail when the stream ends before."""
    assert stream is not None
    lines: list[str] = []
    for line in stream:
        lines.append(line)
        if piece in line:
            return "".join(lines)
    raise AssertionError(f"{piece!r} never came: {''.join(lines)}")


def json_of(folder: Path, *words: str) -> Any:
    """Return what a reading command says as JSON."""
    ran = run(folder, *words, "--json")
    assert ran.status in (0, 3), ran.err
    return msgspec.json.decode(ran.out)


def gaps_of(covered: Any) -> dict[str, set[tuple[str, str, str]]]:
    """Return why, cure and detail of the gaps of each target that `coverage --json` tells."""
    found: dict[str, set[tuple[str, str, str]]] = {}
    for blank in covered["unknown"]:
        gap = blank["gap"]
        said = (gap["why"], gap.get("cure", ""), gap.get("detail", ""))
        found.setdefault(blank["target"], set()).add(said)
    return found


def write_engagement(
    folder: Path, lab: Lab | None, text: str, *, known: Iterable[str] = ()
) -> Path:
    """Write handover.yaml, the lab's key, and the host keys that are pinned."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "handover.yaml"
    path.write_text(text)
    path.chmod(0o600)
    pinned = folder / "known_hosts"
    pinned.touch()
    if lab is not None:
        shutil.copy(lab.known_hosts, pinned)
        write_pair(lab.client, folder / "audit.key", comment="audit@lab")
    with pinned.open("a") as file:
        file.writelines(known)
    return folder


def host_line(host: Host, more: str = "") -> str:
    """Return the entry of a host of the lab."""
    return f"  - {{name: {host.name}, address: {host.address}{more}}}\n"


def server_line(name: str, server: Server, more: str = "") -> str:
    """Return the entry of a hostile server."""
    return f"  - {{name: {name}, address: {server.address}, port: {server.port}{more}}}\n"


def logins(host: Host) -> int:
    """Return how often somebody was let in."""
    return host.auth_log.count("Accepted ")


def attempts(host: Host) -> int:
    """Return how many attempts to log in were refused or let in."""
    return len(re.findall(r"^(?:Accepted|Failed) (?!none)", host.auth_log, re.MULTILINE))


def wait_until(holds: Any, seconds: float = 20) -> None:
    """Wait until a function says yes; fail when it does not in time."""
    late = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < late, "waited too long"
        time.sleep(0.02)
