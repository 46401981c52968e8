"""The URLs that collectors send, keys replaced: `python -m tests.lab.graph.urls` writes them anew."""

import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.lab.graph.asked import collected, lab_of, opened
from tests.lab.graph.muster import muster

GOLDEN = Path(__file__).parents[2] / "golden" / "graph-urls.txt"
_DAY = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def sent(folder: Path) -> list[str]:
    """Return the URLs that reading Muster's tenant sends, each once, in order."""
    with lab_of(muster(), folder) as lab:
        with opened(lab) as door:
            assert dict(collected(door))
        return sorted(set(map(plain, lab.graph.watch.urls)))


def plain(url: str) -> str:
    """Return a URL without what is another in every run."""
    url = url.replace("/mailFolders/inbox/", "/mailFolders/{key}/")  # a folder by its known name
    return _DAY.sub("2027-05-12T00:00:00Z", url)


def lines(urls: Iterable[str]) -> str:
    """Return the file's text."""
    return "".join(f"{url}\n" for url in urls)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        GOLDEN.write_text(lines(sent(Path(scratch))))
