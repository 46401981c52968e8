"""Rules about what group policies set: passwords in them, scripts, administrators, updates."""

from collections.abc import Iterator

from agent.judge import matching
from agent.judge.case import Severity, Verdict
from agent.judge.directory.membership import Member
from agent.judge.directory.people import closed_ids
from agent.judge.directory.policies import (
    ADMINISTRATOR,
    ADMINISTRATORS,
    OWN_SERVERS,
    Appointed,
    Policies,
    appointed,
    everywhere,
)
from agent.judge.directory.principals import UNKNOWN, Principal, Principals
from agent.judge.rules.rule import Hit, Per, Subject, broken, broken_if, rule
from agent.judge.rules.words import shown
from collectors.well_known_sids import EVERYBODY
from inventory.model.directory_policies import PolicySecret, PolicySetting
from inventory.model.directory_services import GroupPolicy
from inventory.model.party import Role
from inventory.model.record import Identifier, Mark

_UPDATES = "update server"
_ALL_USERS = (513, 514, 515)  # Domain Users, Guests and Computers
_USUAL = (500, 512)  # Administrator and Domain Admins are administrators everywhere as it is


@rule(
    "directory.policy-password",
    "No password stands in a group policy or a login script",
    Severity.CRITICAL,
    needs=(PolicySecret, GroupPolicy),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Every user of the domain can read these files; the key of passwords in preferences "
    "is public (MS14-025).",
    remedy="Remove the element or the file, then change that password wherever it is used.",
)
def policy_password(subject: Subject) -> Iterator[Hit]:
    """Yield each place at which a password stands; its value is nowhere kept."""
    policies = subject.directory.once(Policies)
    for row in subject.directory.rows(PolicySecret):
        one = row.record
        whose = f" of {one.account}" if one.account else ""
        since = f", unchanged since {one.since}" if one.since else ""
        says = f"{one.what}{whose} in {policies.name(one.policy)}, {one.file} {one.where}{since}"
        yield broken(row, says, f"{one.file} {one.where}")


@rule(
    "directory.policy-script-elsewhere",
    "What policies run on every machine comes from machines of the domain",
    Severity.HIGH,
    needs=(PolicySetting, GroupPolicy, *OWN_SERVERS),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Whoever has that server does what he likes on every machine of the policy.",
    remedy="Move the files to a server that stays, and let the policy name it.",
)
def policy_script_elsewhere(subject: Subject) -> Iterator[Hit]:
    """Yield scripts, software and tasks that come from servers that the domain does not know."""
    policies = subject.directory.once(Policies)
    sure = subject.directory.is_whole(*OWN_SERVERS)
    for row in everywhere(subject.directory):
        one = row.record
        for server in policies.elsewhere(one) if one.kind != _UPDATES else ():
            severity = Severity.CRITICAL if _is_theirs(subject, server) else None
            what = f"{one.kind} {one.name} of {policies.name(one.policy)}"
            says = f"{shown(what)} leads to {server}, no machine of this domain"
            name = f"{one.policy} {one.side} {one.kind} {one.name} {one.value} {server}"
            found = broken_if(sure, row, says, name)
            yield Hit(found.verdict, says, name, found.evidence, found.carried, severity)


@rule(
    "directory.update-server",
    "The updates of machines come from nobody who leaves",
    Severity.HIGH,
    needs=(PolicySetting, GroupPolicy),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="When that server is gone, no machine gets updates; whoever has it chooses them.",
    remedy="Set up an update server that stays, or let the machines ask the maker's.",
)
def update_server(subject: Subject) -> Iterator[Hit]:
    """Yield the update servers that are the leaver's."""
    policies = subject.directory.once(Policies)
    for row in everywhere(subject.directory):
        one = row.record
        if one.kind != _UPDATES:
            continue
        for server in one.servers:
            if _is_theirs(subject, server):
                says = f"{policies.name(one.policy)}: updates come from {one.value}"
                yield broken(row, says, f"{one.policy} {one.name} {server}")


def _is_theirs(subject: Subject, server: str) -> bool:
    found = subject.matcher.matches((Identifier(Mark.SERVER, server),))
    return matching.of_role(found, Role.OUTGOING) is not None


@rule(
    "directory.local-admin-by-policy",
    "Policies make nobody administrator whose task it is not",
    Severity.MEDIUM,
    needs=(*ADMINISTRATORS, GroupPolicy),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Who is administrator of a machine reads whatever its users may read and type.",
    remedy="Say in the policy which group of the client's own is administrator, and nobody else.",
)
def local_admin_by_policy(subject: Subject) -> Iterator[Hit]:
    """Yield each of the leaver's people, and others once for whom the policy names."""
    closed, told = closed_ids(subject.directory, subject.now), set[str]()
    for found in appointed(subject.directory, ADMINISTRATOR):
        member = found.member
        if member.principal.id in closed or _is_usual(_top(member)):
            continue
        theirs = matching.of_role(subject.matcher.matches(found.identifiers), Role.OUTGOING)
        who = member.principal if theirs else _top(member)
        name = f"{found.row.record.policy} {who.id}"
        if name not in told:
            told.add(name)
            yield _administrator(subject, found, who, name, is_theirs=theirs is not None)


def _administrator(
    subject: Subject, found: Appointed, who: Principal, name: str, *, is_theirs: bool
) -> Hit:
    is_wide = who.sid in EVERYBODY or who.rid in _ALL_USERS
    severity = Severity.CRITICAL if is_theirs or is_wide else None
    policy = subject.directory.once(Policies).name(found.row.record.policy)
    through = "" if who.id == _top(found.member).id else f", through {_top(found.member).name}"
    says = f"{who.name} is administrator of the machines of {policy}{through}"
    evidence = found.member.evidence if through else (found.row.evidence,)
    carried = found.member.carried if through else found.row.carried
    principals = subject.directory.once(Principals)
    is_sure = is_theirs or who.type != UNKNOWN or principals.is_whole
    verdict = Verdict.NOT_MET if is_sure else Verdict.UNKNOWN
    return Hit(verdict, says, name, evidence, carried, severity)


def _top(member: Member) -> Principal:
    """Return whom the policy itself names."""
    return member.through[-1] if member.through else member.principal


def _is_usual(one: Principal) -> bool:
    """Return whether somebody is administrator of every machine of the domain as it is."""
    return one.rid in _USUAL and one.type != UNKNOWN
