"""One host of the lab: commands inside it and over SSH, what changed on it, how it fails."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal

from tests.lab.changes import Change, Listing, changes, listing
from tests.lab.keys import ecdsa_pair, ed25519_pair
from tests.lab.spec import HostSpec

if TYPE_CHECKING:
    from tests.lab.hosts import Lab

BOOT_S = 20.0
COMMAND_S = 60.0
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Leg:
    """A host's foot in one network."""

    network: Literal["front", "back"]
    address: str
    inside: str  # the interface in the host
    port: str  # its other end, on the bridge


class Host:
    """One running host."""

    def __init__(self, lab: "Lab", spec: HostSpec, legs: tuple[Leg, ...], folder: Path) -> None:
        """Remember where the host is to live; `Lab` boots it."""
        self.lab = lab
        self.spec = spec
        self.name = spec.name
        self.legs = legs
        self.address = legs[0].address
        self.port = 22
        self.folder = folder
        self.host_keys = {"ed25519": ed25519_pair(), "ecdsa": ecdsa_pair()}
        self._before: Listing = {}
        self._mounts: dict[str, subprocess.Popen[str]] = {}

    @property
    def known_hosts(self) -> str:
        """Return the host's lines for known_hosts, for every address and its name."""
        names = ",".join((*(leg.address for leg in self.legs), self.name))
        return "".join(f"{names} {pair.public}\n" for pair in self.host_keys.values())

    @property
    def pid(self) -> int:
        """Return the number of the host's first process, as this machine sees it."""
        return int((self.folder / "pid").read_text())

    @property
    def upper(self) -> Path:
        """Return the folder that gets every change to the host's root."""
        return self.folder / "upper"

    @property
    def auth_log(self) -> str:
        """Return what sshd has logged so far; it lies outside the host's root."""
        return (self.folder / "log").read_text(errors="replace")

    def exec(
        self, argv: Sequence[str], *, given: str | bytes = b"", check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside the host as root, without SSH; raise when it fails unless told not to."""
        done = subprocess.run(
            self._entering(argv),
            input=given.encode() if isinstance(given, str) else given,
            capture_output=True,
            check=False,
            timeout=COMMAND_S,
            env={"PATH": PATH},
        )
        texts = (done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
        if check and done.returncode != 0:
            raise RuntimeError(f"{self.name}: {argv} ended with {done.returncode}: {texts[1]}")
        return subprocess.CompletedProcess(argv, done.returncode, *texts)

    def spawn(self, argv: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start a command inside the host as root that goes on until the host or the lab ends."""
        quiet = subprocess.DEVNULL
        child = subprocess.Popen(
            self._entering(argv), stdin=quiet, stdout=quiet, stderr=quiet, env={"PATH": PATH}
        )
        self.lab.children.append(child)
        return child

    def ssh(
        self, command: str, *, user: str = "audit", options: Sequence[str] = (), given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a command over SSH with the system's client and the lab's key."""
        words = (*self.lab.ssh_options, *options, "-l", user, self.address, command)
        return subprocess.run(
            ["ssh", *words],
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_S,
        )

    def write(
        self, path: str, content: str | bytes, mode: int = 0o644, owner: str = "root:root"
    ) -> None:
        """Write a file in the running host, with the directories above it."""
        script = 'mkdir -p "${1%/*}/" && cat >"$1" && chown "$3" "$1" && chmod "$2" "$1"'
        self.exec(["sh", "-c", script, "sh", path, f"{mode:o}", owner], given=content)

    def read(self, path: str) -> bytes:
        """Return the content of a file in the running host; raise when it cannot be read."""
        done = subprocess.run(
            self._entering(["cat", path]), capture_output=True, check=True, env={"PATH": PATH}
        )
        return done.stdout

    def remove(self, path: str) -> None:
        """Remove a file or a whole directory in the running host."""
        self.exec(["rm", "-rf", path])

    def stop(self, how: Literal["off", "silent", "refused"] = "off") -> None:
        """Make the host unreachable.

        off: no route to host, after about three seconds; silent: packets vanish, a connection
        waits for its own timeout; refused: sshd is not running.
        """
        if how == "refused":
            wait = "while [ -d /proc/$p ]; do sleep 0.01; done"
            self.exec(["sh", "-c", f"p=$(cat /run/sshd.pid); kill $p; {wait}; rm -f /run/sshd.pid"])
            return
        for leg in self.legs:
            self.lab.in_middle(["ip", "link", "set", leg.port, "down"])
            self.lab.neighbour(leg.address, mute=how == "silent")

    def start(self) -> None:
        """Undo `stop`."""
        for leg in self.legs:
            self.lab.in_middle(["ip", "link", "set", leg.port, "up"])
            self.lab.neighbour(leg.address, mute=False)
        if not (self.upper / "run/sshd.pid").is_file():
            os.kill(self.pid, signal.SIGUSR1)
            self.wait_ready()

    def baseline(self) -> None:
        """Take the present state of the root as the one that `changed_paths` compares with."""
        self._before = listing(self.upper)

    def changed_paths(self) -> tuple[Change, ...]:
        """Return each path of the root that changed since `baseline`, or since the host was made."""
        return changes(self._before, listing(self.upper), lowers=self.lowers)

    @property
    def lowers(self) -> tuple[Path, ...]:
        """Return the layers under the host's own changes, the top one first."""
        return (self.folder / "given", *self.lab.lowers(self.spec.os))

    @contextlib.contextmanager
    def hung_mount(
        self, path: str, kind: str = "fuse.sshfs", source: str = "backup:/export"
    ) -> Iterator[None]:
        """Keep a file system mounted at `path` that answers nothing: whoever asks it, waits."""
        self.exec(["mkdir", "-p", path])
        child = subprocess.Popen(
            [
                sys.executable,
                "-I",
                Path(__file__).with_name("hang.py"),
                str(self.pid),
                path,
                kind,
                source,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with child:
            if _first_line(child.stdout) != "mounted":
                raise RuntimeError(f"{self.name}: no FUSE mount at {path}; is there /dev/fuse?")
            try:
                yield
            finally:
                child.kill()
                child.wait()
                self.exec(["umount", "-l", path])

    def wait_ready(self) -> None:
        """Wait until sshd listens; raise with the boot log when it does not."""
        late = time.monotonic() + BOOT_S
        while not (self.upper / "run/sshd.pid").is_file():
            if time.monotonic() > late or (self.folder / "ended").exists():
                raise RuntimeError(f"{self.name} did not start: {self.auth_log}")
            time.sleep(0.01)

    def _entering(self, argv: Sequence[str]) -> list[str]:
        return ["nsenter", f"--target={self.pid}", "-m", "-u", "-i", "-n", "-p", "-r", "-w", *argv]


def _first_line(stream: IO[str] | None) -> str:
    return "" if stream is None else stream.readline().strip()
