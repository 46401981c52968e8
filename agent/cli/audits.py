"""`handover audits`: the audits that are kept, and whether the store still says what was sealed."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from agent.cli.main import FAILED
from agent.cli.output import Shown, forms, say
from agent.cli.tables import Table
from inventory.model.moment import iso_time

if TYPE_CHECKING:
    from inventory.store import AuditLine, Problem

NONE = "none yet: run `handover audit`"


class Line(Struct, frozen=True):
    """One audit in JSON."""

    number: int
    state: str  # open, sealed, aborted
    started: int  # seconds since 1970 UTC
    ended: int | None
    seal: str | None


class Fault(Struct, frozen=True):
    """One thing that does not match what was sealed."""

    audit: int | None
    says: str


class Audits(Struct, frozen=True):
    """The value of `audits`."""

    audits: tuple[Line, ...]
    problems: tuple[Fault, ...] | None  # null: not verified


@click.command
@click.option("--verify", is_flag=True, help="Check every record and seal once more.")
@click.option(
    "--seal",
    "seals",
    multiple=True,
    metavar="N=SEAL",
    help="Check also that audit N has this seal, as a document printed it; may be repeated.",
)
@forms
@click.pass_obj
def audits(folder: Path, *, verify: bool, seals: tuple[str, ...], form: str) -> int:
    """List the audits that are kept; --verify checks that nothing was changed since.

    The check covers each record, gap, seal and journal entry. A store that was replaced as a
    whole is noticed only by a seal from outside: see --seal.
    """
    from agent.cli.opening import kept

    given = dict(map(_seal, seals))
    with kept(folder) as store:
        lines = store.audits()
        problems = store.verify(seals=_whole(given, lines)) if verify or given else None
        status = say(_shown(lines, problems), form)
    if problems and form != "json":
        _tell(problems)
    return FAILED if problems else status


def _seal(text: str) -> tuple[int, str]:
    number, _, seal = text.partition("=")
    if not (number.isascii() and number.isdigit() and len(number) < 10 and seal):
        raise click.BadParameter("must be NUMBER=SEAL, such as 3=4be1...", param_hint="--seal")
    return int(number), seal.strip().lower()


def _whole(given: dict[int, str], lines: "tuple[AuditLine, ...]") -> dict[int, str]:
    """Return the seals with those written out of which only the beginning was given."""
    kept_seals = {line.number: line.seal or "" for line in lines}
    return {
        number: kept_seals[number]
        if len(seal) >= LEAST_SEAL and kept_seals.get(number, "").startswith(seal)
        else seal
        for number, seal in given.items()
    }


LEAST_SEAL = 12  # hexadecimal digits by which a seal is told from any other


def _shown(lines: "tuple[AuditLine, ...]", problems: "list[Problem] | None") -> Shown:
    value = Audits(
        tuple(Line(one.number, one.state, one.started, one.ended, one.seal) for one in lines),
        None if problems is None else tuple(Fault(one.audit, one.says) for one in problems),
    )
    rows = tuple(_row(one) for one in lines)
    table = Table(("audit", "state", "started", "took", "seal"), rows, none=NONE)
    verified = ("verified: all records, gaps, seals and journal entries are as they were sealed",)
    return Shown(value, (table,), notes=verified if problems == [] else ())


def _row(line: "AuditLine") -> tuple[str, ...]:
    took = "-" if line.ended is None else f"{max(0, line.ended - line.started)} s"
    return str(line.number), line.state.value, iso_time(line.started), took, line.seal or "-"


def _tell(problems: "list[Problem]") -> None:
    """Print what does not match, on standard error."""
    from agent.cli.tables import one_line

    click.echo(f"NOT AS SEALED: {len(problems)} of what is kept was changed", err=True)
    for one in problems:
        where = "the store" if one.audit is None else f"audit {one.audit}"
        click.echo(one_line(f"{where}: {one.says}"), err=True)
