"""Many light sshd on loopback addresses that share this machine's root: for benchmarks.

All run in one PID namespace whose first process ends with this one; the kernel ends the rest.
"""

import contextlib
import ipaddress
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.lab.claims import claim
from tests.lab.host import BOOT_S, PATH
from tests.lab.hosts import needs_of
from tests.lab.keys import ed25519_pair, write_pair

PREFIX = "hfleet"
FLEETS = 16
FIRST = ipaddress.IPv4Address("127.77.0.2")
PORT = 22200  # and one up for each further fleet
USER = "root"
CONFIG = """\
AuthorizedKeysFile {folder}/key.pub
StrictModes no
UsePAM no
UseDNS no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 200:30:400
MaxSessions 100
PrintMotd no
PrintLastLog no
Subsystem sftp internal-sftp
"""
# The shell around the namespace outlives it, to remove the folder.
# The root's home is empty there: what this machine's root starts at each login is not measured.
KEEPER = """\
unshare --pid --mount-proc --fork --kill-child sh -c 'mount -t tmpfs tmpfs /root && exec sh -s'
rm -rf "$1"
"""


@dataclass(frozen=True)
class FleetHost:
    """One sshd."""

    name: str
    address: str
    port: int


@dataclass(frozen=True)
class Fleet:
    """The running servers, and what a client needs to reach them as `user`."""

    hosts: tuple[FleetHost, ...]
    user: str
    key: Path
    known_hosts: Path


@contextlib.contextmanager
def fleet(count: int) -> Iterator[Fleet]:
    """Run `count` sshd (up to 250) until the block ends; raise RuntimeError when one stays away."""
    if lacking := needs_of():
        raise RuntimeError(lacking)
    folder, lock = claim(PREFIX, FLEETS)
    port = PORT + int(folder.name.removeprefix(PREFIX))
    with lock, _keeper(folder, lock) as keeper:
        running = _written(folder, count, port)
        for host in running.hosts:
            _order(keeper, _command(folder, host))
        _wait_ready(folder, count)
        yield running


@contextlib.contextmanager
def _keeper(folder: Path, lock: IO[bytes]) -> Iterator[subprocess.Popen[str]]:
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd wants it for its unprivileged child
    keeper = subprocess.Popen(
        ["sh", "-c", KEEPER, PREFIX, str(folder)],
        stdin=subprocess.PIPE,
        text=True,
        start_new_session=True,
        pass_fds=(lock.fileno(),),
        env={"PATH": PATH},
    )
    try:
        with keeper:
            yield keeper
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _written(folder: Path, count: int, port: int) -> Fleet:
    hosts = tuple(
        FleetHost(f"fleet{number:03}", str(FIRST + number), port) for number in range(count)
    )
    write_pair(ed25519_pair(), folder / "key", comment="fleet")
    (folder / "config").write_text(CONFIG.format(folder=folder))
    known = []
    for host in hosts:
        pair = ed25519_pair()
        write_pair(pair, folder / host.name, comment=host.name)
        known.append(f"[{host.address}]:{host.port} {pair.public}\n")
    (folder / "known_hosts").write_text("".join(known))
    return Fleet(hosts, USER, folder / "key", folder / "known_hosts")


def _command(folder: Path, host: FleetHost) -> str:
    options = f"-o ListenAddress={host.address}:{host.port} -o PidFile={folder}/{host.name}.pid"
    return (
        f"/usr/sbin/sshd -D -e -f {folder}/config -h {folder}/{host.name} {options}"
        f" </dev/null 2>>{folder}/log &\n"
    )


def _order(keeper: subprocess.Popen[str], script: str) -> None:
    if keeper.stdin is not None:
        keeper.stdin.write(script)
        keeper.stdin.flush()


def _wait_ready(folder: Path, count: int) -> None:
    late = time.monotonic() + BOOT_S
    while sum(1 for _ in folder.glob("*.pid")) < count:
        if time.monotonic() > late:
            raise RuntimeError(f"not every sshd started: {(folder / 'log').read_text()}")
        time.sleep(0.01)
