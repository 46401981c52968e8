"""What changed in a host's root: a listing of its overlay's upper layer, compared with another."""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

Listing: TypeAlias = Mapping[
    str, tuple[object, ...]
]  # path in the host: what would betray a change


@dataclass(frozen=True, order=True)
class Change:
    """One path that is not what it was; a directory counts as changed when its times moved."""

    path: str
    what: Literal["created", "changed", "deleted"]


def listing(upper: Path) -> Listing:
    """Return each path of an upper layer with its type, owner, size and times; access excepted.

    The directories' own times are in it: a file made and removed again leaves its trace there. The
    first change below a directory copies it up, which touches the times of those above it as well.
    """
    return dict(_entries(upper, "/"))


def changes(before: Listing, after: Listing, *, lowers: Sequence[Path]) -> tuple[Change, ...]:
    """Return what differs between two listings of one upper layer, sorted by path."""
    return tuple(
        sorted(
            Change(path, _what(path, after, known=path in before or _shows(path, lowers)))
            for path in before.keys() | after.keys()
            if before.get(path) != after.get(path)
        )
    )


def _what(path: str, after: Listing, *, known: bool) -> Literal["created", "changed", "deleted"]:
    if path not in after or after[path][0] == "whiteout":
        return "deleted"
    return "changed" if known else "created"


def _entries(upper: Path, inside: str) -> Iterator[tuple[str, tuple[object, ...]]]:
    top = upper / inside.lstrip("/")
    yield inside, _state(top)
    for entry in os.scandir(top):
        path = f"{inside.rstrip('/')}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _entries(upper, path)
        else:
            yield path, _state(Path(entry.path))


def _state(path: Path) -> tuple[object, ...]:
    found = path.lstat()
    kind = "whiteout" if is_whiteout(found) else found.st_mode
    size = 0 if stat.S_ISDIR(found.st_mode) else found.st_size
    return (kind, found.st_uid, found.st_gid, size, found.st_mtime_ns, found.st_ctime_ns)


def is_whiteout(found: os.stat_result) -> bool:
    """Say whether this is overlayfs' mark for a path that is gone."""
    return stat.S_ISCHR(found.st_mode) and found.st_rdev == 0


def _shows(path: str, lowers: Sequence[Path]) -> bool:
    """Say whether the lower layers show a path, as overlayfs would merge them."""
    for layer in lowers:
        place = layer / path.lstrip("/")
        if os.path.lexists(place):
            return not is_whiteout(place.lstat())
        if any(_hides(layer / above) for above in Path(path.lstrip("/")).parents):
            return False
    return False


def _hides(directory: Path) -> bool:
    if not os.path.lexists(directory):
        return False
    opaque = directory.is_dir() and "trusted.overlay.opaque" in os.listxattr(directory)
    return opaque or is_whiteout(directory.lstat())
