"""Which application in a tenant is the audit's own: it is told apart from those of a party."""

from agent.judge.tenant.principals import Principals, of_app
from agent.judge.tenant.tenants import Tenant
from inventory.model.tenant import TenantConnection


def own_names(tenant: Tenant) -> frozenset[str]:
    """Return what ties the holds of the audit's own application together; a person's have none."""
    return tenant.once(_own_names)


def _own_names(tenant: Tenant) -> frozenset[str]:
    rows = tenant.rows(TenantConnection)
    return frozenset(own_name(tenant, row.record) for row in rows if not row.record.person)


def own_name(tenant: Tenant, one: TenantConnection) -> str:
    """Return what an application that logs in is called in its tenant."""
    principals = tenant.once(Principals)
    if one.object_id in principals.applications:
        return principals.of(one.object_id or "").name
    apps = (row.record for row in principals.applications.values())
    named = next((app for app in apps if app.app_id and app.app_id == one.app_id), None)
    return of_app(named.name if named else "unnamed", one.app_id)
