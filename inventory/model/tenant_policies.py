"""Policies of a tenant: conditional access, places, defaults, consent, factors, other trust."""

from collections.abc import Iterator

from msgspec import Struct

from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record
from inventory.model.tenant_accounts import TenantObject


class Selection(Struct, frozen=True):
    """Whom or what a policy means: ids, or words such as "All", "None", "GuestsOrExternalUsers"."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class AccessPolicy(Record, frozen=True, kw_only=True):
    """A conditional access policy (Graph: conditionalAccessPolicy)."""

    KEY = ("id",)

    id: str
    name: str
    state: str  # "enabled", "disabled", "enabledForReportingButNotEnforced"
    created: Moment | None = None
    changed: Moment | None = None
    users: Selection = Selection()
    groups: Selection = Selection()
    roles: Selection = Selection()  # template ids
    guests: Selection = Selection()  # kinds of guests: "serviceProvider", "b2bCollaborationGuest"
    apps: Selection = Selection()  # app ids, or words
    places: Selection = Selection()  # ids of named locations, or words
    platforms: Selection = Selection()
    clients: tuple[str, ...] = ()  # clientAppTypes: "all", "exchangeActiveSync", "other", ...
    user_risks: tuple[str, ...] = ()
    sign_in_risks: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()  # "block", "mfa", "compliantDevice", ...
    operator: str | None = None  # "AND", "OR"
    strength: str | None = None  # name of the authentication strength
    is_narrowed: bool = False  # conditions stand in it that no field here tells

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the name."""
        yield Identifier(Mark.TEXT, self.name)


class NamedLocation(Record, frozen=True, kw_only=True):
    """A place that policies know by networks or countries."""

    KEY = ("id",)

    id: str
    name: str
    is_trusted: bool | None = None
    networks: tuple[str, ...] = ()  # CIDR
    countries: tuple[str, ...] = ()

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the networks, and the name."""
        for network in self.networks:
            yield Identifier(Mark.ADDRESS, network)
        yield Identifier(Mark.TEXT, self.name)


class SecurityDefaults(Record, frozen=True, kw_only=True):
    """Whether Microsoft's security defaults hold."""

    is_on: bool


class AuthorizationPolicy(Record, frozen=True, kw_only=True):
    """What every user, and every guest, may do (Graph: authorizationPolicy)."""

    invites: str | None = None  # allowInvitesFrom: "none", "adminsAndGuestInviters", "everyone"
    guest_role: str | None = None  # template id of what guests may see
    consents: tuple[str, ...] = ()  # permission grant policies: how users may consent to apps
    makes_apps: bool | None = None
    makes_groups: bool | None = None
    makes_tenants: bool | None = None
    reads_others: bool | None = None
    resets_by_mail: bool | None = None  # administrators reset their own password
    blocks_old_powershell: bool | None = None


class ConsentRequests(Record, frozen=True, kw_only=True):
    """Whether users can ask for an app, and who answers (Graph: adminConsentRequestPolicy)."""

    is_on: bool | None = None
    notifies: bool | None = None
    reviewers: tuple[str, ...] = ()  # queries: "/users/ID", "/groups/ID/transitiveMembers", ...


class FactorPolicy(Record, frozen=True, kw_only=True):
    """Whether a factor may be used, and by whom (Graph: authenticationMethodConfiguration)."""

    KEY = ("factor",)

    factor: str  # "Fido2", "MicrosoftAuthenticator", "Sms", "Voice", "TemporaryAccessPass", ...
    state: str | None = None  # "enabled", "disabled"
    include: tuple[str, ...] = ()  # ids of groups, or "all_users"
    exclude: tuple[str, ...] = ()


class AuthenticationStrength(Record, frozen=True, kw_only=True):
    """A named set of factors that a policy may ask for."""

    KEY = ("id",)

    id: str
    name: str
    type: str | None = None  # "builtIn", "custom"
    allows: tuple[str, ...] = ()


class AppCredentialPolicy(Record, frozen=True, kw_only=True):
    """How long secrets of applications may live (Graph: tenantAppManagementPolicy)."""

    is_on: bool | None = None
    limits: tuple[str, ...] = ()  # "passwordLifetime P180D", "passwordAddition"


class DeviceRegistration(Record, frozen=True, kw_only=True):
    """Who may register and join devices (Graph: deviceRegistrationPolicy)."""

    most_devices: int | None = None  # of one user
    needs_mfa: bool | None = None
    joins: str | None = None  # "all", "selected", "none"
    registers: str | None = None
    local_password: bool | None = None  # whether local administrator passwords are kept


class CertificateTrust(Record, frozen=True, kw_only=True):
    """A certificate authority whose certificates log in (certificateBasedAuthConfiguration)."""

    KEY = ("fingerprint",)

    fingerprint: str  # sha256:... of the DER form, or the subject where none can be read
    subject: str = ""
    issuer: str = ""
    is_root: bool | None = None
    ends: Moment | None = None
    revocation_url: str | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the names in it, and where it is revoked."""
        for text in (self.subject, self.issuer):
            if text:
                yield Identifier(Mark.TEXT, text)
        if self.revocation_url:
            yield Identifier(Mark.SERVER, self.revocation_url)


class IdentityProvider(Record, frozen=True, kw_only=True):
    """Another provider whose people may sign in (Graph: identityProviderBase)."""

    KEY = ("id",)

    id: str
    name: str
    type: str | None = None  # "Google", "samlOrWsFedExternalDomainFederation", ...
    issuer: str | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the issuer and the name."""
        if self.issuer:
            yield Identifier(Mark.SERVER, self.issuer)
        yield Identifier(Mark.TEXT, self.name)


class SharingPolicy(Record, frozen=True, kw_only=True):
    """How far files may be shared from SharePoint and OneDrive (Graph: sharepointSettings)."""

    sharing: str | None = None  # "disabled", "externalUserAndGuestSharing", ...
    legacy_login: bool | None = None  # isLegacyAuthProtocolsEnabled
    allowed_domains: tuple[str, ...] = ()
    blocked_domains: tuple[str, ...] = ()
    reshares: bool | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the domains that are allowed."""
        for domain in self.allowed_domains:
            yield Identifier(Mark.DOMAIN, domain)


class AccessReview(Record, frozen=True, kw_only=True):
    """A review of who may go on having access, and who does it (licence)."""

    KEY = ("id",)

    id: str
    name: str
    status: str | None = None
    reviewers: tuple[TenantObject, ...] = ()
