"""Jobs and mail: what stops with a person, what is sent out of the house."""

from collections.abc import Iterator
from posixpath import basename

from agent.judge.access import has_shell
from agent.judge.case import Severity
from agent.judge.rootlike import command_is_replaceable
from agent.judge.rules.belonging import mail_is_ours
from agent.judge.rules.rule import Hit, Subject, broken, broken_if, rule
from agent.judge.rules.words import shown
from inventory.model.account import Account
from inventory.model.host import HostIdentity
from inventory.model.operation import MailAlias, ScheduledJob
from inventory.model.truth import Truth

FIRST_PERSON = 1000  # uids of people start here on the distributions of today
_NOBODY = 65534


@rule(
    "job.of-person",
    "No job runs as a person",
    Severity.MEDIUM,
    needs=(ScheduledJob, Account),
    reason="The job stops when the person's account is closed, and nobody is told.",
    remedy="Find out what it does, and let it run as an account of the system before the "
    "person's account is closed.",
)
def of_person(subject: Subject) -> Iterator[Hit]:
    """Yield the jobs of accounts that look like a person's: a shell and a uid from 1000 on."""
    people = {
        row.record.name
        for row in subject.host.rows(Account)
        if FIRST_PERSON <= row.record.uid < _NOBODY and has_shell(row.record)
    }
    for row in subject.host.rows(ScheduledJob):
        job = row.record
        if job.account in people:
            says = f"{shown(job.command)} runs as {job.account} ({job.place})"
            yield broken(row, says, f"{job.place} {shown(job.command)}")


@rule(
    "job.replaceable",
    "What root runs by the clock, only root can change",
    Severity.HIGH,
    needs=(ScheduledJob,),
    reason="The program lies where an ordinary account writes. Its owner is root, whenever "
    "the job next runs.",
    remedy="Move the program to a place that only root writes.",
)
def replaceable(subject: Subject) -> Iterator[Hit]:
    """Yield the jobs of root whose program lies in a home or a folder for everybody."""
    for row in subject.host.rows(ScheduledJob):
        job = row.record
        program = _program(job.command)
        if job.account == "root" and command_is_replaceable(program):
            says = f"root runs {shown(program)} ({job.place})"
            yield broken(row, says, f"{job.place} {shown(program)}")


@rule(
    "job.mail-outside",
    "The output of jobs stays in the house",
    Severity.MEDIUM,
    needs=(ScheduledJob, HostIdentity),
    reason="Errors of backups and jobs go to somebody who no longer acts on them, with names "
    "and data in them.",
    remedy="Set MAILTO to an address of those who run the host from now on.",
)
def mail_outside(subject: Subject) -> Iterator[Hit]:
    """Yield the addresses outside of the client's and the incoming party's domains."""
    for row in subject.host.rows(ScheduledJob):
        for address in (row.record.mail_to or "").replace(",", " ").split():
            ours = mail_is_ours(subject, address)
            if ours is not Truth.YES:
                says = f"output of jobs in {row.record.place} goes to {shown(address)}"
                yield broken_if(ours is Truth.NO, row, says, f"{row.record.place} {shown(address)}")


@rule(
    "mail.alias-outside",
    "Mail and alerts of the host stay in the house",
    Severity.MEDIUM,
    needs=(MailAlias, HostIdentity),
    reason="Alerts, and mail by which passwords are reset, go to somebody else.",
    remedy="Let the address lead to those who run the host from now on, and run newaliases.",
)
def alias_outside(subject: Subject) -> Iterator[Hit]:
    """Yield the addresses outside of the client's and the incoming party's domains."""
    for row in subject.host.rows(MailAlias):
        alias = row.record
        ours = mail_is_ours(subject, alias.target)
        if ours is not Truth.YES:
            says = f"mail of {alias.name} goes to {shown(alias.target)} ({alias.file})"
            yield broken_if(
                ours is Truth.NO, row, says, f"{alias.file} {alias.name} {shown(alias.target)}"
            )


def _program(command: str) -> str:
    """Return the program that a command runs; of a shell or interpreter its script."""
    words = command.split()
    while words and ("=" in words[0] or basename(words[0]) in _WRAPPERS or words[0][:1] == "-"):
        words = words[1:]
    return words[0] if words else ""


_WRAPPERS = frozenset(
    ("sh", "bash", "dash", "env", "nice", "ionice", "timeout", "flock", "python3", "perl", "exec")
)
