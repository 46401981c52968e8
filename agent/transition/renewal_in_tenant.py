"""Proofs about a tenant: an administrator who was used, spare accounts, secrets made anew."""

from collections.abc import Iterator

from msgspec import Struct

from agent.judge.case import Hold
from agent.judge.holds.tenant_people import last_use
from agent.judge.matching import of_role
from agent.judge.tenant.principals import Principals
from agent.judge.tenant.spare import NEEDS, global_administrators, spare_accounts
from agent.judge.tenant.tenants import Tenant
from agent.judge.tenant.way_in import staying
from agent.transition.item import ItemVerdict
from agent.transition.memory import BoxMemory, ItemMemory
from agent.transition.present import Present
from agent.transition.proofs import Ruling
from agent.transition.wording import bounded, listed
from inventory.model.moment import Moment, iso_day
from inventory.model.party import Role
from inventory.model.tenant_apps import AppCredential
from inventory.model.truth import Truth, all_of
from inventory.snapshot import Seen

OPEN, DONE, UNKNOWN = ItemVerdict.OPEN, ItemVerdict.DONE, ItemVerdict.CANNOT_TELL
SPARE = 2  # accounts for emergencies
CREDENTIAL = "credential"  # the mark that remembers one by its id
_VERDICTS = {Truth.YES: DONE, Truth.NO: OPEN, Truth.UNKNOWN: UNKNOWN}


class GlobalAdministratorTested(Struct, frozen=True):
    """Proved by a Global Administrator of a party that stays, who signed in since."""

    def says(self, present: Present, item: ItemMemory) -> str:
        """Return what an audit has to see, and what people may attest instead."""
        return (
            "an audit that sees a Global Administrator of the client or the incoming party in "
            f"{listed(item.targets)}, signed in since; or two people of two parties attest the "
            "sign-in"
        )

    def decide(self, present: Present, box: BoxMemory) -> Ruling:
        """Return open while there is none; one that was not used since is not tested."""
        tenant = present.tenants.get(box.target)
        found = tuple(_of_those_who_stay(present, tenant)) if tenant else ()
        if tenant is None or not found:
            blanks = present.hidden.get(box.target, ())
            text = (
                f"no Global Administrator of a party that stays is proved in audit {present.audit}"
            )
            return Ruling(UNKNOWN if blanks or not tenant else OPEN, text, "", blanks)
        seen = "; ".join(hold.title for hold in found)
        places = "; ".join(dict.fromkeys(str(p) for hold in found for p in hold.evidence))
        if any(_used_since(tenant, hold, box.seen) for hold in found):
            return Ruling(DONE, f"used since: {seen}", places)
        return Ruling(UNKNOWN, f"seen, and not seen used since: {seen}", places)


def _of_those_who_stay(present: Present, tenant: Tenant) -> Iterator[Hold]:
    for way in global_administrators(tenant):
        kind = "tenant role by group" if way.by else "tenant role"
        one = present.judged.get(bounded(f"{kind} {tenant.name} {way.name}"))
        hold = staying(one) if one else None
        if hold is not None:
            yield hold


def _used_since(tenant: Tenant, hold: Hold, since: int) -> bool:
    user = hold.key.removeprefix(f"{hold.kind} {hold.target} ").partition(" ")[0]
    use = tenant.once(last_use).get(user)
    if use is None or use.carried:
        return False
    times = (use.record.last, use.record.last_success)
    return any(one.after(Moment.exact(since)) is Truth.YES for one in times if one is not None)


class SpareAccounts(Struct, frozen=True):
    """Proved by two accounts for emergencies that are not the leaver's."""

    def says(self, present: Present, item: ItemMemory) -> str:
        """Return what an audit has to see."""
        return (
            f"an audit that sees two accounts of the cloud alone in {listed(item.targets)} that "
            "are Global Administrator for good, left out of one policy for everybody, and not the "
            "leaving party's; or two people of two parties attest them"
        )

    def decide(self, present: Present, box: BoxMemory) -> Ruling:
        """Return done for two, open for fewer when all was read."""
        tenant = present.tenants.get(box.target)
        if tenant is None:
            return Ruling(UNKNOWN, f"audit {present.audit} did not ask it")
        ways = [
            way
            for way in spare_accounts(tenant)
            if not way.carried and not _is_leavers(present, tenant, way.name)
        ]
        blanks = present.blanks(box.target, tuple(need.__name__ for need in NEEDS))
        seen = ", ".join(way.holder.name for way in ways) or "none"
        text = f"{len(ways)} seen in audit {present.audit}: {seen}"
        places = "; ".join(dict.fromkeys(str(p) for way in ways for p in way.evidence))
        if len(ways) >= SPARE and not blanks:
            return Ruling(DONE, text, places)
        return Ruling(UNKNOWN if blanks else OPEN, text, places, blanks)


def _is_leavers(present: Present, tenant: Tenant, name: str) -> bool:
    one = present.judged.get(bounded(f"tenant role {tenant.name} {name}"))
    return one is None or of_role(one.matches, Role.OUTGOING) is not None


class PasswordRenewed(Struct, frozen=True):
    """Proved by the tenant's date of a password, after the leaver's access ended."""

    def says(self, present: Present, item: ItemMemory) -> str:
        """Return after which day it must have been set."""
        where = listed(item.targets)
        return f"an audit of {where} that sees it set after {_day(present)}, or its sign-in blocked"

    def decide(self, present: Present, box: BoxMemory) -> Ruling:
        """Return done for a later date, or an account that is gone or blocked."""
        tenant = present.tenants.get(box.target)
        row = tenant.once(Principals).users.get(box.subject) if tenant else None
        if row is None or row.carried:
            return _unseen(present, box, ("TenantUser",), "the account is gone")
        evidence = str(row.evidence)
        if row.record.is_enabled is False:
            return Ruling(DONE, f"its sign-in is blocked in audit {present.audit}", evidence)
        when = row.record.password_set
        if when is None:
            return Ruling(UNKNOWN, "the tenant does not say when it was set", evidence)
        return _judged(present, f"set {when}", _after(present, when), evidence)


class CredentialsRenewed(Struct, frozen=True):
    """Proved by credentials that all began after the leaver's access ended.

    Whoever makes a credential says when it begins. One that an audit saw before the end is old,
    whatever it says, and one that has not begun yet proves nothing.
    """

    def says(self, present: Present, item: ItemMemory) -> str:
        """Return what an audit has to see of the application."""
        return (
            f"an audit that reads the credentials of {listed(item.targets)} whole, and sees of "
            f"this application only such as began after {_day(present)}, or none"
        )

    def decide(self, present: Present, box: BoxMemory) -> Ruling:
        """Return open while one works that is older; one without a beginning cannot be told."""
        tenant = present.tenants.get(box.target)
        rows = (
            tuple(live_credentials(tenant, box.subject, present.case.dates.now)) if tenant else ()
        )
        fresh = [row for row in rows if not row.carried]
        if not fresh:
            return _unseen(present, box, ("AppCredential",), "it has no credential that works")
        began = [(row, _is_new(present, box, row.record)) for row in fresh]
        old = [row for row, is_new in began if is_new is Truth.NO]
        truth = all_of(is_new for _, is_new in began)
        told = ", ".join(_said(row.record) for row in (old or fresh)[:3])
        blanks = present.blanks(box.target, ("AppCredential",)) if truth is Truth.YES else ()
        if blanks:
            return Ruling(UNKNOWN, f"{told}; not all were read", "", blanks)
        evidence = "; ".join(dict.fromkeys(str(row.evidence) for row in fresh))
        return _judged(present, told, truth, evidence)


def _is_new(present: Present, box: BoxMemory, one: AppCredential) -> Truth:
    """Tell whether a credential came after the leaver's access ended."""
    ended = present.case.dates.access_ended
    if ended is not None and box.seen <= ended and (CREDENTIAL, one.id) in box.marks:
        return Truth.NO
    is_later = one.starts is not None and one.starts.latest > present.case.dates.now
    return Truth.UNKNOWN if is_later else _after(present, one.starts)


def live_credentials(tenant: Tenant, app_id: str, now: int) -> Iterator[Seen[AppCredential]]:
    """Yield the secrets and certificates of an application that have not ended."""
    objects = tenant.once(_objects).get(app_id, {app_id})
    for row in tenant.rows(AppCredential):
        ends = row.record.ends
        over = ends is not None and Moment.exact(now).after(ends) is Truth.YES
        if row.record.object in objects and not over:
            yield row


def _objects(tenant: Tenant) -> dict[str, set[str]]:
    """Return the ids of an application's registration and service principal, by its app id."""
    principals = tenant.once(Principals)
    found: dict[str, set[str]] = {}
    for id_, registered in principals.registered.items():
        found.setdefault(registered.record.app_id, set()).add(id_)
    for id_, application in principals.applications.items():
        if application.record.app_id:
            found.setdefault(application.record.app_id, set()).add(id_)
    return found


def _said(one: AppCredential) -> str:
    label = f' "{one.label}"' if one.label else ""
    return f"{one.type}{label} since {one.starts or 'no time that is told'}"


def _day(present: Present) -> str:
    ended = present.case.dates.access_ended
    return iso_day(ended) if ended is not None else "the day on which the leaver's access ended"


def _after(present: Present, when: Moment | None) -> Truth:
    ended = present.case.dates.access_ended
    if when is None or ended is None:
        return Truth.UNKNOWN
    return when.after(Moment.exact(ended))


def _judged(present: Present, text: str, truth: Truth, evidence: str) -> Ruling:
    ended = present.case.dates.access_ended
    if ended is None:
        text = f"{text}; handover.yaml does not say when the leaver's access ended"
    else:
        text = f"{text}; the leaver's access ended {iso_day(ended)}"
    return Ruling(_VERDICTS[truth], text, evidence)


def _unseen(present: Present, box: BoxMemory, kinds: tuple[str, ...], gone: str) -> Ruling:
    """Return what it means that a secret was not seen in this audit."""
    blanks = present.blanks(box.target, kinds)
    if blanks:
        return Ruling(UNKNOWN, f"audit {present.audit} could not read it", "", blanks)
    if box.reader != present.reader(box.target):
        return Ruling(UNKNOWN, "not seen, but another application asked than when it was seen")
    if not box.collector or box.generation == present.generation(box.target, box.collector):
        return Ruling(DONE, f"read whole in audit {present.audit}: {gone}")
    return Ruling(UNKNOWN, f"audit {present.audit} did not see it")
