"""Which applications act in a tenant, whoever registered them, and what they may do.

Sources: Graph reference, resource types servicePrincipal, appRoleAssignment, appRole,
oAuth2PermissionGrant; beta: servicePrincipalSignInActivity.
"""

from collections.abc import Iterator

from collectors.app_credentials import credentials
from collectors.microsoft_tenants import MICROSOFT
from collectors.rows import Row, Rows
from collectors.spec import Each, GraphGet, collector
from collectors.tenant_objects import WHO, owners_of
from inventory.model.tenant_accounts import TenantOwners
from inventory.model.tenant_apps import (
    AppCredential,
    AppPermission,
    AppRoleGrant,
    AppSignIn,
    ConsentGrant,
    ServicePrincipal,
)

READ = "Application.Read.All"
PRINCIPALS = GraphGet(
    "principals",
    "/servicePrincipals",
    READ,
    "core",
    select=(
        *("id", "appId", "displayName", "appOwnerOrganizationId", "servicePrincipalType"),
        *("accountEnabled", "passwordCredentials", "keyCredentials", "tags"),
        *("preferredSingleSignOnMode", "loginUrl", "notificationEmailAddresses"),
        *("appRoleAssignmentRequired", "verifiedPublisher", "replyUrls", "signInAudience"),
    ),
    top=999,
    empty="gap",  # Microsoft's own are in every tenant
)


def _not_microsofts(row: Row) -> Iterator[str]:
    """Yield those that others own: Microsoft's are hundreds, and come without owners."""
    if (row.text("appOwnerOrganizationId") or "").lower() not in MICROSOFT:
        yield row.needed("id")


def _offers(row: Row) -> Iterator[str]:
    if row.rows("appRoles"):
        yield row.needed("id")


OWNERS = GraphGet(
    "owners",
    "/servicePrincipals/{key}/owners",
    READ,
    "core",
    select=WHO,
    each=(Each("/servicePrincipals", _not_microsofts, select=("id", "appOwnerOrganizationId")),),
)
PERMISSIONS = GraphGet(
    "permissions",
    "/servicePrincipals",
    READ,
    "core",
    select=("id", "appRoles"),
    top=100,
    empty="gap",
    why="the names behind the ids in grants",
)
GRANTS = GraphGet(
    "grants",
    "/servicePrincipals/{key}/appRoleAssignedTo",
    READ,
    "core",
    top=999,
    each=(Each("/servicePrincipals", _offers, select=("id", "appRoles"), top=100),),
    why="which applications may read mail, change roles, and so on, by themselves",
)
CONSENTS = GraphGet(
    "consents",
    "/oauth2PermissionGrants",
    "Directory.Read.All",
    "core",
    top=999,
)
SIGN_INS = GraphGet(
    "sign_ins",
    "/reports/servicePrincipalSignInActivities",
    "AuditLog.Read.All",
    "audit",
    version="beta",
    licence="Entra ID P1",
    budget="reports",
    clouds=("global", "china"),
    deep=True,
)


@collector(
    "entra.service_principals",
    asks=[PRINCIPALS],
    tells=[ServicePrincipal, AppCredential],
    source="graph",
)
def service_principals(found: Rows) -> Iterator[ServicePrincipal | AppCredential]:
    """Yield the applications that act in the tenant, with their certificates and secrets."""
    for row in found:
        yield ServicePrincipal(
            at=row.at(),
            id=row.needed("id"),
            app_id=row.text("appId"),
            name=row.text("displayName") or "",
            owner_tenant=row.text("appOwnerOrganizationId"),
            type=row.text("servicePrincipalType"),
            is_enabled=row.needed_flag("accountEnabled"),
            tags=row.texts("tags"),
            sign_on=row.text("preferredSingleSignOnMode"),
            login_url=row.text("loginUrl"),
            notified=row.texts("notificationEmailAddresses"),
            needs_assignment=row.flag("appRoleAssignmentRequired"),
            publisher=row.row("verifiedPublisher").text("displayName"),
            replies=row.texts("replyUrls"),
            audience=row.text("signInAudience"),
        )
        yield from credentials(row, "servicePrincipal")


@collector("entra.service_principal_owners", asks=[OWNERS], tells=[TenantOwners], source="graph")
def service_principal_owners(found: Rows) -> Iterator[TenantOwners]:
    """Yield the owners of each service principal that is not Microsoft's own."""
    yield from owners_of(found, "servicePrincipal")


@collector("entra.app_permissions", asks=[PERMISSIONS], tells=[AppPermission], source="graph")
def app_permissions(found: Rows) -> Iterator[AppPermission]:
    """Yield the permissions that services offer to applications, by id and name."""
    for row in found:
        for role in row.rows("appRoles"):
            yield AppPermission(
                at=role.at(),
                resource=row.needed("id"),
                id=role.needed("id"),
                name=role.text("value") or role.text("displayName") or "",
            )


@collector("entra.app_grants", asks=[GRANTS], tells=[AppRoleGrant], source="graph")
def app_grants(found: Rows) -> Iterator[AppRoleGrant]:
    """Yield what each service that offers permissions has granted, to applications and people."""
    for row in found:
        yield AppRoleGrant(
            at=row.at(),
            id=row.needed("id"),
            principal=row.needed("principalId"),
            principal_type=row.text("principalType"),
            principal_name=row.text("principalDisplayName") or "",
            resource=row.key,
            resource_name=row.text("resourceDisplayName") or "",
            role=row.needed("appRoleId"),
            created=row.moment("createdDateTime"),
        )


@collector("entra.consents", asks=[CONSENTS], tells=[ConsentGrant], source="graph")
def consents(found: Rows) -> Iterator[ConsentGrant]:
    """Yield what applications may do in the name of people."""
    for row in found:
        yield ConsentGrant(
            at=row.at(),
            id=row.needed("id"),
            client=row.needed("clientId"),
            resource=row.needed("resourceId"),
            is_for_all=row.needed("consentType") != "Principal",
            user=row.text("principalId"),
            scopes=tuple(sorted(set((row.text("scope") or "").split()))),
        )


@collector("entra.app_sign_ins", asks=[SIGN_INS], tells=[AppSignIn], source="graph")
def app_sign_ins(found: Rows) -> Iterator[AppSignIn]:
    """Yield when applications were used last."""
    for row in found:
        last = row.row("lastSignInActivity").moment("lastSignInDateTime")
        yield AppSignIn(at=row.at(), app_id=row.needed("appId"), last=last)
