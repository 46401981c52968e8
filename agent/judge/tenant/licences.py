"""The licence position of a tenant: what of each product is bought, given, idle, given in vain.

Free products come with seats in the thousands that nobody bought: they are no position to judge.
"""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from agent.judge.tenant.principals import Principals
from agent.judge.tenant.tenants import Tenant
from inventory.model.moment import DAY_S, Moment
from inventory.model.record import Record
from inventory.model.tenant_accounts import TenantSignIn, TenantUser
from inventory.model.tenant_licences import SubscribedSku, TenantSubscription
from inventory.model.truth import Bounds
from inventory.snapshot import Blank, Seen

UNUSED_DAYS = 90
FREE_SEATS = 10_000  # of one product; nobody buys so many seats and gives a few of them
NEEDS: tuple[type[Record], ...] = (SubscribedSku, TenantSubscription, TenantUser, TenantSignIn)
NOT_KNOWN = Bounds(0, None)


class Position(Struct, frozen=True):
    """One product: seats and where they are. A number that is not known has no upper bound."""

    sku: str
    part_number: str
    row: Seen[SubscribedSku]
    bought: int | None  # seats that work
    assigned: int | None  # as the tenant counts them
    held: Bounds  # by users that were read
    on_closed: Bounds  # users whose sign-in is blocked
    on_unused: Bounds  # open users that were not used for 90 days
    lapsing: Bounds  # seats of subscriptions that renew or end before the handover
    next_event: Moment | None  # the first of its subscriptions to renew or end
    is_free: bool
    sellers: tuple[str, ...]  # tenants that sold subscriptions of it
    price: float | None = None  # of a seat and month, as the register says; None: not known

    @property
    def idle(self) -> int | None:
        """Return the seats that nobody has; None: not known."""
        if self.bought is None or self.assigned is None:
            return None
        return max(0, self.bought - self.assigned)

    @property
    def cost(self) -> float | None:
        """Return what a month costs; None: the price, or the number, is not known."""
        return None if self.price is None or self.bought is None else self.price * self.bought

    @property
    def idle_cost(self) -> float | None:
        """Return what idle seats cost a month; None: it is not known."""
        return None if self.price is None or self.idle is None else self.price * self.idle


def positions(
    tenant: Tenant, now: int, cutover: int | None = None, prices: Mapping[str, float] | None = None
) -> tuple[Position, ...]:
    """Return the position of each product that the tenant has, by part number.

    `prices`: of a seat and month, by sku id or part number, as people entered them.
    """
    said = {name.casefold(): price for name, price in (prices or {}).items()}
    users = _users_by_sku(tenant)
    until = max(cutover or 0, now)
    found = (_position(tenant, row, users, now, until, said) for row in tenant.rows(SubscribedSku))
    return tuple(sorted(found, key=lambda one: (one.part_number, one.sku)))


def blanks(tenant: Tenant) -> tuple[Blank, ...]:
    """Return the gaps that make numbers of the positions unknown."""
    return tenant.blanks(*NEEDS)


_Users = Mapping[str, list[Seen[TenantUser]]]


def _users_by_sku(tenant: Tenant) -> dict[str, list[Seen[TenantUser]]]:
    found: dict[str, list[Seen[TenantUser]]] = {}
    for row in tenant.once(Principals).users.values():
        for sku in {licence.sku.casefold() for licence in row.record.licences}:
            found.setdefault(sku, []).append(row)
    return found


def _position(
    tenant: Tenant,
    row: Seen[SubscribedSku],
    users: _Users,
    now: int,
    until: int,
    prices: Mapping[str, float],
) -> Position:
    one = row.record
    holding = users.get(one.sku.casefold(), [])
    whole = not tenant.blanks(TenantUser)
    used = unused_ids(tenant, now)
    subscriptions = subscriptions_of(tenant, one)
    dates = [s.record.next_event for s in subscriptions if s.record.next_event]
    by_name = prices.get(one.part_number.casefold())
    return Position(
        sku=one.sku,
        part_number=one.part_number,
        row=row,
        bought=_sum(one.enabled, one.warning),
        assigned=one.consumed,
        held=_count(holding, lambda _: True, is_whole=whole),
        on_closed=_count(holding, lambda u: u.is_enabled is False, is_whole=whole),
        on_unused=NOT_KNOWN
        if used is None
        else _count(holding, lambda u: u.id in used, is_whole=whole),
        lapsing=_lapsing(tenant, subscriptions, now, until),
        next_event=min(dates, key=lambda when: when.earliest, default=None),
        is_free=is_free(tenant, one),
        sellers=tuple(sorted({s.record.owner_tenant or "" for s in subscriptions} - {""})),
        price=prices.get(one.sku.casefold(), by_name),
    )


def _sum(enabled: int | None, warning: int | None) -> int | None:
    return None if enabled is None else enabled + (warning or 0)


def _count(
    rows: Iterable[Seen[TenantUser]], holds: Callable[[TenantUser], bool], *, is_whole: bool
) -> Bounds:
    hits = [row for row in rows if holds(row.record)]
    least = sum(not row.carried for row in hits)
    return Bounds(least, len(hits) if is_whole else None)


def subscriptions_of(tenant: Tenant, one: SubscribedSku) -> list[Seen[TenantSubscription]]:
    """Return the subscriptions of a product."""
    ids = {name.casefold() for name in one.subscriptions}
    return [
        row
        for row in tenant.rows(TenantSubscription)
        if (row.record.sku or "").casefold() == one.sku.casefold()
        or row.record.id.casefold() in ids
        or (row.record.commerce_id or "").casefold() in ids
    ]


def _lapsing(
    tenant: Tenant, rows: Iterable[Seen[TenantSubscription]], now: int, until: int
) -> Bounds:
    """Return the seats whose subscriptions renew or end until a time."""
    ending = [
        row
        for row in rows
        if row.record.next_event and now <= row.record.next_event.latest <= until
    ]
    least = sum(row.record.seats or 0 for row in ending if not row.carried)
    is_sure = not tenant.blanks(TenantSubscription) and all(row.record.seats for row in ending)
    most = sum(row.record.seats or 0 for row in ending)
    return Bounds(least, most if is_sure else None)


def is_free(tenant: Tenant, one: SubscribedSku) -> bool:
    """Return whether nobody bought a product, as far as its name and its seats say."""
    named = one.part_number.upper().endswith(("_FREE", "_VIRAL", "_ADHOC", "_EXPLORATORY"))
    return named or (one.enabled or 0) >= FREE_SEATS > (one.consumed or 0)


def unused_ids(tenant: Tenant, now: int) -> frozenset[str] | None:
    """Return the open users that were not used for 90 days; None: no use was read at all."""
    return tenant.once(_last).unused(now)


class _Last(Struct, frozen=True):
    """What is known of the last use of users."""

    users: tuple[TenantUser, ...]
    uses: dict[str, Moment | None]
    is_read: bool

    def unused(self, now: int) -> frozenset[str] | None:
        """Return the ids; a user who was made lately, or of whom no use is told, is left out."""
        if not self.is_read:
            return None
        before = now - UNUSED_DAYS * DAY_S
        return frozenset(
            one.id
            for one in self.users
            if one.is_enabled is not False
            and one.id in self.uses
            and _is_before(self.uses[one.id], before)
            and not (one.created and one.created.latest >= before)
        )


def _is_before(when: Moment | None, before: int) -> bool:
    return when is None or when.latest < before


def _last(tenant: Tenant) -> _Last:
    users = tuple(row.record for row in tenant.once(Principals).users.values())
    uses: dict[str, Moment | None] = {}
    for row in tenant.rows(TenantSignIn):
        if row.carried:
            continue
        one = row.record
        known = [when for when in (one.last, one.last_by_program, one.last_success) if when]
        uses[one.user] = max(known, key=lambda when: when.latest, default=None)
    return _Last(users, uses, tenant.is_whole(TenantSignIn))
