"""The accounts for emergencies, and the second factors of those who have power."""

from collections.abc import Iterator

from agent.judge.case import Severity, Verdict
from agent.judge.rules.entra_words import (
    HELD,
    TAKEN,
    admins,
    joined,
    leavers,
    of_way,
    outside,
)
from agent.judge.rules.rule import Hit, Per, Subject, broken, rule, unclear
from agent.judge.rules.words import DAY_S
from agent.judge.tenant.membership import NEEDS as MEMBERSHIP
from agent.judge.tenant.principals import USER, Principals, by_id
from agent.judge.tenant.roles import ASSIGNED, ELIGIBLE, JOINS, Way
from agent.judge.tenant.spare import NEEDS as SPARE
from agent.judge.tenant.spare import is_of_sync, spare_accounts
from inventory.model.evidence import Why
from inventory.model.record import Record
from inventory.model.tenant import Organization
from inventory.model.tenant_accounts import MfaRegistration, SignInMethod
from inventory.model.tenant_policies import AccessPolicy
from inventory.model.tenant_roles import RoleActivation

OLD_DAYS = 365
_NONE = "no account that is fit for emergencies was found"
_OF_A_PERSON = ("phone", "microsoftauthenticator", "softwareoath", "email")
_SPARE: tuple[type[Record], ...] = tuple(dict.fromkeys((Organization, *SPARE, *MEMBERSHIP)))


@rule(
    "entra.break-glass",
    "There is an account for emergencies",
    Severity.CRITICAL,
    needs=_SPARE,
    per=Per.TENANT,
    otherwise=Verdict.NOT_MET,
    says="no Global Administrator for good was found that is of the cloud alone and that a policy "
    "for everybody leaves out",
    reason="When a policy, a federation or the provider fails at the handover, nobody of the "
    "client's comes in.",
    remedy="Make two accounts at the onmicrosoft.com domain, Global Administrator for good, each "
    "left out of a policy for everybody; seal their passwords and keys at the client's.",
)
def break_glass(subject: Subject) -> Iterator[Hit]:
    """Yield the accounts that are fit for emergencies, as far as was read."""
    doubts = _doubts(subject)
    for way in spare_accounts(subject.tenant):
        says = f"{way.holder.name} is fit for emergencies"
        sure = not doubts and way.holder.is_enabled is not None and way.role.is_known
        verdict = Verdict.MET if sure else Verdict.UNKNOWN
        told = says if sure else f"{way.holder.name} may be fit for emergencies"
        yield Hit(verdict, told, way.holder.name, way.evidence, way.carried)


def _doubts(subject: Subject) -> bool:
    """Return whether something unread may show that an account is not fit.

    Without the licence for it nobody takes a role for a while: then every assignment is for good.
    """
    tenant = subject.tenant
    hidden = any(b.gap.why is not Why.UNLICENSED for b in tenant.blanks(RoleActivation))
    return hidden or not tenant.is_whole(AccessPolicy) or _is_old(subject)


def _is_old(subject: Subject) -> bool:
    policies, taken = subject.tenant.rows(AccessPolicy), subject.tenant.rows(RoleActivation)
    return any(row.carried for row in policies) or any(row.carried for row in taken)


@rule(
    "entra.break-glass-factor",
    "No person's phone proves an account for emergencies",
    Severity.HIGH,
    needs=(SignInMethod, RoleActivation, *_SPARE),
    per=Per.TENANT,
    reason="Who has the phone has the account, or nobody has it once that person is gone.",
    remedy="Register keys that the client keeps in a safe (FIDO2, certificates); remove phones.",
)
def break_glass_factor(subject: Subject) -> Iterator[Hit]:
    """Yield the factors that hang on a person; a key that names the leaver is not decided."""
    spare = {way.holder.id: way for way in spare_accounts(subject.tenant)}
    if not spare:
        yield outside(_NONE)
    for row in subject.tenant.rows(SignInMethod):
        way, method = spare.get(row.record.user), row.record
        if way is None:
            continue
        called = method.name or method.type
        says = f"{way.holder.name} is proved by {called}"
        name = f"{way.holder.name} {method.id}"
        if method.type.casefold().startswith(_OF_A_PERSON):
            yield broken(row, says, name)
        else:
            yield from leavers(subject, method.identifiers(), says, name, row)


@rule(
    "entra.break-glass-password",
    "Passwords of accounts for emergencies are young",
    Severity.HIGH,
    needs=(RoleActivation, *_SPARE),
    per=Per.TENANT,
    reason="Everybody who was ever an administrator may know it.",
    remedy="Set a new one at the handover, before witnesses, and seal it.",
)
def break_glass_password(subject: Subject) -> Iterator[Hit]:
    """Yield the accounts for emergencies whose password is older than a year."""
    users, before = subject.tenant.once(Principals).users, subject.now - OLD_DAYS * DAY_S
    if not spare_accounts(subject.tenant):
        yield outside(_NONE)
    for way in spare_accounts(subject.tenant):
        row, name = users[way.holder.id], way.holder.name
        when = row.record.password_set
        if when is None:
            yield unclear(row, f"when the password of {name} was set is not told", name)
        elif when.latest < before:
            yield joined(Verdict.NOT_MET, f"the password of {name} is of {when}", name, row)


@rule(
    "entra.admin-mfa",
    "Everybody who has a role of power has registered a second factor",
    Severity.CRITICAL,
    needs=(MfaRegistration, *HELD),
    per=Per.TENANT,
    reason="A guessed or stolen password is enough; the first who comes registers the factor.",
    remedy="Let them register before the cutover, with a factor that is not caught by phishing.",
)
def admin_mfa(subject: Subject) -> Iterator[Hit]:
    """Yield the administrators without a second factor; those not listed are not known."""
    yield from _without_factor(subject, "has", ASSIGNED)


@rule(
    "entra.eligible-mfa",
    "Everybody who may take a role of power has registered a second factor",
    Severity.CRITICAL,
    needs=(MfaRegistration, *TAKEN),
    per=Per.TENANT,
    reason="Who takes a role is asked for a factor then, and whoever has the password registers "
    "one.",
    remedy="Let them register before the cutover, with a factor that is not caught by phishing.",
)
def eligible_mfa(subject: Subject) -> Iterator[Hit]:
    """Yield those who may take a role and have no second factor."""
    yield from _without_factor(subject, "may take", ELIGIBLE, JOINS)


def _without_factor(subject: Subject, verb: str, *hows: str) -> Iterator[Hit]:
    registered = by_id(subject.tenant.rows(MfaRegistration))
    users = subject.tenant.once(Principals).users
    for way in admins(subject, *hows):
        user = users.get(way.holder.id)
        if way.holder.type != USER or user is None or is_of_sync(subject.tenant, user.record):
            continue
        row = registered.get(way.holder.id)
        said = f"{way.holder.name} {verb} {way.role.name}"
        if row is None or row.record.is_registered is None:
            yield of_way(way, f"{said}; its factors are not told", sure=False)
        elif not row.record.is_registered:
            yield _hit(way, f"{said} and has no second factor", is_old=row.carried)


def _hit(way: Way, says: str, *, is_old: bool) -> Hit:
    return of_way(way, says, sure=not is_old and way.holder.is_enabled is not None)
