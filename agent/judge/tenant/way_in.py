"""Who can still administer each tenant when the outgoing party is gone."""

from collections.abc import Iterator

from agent.judge.case import Certainty, Hold
from agent.judge.footprint import Holdings, Judged, hold_of, order
from agent.judge.matching import of_role
from agent.judge.tenant.roles import Roles
from agent.judge.tenant.spare import global_administrators
from agent.judge.tenant.tenants import Tenant
from agent.judge.way_in import STAYING, WayIn
from inventory.model.party import Role
from inventory.model.record import Record
from inventory.model.tenant_accounts import TenantGroup, TenantMembers, TenantUser
from inventory.model.tenant_roles import RoleAssignment, RoleDefinition
from inventory.model.truth import Truth

NEEDS: tuple[type[Record], ...] = (
    RoleDefinition,
    RoleAssignment,
    TenantUser,
    TenantGroup,
    TenantMembers,
)


def ways_into_tenants(holdings: Holdings) -> tuple[WayIn, ...]:
    """Return for each tenant whether the client or the incoming party has a Global Administrator.

    YES: one was seen, surely theirs alone and surely open; NO: everything was read and there is
    none that may be; UNKNOWN: a gap, or a guess.
    """
    judged = {one.candidate.key: one for one in holdings.judged}
    return tuple(_way(tenant, judged) for tenant in holdings.tenants)


def _way(tenant: Tenant, judged: dict[str, Judged]) -> WayIn:
    found = tuple(_administrators(tenant, judged))
    sure = tuple(sorted(filter(None, map(staying, found)), key=order))
    if sure:
        return WayIn(tenant.name, Truth.YES, sure)
    maybe = any(_may_stay(one) for one in found) or _has_unknown(tenant)
    none = not maybe and tenant.is_whole(*NEEDS)
    return WayIn(tenant.name, Truth.NO if none else Truth.UNKNOWN, ())


def _administrators(tenant: Tenant, judged: dict[str, Judged]) -> Iterator[Judged]:
    for way in global_administrators(tenant):
        kind = "tenant role by group" if way.by else "tenant role"
        one = judged.get(f"{kind} {tenant.name} {way.name}")
        if one is not None:
            yield one


def staying(one: Judged) -> Hold | None:
    """Return the hold of a party that stays, when it is surely theirs alone, and open."""
    match = next((match for match in one.matches if match.role in STAYING), None)
    if match is None or of_role(one.matches, Role.OUTGOING) is not None or one.candidate.carried:
        return None
    hold = hold_of(one.candidate, match)
    is_open = hold.path is not None and hold.path.certain is Truth.YES
    return hold if is_open and hold.certainty is not Certainty.PROPOSED else None


def _may_stay(one: Judged) -> bool:
    return any(match.role in STAYING for match in one.matches) or not one.matches


def _has_unknown(tenant: Tenant) -> bool:
    """Return whether somebody whom nobody could be told of is a Global Administrator."""
    ways = tenant.once(Roles).ways
    return any(way.role.is_global and way.certain is not Truth.YES for way in ways)
