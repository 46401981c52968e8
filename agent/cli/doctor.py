"""`handover doctor`: checks this installation and the engagement; contacts nothing unless told."""

from collections.abc import Iterator
from pathlib import Path

import click
from msgspec import Struct

from agent.cli.checkup_words import BAD, UNSURE, Check
from agent.cli.main import FAILED
from agent.cli.output import Shown, json_form, say
from agent.cli.tables import Table


class Health(Struct, frozen=True):
    """The value of `doctor`."""

    checks: tuple[Check, ...]


@click.command
@click.option("--signatures", is_flag=True, help="Check also how agents are recognised.")
@click.option("--contact", is_flag=True, help="Connect to directories too; nobody logs in.")
@json_form
@click.pass_obj
def doctor(folder: Path, *, signatures: bool, contact: bool, form: str) -> int:
    """Check this installation, the folder, the kept audits and the sources.

    Contacts nothing; with --contact the directories: DNS, TCP and TLS, without a login.
    """
    found = tuple(_checks(folder, signatures=signatures, contact=contact))
    rows = tuple((one.state, one.what, one.says) for one in found)
    states = [one.state for one in found]
    last = f"{states.count(BAD)} bad, {states.count(UNSURE)} not known, of {len(found)} checks"
    shown = Shown(
        Health(found),
        (Table(("state", "what", "says"), rows),),
        last=last,
        in_doubt=UNSURE in states,
    )
    status = say(shown, form)
    return FAILED if BAD in states else status


def _checks(folder: Path, *, signatures: bool, contact: bool) -> Iterator[Check]:
    from agent.cli import checkup, checkup_store

    yield from checkup.installation()
    yield from checkup.ssh()
    yield from checkup.place(folder)
    yield from checkup.engagement(folder, contact=contact)
    yield from checkup_store.store(folder)
    if signatures:
        yield from checkup.signatures()
