"""What a directory hands out to Unix hosts: accounts, sudo rules, SSH keys, groups."""

from collections import defaultdict
from collections.abc import Iterator

from agent.judge import matching
from agent.judge.case import Certainty, Severity, Verdict
from agent.judge.directory.membership import NEEDS as MEMBERSHIP
from agent.judge.directory.membership import Membership
from agent.judge.directory.people import closed_ids
from agent.judge.directory.principals import UNKNOWN
from agent.judge.holds.directory_rights import ended
from agent.judge.holds.keys import short
from agent.judge.rules.rule import Hit, Per, Subject, broken, broken_if, rule
from agent.judge.rules.words import listed
from inventory.model.directory import Domain
from inventory.model.directory_accounts import (
    DirectoryAccount,
    DirectoryGroup,
    DirectoryKey,
)
from inventory.model.directory_rights import DirectorySudoRole
from inventory.model.party import Role
from inventory.model.record import Identifier, Mark
from inventory.model.truth import Truth
from inventory.snapshot import Seen

_WITHOUT = "!authenticate"


@rule(
    "directory.uid0",
    "No account of the directory is root on every host",
    Severity.CRITICAL,
    needs=(DirectoryAccount,),
    per=Per.DIRECTORY,
    reason="An account with uid 0 is root on every host that takes accounts from the directory.",
    remedy="Find out who uses it; give it another number, or delete it.",
)
def uid0(subject: Subject) -> Iterator[Hit]:
    """Yield the accounts with uid 0, closed ones too: hosts may not know that they are closed."""
    for row in subject.directory.rows(DirectoryAccount):
        if row.record.uid_number == 0:
            yield broken(row, f"{row.record.name} has uid 0", row.record.name)


@rule(
    "directory.shared-uid",
    "No two accounts of the directory are one to the hosts",
    Severity.HIGH,
    needs=(DirectoryAccount,),
    per=Per.DIRECTORY,
    reason="On a host they own each other's files; closing one leaves the other.",
    remedy="Give one of them another number, and its files to it.",
)
def shared_uid(subject: Subject) -> Iterator[Hit]:
    """Yield the numbers that several accounts have."""
    found: dict[int, list[Seen[DirectoryAccount]]] = defaultdict(list)
    for row in subject.directory.rows(DirectoryAccount):
        if row.record.uid_number is not None:
            found[row.record.uid_number].append(row)
    for number, rows in sorted(found.items()):
        names = sorted({row.record.name for row in rows})
        if len(rows) > 1:
            says = f"uid {number} is {listed(names)}"
            places = tuple(row.evidence for row in rows)
            is_old = sum(not row.carried for row in rows) < 2
            yield Hit(Verdict.NOT_MET, says, str(number), places, is_old)


@rule(
    "directory.sudo-all",
    "Sudo rules of the directory name commands, or ask for a password",
    Severity.HIGH,
    needs=(DirectorySudoRole,),
    per=Per.DIRECTORY,
    reason="Such a rule is root on every host that it covers, without anything that only its "
    "owner knows.",
    remedy="Name the commands; ask for the password; set an end (sudoNotAfter).",
)
def sudo_all(subject: Subject) -> Iterator[Hit]:
    """Yield the rules in force that allow everything without a password; the leaver's too."""
    for row in subject.directory.rows(DirectorySudoRole):
        role = row.record
        if "ALL" not in role.commands or ended(role, subject.now) is Truth.YES:
            continue
        leaver = _leaver(subject, role)
        if _WITHOUT in role.options or leaver:
            who = listed(role.users) or "nobody"
            how = " without a password" if _WITHOUT in role.options else ""
            severity = Severity.CRITICAL if leaver else None
            says = f"{role.name} lets {who} do everything{how}"
            yield broken(row, says, role.name, severity=severity)


def _leaver(subject: Subject, role: DirectorySudoRole) -> bool:
    marked = (Identifier(Mark.ACCOUNT, user) for user in role.users if user[:1] not in "%+#!")
    found = matching.of_role(subject.matcher.matches(marked), Role.OUTGOING)
    return found is not None and found.certainty is not Certainty.PROPOSED


@rule(
    "directory.key-of-closed",
    "No closed account has a key",
    Severity.HIGH,
    needs=(DirectoryKey, DirectoryAccount),
    per=Per.DIRECTORY,
    reason="Many hosts let a key in without asking whether its account is closed.",
    remedy="Take the key out of the directory.",
)
def key_of_closed(subject: Subject) -> Iterator[Hit]:
    """Yield the SSH keys of accounts that are known to be closed."""
    closed = closed_ids(subject.directory, subject.now)
    for row in subject.directory.rows(DirectoryKey):
        if row.record.account in closed:
            says = f"{row.record.name} is closed, and has the key {short(row.record.fingerprint)}"
            yield broken(row, says, f"{row.record.name} {row.record.fingerprint}")


@rule(
    "directory.weak-key",
    "SSH keys of the directory are strong",
    Severity.MEDIUM,
    needs=(DirectoryKey,),
    per=Per.DIRECTORY,
    reason="A weak key can be computed from its public half, which every host shows.",
    remedy="Replace it with an Ed25519 key.",
)
def weak_key(subject: Subject) -> Iterator[Hit]:
    """Yield DSA keys, and RSA keys below 2048 bits."""
    for row in subject.directory.rows(DirectoryKey):
        if row.record.is_weak:
            bits = f" of {row.record.bits} bits" if row.record.bits else ""
            says = f"{row.record.name} has a {row.record.algorithm} key{bits}"
            yield broken(row, says, f"{row.record.name} {row.record.fingerprint}")


@rule(
    "directory.shared-key",
    "Every SSH key of the directory is one account's",
    Severity.MEDIUM,
    needs=(DirectoryKey,),
    per=Per.DIRECTORY,
    reason="Of a key that several accounts have nobody can say who used it; closing one leaves "
    "the others.",
    remedy="Give every person a key of their own.",
)
def shared_key(subject: Subject) -> Iterator[Hit]:
    """Yield the keys that several accounts have."""
    found: dict[str, list[Seen[DirectoryKey]]] = defaultdict(list)
    for row in subject.directory.rows(DirectoryKey):
        found[row.record.fingerprint].append(row)
    for print_, rows in sorted(found.items()):
        fresh = [row for row in rows if not row.carried]
        if len({row.record.account for row in rows}) > 1:
            names = listed(sorted({row.record.name for row in rows}))
            places = tuple(row.evidence for row in rows)
            says = f"{short(print_)} is the key of {names}"
            yield Hit(Verdict.NOT_MET, says, print_, places, len(fresh) < 2)


@rule(
    "directory.dangling-member",
    "Groups name members that are there",
    Severity.LOW,
    needs=(Domain, *MEMBERSHIP),
    per=Per.DIRECTORY,
    dialect="posix",
    reason="Whoever makes an account of that name again gets what the group has.",
    remedy="Take the name out of the group.",
)
def dangling_member(subject: Subject) -> Iterator[Hit]:
    """Yield the members that no entry explains; groups of the whole world are left out."""
    membership = subject.directory.once(Membership)
    sure = subject.directory.is_whole(*MEMBERSHIP)
    for row in subject.directory.rows(DirectoryGroup):
        for link in membership.direct(row.record.id):
            if link.member.type == UNKNOWN:
                says = f"{row.record.name} names {link.member.name}, who was not found"
                is_sure = sure and not link.carried
                yield broken_if(is_sure, row, says, f"{row.record.name} {link.member.id}")
