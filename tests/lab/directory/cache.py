"""Folders that take long to make: made once, kept in the user's cache, and made anew when stale."""

import contextlib
import datetime
import fcntl
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import platformdirs

VERSIONS = (
    Path("/var/lib/dpkg/info/samba-ad-dc.md5sums"),
    Path("/var/lib/dpkg/info/slapd.md5sums"),
)
IDLE_S = 3 * 3600


def cache_folder() -> Path:
    """Return where the folders are kept; it may be removed at any time when no test runs."""
    return Path(platformdirs.user_cache_dir("handover-lab"))


def made_once(
    name: str, make: Callable[[Path], None], *, of: Iterable[Path], daily: bool = False
) -> Path:
    """Return the folder of a name; `make` fills it when there is none of the same origin.

    Its origin is the text of the files `of`, the installed servers, and the day (UTC) where the
    content tells dates. Those of other origins go when another is made and they are out of use.
    """
    top = cache_folder()
    top.mkdir(parents=True, exist_ok=True, mode=0o700)
    day = f"{datetime.datetime.now(datetime.UTC):%Y%m%d}-" if daily else ""
    place = top / f"{name}-{day}{_digest(of)}"
    with _alone(top / f"{name}.lock"):
        if not place.exists():
            _clear(top, name)
            unfinished = Path(tempfile.mkdtemp(prefix=f"unfinished-{name}-", dir=top))
            try:
                make(unfinished)
            except BaseException:
                shutil.rmtree(unfinished, ignore_errors=True)
                raise
            unfinished.rename(place)
        os.utime(place)  # the time of its last use
    return place


def _digest(of: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in (*of, *(path for path in VERSIONS if path.exists())):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _clear(top: Path, name: str) -> None:
    """Remove those of other origins that nobody used for hours: a copy takes seconds."""
    before = time.time() - IDLE_S
    whose = re.compile(
        rf"{re.escape(name)}-(\d{{8}}-)?[0-9a-f]{{16}}|unfinished-{re.escape(name)}-\w+"
    )
    for old in top.iterdir():
        if whose.fullmatch(old.name) and old.stat().st_mtime < before:
            shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock file: two runs of the tests make one folder one after the other."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
