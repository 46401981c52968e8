"""Servers on a loopback address of their own, which end with this process however it ends.

A folder in /dev/shm holds all that a server reads and writes; its number is the third octet of the
address. The servers live in a mount and a PID namespace whose first process reads its orders from
a pipe: when this process is gone, the kernel ends them, and the shell around removes the folder.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tests.lab.claims import claim
from tests.lab.host import PATH

PREFIX = "hdir"
SERVERS = 250
BOOT_S = 60.0  # a machine under load
PACKAGES = {
    "/usr/sbin/samba": "samba-ad-dc",
    "/usr/sbin/smbd": "samba",
    "/usr/sbin/winbindd": "winbind",
    "/usr/bin/samba-tool": "samba-ad-provision",
    "/usr/lib/python3/dist-packages/samba/samdb.py": "python3-samba",
    "/usr/bin/ldbsearch": "ldb-tools",
    "/usr/bin/ldapsearch": "ldap-utils",
    "/usr/bin/kinit": "krb5-user",
    "/usr/bin/smbclient": "smbclient",
    "/usr/sbin/slapd": "slapd",
}
KEEPER = """\
unshare --mount --pid --fork --kill-child --mount-proc --propagation private sh -s
rm -rf "$1"
"""


def needs_of() -> str | None:
    """Return what this machine lacks for the directories, with the way out; None: nothing."""
    if os.geteuid() != 0:
        return "the lab's directories need root: run the tests as root, or with sudo -E"
    missing = [name for path, name in PACKAGES.items() if not Path(path).exists()]
    if missing:
        return f"the lab needs packages of this machine: apt-get install {' '.join(missing)}"
    return None


class Keeper:
    """A folder, an address and a shell that keeps servers; `with Keeper() as keeper`."""

    def __init__(self) -> None:
        """Claim the folder and start the shell."""
        if lacking := needs_of():
            raise RuntimeError(lacking)
        self.folder, self._lock = claim(PREFIX, SERVERS)
        self.folder.chmod(0o755)
        self.address = f"127.77.{self.folder.name.removeprefix(PREFIX)}.10"
        self.log = self.folder / "log"
        with self.log.open("wb") as log:
            self._shell = subprocess.Popen(
                ["sh", "-c", KEEPER, PREFIX, str(self.folder)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,
                pass_fds=(self._lock.fileno(),),
                env={"PATH": PATH},
            )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the servers and remove the folder."""
        self.close()

    @property
    def _orders(self) -> IO[str]:
        if self._shell.stdin is None:
            raise RuntimeError("the keeper was started without a pipe")
        return self._shell.stdin

    def order(self, script: str) -> None:
        """Let the shell run a script: it says what it says to the log."""
        self._orders.write(f"{script}\n")
        self._orders.flush()

    def wait_for(self, *ports: int) -> None:
        """Wait until the ports answer. Raises TimeoutError with the end of the log."""
        late = time.monotonic() + BOOT_S
        for port in ports:
            while not self._answers(port):
                if time.monotonic() > late or self._shell.poll() is not None:
                    said = self.log.read_text(errors="replace")[-2000:]
                    raise TimeoutError(f"{self.address}:{port} does not answer: {said}")
                time.sleep(0.02)

    def _answers(self, port: int) -> bool:
        try:
            socket.create_connection((self.address, port), 1).close()
        except OSError:
            return False
        return True

    def close(self) -> None:
        """End the servers and remove the folder; a second time does nothing."""
        if self._lock.closed:
            return
        self._orders.close()
        self._shell.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.close()


def run(*words: str | Path, given: str = "", env: Mapping[str, str] | None = None) -> str:
    """Return what a program says. Raises RuntimeError with its complaint when it fails."""
    done = subprocess.run(
        [str(word) for word in words],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        env={"PATH": PATH, "LC_ALL": "C.UTF-8", **(env or {})},
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout)[-3000:]
        raise RuntimeError(f"{words[0]} ended with {done.returncode}: {said}")
    return done.stdout
