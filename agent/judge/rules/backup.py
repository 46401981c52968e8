"""Backups: whether there is any, where it lies, and who has the secret to it."""

import re
from collections.abc import Iterator

from agent.judge import access
from agent.judge.case import Certainty, Power, Severity, Verdict
from agent.judge.matching import of_role
from agent.judge.rules.rule import Hit, Subject, broken, hit, kept, rule, unclear
from agent.judge.rules.words import listed, shown
from inventory.model.host import Filesystem
from inventory.model.operation import Agent, BackupJob, ScheduledJob
from inventory.model.party import Role
from inventory.model.record import Identifier, Mark
from inventory.model.truth import Truth
from inventory.snapshot import Seen

_SEEN_BEFORE = "borg (seen before)"  # a repository that was used once; nothing says it still is
_NONE = "the host makes no backup by itself"
_TOOLS = re.compile(
    r"(?:^|[\s/])(?:restic|borg|borgmatic|rsnapshot|duplicity|duply|rdiff-backup|pg_dump|"
    r"pg_dumpall|mysqldump|mariadb-dump|mongodump|xtrabackup|[\w.-]{0,40}backup[\w.-]{0,40})"
    r"(?:\s|$)",
    re.IGNORECASE,
)


@rule(
    "backup.none",
    "The host is backed up",
    Severity.HIGH,
    needs=(BackupJob, Agent, ScheduledJob),
    reason="A mistake during the handover would then be final. If a backup is made from "
    "outside, somebody has to show it.",
    remedy="Ask whether the host is backed up from outside (image, hypervisor, storage) and "
    "see a restore. Else make a backup before anything is changed.",
    otherwise=Verdict.NOT_MET,
    says="no backup was found in any place that was read",
)
def none(subject: Subject) -> Iterator[Hit]:
    """Yield what is set up to back the host up; that it runs, or restores, is not shown here."""
    for row in subject.host.rows(BackupJob):
        one = row.record
        where = shown(one.destination) or "a place that is not stated"
        if one.product == _SEEN_BEFORE:
            yield unclear(row, f"borg once wrote to {where}")
        else:
            yield kept(row, f"{one.product} is set up to write to {where}; no run was checked")
    for agent in subject.host.rows(Agent):
        two = agent.record
        if two.type == "backup":
            verdict = Verdict.MET if two.state == "running" else Verdict.UNKNOWN
            yield hit(verdict, agent, f"{two.product} is {two.state}; no run was checked")
    for job in subject.host.rows(ScheduledJob):
        if _TOOLS.search(job.record.command[:2000]):
            says = f"{shown(job.record.command)} may be a backup ({job.record.place})"
            yield unclear(job, says)


@rule(
    "backup.on-host",
    "A backup lies outside of the host",
    Severity.HIGH,
    needs=(BackupJob, Filesystem),
    reason="What destroys the host destroys the backup with it.",
    remedy="Send it to another machine, and keep one copy where the host cannot delete it.",
)
def on_host(subject: Subject) -> Iterator[Hit]:
    """Yield the backups, where all of them go to a path of the host's own disks."""
    jobs = subject.host.rows(BackupJob)
    if not jobs:
        yield Hit(Verdict.NOT_APPLICABLE, _NONE)
    places = [_is_on_host(subject, row) for row in jobs]
    if not jobs or Truth.NO in places:
        return
    sure = Truth.UNKNOWN not in places and subject.host.is_whole(BackupJob, Filesystem)
    for row, place in zip(jobs, places, strict=True):
        says = (
            f"{row.record.product} writes to {shown(row.record.destination) or 'no stated place'}"
        )
        sure = place is Truth.YES and Truth.UNKNOWN not in places
        say = broken if sure and subject.host.is_whole(BackupJob, Filesystem) else unclear
        yield say(row, f"{says}, and nothing that goes elsewhere was found", row.record.place)


def _is_on_host(subject: Subject, row: Seen[BackupJob]) -> Truth:
    """Tell whether a job writes to a disk of the host itself."""
    place = row.record.destination.removeprefix("file://")
    if row.carried or row.record.product == _SEEN_BEFORE or not place:
        return Truth.UNKNOWN
    if not place.startswith("/"):
        return Truth.NO
    mounts = [one.record for one in subject.host.rows(Filesystem)]
    above = [one for one in mounts if _is_below(place, one.mountpoint)]
    best = max(above, key=lambda one: len(one.mountpoint), default=None)
    if best is None:
        return Truth.UNKNOWN
    return Truth.NO if best.is_network else Truth.YES


def _is_below(path: str, mountpoint: str) -> bool:
    return f"{path.rstrip('/')}/".startswith(f"{mountpoint.rstrip('/')}/")


@rule(
    "backup.secret-with-outgoing",
    "The leaver cannot read or destroy the backups",
    Severity.HIGH,
    needs=(BackupJob, *access.NEEDS),
    reason="Whoever has root on the host can read the secret to its backups, keep a copy, and "
    "open or delete them after the cutover.",
    remedy="End the leaver's ways first. Then change the secret, let one backup run with it, "
    "and restore from it. Keep the new secret with the client, outside of the host.",
)
def secret_with_outgoing(subject: Subject) -> Iterator[Hit]:
    """Yield the backups of a host on which the leaver has root, or that go to the leaver's."""
    ways = _ways_of_outgoing(subject)
    if not subject.host.rows(BackupJob):
        yield Hit(Verdict.NOT_APPLICABLE, _NONE)
    for row in subject.host.rows(BackupJob):
        one = row.record
        secret = f", its secret from {shown(one.secret_from)}" if one.secret_from else ""
        found = subject.matcher.matches(one.identifiers())
        theirs = of_role(found, Role.OUTGOING)
        if theirs and theirs.certainty is not Certainty.PROPOSED:
            says = f"{one.product} writes to {shown(one.destination)}, of {theirs.party}"
            yield broken(row, says, one.place)
        elif ways[Truth.YES]:
            says = f"{listed(ways[Truth.YES])} leads to root; {one.product} runs there{secret}"
            yield broken(row, says, one.place)
        elif theirs or ways[Truth.UNKNOWN]:
            says = f"the leaver may reach the backups of {one.product}{secret}"
            yield unclear(row, says, one.place)


def _ways_of_outgoing(subject: Subject) -> dict[Truth, list[str]]:
    """Return what starts the leaver's ways to root, by how sure the way is."""
    found: dict[Truth, list[str]] = {truth: [] for truth in Truth}
    for path in subject.paths.paths:
        if path.power is not Power.ROOT:
            continue
        word, _, print_ = path.principal.partition(" ")
        by_key = Identifier(Mark.FINGERPRINT, print_)
        by_name = Identifier(Mark.ACCOUNT, path.account or "")
        marks = (by_key, by_name) if word in ("key", "CA") else (by_name,)
        match = of_role(subject.matcher.matches(marks), Role.OUTGOING)
        if match and path.principal not in found[path.certain]:
            found[path.certain].append(path.principal)
    return found
