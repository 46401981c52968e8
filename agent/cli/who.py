"""`handover who`: every way that one person has, and what could hide more."""

import difflib
from collections.abc import Iterator
from pathlib import Path

import click
from msgspec import Struct, structs

from agent.cli.holds import Held, Way, held, holds_table, lines_table, way, ways_table
from agent.cli.output import Listed, Shown, forms, nothing, of_audit, say
from agent.judge.case import Case
from agent.judge.who import Ways
from agent.judge.who import who as ways_of
from inventory.model.account import Account
from inventory.model.evidence import Evidence


class Person(Struct, frozen=True):
    """The value of `who`."""

    audit: int
    asked: str
    known_as: tuple[str, ...]
    holds: tuple[Held, ...]
    ways: tuple[Way, ...]


@click.command
@click.argument("person")
@of_audit
@forms
@click.pass_obj
def who(folder: Path, *, person: str, audit: int | None, form: str) -> int:
    """Show every way that one PERSON has: a name, mail address, account or key fingerprint."""
    from agent.cli.opening import opened
    from collectors.clean import clean_text

    with opened(folder) as found:
        case = found.case(audit)
        ways = ways_of(case, clean_text(person))
        shown = _shown(case.snapshot.audit, ways)
        return say(structs.replace(shown, notes=tuple(_meant(case, ways))), form)


def _meant(case: Case, ways: Ways) -> Iterator[str]:
    """Yield the nearest name when nothing was found under the one that was asked for."""
    if ways.holds or ways.paths:
        return
    people = [person for party in case.parties for person in party.people]
    known = {name for one in people for name in (one.name, *one.mails, *one.accounts)}
    known |= {row.record.name for row in case.snapshot.read(Account).known().rows}
    known.discard(ways.asked)
    if close := difflib.get_close_matches(ways.asked[:80], known, n=1, cutoff=0.7):
        yield f"nothing is known under this name; did you mean {close[0]!r}?"


def _shown(audit: int, ways: Ways) -> Shown:
    proofs: Listed[Evidence] = Listed()
    value = Person(
        audit,
        ways.asked,
        ways.known_as,
        tuple(held(one, proofs) for one in ways.holds),
        tuple(way(one, proofs) for one in ways.paths),
    )
    none = nothing(ways.blanks, "hold")
    return Shown(
        value,
        (
            holds_table(ways.holds, "HOLDS", none),
            ways_table(ways.paths, nothing(ways.blanks, "way")),
        ),
        ways.blanks,
        proofs.all,
        head=(f"{ways.asked}, looked for as {', '.join(ways.known_as)}", ""),
        in_doubt=any(hold.carried for hold in ways.holds),
        lines=lines_table(ways.holds),
    )
