"""The forest: its level, its domains and trusts, the tenant, and what was changed lately."""

from collections.abc import Iterator

from agent.judge import matching
from agent.judge.case import Certainty, Severity, Verdict
from agent.judge.rules.belonging import is_ours
from agent.judge.rules.rule import Hit, Per, Subject, broken, hit, rule, unclear
from agent.judge.rules.words import DAY_S
from inventory.model.directory import (
    Domain,
    DomainPartition,
    TenantLink,
    Trust,
)
from inventory.model.directory_accounts import DeletedObject, MembershipChange
from inventory.model.party import Role
from inventory.model.record import Identifier, Mark
from inventory.model.truth import Truth

LEVELS = {0: "2000", 1: "2003 interim", 2: "2003", 3: "2008", 4: "2008 R2", 5: "2012"}
LEVELS |= {6: "2012 R2", 7: "2016", 10: "2025"}
GOOD_LEVEL, OLD_LEVEL = 7, 5
TRUST_DAYS = 40  # its password is renewed every thirty days by itself
RECENT_DAYS = 30
_IN = ("out", "both")  # their accounts may be used here


@rule(
    "directory.level",
    "The domain works at a level that is maintained",
    Severity.MEDIUM,
    needs=(Domain,),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="An old level keeps old protocols alive, and stands in the way of new controllers.",
    remedy="Replace the oldest controllers, then raise the level.",
)
def level(subject: Subject) -> Iterator[Hit]:
    """Yield domains below the level of 2016; below that of 2012 weighs more."""
    for row in subject.directory.rows(Domain):
        number = row.record.level
        if number is None:
            yield unclear(row, f"{row.record.dns_name} does not show its level", row.record.dn)
        elif number < GOOD_LEVEL:
            severity = Severity.HIGH if number < OLD_LEVEL else None
            says = f"{row.record.dns_name} works at the level of {LEVELS.get(number, number)}"
            yield broken(row, says, row.record.dn, severity=severity)


@rule(
    "directory.whole-forest",
    "Every domain of the forest is read",
    Severity.MEDIUM,
    needs=(DomainPartition,),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Accounts of a domain that nobody read may have power over this one.",
    remedy="Add a source for each domain to handover.yaml.",
)
def whole_forest(subject: Subject) -> Iterator[Hit]:
    """Yield the domains of the forest that no directory of this audit is."""
    read = {one.dns_name.casefold() for one in subject.holdings.directories if one.domain}
    for row in subject.directory.rows(DomainPartition):
        one = row.record
        name = one.dns_name or one.dn
        if one.is_domain and not one.is_here and name.casefold() not in read:
            yield broken(row, f"{name} was not read", name)


@rule(
    "directory.trust",
    "No domain of others is trusted",
    Severity.HIGH,
    needs=(Trust,),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Accounts of a trusted domain can be let in here, and its administrators decide who "
    "they are.",
    remedy="Ask what the trust is for; remove it, or filter its SIDs and limit whom it lets in.",
)
def trust(subject: Subject) -> Iterator[Hit]:
    """Yield the trusts that let accounts of others in; all but the client's own are critical."""
    for row in subject.directory.rows(Trust):
        one = row.record
        if one.direction not in _IN or "within forest" in one.attributes:
            continue
        ours = is_ours(subject, tuple(one.identifiers()))
        is_filtered = "quarantined" in one.attributes or "forest transitive" in one.attributes
        if ours is Truth.YES and is_filtered:
            continue
        filtered = "" if is_filtered else "; its SIDs are not filtered"
        severity = None if ours is Truth.YES else Severity.CRITICAL
        says = f"accounts of {one.partner} may be used here{filtered}"
        yield broken(row, says, one.partner, severity=severity)


@rule(
    "directory.trust-stale",
    "Every trust is alive",
    Severity.MEDIUM,
    needs=(Trust,),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="A trust renews its password by itself every thirty days. One that does not is left "
    "over, or the other side is gone.",
    remedy="Ask the other side; remove the trust.",
)
def trust_stale(subject: Subject) -> Iterator[Hit]:
    """Yield the trusts that did not change for longer than their password is kept."""
    for row in subject.directory.rows(Trust):
        one, past = row.record, subject.now - TRUST_DAYS * DAY_S
        if one.changed is None:
            yield unclear(row, f"the trust with {one.partner} has no date", one.partner)
        elif one.changed.latest < past:
            says = f"the trust with {one.partner} did not change since {one.changed}"
            yield broken(row, says, one.partner)


@rule(
    "directory.recent-member",
    "Nobody joined or left a powerful group lately",
    Severity.INFO,
    needs=(MembershipChange,),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="What was changed shortly before a handover is asked about before the others have left.",
    remedy="Ask who did it, and why.",
)
def recent_member(subject: Subject) -> Iterator[Hit]:
    """Yield members that were added to or taken out of powerful groups within a month."""
    for row in subject.directory.rows(MembershipChange):
        one = row.record
        if one.when.latest >= subject.now - RECENT_DAYS * DAY_S:
            verb = "was taken out" if one.is_removed else "joined"
            says = f"{one.member} {verb} on {one.when}"
            yield broken(row, says, f"{one.group} {one.member} {verb}")


@rule(
    "directory.recent-deletion",
    "Nobody deleted accounts or computers lately",
    Severity.LOW,
    needs=(DeletedObject,),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="What was deleted shortly before a handover may be missed after it.",
    remedy="Ask who did it, and why; bring back what is needed while it can be.",
)
def recent_deletion(subject: Subject) -> Iterator[Hit]:
    """Yield accounts and computers that were deleted within a month."""
    for row in subject.directory.rows(DeletedObject):
        one = row.record
        if one.when is None or one.type not in ("user", "computer"):
            continue
        if one.when.latest >= subject.now - RECENT_DAYS * DAY_S:
            yield broken(row, f"the {one.type} {one.name} was deleted on {one.when}", one.id)


@rule(
    "directory.tenant",
    "Devices register with a tenant of the client's",
    Severity.HIGH,
    needs=(TenantLink,),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Devices that register with another's tenant are ruled there.",
    remedy="Set the connection point to the client's tenant, and register the devices again.",
)
def tenant(subject: Subject) -> Iterator[Hit]:
    """Yield the tenants that are another party's; those of nobody known leave it open."""
    client = subject.case.party(Role.CLIENT)
    for row in subject.directory.rows(TenantLink):
        mark = (Identifier(Mark.TENANT, row.record.tenant_id),)
        found = subject.matcher.matches(mark)
        leaver = matching.of_role(found, Role.OUTGOING)
        if is_ours(subject, mark) is Truth.YES:
            continue
        named = bool(client and client.tenant_ids)
        sure = named or (leaver is not None and leaver.certainty is not Certainty.PROPOSED)
        whose = f", {leaver.party}'s" if leaver else ""
        says = f"devices register with tenant {row.record.tenant_id}{whose}"
        yield hit(Verdict.NOT_MET if sure else Verdict.UNKNOWN, row, says, row.record.tenant_id)
