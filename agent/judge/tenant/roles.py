"""Who has, or may take, which role of a tenant: directly, by a group, as a group's owner.

Source: "Use Microsoft Entra groups to manage role assignments" and "Privileged Identity Management
for Groups" (learn.microsoft.com): a group that has a role is changed by its owners, and joined by
who is eligible for it. Who is only unknown because a list was refused is not nobody.
"""

from collections.abc import Iterator

from msgspec import Struct

from agent.judge.case import AccessPath, Certainty, Power, Step
from agent.judge.tenant.membership import Membership
from agent.judge.tenant.principals import GROUP, UNKNOWN, Principal, Principals, by_id
from agent.judge.tenant.privileges import GLOBAL_ADMINISTRATOR, ROLES, Privilege
from agent.judge.tenant.tenants import Tenant
from inventory.model.evidence import Evidence
from inventory.model.moment import Moment
from inventory.model.tenant_accounts import TenantOwners
from inventory.model.tenant_roles import (
    AdministrativeUnit,
    GroupEligibility,
    RoleAssignment,
    RoleDefinition,
    RoleEligibility,
    RolePolicy,
)
from inventory.model.truth import Truth
from inventory.snapshot import Seen

ASSIGNED, ELIGIBLE, JOINS, OWNS = "assigned", "eligible", "may join", "owns"
EVERYWHERE = "/"
_TAKES_OVER = ("credentials", "password", "roleassignments", "owners", "alltasks", "allproperties")
_NOT_READ = Privilege("a role that was not read", Power.CONTROL)


class Role(Struct, frozen=True):
    """A role, and what it gives."""

    id: str
    name: str
    privilege: Privilege
    is_known: bool = True  # False: its definition was not read
    is_global: bool = False  # Global Administrator


class Basis(Struct, frozen=True):
    """That a role is given to somebody, or held ready for them: before groups are opened."""

    role: Role
    principal: str  # id
    scope: str
    how: str  # ASSIGNED, ELIGIBLE
    evidence: Evidence
    carried: bool
    ends: Moment | None = None


class Way(Struct, frozen=True):
    """One way by which somebody has, or may get, a role."""

    holder: Principal
    basis: Basis
    how: str  # ASSIGNED, ELIGIBLE, JOINS, OWNS
    by: tuple[Principal, ...] = ()  # groups, the nearest to the holder first
    evidence: tuple[Evidence, ...] = ()  # of memberships, ownership, eligibility
    carried: bool = False
    limit: str = ""

    @property
    def role(self) -> Role:
        """Return the role at the end."""
        return self.basis.role

    @property
    def power(self) -> Power:
        """Return what it gives: of all when it is for a part of the tenant only, control of it."""
        power = self.role.privilege.power
        is_part = self.basis.scope != EVERYWHERE
        return Power.CONTROL if is_part and power is Power.ROOT else power

    @property
    def name(self) -> str:
        """Return what names it in every audit, by ids alone."""
        groups = "".join(f" by {group.id}" for group in self.by)
        how = "" if self.how in (ASSIGNED, ELIGIBLE) else f" {self.how}"
        return f"{self.holder.id} {self.role.id} {self.basis.scope}{groups}{how}"

    @property
    def certain(self) -> Truth:
        """Tell whether it is open, as far as was read."""
        doubt = self.carried or self.holder.type == UNKNOWN or not self.role.is_known
        return Truth.UNKNOWN if doubt else Truth.YES


class Roles:
    """The roles of one tenant, and who has them: `tenant.once(Roles)`."""

    def __init__(self, tenant: Tenant) -> None:
        """Take the tenant and work out every way."""
        self._tenant = tenant
        self._definitions = by_id(tenant.rows(RoleDefinition))
        self._principals = tenant.once(Principals)
        self._membership = tenant.once(Membership)
        self._owners = _lists(tenant, "group")
        self._eligible: dict[str, list[Seen[GroupEligibility]]] = {}
        for row in tenant.rows(GroupEligibility):
            self._eligible.setdefault(row.record.group, []).append(row)
        self._limits = tenant.once(_limits)
        self.bases = tuple(self._bases())
        self.ways = tuple(way for basis in self.bases for way in self._ways(basis))

    def role(self, id_: str) -> Role:
        """Return a role by the id of its definition; of one that was not read its id may tell."""
        row = self._definitions.get(id_)
        if row is None:
            known = ROLES.get(id_)
            return Role(id_, id_, known or _NOT_READ, known is not None, _is_global(id_))
        template = row.record.template or row.record.id
        return Role(id_, row.record.name, _gives(row.record), is_global=_is_global(template))

    def scope(self, scope: str) -> str:
        """Return what a role is limited to, in words; "" for the whole tenant."""
        return "" if scope == EVERYWHERE else self._tenant.once(_scopes).get(scope, scope)

    def _bases(self) -> Iterator[Basis]:
        found: dict[tuple[str, str, str, str], Basis] = {}
        for row in self._tenant.rows(RoleAssignment):
            one = row.record
            basis = Basis(
                self.role(one.role), one.principal, one.scope, ASSIGNED, row.evidence, row.carried
            )
            _keep(found, basis)
        for held in self._tenant.rows(RoleEligibility):
            ready = held.record
            basis = Basis(
                role=self.role(ready.role),
                principal=ready.principal,
                scope=ready.scope,
                how=ELIGIBLE,
                evidence=held.evidence,
                carried=held.carried,
                ends=ready.ends,
            )
            _keep(found, basis)
        yield from found.values()

    def _ways(self, basis: Basis) -> Iterator[Way]:
        one = self._principals.of(basis.principal)
        if one.type != GROUP:
            yield self._way(basis, one, basis.how)
            return
        for member in self._membership.people(one.id):
            yield self._way(
                basis,
                member.principal,
                basis.how,
                by=(*member.through, one),
                evidence=member.evidence,
                carried=member.carried,
            )
        if self._membership.blanks(one.id):
            yield self._way(basis, one, basis.how, carried=True)  # whoever is in it
        yield from self._owning(basis, one)
        yield from self._joining(basis, one)

    def _owning(self, basis: Basis, group: Principal) -> Iterator[Way]:
        """Yield the owners of a group that has a role: they say who is in it."""
        for row in self._owners.get(group.id, ()):
            for owner in row.record.owners:
                yield self._way(
                    basis,
                    self._principals.of(owner.id, owner),
                    OWNS,
                    by=(group,),
                    evidence=(row.evidence,),
                    carried=row.carried,
                )

    def _joining(self, basis: Basis, group: Principal) -> Iterator[Way]:
        """Yield who may join, or own, a group that has a role, when they want."""
        for row in self._eligible.get(group.id, ()):
            one = self._principals.of(row.record.principal)
            inside = self._membership.people(one.id) if one.type == GROUP else ()
            for member in inside:
                yield self._way(
                    basis,
                    member.principal,
                    JOINS,
                    by=(*member.through, one, group),
                    evidence=(row.evidence, *member.evidence),
                    carried=row.carried or member.carried,
                )
            if one.type != GROUP or self._membership.blanks(one.id):
                evidence = (row.evidence,)
                is_old = row.carried
                yield self._way(basis, one, JOINS, by=(group,), evidence=evidence, carried=is_old)

    def _way(
        self,
        basis: Basis,
        holder: Principal,
        how: str,
        *,
        by: tuple[Principal, ...] = (),
        evidence: tuple[Evidence, ...] = (),
        carried: bool = False,
    ) -> Way:
        old = carried or basis.carried or holder.carried
        says = (
            f"only {self.scope(basis.scope)}" if basis.scope != EVERYWHERE else "",
            self._limits.get(basis.role.id, "") if basis.how == ELIGIBLE else "",
            f"until {basis.ends}" if basis.ends else "",
        )
        limit = "; ".join(filter(None, says))
        return Way(holder, basis, how, by, (basis.evidence, *evidence), old, limit)


def path(tenant: Tenant, way: Way) -> AccessPath:
    """Return the chain from a holder to what the role gives."""
    start = f"{way.holder.type} {way.holder.name}"
    verb = {OWNS: "owner of ", JOINS: "may join ", ELIGIBLE: "may take "}
    groups = [Step(f"group {group.name}", group.evidence) for group in way.by]
    if groups and way.how in (OWNS, JOINS):
        groups[-1] = Step(f"{verb[way.how]}{groups[-1].text}", groups[-1].evidence)
    takes = verb[ELIGIBLE] if way.basis.how == ELIGIBLE else ""
    guess = Certainty.PROVED if way.role.is_known else Certainty.PROPOSED
    return AccessPath(
        target=tenant.name,
        principal=start,
        account=way.holder.name,
        steps=(
            Step(start, (*way.holder.evidence, *way.evidence[1:])),
            *groups,
            Step(f"{takes}role {way.role.name}", (way.basis.evidence,), guess),
            Step(way.role.privilege.says),
        ),
        power=way.power,
        certain=way.certain,
        limit=way.limit,
    )


def _keep(found: dict[tuple[str, str, str, str], Basis], basis: Basis) -> None:
    """Keep what gives a role once, as it was seen last."""
    key = (basis.principal, basis.role.id, basis.scope, basis.how)
    old = found.get(key)
    if old is None or old.carried:
        found[key] = basis


def _lists(tenant: Tenant, type_: str) -> dict[str, list[Seen[TenantOwners]]]:
    found: dict[str, list[Seen[TenantOwners]]] = {}
    for row in tenant.rows(TenantOwners):
        if row.record.type == type_:
            found.setdefault(row.record.object, []).append(row)
    return found


def _is_global(template: str) -> bool:
    return template.casefold() == GLOBAL_ADMINISTRATOR


def _gives(one: RoleDefinition) -> Privilege:
    """Return what a role gives: a built-in one by its template, a made one by what it allows."""
    known = ROLES.get((one.template or one.id).casefold())
    if known is not None:
        return known
    writing = [action for action in one.actions if not action.casefold().endswith("/read")]
    if one.actions:
        taking = any(word in action.casefold() for action in writing for word in _TAKES_OVER)
        says = ", ".join((writing or list(one.actions))[:3])
        return Privilege(says, Power.CONTROL if writing else Power.INFORMATION, taking)
    if one.is_built_in is not True:
        return Privilege(f"what the role {one.name} allows", Power.CONTROL)
    power = Power.INFORMATION if "reader" in one.name.casefold() else Power.RUN_AS
    return Privilege(f"what {one.name} may do", power, is_privileged=False)


def _scopes(tenant: Tenant) -> dict[str, str]:
    """Return the parts of the tenant by what roles call them."""
    units = {
        f"/administrativeUnits/{row.record.id}": f"the administrative unit {row.record.name}"
        for row in tenant.rows(AdministrativeUnit)
    }
    apps = tenant.once(Principals)
    for id_, registered in apps.registered.items():
        units[f"/{id_}"] = f"the application {registered.record.name}"
    for id_, application in apps.applications.items():
        units[f"/{id_}"] = f"the application {application.record.name}"
    return units


def _limits(tenant: Tenant) -> dict[str, str]:
    """Return what stands before taking a role, by the id of the role."""
    approved = (row.record.role for row in tenant.rows(RolePolicy) if row.record.needs_approval)
    return dict.fromkeys(approved, "somebody has to approve it")
