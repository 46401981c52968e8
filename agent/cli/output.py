"""What a reading command says, as text, JSON or CSV; what is not known always follows it."""

import csv
import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, Generic, TypeVar

import click
import msgspec
from msgspec import Struct

from agent.cli.main import WITH_GAPS
from agent.cli.tables import Table, print_lines, print_tables
from collectors.clean import UNSAFE, clean_text
from inventory.model.evidence import Evidence
from inventory.snapshot import Blank

Command = TypeVar("Command", bound=Callable[..., Any])
T = TypeVar("T")

TEXT, JSON, CSV = "text", "json", "csv"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the start of a formula
_NUMBER = re.compile(r"-?[0-9]+")


class Shown(Struct, frozen=True):
    """What a command found, and what could change it."""

    value: object  # a struct, as docs/json.md describes it
    tables: tuple[Table, ...] = ()
    unknown: tuple[Blank, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    head: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    last: str = ""
    in_doubt: bool = False  # something else than a gap leaves it open, such as carried records
    lines: Table | None = None  # what CSV writes; None: the first table

    @property
    def status(self) -> int:
        """Return the exit status: whether anything could change the answer."""
        return WITH_GAPS if self.unknown or self.in_doubt else 0


class Listed(Generic[T]):
    """A list in which each thing stands once, and the numbers by which a value refers to it."""

    def __init__(self, items: Iterable[T] = ()) -> None:
        """Start with some, in their order."""
        self._numbers: dict[T, int] = {}
        self.of(items)

    def of(self, items: Iterable[T]) -> tuple[int, ...]:
        """Return the numbers of things; what is new is listed."""
        return tuple(self._numbers.setdefault(item, len(self._numbers)) for item in items)

    @property
    def all(self) -> tuple[T, ...]:
        """Return the list."""
        return tuple(self._numbers)


def json_form(command: Command) -> Command:
    """Give a command the option --json."""
    return click.option(
        "--json", "form", flag_value=JSON, default=TEXT, help="Write JSON (see docs/json.md)."
    )(command)


def forms(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options --json and --csv, of which it gets one at most as `form`."""

    @wraps(command)
    def formed(*words: Any, as_json: bool, as_csv: bool, **options: Any) -> Any:
        if as_json and as_csv:
            raise click.UsageError("--json and --csv are two forms: give one of them")
        form = JSON if as_json else CSV if as_csv else TEXT
        return command(*words, form=form, **options)

    with_csv = click.option("--csv", "as_csv", is_flag=True, help="Write the table as CSV.")
    with_json = click.option(
        "--json", "as_json", is_flag=True, help="Write JSON (see docs/json.md)."
    )
    return with_json(with_csv(formed))


def of_audit(command: Command) -> Command:
    """Give a command the option --audit."""
    return click.option(
        "--audit", type=click.IntRange(min=1), help="Number of the audit; default: the newest."
    )(command)


def say(shown: Shown, form: str) -> int:
    """Write what was found in the form that was asked for, and return the exit status."""
    if form == JSON:
        click.echo(json_text(shown))
    elif form == CSV:
        _write_csv(shown)
    else:
        _write_text(shown)
    return shown.status


def json_text(shown: Shown) -> str:
    """Return `{"value": ..., "unknown": [...], "evidence": [...]}`."""
    found = {"value": shown.value, "unknown": shown.unknown, "evidence": shown.evidence}
    text = msgspec.json.format(msgspec.json.encode(found), indent=2).decode()
    return UNSAFE.sub(_escape, text)  # what JSON leaves as it is and a terminal may obey


def csv_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; whole numbers stay as they are."""
    safe = clean_text(text)
    return f"'{safe}" if safe.startswith(_FORMULA) and not _NUMBER.fullmatch(safe) else safe


def nothing(unknown: Iterable[object], what: str = "such") -> str:
    """Return what an empty table says."""
    if any(True for _ in unknown):
        return f"none known; that there is no {what} is not proved: see what is not known"
    return "none: all that could show one was read"


def _write_csv(shown: Shown) -> None:
    table = shown.lines or shown.tables[0]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for row in (table.columns, *table.rows):
        writer.writerow([csv_cell(cell) for cell in row])
    click.echo(text.getvalue(), nl=False)
    if shown.status:
        print_lines(_doubts(shown), file=sys.stderr)


def _write_text(shown: Shown) -> None:
    from agent.cli.gaps import gaps_table

    print_lines(shown.head)
    print_tables(shown.tables)
    print_lines(shown.notes)
    if shown.unknown:
        print_tables((gaps_table(shown.unknown),))
    print_lines((shown.last,) if shown.last else ())


def _doubts(shown: Shown) -> Iterator[str]:
    """Yield what stands beside a CSV table, on standard error."""
    from agent.cli.gaps import gaps_table

    if shown.unknown:
        table = gaps_table(shown.unknown)
        yield table.heading
        yield from ("  ".join(row) for row in table.rows)
    if shown.in_doubt:
        yield "some of this was seen in an earlier audit only, or is not known for certain"


def _escape(match: re.Match[str]) -> str:
    pairs = match.group().encode("utf-16-be").hex()
    return "".join(f"\\u{pairs[at : at + 4]}" for at in range(0, len(pairs), 4))
