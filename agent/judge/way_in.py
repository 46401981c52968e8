"""Who can still get to root on each host when the outgoing party is gone."""

from collections import defaultdict

from msgspec import Struct

from agent.judge.access import NEEDS
from agent.judge.case import Certainty, Hold, Power
from agent.judge.footprint import Holdings, Judged, hold_of, may_be_used, order
from agent.judge.hosts import Host
from agent.judge.matching import of_role
from inventory.model.party import Role
from inventory.model.truth import Truth

STAYING = (Role.CLIENT, Role.INCOMING)


class WayIn(Struct, frozen=True):
    """Whether a party that stays has a way to root on one host; seen is not tested."""

    target: str
    seen: Truth
    holds: tuple[Hold, ...]  # the ways that are surely theirs and surely open


def ways_in(holdings: Holdings) -> tuple[WayIn, ...]:
    """Return for each host whether the client or the incoming party can become root there.

    YES: such a way was seen, surely theirs and surely open; NO: everything was read and there is
    none; UNKNOWN: a gap, a guess, or a way through an account or key of who leaves.
    """
    sure: dict[str, list[Hold]] = defaultdict(list)
    doubted: set[str] = set()
    for one in holdings.judged:
        hold = _of_who_stays(one)
        if hold is not None and _may_lead_to_root(hold):
            if _is_sure(holdings, one, hold):
                sure[hold.target].append(hold)
            else:
                doubted.add(hold.target)
    return tuple(
        _way(host, sure[host.name], in_doubt=host.name in doubted) for host in holdings.hosts
    )


def _way(host: Host, sure: list[Hold], *, in_doubt: bool) -> WayIn:
    if sure:
        return WayIn(host.name, Truth.YES, tuple(sorted(sure, key=order)))
    none = not in_doubt and host.is_whole(*NEEDS)
    return WayIn(host.name, Truth.NO if none else Truth.UNKNOWN, ())


def _of_who_stays(one: Judged) -> Hold | None:
    match = next((match for match in one.matches if match.role in STAYING), None)
    return hold_of(one.candidate, match) if match else None


def _may_lead_to_root(hold: Hold) -> bool:
    return hold.power is Power.ROOT and not hold.carried and may_be_used(hold)


def _is_sure(holdings: Holdings, one: Judged, hold: Hold) -> bool:
    """Return whether it is surely theirs, surely open, and through nothing of who leaves."""
    path = hold.path
    if path is None or path.certain is not Truth.YES or hold.certainty is Certainty.PROPOSED:
        return False
    leaving = holdings.leaving.get(hold.target, frozenset())
    return path.account not in leaving and of_role(one.matches, Role.OUTGOING) is None
