"""What follows a sealed audit: it is judged, the checklist is kept, documents are written."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import click
import msgspec
from msgspec import Struct

from agent.cli.main import WITH_GAPS
from agent.cli.opening import Opened
from agent.documents.files import NotWritten
from agent.documents.summary import summary
from agent.documents.told import Told
from agent.documents.write import write
from agent.engagement.sku_names import product_names
from agent.judge.judgement import Judgement
from agent.transition.checklist import checklist
from agent.transition.memory import Memory, memory_of
from agent.transition.news import news
from collectors.registry import every
from inventory.changes import changes
from inventory.errors import StoreError
from inventory.reading import State
from inventory.store import AuditLine

AUTHOR = "handover"  # of journal entries that follow from an audit alone
KEPT = "checklist kept"  # the entry that follows the last one of an audit


class _Kept(Struct, frozen=True):
    """Its body."""

    audit: int


def finish(found: Opened, *, documents: bool) -> int:
    """Keep and tell what the newest audit says, and return the exit status."""
    judgement = found.judgement()
    with _advised(judgement.case.snapshot.audit):
        keep_items(found, judgement)
        told = told_of(found, judgement)
        written = write_documents(found, told) if documents else ()
    click.echo(summary(told))
    whole = is_complete(told)
    status = "complete" if whole else "complete, with gaps (exit 3)"
    shown = next((path for path in written if path.suffix == ".html"), None) or next(
        iter(written), None
    )
    click.echo(f"\nDossier: {shown}        {status}" if shown else f"\n{status}")
    return 0 if whole else WITH_GAPS


@contextmanager
def _advised(number: int) -> Iterator[None]:
    """Say of what goes wrong inside that the audit itself is kept, and how to go on."""
    try:
        yield
    except (StoreError, NotWritten) as err:
        raise type(err)(
            f"{err}. Audit {number} itself is kept; go on with: handover documents"
        ) from err


def keep_items(found: Opened, judgement: Judgement) -> None:
    """Note in the journal what the audit adds to the checklist, so that ids stay for ever."""
    number = judgement.case.snapshot.audit
    line = line_of(found, number)
    memory = memory_of(found.store.journal())
    for note in news(judgement, memory, parsers=parsers(), audited=line.started):
        found.store.note(author=AUTHOR, kind=note.kind, body=note.body, at=int(time.time()))
    found.store.note(author=AUTHOR, kind=KEPT, body=_Kept(number), at=int(time.time()))


def catch_up(found: Opened) -> None:
    """Keep the items of the newest audit where a full disk or a crash came before that."""
    newest = found.store.newest()
    bodies = (entry.body for entry in found.store.journal(KEPT) if entry.body is not None)
    kept = {msgspec.json.decode(body, type=_Kept).audit for body in bodies}
    if newest is not None and newest not in kept:
        keep_items(found, found.judgement(newest))


def told_of(found: Opened, judgement: Judgement) -> Told:
    """Return one judged audit with all that documents tell of it."""
    number = judgement.case.snapshot.audit
    line = line_of(found, number)
    before = found.store.newest(before=number)
    memory = remembered(found, number)
    return Told(
        judgement=judgement,
        items=checklist(judgement, memory, parsers=parsers(), audited=line.started),
        engagement=found.engagement,
        seal=line.seal or "",
        started=line.started,
        ended=line.ended or line.started,
        audits=sum(one.number <= number for one in found.store.audits()),
        changes=None if before is None else tuple(changes(found.store, before, number)),
        version=version("handover"),
        products=product_names(found.engagement),
    )


def remembered(found: Opened, number: int) -> Memory:
    """Return what the journal knew of the checklist when an audit was the newest."""
    newest = found.store.newest()
    return memory_of(found.store.journal(), upto=None if number == newest else number)


def write_documents(found: Opened, told: Told, folder: Path | None = None) -> tuple[Path, ...]:
    """Write the documents that the engagement asks for into its folder, or another one."""
    wanted = found.engagement.documents
    place = folder or found.engagement.folder / wanted.folder
    return write(told, place, wanted.formats)


def line_of(found: Opened, number: int) -> AuditLine:
    """Return the store's line of an audit."""
    return next(line for line in found.store.audits() if line.number == number)


def parsers() -> Mapping[str, int]:
    """Return the version of each collector's parser."""
    return {collector.name: collector.parser for collector in every()}


def is_complete(told: Told) -> bool:
    """Return whether everything that is listed was asked, and every question was answered."""
    case = told.judgement.case
    readings = case.snapshot.readings()
    asked = {reading.key.target for reading in readings}
    return asked >= set(case.hosts) and all(one.state is State.COMPLETE for one in readings)
