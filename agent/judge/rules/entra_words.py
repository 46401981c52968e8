"""What the rules about a tenant share: whose something is, who has power, hits, dates."""

from collections.abc import Iterable, Iterator
from typing import Any

from agent.judge import matching
from agent.judge.case import Certainty, Severity, Verdict
from agent.judge.holds.tenant_people import is_privileged
from agent.judge.rules.rule import Hit, Subject
from agent.judge.rules.words import DAY_S
from agent.judge.tenant.membership import NEEDS as MEMBERSHIP
from agent.judge.tenant.principals import Principal
from agent.judge.tenant.roles import Roles, Way
from inventory.model.moment import Moment
from inventory.model.party import Role
from inventory.model.record import Identifier, Record
from inventory.model.tenant_accounts import TenantOwners, TenantUser
from inventory.model.tenant_apps import ServicePrincipal
from inventory.model.tenant_roles import (
    GroupEligibility,
    RoleAssignment,
    RoleDefinition,
    RoleEligibility,
)
from inventory.snapshot import Seen

HELD: tuple[type[Record], ...] = (
    *(RoleDefinition, RoleAssignment, TenantUser, ServicePrincipal),
    *MEMBERSHIP,
)
TAKEN: tuple[type[Record], ...] = (*HELD, RoleEligibility, GroupEligibility, TenantOwners)
LEAVING = "User-LifeCycleInfo.Read.All"  # without it Graph leaves employeeLeaveDateTime empty
OURS = (Role.CLIENT, Role.INCOMING)


def all_marks(one: Principal) -> tuple[Identifier, ...]:
    """Return the marks of somebody, those of the same person in a directory too."""
    return (*one.identifiers, *one.through)


def is_leavers(subject: Subject, identifiers: Iterable[Identifier]) -> bool:
    """Return whether something is surely of who leaves."""
    match = matching.of_role(subject.matcher.matches(identifiers), Role.OUTGOING)
    return match is not None and match.certainty is not Certainty.PROPOSED


def is_ours(subject: Subject, identifiers: Iterable[Identifier]) -> bool:
    """Return whether something is surely the client's, or of who comes, and not the leaver's."""
    found = subject.matcher.matches(identifiers)
    sure = {one.role for one in found if one.certainty is not Certainty.PROPOSED}
    return Role.OUTGOING not in sure and any(role in sure for role in OURS)


def leavers(
    subject: Subject,
    identifiers: Iterable[Identifier],
    says: str,
    name: str,
    *rows: Seen[Any],
    severity: Severity | None = None,
) -> Iterator[Hit]:
    """Yield that something is of who leaves; where that is a guess, that it is not known."""
    match = matching.of_role(subject.matcher.matches(identifiers), Role.OUTGOING)
    if match is None:
        return
    if match.certainty is Certainty.PROPOSED:
        doubt = f"{says}, perhaps {match.party}'s: {match.mark}"
        yield joined(Verdict.UNKNOWN, doubt, name, *rows)
    else:
        yield joined(Verdict.NOT_MET, f"{says} ({match.mark})", name, *rows, severity=severity)


def whose(
    subject: Subject,
    identifiers: Iterable[Identifier],
    says: str,
    name: str,
    *rows: Seen[Any],
    severity: Severity | None = None,
) -> Iterator[Hit]:
    """Yield that something is of who leaves; that it is not known of what no party is told by."""
    marks = tuple(identifiers)
    found = tuple(leavers(subject, marks, says, name, *rows, severity=severity))
    yield from found
    if not found and not is_ours(subject, marks):
        yield joined(Verdict.UNKNOWN, f"{says}; whose that is is not known", name, *rows)


def joined(
    verdict: Verdict,
    says: str,
    name: str,
    *rows: Seen[Any],
    severity: Severity | None = None,
) -> Hit:
    """Return a hit of several rows: one of an earlier audit makes it one of then."""
    evidence = tuple(dict.fromkeys(row.evidence for row in rows))
    return Hit(verdict, says, name, evidence, any(row.carried for row in rows), severity)


def missing(subject: Subject, kind: type[Record], says: str) -> Iterator[Hit]:
    """Yield that a state is not known where what every tenant has was not told."""
    if not subject.tenant.rows(kind):
        yield Hit(Verdict.UNKNOWN, says)


def outside(says: str) -> Hit:
    """Return that a rule does not concern the tenant: there is nothing of the kind."""
    return Hit(Verdict.NOT_APPLICABLE, says)


def admins(subject: Subject, *hows: str) -> Iterator[Way]:
    """Yield the ways to roles of power, of those whose sign-in is not known to be blocked."""
    for way in subject.tenant.once(Roles).ways:
        if way.how in hows and is_privileged(way) and not way.holder.is_closed:
            yield way


def of_way(way: Way, says: str, *, sure: bool = True, severity: Severity | None = None) -> Hit:
    """Return that a way breaks the rule; one subject for each holder and role."""
    is_sure = sure and way.role.is_known
    verdict = Verdict.NOT_MET if is_sure else Verdict.UNKNOWN
    name = f"{way.holder.name} {way.role.name}"
    return Hit(verdict, says, name, way.evidence, way.carried, severity)


def through(way: Way) -> str:
    """Return `, through admins > all`, or nothing."""
    return f", through {' > '.join(group.name for group in way.by)}" if way.by else ""


def hidden_parts(subject: Subject, *kinds: type[Record]) -> frozenset[str]:
    """Return the parts of which a gap may hide something: groups, applications; "" is all."""
    return frozenset(blank.gap.part for blank in subject.tenant.blanks(*kinds))


def handover(subject: Subject) -> int:
    """Return when the handover is, or now where no date is set or it is past."""
    return max(subject.case.dates.cutover or 0, subject.now)


def ends_by(subject: Subject, when: Moment | None, days: int) -> bool:
    """Return whether something surely ends before so many days after the handover."""
    return when is not None and when.latest < handover(subject) + days * DAY_S


def has_ended(subject: Subject, when: Moment | None) -> bool:
    """Return whether something surely has ended."""
    return when is not None and when.latest < subject.now
