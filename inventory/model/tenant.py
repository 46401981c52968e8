"""What a tenant is: organisation, notification addresses, domains, their federation and DNS."""

from collections.abc import Iterator

from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record


class TenantConnection(Record, frozen=True, kw_only=True):
    """As what the audit asked the tenant: its app, and the permissions that its token names."""

    login: str  # "certificate", "secret", "device code", "managed identity"
    cloud: str  # "global", "gcc-high", "dod", "china", or the host of another
    app_id: str | None = None
    object_id: str | None = None  # of the app's service principal, or of the person
    person: str = ""  # UPN, where a person logged in
    permissions: tuple[str, ...] = ()  # "User.Read.All": those of the app, or what it got to do


class Organization(Record, frozen=True, kw_only=True):
    """The organisation that the tenant belongs to (Graph: organization)."""

    KEY = ("id",)

    id: str  # the tenant's
    name: str
    type: str | None = None  # "AAD", "AAD B2C", "CIAM"
    partner_type: str | None = None  # what a partner's own tenant is; None: no partner
    created: Moment | None = None
    country: str | None = None
    default_domain: str | None = None
    initial_domain: str | None = None
    domains: tuple[str, ...] = ()  # that are verified
    is_synchronised: bool | None = None  # from a directory on the premises; None: it never was
    plans: tuple[str, ...] = ()  # service plans that are enabled: "AADPremiumService", "exchange"


class NotificationAddress(Record, frozen=True, kw_only=True):
    """A mail address to which the tenant's own notices go."""

    KEY = ("use", "mail")

    use: str  # "technical", "security", "marketing", "privacy"
    mail: str

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the address."""
        yield Identifier(Mark.MAIL, self.mail)


class TenantSync(Record, frozen=True, kw_only=True):
    """When the directory on the premises was synchronised last."""

    VOLATILE = True

    is_on: bool | None = None
    last: Moment | None = None  # None: the tenant tells of no time


class TenantDomain(Record, frozen=True, kw_only=True):
    """A domain of the tenant (Graph: domain)."""

    KEY = ("name",)

    name: str
    authentication: str | None = None  # "Managed", "Federated"
    is_default: bool = False
    is_initial: bool = False  # the one of the cloud: NAME.onmicrosoft.com
    is_verified: bool | None = None
    is_admin_managed: bool | None = None
    services: tuple[str, ...] = ()  # "Email", "OfficeCommunicationsOnline", ...
    password_days: int | None = None  # until a password ends; 2147483647: never

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the domain."""
        yield Identifier(Mark.DOMAIN, self.name)


class DomainFederation(Record, frozen=True, kw_only=True):
    """The identity provider of a federated domain (Graph: internalDomainFederation)."""

    KEY = ("domain", "id")
    PART = "domain"

    domain: str
    id: str
    issuer: str | None = None
    name: str = ""
    sign_in_url: str | None = None
    metadata_url: str | None = None
    certificate: str | None = None  # sha256:... of the DER form; None: none is told
    certificate_ends: Moment | None = None
    next_certificate_ends: Moment | None = None
    mfa_behaviour: str | None = None  # federatedIdpMfaBehavior

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the places that the provider lies at."""
        for url in (self.issuer, self.sign_in_url, self.metadata_url):
            if url:
                yield Identifier(Mark.SERVER, url)


class DomainDnsRecord(Record, frozen=True, kw_only=True):
    """A DNS record that a service of the tenant expects of a domain (Graph: domainDnsRecord)."""

    KEY = ("domain", "use", "type", "label", "value")
    PART = "domain"

    domain: str
    use: str  # "service", "verification"
    type: str  # "MX", "TXT", "CNAME", "SRV"
    label: str
    value: str
    service: str | None = None  # "Email", "Intune", ...
    is_optional: bool = False


class TenantSetting(Record, frozen=True, kw_only=True):
    """A setting of the whole tenant that no kind of its own tells: of groups, the login page."""

    KEY = ("area", "name")

    area: str  # "groups", "group lifetime", "login page", "on-premises sync", ...
    name: str
    value: str

    def identifiers(self) -> Iterator[Identifier]:
        """Yield what it says: an address or a name may stand in it."""
        yield Identifier(Mark.TEXT, self.value)
