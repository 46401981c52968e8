"""A small network of real sshd hosts on this machine, each with its own root, name and address.

Every host has its own mount, UTS, IPC, network and PID namespaces; its root is an overlay, so that
each change to it can be listed. All of them live in one PID namespace of the lab, whose first
process ends when this process does: the kernel then ends every host, mount and interface with it,
after SIGKILL too. What can stay behind is a folder in /dev/shm, which the next lab removes.
"""

import contextlib
import ipaddress
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self

from tests.lab.claims import claim
from tests.lab.host import BOOT_S, PATH, Host, Leg
from tests.lab.keys import KeyPair, ed25519_pair, write_pair
from tests.lab.layers import given_layer
from tests.lab.lowers import busybox_root, machine_mask
from tests.lab.spec import AUDIT, Account, File, Group, HostSpec, Link

__all__ = ["AUDIT", "Account", "File", "Group", "Host", "HostSpec", "Lab", "Link", "needs_of"]

PREFIX = "hlab"
LABS = 64  # labs that can run at once: 10.77.0.0/24 to 10.77.63.0/24
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


def _run(argv: Sequence[str]) -> None:
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)


def _wait_for(holds: Callable[[], bool], what: str) -> None:
    late = time.monotonic() + BOOT_S
    while not holds():
        if time.monotonic() > late:
            raise TimeoutError(f"waited {BOOT_S:.0f} s for {what}")
        time.sleep(0.01)
