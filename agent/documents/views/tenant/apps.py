"""Applications of a tenant: what they may do, with which credentials, and whose they are."""

from typing import Any

from agent.documents.cell import Cell, of_field, of_fields
from agent.documents.views import say
from agent.documents.views.ledger import Ledger
from agent.documents.views.tenant.tenancy import Tenancy
from collectors.microsoft_tenants import MICROSOFT
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

f = of_field


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


LEDGERS: tuple[Ledger[Any, Tenancy], ...] = (
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
