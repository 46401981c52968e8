"""What this audit asked, of how many hosts, and what it left behind."""

from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct

from agent.judge.case import Coverage
from agent.judge.subjects import subject
from collectors import registry
from collectors.spec import Collector
from inventory.reading import State


class Asked(Struct, frozen=True):
    """One subject: what it reads, and how often it was answered."""

    subject: str
    collector: str
    says: str
    asks: int
    needs_root: bool
    hosts: int
    full: int
    part: int
    unread: int


def asked(coverage: Sequence[Coverage]) -> tuple[Asked, ...]:
    """Return the subjects that were asked, in order."""
    known = {one.name: one for one in registry.every()}
    found: dict[str, list[str]] = defaultdict(list)
    for one in coverage:
        found[one.subject].append(one.state)
    return tuple(_asked(name, known.get(name), found[name]) for name in sorted(found))


def _asked(name: str, collector: Collector | None, states: Sequence[str]) -> Asked:
    full, part = states.count(State.COMPLETE), states.count(State.PARTIAL)
    asks = collector.asks if collector else ()
    return Asked(
        subject=subject(name) or "everything",
        collector=name,
        says=_plain(collector.says) if collector else "",
        asks=len(asks),
        needs_root=any(ask.needs == "root" for ask in asks),
        hosts=len(states),
        full=full,
        part=part,
        unread=len(states) - full - part,
    )


def _plain(says: str) -> str:
    """Return the first sentence of a collector's documentation as people read it."""
    bare = says.removeprefix("Yield ").replace("`", "")
    return bare[:1].upper() + bare[1:]
