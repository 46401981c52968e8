"""Domains of a tenant, who vouches for their logins, where its notices go, the synchronisation."""

from collections.abc import Iterator

from agent.judge.case import Severity
from agent.judge.marks import suffixes
from agent.judge.rules.entra_words import (
    ends_by,
    has_ended,
    is_ours,
    leavers,
    missing,
    outside,
    whose,
)
from agent.judge.rules.rule import Hit, Per, Subject, broken, rule, unclear
from inventory.model.record import Identifier, Mark
from inventory.model.tenant import (
    DomainFederation,
    NotificationAddress,
    TenantDomain,
    TenantSync,
)

SOON_DAYS = 90
SYNC_HOURS = 24


@rule(
    "entra.notices",
    "The tenant's notices go to the client",
    Severity.HIGH,
    needs=(NotificationAddress, TenantDomain),
    per=Per.TENANT,
    reason="Warnings of payment, of security and of what ends go to people who have left.",
    remedy="Put addresses of the client's into the organisation's settings: a mailbox that "
    "several people read.",
)
def notices(subject: Subject) -> Iterator[Hit]:
    """Yield the addresses of the leaver's, and those that are in no domain of the tenant."""
    rows = subject.tenant.rows(TenantDomain)
    domains = {row.record.name.casefold() for row in rows if row.record.is_verified is not False}
    is_whole = subject.tenant.is_whole(TenantDomain) and not any(row.carried for row in rows)
    for row in subject.tenant.rows(NotificationAddress):
        one = row.record
        says, name = f"{one.use} notices go to {one.mail}", f"{one.use} {one.mail}"
        found = tuple(leavers(subject, one.identifiers(), says, name, row))
        yield from found
        inside = any(s in domains for s in suffixes(one.mail.rpartition("@")[2].casefold()))
        if found or inside or is_ours(subject, one.identifiers()):
            continue
        if is_whole:
            yield broken(row, f"{says}, which is in no verified domain of the tenant", name)


@rule(
    "entra.federation",
    "The client's own provider vouches for logins, and its certificate lasts",
    Severity.HIGH,
    needs=(DomainFederation,),
    per=Per.TENANT,
    reason="Who runs the identity provider can sign in as anybody; when its certificate ends, "
    "nobody can.",
    remedy="Make the domain a managed one, or move the provider to the client and renew its "
    "certificate.",
)
def federation(subject: Subject) -> Iterator[Hit]:
    """Yield the providers that are the leaver's or nobody's known, and certificates that end."""
    for row in subject.tenant.rows(DomainFederation):
        one = row.record
        said = one.issuer or one.name or one.id
        says = f"{said} vouches for logins of {one.domain}"
        yield from whose(subject, one.identifiers(), says, one.domain, row)
        ends = max(filter(None, (one.certificate_ends, one.next_certificate_ends)), default=None)
        name = f"{one.domain} certificate"
        if ends is None:
            yield unclear(row, f"when the certificate of {said} ends is not told", name)
        elif ends_by(subject, ends, SOON_DAYS):
            verb = "ended" if has_ended(subject, ends) else "ends"
            yield broken(row, f"the certificate of {said} for {one.domain} {verb} on {ends}", name)


@rule(
    "entra.leftover-domain",
    "Every domain of the tenant is verified and the client's",
    Severity.MEDIUM,
    needs=(TenantDomain,),
    per=Per.TENANT,
    reason="Accounts at a domain of somebody else's get their mail, and their reset passwords, "
    "there.",
    remedy="Give the accounts another name; then remove the domain.",
)
def leftover_domain(subject: Subject) -> Iterator[Hit]:
    """Yield the domains that were never verified, and those of the leaver's."""
    yield from missing(subject, TenantDomain, "which domains it has is not told")
    for row in subject.tenant.rows(TenantDomain):
        one = row.record
        marks = (Identifier(Mark.DOMAIN, one.name),)
        found = tuple(leavers(subject, marks, f"{one.name} is a domain of it", one.name, row))
        yield from found
        if not found and one.is_verified is False:
            yield broken(row, f"{one.name} is not verified", one.name)
        elif not found and one.is_verified is None:
            yield unclear(row, f"whether {one.name} is verified is not told", one.name)


@rule(
    "entra.sync-age",
    "The synchronisation with the directory runs",
    Severity.HIGH,
    needs=(TenantSync,),
    per=Per.TENANT,
    reason="Who is closed in the directory stays open in the tenant, and new passwords do not "
    "arrive.",
    remedy="Look at the server that synchronises; agree who looks after it from now on.",
)
def sync_age(subject: Subject) -> Iterator[Hit]:
    """Yield that the last synchronisation is older than a day."""
    yield from missing(subject, TenantSync, "whether it is synchronised is not told")
    for row in subject.tenant.rows(TenantSync):
        one = row.record
        if not one.is_on:
            if not row.carried:
                yield outside("it is not synchronised with a directory")
            continue
        if one.last is None:
            yield unclear(row, "when it was synchronised last is not told")
        elif one.last.latest < subject.now - SYNC_HOURS * 3600:
            yield broken(row, f"it was synchronised last on {one.last}")
