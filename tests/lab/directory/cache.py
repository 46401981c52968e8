"""Folders that take long to make: made once, kept in the user's cache, and made anew when stale."""

import contextlib
import datetime
import fcntl
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import platformdirs

VERSIONS = (
    Path("/var/lib/dpkg/info/samba-ad-dc.md5sums"),
    Path("/var/lib/dpkg/info/slapd.md5sums"),
)


def cache_folder() -> Path:
    """Return where the folders are kept; it may be removed at any time when no test runs."""
    return Path(platformdirs.user_cache_dir("handover-lab"))


def made_once(
    name: str, make: Callable[[Path], None], *, of: Iterable[Path], daily: bool = False
) -> Path:
    """Return the folder of a name; `make` fills it when there is none of the same origin.

    Its origin is the text of the files `of`, the installed servers, and the day (UTC) where the
    content tells dates. Those of another origin are removed when they are two days old.
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
    return place


def _digest(of: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in (*of, *(path for path in VERSIONS if path.exists())):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _clear(top: Path, name: str) -> None:
    """Remove what is two days old: a newer one may be in use by another run of the tests."""
    before = datetime.datetime.now(datetime.UTC).timestamp() - 2 * 86400
    for old in (*top.glob(f"{name}-*"), *top.glob(f"unfinished-{name}-*")):
        if old.is_dir() and old.stat().st_mtime < before:
            shutil.rmtree(old, ignore_errors=True)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock file: two runs of the tests make one folder one after the other."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
