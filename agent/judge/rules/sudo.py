"""What sudo, doas and groups give away: to everybody, without a password, by another name."""

from collections.abc import Iterator

from agent.judge import members
from agent.judge import sudo as sudoers
from agent.judge.case import Certainty, Power, Severity
from agent.judge.rootlike import GROUPS, amounts_to_root
from agent.judge.rules.rule import Hit, Subject, broken, broken_if, rule, unclear
from agent.judge.rules.words import listed, shown
from inventory.model.access import DoasRule, SudoAlias, SudoDefault, SudoGrant
from inventory.model.account import Account, Group
from inventory.model.host import DomainJoin, HostIdentity
from inventory.model.truth import Truth
from inventory.snapshot import Seen

_NEEDS = (SudoGrant, SudoAlias, SudoDefault, Account, Group, HostIdentity)


@rule(
    "sudo.everyone",
    "Sudo names who may use it",
    Severity.CRITICAL,
    needs=_NEEDS,
    reason="Every account of the host has more power than its own, whatever else is removed.",
    remedy="Name the people or a group instead of ALL.",
)
def everyone(subject: Subject) -> Iterator[Hit]:
    """Yield the grants to ALL; less, where sudo asks for the password of the target account."""
    for grant in sudoers.grants(subject.host):
        if "ALL" in _users(subject, grant.row) and grant.here is not Truth.NO and grant.allowed:
            weight = None if grant.power is Power.ROOT else Severity.MEDIUM
            severity = Severity.LOW if grant.asks_anothers else weight
            says = f"everybody may run {sudoers.named(grant.allowed)}"
            yield _of(grant, says, severity)


@rule(
    "sudo.no-password",
    "Sudo asks for a password before it gives root",
    Severity.MEDIUM,
    needs=_NEEDS,
    reason="A session or key of that account is root at once. The key of a person who left "
    "is then a key of root.",
    remedy="Remove NOPASSWD, or limit the grant to the exact commands that a program needs.",
)
def no_password(subject: Subject) -> Iterator[Hit]:
    """Yield the grants that give root without a password."""
    settings = {r.record.setting for r in subject.host.rows(SudoDefault) if not r.record.scope}
    for grant in _of_root(subject):
        if "NOPASSWD" in grant.row.record.tags or "!authenticate" in settings:
            users = listed(_users(subject, grant.row))
            named = sudoers.named(grant.allowed)
            yield _of(grant, f"{users} may run {named} as root without a password")


@rule(
    "sudo.limit-escapes",
    "What sudo limits stays limited",
    Severity.MEDIUM,
    needs=_NEEDS,
    reason="The grant looks like a few commands and amounts to root: an editor, a wildcard, "
    "or a program that whoever runs it can replace. Such grants survive a clean-up.",
    remedy="Treat its holders as administrators, or write the exact command with its arguments.",
)
def limit_escapes(subject: Subject) -> Iterator[Hit]:
    """Yield the grants of single commands that amount to root."""
    for grant in _of_root(subject):
        if "ALL" not in grant.allowed:
            users, named = listed(_users(subject, grant.row)), sudoers.named(grant.allowed)
            yield _of(grant, f"{users}: {named} amounts to root, by our table")


@rule(
    "sudo.of-nobody",
    "Sudo names only accounts and groups that exist",
    Severity.LOW,
    needs=(SudoGrant, SudoAlias, Account, Group, DomainJoin),
    reason="A grant outlived its account. Whoever gets an account of that name later gets "
    "the power with it.",
    remedy="Remove the grant.",
)
def of_nobody(subject: Subject) -> Iterator[Hit]:
    """Yield the names of nobody; where a directory may know them, that is not known."""
    host = subject.host
    accounts, groups = host.rows(Account), host.rows(Group)
    names = {row.record.name for row in accounts} | {f"#{row.record.uid}" for row in accounts}
    names |= {f"%{row.record.name}" for row in groups} | {f"%#{row.record.gid}" for row in groups}
    local = host.is_whole(Account, Group, SudoAlias, DomainJoin) and not host.rows(DomainJoin)
    for row in host.rows(SudoGrant):
        for name in _users(subject, row):
            if name not in names | {"ALL", "root"}:
                sure = local and not name.startswith(("+", "%:"))
                says = f"{_place(row)} names {shown(name)}, unknown here"
                yield broken_if(sure, row, says, name)


@rule(
    "doas.no-password",
    "Doas asks for a password before it gives root",
    Severity.MEDIUM,
    needs=(DoasRule,),
    reason="A session or key of that account is root at once.",
    remedy="Remove nopass, or bind the rule to the exact command that a program needs.",
)
def doas_no_password(subject: Subject) -> Iterator[Hit]:
    """Yield the rules that give root without a password."""
    for row in subject.host.rows(DoasRule):
        one = row.record
        is_root = one.target in (None, "root")
        whole = one.command is None or amounts_to_root(one.command)
        if one.permits and not one.needs_password and is_root and whole and one.identity != "root":
            says = f"{one.identity} is root by doas without a password"
            yield broken(row, says, f"{one.file}:{one.order}")


@rule(
    "group.docker",
    "Nobody has root through a group",
    Severity.HIGH,
    needs=(Group, Account),
    reason="Groups such as docker, lxd and disk amount to root, but no list of "
    "administrators shows their members.",
    remedy="Count the members as administrators, or take them out of the group.",
)
def group_root(subject: Subject) -> Iterator[Hit]:
    """Yield the members of groups that amount to root; of those that may, with less weight."""
    accounts = subject.host.rows(Account)
    for row in subject.host.rows(Group):
        name = row.record.name
        if name not in GROUPS:
            continue
        primary = [a.record.name for a in accounts if a.record.gid == row.record.gid]
        severity = None if GROUPS[name] is Certainty.PROVED else Severity.LOW
        for member in sorted({*row.record.members, *primary} - {"root"}):
            says = f"{member} is in group {name}"
            yield broken(row, says, f"{name} {member}", severity=severity)


def _of_root(subject: Subject) -> Iterator[sudoers.Grant]:
    """Yield the grants of this host that give root to others than root."""
    for grant in sudoers.grants(subject.host):
        others = set(_users(subject, grant.row)) - {"root"}
        if others and grant.power is Power.ROOT and grant.here is not Truth.NO:
            yield grant


def _of(grant: sudoers.Grant, says: str, severity: Severity | None = None) -> Hit:
    """Return that a grant breaks the rule; where it is not sure that it holds, that it may."""
    if (grant.certain & grant.here) is Truth.YES:
        return broken(grant.row, says, _place(grant.row), severity=severity)
    return unclear(grant.row, says, _place(grant.row))


def _users(subject: Subject, row: Seen[SudoGrant]) -> list[str]:
    """Return whom a grant names, aliases replaced, without those that it takes out."""
    aliases = members.aliases_of(subject.host)
    named = members.expanded(row.record.users, of="User", aliases=aliases)
    return [name for name in named if not name.startswith("!")]


def _place(row: Seen[SudoGrant]) -> str:
    return row.record.at.where or f"{row.record.file}: {shown(' '.join(row.record.users))}"
