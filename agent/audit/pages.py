"""Where pages of tenants are kept while an audit is open, so that `--resume` need not ask again."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collectors.transports.graph_pages import PageLog

FOLDER = ".pages"  # in the engagement's folder


class Pages:
    """The page logs of one open audit, a file for each tenant; they go when the store has it."""

    def __init__(self, home: Path) -> None:
        """Take the engagement's folder."""
        self._folder = home / FOLDER

    def log(self, source: str, target: str) -> "PageLog":
        """Return the page log of a tenant."""
        from collectors.transports.graph_pages import PageLog

        self._folder.mkdir(mode=0o700, exist_ok=True)
        return PageLog(self._path(source, target))

    def kept(self, source: str, target: str) -> Callable[[], None]:
        """Return what removes the pages of a tenant, when the store has its records."""
        return lambda: self._path(source, target).unlink(missing_ok=True)

    def forget(self) -> None:
        """Remove all pages."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _path(self, source: str, target: str) -> Path:
        digest = hashlib.sha256(f"{source}\0{target}".encode()).hexdigest()[:16]
        return self._folder / f"{digest}.pages"
