"""Which other tenants have a place in this one; and, in a partner's own, which customers it has.

An empty list proves that no tenant has settings of its own here, never that there is no partner:
Graph does not tell a customer of its delegated administration (the page Partner relationships).
Sources: Graph reference, resource types crossTenantAccessPolicyConfigurationDefault and Partner,
tenantInformation, signIn, multiTenantOrganization, delegatedAdminRelationship, contract.
"""

from collections.abc import Iterator

from collectors.microsoft_tenants import MICROSOFT
from collectors.rows import Row, Rows, every_id
from collectors.spec import Each, GraphGet, Unreadable, collector
from inventory.model.moment import Moment
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

POLICY = "Policy.Read.All"
DEFAULT = GraphGet(
    "default",
    "/policies/crossTenantAccessPolicy/default",
    POLICY,
    "core",
    shape="one",
    empty="gap",
)


def _partners(row: Row) -> Iterator[str]:
    if tenant := row.text("tenantId"):
        yield tenant.lower()


_PARTNERS = Each(
    "/policies/crossTenantAccessPolicy/partners", _partners, select=("tenantId",), top=0
)
SYNCHRONISED = GraphGet(
    "synchronised",
    "/policies/crossTenantAccessPolicy/partners/{key}/identitySynchronization",
    POLICY,
    "core",
    shape="one",
    each=(_PARTNERS,),
    absent="none",  # nothing is set for it
    why="whose users are made here by synchronisation",
)
PARTNERS = GraphGet(
    "partners",
    "/policies/crossTenantAccessPolicy/partners",
    POLICY,
    "core",
    select=(
        *("tenantId", "isServiceProvider", "isInMultiTenantOrganization", "inboundTrust"),
        *("b2bCollaborationInbound", "b2bDirectConnectInbound", "automaticUserConsentSettings"),
    ),
)


def _sellers(row: Row) -> Iterator[str]:
    if tenant := row.text("ownerTenantId"):
        yield tenant.lower()


def _owners(row: Row) -> Iterator[str]:
    tenant = (row.text("appOwnerOrganizationId") or "").lower()
    if tenant and tenant not in MICROSOFT:
        yield tenant


NAMES = GraphGet(
    "names",
    "/tenantRelationships/findTenantInformationByTenantId(tenantId='{key}')",
    "CrossTenantInformation.ReadBasic.All",
    "core",
    shape="one",
    each=(
        Each("/directory/subscriptions", _sellers, select=("id", "ownerTenantId"), top=0),
        Each("/servicePrincipals", _owners, select=("id", "appOwnerOrganizationId")),
        _PARTNERS,
    ),
    absent="none",
    why="what the tenants of sellers, partners and application makers are called",
)
SIGN_INS = GraphGet(
    "sign_ins",
    "/auditLogs/signIns",
    "AuditLog.Read.All",
    "audit",
    select=(
        *("id", "createdDateTime", "userId", "appDisplayName", "homeTenantId"),
        "resourceTenantId",
    ),
    filter="createdDateTime ge {now-30d}",
    top=1000,
    licence="Entra ID P1",
    budget="reports",
    personal=True,
    why="whether people of other tenants still come in",
)
MULTI = GraphGet(
    "multi",
    "/tenantRelationships/multiTenantOrganization",
    "MultiTenantOrganization.Read.All",
    "core",
    shape="one",
    absent="none",
)
GDAP = "DelegatedAdminRelationship.Read.All"
RELATIONS = GraphGet(
    "relations",
    "/tenantRelationships/delegatedAdminRelationships",
    GDAP,
    "core",
    top=300,
    side="partner",
    clouds=("global", "gcc-high", "dod"),
)


ACCESS = GraphGet(
    "access",
    "/tenantRelationships/delegatedAdminRelationships/{key}/accessAssignments",
    GDAP,
    "core",
    side="partner",
    each=(Each("/tenantRelationships/delegatedAdminRelationships", every_id, top=300),),
    clouds=("global", "gcc-high", "dod"),
)
CONTRACTS = GraphGet(
    "contracts",
    "/contracts",
    "Directory.Read.All",
    "core",
    select=("id", "contractType", "customerId", "defaultDomainName", "displayName"),
    side="partner",
)
MOST_APPS = 5


@collector("entra.cross_tenant_default", asks=[DEFAULT], tells=[CrossTenantDefault], source="graph")
def cross_tenant_default(found: Rows) -> Iterator[CrossTenantDefault]:
    """Yield what holds for every other tenant that has no settings of its own."""
    for row in found:
        trust, consent = row.row("inboundTrust"), row.row("automaticUserConsentSettings")
        yield CrossTenantDefault(
            at=row.at(),
            trusts_mfa=trust.flag("isMfaAccepted"),
            trusts_compliant=trust.flag("isCompliantDeviceAccepted"),
            trusts_joined=trust.flag("isHybridAzureADJoinedDeviceAccepted"),
            consents_inbound=consent.flag("inboundAllowed"),
            consents_outbound=consent.flag("outboundAllowed"),
            inbound=_access(row.row("b2bCollaborationInbound")),
            direct_inbound=_access(row.row("b2bDirectConnectInbound")),
        )


def _access(setting: Row) -> str | None:
    return setting.row("usersAndGroups").text("accessType")


@collector(
    "entra.partners", asks=[SYNCHRONISED, PARTNERS], tells=[CrossTenantPartner], source="graph"
)
def partners(synchronised: Rows, found: Rows) -> Iterator[CrossTenantPartner]:
    """Yield the tenants with settings of their own; service providers among them."""
    told = {row.key: row.row("userSyncInbound").flag("isSyncAllowed") for row in synchronised}
    unknown = {gap.part for gap in synchronised.gaps}
    for row in found:
        tenant = row.needed("tenantId").lower()
        row.stands_for(tenant)
        is_hidden = not tenant or bool(unknown & {"", tenant})
        trust, consent = row.row("inboundTrust"), row.row("automaticUserConsentSettings")
        yield CrossTenantPartner(
            at=row.at("tenantId"),
            tenant=tenant,
            is_service_provider=row.flag("isServiceProvider"),
            is_multi_tenant=row.flag("isInMultiTenantOrganization"),
            trusts_mfa=trust.flag("isMfaAccepted"),
            trusts_compliant=trust.flag("isCompliantDeviceAccepted"),
            trusts_joined=trust.flag("isHybridAzureADJoinedDeviceAccepted"),
            consents_inbound=consent.flag("inboundAllowed"),
            consents_outbound=consent.flag("outboundAllowed"),
            inbound=_access(row.row("b2bCollaborationInbound")),
            direct_inbound=_access(row.row("b2bDirectConnectInbound")),
            synchronises=told.get(tenant, None if is_hidden else False),
        )


@collector("entra.tenant_names", asks=[NAMES], tells=[TenantName], source="graph")
def tenant_names(found: Rows) -> Iterator[TenantName]:
    """Yield what other tenants are called."""
    for row in found:
        yield TenantName(
            at=row.at(),
            tenant=row.key,
            name=row.text("displayName") or "",
            domain=row.text("defaultDomainName"),
        )


@collector("entra.foreign_sign_ins", asks=[SIGN_INS], tells=[ForeignSignIn], source="graph")
def foreign_sign_ins(found: Rows) -> Iterator[ForeignSignIn | Unreadable]:
    """Yield from which other tenants people signed in within 30 days, and how often."""
    told: dict[str, _Tally] = {}
    untold: Row | None = None  # the first that does not say between which tenants it was
    for row in found:
        home, here = row.text("homeTenantId"), row.text("resourceTenantId")
        if not (home and here):
            untold = untold or row
        elif home.lower() != here.lower():
            told.setdefault(home.lower(), _Tally(row)).add(row)
    if untold:
        yield Unreadable(untold.at("homeTenantId"), "from which tenant somebody came is not told")
    for tenant in sorted(told):
        yield told[tenant].record(tenant)


class _Tally:
    """The sign-ins from one tenant."""

    def __init__(self, row: Row) -> None:
        self._at = row.at()
        self._count = 0
        self._users: set[str] = set()
        self._apps: set[str] = set()
        self._last: Moment | None = None

    def add(self, row: Row) -> None:
        """Count a sign-in."""
        self._count += 1
        self._users.add(row.text("userId") or "")
        if app := row.text("appDisplayName"):
            self._apps.add(app)
        when = row.moment("createdDateTime")
        if when and (self._last is None or when > self._last):
            self._last = when

    def record(self, tenant: str) -> ForeignSignIn:
        """Return them as one record."""
        apps = tuple(sorted(self._apps)[:MOST_APPS])
        return ForeignSignIn(
            at=self._at,
            tenant=tenant,
            count=self._count,
            users=len(self._users),
            last=self._last,
            apps=apps,
        )


@collector("entra.multi_tenant", asks=[MULTI], tells=[MultiTenantOrganization], source="graph")
def multi_tenant(found: Rows) -> Iterator[MultiTenantOrganization]:
    """Yield the multi-tenant organisation that the tenant is part of."""
    for row in found:
        if row.text("state") != "inactive":
            yield MultiTenantOrganization(
                at=row.at(),
                id=row.text("id") or "",
                name=row.text("displayName") or "",
                state=row.text("state"),
            )


@collector("entra.relationships", asks=[RELATIONS], tells=[PartnerRelationship], source="graph")
def relationships(found: Rows) -> Iterator[PartnerRelationship]:
    """Yield over which customers a partner's own tenant has delegated administration."""
    for row in found:
        customer = row.row("customer")
        roles = row.row("accessDetails").rows("unifiedRoles")
        yield PartnerRelationship(
            at=row.at(),
            id=row.needed("id"),
            name=row.text("displayName") or "",
            status=row.text("status"),
            customer=customer.text("tenantId"),
            customer_name=customer.text("displayName") or "",
            created=row.moment("createdDateTime"),
            activated=row.moment("activatedDateTime"),
            ends=row.moment("endDateTime"),
            extends=row.text("autoExtendDuration"),
            roles=tuple(sorted({one.needed("roleDefinitionId") for one in roles} - {""})),
        )


@collector("entra.relationship_access", asks=[ACCESS], tells=[PartnerAssignment], source="graph")
def relationship_access(found: Rows) -> Iterator[PartnerAssignment]:
    """Yield which groups of a partner have which roles over customers."""
    for row in found:
        roles = row.row("accessDetails").rows("unifiedRoles")
        yield PartnerAssignment(
            at=row.at(),
            relationship=row.key,
            id=row.needed("id"),
            group=row.row("accessContainer").text("accessContainerId"),
            status=row.text("status"),
            roles=tuple(sorted({one.needed("roleDefinitionId") for one in roles} - {""})),
        )


@collector("entra.contracts", asks=[CONTRACTS], tells=[PartnerContract], source="graph")
def contracts(found: Rows) -> Iterator[PartnerContract]:
    """Yield the contracts of a partner's own tenant with customers."""
    for row in found:
        yield PartnerContract(
            at=row.at(),
            id=row.needed("id"),
            type=row.text("contractType"),
            customer=row.needed("customerId"),
            domain=row.text("defaultDomainName"),
            name=row.text("displayName") or "",
        )
