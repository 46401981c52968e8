"""A small network of real sshd hosts on this machine, each with its own root, name and address.

Every host has its own mount, UTS, IPC, network and PID namespaces; its root is an overlay, so that
each change to it can be listed. All of them live in one PID namespace of the lab, whose first
process ends when this process does: the kernel then ends every host, mount and interface with it,
after SIGKILL too. What can stay behind is a folder in /dev/shm, which the next lab removes.
"""

import contextlib
import fcntl
import ipaddress
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self

from tests.lab.changes import Change, Listing, changes, listing
from tests.lab.keys import KeyPair, ecdsa_pair, ed25519_pair, write_pair
from tests.lab.layers import busybox_root, given_layer, machine_mask
from tests.lab.spec import AUDIT, Account, File, Group, HostSpec, Link

__all__ = ["AUDIT", "Account", "File", "Group", "Host", "HostSpec", "Lab", "Link", "needs_of"]

FOLDER = Path("/dev/shm")  # a tmpfs, which can be an overlay's upper layer
PREFIX = "hlab"
LABS = 64  # labs that can run at once: 10.77.0.0/24 to 10.77.63.0/24
BOOT_S = 20.0
COMMAND_S = 60.0
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PROGRAMS = {
    "/usr/sbin/sshd": "openssh-server",
    "/usr/bin/sudo": "sudo",
    "/usr/bin/busybox": "busybox-static",
    "/usr/bin/unshare": "util-linux",
    "ip": "iproute2",
}
# The lab's first process: it holds the network in the middle, and obeys its standard input.
# The shell around it outlives it, to remove the folder.
KEEPER = """\
unshare --net --mount --pid --fork --kill-child --propagation private sh -s
rm -rf "$1"
"""
MIDDLE = """\
set -e
read -r CORE rest </proc/self/stat
export CORE
ip link set lo up
for bridge in front back; do ip link add $bridge type bridge; ip link set $bridge up; done
echo "$CORE"
set +e
"""
BOOT = """\
set -eu
read -r pid rest </proc/self/stat
echo "$pid" >pid
echo {hostname} >/proc/sys/kernel/hostname
ip link set lo up
echo 1 >/proc/sys/net/ipv4/conf/all/arp_notify
{network}
mount -t overlay overlay -o {overlay} root
mount -t proc proc root/proc
mount -t sysfs -o ro sysfs root/sys
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts root/dev/pts
cd root
pivot_root . mnt
umount -l /mnt
exec env -i PATH={path} /sbin/init
"""
INTERFACE = """\
ip link add {inside} type veth peer name {port} netns /proc/$CORE/ns/net
nsenter --net=/proc/$CORE/ns/net ip link set {port} master {bridge} up
ip addr add {address}/25 dev {inside}
ip link set {inside} up
"""


def needs_of(*, root: bool = True) -> str | None:
    """Return what this machine lacks for a lab, as a sentence that says the way out; None: nothing."""
    if root and os.geteuid() != 0:
        return "the lab starts real hosts and needs root: run the tests as root, or with sudo -E"
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if missing:
        return f"the lab needs programs of this machine: apt-get install {' '.join(missing)}"
    return None


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


class Lab:
    """Hosts in a network of their own: `with Lab([HostSpec(name="web1")]) as lab: lab["web1"]`."""

    def __init__(self, specs: Iterable[HostSpec] = ()) -> None:
        """Take the hosts to start; nothing happens before the `with`."""
        self._specs = tuple(specs)
        self._hosts: dict[str, Host] = {}
        self._legs = {"front": 1, "back": 129}  # the last octet given so far
        self._boots = 0
        self.children: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        """Start the network and every host; a part that fails leaves nothing behind."""
        if lacking := needs_of():
            raise RuntimeError(lacking)
        with contextlib.ExitStack() as undo:
            undo.callback(self.close)
            self.folder, self._lock = claim(PREFIX, LABS)
            self.number = int(self.folder.name.removeprefix(PREFIX))
            self._start_middle()
            self._write_keys()
            self.add(*self._specs)
            undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End every host and remove all that the lab made."""
        self.close()

    def __getitem__(self, name: str) -> Host:
        """Return the host of this name."""
        return self._hosts[name]

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Return the hosts in the order in which they were added."""
        return tuple(self._hosts.values())

    @property
    def ssh_options(self) -> tuple[str, ...]:
        """Return the options that make the system's ssh client speak as the lab's `audit`."""
        return (
            *("-F", "/dev/null", "-i", str(self.key), "-o", "IdentitiesOnly=yes"),
            *("-o", "BatchMode=yes", "-o", f"UserKnownHostsFile={self.known_hosts}"),
            *("-o", "GlobalKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=yes"),
        )

    def add(self, *specs: HostSpec) -> tuple[Host, ...]:
        """Start further hosts, side by side, and return them once they listen."""
        added = tuple(self._place(spec, self._next_legs(spec)) for spec in specs)
        self._run(added)
        return added

    def rebuild(self, spec: HostSpec) -> Host:
        """Replace the host of this name by another machine at the same address, with new keys."""
        legs = self._hosts[spec.name].legs
        self.destroy(spec.name)
        host = self._place(spec, legs)
        self._run((host,))
        return host

    def destroy(self, name: str) -> None:
        """End a host for good."""
        host = self._hosts[name]
        for (
            leg
        ) in host.legs:  # at once: the kernel removes a dead host's interfaces some time later
            self.in_middle(["ip", "link", "del", leg.port])
        with contextlib.suppress(ProcessLookupError):
            os.kill(host.pid, signal.SIGKILL)
        _wait_for((host.folder / "ended").exists, f"the end of {name}")
        for leg in host.legs:
            self.neighbour(leg.address, mute=False)
        del self._hosts[name]
        shutil.rmtree(host.folder)
        self._write_known_hosts()

    def lowers(self, kind: Literal["debian", "busybox"]) -> tuple[Path, ...]:
        """Return the layers that hosts of a kind share, the top one first; made when first asked."""
        top = self.folder / ("mask" if kind == "debian" else "busybox")
        if not top.exists():
            {"debian": machine_mask, "busybox": busybox_root}[kind](top)
        return (top, Path("/")) if kind == "debian" else (top,)

    def in_middle(self, argv: Sequence[str]) -> None:
        """Run a command in the network namespace that holds the bridges."""
        _run(["nsenter", f"--net=/proc/{self._core}/ns/net", *argv])

    def neighbour(self, address: str, *, mute: bool) -> None:
        """Let this machine believe that an address answers (mute), or find out anew."""
        if address not in self._front:
            return
        if mute:
            words = ("lladdr", "02:00:00:00:00:01", "nud", "permanent")
            _run(["ip", "neigh", "replace", address, "dev", self.folder.name, *words])
        else:
            quiet = subprocess.DEVNULL
            argv = ["ip", "neigh", "del", address, "dev", self.folder.name]
            subprocess.run(argv, check=False, stderr=quiet)

    def close(self) -> None:
        """End the lab; what is already gone is no error."""
        if not hasattr(self, "folder"):
            return
        if hasattr(self, "_keeper"):
            self._orders.close()
            self._keeper.wait()
            self._answers.close()
            self._remove_link()
        for child in self.children:
            child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.close()
        del self.folder

    def _start_middle(self) -> None:
        """Start the lab's first process and the bridges, and put this machine on the front one."""
        self._keeper = subprocess.Popen(
            ["sh", "-c", KEEPER, PREFIX, str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            pass_fds=(self._lock.fileno(),),
            env={"PATH": PATH},
        )
        self._orders, self._answers = _pipes(self._keeper)
        self._order(MIDDLE)
        self._core = int(self._answers.readline())
        name = self.folder.name
        net = f"/proc/{self._core}/ns/net"
        self._remove_link()  # of a killed lab: the kernel takes its time with that
        _run(["ip", "link", "add", name, "type", "veth", "peer", "name", "out", "netns", net])
        self.in_middle(["ip", "link", "set", "out", "master", "front", "up"])
        _run(["ip", "addr", "add", f"10.77.{self.number}.1/24", "dev", name])
        _run(["ip", "link", "set", name, "up"])

    def _remove_link(self) -> None:
        link = ["ip", "link", "del", self.folder.name]
        subprocess.run(link, check=False, stderr=subprocess.DEVNULL)

    @property
    def _front(self) -> Mapping[str, Host]:
        return {
            leg.address: host
            for host in self._hosts.values()
            for leg in host.legs
            if leg.network == "front"
        }

    def _order(self, script: str) -> None:
        self._orders.write(script)
        self._orders.flush()

    def _write_keys(self) -> None:
        self.key = self.folder / "key"
        self.known_hosts = self.folder / "known_hosts"
        self.client: KeyPair = ed25519_pair()
        write_pair(self.client, self.key, comment="audit@lab")

    def _next_legs(self, spec: HostSpec) -> tuple[Leg, ...]:
        return tuple(self._leg(network, place) for place, network in enumerate(spec.networks))

    def _leg(self, network: Literal["front", "back"], place: int) -> Leg:
        self._legs[network] += 1
        last = self._legs[network]
        if last in (127, 255):
            raise RuntimeError(f"no address is left in the network {network}: 125 hosts at most")
        address = ipaddress.IPv4Address(f"10.77.{self.number}.{last}")
        return Leg(network, str(address), f"eth{place}", f"{network}{last}")

    def _place(self, spec: HostSpec, legs: tuple[Leg, ...]) -> Host:
        """Make a host's folder and layers."""
        if spec.name in self._hosts:
            raise ValueError(f"the lab has a host {spec.name} already")
        self._boots += 1
        folder = self.folder / f"h{self._boots}"
        for name in ("", "upper", "work", "root"):
            (folder / name).mkdir()
        given = spec.with_key(f"{self.client.public} audit@lab")
        host = Host(self, given, legs, folder)
        given_layer(folder / "given", given, host_keys=host.host_keys)
        (folder / "boot").write_text(_boot_script(host))
        (folder / "log").touch()
        self._hosts[spec.name] = host
        return host

    def _run(self, hosts: tuple[Host, ...]) -> None:
        for host in hosts:
            self._order(
                f"(cd {host.folder} && unshare --mount --uts --ipc --net --pid --fork --kill-child"
                " --propagation private sh boot; : >ended) </dev/null >/dev/null"
                f" 2>{host.folder}/log &\n"
            )
        for host in hosts:
            host.wait_ready()
            host.baseline()
        self._write_known_hosts()

    def _write_known_hosts(self) -> None:
        self.known_hosts.write_text("".join(host.known_hosts for host in self.hosts))


def claim(prefix: str, most: int) -> tuple[Path, IO[bytes]]:
    """Make the first free folder PREFIX0, PREFIX1, ..., and lock it, for all that inherit the lock.

    Folders of labs whose last process was killed are removed first.
    """
    with _one_at_a_time():
        _clear_leftovers(prefix)
        taken = {folder.name for folder in FOLDER.glob(f"{prefix}*")}
        free = [
            name for name in (f"{prefix}{number}" for number in range(most)) if name not in taken
        ]
        if not free:
            raise RuntimeError(f"{most} labs run already: see {FOLDER}/{prefix}*")
        folder = FOLDER / free[0]
        folder.mkdir(mode=0o755)
        lock = (folder / "lock").open("wb")
        fcntl.flock(lock, fcntl.LOCK_EX)
        return folder, lock


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold a lock that all labs of this machine share; it leaves no file behind."""
    directory = os.open(FOLDER, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)


def _clear_leftovers(prefix: str) -> None:
    for folder in FOLDER.glob(f"{prefix}[0-9]*"):
        if _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    """Say whether nobody holds the folder's lock; one without a lock is just being removed, or old."""
    try:
        with (folder / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    except FileNotFoundError:
        return folder.exists() and time.time() - folder.stat().st_mtime > BOOT_S
    except BlockingIOError:
        return False


def _boot_script(host: Host) -> str:
    network = "".join(
        INTERFACE.format(inside=leg.inside, port=leg.port, bridge=leg.network, address=leg.address)
        for leg in host.legs
    )
    gateway = f"10.77.{host.lab.number}.1"
    if any(leg.network == "front" for leg in host.legs):
        network += f"ip route add default via {gateway}"
    lowers = ":".join(map(str, host.lowers))
    overlay = f"lowerdir={lowers},upperdir={host.upper},workdir={host.folder / 'work'}"
    return BOOT.format(hostname=host.spec.host_name, network=network, overlay=overlay, path=PATH)


def _pipes(child: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the process was started without pipes")
    return child.stdin, child.stdout


def _first_line(stream: IO[str] | None) -> str:
    return "" if stream is None else stream.readline().strip()


def _run(argv: Sequence[str]) -> None:
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)


def _wait_for(holds: Callable[[], bool], what: str) -> None:
    late = time.monotonic() + BOOT_S
    while not holds():
        if time.monotonic() > late:
            raise TimeoutError(f"waited {BOOT_S:.0f} s for {what}")
        time.sleep(0.01)
