"""Accounts that are kept for emergencies (break-glass), and those of the synchronisation.

Source: "Manage emergency access accounts in Microsoft Entra ID" (learn.microsoft.com): of the cloud
alone, at the onmicrosoft.com domain, Global Administrator for good, left out of a policy at least.
"""

from collections.abc import Iterator

from agent.judge.tenant.membership import Membership
from agent.judge.tenant.principals import USER, Principals
from agent.judge.tenant.privileges import SYNCHRONISATION
from agent.judge.tenant.roles import ASSIGNED, EVERYWHERE, Roles, Way
from agent.judge.tenant.tenants import Tenant
from inventory.model.record import Record
from inventory.model.tenant import Organization, TenantDomain
from inventory.model.tenant_accounts import TenantUser
from inventory.model.tenant_policies import AccessPolicy
from inventory.model.tenant_roles import RoleActivation, RoleAssignment, RoleDefinition

NEEDS: tuple[type[Record], ...] = (RoleDefinition, RoleAssignment, TenantUser, AccessPolicy)
_OF_CLOUD = (".onmicrosoft.com", ".onmicrosoft.us", ".partner.onmschina.cn")
_SYNC = ("sync_", "adtoaadsync", "adtoaad_", "on-premises directory synchronization")


def global_administrators(tenant: Tenant) -> Iterator[Way]:
    """Yield the ways of users to Global Administrator, over all of the tenant, held now."""
    for way in tenant.once(Roles).ways:
        is_whole = way.role.is_global and way.basis.scope == EVERYWHERE
        if (
            is_whole
            and way.how == ASSIGNED
            and way.holder.type == USER
            and not way.holder.is_closed
        ):
            yield way


def spare_accounts(tenant: Tenant) -> tuple[Way, ...]:
    """Return the accounts for emergencies, by the role that each has for good."""
    taken = {
        (row.record.principal, row.record.role)
        for row in tenant.rows(RoleActivation)
        if row.record.type == "Activated" or row.record.ends is not None
    }
    found: dict[str, Way] = {}
    for way in global_administrators(tenant):
        user = tenant.once(Principals).users[way.holder.id].record
        is_lasting = not way.by and (way.holder.id, way.role.id) not in taken
        if is_lasting and is_of_cloud(tenant, user) and is_left_out(tenant, user.id):
            found.setdefault(user.id, way)
    return tuple(found.values())


def is_of_cloud(tenant: Tenant, user: TenantUser) -> bool:
    """Return whether an account needs neither a directory nor a domain of the client's."""
    domain = user.upn.rpartition("@")[2].casefold()
    initial = {row.record.initial_domain for row in tenant.rows(Organization)}
    initial |= {row.record.name for row in tenant.rows(TenantDomain) if row.record.is_initial}
    known = {name.casefold() for name in initial if name}
    is_initial = domain in known if known else domain.endswith(_OF_CLOUD)
    return is_initial and not user.is_synchronised and not user.is_guest


def is_left_out(tenant: Tenant, user: str) -> bool:
    """Return whether a policy for everybody leaves a user out; where there is none, nobody is in.

    What a refused list of policies hides is the caller's to look at.
    """
    policies = tenant.once(_for_everybody)
    return not policies or any(user in left_out for left_out in policies)


def _for_everybody(tenant: Tenant) -> tuple[frozenset[str], ...]:
    """Return whom each policy that is on for everybody leaves out."""
    membership = tenant.once(Membership)
    found = []
    for row in tenant.rows(AccessPolicy):
        policy = row.record
        if policy.state == "enabled" and "All" in policy.users.include:
            groups = [membership.ids(group) for group in policy.groups.exclude]
            found.append(frozenset(policy.users.exclude).union(*groups))
    return tuple(found)


def is_of_sync(tenant: Tenant, user: TenantUser) -> bool:
    """Return whether an account belongs to the synchronisation with a directory."""
    return user.upn.casefold().startswith(_SYNC) or user.id in tenant.once(_synchronising)


def _synchronising(tenant: Tenant) -> frozenset[str]:
    ways = tenant.once(Roles).ways
    return frozenset(way.holder.id for way in ways if way.role.id == SYNCHRONISATION)
