"""Secrets and certificates of applications: when they end, how old they grow, who knows them."""

from collections.abc import Iterator

from agent.judge.case import Severity, Verdict
from agent.judge.rules.entra_words import all_marks, ends_by, has_ended, joined, leavers
from agent.judge.rules.rule import Hit, Per, Subject, broken, rule, unclear
from agent.judge.rules.words import DAY_S
from agent.judge.tenant.principals import Principals, by_id
from inventory.model.moment import Moment
from inventory.model.tenant_accounts import TenantOwners, TenantUser
from inventory.model.tenant_apps import AppCredential, Application, AppSignIn, ServicePrincipal
from inventory.model.truth import Truth
from inventory.snapshot import Seen

SOON_DAYS = 90
LONGEST_DAYS = 731
SIGNS = "Sign"  # usage of a certificate that signs logins (SAML)


def _called(subject: Subject, row: Seen[AppCredential]) -> str:
    """Return `the secret "deploy" of the application Backup`."""
    one = row.record
    app = subject.tenant.once(Principals).of(one.object)
    name = app.name if app.name != app.id else one.app or one.object
    label = f' "{one.label}"' if one.label else ""
    return f"the {one.type}{label} of the application {name}"


def _name(row: Seen[AppCredential]) -> str:
    return f"{row.record.object} {row.record.id}"


def signs_logins(subject: Subject, one: AppCredential) -> bool:
    """Return whether a credential belongs to single sign-on by SAML, and logs in nowhere."""
    app = subject.tenant.once(Principals).applications.get(one.object)
    return one.usage == SIGNS or (app is not None and app.record.sign_on == "saml")


def _ending(subject: Subject, *, signing: bool) -> Iterator[Hit]:
    """Yield what is good now and ends within 90 days of the handover."""
    for row in subject.tenant.rows(AppCredential):
        one = row.record
        if signs_logins(subject, one) is not signing or has_ended(subject, one.ends):
            continue
        if one.ends is None:
            yield unclear(row, f"when {_called(subject, row)} ends is not told", _name(row))
        elif ends_by(subject, one.ends, SOON_DAYS):
            yield broken(row, f"{_called(subject, row)} ends on {one.ends}", _name(row))


@rule(
    "entra.credential-ends",
    "No secret of an application ends around the handover",
    Severity.HIGH,
    needs=(AppCredential, ServicePrincipal),
    per=Per.TENANT,
    reason="What logs in with it stops on that day, when those who set it up have gone.",
    remedy="Renew it before the cutover, together with whoever runs what uses it.",
)
def credential_ends(subject: Subject) -> Iterator[Hit]:
    """Yield the secrets and certificates that end within 90 days of the handover."""
    yield from _ending(subject, signing=False)


@rule(
    "entra.saml-certificate",
    "No certificate that signs logins ends around the handover",
    Severity.HIGH,
    needs=(AppCredential, ServicePrincipal),
    per=Per.TENANT,
    reason="On that day nobody gets into the application any more.",
    remedy="Make a new one, agree the day with the application's provider, and switch.",
)
def saml_certificate(subject: Subject) -> Iterator[Hit]:
    """Yield the signing certificates that end within 90 days of the handover."""
    yield from _ending(subject, signing=True)


@rule(
    "entra.dead-credential",
    "Applications in use have no secrets that ended",
    Severity.MEDIUM,
    needs=(AppCredential, AppSignIn, Application, ServicePrincipal),
    per=Per.TENANT,
    reason="Among dead secrets nobody sees which one is in use, and which one must be renewed.",
    remedy="Remove it, after a look at which secret the application logs in with.",
)
def dead_credential(subject: Subject) -> Iterator[Hit]:
    """Yield the ended secrets of applications that were used after they ended."""
    uses = by_id(subject.tenant.rows(AppSignIn))
    principals = subject.tenant.once(Principals)
    for row in subject.tenant.rows(AppCredential):
        one = row.record
        if one.ends is None or not has_ended(subject, one.ends):
            continue
        app = principals.applications.get(one.object) or principals.registered.get(one.object)
        if app is None:
            says = f"of which application {_called(subject, row)} is was not read"
            yield unclear(row, says, _name(row))
            continue
        use = uses.get(app.record.app_id or "")
        if use and use.record.last and use.record.last.after(one.ends) is Truth.YES:
            says = f"{_called(subject, row)} ended on {one.ends}; it was used on {use.record.last}"
            yield joined(Verdict.NOT_MET, says, _name(row), row, use)


@rule(
    "entra.long-credential",
    "Secrets of applications live for two years at most",
    Severity.MEDIUM,
    needs=(AppCredential, ServicePrincipal),
    per=Per.TENANT,
    reason="Former administrators may know it, and it outlives every handover.",
    remedy="Make a new one with a short life after the leaver's access has ended.",
)
def long_credential(subject: Subject) -> Iterator[Hit]:
    """Yield the secrets that were made for more than two years."""
    for row in subject.tenant.rows(AppCredential):
        one = row.record
        if signs_logins(subject, one) or has_ended(subject, one.ends):
            continue
        if one.ends is None or one.starts is None:
            yield unclear(row, f"how long {_called(subject, row)} lives is not told", _name(row))
        elif _days(one.starts, one.ends) > LONGEST_DAYS:
            years = _days(one.starts, one.ends) // 365
            says = f"{_called(subject, row)} lives for {years} years, until {one.ends}"
            yield broken(row, says, _name(row))


def _days(starts: Moment, ends: Moment) -> int:
    return (ends.earliest - starts.latest) // DAY_S


@rule(
    "entra.known-secret",
    "Nobody who leaves owns an application whose secret is good",
    Severity.HIGH,
    needs=(AppCredential, TenantOwners, TenantUser, Application, ServicePrincipal),
    per=Per.TENANT,
    reason="Owners make the secrets: they know those that are good now.",
    remedy="Take the ownership away, then make a new secret and remove the old one.",
)
def known_secret(subject: Subject) -> Iterator[Hit]:
    """Yield the secrets that are good, of applications that a leaver owns."""
    principals = subject.tenant.once(Principals)
    owners = by_id(subject.tenant.rows(TenantOwners))
    for row in subject.tenant.rows(AppCredential):
        owned = owners.get(row.record.object)
        if owned is None or has_ended(subject, row.record.ends):
            continue
        for told in owned.record.owners:
            one = principals.of(told.id, told)
            says = f"{one.name} owns what {_called(subject, row)} opens"
            yield from leavers(subject, all_marks(one), says, _name(row), row, owned)
