"""What a tenant has licensed, until when, and who sold it."""

from typing import Any

from agent.documents.cell import Cell, of_field
from agent.documents.views.ledger import Ledger
from agent.documents.views.tenant.tenancy import Tenancy
from inventory.model.tenant_licences import SubscribedSku, TenantSubscription

f = of_field


def _sku(one: SubscribedSku, t: Tenancy) -> tuple[Cell, ...]:
    idle = None
    if one.enabled is not None and one.consumed is not None:
        idle = max(0, one.enabled - one.consumed)
    return (
        f(t.product(one.sku)),
        f(one.status),
        f(one.enabled, "number"),
        f(one.consumed, "number"),
        f(idle, "number"),
        f(one.warning or None, "number"),
        f(one.suspended or None, "number"),
    )


def _subscription(one: TenantSubscription, t: Tenancy) -> tuple[Cell, ...]:
    seller = t.other(one.owner_tenant) if one.owner_tenant else "no seller is told"
    return (
        f(t.product(one.sku) or one.part_number),
        f(f"{one.status or 'status not told'}{', trial' if one.is_trial else ''}"),
        f(one.seats, "number"),
        t.day(one.next_event),
        f(seller),
        t.whose(tuple(one.identifiers())),
    )


LEDGERS: tuple[Ledger[Any, Tenancy], ...] = (
    Ledger(
        "Subscriptions, and who sold them",
        TenantSubscription,
        ("Product", "Status", "Seats", "Renews or ends", "Sold by", "Whose"),
        _subscription,
        lambda one: (one.next_event is None, one.next_event, one.part_number),
    ),
    Ledger(
        "Seats",
        SubscribedSku,
        ("Product", "Status", "Bought", "Assigned", "Idle", "Past their end", "Suspended"),
        _sku,
        lambda one: one.part_number,
    ),
)
