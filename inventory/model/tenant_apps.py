"""Applications of a tenant: registrations, service principals, credentials, grants and consents."""

from collections.abc import Iterator

from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record


class Application(Record, frozen=True, kw_only=True):
    """An application that is registered in the tenant (Graph: application)."""

    KEY = ("id",)

    id: str
    app_id: str
    name: str
    created: Moment | None = None
    audience: str | None = None  # signInAudience: "AzureADMyOrg", "AzureADMultipleOrgs", ...
    publisher_domain: str | None = None
    publisher: str | None = None  # that Microsoft has verified
    redirects: tuple[str, ...] = ()  # URIs to which logins are sent
    is_public_client: bool = False
    disabled_by: str | None = None  # disabledByMicrosoftStatus
    wants: tuple[str, ...] = ()  # "RESOURCE-APP-ID PERMISSION-ID" that it asks for

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the places that it names, and its name."""
        if self.publisher_domain:
            yield Identifier(Mark.DOMAIN, self.publisher_domain)
        for uri in self.redirects:
            yield Identifier(Mark.SERVER, uri)
        for text in (self.name, self.publisher):
            if text:
                yield Identifier(Mark.TEXT, text)


class AppCredential(Record, frozen=True, kw_only=True):
    """A secret or certificate by which an application or service principal logs in, or signs."""

    KEY = ("object", "id")
    PART = "object"

    object: str  # id of the Application or ServicePrincipal
    owner: str  # "application", "servicePrincipal"
    id: str  # keyId
    type: str  # "secret", "certificate"
    app: str = ""  # its name
    label: str = ""
    usage: str | None = None  # of a certificate: "Verify", "Sign"
    starts: Moment | None = None
    ends: Moment | None = None
    thumbprint: str | None = None  # customKeyIdentifier, in hex

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the label."""
        if self.label:
            yield Identifier(Mark.TEXT, self.label)


class FederatedCredential(Record, frozen=True, kw_only=True):
    """Whose tokens an application takes in place of a secret: a pipeline, another cloud."""

    KEY = ("application", "id")
    PART = "application"

    application: str  # id
    id: str
    name: str
    issuer: str
    subject: str  # "repo:oldmsp/deploy:ref:refs/heads/main"
    audiences: tuple[str, ...] = ()
    description: str = ""

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the issuer, and the texts."""
        yield Identifier(Mark.SERVER, self.issuer)
        for text in (self.subject, self.name, self.description):
            if text:
                yield Identifier(Mark.TEXT, text)


class ServicePrincipal(Record, frozen=True, kw_only=True):
    """An application as it acts in the tenant, whoever registered it (Graph: servicePrincipal)."""

    KEY = ("id",)

    id: str
    app_id: str | None = None
    name: str
    owner_tenant: str | None = None  # appOwnerOrganizationId: where it is registered
    type: str | None = None  # "Application", "ManagedIdentity", "Legacy", "SocialIdp"
    is_enabled: bool | None = None
    tags: tuple[str, ...] = ()
    sign_on: str | None = None  # preferredSingleSignOnMode: "saml", ...
    login_url: str | None = None
    notified: tuple[str, ...] = ()  # mail addresses told before its certificate ends
    needs_assignment: bool | None = None
    publisher: str | None = None  # that Microsoft has verified
    replies: tuple[str, ...] = ()
    audience: str | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the tenant it comes from, the places it names, and its name."""
        if self.owner_tenant:
            yield Identifier(Mark.TENANT, self.owner_tenant)
        for url in (self.login_url, *self.replies):
            if url:
                yield Identifier(Mark.SERVER, url)
        for text in (self.name, self.publisher):
            if text:
                yield Identifier(Mark.TEXT, text)


class AppPermission(Record, frozen=True, kw_only=True):
    """A permission that a service offers: the name behind the id in a grant (Graph: appRole)."""

    KEY = ("resource", "id")

    resource: str  # id of the service's ServicePrincipal
    id: str
    name: str  # "Mail.ReadWrite"


class AppRoleGrant(Record, frozen=True, kw_only=True):
    """A permission that somebody has in a service, as an application (Graph: appRoleAssignment)."""

    KEY = ("id",)
    PART = "resource"

    id: str
    principal: str  # id
    principal_type: str | None = None  # "ServicePrincipal", "User", "Group"
    principal_name: str = ""
    resource: str  # id of the service's ServicePrincipal
    resource_name: str = ""
    role: str  # id of the AppPermission; all zeros: access without a role
    created: Moment | None = None


class ConsentGrant(Record, frozen=True, kw_only=True):
    """What an application may do in the name of people (Graph: oAuth2PermissionGrant)."""

    KEY = ("id",)

    id: str
    client: str  # id of the application's ServicePrincipal
    resource: str  # id of the service's ServicePrincipal
    is_for_all: bool  # consentType AllPrincipals: for everybody in the tenant
    user: str | None = None  # id of the one user
    scopes: tuple[str, ...] = ()


class AppSignIn(Record, frozen=True, kw_only=True):
    """When an application was used last (beta: servicePrincipalSignInActivities; licence)."""

    KEY = ("app_id",)
    VOLATILE = True

    app_id: str
    last: Moment | None = None
