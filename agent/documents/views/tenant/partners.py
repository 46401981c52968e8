"""Other tenants: what holds for them, who came from them, and customers of a partner."""

from typing import Any

from agent.documents.cell import Cell, of_field, of_fields
from agent.documents.views import say
from agent.documents.views.ledger import Ledger
from agent.documents.views.tenant.tenancy import Tenancy
from inventory.model.tenant_partners import (
    CrossTenantDefault,
    CrossTenantPartner,
    ForeignSignIn,
    MultiTenantOrganization,
    PartnerAssignment,
    PartnerContract,
    PartnerRelationship,
    TenantName,
)

f = of_field


def _partner(one: CrossTenantPartner, t: Tenancy) -> tuple[Cell, ...]:
    return (
        f(t.other(one.tenant)),
        f(say.yes(one.is_service_provider)),
        f(_of_default(one.trusts_mfa)),
        f(_of_default(one.trusts_compliant)),
        f(_of_default(one.consents_inbound)),
        t.whose(tuple(one.identifiers())),
    )


def _of_default(value: bool | None) -> str:
    return say.yes(value) or "as the default"


def _relation(one: PartnerRelationship, t: Tenancy) -> tuple[Cell, ...]:
    return (
        f(one.customer_name or one.customer),
        f(one.name),
        f(one.status),
        t.day(one.ends),
        f("never" if one.extends in (None, "PT0S") else one.extends),
        of_fields(t.role(role) for role in one.roles),
    )


LEDGERS: tuple[Ledger[Any, Tenancy], ...] = (
    Ledger(
        "What holds for every other tenant",
        CrossTenantDefault,
        ("Guests", "Shared channels", "Their second factor counts", "Let in unasked"),
        lambda one, _: (
            f(one.inbound),
            f(one.direct_inbound),
            f(say.yes(one.trusts_mfa)),
            f(say.yes(one.consents_inbound)),
        ),
    ),
    Ledger(
        "Multi-tenant organisation",
        MultiTenantOrganization,
        ("Name", "State"),
        lambda one, _: (f(one.name), f(one.state)),
    ),
    Ledger(
        "What other tenants are called",
        TenantName,
        ("Tenant", "Name", "Domain", "Whose"),
        lambda one, t: (
            f(one.tenant, "code"),
            f(one.name),
            f(one.domain, "code"),
            t.whose(tuple(one.identifiers())),
        ),
        lambda one: one.name,
    ),
    Ledger(
        "Tenants with settings of their own",
        CrossTenantPartner,
        (
            *("Tenant", "Service provider", "Its second factor counts", "Its devices count"),
            *("Let in unasked", "Whose"),
        ),
        _partner,
        lambda one: one.tenant,
    ),
    Ledger(
        "Sign-ins from other tenants, 30 days",
        ForeignSignIn,
        ("Tenant", "Sign-ins", "People", "Last", "Whose"),
        lambda one, t: (
            f(t.other(one.tenant)),
            f(one.count, "number"),
            f(one.users, "number"),
            t.since(one.last),
            t.whose(tuple(one.identifiers())),
        ),
        lambda one: -one.count,
    ),
    Ledger(
        "Customers that this tenant administers",
        PartnerRelationship,
        ("Customer", "Relationship", "Status", "Ends", "Extends itself", "Roles"),
        _relation,
        lambda one: (one.customer_name, one.name),
    ),
    Ledger(
        "Who administers customers",
        PartnerAssignment,
        ("Relationship", "Group", "Status", "Roles"),
        lambda one, t: (
            f(one.relationship, "code"),
            f(t.name(one.group or "")),
            f(one.status),
            of_fields(t.role(role) for role in one.roles),
        ),
        lambda one: (one.relationship, one.id),
    ),
    Ledger(
        "Customers with a contract",
        PartnerContract,
        ("Customer", "Domain", "Contract"),
        lambda one, _: (f(one.name), f(one.domain, "code"), f(one.type)),
        lambda one: one.name,
    ),
)
