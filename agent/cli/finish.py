"""What follows a sealed audit: it is judged, the checklist is kept, documents are written."""

import time
from importlib.metadata import version

import click

from agent.cli.main import WITH_GAPS
from agent.cli.opening import Opened
from agent.documents.summary import summary
from agent.documents.told import Told
from inventory.changes import changes
from inventory.reading import State


def finish(found: Opened, *, documents: bool) -> int:
    """Tell what the newest audit says, and return the exit status."""
    told = told_of(found)
    click.echo(summary(told))
    return 0 if is_complete(told) else WITH_GAPS


def told_of(found: Opened, audit: int | None = None) -> Told:
    """Return one audit (None: the newest) with all that documents tell of it."""
    judgement = found.judgement(audit)
    number = judgement.case.snapshot.audit
    lines = found.store.audits()
    line = next(one for one in lines if one.number == number)
    before = found.store.newest(before=number)
    return Told(
        judgement=judgement,
        items=(),
        engagement=found.engagement,
        seal=line.seal or "",
        started=line.started,
        ended=line.ended or int(time.time()),
        audits=sum(one.number <= number for one in lines),
        changes=None if before is None else tuple(changes(found.store, before, number)),
        version=version("handover"),
    )


def is_complete(told: Told) -> bool:
    """Return whether every question of the audit was answered."""
    readings = told.judgement.case.snapshot.readings()
    return all(reading.state is State.COMPLETE for reading in readings)
