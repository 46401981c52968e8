"""How the tests of this folder ask: a few small questions, through a door that waits only briefly."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from collectors.spec import SshCommand, SshFiles
from collectors.transports.guard import LockoutGuard
from collectors.transports.hops import Hop, Login, Timeouts
from collectors.transports.known_hosts import HostKeys
from collectors.transports.script import HostAsk
from collectors.transports.session import Become, Limits, Told, interview
from collectors.transports.ssh import SshDoor
from tests.lab.hostile import Server
from tests.lab.keys import ed25519_pair, write_pair

PASSWORD = "CANARY-one-password"
BRIEF = Timeouts(connect_s=2, handshake_s=2, login_s=2, send_s=2)
LIMITS = Limits(total_s=6, silence_s=1.2)
ASKS: Sequence[tuple[str, HostAsk]] = (
    ("test.host/name", SshCommand("name", "uname -n")),
    ("test.host/passwd", SshFiles("passwd", ("/etc/passwd",), absent="gap")),
)
A_SHELL = b"handover 42 1000\n"  # what a shell says to the line that proves it


def key_at(folder: Path) -> str:
    """Return the path of a fresh private key."""
    path = folder / "key"
    write_pair(ed25519_pair(), path, comment="test")
    return str(path)


def known_at(folder: Path, *lines: str) -> HostKeys:
    """Return pinned keys, read from a file with these lines."""
    path = folder / "known_hosts"
    path.write_text("".join(lines))
    return HostKeys([path])


def hop_to(server: Server, login: Login) -> Hop:
    """Return the way to a hostile server."""
    return Hop("evil", server.address, server.port, "audit", login)


def told_by(
    server: Server,
    login: Login,
    known: HostKeys,
    *,
    guard: LockoutGuard | None = None,
    limits: Limits = LIMITS,
) -> Told:
    """Ask a hostile server."""
    door = SshDoor(known, guard or LockoutGuard(), BRIEF)
    try:
        return interview(ASKS, lambda: door.wire([hop_to(server, login)]), Become.NONE, limits)
    finally:
        door.close()


@contextmanager
def bounded_memory(most_bytes: int) -> Iterator[None]:
    """Fail when this process grows by more than so much inside the block."""
    process, done = psutil.Process(), threading.Event()
    before = process.memory_info().rss
    seen = [before]

    def watch() -> None:
        while not done.wait(0.02):
            seen.append(process.memory_info().rss)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
    assert max(seen) - before < most_bytes, f"grew by {(max(seen) - before) // 2**20} MiB"
