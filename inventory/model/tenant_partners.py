"""Other tenants: partners as this tenant sees them, and customers as a partner's sees them."""

from collections.abc import Iterator

from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record


class CrossTenantDefault(Record, frozen=True, kw_only=True):
    """What holds for every other tenant that has no settings of its own."""

    trusts_mfa: bool | None = None
    trusts_compliant: bool | None = None  # their word that a device is compliant
    trusts_joined: bool | None = None
    consents_inbound: bool | None = None  # guests are let in without being asked
    consents_outbound: bool | None = None
    inbound: str | None = None  # who may be a guest: "allowed", "blocked"; None: not stated
    direct_inbound: str | None = None  # who may use shared channels


class CrossTenantPartner(Record, frozen=True, kw_only=True):
    """What holds for one other tenant (Graph: crossTenantAccessPolicyConfigurationPartner)."""

    KEY = ("tenant",)

    tenant: str
    is_service_provider: bool | None = None
    is_multi_tenant: bool | None = None  # part of a multi-tenant organisation with this one
    trusts_mfa: bool | None = None  # None: as the default
    trusts_compliant: bool | None = None
    trusts_joined: bool | None = None
    consents_inbound: bool | None = None
    consents_outbound: bool | None = None
    inbound: str | None = None
    direct_inbound: str | None = None
    synchronises: bool | None = None  # users of theirs are made here; None: not told

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the tenant."""
        yield Identifier(Mark.TENANT, self.tenant)


class TenantName(Record, frozen=True, kw_only=True):
    """What another tenant is called (Graph: tenantInformation)."""

    KEY = ("tenant",)
    PART = "tenant"

    tenant: str
    name: str
    domain: str | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the tenant, its domain and its name."""
        yield Identifier(Mark.TENANT, self.tenant)
        if self.domain:
            yield Identifier(Mark.DOMAIN, self.domain)
        yield Identifier(Mark.TEXT, self.name)


class ForeignSignIn(Record, frozen=True, kw_only=True):
    """That users of another tenant signed in here (asked only when personal detail is wanted)."""

    KEY = ("tenant",)
    VOLATILE = True

    tenant: str  # homeTenantId
    count: int
    users: int
    last: Moment | None = None
    apps: tuple[str, ...] = ()  # names, the first few

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the tenant."""
        yield Identifier(Mark.TENANT, self.tenant)


class MultiTenantOrganization(Record, frozen=True, kw_only=True):
    """The multi-tenant organisation that the tenant is part of."""

    KEY = ("id",)

    id: str
    name: str
    state: str | None = None


class PartnerRelationship(Record, frozen=True, kw_only=True):
    """Delegated administration over a customer (GDAP), as the partner's own tenant sees it."""

    KEY = ("id",)

    id: str
    name: str
    status: str | None = None  # "active", "approvalPending", "terminated", "expired", ...
    customer: str | None = None  # tenant id
    customer_name: str = ""
    created: Moment | None = None
    activated: Moment | None = None
    ends: Moment | None = None
    extends: str | None = None  # autoExtendDuration, ISO 8601: "PT0S" is never
    roles: tuple[str, ...] = ()  # template ids


class PartnerAssignment(Record, frozen=True, kw_only=True):
    """Which group of the partner has which roles of a relationship."""

    KEY = ("relationship", "id")
    PART = "relationship"

    relationship: str  # id
    id: str
    group: str | None = None  # id, in the partner's tenant
    status: str | None = None
    roles: tuple[str, ...] = ()  # template ids


class PartnerContract(Record, frozen=True, kw_only=True):
    """A customer's contract, as the partner's own tenant sees it (Graph: contract)."""

    KEY = ("id",)

    id: str
    type: str | None = None  # "SyndicationPartner", "BreadthPartner", "ResellerPartner"
    customer: str  # tenant id
    domain: str | None = None
    name: str = ""
