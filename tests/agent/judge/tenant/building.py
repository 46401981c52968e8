"""Small tenants for tests: records in, a Tenant out; and parties that are recognised in them."""

from collections.abc import Iterable

from msgspec import structs

from agent.judge.hosts import Hosts
from agent.judge.tenant.tenants import Tenant, Tenants
from inventory.model.evidence import Evidence, Gap, Pointer
from inventory.model.record import KINDS, Record
from inventory.model.tenant import Organization, TenantConnection
from inventory.model.tenant_accounts import (
    TenantGroup,
    TenantMembers,
    TenantObject,
    TenantOwners,
    TenantUser,
)
from inventory.model.tenant_apps import Application, AppPermission, AppRoleGrant, ServicePrincipal
from inventory.model.tenant_roles import RoleAssignment, RoleDefinition, RoleEligibility
from inventory.reading import Reading, ReadingKey, State
from inventory.snapshot import MemorySnapshot, Seen
from tests.agent.judge.building import CLIENT as ANY_CLIENT
from tests.agent.judge.building import OLDMSP as ANY_OLDMSP

NAME = "client.example"
OWN = "11111111-1111-4111-8111-111111111111"
THEIRS = "22222222-2222-4222-8222-222222222222"
OTHERS = "33333333-3333-4333-8333-333333333333"
AUDIT_APP = "audit-app"
MODULES = ("inventory.model.tenant",)
TENANT_RECORDS: tuple[type[Record], ...] = tuple(
    kind for kind in KINDS.values() if kind.__module__.startswith(MODULES)
)
TELLS = tuple(sorted(kind.__name__ for kind in TENANT_RECORDS))
OLDMSP = structs.replace(ANY_OLDMSP, tenant_ids=(THEIRS,))
CLIENT = structs.replace(
    ANY_CLIENT,
    tenant_ids=(OWN,),
    mail_domains=("client.example", "client.onmicrosoft.example"),
)
ORGANIZATION = Organization(
    id=OWN,
    name="Client",
    default_domain="client.example",
    initial_domain="client.onmicrosoft.example",
)
CONNECTION = TenantConnection(
    login="certificate", cloud="global", app_id=AUDIT_APP, object_id="sp-audit"
)
GLOBAL = RoleDefinition(
    id="62e90394-69f5-4237-9190-012177145e10",
    name="Global Administrator",
    template="62e90394-69f5-4237-9190-012177145e10",
    is_built_in=True,
)
HELPDESK = RoleDefinition(
    id="729827e3-9c14-49f7-bb1b-9608f156bbb8",
    name="Helpdesk Administrator",
    template="729827e3-9c14-49f7-bb1b-9608f156bbb8",
    is_built_in=True,
)
GRAPH = ServicePrincipal(
    id="sp-graph",
    app_id="00000003-0000-0000-c000-000000000000",
    name="Microsoft Graph",
    owner_tenant="f8cdef31-a31e-4b4a-93e4-5f571e91255a",
    is_enabled=True,
)
READS, ROLES, MAIL = "role-read", "role-roles", "role-mail"
PERMISSIONS = (
    AppPermission(resource=GRAPH.id, id=READS, name="User.Read.All"),
    AppPermission(resource=GRAPH.id, id=ROLES, name="RoleManagement.ReadWrite.Directory"),
    AppPermission(resource=GRAPH.id, id=MAIL, name="Mail.ReadWrite"),
)
BASE: tuple[Record, ...] = (ORGANIZATION, CONNECTION, GLOBAL, HELPDESK, GRAPH, *PERMISSIONS)


def reading(
    records: Iterable[Record], gaps: Iterable[Gap] = (), carried: Iterable[Record] = ()
) -> tuple[Reading, tuple[Seen[Record], ...]]:
    """Return one reading of everything, with its gaps and what it carried."""
    missing = tuple(gaps)
    state = State.PARTIAL if missing else State.COMPLETE
    key = ReadingKey("graph", NAME, "entra.test")
    at = Evidence("graph", NAME, "entra.test", Pointer("entra.test/x"), 1)
    rows = (*(Seen(one, at) for one in records), *(Seen(one, at, True) for one in carried))
    return Reading(key, state, TELLS, missing), rows


def tenant(
    records: Iterable[Record], gaps: Iterable[Gap] = (), carried: Iterable[Record] = ()
) -> Tenant:
    """Return the tenant that a reading shows."""
    told = reading((*BASE, *records), gaps, carried)
    return Tenants(Hosts(MemorySnapshot(1, [told]))).tenant(NAME)


def user(name: str, domain: str = "client.example", **fields: object) -> TenantUser:
    """Return a user who may sign in."""
    given = {"upn": f"{name}@{domain}", "is_enabled": True, "type": "Member", **fields}
    return TenantUser(id=f"u-{name}", **given)


def guest(name: str, domain: str, **fields: object) -> TenantUser:
    """Return a guest, by the name that a tenant makes of its address."""
    upn = f"{name}_{domain}#EXT#@client.onmicrosoft.example"
    return user(name, upn=upn, type="Guest", **fields)


def group(name: str, **fields: object) -> TenantGroup:
    return TenantGroup(id=f"g-{name}", name=name, **fields)


def application(
    name: str, owner: str | None = OWN, **fields: object
) -> tuple[Application, ServicePrincipal]:
    """Return an application's registration and its service principal."""
    return Application(id=f"app-{name}", app_id=f"id-{name}", name=name), ServicePrincipal(
        id=f"sp-{name}",
        app_id=f"id-{name}",
        name=name,
        owner_tenant=owner,
        is_enabled=True,
        **fields,
    )


def object_of(one: Record) -> TenantObject:
    """Return a record as a list of another names it."""
    kinds = {TenantUser: "user", TenantGroup: "group", ServicePrincipal: "servicePrincipal"}
    return TenantObject(id=str(one.key()[0]), type=kinds.get(type(one), ""))


def members(of: TenantGroup, *inside: Record) -> TenantMembers:
    return TenantMembers(group=of.id, members=tuple(sorted(map(object_of, inside))))


def owners(of: Record, *by: Record) -> TenantOwners:
    kinds = {TenantGroup: "group", Application: "application"}
    type_ = kinds.get(type(of), "servicePrincipal")
    return TenantOwners(
        object=str(of.key()[0]), type=type_, owners=tuple(sorted(map(object_of, by)))
    )


def assigned(role: RoleDefinition, to: Record, scope: str = "/") -> RoleAssignment:
    who = str(to.key()[0])
    return RoleAssignment(id=f"{role.id} {who} {scope}", role=role.id, principal=who, scope=scope)


def eligible(role: RoleDefinition, to: Record) -> RoleEligibility:
    who = str(to.key()[0])
    return RoleEligibility(id=f"e {role.id} {who}", role=role.id, principal=who)


def granted(permission: str, to: ServicePrincipal) -> AppRoleGrant:
    return AppRoleGrant(
        id=f"{permission} {to.id}",
        principal=to.id,
        principal_type="ServicePrincipal",
        principal_name=to.name,
        resource=GRAPH.id,
        resource_name="Microsoft Graph",
        role=permission,
    )
