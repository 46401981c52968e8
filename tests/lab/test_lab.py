"""The lab does what it says; otherwise every test that stands on it proves nothing."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import paramiko
import psutil
import pytest

from tests.lab.changes import Change
from tests.lab.fleet import fleet
from tests.lab.hosts import Account, File, Group, HostSpec, Lab

SUDO = {"audit": "audit ALL=(root) NOPASSWD: ALL\n"}
ROOT = Path(__file__).parents[2]
WEB = HostSpec(
    name="web1",
    machine_id="0123456789abcdef0123456789abcdef",
    accounts=(
        Account(name="audit", uid=1900),
        Account(name="jane", uid=1000, gecos="Jane Doe", password="!", changed="18000"),
    ),
    groups=(Group(name="sudo", gid=27, members=("jane",)),),
    sudoers=SUDO,
    files={
        "/etc/cron.d/backup": "0 3 * * * root /usr/local/bin/backup\n",
        "/home/jane/notes": File("hers\n", 0o600, "jane"),
        "/usr/local/bin/backup": ("#!/bin/sh\n", 0o755, "root:staff"),
    },
    removed=("/usr/bin/strace",),
)
TINY = HostSpec(name="tiny", os="busybox")
JUMP = HostSpec(name="jump", networks=("front", "back"))
INNER = HostSpec(name="inner", networks=("back",), use_pam=False)


@pytest.fixture(scope="module")
def hosts(lab: Callable[..., Lab]) -> Lab:
    return lab(WEB, TINY, JUMP, INNER)


def _can_connect(address: str, timeout_s: float) -> bool:
    try:
        with socket.create_connection((address, 22), timeout_s):
            return True
    except OSError:
        return False


def test_a_host_has_its_own_name_id_accounts_and_files(hosts: Lab) -> None:
    asked = "hostname; cat /etc/machine-id; getent passwd jane; cat /etc/cron.d/backup; id -nG jane"
    assert hosts["web1"].ssh(asked).stdout.splitlines() == [
        "web1",
        "0123456789abcdef0123456789abcdef",
        "jane:x:1000:1000:Jane Doe:/home/jane:/bin/sh",
        "0 3 * * * root /usr/local/bin/backup",
        "jane sudo",
    ]


def test_given_files_have_their_owner_and_mode_and_removed_ones_are_gone(hosts: Lab) -> None:
    asked = "stat -c '%a %U:%G' /home/jane /home/jane/notes /usr/local/bin/backup /etc/shadow"
    done = hosts["web1"].ssh(f"{asked}; command -v strace || echo none")
    assert done.stdout.splitlines() == [
        "755 jane:jane",
        "600 jane:jane",
        "755 root:staff",
        "640 root:shadow",
        "none",
    ]


def test_a_host_shows_nothing_of_this_machine_but_its_packages(hosts: Lab) -> None:
    host = hosts["web1"]
    own = {path.name for path in Path("/").iterdir()} - set(host.ssh("ls -A /").stdout.split())
    assert not {"bin", "etc", "usr", "var"} & own
    assert host.ssh(f"ls {ROOT}").returncode != 0
    assert host.exec(["ls", "-A", "/tmp", "/root", "/srv", "/opt"]).stdout.split() == [
        *("/opt:", "/root:", "/srv:", "/tmp:"),
    ]
    assert host.ssh("dpkg-query -W -f '${Status}' openssh-server").stdout == "install ok installed"


def test_sudo_really_makes_root_and_only_where_it_is_granted(hosts: Lab) -> None:
    assert hosts["web1"].ssh("sudo -n head -c5 /etc/shadow").stdout == "root:"
    refused = hosts["jump"].ssh("sudo -n head -c5 /etc/shadow")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert hosts["web1"].ssh("head -c5 /etc/shadow").stdout == ""


def test_paramiko_gets_in_with_the_pinned_host_key(hosts: Lab) -> None:
    with paramiko.SSHClient() as client:
        client.load_host_keys(str(hosts.known_hosts))
        client.connect(
            hosts["web1"].address,
            username="audit",
            key_filename=str(hosts.key),
            allow_agent=False,
            look_for_keys=False,
        )
        _, stdout, _ = client.exec_command("hostname", timeout=10)
        assert stdout.read() == b"web1\n"


def test_a_busybox_host_has_no_coreutils_bash_or_sudo(hosts: Lab) -> None:
    host = hosts["tiny"]
    for name in ("bash", "sudo", "python3", "systemctl"):
        assert host.ssh(f"command -v {name}").returncode == 127
    assert host.ssh("readlink -f /bin/ls").stdout == "/usr/bin/busybox\n"
    assert "BusyBox" in host.ssh("stat --version").stderr
    assert "ID=alpine" in host.ssh("cat /etc/os-release").stdout


def test_processes_network_and_log_are_the_hosts_own(hosts: Lab) -> None:
    host = hosts["web1"]
    seen = host.ssh("ps -e -o pid= -o comm=; ip -4 -o addr show eth0")
    assert seen.stdout.split()[:2] == ["1", "init"]
    assert seen.stdout.count("\n") < 12
    assert host.address in seen.stdout
    assert "Accepted publickey for audit" in host.auth_log


def test_a_jump_host_is_the_only_way_to_the_network_behind_it(hosts: Lab) -> None:
    inner, jump = hosts["inner"], hosts["jump"]
    assert not _can_connect(inner.address, 1.0)
    knock = f"timeout 2 bash -c ': </dev/tcp/{inner.address}/22'"
    assert hosts["web1"].ssh(knock).returncode != 0
    assert jump.ssh(knock).returncode == 0
    way = subprocess.list2cmdline(
        ["ssh", *hosts.ssh_options, f"audit@{jump.address}", "-W", "%h:%p"]
    )
    assert inner.ssh("hostname", options=("-o", f"ProxyCommand={way}")).stdout == "inner\n"


def test_a_running_host_can_be_altered(hosts: Lab) -> None:
    host = hosts["tiny"]
    host.write("/etc/new/config", "a=1\n", 0o600)
    assert host.read("/etc/new/config") == b"a=1\n"
    assert host.ssh("cat /etc/new/config").returncode == 1
    host.remove("/etc/new")
    assert host.exec(["ls", "/etc/new"], check=False).returncode == 1


def test_the_changes_of_a_host_are_listed_to_the_last_touch(hosts: Lab) -> None:
    host = hosts["web1"]
    host.exec(["true"])
    host.baseline()
    host.exec(["cat", "/etc/passwd", "/etc/shadow", "/home/jane/notes"])
    assert host.changed_paths() == ()
    host.exec(["sh", "-c", "touch /srv/x; rm /srv/x"])
    assert Change("/srv", "changed") in host.changed_paths()
    host.baseline()
    host.exec(["sh", "-c", "touch /srv/x; rm /srv/x"])
    assert host.changed_paths() == (Change("/srv", "changed"),)
    host.baseline()
    host.exec(
        ["sh", "-c", "echo a >/srv/new; rm /etc/issue; chmod 600 /etc/hosts; rm -r /etc/skel"]
    )
    assert {change for change in host.changed_paths() if change.path not in ("/", "/etc")} == {
        Change("/srv", "changed"),
        Change("/srv/new", "created"),
        Change("/etc/issue", "deleted"),
        Change("/etc/hosts", "changed"),
        Change("/etc/skel", "deleted"),
    }


def test_a_stopped_host_is_unreachable_until_it_is_started(hosts: Lab) -> None:
    host = hosts["tiny"]
    host.stop("refused")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host.address, 22), 5.0)
    host.start()
    host.stop("silent")
    with pytest.raises(TimeoutError):
        socket.create_connection((host.address, 22), 0.5)
    host.start()
    host.stop()
    with pytest.raises(OSError, match="No route to host"):
        socket.create_connection((host.address, 22), 10.0)
    host.start()
    assert host.ssh("hostname").stdout == "tiny\n"


def test_a_rebuilt_host_has_the_address_of_the_old_one_and_other_keys(hosts: Lab) -> None:
    old = hosts["tiny"]
    new = hosts.rebuild(HostSpec(name="tiny", os="busybox", machine_id="f" * 32))
    assert new.address == old.address
    assert new.host_keys["ed25519"].public != old.host_keys["ed25519"].public
    assert new.ssh("cat /etc/machine-id").stdout == "f" * 32 + "\n"


def test_a_hung_mount_holds_whoever_asks_it(hosts: Lab) -> None:
    host = hosts["web1"]
    with host.hung_mount("/mnt/backup"):
        assert " - fuse.sshfs " in host.read("/proc/self/mountinfo").decode()
        assert host.ssh("timeout 1 df -P").returncode == 124
        assert host.ssh("timeout 5 df -Pl").returncode == 0
    assert host.ssh("timeout 5 df -P").returncode == 0


def _processes() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


@pytest.mark.usefixtures("lab")
def test_the_end_of_a_lab_leaves_nothing() -> None:
    running = _processes()
    with Lab([HostSpec(name="one"), HostSpec(name="two", os="busybox")]) as lab:
        folder = lab.folder
        link = Path("/sys/class/net", folder.name)
        first = Path("/proc", str(lab["one"].pid))
        lab["one"].spawn(["sleep", "1000"])
        assert len(_processes() - running) > 6
        assert folder.exists()
        assert link.exists()
        assert first.exists()
    assert not folder.exists()
    assert not link.exists()
    assert not first.exists()
    assert _processes() <= running
    assert f"{folder}/" not in Path("/proc/mounts").read_text()


KILLED = """
import time
from tests.lab.hosts import HostSpec, Lab
with Lab([HostSpec(name="one")]) as lab:
    print(lab.folder, lab["one"].pid, flush=True)
    time.sleep(100)
"""


@pytest.mark.usefixtures("lab")
def test_a_killed_test_takes_its_hosts_and_folder_with_it() -> None:
    folder, first = _killed(keeper_too=False)
    _wait_until(lambda: not first.exists() and not (folder / "marker").exists())


@pytest.mark.usefixtures("lab")
def test_a_folder_that_nobody_could_remove_is_removed_by_the_next_lab() -> None:
    folder, first = _killed(keeper_too=True)
    _wait_until(lambda: not first.exists())
    with Lab([HostSpec(name="next")]) as lab:
        assert lab["next"].ssh("hostname").stdout == "next\n"
        assert not (folder / "marker").exists()


def _killed(*, keeper_too: bool) -> tuple[Path, Path]:
    """Start a lab in another process and kill that; return its folder and its host's /proc entry."""
    argv = [sys.executable, "-c", KILLED]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
        assert child.stdout is not None
        folder, pid = child.stdout.readline().split()
        (Path(folder) / "marker").touch()
        keeper = psutil.Process(child.pid).children()[0]
        if keeper_too:
            keeper.kill()
        child.kill()
    return Path(folder), Path("/proc", pid)


def _wait_until(holds: Callable[[], bool]) -> None:
    late = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < late
        time.sleep(0.02)


@pytest.mark.usefixtures("lab")
def test_ten_hosts_start_in_less_than_five_seconds() -> None:
    began = time.monotonic()
    with Lab([HostSpec(name=f"web{number}") for number in range(10)]) as lab:
        assert time.monotonic() - began < 5
        assert len({host.ssh("cat /etc/machine-id").stdout for host in lab.hosts}) == 10


@pytest.mark.usefixtures("lab")
def test_a_fleet_answers_on_every_address_and_ends() -> None:
    running = _processes()
    with fleet(20) as ships:
        assert len({host.address for host in ships.hosts}) == 20
        last = ships.hosts[-1]
        argv = ["ssh", "-F", "/dev/null", "-i", str(ships.key), "-p", str(last.port)]
        argv += ["-o", f"UserKnownHostsFile={ships.known_hosts}", "-o", "BatchMode=yes"]
        done = subprocess.run(
            [*argv, f"{ships.user}@{last.address}", "echo here"], capture_output=True, check=False
        )
        assert done.stdout == b"here\n"
    assert not ships.key.exists()
    assert _processes() <= running
