"""The top layer of a host's root: what the host is given.

An overlay's lower layers, from the top: given (one a host), then mask and `/`, or the BusyBox root.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.lab.keys import KeyPair
from tests.lab.layer_places import directory, place_in, whiteout
from tests.lab.spec import Account, Content, File, Group, HostSpec, Link

DEBIAN_ACCOUNTS = """\
root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
sync:x:4:65534:sync:/bin:/bin/sync
man:x:6:12:man:/var/cache/man:/usr/sbin/nologin
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
backup:x:34:34:backup:/var/backups:/usr/sbin/nologin
_apt:x:42:65534::/nonexistent:/usr/sbin/nologin
messagebus:x:100:107::/nonexistent:/usr/sbin/nologin
sshd:x:101:65534::/run/sshd:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
"""
DEBIAN_GROUPS = """\
root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
mail:x:8:
man:x:12:
sudo:x:27:
www-data:x:33:
backup:x:34:
utmp:x:43:
shadow:x:42:
staff:x:50:
users:x:100:
messagebus:x:107:
nogroup:x:65534:
"""
BUSYBOX_ACCOUNTS = """\
root:x:0:0:root:/root:/bin/ash
bin:x:1:1:bin:/bin:/sbin/nologin
daemon:x:2:2:daemon:/sbin:/sbin/nologin
sshd:x:22:22:sshd:/dev/null:/sbin/nologin
nobody:x:65534:65534:nobody:/:/sbin/nologin
"""
BUSYBOX_GROUPS = """\
root:x:0:root
bin:x:1:root,bin
daemon:x:2:root,bin
tty:x:5:
wheel:x:10:root
sshd:x:22:
shadow:x:42:
utmp:x:406:
nobody:x:65534:
"""
ALPINE_RELEASE = """\
NAME="Alpine Linux"
ID=alpine
VERSION_ID=3.20.3
PRETTY_NAME="Alpine Linux v3.20"
HOME_URL="https://alpinelinux.org/"
"""
SUDOERS = """\
Defaults env_reset, mail_badpass
Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
root ALL=(ALL:ALL) ALL
%sudo ALL=(ALL:ALL) ALL
@includedir /etc/sudoers.d
"""
SSHD_CONFIG = """\
Port 22
HostKey /etc/ssh/ssh_host_ed25519_key
HostKey /etc/ssh/ssh_host_ecdsa_key
PidFile /run/sshd.pid
PermitRootLogin prohibit-password
PasswordAuthentication {password}
KbdInteractiveAuthentication no
UsePAM {pam}
UseDNS no
MaxStartups 200:30:400
MaxSessions 100
PrintMotd no
PrintLastLog no
Subsystem sftp internal-sftp
"""
# PID 1: it reaps orphans, and starts sshd again on SIGUSR1.
INIT = """\
#!/bin/sh
start() { /usr/sbin/sshd -D -e & }
trap start USR1
start
while :; do sleep 3600 & wait $!; done
"""
APT_SOURCES = "deb http://deb.example.org/debian bookworm main\n"
DEVICES = {"null": 3, "zero": 5, "full": 7, "random": 8, "urandom": 9}  # major 1: mem


def given_layer(layer: Path, spec: HostSpec, *, host_keys: Mapping[str, KeyPair]) -> None:
    """Fill the layer that makes a root this host; the host's own files are laid in last."""
    layer.mkdir()
    owners = _Owners(spec)
    for name, mode in (("tmp", 0o1777), ("root", 0o700), ("run/sshd", 0o755), ("home", 0o755)):
        directory(layer, name).chmod(mode)
    for name, mode in (("var/tmp", 0o1777), ("var/log", 0o755), ("mnt", 0o755), ("sys", 0o555)):
        directory(layer, name).chmod(mode)
    directory(layer, "proc").chmod(0o555)
    _lay_devices(layer)
    for path, file in _identity(spec, owners, host_keys).items():
        lay(layer, path, file, owners)
    for account in spec.accounts:
        _lay_home(layer, account, owners)
    for path in spec.removed:
        whiteout(layer, path)
    for path, content in spec.files.items():
        lay(layer, path, content, owners)


def lay(layer: Path, path: str, content: Content, owners: "_Owners") -> None:
    """Put one file or link into a layer, with the directories above it."""
    place = place_in(layer, path)
    if os.path.lexists(place):
        place.unlink()
    if isinstance(content, Link):
        place.symlink_to(content.target)
        return
    file = File(*content) if isinstance(content, tuple) else File(content)
    text = file.content
    place.write_bytes(text.encode() if isinstance(text, str) else text)
    os.chown(place, *owners.numbers(file.owner))
    place.chmod(file.mode)


class _Owners:
    """The numbers of a host's names."""

    def __init__(self, spec: HostSpec) -> None:
        small = spec.os == "busybox"
        named = {account.name for account in spec.accounts}
        known = BUSYBOX_ACCOUNTS if small else DEBIAN_ACCOUNTS
        self.system = [line for line in known.splitlines() if line.split(":")[0] not in named]
        self.group = BUSYBOX_GROUPS if small else DEBIAN_GROUPS
        own = {group.gid for group in spec.groups}
        private = [
            Group(name=account.name, gid=account.group_id)
            for account in spec.accounts
            if account.gid is None and account.group_id not in own
        ]
        own_lines = (account.passwd_line() for account in spec.accounts)
        self.passwd = _lines((*self.system, *own_lines))
        self.group = _with_groups(self.group, (*private, *spec.groups))
        self.uids = _numbers(self.passwd)
        self.gids = _numbers(self.group)

    def numbers(self, owner: str) -> tuple[int, int]:
        """Return uid and gid of `user`, `user:group` or numbers."""
        user, _, group = owner.partition(":")
        uid = int(user) if user.isdigit() else self.uids[user]
        if not group:
            return uid, self.gids.get(user, uid)
        return uid, int(group) if group.isdigit() else self.gids[group]


def _with_groups(text: str, groups: tuple[Group, ...]) -> str:
    """Return group(5) with these groups; one that exists already (`sudo`) is replaced."""
    names = {group.name for group in groups}
    kept = (line for line in text.splitlines() if line.split(":")[0] not in names)
    return _lines((*kept, *(group.line() for group in groups)))


def _numbers(text: str) -> dict[str, int]:
    return {line.split(":")[0]: int(line.split(":")[2]) for line in text.splitlines()}


def _lines(lines: Iterator[str] | tuple[str, ...]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _identity(
    spec: HostSpec, owners: _Owners, host_keys: Mapping[str, KeyPair]
) -> dict[str, Content]:
    """Return the files that every host has."""
    shadow = [f"{line.split(':')[0]}:*:19600:0:99999:7:::" for line in owners.system]
    shadow += [account.shadow_line() for account in spec.accounts]
    name = spec.host_name
    files: dict[str, Content] = {
        "/etc/passwd": owners.passwd,
        "/etc/group": owners.group,
        "/etc/shadow": File(_lines(tuple(shadow)), 0o640, "root:shadow"),
        "/etc/hostname": f"{name}\n",
        "/etc/hosts": f"127.0.0.1\tlocalhost\n127.0.1.1\t{name}\n",
        "/etc/resolv.conf": "nameserver 127.0.0.1\n",
        "/etc/machine-id": File(f"{spec.machine_number}\n", 0o444),
        "/etc/ssh/sshd_config": _sshd_config(spec),
        "/sbin/init": File(INIT, 0o755),
        "/run/utmp": File("", 0o664, "root:utmp"),
        "/var/log/wtmp": File("", 0o664, "root:utmp"),
        "/var/log/btmp": File("", 0o660, "root:utmp"),
        "/var/log/lastlog": File("", 0o664, "root:utmp"),
    }
    for kind, pair in host_keys.items():
        files[f"/etc/ssh/ssh_host_{kind}_key"] = File(pair.private, 0o600)
        files[f"/etc/ssh/ssh_host_{kind}_key.pub"] = f"{pair.public} root@{name}\n"
    files |= _busybox_files() if spec.os == "busybox" else _debian_files(spec, owners)
    return files


def _debian_files(spec: HostSpec, owners: _Owners) -> dict[str, Content]:
    gshadow = _lines(tuple(f"{line.split(':')[0]}:*::" for line in owners.group.splitlines()))
    files: dict[str, Content] = {
        "/etc/gshadow": File(gshadow, 0o640, "root:shadow"),
        "/etc/apt/sources.list": APT_SOURCES,
        "/etc/sudoers": File(SUDOERS, 0o440),
    }
    for name, text in spec.sudoers.items():
        files[f"/etc/sudoers.d/{name}"] = File(text, 0o440)
    return files


def _busybox_files() -> dict[str, Content]:
    return {
        "/etc/os-release": ALPINE_RELEASE,
        "/etc/alpine-release": "3.20.3\n",
        "/etc/shells": "/bin/sh\n/bin/ash\n",
    }


def _sshd_config(spec: HostSpec) -> str:
    pam = spec.use_pam and spec.os != "busybox"
    password = any(account.password.startswith("$") for account in spec.accounts)
    words = {True: "yes", False: "no"}
    own = _lines(spec.sshd_options)
    return own + SSHD_CONFIG.format(pam=words[pam], password=words[password])


def _lay_home(layer: Path, account: Account, owners: _Owners) -> None:
    numbers = (account.uid, account.group_id)
    if not account.home_path.startswith(("/home/", "/root", "/srv/", "/opt/")):
        return
    home = directory(layer, account.home_path)
    os.chown(home, *numbers)
    if account.authorized_keys:
        keys = _lines(account.authorized_keys)
        path = f"{account.home_path}/.ssh/authorized_keys"
        lay(layer, path, File(keys, 0o600, ":".join(map(str, numbers))), owners)
        ssh = home / ".ssh"
        os.chown(ssh, *numbers)
        ssh.chmod(0o700)


def _lay_devices(layer: Path) -> None:
    """Make the character devices that every program expects; ptys come from a devpts mount."""
    devices = directory(layer, "dev")
    for name, minor in DEVICES.items():
        _node(devices / name, major=1, minor=minor)
    _node(devices / "tty", major=5, minor=0)
    (devices / "pts").mkdir()
    (devices / "shm").mkdir()
    (devices / "shm").chmod(0o1777)
    for name, target in (("ptmx", "pts/ptmx"), ("fd", "/proc/self/fd"), ("stdin", "fd/0")):
        (devices / name).symlink_to(target)


def _node(path: Path, *, major: int, minor: int) -> None:
    os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(major, minor))
    path.chmod(0o666)
