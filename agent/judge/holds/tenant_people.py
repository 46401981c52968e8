"""Accounts of a tenant, who has or may take its roles, and who answers for whom."""

from collections.abc import Iterator, Mapping

from agent.judge.case import Power
from agent.judge.directory.people import use_text
from agent.judge.holds.kind import RANK, Candidate, TenantScene, tenant_kind
from agent.judge.holds.tenant_form import of_principal
from agent.judge.tenant.membership import NEEDS as MEMBERSHIP
from agent.judge.tenant.principals import APPLICATION, GROUP, Principal, Principals, by_id
from agent.judge.tenant.privileges import ROLES, SYNCHRONISATION
from agent.judge.tenant.roles import ASSIGNED, ELIGIBLE, JOINS, OWNS, Roles, Way, path
from agent.judge.tenant.tenants import Tenant
from inventory.model.record import Identifier, Record
from inventory.model.tenant_accounts import (
    TenantOwners,
    TenantSignIn,
    TenantUser,
    UserManager,
)
from inventory.model.tenant_apps import ServicePrincipal
from inventory.model.tenant_roles import (
    AdministrativeUnit,
    GroupEligibility,
    RoleAssignment,
    RoleDefinition,
    RoleEligibility,
    ScopedRole,
)
from inventory.snapshot import Seen

_WHO: tuple[type[Record], ...] = (TenantUser, ServicePrincipal, RoleDefinition)
_TAKES = (Power.ROOT, Power.CONTROL)


@tenant_kind("tenant account", needs=(TenantUser,))
def accounts(scene: TenantScene) -> Iterator[Candidate]:
    """Yield each user and guest whose sign-in is not known to be blocked."""
    tenant = scene.tenant
    principals, powers = tenant.once(Principals), tenant.once(powerful)
    managers = tenant.once(_managers)
    for row in principals.users.values():
        one = principals.of(row.record.id)
        if not one.is_closed:
            power = powers.get(one.id, Power.LOGIN)
            yield _account(scene, row, one, power, managers.get(one.id, ()))


def _account(
    scene: TenantScene,
    row: Seen[TenantUser],
    one: Principal,
    power: Power,
    manager: tuple[Identifier, ...],
) -> Candidate:
    sort = "guest" if row.record.is_guest else "account"
    return Candidate(
        kind="tenant account",
        target=scene.host.name,
        name=one.id,
        title=f"{sort} {one.name}{_person(row.record)} in {scene.tenant.called}",
        subject=one.name,
        power=power,
        evidence=(row.evidence,),
        identifiers=one.identifiers,
        through=one.through,
        perhaps=(*one.perhaps, *manager),
        carried=row.carried,
        detail=_last_use(scene, one.id) if power is Power.ROOT else "",
        slot=f"{scene.host.name} account {row.record.upn.casefold()}",
    )


def _person(user: TenantUser) -> str:
    is_more = user.name and user.name.casefold() not in user.upn.casefold()
    return f" ({user.name})" if is_more else ""


def _last_use(scene: TenantScene, user: str) -> str:
    """Return when an administrator's account was used last; of others nothing is said here."""
    use = scene.tenant.once(last_use).get(user)
    if use is None:
        return ""
    when = use.record.last or use.record.last_success
    return f"last used {use_text(when, scene.now)}" if when else "the tenant knows of no use"


def last_use(tenant: Tenant) -> Mapping[str, Seen[TenantSignIn]]:
    """Return when users signed in last, by their ids: `tenant.once(last_use)`."""
    return by_id(tenant.rows(TenantSignIn))


def powerful(tenant: Tenant) -> Mapping[str, Power]:
    """Return the most that somebody has by roles, by their id: `tenant.once(powerful)`."""
    found: dict[str, Power] = {}
    for way in tenant.once(Roles).ways:
        old = found.get(way.holder.id)
        if old is None or RANK.index(way.power) < RANK.index(old):
            found[way.holder.id] = way.power
    return found


def _managers(tenant: Tenant) -> dict[str, tuple[Identifier, ...]]:
    """Return the marks of who manages a user: what somebody answers for may be theirs."""
    principals = tenant.once(Principals)
    return {
        row.record.user: principals.of(row.record.manager.id, row.record.manager).identifiers
        for row in tenant.rows(UserManager)
    }


@tenant_kind("tenant role", needs=(*_WHO, RoleAssignment))
def roles(scene: TenantScene) -> Iterator[Candidate]:
    """Yield everybody who has a role by themselves."""
    for way in scene.tenant.once(Roles).ways:
        is_by_itself = way.how == ASSIGNED and not way.by
        if is_by_itself and way.holder.type not in (GROUP, APPLICATION):
            yield from _role(scene, way, "tenant role", f"has {way.role.name}")


@tenant_kind("application role", needs=(*_WHO, RoleAssignment, *MEMBERSHIP))
def roles_of_applications(scene: TenantScene) -> Iterator[Candidate]:
    """Yield the applications that have a role, by themselves or by a group."""
    for way in scene.tenant.once(Roles).ways:
        if way.how == ASSIGNED and way.holder.type == APPLICATION:
            yield from _role(scene, way, "application role", f"has {way.role.name}{_through(way)}")


@tenant_kind("tenant role by group", needs=(*_WHO, RoleAssignment, *MEMBERSHIP))
def roles_by_group(scene: TenantScene) -> Iterator[Candidate]:
    """Yield everybody who has a role by a group; a group whose members are hidden stands itself."""
    for way in scene.tenant.once(Roles).ways:
        is_by_group = way.by or way.holder.type == GROUP
        if way.how == ASSIGNED and is_by_group and way.holder.type != APPLICATION:
            says = f"has {way.role.name}{_through(way)}"
            yield from _role(scene, way, "tenant role by group", says)


@tenant_kind(
    "eligible role",
    needs=(*_WHO, RoleAssignment, RoleEligibility, GroupEligibility, *MEMBERSHIP),
)
def eligible(scene: TenantScene) -> Iterator[Candidate]:
    """Yield everybody who may take a role when they want, or join a group that has one."""
    for way in scene.tenant.once(Roles).ways:
        if way.how in (ELIGIBLE, JOINS):
            word = "may join what has" if way.how == JOINS else "may take"
            yield from _role(scene, way, "eligible role", f"{word} {way.role.name}{_through(way)}")


@tenant_kind(
    "role group owner",
    needs=(*_WHO, RoleAssignment, RoleEligibility, TenantOwners, *MEMBERSHIP),
)
def group_owners(scene: TenantScene) -> Iterator[Candidate]:
    """Yield the owners of groups that have a role: they decide who is in them."""
    for way in scene.tenant.once(Roles).ways:
        if way.how == OWNS:
            says = f"owns {way.by[-1].name}, which has {way.role.name}"
            yield from _role(scene, way, "role group owner", says)


def _through(way: Way) -> str:
    return f", through {' > '.join(group.name for group in way.by)}" if way.by else ""


def _role(scene: TenantScene, way: Way, kind: str, says: str) -> Iterator[Candidate]:
    """Yield the candidate of a way; a role of a blocked account opens nothing."""
    if way.holder.is_closed:
        return
    scope = scene.tenant.once(Roles).scope(way.basis.scope)
    of_scope = f" of {scope}" if scope else ""
    yield of_principal(
        scene,
        kind,
        way.holder,
        name=way.name,
        title=f"{way.holder.name} {says}{of_scope}",
        power=way.power,
        evidence=way.evidence,
        carried=way.carried,
        path=path(scene.tenant, way),
        detail="; ".join(filter(None, (way.role.privilege.says, way.limit))),
        stands_alone=is_privileged(way),
    )


def is_privileged(way: Way) -> bool:
    """Return whether a role gives power over others; that of the synchronisation is everywhere."""
    gives = way.role.privilege
    is_usual = gives == ROLES[SYNCHRONISATION]
    return (gives.is_privileged or way.power in _TAKES) and not is_usual


@tenant_kind("scoped administrator", needs=(AdministrativeUnit, ScopedRole, TenantUser))
def scoped(scene: TenantScene) -> Iterator[Candidate]:
    """Yield who administers a part of the tenant, as the part itself tells it."""
    principals = scene.tenant.once(Principals)
    units = by_id(scene.tenant.rows(AdministrativeUnit))
    for row in scene.tenant.rows(ScopedRole):
        told = row.record
        one = principals.of(told.member)
        unit = units[told.unit].record.name if told.unit in units else told.unit
        if not one.is_closed:
            yield of_principal(
                scene,
                "scoped administrator",
                one,
                name=f"{told.member} {told.unit} {told.role}",
                title=f"{one.name} administers the administrative unit {unit}",
                power=Power.CONTROL,
                evidence=(row.evidence, *one.evidence),
                carried=row.carried,
                stands_alone=True,
            )


@tenant_kind("tenant manager", needs=(UserManager,))
def managers(scene: TenantScene) -> Iterator[Candidate]:
    """Yield who is named as the manager of whom: approvals and reviews go to them."""
    principals = scene.tenant.once(Principals)
    for row in scene.tenant.rows(UserManager):
        one = principals.of(row.record.manager.id, row.record.manager)
        user = principals.of(row.record.user)
        yield of_principal(
            scene,
            "tenant manager",
            one,
            name=f"{row.record.user} {one.id}",
            title=f"{one.name} is named as the manager of {user.name}",
            power=Power.INFORMATION,
            evidence=(row.evidence,),
            carried=row.carried,
            is_dependence=True,
        )
