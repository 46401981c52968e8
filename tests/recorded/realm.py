"""The recorded domain in memory: read search by search, each of which can be replaced."""

import gzip
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from msgspec import structs

from agent.audit.recorded import replayed
from agent.audit.run import interview
from agent.audit.targets import Opened, Target
from collectors.entries import Entries, Entry
from collectors.registry import of_source
from collectors.runner import Collected
from collectors.spec import Collector, LdapSearch, SysvolFiles
from inventory.model.evidence import Gap
from tests.recorded.make_realm import REALM

COLLECTORS: dict[str, Collector] = {one.name: one for one in of_source("ldap")}


@cache
def _folder() -> Path:
    """Return a folder with the recording unpacked; it lives as long as the tests."""
    folder = tempfile.TemporaryDirectory()
    _KEPT.append(folder)
    path = Path(folder.name) / "corp.jsonl"
    path.write_bytes(gzip.decompress(REALM.read_bytes()))
    return Path(folder.name)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []


def _told(
    collectors: tuple[Collector, ...], ask: str, gaps: tuple[Gap, ...]
) -> tuple[Collected, ...]:
    """Return what collectors make of the domain; `ask`: the search that has only gaps."""
    (target,) = replayed(_folder())
    open_door = target.ask

    def door(these: Sequence[Collector], left_out: Sequence[str]) -> Opened:
        real = open_door(these, left_out)
        if not isinstance(real, Opened):
            raise TypeError(f"the recording does not open: {real}")

        def search(name: str, what: LdapSearch | SysvolFiles) -> Entries:
            found: Iterator[Entry | Gap] = iter(gaps)
            return Entries(name, found) if name == ask else real.search(name, what)

        return structs.replace(real, search=search)

    result = interview(Target(target.source, target.name, collectors, door))
    return tuple(structs.replace(one, records=tuple(one.records)) for one in result.collected)


@cache
def whole() -> Mapping[str, Collected]:
    """Return what every collector makes of the domain as it was recorded."""
    told = _told(tuple(COLLECTORS.values()), "", ())
    return {one.reading.key.collector: one for one in told}


def with_gap(collector: Collector, ask: str, gap: Gap) -> Collected:
    """Return what a collector makes of the domain when a search of its own has no answer."""
    (found,) = _told((collector,), ask, (gap,))
    return found
