"""Licences of a tenant: what ends, what is missing, what is paid for in vain, who sold it."""

from collections import Counter
from collections.abc import Iterator

from agent.judge.case import Severity, Verdict
from agent.judge.holds.kind import TenantScene
from agent.judge.holds.tenant_form import tenant_marks, tenant_name
from agent.judge.rules.entra_words import ends_by, is_ours, joined, leavers
from agent.judge.rules.rule import Hit, Per, Subject, broken, hit, rule, unclear
from agent.judge.rules.words import plural
from agent.judge.tenant.licences import is_free, positions, subscriptions_of, unused_ids
from agent.judge.tenant.principals import Principals, called
from inventory.model.record import Record
from inventory.model.tenant import Organization
from inventory.model.tenant_accounts import GroupLicenceError, TenantSignIn, TenantUser
from inventory.model.tenant_licences import SubscribedSku, TenantSubscription
from inventory.model.tenant_partners import TenantName
from inventory.snapshot import Seen

SOON_DAYS = 60
IDLE_PERCENT = 10
_BOTH: tuple[type[Record], ...] = (SubscribedSku, TenantSubscription)
_GOOD = "enabled"


def _product(row: Seen[TenantSubscription]) -> str:
    return row.record.part_number or row.record.sku or row.record.id


@rule(
    "entra.subscription-ends",
    "No subscription renews or ends around the handover",
    Severity.CRITICAL,
    needs=(TenantSubscription,),
    per=Per.TENANT,
    reason="When nobody pays on that day, mail and files stop some weeks later; when the wrong one "
    "pays, the client is bound to them for another term.",
    remedy="Agree who renews it, with whom, and who pays, before that day.",
)
def subscription_ends(subject: Subject) -> Iterator[Hit]:
    """Yield the subscriptions with an event until 60 days after the handover."""
    for row in subject.tenant.rows(TenantSubscription):
        one = row.record
        if (one.status or _GOOD).casefold() == _GOOD and ends_by(
            subject, one.next_event, SOON_DAYS
        ):
            seats = "" if one.seats is None else f" ({plural(one.seats, 'seat')})"
            says = f"{_product(row)}{seats} renews or ends on {one.next_event}"
            yield broken(row, says, one.id)
        elif one.next_event is None and (one.status or "").casefold() == _GOOD:
            yield unclear(row, f"when {_product(row)} renews or ends is not told", one.id)


@rule(
    "entra.reseller",
    "No subscription is sold by the provider who leaves",
    Severity.HIGH,
    needs=(TenantSubscription, TenantName, Organization),
    per=Per.TENANT,
    reason="It is billed by the old provider: when their contract ends, so does the licence.",
    remedy="Have the new provider take it over, or buy it anew, before the old contract ends.",
)
def reseller(subject: Subject) -> Iterator[Hit]:
    """Yield the subscriptions of the leaver's; of a seller that no party is told by: not known."""
    scene, own = subject.scene, subject.tenant.id
    if not isinstance(scene, TenantScene):
        raise TypeError("only a rule per tenant has one")
    for row in subject.tenant.rows(TenantSubscription):
        seller = row.record.owner_tenant
        if seller is None or seller == own:
            continue
        marks = tenant_marks(scene, seller)
        says = f"{_product(row)} was sold by {tenant_name(scene, seller)}"
        found = tuple(leavers(subject, marks, says, row.record.id, row))
        yield from found
        if not found and not is_ours(subject, marks):
            yield unclear(row, f"{says}; whose tenant that is is not known", row.record.id)


@rule(
    "entra.subscription-state",
    "Every subscription is paid and enabled",
    Severity.HIGH,
    needs=_BOTH,
    per=Per.TENANT,
    reason="What is in warning or suspended is deleted next, with the data in it.",
    remedy="Find out what is not paid; pay it, or move what lies in it before it is deleted.",
)
def subscription_state(subject: Subject) -> Iterator[Hit]:
    """Yield the subscriptions and products that are not enabled."""
    for row in subject.tenant.rows(TenantSubscription):
        state = row.record.status
        if state is None:
            yield unclear(row, f"the state of {_product(row)} is not told", row.record.id)
        elif state.casefold() != _GOOD:
            yield broken(row, f"{_product(row)} is {state}", row.record.id)
    for sku in subject.tenant.rows(SubscribedSku):
        if sku.record.status is not None and sku.record.status.casefold() != _GOOD:
            says = f"{sku.record.part_number} is {sku.record.status}"
            yield broken(sku, says, sku.record.sku)


@rule(
    "entra.trial",
    "Nobody works with a trial",
    Severity.MEDIUM,
    needs=_BOTH,
    per=Per.TENANT,
    reason="It ends by itself within weeks, and what people keep in it goes.",
    remedy="Buy it, or take it from those who have it.",
)
def trial(subject: Subject) -> Iterator[Hit]:
    """Yield the products that are given to people and of which every subscription is a trial."""
    for row in subject.tenant.rows(SubscribedSku):
        subscriptions = subscriptions_of(subject.tenant, row.record)
        kinds = {one.record.is_trial for one in subscriptions}
        if not subscriptions or False in kinds or row.record.consumed == 0:
            continue
        name = row.record.part_number
        if kinds == {True} and row.record.consumed is not None:
            says = f"{name} is a trial, and {plural(row.record.consumed, 'seat')} of it are given"
            yield joined(Verdict.NOT_MET, says, row.record.sku, row, *subscriptions)
        else:
            yield unclear(row, f"whether {name} is a trial in use is not told", row.record.sku)


@rule(
    "entra.seats",
    "No product has more seats given than bought",
    Severity.MEDIUM,
    needs=(*_BOTH, TenantUser, TenantSignIn),
    per=Per.TENANT,
    reason="Somebody loses mail or files without warning, or the licence terms are broken.",
    remedy="Buy what is missing, or take seats back from those who do not need them.",
)
def seats(subject: Subject) -> Iterator[Hit]:
    """Yield the products that are short now, and those that are once subscriptions lapse."""
    dates = subject.case.dates
    for one in positions(subject.tenant, subject.now, dates.cutover):
        if one.bought is None or one.assigned is None:
            yield unclear(one.row, f"how many of {one.part_number} there are is not told", one.sku)
        elif one.assigned > one.bought:
            says = f"{one.assigned} of {one.part_number} are given, {one.bought} are bought"
            yield broken(one.row, says, one.sku)
        elif one.assigned > one.bought - one.lapsing.least:
            left = one.bought - one.lapsing.least
            says = f"{one.assigned} of {one.part_number} are given; {max(0, left)} are left at the "
            says += "handover when what is due before is not renewed"
            yield broken(one.row, says, one.sku)


@rule(
    "entra.idle-seats",
    "Few seats that are paid for are idle",
    Severity.LOW,
    needs=(SubscribedSku,),
    per=Per.TENANT,
    reason="They are paid for month by month, and are renewed with the rest.",
    remedy="Buy fewer at the next renewal.",
)
def idle_seats(subject: Subject) -> Iterator[Hit]:
    """Yield the products of which more than a tenth is given to nobody; free ones left out."""
    for row in subject.tenant.rows(SubscribedSku):
        one = row.record
        if is_free(subject.tenant, one):
            continue
        if one.enabled is None or one.consumed is None:
            yield unclear(row, f"how many of {one.part_number} are idle is not told", one.sku)
        elif (one.enabled - one.consumed) * 100 > one.enabled * IDLE_PERCENT:
            says = f"{one.enabled - one.consumed} of {plural(one.enabled, 'seat')} of "
            yield broken(row, f"{says}{one.part_number} are given to nobody", one.sku)


@rule(
    "entra.licence-on-closed",
    "No licence is given to a closed account",
    Severity.MEDIUM,
    needs=(TenantUser,),
    per=Per.TENANT,
    reason="It is paid for, and nobody can use it. A mailbox may hang on it: look first.",
    remedy="Make the mailbox a shared one, or keep what is in it; then take the licence back.",
)
def licence_on_closed(subject: Subject) -> Iterator[Hit]:
    """Yield the accounts whose sign-in is blocked and that have a licence."""
    for row in subject.tenant.once(Principals).users.values():
        if row.record.licences and row.record.is_enabled is False:
            number = plural(len({one.sku for one in row.record.licences}), "licence")
            name = called(row.record)
            yield broken(row, f"{name} is closed and has {number}", name)


@rule(
    "entra.licence-unused",
    "Every licence is given to somebody who uses it",
    Severity.MEDIUM,
    needs=(TenantUser, TenantSignIn),
    per=Per.TENANT,
    reason="It is paid for month by month, and nobody misses it.",
    remedy="Ask the owner; take the licence back, and buy fewer at the next renewal.",
)
def licence_unused(subject: Subject) -> Iterator[Hit]:
    """Yield the open accounts with a licence that were not used for 90 days."""
    unused = unused_ids(subject.tenant, subject.now) or frozenset()
    for row in subject.tenant.once(Principals).users.values():
        if row.record.licences and row.record.id in unused:
            name = called(row.record)
            yield broken(row, f"{name} has a licence and was not seen for 90 days", name)


@rule(
    "entra.licence-error",
    "Every licence reached the one it was given to",
    Severity.MEDIUM,
    needs=(TenantUser, GroupLicenceError),
    per=Per.TENANT,
    reason="Somebody lacks mail or files, and the list says that they have them.",
    remedy="Resolve the conflict, or buy what is missing, and process the group again.",
)
def licence_error(subject: Subject) -> Iterator[Hit]:
    """Yield the users and groups of which the tenant says that a licence failed."""
    for row in subject.tenant.once(Principals).users.values():
        errors = sorted({one.error for one in row.record.licences if one.error})
        if errors:
            name = called(row.record)
            yield broken(row, f"a licence of {name} failed: {', '.join(errors)}", name)
    for group in subject.tenant.rows(GroupLicenceError):
        says = f"members of {group.record.name} lack the licence that it gives"
        yield broken(group, says, group.record.group)


@rule(
    "entra.licence-way",
    "Licences come by groups",
    Severity.INFO,
    needs=(TenantUser, SubscribedSku),
    per=Per.TENANT,
    reason="What was given one by one is forgotten when somebody comes or goes.",
    remedy="Give licences to groups; write down what was given to people directly.",
)
def licence_way(subject: Subject) -> Iterator[Hit]:
    """Yield the products that were given to people directly, and to how many."""
    names = {row.record.sku: row.record.part_number for row in subject.tenant.rows(SubscribedSku)}
    rows = [row for row in subject.tenant.once(Principals).users.values() if not row.carried]
    direct = Counter(
        sku for row in rows for sku in {one.sku for one in row.record.licences if one.group is None}
    )
    shown = {one.sku: row for row in rows for one in row.record.licences if one.group is None}
    for sku, number in sorted(direct.items()):
        says = f"{names.get(sku, sku)} is given to {plural(number, 'account')} directly"
        yield hit(Verdict.NOT_MET, shown[sku], says, sku)
