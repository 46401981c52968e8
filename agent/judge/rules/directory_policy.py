"""Policies of a directory: passwords, who adds computers, what can be brought back."""

from collections.abc import Iterator

from agent.judge.case import Severity, Verdict
from agent.judge.rules.rule import Hit, Per, Subject, broken, kept, rule, unclear
from agent.judge.rules.words import DAY_S, plural
from inventory.model.directory import (
    DirectoryOption,
    DirectoryPasswordPolicy,
    Domain,
    PartitionBackup,
)

SHORT, TOO_SHORT = 12, 8  # characters
BACKUP_DAYS, LATE_BACKUP_DAYS = 7, 30


@rule(
    "directory.password-policy",
    "The rules for passwords are strong enough",
    Severity.MEDIUM,
    needs=(DirectoryPasswordPolicy,),
    per=Per.DIRECTORY,
    reason="Short passwords without a limit of attempts are found by trying.",
    remedy="Ask for twelve characters or more, and lock after some failures.",
)
def password_policy(subject: Subject) -> Iterator[Hit]:
    """Yield what is weak in the policy of the whole directory."""
    for row in subject.directory.rows(DirectoryPasswordPolicy):
        one = row.record
        if one.type == "fine-grained":
            continue
        if one.least_length is not None and one.least_length < SHORT:
            severity = Severity.HIGH if one.least_length < TOO_SHORT else None
            says = f"{one.name}: {one.least_length} characters are enough"
            yield broken(row, says, f"{one.name} length", severity=severity)
        if one.is_reversible:
            says = f"{one.name}: passwords are kept so that they can be read back"
            yield broken(row, says, f"{one.name} reversible", severity=Severity.HIGH)
        if one.lockout_after == 0:
            yield broken(row, f"{one.name}: no limit of attempts", f"{one.name} lockout")


@rule(
    "directory.fine-policy",
    "No group has weaker rules for passwords than everybody",
    Severity.MEDIUM,
    needs=(DirectoryPasswordPolicy,),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Exceptions are made for service accounts and administrators: their passwords matter "
    "most.",
    remedy="Ask what the exception is for; take it away or make it stronger.",
)
def fine_policy(subject: Subject) -> Iterator[Hit]:
    """Yield the fine-grained policies that ask for less than the domain's."""
    rows = subject.directory.rows(DirectoryPasswordPolicy)
    known = [row.record for row in rows if row.record.type == "domain"]
    least = max((one.least_length or 0 for one in known), default=0)
    locks = any(one.lockout_after for one in known)
    for row in rows:
        one = row.record
        if one.type != "fine-grained":
            continue
        shorter = one.least_length is not None and one.least_length < least
        unlimited = locks and one.lockout_after == 0
        if shorter or unlimited or one.is_reversible:
            whom = plural(len(one.applies_to), "group or account")
            yield broken(row, f"{one.name} asks for less than the domain, of {whom}", one.name)


@rule(
    "directory.machine-quota",
    "Only administrators add computers",
    Severity.MEDIUM,
    needs=(Domain,),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="A computer that a user added is an account that the user rules, and a step to others.",
    remedy="Set ms-DS-MachineAccountQuota to 0; let a group add computers.",
)
def machine_quota(subject: Subject) -> Iterator[Hit]:
    """Yield how many computers any user may add."""
    for row in subject.directory.rows(Domain):
        quota = row.record.machine_quota
        if quota is None:
            yield unclear(row, "how many computers a user may add is not shown", row.record.dn)
        elif quota > 0:
            yield broken(row, f"any user may add {plural(quota, 'computer')}", row.record.dn)


@rule(
    "directory.recycle-bin",
    "What is deleted can be brought back",
    Severity.MEDIUM,
    needs=(DirectoryOption,),
    per=Per.DIRECTORY,
    dialect="ad",
    otherwise=Verdict.NOT_MET,
    says="no setting tells that the recycle bin is on",
    reason="Without it a deleted unit comes back only from a backup of a controller.",
    remedy="Switch the recycle bin on (Enable-ADOptionalFeature). It cannot be switched off again.",
)
def recycle_bin(subject: Subject) -> Iterator[Hit]:
    """Yield that the recycle bin is on."""
    for row in subject.directory.rows(DirectoryOption):
        if row.record.name == "recycle bin" and row.record.value == "on":
            yield kept(row, "the recycle bin is on")


@rule(
    "directory.heuristics",
    "The directory shows nothing to those who did not log in",
    Severity.CRITICAL,
    needs=(DirectoryOption,),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="Anybody on the network reads and may search all that rights give to Everyone.",
    remedy="Set the seventh character of dSHeuristics back to 0.",
)
def heuristics(subject: Subject) -> Iterator[Hit]:
    """Yield the setting that lets anonymous requests in ([MS-ADTS] 6.1.1.2.4.1.2)."""
    for row in subject.directory.rows(DirectoryOption):
        value = row.record.value
        if row.record.name == "dSHeuristics" and value[6:7] == "2":
            yield broken(
                row, f"dSHeuristics is {value}: anonymous requests are served", "anonymous"
            )


@rule(
    "directory.backup",
    "The directory was backed up within a week",
    Severity.MEDIUM,
    needs=(PartitionBackup,),
    per=Per.DIRECTORY,
    dialect="ad",
    reason="A directory that is lost takes every account with it. A copy of a virtual machine need "
    "not be one that a controller can be brought back from.",
    remedy="Back up a controller with what its own system calls a backup, and restore it once.",
)
def backup(subject: Subject) -> Iterator[Hit]:
    """Yield partitions without a backup, or whose last is old; over a month weighs more."""
    for row in subject.directory.rows(PartitionBackup):
        one = row.record
        if one.when is None:
            says = f"{one.partition} was never backed up, as far as it knows"
            yield broken(row, says, one.partition, severity=Severity.HIGH)
        elif one.when.latest < subject.now - BACKUP_DAYS * DAY_S:
            is_late = one.when.latest < subject.now - LATE_BACKUP_DAYS * DAY_S
            severity = Severity.HIGH if is_late else None
            yield broken(
                row,
                f"{one.partition} was backed up last {one.when}",
                one.partition,
                severity=severity,
            )
