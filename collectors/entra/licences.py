"""What a tenant has licensed, how many of it, until when, and who sold it.

Sources: Graph reference, resource types subscribedSku, companySubscription.
"""

from collections.abc import Iterator

from collectors.rows import Row, Rows
from collectors.spec import GraphGet, collector
from inventory.model.tenant_licences import ServicePlan, SubscribedSku, TenantSubscription

SKUS = GraphGet(
    "skus",
    "/subscribedSkus",
    "LicenseAssignment.Read.All",
    "core",
    select=(
        *("id", "skuId", "skuPartNumber", "appliesTo", "capabilityStatus", "consumedUnits"),
        *("prepaidUnits", "servicePlans", "subscriptionIds"),
    ),
)
SUBSCRIPTIONS = GraphGet(
    "subscriptions",
    "/directory/subscriptions",
    "Organization.Read.All",
    "core",
    select=(
        *("id", "commerceSubscriptionId", "skuId", "skuPartNumber", "status", "totalLicenses"),
        *("createdDateTime", "nextLifecycleDateTime", "isTrial", "ownerTenantId", "ownerType"),
    ),
    why="when each ends or renews, and which partner sold it",
)


@collector("entra.skus", asks=[SKUS], tells=[SubscribedSku], source="graph")
def skus(found: Rows) -> Iterator[SubscribedSku]:
    """Yield the products that the tenant has, and how many are assigned."""
    for row in found:
        seats = row.row("prepaidUnits")
        yield SubscribedSku(
            at=row.at(),
            sku=row.needed("skuId"),
            part_number=row.needed("skuPartNumber"),
            applies_to=row.text("appliesTo"),
            status=row.text("capabilityStatus"),
            enabled=seats.number("enabled"),
            warning=seats.number("warning"),
            suspended=seats.number("suspended"),
            locked_out=seats.number("lockedOut"),
            consumed=row.number("consumedUnits"),
            plans=tuple(sorted(map(_plan, row.rows("servicePlans")))),
            subscriptions=row.texts("subscriptionIds"),
        )


def _plan(row: Row) -> ServicePlan:
    return ServicePlan(
        id=row.text("servicePlanId") or "",
        name=row.text("servicePlanName") or "",
        status=row.text("provisioningStatus") or "",
        applies_to=row.text("appliesTo") or "",
    )


@collector("entra.subscriptions", asks=[SUBSCRIPTIONS], tells=[TenantSubscription], source="graph")
def subscriptions(found: Rows) -> Iterator[TenantSubscription]:
    """Yield the subscriptions, with the tenant of the partner that sold each."""
    for row in found:
        yield TenantSubscription(
            at=row.at(),
            id=row.needed("id"),
            commerce_id=row.text("commerceSubscriptionId"),
            sku=row.text("skuId"),
            part_number=row.text("skuPartNumber") or "",
            status=row.text("status"),
            seats=row.number("totalLicenses"),
            created=row.moment("createdDateTime"),
            next_event=row.moment("nextLifecycleDateTime"),
            is_trial=row.flag("isTrial"),
            owner_tenant=row.text("ownerTenantId"),
            owner_type=row.text("ownerType"),
        )
