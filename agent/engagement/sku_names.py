"""The lists of product names (CSV) that an engagement names for its tenants."""

from collections.abc import Callable
from pathlib import Path

from agent.engagement.files import path_from, read_bounded
from agent.engagement.mistakes import Wrong
from agent.engagement.model import Engagement, GraphSource
from collectors.sku_names import SkuNames, read_names
from inventory.errors import ConfigError, ParseError

MOST_BYTES = 32 * 1024 * 1024  # Microsoft's list has about 1 MB


def sku_names(folder: Path, *, is_used: bool) -> Callable[[str], Path]:
    """Return the check for such a list; it has to be there where it is used."""

    def check(text: str) -> Path:
        path = path_from(text, folder)
        if is_used:
            try:
                _read(path)
            except (ConfigError, ParseError) as err:
                raise Wrong(f"cannot be used: {err}") from err
        return path

    return check


def product_names(engagement: Engagement | None) -> SkuNames:
    """Return the names of all lists, those of the first list first.

    Raises ConfigError or ParseError where one can no longer be read.
    """
    sources = engagement.sources if engagement else ()
    paths = [one.sku_names for one in sources if isinstance(one, GraphSource) and one.sku_names]
    by_id: dict[str, str] = {}
    by_part: dict[str, str] = {}
    for found in map(_read, dict.fromkeys(paths)):
        by_id = {**found.by_id, **by_id}
        by_part = {**found.by_part, **by_part}
    return SkuNames(by_id, by_part)


def _read(path: Path) -> SkuNames:
    return read_names(read_bounded(path, name=str(path), most_bytes=MOST_BYTES))
