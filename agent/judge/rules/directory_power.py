"""Power in a directory by membership: who is in which group that gives it, and why still."""

from collections.abc import Iterator

from agent.judge import matching
from agent.judge.case import Certainty, Power, Severity, Verdict
from agent.judge.directory.membership import NEEDS as MEMBERSHIP
from agent.judge.directory.membership import Member, Membership
from agent.judge.directory.people import (
    closed_ids,
    entries,
    is_in_disguise,
    last_use,
    open_accounts,
    use_text,
)
from agent.judge.directory.principals import FOREIGN, UNKNOWN
from agent.judge.directory.principals import NEEDS as WHO
from agent.judge.directory.privileged import PrivilegedGroup, privileged_groups
from agent.judge.rules.rule import Hit, Per, Subject, broken, broken_if, rule
from agent.judge.rules.words import DAY_S, plural
from inventory.model.directory import Domain
from inventory.model.directory_accounts import (
    DirectoryAccount,
    DirectoryComputer,
    DirectoryGroup,
    DirectorySignIn,
)
from inventory.model.party import Role
from inventory.model.record import Record

MOST_ADMINS = 10
STALE_DAYS = 90
GROUPS: tuple[type[Record], ...] = tuple(dict.fromkeys((Domain, *MEMBERSHIP, *WHO)))
_OPERATORS = (548, 549, 550, 551)  # Account, Server, Print and Backup Operators
_USUAL = (513, 514, 515, 516, 521)  # primary groups that every domain gives
_POWERFUL = (500, 512, 518, 519, 520)
_COMPATIBLE = "S-1-5-32-554"
_ANONYMOUS = ("S-1-1-0", "S-1-5-7")

_Place = tuple[PrivilegedGroup, Member]


def _places(subject: Subject) -> Iterator[_Place]:
    """Yield every member of every privileged group that is no group itself, at the nearest one."""
    for group in privileged_groups(subject.directory):
        for member in group.nearest:
            if member.principal.type != "group":
                yield group, member


def _hit(place: _Place, says: str, *, sure: bool = True, severity: Severity | None = None) -> Hit:
    """Return what is said of a member; one subject for each member and group."""
    group, member = place
    name = f"{member.principal.name} {group.group.name}"
    verdict = Verdict.NOT_MET if sure else Verdict.UNKNOWN
    is_old = member.carried or group.carried
    return Hit(verdict, says, name, member.evidence, is_old, severity)


def _through(member: Member) -> str:
    groups = " > ".join(group.name for group in member.through)
    return f", through {groups}" if groups else ""


@rule(
    "directory.leaver-privileged",
    "Nobody who leaves is in a group that gives power",
    Severity.CRITICAL,
    needs=GROUPS,
    per=Per.DIRECTORY,
    reason="It is the shortest way back into everything, whatever else was closed.",
    remedy="Take the account out of the group, disable it, and look at what it did last.",
)
def leaver_privileged(subject: Subject) -> Iterator[Hit]:
    """Yield the members of privileged groups that are, surely or perhaps, the leaver's."""
    closed = closed_ids(subject.directory, subject.now)
    for place in _places(subject):
        group, member = place
        one = member.principal
        match = matching.of_role(subject.matcher.matches(one.identifiers), Role.OUTGOING)
        if match is None or one.id in closed:
            continue
        is_guess = match.certainty is Certainty.PROPOSED
        perhaps = f", perhaps {match.party}'s: {match.mark}" if is_guess else f" ({match.mark})"
        says = f"{one.name}{perhaps} is in {group.group.name}{_through(member)}"
        yield _hit(place, says, sure=not is_guess and one.is_enabled is True)


@rule(
    "directory.many-admins",
    "Few accounts have everything in the domain",
    Severity.MEDIUM,
    needs=GROUPS,
    per=Per.DIRECTORY,
    reason="Of many administrators nobody knows which of them is still needed, and by whom.",
    remedy="Take out those who do not administer the domain; give them what their work needs.",
)
def many_admins(subject: Subject) -> Iterator[Hit]:
    """Yield the number of open accounts with everything when it is large."""
    closed = closed_ids(subject.directory, subject.now)
    found = {
        member.principal.id: (group, member)
        for group, member in _places(subject)
        if group.privilege.power is Power.ROOT and member.principal.id not in closed
    }
    fresh = [m for g, m in found.values() if not (m.carried or g.carried)]
    if len(fresh) > MOST_ADMINS:
        places = tuple(place for member in fresh for place in member.evidence[:1])
        yield Hit(
            Verdict.NOT_MET,
            f"{plural(len(fresh), 'account')} have everything in the domain",
            "",
            places,
        )


@rule(
    "directory.closed-admin",
    "No closed account is left in a group that gives power",
    Severity.MEDIUM,
    needs=GROUPS,
    per=Per.DIRECTORY,
    reason="Whoever may enable accounts, at a help desk for instance, gets its power with it.",
    remedy="Take it out of the group.",
)
def closed_admin(subject: Subject) -> Iterator[Hit]:
    """Yield the members of privileged groups that are disabled or expired."""
    closed = closed_ids(subject.directory, subject.now)
    for place in _places(subject):
        group, member = place
        if member.principal.id in closed:
            says = f"{member.principal.name} is closed, and in {group.group.name}"
            yield _hit(place, f"{says}{_through(member)}")


@rule(
    "directory.stale-admin",
    "Every account with everything in the domain is in use",
    Severity.HIGH,
    needs=(*GROUPS, DirectorySignIn),
    per=Per.DIRECTORY,
    reason="An administrator that nobody uses is missed by nobody when somebody else uses it.",
    remedy="Ask its owner; disable it, and take it out of the group.",
)
def stale_admin(subject: Subject) -> Iterator[Hit]:
    """Yield open accounts with everything that were not used for long; the built-in one is left."""
    uses = last_use(subject.directory)
    opened = {row.record.id for row in open_accounts(subject.directory, subject.now)}
    for place in _places(subject):
        group, member = place
        one, use = member.principal, uses.get(member.principal.id)
        is_root = group.privilege.power is Power.ROOT
        if not is_root or one.id not in opened or one.rid == _POWERFUL[0]:
            continue
        if use is None or use.carried:
            says = f"the directory does not say when {one.name} was used last"
            yield _hit(place, says, sure=False)
        elif use.record.when is None or use.record.when.latest < subject.now - STALE_DAYS * DAY_S:
            when = (
                f"was used last {use_text(use.record.when, subject.now)}"
                if use.record.when
                else "was never used"
            )
            yield _hit(place, f"{one.name} {when}, and is in {group.group.name}")


@rule(
    "directory.foreign-admin",
    "Nobody of another domain has power over this one",
    Severity.CRITICAL,
    needs=GROUPS,
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Who it is, and whether it is still needed, is decided by the administrators there.",
    remedy="Find out whose domain it is; take it out of the group.",
)
def foreign_admin(subject: Subject) -> Iterator[Hit]:
    """Yield members of privileged groups that another domain explains, or nothing does."""
    for place in _places(subject):
        group, member = place
        one = member.principal
        if one.type in (FOREIGN, UNKNOWN):
            what = "is of another domain" if one.type == FOREIGN else "has no entry that was read"
            sure = one.type == FOREIGN
            yield _hit(place, f"{one.name} {what}, and is in {group.group.name}", sure=sure)


@rule(
    "directory.operators",
    "The groups of operators are empty",
    Severity.MEDIUM,
    needs=GROUPS,
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Operators of accounts, servers, printers, backups and DNS can become administrators by "
    "what these groups may do on a controller.",
    remedy="Take everybody out; give what the work needs on the place where it is needed.",
)
def operators(subject: Subject) -> Iterator[Hit]:
    """Yield the members of the operators' groups and of DnsAdmins."""
    for place in _places(subject):
        group, member = place
        rid, name = group.group.rid, group.group.name
        is_builtin = (group.group.sid or "").startswith("S-1-5-32-") and rid in _OPERATORS
        if is_builtin or name.casefold() == "dnsadmins":
            yield _hit(place, f"{member.principal.name} is in {name}{_through(member)}")


@rule(
    "directory.primary-group",
    "Primary groups hide nobody",
    Severity.LOW,
    needs=GROUPS,
    per=Per.DIRECTORY,
    dialect="ad",
    reason="A primary group does not list its members: most tools do not show who is in it.",
    remedy="Set the primary group back to Domain Users or Domain Computers.",
)
def primary_group(subject: Subject) -> Iterator[Hit]:
    """Yield accounts and computers with an unusual primary group; a powerful one weighs more."""
    for row in entries(subject.directory, DirectoryAccount, DirectoryComputer):
        rid = row.record.primary_group
        if rid is not None and rid not in _USUAL:
            severity = Severity.HIGH if rid in _POWERFUL else None
            says = f"the primary group of {row.record.name} is {rid}"
            yield broken(row, says, row.record.name, severity=severity)
    for computer in subject.directory.rows(DirectoryComputer):
        if is_in_disguise(computer):
            name = computer.record.name
            says = f"{name} is in the group of controllers, and is none"
            yield broken(computer, says, name, severity=Severity.HIGH)


@rule(
    "directory.protected-leftover",
    "Accounts that were privileged once are treated like all others",
    Severity.LOW,
    needs=GROUPS,
    per=Per.DIRECTORY,
    dialect="ad",
    reason="An account that keeps the mark of a privileged one does not take the rights that its "
    "place hands on: nobody can help its owner, and old rights stay.",
    remedy="Clear adminCount, and let it inherit rights again.",
)
def protected_leftover(subject: Subject) -> Iterator[Hit]:
    """Yield the accounts that are marked as protected and are in no privileged group."""
    inside = {member.principal.id for _, member in _places(subject)}
    sure = subject.directory.is_whole(*GROUPS)
    for row in subject.directory.rows(DirectoryAccount):
        one = row.record
        if one.is_protected and one.id not in inside and one.name.casefold() != "krbtgt":
            says = f"{one.name} is marked as protected, and in no privileged group"
            yield broken_if(sure, row, says, one.name)


@rule(
    "directory.anonymous",
    "Nobody reads the directory without a login",
    Severity.HIGH,
    needs=GROUPS,
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Anybody on the network can list accounts, groups and what is written about them.",
    remedy="Take Everyone and Anonymous Logon out of Pre-Windows 2000 Compatible Access.",
)
def anonymous(subject: Subject) -> Iterator[Hit]:
    """Yield Everyone and Anonymous in the group that may read all."""
    membership = subject.directory.once(Membership)
    for row in subject.directory.rows(DirectoryGroup):
        if row.record.sid != _COMPATIBLE:
            continue
        for member in membership.members(row.record.id):
            if member.principal.sid in _ANONYMOUS:
                says = f"{member.principal.name} is in {row.record.name}"
                old = member.carried or row.carried
                yield Hit(Verdict.NOT_MET, says, member.principal.name, member.evidence, old)


@rule(
    "directory.circle",
    "No group is within itself",
    Severity.LOW,
    needs=GROUPS,
    per=Per.DIRECTORY,
    reason="Of groups in a circle nobody can say who is in which, and programs may hang on them.",
    remedy="Take one of the memberships away.",
)
def circle(subject: Subject) -> Iterator[Hit]:
    """Yield the groups that are their own members through others."""
    membership = subject.directory.once(Membership)
    for row in subject.directory.rows(DirectoryGroup):
        if row.record.id in membership.groups_of(row.record.id):
            yield broken(row, f"{row.record.name} is within itself", row.record.name)
