"""What a tenant has licensed: products with their seats, and subscriptions with their seller."""

from collections.abc import Iterator

from msgspec import Struct

from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record


class ServicePlan(Struct, frozen=True, order=True):
    """A service in a product."""

    id: str
    name: str  # "AAD_PREMIUM_P2", "INTUNE_A"
    status: str  # "Success", "PendingProvisioning", "Disabled", ...
    applies_to: str = ""  # "User", "Company"


class SubscribedSku(Record, frozen=True, kw_only=True):
    """A product that the tenant has, and how many of it (Graph: subscribedSku)."""

    KEY = ("sku",)

    sku: str  # skuId
    part_number: str  # "SPB"
    applies_to: str | None = None  # "User", "Company"
    status: str | None = None  # "Enabled", "Warning", "Suspended", "Deleted", "LockedOut"
    enabled: int | None = None  # seats
    warning: int | None = None  # seats past their end that still work
    suspended: int | None = None
    locked_out: int | None = None
    consumed: int | None = None
    plans: tuple[ServicePlan, ...] = ()
    subscriptions: tuple[str, ...] = ()  # ids


class TenantSubscription(Record, frozen=True, kw_only=True):
    """A subscription: what, how many, until when, and who sold it (Graph: companySubscription)."""

    KEY = ("id",)

    id: str
    commerce_id: str | None = None
    sku: str | None = None
    part_number: str = ""
    status: str | None = None  # "Enabled", "Warning", "Suspended", "Deleted", "LockedOut"
    seats: int | None = None
    created: Moment | None = None
    next_event: Moment | None = None  # nextLifecycleDateTime: it renews, ends or is deleted then
    is_trial: bool | None = None
    owner_tenant: str | None = None  # of the partner that sold it; None: bought directly
    owner_type: str | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the tenant of the seller."""
        if self.owner_tenant:
            yield Identifier(Mark.TENANT, self.owner_tenant)
