"""Who has power in a tenant: roles now and when they want, applications, consents, partners."""

from typing import Any

from agent.documents.cell import Cell, of_field, of_fields
from agent.documents.views import say
from agent.documents.views.ledger import Ledger
from agent.documents.views.tenant.tenancy import Tenancy
from collectors.microsoft_tenants import MICROSOFT
from inventory.model.tenant_accounts import TenantUser
from inventory.model.tenant_apps import (
    AppCredential,
    Application,
    AppPermission,
    AppRoleGrant,
    AppSignIn,
    ConsentGrant,
    FederatedCredential,
    ServicePrincipal,
)
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
from inventory.model.tenant_policies import AccessReview
from inventory.model.tenant_roles import (
    AdministrativeUnit,
    GroupEligibility,
    RoleActivation,
    RoleAssignment,
    RoleDefinition,
    RoleEligibility,
    RolePolicy,
    ScopedRole,
)

f = of_field


def _assignment(one: RoleAssignment, t: Tenancy) -> tuple[Cell, ...]:
    return f(t.role(one.role)), f(t.name(one.principal)), f(t.scope(one.scope))


def _eligibility(one: RoleEligibility, t: Tenancy) -> tuple[Cell, ...]:
    end = t.day(one.ends) if one.ends else f("never")
    return f(t.role(one.role)), f(t.name(one.principal)), f(t.scope(one.scope)), end


def _policy(one: RolePolicy, t: Tenancy) -> tuple[Cell, ...]:
    return (
        f(t.role(one.role)),
        f(say.yes(one.needs_approval)),
        f(say.yes(one.needs_mfa)),
        of_fields(who.name or t.name(who.id) for who in one.approvers),
        of_fields(one.notified, "code"),
    )


def _guest(one: TenantUser, t: Tenancy) -> tuple[Cell, ...]:
    return (
        f(one.upn, "code"),
        f(one.name),
        f(say.yes(one.is_enabled)),
        f(one.invitation),
        t.since(one.created),
        t.whose(tuple(one.identifiers())),
    )


def _credential(one: AppCredential, t: Tenancy) -> tuple[Cell, ...]:
    return (
        f(one.app or t.name(one.object)),
        f(one.type if one.type == "secret" else f"certificate ({one.usage or 'use not told'})"),
        f(one.label),
        t.since(one.starts),
        t.day(one.ends),
    )


def _application(one: Application, t: Tenancy) -> tuple[Cell, ...]:
    return (
        f(one.name),
        f(one.app_id, "code"),
        f(_AUDIENCES.get(one.audience or "", one.audience)),
        of_fields(one.redirects, "code", 3),
        t.since(one.created),
    )


_AUDIENCES = {
    "AzureADMyOrg": "this tenant",
    "AzureADMultipleOrgs": "any tenant",
    "AzureADandPersonalMicrosoftAccount": "any tenant, and personal accounts",
    "PersonalMicrosoftAccount": "personal accounts",
}


def _foreign(one: ServicePrincipal, t: Tenancy) -> tuple[Cell, ...]:
    return (
        f(one.name),
        f(t.other(one.owner_tenant)),
        f(one.publisher),
        f(say.yes(one.is_enabled)),
        t.whose(tuple(one.identifiers())),
    )


def _is_foreign(one: ServicePrincipal) -> bool:
    return one.owner_tenant is not None and one.owner_tenant.casefold() not in MICROSOFT


def _grant(one: AppRoleGrant, t: Tenancy) -> tuple[Cell, ...]:
    who = one.principal_name or t.name(one.principal)
    return f(who), f(t.permission(one.role), "code"), f(one.resource_name), t.since(one.created)


def _consent(one: ConsentGrant, t: Tenancy) -> tuple[Cell, ...]:
    who = "everybody" if one.is_for_all else t.name(one.user or "")
    return (
        f(t.name(one.client)),
        f(t.name(one.resource)),
        f(who),
        of_fields(one.scopes, "code", 12),
    )


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


ROLES: tuple[Ledger[Any, Tenancy], ...] = (
    Ledger(
        "Roles that are held",
        RoleAssignment,
        ("Role", "Held by", "For"),
        _assignment,
        lambda one: (one.role, one.principal),
    ),
    Ledger(
        "Roles that may be taken",
        RoleEligibility,
        ("Role", "By", "For", "Ends"),
        _eligibility,
        lambda one: (one.role, one.principal),
    ),
    Ledger(
        "How roles came to be held",
        RoleActivation,
        ("Role", "By", "How", "Ends"),
        lambda one, t: (
            f(t.role(one.role)),
            f(t.name(one.principal)),
            f(one.type),
            t.day(one.ends) if one.ends else f("never"),
        ),
        lambda one: (one.role, one.principal),
    ),
    Ledger(
        "Groups that may be joined when wanted",
        GroupEligibility,
        ("Group", "By", "As", "Ends"),
        lambda one, t: (
            f(t.name(one.group)),
            f(t.name(one.principal)),
            f(one.access),
            t.day(one.ends) if one.ends else f("never"),
        ),
        lambda one: (one.group, one.principal),
    ),
    Ledger(
        "What taking a role asks for",
        RolePolicy,
        ("Role", "Approval", "Second factor", "Approved by", "Told"),
        _policy,
        lambda one: one.role,
        lambda one: bool(one.needs_approval or one.notified or one.approvers),
    ),
    Ledger(
        "Parts with administrators of their own",
        AdministrativeUnit,
        ("Unit", "Members", "Closed to other administrators"),
        lambda one, _: (f(one.name), f(one.membership), f(say.yes(one.is_restricted))),
        lambda one: one.name,
    ),
    Ledger(
        "Administrators of such parts",
        ScopedRole,
        ("Unit", "Administrator"),
        lambda one, t: (f(t.name(one.unit)), f(one.name or t.name(one.member))),
        lambda one: (one.unit, one.member),
    ),
    Ledger(
        "Roles that were made here",
        RoleDefinition,
        ("Role", "On", "Allows"),
        lambda one, _: (f(one.name), f(say.yes(one.is_enabled)), of_fields(one.actions, "code")),
        lambda one: one.name,
        lambda one: one.is_built_in is not True,
    ),
    Ledger(
        "Reviews of access",
        AccessReview,
        ("Review", "Status", "By"),
        lambda one, t: (
            f(one.name),
            f(one.status),
            of_fields(who.name or t.name(who.id) for who in one.reviewers),
        ),
        lambda one: one.name,
    ),
    Ledger(
        "Guests",
        TenantUser,
        ("Account", "Name", "Enabled", "Invitation", "Since", "Whose"),
        _guest,
        lambda one: one.upn,
        lambda one: one.is_guest,
    ),
)
APPS: tuple[Ledger[Any, Tenancy], ...] = (
    Ledger(
        "Applications that are not Microsoft's, wherever they are registered",
        ServicePrincipal,
        ("Application", "Registered in", "Verified publisher", "Enabled", "Whose"),
        _foreign,
        lambda one: one.name,
        _is_foreign,
    ),
    Ledger(
        "What applications may do by themselves",
        AppRoleGrant,
        ("Application", "Permission", "In", "Since"),
        _grant,
        lambda one: (one.principal_name, one.role),
        also=(AppPermission,),
    ),
    Ledger(
        "What applications may do in the name of people",
        ConsentGrant,
        ("Application", "In", "Of whom", "Permissions"),
        _consent,
        lambda one: (not one.is_for_all, one.client),
    ),
    Ledger(
        "Applications registered here",
        Application,
        ("Application", "Id", "For", "Sends logins to", "Made"),
        _application,
        lambda one: one.name,
    ),
    Ledger(
        "Secrets and certificates of applications",
        AppCredential,
        ("Application", "What", "Label", "From", "Ends"),
        _credential,
        lambda one: (one.ends is None, one.ends, one.app),
    ),
    Ledger(
        "Last use of applications",
        AppSignIn,
        ("Application", "Last"),
        lambda one, t: (f(t.app(one.app_id)), t.since(one.last)),
        lambda one: one.app_id,
    ),
    Ledger(
        "Others whose tokens applications take",
        FederatedCredential,
        ("Application", "Issuer", "For", "Whose"),
        lambda one, t: (
            f(t.name(one.application)),
            f(one.issuer, "code"),
            f(one.subject, "code"),
            t.whose(tuple(one.identifiers())),
        ),
        lambda one: (one.application, one.name),
    ),
)
PARTNERS: tuple[Ledger[Any, Tenancy], ...] = (
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
