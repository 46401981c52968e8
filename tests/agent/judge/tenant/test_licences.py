"""The licence position of a tenant, and what of it renews when."""

from agent.judge.tenant.licences import Position, positions
from agent.judge.tenant.renewals import blanks, renewals
from inventory.model.evidence import Gap, Why
from inventory.model.moment import Moment
from inventory.model.record import Record
from inventory.model.tenant_accounts import TenantSignIn, UserLicence
from inventory.model.tenant_apps import AppCredential
from inventory.model.tenant_devices import ManagementToken
from inventory.model.tenant_licences import SubscribedSku, TenantSubscription
from inventory.model.tenant_partners import TenantName
from inventory.model.tenant_roles import RoleEligibility
from inventory.model.truth import Bounds
from tests.agent.judge.tenant.building import GLOBAL, THEIRS, tenant, user

NOW, DAY = 1_800_000_000, 86_400
LICENCE = (UserLicence(sku="sku-1"),)
SKU = SubscribedSku(
    sku="sku-1", part_number="SPB", status="Enabled", enabled=10, warning=1, consumed=4
)
SUBSCRIPTION = TenantSubscription(
    id="s",
    sku="sku-1",
    part_number="SPB",
    seats=6,
    next_event=Moment.exact(NOW + 20 * DAY),
    owner_tenant=THEIRS,
)
OPEN, CLOSED = user("open", licences=LICENCE), user("shut", licences=LICENCE, is_enabled=False)
OLD = TenantSignIn(user=OPEN.id, last=Moment.exact(NOW - 200 * DAY))


def position(*records: Record, gaps: tuple[Gap, ...] = (), **more: object) -> Position:
    (found,) = positions(tenant(records, gaps), NOW, **more)  # type: ignore[arg-type]
    return found


def test_a_position_says_where_the_seats_are() -> None:
    one = position(SKU, SUBSCRIPTION, OPEN, CLOSED, OLD, cutover=NOW + 30 * DAY)
    assert (one.bought, one.assigned, one.idle) == (11, 4, 7)
    assert (one.held, one.on_closed, one.on_unused) == (Bounds(2, 2), Bounds(1, 1), Bounds(1, 1))
    assert one.lapsing == Bounds(6, 6)
    assert one.sellers == (THEIRS,)


def test_seats_that_renew_after_the_handover_do_not_lapse_before_it() -> None:
    assert position(SKU, SUBSCRIPTION, cutover=NOW + 10 * DAY).lapsing == Bounds(0, 0)


def test_where_users_or_uses_are_refused_numbers_have_no_upper_bound() -> None:
    one = position(SKU, OPEN, gaps=(Gap(Why.UNLICENSED, "entra.sign_ins/use"),))
    assert one.held == Bounds(1, None)
    assert one.on_unused == Bounds(0, None)
    assert one.lapsing.most is None


def test_without_a_price_a_cost_is_not_known_and_never_zero() -> None:
    assert position(SKU).cost is None
    assert position(SKU).idle_cost is None
    priced = position(SKU, prices={"spb": 20.0})
    assert priced.cost == 220.0
    assert priced.idle_cost == 140.0


def test_seats_that_are_not_told_are_not_none() -> None:
    one = position(SubscribedSku(sku="sku-1", part_number="SPB"))
    assert (one.bought, one.assigned, one.idle, one.cost) == (None, None, None, None)


def test_renewals_come_by_day_with_whose_each_is() -> None:
    found = renewals(
        tenant(
            (
                SUBSCRIPTION,
                TenantName(tenant=THEIRS, name="OldMSP"),
                AppCredential(
                    object="x",
                    owner="application",
                    id="k",
                    type="secret",
                    app="Pay",
                    ends=Moment.exact(NOW + 5 * DAY),
                ),
                ManagementToken(
                    type="apple push",
                    id="t",
                    account="otto@oldmsp.example",
                    ends=Moment.exact(NOW + 9 * DAY),
                ),
                RoleEligibility(
                    id="e",
                    role=GLOBAL.id,
                    principal=OPEN.id,
                    ends=Moment.exact(NOW + 40 * DAY),
                ),
                OPEN,
            )
        )
    )
    assert [one.kind for one in found] == ["secret", "token", "subscription", "role"]
    assert [one.whose for one in found[1:]] == [
        "otto@oldmsp.example",
        "OldMSP",
        "open@client.example",
    ]


def test_what_was_refused_stands_beside_the_calendar() -> None:
    assert blanks(tenant((), (Gap(Why.DENIED, "entra.subscriptions/subscriptions"),)))
    assert not blanks(tenant(()))
