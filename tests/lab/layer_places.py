"""Where a path of a host lies in a layer of its root, and what hides one of the layers below."""

import os
import stat
from pathlib import Path

MACHINE = Path("/")
MERGED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")  # links into a merged /usr


def whiteout(layer: Path, path: str) -> None:
    """Hide a path of the layers below: a character device 0:0, as overlayfs wants it."""
    place = place_in(layer, path)
    if not os.path.lexists(place):
        os.mknod(place, stat.S_IFCHR, os.makedev(0, 0))


def place_in(layer: Path, path: str) -> Path:
    """Return where a path of the host lies in a layer, its parent made."""
    whole = Path("/", path.lstrip("/"))
    return directory(layer, str(whole.parent)) / whole.name


def directory(layer: Path, path: str) -> Path:
    """Make a directory in a layer like this machine's own; links of a merged /usr are followed.

    A real directory over the link /bin would hide all of /usr/bin.
    """
    first, *rest = Path(path.lstrip("/")).parts or ("",)
    link = MACHINE / first
    if link.is_symlink() and first in MERGED:
        first = str(link.readlink()).lstrip("/")
    place, below = layer, Path()
    for part in (*Path(first).parts, *rest):
        place, below = place / part, below / part
        if not place.is_dir():
            place.mkdir()
            _like_machine(place, MACHINE / below)
    return place


def _like_machine(place: Path, own: Path) -> None:
    """Give a directory of a layer the mode and owner of this machine's, where it has one."""
    place.chmod(0o755)
    if own.is_dir() and own.parts[1] not in ("home", "root"):
        found = own.stat()
        os.chown(place, found.st_uid, found.st_gid)
        place.chmod(stat.S_IMODE(found.st_mode))
