"""Other tenants: partners that are still there, what they are trusted with, the new delegation."""

from collections.abc import Iterator

from agent.judge.case import Severity
from agent.judge.holds.kind import TenantScene
from agent.judge.holds.tenant_form import tenant_marks, tenant_name
from agent.judge.rules.entra_words import handover, is_ours, leavers, outside, whose
from agent.judge.rules.rule import Hit, Per, Subject, broken, rule, unclear
from agent.judge.rules.words import DAY_S
from agent.judge.tenant.privileges import GLOBAL_ADMINISTRATOR
from inventory.model.record import Identifier
from inventory.model.tenant_partners import (
    CrossTenantDefault,
    CrossTenantPartner,
    ForeignSignIn,
    PartnerRelationship,
    TenantName,
)

LEAST_DAYS = 180
NO_EXTENSION = (None, "", "PT0S", "P0D")
_OVER = ("terminated", "expired", "terminating", "terminationrequested")


def _other(subject: Subject, tenant: str) -> tuple[str, tuple[Identifier, ...]]:
    """Return what another tenant is called, and its marks."""
    scene = subject.scene
    if not isinstance(scene, TenantScene):
        raise TypeError("only a rule per tenant has one")
    return tenant_name(scene, tenant), tenant_marks(scene, tenant)


@rule(
    "entra.partner-present",
    "No provider that leaves is a partner of the tenant",
    Severity.HIGH,
    needs=(CrossTenantPartner, TenantName),
    per=Per.TENANT,
    reason="Its people come in with their own accounts, which the client cannot close.",
    remedy="End the relationship on the partner page of the admin centre after the new one is "
    "active. Look there by hand in any case: Graph does not show that page.",
)
def partner_present(subject: Subject) -> Iterator[Hit]:
    """Yield the service providers that leave; of one that no party is told by it is not known."""
    for row in subject.tenant.rows(CrossTenantPartner):
        called, marks = _other(subject, row.record.tenant)
        if row.record.is_service_provider:
            says = f"{called} is a service provider of the tenant"
            yield from whose(subject, marks, says, row.record.tenant, row)
        else:
            says = f"the tenant has settings of its own for {called}"
            yield from leavers(subject, marks, says, row.record.tenant, row)


@rule(
    "entra.foreign-sign-in",
    "Nobody from the tenant of who leaves signs in",
    Severity.HIGH,
    needs=(ForeignSignIn, TenantName),
    per=Per.TENANT,
    reason="They still come in, by whatever way: a delegation, a guest, a direct connection.",
    remedy="Find the way in the sign-in log of the tenant, and close it.",
)
def foreign_sign_in(subject: Subject) -> Iterator[Hit]:
    """Yield the sign-ins of users of the leaver's tenant."""
    for row in subject.tenant.rows(ForeignSignIn):
        one = row.record
        called, marks = _other(subject, one.tenant)
        last = f", last on {one.last}" if one.last else ""
        says = f"{one.users} of {called} signed in {one.count} times{last}"
        yield from leavers(subject, marks, says, one.tenant, row)


@rule(
    "entra.partner-trust",
    "No other tenant's word on factors and devices is taken unasked",
    Severity.MEDIUM,
    needs=(CrossTenantDefault, CrossTenantPartner, TenantName),
    per=Per.TENANT,
    reason="Who runs the other tenant decides what counts as a second factor here.",
    remedy="Take the trust back, or keep it for tenants of the client's own.",
)
def partner_trust(subject: Subject) -> Iterator[Hit]:
    """Yield the trust in every other tenant, and in those that are not the client's."""
    for row in subject.tenant.rows(CrossTenantDefault):
        if said := _trusts(row.record):
            yield broken(row, f"of every other tenant is taken: {said}", "every tenant")
    for partner in subject.tenant.rows(CrossTenantPartner):
        one = partner.record
        called, marks = _other(subject, one.tenant)
        said = _trusts(one)
        if said and not one.is_multi_tenant and not is_ours(subject, marks):
            yield broken(partner, f"of {called} is taken: {said}", one.tenant)


def _trusts(one: CrossTenantDefault | CrossTenantPartner) -> str:
    told = {
        "second factors": one.trusts_mfa,
        "that devices are compliant": one.trusts_compliant,
        "that devices are joined": one.trusts_joined,
        "guests without being asked": one.consents_inbound,
    }
    return ", ".join(name for name, is_on in told.items() if is_on)


@rule(
    "entra.delegation",
    "Every delegation is active, lasts, and has no Global Administrator",
    Severity.HIGH,
    needs=(PartnerRelationship,),
    per=Per.TENANT,
    reason="Without it the new provider stands before a closed door; with too much of it, anybody "
    "of theirs has everything.",
    remedy="Let the client approve it, let it extend itself, and ask for the roles that the work "
    "needs.",
)
def delegation(subject: Subject) -> Iterator[Hit]:
    """Yield what is not right with the relationships that a partner's own tenant lists."""
    until = handover(subject) + LEAST_DAYS * DAY_S
    rows = subject.tenant.rows(PartnerRelationship)
    if not rows:
        yield outside("the tenant lists no delegation over customers; a customer's own never does")
    for row in rows:
        one = row.record
        state = (one.status or "").casefold()
        if state in _OVER:
            continue
        called = f"the delegation {one.name} over {one.customer_name or one.customer}"
        if one.status is None:
            yield unclear(row, f"whether {called} is active is not told", one.id)
        elif state != "active":
            yield broken(row, f"{called} is not active: {one.status}", one.id)
        elif one.ends and one.ends.latest < until and one.extends in NO_EXTENSION:
            yield broken(row, f"{called} ends on {one.ends}", one.id)
        if GLOBAL_ADMINISTRATOR in one.roles:
            name = f"{one.id} role"
            yield broken(row, f"{called} has Global Administrator", name)
