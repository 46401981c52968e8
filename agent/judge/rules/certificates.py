"""Certificates: which end soon, which are weak, and who is warned."""

from collections.abc import Iterator

from agent.judge.case import Severity, Verdict
from agent.judge.rules.belonging import mail_is_ours
from agent.judge.rules.rule import Hit, Subject, broken, broken_if, rule
from agent.judge.rules.words import DAY_S, days_between, shown
from inventory.model.host import HostIdentity
from inventory.model.moment import iso_day
from inventory.model.software import Certificate, CertificateAccount
from inventory.model.truth import Truth
from inventory.snapshot import Seen

SOON_DAYS = 30
LEAST_RSA_BITS = 2048


@rule(
    "certificate.expired",
    "No certificate has ended",
    Severity.HIGH,
    needs=(Certificate,),
    reason="What it protects has stopped, or goes on with warnings that people learn to ignore.",
    remedy="Renew it, or remove it where nothing uses it.",
)
def expired(subject: Subject) -> Iterator[Hit]:
    """Yield the certificates that have ended."""
    for row in subject.host.rows(Certificate):
        end = row.record.not_after
        if end.latest < subject.now:
            says = f"the certificate for {_name(row)} ended on {iso_day(end.latest)}"
            yield broken(row, says, row.record.place)


@rule(
    "certificate.expiring",
    "Every certificate lasts another month",
    Severity.MEDIUM,
    needs=(Certificate,),
    reason="Renewals fall into the weeks in which the old team no longer and the new team not "
    "yet feels responsible.",
    remedy="Renew it now, or name who will, with the login that it takes.",
)
def expiring(subject: Subject) -> Iterator[Hit]:
    """Yield the certificates that end within a month; what renews itself weighs less."""
    for row in subject.host.rows(Certificate):
        end = row.record.not_after.latest
        if subject.now <= end < subject.now + SOON_DAYS * DAY_S:
            renewed = row.record.renewed_by
            by = f"; {renewed} should renew it" if renewed else ""
            left = days_between(subject.now, end)
            says = f"the certificate for {_name(row)} ends on {iso_day(end)}, in {left} days{by}"
            severity = Severity.LOW if renewed else None
            yield broken(row, says, row.record.place, severity=severity)


@rule(
    "certificate.weak-key",
    "Every certificate has a strong key",
    Severity.LOW,
    needs=(Certificate,),
    reason="New clients refuse it: the service stops with somebody else's update.",
    remedy="Issue it again with RSA 2048 bits or more, or an elliptic curve.",
)
def weak_key(subject: Subject) -> Iterator[Hit]:
    """Yield the certificates with a short RSA key or a DSA key."""
    for row in subject.host.rows(Certificate):
        kind, _, size = row.record.key_type.partition(" ")
        short = kind == "RSA" and size.isdecimal() and int(size[:9]) < LEAST_RSA_BITS
        if short or kind == "DSA":
            says = f"the certificate for {_name(row)} has a key of {row.record.key_type}"
            yield broken(row, says, row.record.place)


@rule(
    "certificate.contact-outside",
    "Those who stay are warned before certificates end",
    Severity.LOW,
    needs=(CertificateAccount, HostIdentity),
    reason="The account with the authority, and its warnings, are somebody else's.",
    remedy="Register an address of those who run the host from now on.",
)
def contact_outside(subject: Subject) -> Iterator[Hit]:
    """Yield the contacts outside of the client's and the incoming party's domains."""
    if not subject.host.rows(CertificateAccount):
        yield Hit(Verdict.NOT_APPLICABLE, "the host has no account with an authority")
    for row in subject.host.rows(CertificateAccount):
        contact = row.record.contact
        ours = mail_is_ours(subject, contact) if contact else Truth.NO
        if ours is not Truth.YES:
            whom = shown(contact) or "nobody"
            says = f"{row.record.client} lets {whom} be warned"
            yield broken_if(ours is Truth.NO, row, says, whom)


def _name(row: Seen[Certificate]) -> str:
    one = row.record
    return f"{shown(one.names[0] if one.names else one.subject)} ({one.place})"
