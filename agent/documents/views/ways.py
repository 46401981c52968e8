"""The ways to root: every known path on every host, with how sure it is and what limits it."""

from collections.abc import Iterator

from msgspec import Struct

from agent.documents.cell import Whys, whys_of
from agent.documents.views import say
from agent.documents.views.table import places
from agent.judge.case import AccessPath, Certainty, Power
from agent.judge.footprint import Holdings
from agent.judge.holds.kind import RANK, Scene
from inventory.model.truth import Truth

MOST_WAYS = 60  # of one host


class Way(Struct, frozen=True):
    """One path, from what opens it to its end."""

    principal: str
    account: str
    steps: tuple[str, ...]
    power: str
    certain: str  # yes, unknown, no
    is_guess: bool
    limit: str
    where: str


class HostWays(Struct, frozen=True):
    """The ways to root of one host, and what could hide more."""

    host: str
    ways: tuple[Way, ...]
    more: int
    lesser: int  # ways that end in less than root
    closed: int  # ways that are known not to be open
    whys: Whys


def ways(holdings: Holdings) -> Iterator[HostWays]:
    """Yield the ways to root of each host."""
    for scene in holdings.scenes:
        yield _host_ways(scene)


def _host_ways(scene: Scene) -> HostWays:
    paths = scene.paths.paths
    open_ones = [path for path in paths if path.certain is not Truth.NO]
    rooted = sorted((path for path in open_ones if path.power is Power.ROOT), key=_order)
    return HostWays(
        host=scene.host.name,
        ways=tuple(_way(path) for path in rooted[:MOST_WAYS]),
        more=max(0, len(rooted) - MOST_WAYS),
        lesser=len(open_ones) - len(rooted),
        closed=len(paths) - len(open_ones),
        whys=whys_of(scene.paths.blanks),
    )


def _order(path: AccessPath) -> tuple[int, bool, str]:
    return RANK.index(path.power), path.certain is not Truth.YES, path.principal


def _way(path: AccessPath) -> Way:
    return Way(
        principal=path.principal,
        account=path.account or "",
        steps=tuple(say.short_prints(step.text) for step in path.steps),
        power=path.power.value,
        certain=path.certain.value,
        is_guess=path.certainty is Certainty.PROPOSED,
        limit=path.limit,
        where=places(place for step in path.steps for place in step.evidence),
    )
