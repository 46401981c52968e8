"""What amounts to root without saying so: groups and commands. This table is our own judgement.

Sources: the manuals of Docker, LXD, Incus and libvirt on their groups; for commands what GTFOBins
gathers, entered from memory. A path through this table is proposed, but for groups whose manual
itself says that they are root.
"""

import re
import shlex
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
# Their power lies behind a Unix socket, which SSH forwards even for an account without a shell.
SOCKET_GROUPS = frozenset(("docker", "lxd", "incus-admin", "microk8s", "libvirt"))

# Whatever their arguments are: a shell can be had, or any file written, from within.
_ESCAPES_TEXT = """
    vi vim vim.basic vim.tiny vim.nox view rvim nvim nano pico emacs ed ex joe mcedit mc less more
    most man journalctl gdb
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
    start-stop-daemon restic borg borgmatic logger service kexec debugfs newusers openvpn
    ssh-keygen rpmbuild
"""
_READS_TEXT = "cat head tail tac nl od xxd hexdump base64 strings sort cut grep egrep diff"
_RUNS_TEXT = "dpkg rpm make run-parts insmod ansible-playbook env nice nohup timeout xargs busybox"
# Read what to do from their input, even where no argument is allowed.
_LISTENS_TEXT = """
    sh bash dash zsh ksh fish ash csh tcsh python perl ruby lua node php tclsh irb at batch chpasswd
    newusers unshare
"""
_ESCAPES = frozenset(_ESCAPES_TEXT.split())
_FREE = frozenset((_FREE_TEXT + _READS_TEXT).split())
_LISTENS = frozenset(_LISTENS_TEXT.split())
_ONLY_READS = frozenset(_READS_TEXT.split())
_RUNS_FILES = frozenset(_RUNS_TEXT.split())
_SHELLS = frozenset(("sh", "bash", "dash", "zsh", "ksh", "fish", "ash", "csh", "tcsh", "rbash"))
_WRITES_ANY = frozenset(("internal-sftp", "sftp-server", "login"))  # ~/.ssh/authorized_keys too
_VERSION = re.compile(r"-?[0-9]+(?:\.[0-9]+)*$")
_WRAPPERS = frozenset(("env", "nice", "nohup", "timeout", "sudo", "setsid", "stdbuf", "ionice"))
_PREFIX = re.compile(r"(?:exec|command|then|else|do|!)$|[A-Za-z_]\w*=")
_OPTION = re.compile(r"-|[0-9]+[smhd]?$|[A-Za-z_]\w*=")
_WITH_VALUE = ("-u", "-g", "-n", "-k")
_TAKES_TEXT = re.compile(r"-[a-z]*c[a-z]*")
_FIXED_SAFE = frozenset(("crontab -l", "sudo -l", "journalctl --no-pager"))
MOST_READ = 4096  # characters of a forced command; a longer one is not trusted to do no more
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
    name = _plain(name)
    if name in _ESCAPES:
        return _escapes(name, arguments)
    if name == "systemctl" and arguments.split()[:1] in (["edit"], ["link"], ["set-environment"]):
        return True
    if arguments == '""':
        return name in _LISTENS
    return name in _FREE and (_is_free(arguments) or _names_a_lever(name, arguments, home))


def is_unresolved(name: str) -> bool:
    """Tell whether it is the name of an alias whose definition was not read: it may be anything."""
    return name != "ALL" and _ALIAS.fullmatch(name) is not None


def command_is_replaceable(program: str, home: str = "") -> bool:
    """Tell whether the program lies where ordinary accounts write."""
    places = (*_OPEN_PLACES, f"{home.rstrip('/')}/") if home.strip("/") else _OPEN_PLACES
    return program.startswith(places)


def opens_a_shell(command: str) -> bool:
    """Tell whether a forced command hands out more than itself: a shell, or what is asked for.

    "/bin/bash -l" yes, "exec tmux" yes, "internal-sftp" yes, "borg serve --append-only" no
    """
    if "SSH_ORIGINAL_COMMAND" in command or len(command) > MOST_READ:
        return True
    return any(_opens(part) for part in re.split(r"[;&|\n(){}`]+", command))


def _opens(part: str) -> bool:
    words = _unwrapped(_words(part))
    if not words:
        return False
    name, arguments = _plain(basename(words[0]).strip("'\"")), words[1:]
    said = [word for word in arguments if not word.startswith(("-", "+"))]
    if name in _SHELLS:
        takes_text = any(_TAKES_TEXT.fullmatch(word) for word in arguments)
        return (bool(said) and opens_a_shell(said[0])) if takes_text else not said
    if name in _WRITES_ANY or (name == "rsync" and "--server" in arguments):
        return True
    if name in _WRAPPERS:
        return name == "sudo"  # sudo -i, sudo -s
    return (name in _ESCAPES and _escapes(name, " ".join(arguments))) or (
        name in _LISTENS and not arguments
    )


def _unwrapped(words: list[str]) -> list[str]:
    """Return the words from the program on that is run in the end."""
    at = 0
    while at + 1 < len(words) and (basename(words[at]) in _WRAPPERS or _PREFIX.match(words[at])):
        after = at + 1
        while after < len(words) and _OPTION.match(words[after]):
            after += 2 if words[after] in _WITH_VALUE else 1
        if after >= len(words):
            return words[at : at + 1]
        at = after
    return words[at:]


def _words(part: str) -> list[str]:
    try:
        return shlex.split(part)
    except ValueError:
        return part.split()


def _plain(name: str) -> str:
    """Return `python` of `python3.11`; names whose digits belong to them stay."""
    bare = _VERSION.sub("", name)
    return bare if bare in _ESCAPES or bare in _FREE else name


def _names_a_lever(name: str, arguments: str, home: str) -> bool:
    """Tell whether fixed arguments name a file that decides who is root, or that others write."""
    words = arguments.split()
    if name == "passwd":
        return "root" in words
    if name in _LISTENS or name in _RUNS_FILES:
        return any(command_is_replaceable(word, home) for word in words)
    places = ("/etc/shadow",) if name in _ONLY_READS else _EDITING
    return any(word.startswith(places) for word in words)


def _escapes(name: str, arguments: str) -> bool:
    if f"{name} {arguments}" in _FIXED_SAFE:
        return False
    if name == "su":
        target = arguments.split()[-1:] or ["root"]
        return target[0] in ("root", '""') or target[0].startswith("-") or _is_free(arguments)
    return True


def _edits_all(arguments: str) -> bool:
    return _is_free(arguments) or any(word.startswith(_EDITING) for word in arguments.split())


def _is_free(arguments: str) -> bool:
    return not arguments or any(mark in arguments for mark in _WILD)
