"""What amounts to root without saying so: groups and commands. This table is our own judgement.

Sources: the manuals of Docker, LXD, Incus and libvirt on their groups; for commands what GTFOBins
gathers, entered from memory. A path through this table is proposed, but for groups whose manual
itself says that they are root.
"""

import re
from posixpath import basename

from agent.judge.case import Certainty

GROUPS = {
    "docker": Certainty.PROVED,  # starts containers that mount the host's root
    "lxd": Certainty.PROVED,
    "incus-admin": Certainty.PROVED,
    "microk8s": Certainty.PROVED,
    "disk": Certainty.PROVED,  # writes block devices raw
    "libvirt": Certainty.PROPOSED,  # through the distribution's polkit rule
    "shadow": Certainty.PROPOSED,  # reads password hashes
    "kmem": Certainty.PROPOSED,
    "staff": Certainty.PROPOSED,  # Debian: writes /usr/local, which stands first in root's PATH
}

# Whatever their arguments are: a shell can be had, or any file written, from within.
_ESCAPES_TEXT = """
    vi vim view rvim nvim nano pico emacs ed ex joe mcedit mc less more most man journalctl gdb
    mysql mariadb psql sqlite3 mongo mongosh irb screen tmux script expect visudo vipw vigr
    crontab su sudo doas sudoedit
"""
# When their arguments are free: no arguments stated, or a wildcard among them.
_FREE_TEXT = """
    sh bash dash zsh ksh fish csh tcsh busybox ash env nice nohup timeout xargs find awk gawk mawk
    nawk sed perl python python2 python3 ruby lua node php tclsh tar zip unzip 7z cpio rsync scp
    ssh sftp curl wget cp mv ln tee dd install chmod chown chgrp setfacl mount umount docker
    podman nerdctl ctr crictl kubectl helm lxc incus systemctl systemd-run at batch useradd
    usermod userdel passwd chpasswd adduser gpasswd groupadd groupmod apt apt-get aptitude dpkg
    yum dnf rpm zypper apk pacman snap flatpak pip pip3 gem npm make git strace ltrace tcpdump
    nmap socat nc ncat netcat chroot nsenter unshare setcap capsh insmod modprobe ip openssl
    ansible ansible-playbook salt-call puppet chef-client virsh update-alternatives run-parts
    start-stop-daemon restic borg borgmatic logger service kexec debugfs
"""
_ESCAPES = frozenset(_ESCAPES_TEXT.split())
_FREE = frozenset(_FREE_TEXT.split())
_FIXED_SAFE = frozenset(("crontab -l", "sudo -l", "journalctl --no-pager"))
_EDITING = ("/etc/sudoers", "/etc/passwd", "/etc/shadow", "/etc/group", "/etc/cron", "/etc/systemd")
_OPEN_PLACES = ("/home/", "/tmp/", "/var/tmp/", "/dev/shm/")  # noqa: S108
_WILD = "*?["
_ALIAS = re.compile(r"[A-Z][A-Z0-9_]*")


def amounts_to_root(command: str, home: str = "") -> bool:
    """Tell whether a command of sudoers(5), run as root, amounts to root.

    "/usr/bin/vim /etc/motd" yes, "/bin/systemctl" yes, "/bin/systemctl restart app" no
    """
    program, _, arguments = command.partition(" ")
    name, arguments = basename(program), arguments.strip()
    if program == "sudoedit":
        return _edits_all(arguments)
    if command.startswith("^") or program.endswith("/") or any(c in program for c in _WILD):
        return True
    if is_unresolved(command) or command_is_replaceable(program, home):
        return True
    if name in _ESCAPES:
        return _escapes(name, arguments)
    if name == "systemctl" and arguments.split()[:1] in (["edit"], ["link"], ["set-environment"]):
        return True
    is_shell_alone = arguments == '""' and name in ("sh", "bash", "dash", "zsh", "ksh", "fish")
    return name in _FREE and (_is_free(arguments) or is_shell_alone)


def is_unresolved(name: str) -> bool:
    """Tell whether it is the name of an alias whose definition was not read: it may be anything."""
    return name != "ALL" and _ALIAS.fullmatch(name) is not None


def command_is_replaceable(program: str, home: str = "") -> bool:
    """Tell whether the program lies where ordinary accounts write."""
    places = (*_OPEN_PLACES, f"{home.rstrip('/')}/") if home.strip("/") else _OPEN_PLACES
    return program.startswith(places)


def opens_a_shell(command: str) -> bool:
    """Tell whether a forced command hands out more than itself: a shell, or what is asked for."""
    words = command.split()
    shells = {"sh", "bash", "dash", "zsh", "ksh", "fish"}
    alone = len(words) == 1 and basename(words[0]) in shells
    return alone or "SSH_ORIGINAL_COMMAND" in command


def _escapes(name: str, arguments: str) -> bool:
    if f"{name} {arguments}" in _FIXED_SAFE:
        return False
    if name == "su":
        target = arguments.split()[-1:] or ["root"]
        return target[0] in ("root", '""') or target[0].startswith("-") or _is_free(arguments)
    return True


def _edits_all(arguments: str) -> bool:
    wild = not arguments or any(mark in arguments for mark in _WILD)
    return wild or any(arguments.startswith(place) for place in _EDITING)


def _is_free(arguments: str) -> bool:
    return not arguments or any(mark in arguments for mark in _WILD)
