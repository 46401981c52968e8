"""The layers that hosts of a kind share: what is hidden of this machine, and a root of BusyBox."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.lab.layer_places import MACHINE, MERGED, directory, place_in, whiteout

STANDARD_TOP = frozenset(
    [
        "bin",
        "boot",
        "dev",
        "etc",
        "home",
        "lib",
        "lib32",
        "lib64",
        "libx32",
        "media",
        "mnt",
        "opt",
        "proc",
        "root",
        "run",
        "sbin",
        "srv",
        "sys",
        "tmp",
        "usr",
        "var",
    ]
)
MASKED_DIRECTORIES = [
    "boot",
    "dev",
    "home",
    "media",
    "mnt",
    "opt",
    "proc",
    "root",
    "run",
    "srv",
    "sys",
    "tmp",
    "usr/local",
    "etc/apt/apt.conf.d",
    "etc/apt/auth.conf.d",
    "etc/apt/preferences.d",
    "etc/apt/sources.list.d",
    "etc/cron.d",
    "etc/cron.daily",
    "etc/cron.hourly",
    "etc/cron.monthly",
    "etc/cron.weekly",
    "etc/environment.d",
    "etc/profile.d",
    "etc/ssh",
    "etc/sudoers.d",
    "etc/systemd/system",
    "etc/ufw",
    "var/backups",
    "var/lib/systemd",
    "var/local",
    "var/log",
    "var/mail",
    "var/spool",
    "var/tmp",
]
MASKED_FILES = [
    "etc/apt/sources.list",
    "etc/environment",
    "etc/fstab",
    "etc/gitconfig",
    "etc/group-",
    "etc/gshadow-",
    "etc/machine-id",
    "etc/npmrc",
    "etc/passwd-",
    "etc/pip.conf",
    "etc/shadow-",
    "etc/subgid",
    "etc/subuid",
    "etc/hosts.allow",
    "etc/hosts.deny",
    "etc/crontab",
    "var/lib/dbus/machine-id",
]
OPAQUE = "trusted.overlay.opaque"


def machine_mask(layer: Path) -> None:
    """Fill the layer that hides what is this machine's own, so that only its packages show."""
    layer.mkdir()
    for name in sorted({path.name for path in MACHINE.iterdir()} - STANDARD_TOP):
        whiteout(layer, name)
    for name in MASKED_DIRECTORIES:
        os.setxattr(directory(layer, name), OPAQUE, b"y")
    for name in MASKED_FILES:
        whiteout(layer, name)


def busybox_root(layer: Path) -> None:
    """Build a root of BusyBox, sshd and the libraries that sshd needs, found through ldd(1).

    Debian's BusyBox prefers its own applets (`dpkg` and `rpm` among them) to files on the PATH: a
    given file cannot stand in for an applet there.
    """
    layer.mkdir()
    for name in MERGED:
        if (MACHINE / name).is_symlink():
            directory(layer, name)
            (layer / name).symlink_to((MACHINE / name).readlink())
    listed = ["/usr/bin/busybox", "--list-full"]
    applets = subprocess.run(listed, check=True, capture_output=True, text=True)
    for applet in applets.stdout.split():
        place = place_in(layer, applet)
        if not os.path.lexists(place) and place.name != "busybox":
            place.symlink_to("/bin/busybox")
    shutil.copy2("/usr/bin/busybox", place_in(layer, "/bin/busybox"))
    shutil.copy2("/usr/sbin/sshd", place_in(layer, "/usr/sbin/sshd"))
    _copy_libraries("/usr/sbin/sshd", layer)


def _copy_libraries(program: str, layer: Path) -> None:
    listed = subprocess.run(["ldd", program], check=True, capture_output=True, text=True)
    for word in listed.stdout.split():
        if word.startswith("/"):
            shutil.copy2(word, place_in(layer, word))
