"""`handover coverage`: what would cure the gaps, and what was asked and answered of whom."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from msgspec import Struct

from agent.cli.gaps import named, why_of
from agent.cli.output import Shown, forms, of_audit, say
from agent.cli.tables import Table
from agent.judge import coverage as judged
from agent.judge.case import Coverage, Cure
from inventory.reading import State

MOST_HOSTS = 8  # that stand as columns of the matrix
STATES = tuple(State)
WORDS = {
    State.COMPLETE: "in full",
    State.PARTIAL: "in part",
    State.FAILED: "failed",
    State.NOT_ASKED: "not asked",
}


class Subject(Struct, frozen=True):
    """How much of one subject of one target was answered."""

    target: str
    subject: str
    state: str
    answered: int
    refused: int


class Covered(Struct, frozen=True):
    """The value of `coverage`."""

    audit: int
    cures: tuple[Cure, ...]
    coverage: tuple[Subject, ...]


@click.command
@of_audit
@forms
@click.pass_obj
def coverage(folder: Path, *, audit: int | None, form: str) -> int:
    """Show what would cure the gaps, most useful first; then what was answered, by target."""
    from agent.cli.opening import opened

    with opened(folder) as found:
        case = found.case(audit)
        return say(_shown(case.snapshot.audit, judged.cures(case), judged.coverage(case)), form)


def _shown(audit: int, cures: Sequence[Cure], found: Sequence[Coverage]) -> Shown:
    subjects = tuple(
        Subject(one.target, one.subject, one.state, one.answered, one.refused) for one in found
    )
    return Shown(
        Covered(audit, tuple(cures), subjects),
        (_cures(cures), _hosts(found), _matrix(found)),
        tuple(blank for one in found for blank in one.blanks),
        in_doubt=not found,
        lines=_lines(found),
    )


def _cures(cures: Sequence[Cure]) -> Table:
    rows = tuple(
        (one.act, one.why, f"{len(one.targets)}: {named(one.targets)}", str(one.unlocks), one.says)
        for one in cures
    )
    none = "nothing: every question that was asked was answered"
    return Table(
        ("act", "why", "where", "unlocks", "what was said"), rows, "WHAT WOULD CURE THE GAPS", none
    )


def _hosts(found: Sequence[Coverage]) -> Table:
    states: dict[str, Counter[str]] = defaultdict(Counter)
    refused: Counter[str] = Counter()
    for one in found:
        states[one.target][one.state] += 1
        refused[one.target] += one.refused
    rows = tuple(
        (name, *(str(counts[state]) for state in STATES), str(refused[name]))
        for name, counts in states.items()
    )
    columns = ("target", *(WORDS[state] for state in STATES), "gaps")
    return Table(columns, rows, "BY TARGET: readings", "nothing was asked")


def _matrix(found: Sequence[Coverage]) -> Table:
    """Return the subjects that are not whole everywhere, by host; with many hosts, line by line."""
    hosts = sorted({one.target for one in found})
    dark = _dark(found) if len(hosts) > MOST_HOSTS else {}
    lit = [one for one in found if one.target not in dark]
    holes = [one for one in lit if one.state != State.COMPLETE]
    whole = len({one.subject for one in lit}) - len({one.subject for one in holes})
    where = "every target that answered" if dark else "every target"
    heading = f"BY SUBJECT: {whole} in full on {where}; the others"
    none = "none: every subject was read in full" if found else "nothing was asked"
    if len(hosts) > MOST_HOSTS:
        rows = (
            *(("everything", name, _said(some[0]), _whys(*some)) for name, some in dark.items()),
            *((one.subject, one.target, _said(one), _whys(one)) for one in _sorted(holes)),
        )
        return Table(("subject", "target", "state", "why"), rows, heading, none)
    stated = {(one.subject, one.target): _said(one) for one in found}
    subjects = sorted({one.subject for one in holes})
    cells = tuple(
        (subject, *(stated.get((subject, host), "-") for host in hosts)) for subject in subjects
    )
    return Table(("subject", *hosts), cells, heading, none)


def _sorted(holes: Sequence[Coverage]) -> Iterator[Coverage]:
    return iter(sorted(holes, key=lambda one: (one.subject, one.target)))


def _said(one: Coverage) -> str:
    return WORDS[State(one.state)]


def _whys(*some: Coverage) -> str:
    return named(why_of(blank) for one in some for blank in one.blanks)


def _dark(found: Sequence[Coverage]) -> dict[str, list[Coverage]]:
    """Return the hosts of whose many subjects none was answered: they are told in one line."""
    by_host: dict[str, list[Coverage]] = defaultdict(list)
    for one in found:
        by_host[one.target].append(one)
    return {
        name: some
        for name, some in sorted(by_host.items())
        if len(some) > 1 and not any(one.answered for one in some)
    }


def _lines(found: Sequence[Coverage]) -> Table:
    rows = tuple(
        (
            one.target,
            one.subject,
            one.state,
            str(one.answered),
            str(one.refused),
            "; ".join(dict.fromkeys(map(why_of, one.blanks))),
        )
        for one in found
    )
    return Table(("host", "subject", "state", "answered", "refused", "why"), rows)
