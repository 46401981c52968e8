"""Accounts of a tenant: unused ones, guests, those of people who left, mail that goes out."""

from collections.abc import Iterator

from agent.judge.case import Severity, Verdict
from agent.judge.directory.people import use_text
from agent.judge.holds.tenant_people import last_use
from agent.judge.marks import suffixes
from agent.judge.rules.entra_words import LEAVING, has_ended, joined, leavers
from agent.judge.rules.rule import Hit, Per, Subject, broken, rule, unclear
from agent.judge.rules.words import DAY_S, listed
from agent.judge.tenant.principals import Principals, called
from agent.judge.tenant.spare import NEEDS as SPARE
from agent.judge.tenant.spare import is_of_sync, spare_accounts
from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark
from inventory.model.tenant import Organization, TenantConnection, TenantDomain
from inventory.model.tenant_accounts import (
    MailboxPurpose,
    MailRule,
    TenantSignIn,
    TenantUser,
)
from inventory.model.tenant_services import StorageUse
from inventory.snapshot import Seen

STALE_DAYS = 90
INVITED_DAYS = 60
_FREE_SHARED = 50 * 1000**3  # bytes: above 50 GB a shared mailbox needs a licence of its own
_NO_PERSON = ("room", "equipment", "shared")


def open_users(subject: Subject) -> Iterator[Seen[TenantUser]]:
    """Yield the users whose sign-in is not known to be blocked."""
    for row in subject.tenant.once(Principals).users.values():
        if row.record.is_enabled is not False or row.carried:
            yield row


def _stale(subject: Subject, *, guests: bool) -> Iterator[Hit]:
    """Yield the users that the tenant saw no use of for long; young ones are left out."""
    uses, before = subject.tenant.once(last_use), subject.now - STALE_DAYS * DAY_S
    spare = {way.holder.id for way in spare_accounts(subject.tenant)}
    for row in open_users(subject):
        one, name = row.record, called(row.record)
        is_other = one.is_guest is not guests or one.id in spare or is_of_sync(subject.tenant, one)
        is_young = one.created is not None and one.created.latest >= before
        if is_other or is_young or one.is_resource:
            continue
        use = uses.get(one.id)
        if use is None:
            yield unclear(row, f"the tenant does not say when {name} was used last", name)
            continue
        when = _newest(use.record)
        if when is None or when.latest < before:
            says = f"was used last {use_text(when, subject.now)}" if when else "was never used"
            yield joined(Verdict.NOT_MET, f"{name} {says}", name, row, use)


def _newest(use: TenantSignIn) -> Moment | None:
    known = [one for one in (use.last, use.last_by_program, use.last_success) if one is not None]
    return max(known, key=lambda one: one.latest, default=None)


@rule(
    "entra.stale-account",
    "Every account of the tenant that is open is in use",
    Severity.MEDIUM,
    needs=(TenantSignIn, Organization, *SPARE),
    per=Per.TENANT,
    reason="An account that nobody uses is missed by nobody when somebody else uses it.",
    remedy="Ask its owner; block its sign-in, and delete it when nothing needed it for a while.",
)
def stale_account(subject: Subject) -> Iterator[Hit]:
    """Yield the accounts that were not used for 90 days, those for emergencies left out."""
    yield from _stale(subject, guests=False)


@rule(
    "entra.stale-guest",
    "Every guest of the tenant comes in now and then",
    Severity.LOW,
    needs=(TenantSignIn, Organization, *SPARE),
    per=Per.TENANT,
    reason="Nobody tells the client when a guest changes the employer; the way in stays.",
    remedy="Ask who invited them; remove those that nobody knows.",
)
def stale_guest(subject: Subject) -> Iterator[Hit]:
    """Yield the guests that were not seen for 90 days."""
    yield from _stale(subject, guests=True)


@rule(
    "entra.open-invitation",
    "No invitation stays open for long",
    Severity.LOW,
    needs=(TenantUser,),
    per=Per.TENANT,
    reason="Who has the mailbox that it was sent to can still come in.",
    remedy="Delete the guest; invite again who is still expected.",
)
def open_invitation(subject: Subject) -> Iterator[Hit]:
    """Yield the invitations that were not taken for two months."""
    for row in open_users(subject):
        one = row.record
        if one.invitation != "PendingAcceptance" or one.created is None:
            continue
        if one.created.latest < subject.now - INVITED_DAYS * DAY_S:
            says = f"{called(one)} was invited on {one.created} and did not come yet"
            yield broken(row, says, called(one))


@rule(
    "entra.left-account",
    "Accounts of people who have left are closed",
    Severity.HIGH,
    needs=(TenantUser, TenantConnection),
    per=Per.TENANT,
    reason="The tenant itself says that the person has left, and still lets them in.",
    remedy="Block the sign-in, end the sessions, and give mail and files to whoever follows.",
)
def left_account(subject: Subject) -> Iterator[Hit]:
    """Yield the open accounts whose day of leaving is past; not known where none may be seen."""
    if not any(row.record.leaves for row in subject.tenant.rows(TenantUser)):
        if not _shows_leaving(subject):
            says = f"no account tells a day of leaving, and {LEAVING} is not granted to see it"
            yield Hit(Verdict.UNKNOWN, says)
        return
    for row in open_users(subject):
        if has_ended(subject, row.record.leaves):
            name = called(row.record)
            says = f"{name} left on {row.record.leaves} and may sign in"
            if row.record.is_enabled is None:
                yield unclear(row, f"{says}, or not: that is not told", name)
            else:
                yield broken(row, says, name)


def _shows_leaving(subject: Subject) -> bool:
    rows = subject.tenant.rows(TenantConnection)
    return any(LEAVING in row.record.permissions for row in rows)


@rule(
    "entra.mail-goes-out",
    "No rule of a mailbox sends mail out of the client's domains",
    Severity.HIGH,
    needs=(MailRule, TenantUser, TenantDomain),
    per=Per.TENANT,
    reason="Mail to a person reaches others unseen, long after the handover.",
    remedy="Ask the owner; remove the rule. Look at forwarding of the mailbox itself by hand: "
    "Graph does not show it.",
)
def mail_goes_out(subject: Subject) -> Iterator[Hit]:
    """Yield the rules that forward or redirect to an address outside."""
    domains = {
        row.record.name.casefold()
        for row in subject.tenant.rows(TenantDomain)
        if row.record.is_verified is not False
    }
    if not subject.tenant.is_whole(TenantDomain):
        return
    principals = subject.tenant.once(Principals)
    for row in subject.tenant.rows(MailRule):
        out = [mail for mail in row.record.to if not _is_inside(mail, domains)]
        if not out or row.record.is_enabled is False:
            continue
        who = principals.of(row.record.user).name
        says = f"a rule in the mailbox of {who} sends mail to {listed(out)}"
        name = f"{who} {row.record.id}"
        marks = tuple(Identifier(Mark.MAIL, mail) for mail in out)
        of_leaver = tuple(leavers(subject, marks, says, name, row, severity=Severity.CRITICAL))
        sure = [one for one in of_leaver if one.verdict is Verdict.NOT_MET]
        yield from sure or (broken(row, says, name),)


def _is_inside(mail: str, domains: set[str]) -> bool:
    domain = mail.rpartition("@")[2].casefold().strip(" >.")
    return any(suffix in domains for suffix in suffixes(domain))


@rule(
    "entra.shared-mailbox",
    "Nobody signs in as a shared mailbox, and none outgrows its licence",
    Severity.HIGH,
    needs=(MailboxPurpose, TenantUser, StorageUse),
    per=Per.TENANT,
    reason="Its password is known to many, also to those who leave; above 50 GB it needs a "
    "licence, or takes no more mail.",
    remedy="Block its sign-in and give people access to it; license what is too large.",
)
def shared_mailbox(subject: Subject) -> Iterator[Hit]:
    """Yield the shared mailboxes that may sign in, and the large ones without a licence."""
    users = subject.tenant.once(Principals).users
    sizes = {
        row.record.name.casefold(): row
        for row in subject.tenant.rows(StorageUse)
        if row.record.type == "mailbox"
    }
    for row in subject.tenant.rows(MailboxPurpose):
        user = users.get(row.record.user)
        if row.record.purpose not in _NO_PERSON or user is None:
            continue
        name = called(user.record)
        says = f"{name} is a mailbox of the kind {row.record.purpose} and may sign in"
        if user.record.is_enabled is None:
            yield unclear(user, f"whether {name} may sign in is not told", name)
        elif user.record.is_enabled:
            yield joined(Verdict.NOT_MET, says, name, row, user)
        size = sizes.get(user.record.upn.casefold())
        is_large = size is not None and (size.record.size_bytes or 0) > _FREE_SHARED
        if size is not None and is_large and not user.record.licences:
            says = f"{name} holds more than 50 GB and has no licence"
            yield joined(Verdict.NOT_MET, says, f"{name} size", row, user, size)
