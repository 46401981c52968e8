"""Which applications are registered in a tenant, with which secrets, owned by whom.

Sources: Graph reference, resource types application, passwordCredential, keyCredential,
federatedIdentityCredential.
"""

from collections.abc import Iterator

from collectors.app_credentials import credentials
from collectors.rows import Row, Rows, every_id
from collectors.spec import Each, GraphGet, collector
from collectors.tenant_objects import WHO, owners_of
from inventory.model.tenant_accounts import TenantOwners
from inventory.model.tenant_apps import AppCredential, Application, FederatedCredential

READ = "Application.Read.All"
APPLICATIONS = GraphGet(
    "applications",
    "/applications",
    READ,
    "core",
    select=(
        *("id", "appId", "displayName", "createdDateTime", "signInAudience", "publisherDomain"),
        *("passwordCredentials", "keyCredentials", "requiredResourceAccess", "web", "spa"),
        *("publicClient", "isFallbackPublicClient", "disabledByMicrosoftStatus"),
        "verifiedPublisher",
    ),
    top=999,
)


_EACH = (Each("/applications", every_id),)
OWNERS = GraphGet(
    "owners",
    "/applications/{key}/owners",
    READ,
    "core",
    select=WHO,
    each=_EACH,
)
FEDERATED = GraphGet(
    "federated",
    "/applications/{key}/federatedIdentityCredentials",
    READ,
    "core",
    each=_EACH,
    why="whose pipelines log in without any secret",
)


@collector(
    "entra.applications",
    asks=[APPLICATIONS],
    tells=[Application, AppCredential],
    source="graph",
)
def applications(found: Rows) -> Iterator[Application | AppCredential]:
    """Yield the applications that are registered here, and what they log in with."""
    for row in found:
        yield _application(row)
        yield from credentials(row, "application")


def _application(row: Row) -> Application:
    places = (row.row("web"), row.row("spa"), row.row("publicClient"))
    redirects = {uri for place in places for uri in place.texts("redirectUris")}
    is_public = bool(row.flag("isFallbackPublicClient")) or bool(places[2].texts("redirectUris"))
    return Application(
        at=row.at(),
        id=row.needed("id"),
        app_id=row.needed("appId"),
        name=row.needed("displayName"),
        created=row.moment("createdDateTime"),
        audience=row.text("signInAudience"),
        publisher_domain=row.text("publisherDomain"),
        publisher=row.row("verifiedPublisher").text("displayName"),
        redirects=tuple(sorted(redirects)),
        is_public_client=is_public,
        disabled_by=row.text("disabledByMicrosoftStatus"),
        wants=tuple(sorted(set(_wants(row)))),
    )


def _wants(row: Row) -> Iterator[str]:
    for resource in row.rows("requiredResourceAccess"):
        for one in resource.rows("resourceAccess"):
            yield f"{resource.text('resourceAppId') or ''} {one.text('id') or ''}"


@collector("entra.application_owners", asks=[OWNERS], tells=[TenantOwners], source="graph")
def application_owners(found: Rows) -> Iterator[TenantOwners]:
    """Yield the owners of each application: whoever owns it can give it a new secret."""
    yield from owners_of(found, "application")


@collector(
    "entra.federated_credentials", asks=[FEDERATED], tells=[FederatedCredential], source="graph"
)
def federated_credentials(found: Rows) -> Iterator[FederatedCredential]:
    """Yield whose tokens each application takes in place of a secret."""
    for row in found:
        yield FederatedCredential(
            at=row.at(),
            application=row.key,
            id=row.needed("id"),
            name=row.text("name") or "",
            issuer=row.needed("issuer"),
            subject=row.text("subject") or "",
            audiences=row.texts("audiences"),
            description=row.text("description") or "",
        )
