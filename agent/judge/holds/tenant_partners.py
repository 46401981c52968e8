"""Other tenants: partners, their sign-ins, what they sold, and where notices of the tenant go.

A customer's tenant does not show its partner relationships in Graph; these are traces of them. No
trace is no proof: the page of the admin centre has a line of its own.
"""

from collections.abc import Iterator

from agent.judge.case import Power
from agent.judge.holds.kind import Candidate, TenantScene, of_row, tenant_kind
from agent.judge.holds.tenant_form import of_tenant, tenant_marks, tenant_name
from agent.judge.tenant.tenants import Tenants
from inventory.model.record import Identifier, Mark
from inventory.model.tenant import NotificationAddress, TenantDomain, TenantSetting
from inventory.model.tenant_licences import TenantSubscription
from inventory.model.tenant_partners import (
    CrossTenantPartner,
    ForeignSignIn,
    PartnerAssignment,
    PartnerContract,
    PartnerRelationship,
    TenantName,
)

_OVER = ("terminated", "expired", "rejected")  # a relationship that gives nothing any more


@tenant_kind("partner", needs=(CrossTenantPartner, TenantName))
def partners(scene: TenantScene) -> Iterator[Candidate]:
    """Yield other tenants that are service providers here, or that are trusted more than others."""
    for row in scene.tenant.rows(CrossTenantPartner):
        one = row.record
        is_provider = one.is_service_provider is True
        says = ", ".join(_trusted(one))
        yield of_row(
            scene,
            row,
            "partner",
            name=one.tenant,
            title=f"{tenant_name(scene, one.tenant)} {_called(one, says)}",
            subject=tenant_name(scene, one.tenant),
            power=Power.CONTROL if is_provider else Power.LOGIN if says else Power.INFORMATION,
            is_dependence=False,
            identifiers=tenant_marks(scene, one.tenant),
            detail=says,
            stands_alone=is_provider,
        )


def _called(one: CrossTenantPartner, says: str) -> str:
    if one.is_service_provider:
        return "is marked as a service provider"
    return "is trusted" if says else "has settings of its own"


def _trusted(one: CrossTenantPartner) -> Iterator[str]:
    if one.trusts_mfa:
        yield "its word on second factors is taken"
    if one.trusts_compliant or one.trusts_joined:
        yield "its word on devices is taken"
    if one.consents_inbound:
        yield "its people are let in without being asked"
    if one.synchronises:
        yield "its users are made here"


@tenant_kind("partner sign-in", needs=(ForeignSignIn, TenantName))
def sign_ins(scene: TenantScene) -> Iterator[Candidate]:
    """Yield the other tenants whose people signed in here, guests or not."""
    for row in scene.tenant.rows(ForeignSignIn):
        one = row.record
        yield of_row(
            scene,
            row,
            "partner sign-in",
            name=one.tenant,
            title=f"sign-ins by people of {tenant_name(scene, one.tenant)}",
            subject=tenant_name(scene, one.tenant),
            power=Power.LOGIN,
            is_dependence=False,
            identifiers=tenant_marks(scene, one.tenant),
            detail=f"{one.users} users, {one.count} times, last {one.last or 'not told'}",
        )


@tenant_kind("partner relation", needs=(PartnerRelationship, PartnerAssignment, PartnerContract))
def relations(scene: TenantScene) -> Iterator[Candidate]:
    """Yield what a partner's own tenant tells of its customers: administration, contracts.

    They are the partner's holds over a customer that is audited too; of others they only may be.
    """
    audited = {one.id for one in scene.tenant.fleet.once(Tenants)} - {None, scene.tenant.id}
    mine = (of_tenant(scene.tenant.id),) if scene.tenant.id else ()
    groups: dict[str, int] = {}
    for assigned in scene.tenant.rows(PartnerAssignment):
        of = assigned.record.relationship
        groups[of] = groups.get(of, 0) + 1
    for row in scene.tenant.rows(PartnerRelationship):
        one = row.record
        if (one.status or "").casefold() in _OVER or one.customer not in audited:
            continue
        yield of_row(
            scene,
            row,
            "partner relation",
            name=one.id,
            title=f"delegated administration of {one.customer_name or one.customer} ({one.name})",
            subject=scene.tenant.called,
            power=Power.CONTROL,
            is_dependence=False,
            identifiers=mine,
            detail=f"{one.status}, {len(one.roles)} roles, {groups.get(one.id, 0)} groups have "
            f"them, until {one.ends or 'no day that is told'}",
            stands_alone=True,
        )
    for contract in scene.tenant.rows(PartnerContract):
        told = contract.record
        if told.customer in audited:
            yield of_row(
                scene,
                contract,
                "partner relation",
                name=f"contract {told.id}",
                title=f"contract with {told.name or told.customer} ({told.type or 'of no type'})",
                subject=scene.tenant.called,
                identifiers=mine,
            )


@tenant_kind("reseller", needs=(TenantSubscription, TenantName))
def resellers(scene: TenantScene) -> Iterator[Candidate]:
    """Yield the subscriptions that a partner sold."""
    for row in scene.tenant.rows(TenantSubscription):
        one = row.record
        seller = one.owner_tenant
        if seller is None or seller == scene.tenant.id:
            continue
        seats = "" if one.seats is None else f"{one.seats} x "
        yield of_row(
            scene,
            row,
            "reseller",
            name=one.id,
            title=f"{tenant_name(scene, seller)} sold {seats}{one.part_number or one.id}",
            subject=tenant_name(scene, seller),
            identifiers=tenant_marks(scene, seller),
            detail=f"{one.status or 'no status'}; next event {one.next_event or 'not told'}",
        )


@tenant_kind("notification address", needs=(NotificationAddress,))
def addresses(scene: TenantScene) -> Iterator[Candidate]:
    """Yield the addresses to which the tenant's own notices go."""
    for row in scene.tenant.rows(NotificationAddress):
        one = row.record
        yield of_row(
            scene,
            row,
            "notification address",
            name=f"{one.use} {one.mail.casefold()}",
            title=f"{one.use} notices go to {one.mail}",
            subject=one.mail.casefold(),
            slot=f"{one.use} notices",
        )


@tenant_kind("leftover domain", needs=(TenantDomain,))
def domains(scene: TenantScene) -> Iterator[Candidate]:
    """Yield the domains of the tenant: one of a party's is left over, or is its way in."""
    for row in scene.tenant.rows(TenantDomain):
        one = row.record
        state = "domain" if one.is_verified is not False else "unverified domain"
        yield of_row(
            scene,
            row,
            "leftover domain",
            name=one.name.casefold(),
            title=f"{state} {one.name}",
            subject=one.name.casefold(),
            identifiers=(Identifier(Mark.DOMAIN, one.name),),
        )


@tenant_kind("tenant setting", needs=(TenantSetting,))
def settings(scene: TenantScene) -> Iterator[Candidate]:
    """Yield the settings of the whole tenant that name somebody: the login page, groups."""
    for row in scene.tenant.rows(TenantSetting):
        one = row.record
        yield of_row(
            scene,
            row,
            "tenant setting",
            name=f"{one.area} {one.name}",
            title=f"{one.area}: {one.name} is {one.value}",
            subject=f"{one.area}: {one.name}",
        )
