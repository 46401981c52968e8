"""The form of a hold that somebody in a tenant has: the marks are those of who has it."""

from agent.judge.case import AccessPath, Power
from agent.judge.holds.kind import Candidate, TenantScene
from agent.judge.tenant.principals import Principal
from agent.judge.tenant.tenants import Tenant
from inventory.model.evidence import Evidence
from inventory.model.record import Identifier, Mark
from inventory.model.tenant_partners import TenantName


def of_principal(
    scene: TenantScene,
    kind: str,
    one: Principal,
    *,
    name: str,
    title: str,
    power: Power,
    evidence: tuple[Evidence, ...],
    carried: bool,
    path: AccessPath | None = None,
    detail: str = "",
    is_dependence: bool = False,
    stands_alone: bool = False,
) -> Candidate:
    """Return the candidate of somebody's: known by their own marks, and those of the same person.

    `title`: without the tenant's name.
    """
    return Candidate(
        kind=kind,
        target=scene.host.name,
        name=name,
        title=f"{title}, in {scene.tenant.called}",
        subject=one.name,
        power=power,
        evidence=tuple(dict.fromkeys(evidence)),
        identifiers=one.identifiers,
        through=one.through,
        perhaps=one.perhaps,
        is_dependence=is_dependence,
        path=path,
        carried=carried,
        detail=detail,
        stands_alone=stands_alone and not one.is_microsofts,
    )


def of_tenant(id_: str) -> Identifier:
    """Return the mark of another tenant."""
    return Identifier(Mark.TENANT, id_)


def tenant_marks(scene: TenantScene, tenant: str) -> tuple[Identifier, ...]:
    """Return the marks of another tenant: its id, its domain and its name where they were read."""
    known = scene.tenant.once(_names).get(tenant.casefold())
    return tuple(dict.fromkeys((of_tenant(tenant), *(known.identifiers() if known else ()))))


def tenant_name(scene: TenantScene, tenant: str) -> str:
    """Return `OldMSP (oldmsp.example)`, or a tenant's id where its name was not read."""
    known = scene.tenant.once(_names).get(tenant.casefold())
    if known is None:
        return f"tenant {tenant}"
    return f"{known.name} ({known.domain or tenant})"


def _names(tenant: Tenant) -> dict[str, TenantName]:
    return {row.record.tenant.casefold(): row.record for row in tenant.rows(TenantName)}
