"""What is shown while targets are asked: a live table on a terminal, plain lines elsewhere."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import click

from agent.audit.run import Result
from agent.audit.targets import Outlook

MARKS = {
    Outlook.READ: ("read", "green"),
    Outlook.PART: ("in part", "yellow"),
    Outlook.UNREACHABLE: ("unreachable", "red"),
    Outlook.REFUSED: ("refused", "red"),
    Outlook.SEEN: ("seen, not asked", "yellow"),
    Outlook.STOPPED: ("not tried", "red"),
}


class Progress(Protocol):
    """Takes each result as it comes."""

    def came(self, result: Result) -> None:
        """Show one result."""
        ...


@contextmanager
def progress(total: int) -> Iterator[Progress]:
    """Yield the display that suits where the output goes."""
    if not sys.stderr.isatty():
        yield Lines(total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("asking"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[counts]}", markup=False),
    )
    console = Console(stderr=True)
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("asking", total=total, counts="")
        seen: Counter[Outlook] = Counter()

        class Live:
            """Counts in the bar; what went wrong as a line above it."""

            def came(self, result: Result) -> None:
                """Move the bar on."""
                seen[result.outlook] += 1
                bar.update(task, advance=1, counts=_counts(seen))
                if result.outlook not in (Outlook.READ, Outlook.PART):
                    console.print(_line(result), markup=False, highlight=False)

        yield Live()


class Lines:
    """One line a target, for logs and pipes."""

    def __init__(self, total: int) -> None:
        """Take how many results will come."""
        self._total, self._done = total, 0

    def came(self, result: Result) -> None:
        """Print the line."""
        self._done += 1
        click.echo(f"{self._done}/{self._total} {_line(result)}", err=True)


def _line(result: Result) -> str:
    name, seconds = result.target.name, f"{result.seconds:.1f} s"
    said = f": {result.says}" if result.says else ""
    return f"{name}  {MARKS[result.outlook][0]}, {seconds}{said}"


def _counts(seen: Counter[Outlook]) -> str:
    return ", ".join(f"{count} {MARKS[one][0]}" for one, count in sorted(seen.items()))
