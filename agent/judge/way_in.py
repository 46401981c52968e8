"""Who can still get to root on each host when the outgoing party is gone."""

from collections import defaultdict

from msgspec import Struct

from agent.judge.access import NEEDS
from agent.judge.case import Certainty, Hold, Power
from agent.judge.footprint import Holdings, may_be_used
from agent.judge.hosts import Host
from inventory.model.party import Role
from inventory.model.truth import Truth

STAYING = (Role.CLIENT, Role.INCOMING)


class WayIn(Struct, frozen=True):
    """Whether a party that stays has a way to root on one host; seen is not tested."""

    target: str
    seen: Truth
    holds: tuple[Hold, ...]  # the ways that were seen


def ways_in(holdings: Holdings) -> tuple[WayIn, ...]:
    """Return for each host whether the client or the incoming party can become root there.

    YES: such a way was seen; NO: everything was read and there is none; UNKNOWN: a gap, or a guess.
    """
    roots: dict[str, list[Hold]] = defaultdict(list)
    for role in STAYING:
        for hold in holdings.footprint(role).holds:
            if _leads_to_root(hold):
                roots[hold.target].append(hold)
    return tuple(_way(host, roots[host.name]) for host in holdings.hosts)


def _way(host: Host, roots: list[Hold]) -> WayIn:
    sure = tuple(hold for hold in roots if hold.certainty is not Certainty.PROPOSED)
    if sure:
        return WayIn(host.name, Truth.YES, sure)
    none = not roots and host.is_whole(*NEEDS)
    return WayIn(host.name, Truth.NO if none else Truth.UNKNOWN, tuple(roots))


def _leads_to_root(hold: Hold) -> bool:
    return hold.power is Power.ROOT and not hold.carried and may_be_used(hold)
