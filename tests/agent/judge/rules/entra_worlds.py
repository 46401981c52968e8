"""Small tenants for the situations of rules."""

from inventory.model.moment import Moment
from inventory.model.record import Record
from inventory.model.tenant import Organization, TenantDomain
from inventory.model.tenant_accounts import TenantGroup, TenantMembers, TenantObject, TenantUser
from inventory.model.tenant_apps import Application, AppPermission, ServicePrincipal
from inventory.model.tenant_licences import SubscribedSku, TenantSubscription
from inventory.model.tenant_policies import AccessPolicy, Selection
from inventory.model.tenant_roles import (
    RoleActivation,
    RoleAssignment,
    RoleDefinition,
    RoleEligibility,
)
from tests.agent.judge.rules.building import Situation, ago

NAME = "muster.example"
OWN, THEIRS, OTHERS = "muster-tenant", "old-tenant", "third-tenant"
CLOUD = "muster.onmicrosoft.com"
ORGANIZATION = Organization(id=OWN, name="Muster", default_domain=NAME, initial_domain=CLOUD)
DOMAINS = (
    TenantDomain(name=NAME, is_verified=True, is_default=True),
    TenantDomain(name=CLOUD, is_verified=True, is_initial=True),
)
GLOBAL = RoleDefinition(
    id="62e90394-69f5-4237-9190-012177145e10", name="Global Administrator", is_built_in=True
)
SYNC = RoleDefinition(
    id="d29b2b05-8046-44ba-8758-1e26182fcf32", name="Directory Synchronization", is_built_in=True
)
GRAPH = ServicePrincipal(
    id="sp-graph",
    app_id="00000003-0000-0000-c000-000000000000",
    name="Microsoft Graph",
    owner_tenant="f8cdef31-a31e-4b4a-93e4-5f571e91255a",
    is_enabled=True,
)
WIDE = AppPermission(resource="sp-graph", id="p-wide", name="Directory.ReadWrite.All")
NARROW = AppPermission(resource="sp-graph", id="p-narrow", name="User.Read.All")


def at(days: float) -> Moment:
    return ago(-days)


def world(met: tuple[Record, ...], broken: tuple[Record, ...]) -> Situation:
    return Situation({NAME: (ORGANIZATION, *met)}, {NAME: (ORGANIZATION, *broken)})


def bare(met: tuple[Record, ...], broken: tuple[Record, ...]) -> Situation:
    """Return worlds of rules that do not look at the organisation."""
    return Situation({NAME: met}, {NAME: broken})


def user(name: str, domain: str = NAME, **more: object) -> TenantUser:
    said = {"is_enabled": True, "type": "Member", "created": ago(900), **more}
    said.setdefault("upn", f"{name}@{domain}")
    return TenantUser(id=f"u-{name}", **said)  # type: ignore[arg-type]


def guest(name: str, domain: str, **more: object) -> TenantUser:
    return user(name, upn=f"{name}_{domain}#EXT#@{CLOUD}", type="Guest", **more)


def has(role: RoleDefinition, who: str) -> RoleAssignment:
    return RoleAssignment(id=f"{role.id} {who}", role=role.id, principal=who)


def may(role: RoleDefinition, who: str) -> RoleEligibility:
    return RoleEligibility(id=f"e {role.id} {who}", role=role.id, principal=who)


def group(name: str, **more: object) -> TenantGroup:
    return TenantGroup(id=f"g-{name}", name=name, **more)  # type: ignore[arg-type]


def members(of: str, *users: str) -> TenantMembers:
    inside = tuple(TenantObject(id=one, type="user") for one in sorted(users))
    return TenantMembers(group=of, members=inside)


def app(name: str, owner: str = OWN, **more: object) -> ServicePrincipal:
    said = {"is_enabled": True, **more}
    return ServicePrincipal(
        id=f"sp-{name}", app_id=f"id-{name}", name=name, owner_tenant=owner, **said
    )  # type: ignore[arg-type]


def registered(name: str) -> Application:
    return Application(id=f"app-{name}", app_id=f"id-{name}", name=name)


def policy(**more: object) -> AccessPolicy:
    said = {
        "id": "ca-1",
        "name": "Everybody",
        "state": "enabled",
        "users": Selection(("All",)),
        "apps": Selection(("All",)),
        "clients": ("all",),
        "controls": ("mfa",),
        "operator": "OR",
    }
    return AccessPolicy(**{**said, **more})  # type: ignore[arg-type]


def sku(**more: object) -> SubscribedSku:
    said = {"sku": "sku-1", "part_number": "SPB", "status": "Enabled", "enabled": 20}
    return SubscribedSku(**{**said, "consumed": 19, **more})  # type: ignore[arg-type]


def subscription(**more: object) -> TenantSubscription:
    said = {"id": "sub-1", "sku": "sku-1", "part_number": "SPB", "status": "Enabled"}
    said |= {"seats": 20, "next_event": at(300), "is_trial": False}
    return TenantSubscription(**{**said, **more})  # type: ignore[arg-type]


MIA, TOM, OTTO = user("mia"), user("tom"), user("otto", "oldmsp.example")
ROLES = (GLOBAL, SYNC)
SPARE = user("spare", CLOUD, password_set=ago(30))
LEFT_OUT = policy(users=Selection(("All",), (SPARE.id,)))
FOR_GOOD = RoleActivation(id="a-0", role=GLOBAL.id, principal=SPARE.id, type="Assigned")
EMERGENCY = (*DOMAINS, *ROLES, SPARE, has(GLOBAL, SPARE.id), FOR_GOOD, LEFT_OUT)
TWO = (*ROLES, MIA, TOM, has(GLOBAL, MIA.id), has(GLOBAL, TOM.id))
