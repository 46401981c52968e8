"""What each application may do in a tenant, by its roles, permissions and consents.

Who can add a credential to an application, or holds one, has what it has: its owners, and whoever
it trusts in place of a secret ("Overview of permissions and consent", learn.microsoft.com).
"""

from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct

from agent.judge.case import Power
from agent.judge.holds.kind import RANK
from agent.judge.tenant.principals import APPLICATION, Principals
from agent.judge.tenant.privileges import Privilege, of_permission, of_scopes
from agent.judge.tenant.roles import ASSIGNED, Roles
from agent.judge.tenant.tenants import Tenant
from collectors.microsoft_tenants import MICROSOFT
from inventory.model.evidence import Evidence
from inventory.model.tenant_apps import AppPermission, AppRoleGrant, ConsentGrant, ServicePrincipal
from inventory.snapshot import Seen

NO_ROLE = "00000000-0000-0000-0000-000000000000"  # access without a role
SERVICES = frozenset(  # Microsoft's own services, the same in every cloud: Graph, Azure AD, mail
    (
        "00000003-0000-0000-c000-000000000000",
        "00000002-0000-0000-c000-000000000000",
        "00000002-0000-0ff1-ce00-000000000000",
        "00000003-0000-0ff1-ce00-000000000000",
    )
)
_NONE = Privilege("access without a role", Power.INFORMATION, is_privileged=False)


class Given(Struct, frozen=True):
    """One thing that gives an application power."""

    says: str  # "role Global Administrator", "permission Mail.ReadWrite", "consent for everybody"
    privilege: Privilege
    evidence: Evidence
    carried: bool


class AppPower(Struct, frozen=True):
    """All that an application has."""

    given: tuple[Given, ...]

    @property
    def power(self) -> Power:
        """Return the most of it."""
        return min((one.privilege.power for one in self.given), key=RANK.index, default=Power.LOGIN)

    @property
    def is_privileged(self) -> bool:
        """Return whether something of it is more than most applications need."""
        return any(one.privilege.is_privileged for one in self.given)

    @property
    def is_something(self) -> bool:
        """Return whether it may do more than be signed in to."""
        return any(one.privilege != _NONE for one in self.given)

    @property
    def strongest(self) -> Given | None:
        """Return what gives the most."""
        return min(self.given, key=lambda one: RANK.index(one.privilege.power), default=None)


NOTHING = AppPower(())


class Applications:
    """The applications of one tenant, and what each may do: `tenant.once(Applications)`."""

    def __init__(self, tenant: Tenant) -> None:
        """Take the tenant and gather what each application has."""
        self._tenant = tenant
        self._principals = tenant.once(Principals)
        self._names = {
            (row.record.resource, row.record.id): row.record.name
            for row in tenant.rows(AppPermission)
        }
        self._of_app: dict[str, list[str]] = defaultdict(list)
        for id_, row in self._principals.applications.items():
            if row.record.app_id:
                self._of_app[row.record.app_id].append(id_)
        given: dict[str, list[Given]] = defaultdict(list)
        for id_, one in self._all():
            given[id_].append(one)
        self._powers = {id_: AppPower(tuple(found)) for id_, found in given.items()}

    def acting(self, object_id: str) -> tuple[str, ...]:
        """Return the service principals by which a registered application acts; or itself."""
        registered = self._principals.registered.get(object_id)
        if registered is None:
            return (object_id,)
        return tuple(self._of_app.get(registered.record.app_id, ()))

    def power(self, object_id: str) -> AppPower:
        """Return what an application has, by the id of its registration or service principal."""
        found = [self._powers.get(id_, NOTHING) for id_ in self.acting(object_id)]
        return AppPower(tuple(one for power in found for one in power.given))

    def permission(self, grant: AppRoleGrant) -> tuple[str, Privilege]:
        """Return the name of a granted permission, and what it gives.

        What a service calls by a name of Microsoft's gives nothing when it is no service of theirs.
        """
        if grant.role == NO_ROLE:
            return "access", _NONE
        name = self._names.get((grant.resource, grant.role))
        if name is None:
            return grant.role, Privilege(f"permission {grant.role}, not read", Power.CONTROL)
        service = self._principals.applications.get(grant.resource)
        if service is not None and not is_microsofts(service.record):
            return name, Privilege(f"{name} of {service.record.name}", Power.INFORMATION, False)
        return name, of_permission(name)

    def grants(self) -> Iterator[Seen[AppRoleGrant]]:
        """Yield the permissions of applications; what users and groups are let into is left out."""
        for row in self._tenant.rows(AppRoleGrant):
            one = row.record
            is_app = one.principal_type in (None, "ServicePrincipal")
            if is_app or one.principal in self._principals.applications:
                yield row

    def _all(self) -> Iterator[tuple[str, Given]]:
        for way in self._tenant.once(Roles).ways:
            if way.holder.type == APPLICATION and way.how == ASSIGNED:
                privilege = Privilege(
                    way.role.privilege.says, way.power, way.role.privilege.is_privileged
                )
                says = f"role {way.role.name}"
                yield way.holder.id, Given(says, privilege, way.basis.evidence, way.carried)
        for row in self.grants():
            name, privilege = self.permission(row.record)
            given = Given(f"permission {name}", privilege, row.evidence, row.carried)
            yield row.record.principal, given
        for consent in self._tenant.rows(ConsentGrant):
            if consent.record.is_for_all:
                privilege = of_scopes(consent.record.scopes)
                says = "consent for everybody"
                yield (
                    consent.record.client,
                    Given(says, privilege, consent.evidence, consent.carried),
                )


def is_microsofts(one: ServicePrincipal) -> bool:
    """Return whether an application is a service of Microsoft's."""
    owner = (one.owner_tenant or "").casefold()
    return owner in MICROSOFT or (one.app_id or "").casefold() in SERVICES
