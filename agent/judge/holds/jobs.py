"""What runs by the clock: as whose account, for whom, and who gets the output."""

from collections.abc import Iterator
from hashlib import sha256

from agent.judge.case import Power
from agent.judge.holds.kind import Candidate, Scene, hold_kind, of_row
from inventory.model.operation import ScheduledJob
from inventory.model.record import Mark

MOST_SHOWN = 100  # characters of a command in a title


@hold_kind("job", needs=(ScheduledJob,))
def jobs(scene: Scene) -> Iterator[Candidate]:
    """Yield each job: theirs by its account, perhaps theirs by what its command names."""
    for row in scene.host.rows(ScheduledJob):
        job = row.record
        mailed = {Mark.MAIL, *((Mark.ACCOUNT,) if not job.account else ())}
        addresses = (job.mail_to or "").replace(",", " ").split()
        marks = tuple(
            one
            for one in job.identifiers()
            if one.mark not in mailed and (one.value == job.account or one.value not in addresses)
        )
        digest = sha256(job.command.encode("utf-8", "backslashreplace")).hexdigest()[:16]
        shown = job.command[:MOST_SHOWN]
        yield of_row(
            scene,
            row,
            "job",
            name=f"{job.place} {job.account or ''} {digest}",
            title=f"job {shown!r} as {job.account or 'an unknown account'} ({job.place})",
            subject=job.command[:200],
            power=Power.CONTROL if job.account == "root" else Power.RUN_AS,
            is_dependence=False,
            identifiers=marks,
            detail=job.schedule,
        )


@hold_kind("job mail", needs=(ScheduledJob,))
def job_mail(scene: Scene) -> Iterator[Candidate]:
    """Yield the addresses that get the output of jobs."""
    seen: set[tuple[str, str]] = set()
    for row in scene.host.rows(ScheduledJob):
        job = row.record
        addresses = (job.mail_to or "").replace(",", " ").split()
        for address in addresses:
            if (job.place, address) not in seen:
                seen.add((job.place, address))
                yield of_row(
                    scene,
                    row,
                    "job mail",
                    name=f"{job.place} {address}",
                    title=f"output of jobs in {job.place} goes to {address}",
                    subject=address,
                    identifiers=tuple(i for i in job.identifiers() if i.value == address),
                )
