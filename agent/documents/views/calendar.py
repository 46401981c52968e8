"""What ends when: certificates, subscriptions, the authorisation, the dates of the transition."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from agent.documents.cell import Known, Whys, whys_of
from agent.documents.views import say
from agent.documents.views.table import place, state
from agent.engagement.model import Engagement
from agent.judge.directory.directories import Directories
from agent.judge.hosts import Hosts
from agent.judge.tenant import renewals as renewal
from agent.judge.tenant.tenants import Tenants
from inventory.model.directory import ServerCertificate
from inventory.model.directory_services import CertificateAuthority, TrustedAuthority
from inventory.model.host import Subscription
from inventory.model.moment import DAY_S
from inventory.model.software import Certificate
from inventory.snapshot import Blank, Seen

SOON_DAYS = 120
MOST_ENDS = 300


class End(Struct, frozen=True, order=True):
    """One thing that ends on a day."""

    when: int
    day: str
    days: int  # from the audit; negative: it has ended
    kind: str  # "certificate", "subscription", "secret", "token", "role", "cutover", ...
    what: str
    where: str
    renewed_by: str = ""  # of a certificate; empty: not known


class Calendar(Struct, frozen=True):
    """All known ends in order, and what could hide more."""

    ends: tuple[End, ...]
    known: Known
    whys: Whys
    more: int

    @property
    def soon(self) -> tuple[End, ...]:
        """Return what ends within the next months, and what has ended."""
        return tuple(end for end in self.ends if end.days <= SOON_DAYS)


_OF_DIRECTORIES: tuple[type[ServerCertificate | CertificateAuthority | TrustedAuthority], ...] = (
    ServerCertificate,
    CertificateAuthority,
    TrustedAuthority,
)


def calendar(
    hosts: Hosts,
    directories: Directories,
    tenants: Tenants,
    engagement: Engagement | None,
    now: int,
) -> Calendar:
    """Return all known ends, those of the engagement included."""
    found = sorted(
        (
            *_certificates(hosts, now),
            *_subscriptions(hosts, now),
            *_authorities(directories, now),
            *_renewals(tenants, now),
        )
    )
    ends = sorted((*found[:MOST_ENDS], *_agreed(engagement, now)))
    blanks: tuple[Blank, ...] = (
        *hosts.blanks((Certificate, Subscription)),
        *directories.blanks(_OF_DIRECTORIES),
        *(blank for tenant in tenants for blank in renewal.blanks(tenant)),
    )
    whys = whys_of(blanks)
    more = max(0, len(found) - MOST_ENDS)
    return Calendar(tuple(ends), state(bool(found), whys), whys, more)


def _certificates(hosts: Hosts, now: int) -> Iterator[End]:
    """Yield each certificate once, with all the places where it lies."""
    found: dict[str, list[Seen[Certificate]]] = defaultdict(list)
    for host in hosts:
        for row in host.rows(Certificate):
            found[row.record.fingerprint].append(row)
    for rows in found.values():
        one = rows[0].record
        places = tuple(dict.fromkeys(f"{row.target} {row.record.place}" for row in rows))
        renewals = dict.fromkeys(row.record.renewed_by or "" for row in rows)
        yield _end(
            one.not_after.latest,
            now,
            "certificate",
            say.named(one.names, 3) or one.subject,
            say.named(places, 3),
            next(filter(None, renewals), ""),
        )


def _authorities(directories: Directories, now: int) -> Iterator[End]:
    """Yield the certificates of a directory's servers and authorities, each once."""
    for directory in directories:
        found: dict[str, End] = {}
        for kind in _OF_DIRECTORIES:
            for row in directory.rows(kind):
                one = row.record
                if one.not_after is None:
                    continue
                what = one.name if isinstance(one, CertificateAuthority) else one.subject
                where = f"{directory.name} {place(row.evidence)}"
                end = _end(one.not_after.latest, now, "certificate", what, where)
                found.setdefault(one.fingerprint or what, end)
        yield from found.values()


def _renewals(tenants: Tenants, now: int) -> Iterator[End]:
    """Yield what of a tenant ends or renews: subscriptions, secrets, tokens, roles."""
    for tenant in tenants:
        for one in renewal.renewals(tenant):
            whose = f" ({one.whose})" if one.whose else ""
            where = f"{tenant.name} {place(one.evidence)}"
            yield _end(one.when.latest, now, one.kind, f"{one.what}{whose}", where)


def _subscriptions(hosts: Hosts, now: int) -> Iterator[End]:
    for host in hosts:
        for row in host.rows(Subscription):
            if row.record.until:
                where = f"{host.name} {place(row.evidence)}"
                yield _end(row.record.until.latest, now, "subscription", row.record.product, where)


def _agreed(engagement: Engagement | None, now: int) -> Iterator[End]:
    if engagement is None:
        return
    allowed = engagement.authorisation
    days: Iterable[tuple[str, datetime.date | None]] = (
        ("authorisation", allowed.until if allowed else None),
        ("cutover", engagement.dates.cutover),
        ("access", engagement.dates.access_ended),
    )
    for kind, day in days:
        if day is not None:
            yield _end(epoch(day), now, kind, "", "handover.yaml")


def epoch(day: datetime.date) -> int:
    """Return the start of a day in UTC, seconds since 1970."""
    return (day - datetime.date(1970, 1, 1)).days * DAY_S


def _end(when: int, now: int, kind: str, what: str, where: str, renewed_by: str = "") -> End:
    return End(when, say.day(when), say.days_until(when, now), kind, what, where, renewed_by)
