"""`handover footprint`: what a party holds, what depends on it, and what could hide more."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from agent.cli.holds import (
    Guess,
    Held,
    guess,
    held,
    holds_table,
    lines_table,
    proposals_table,
)
from agent.cli.output import Listed, Shown, forms, nothing, of_audit, say
from agent.cli.tables import Table
from agent.engagement.mistakes import nearest, shown
from agent.judge import zero
from agent.judge.case import Footprint
from agent.judge.footprint import Holdings, Proposal
from inventory.errors import ConfigError
from inventory.model.evidence import Evidence
from inventory.model.party import Party, Role

if TYPE_CHECKING:
    from agent.judge.case import Case

NOBODY = "unattributed"


class Print(Struct, frozen=True):
    """The value of `footprint`."""

    audit: int
    party: str | None  # null: nobody's, or no such party is named
    role: str
    zero: str  # yes, no, unknown
    says: str
    holds: tuple[Held, ...]
    dependences: tuple[Held, ...]
    signs: tuple[Held, ...]
    proposals: tuple[Guess, ...]


@click.command
@click.argument("party", default=Role.OUTGOING.value)
@of_audit
@forms
@click.pass_obj
def footprint(folder: Path, *, party: str, audit: int | None, form: str) -> int:
    """Show what a PARTY still holds: outgoing (the default), client, incoming, or its name.

    `unattributed` shows the powers that match no party: they stand in the way of zero.
    """
    from agent.cli.opening import opened

    with opened(folder) as found:
        case = found.case(audit)
        role = role_of(party, case.parties)
        return say(_shown(case, role), form)


def role_of(word: str, parties: Sequence[Party]) -> Role | None:
    """Return the role that a word means; None: unattributed. Raises ConfigError."""
    meant = word.strip().casefold()
    if meant == NOBODY:
        return None
    roles = {role.value: role for role in Role}
    names = {party.name.casefold(): party.role for party in reversed(parties)}
    found = roles.get(meant) or names.get(meant)
    if found is None:
        known = (*roles, NOBODY, *(party.name for party in parties))
        raise ConfigError(f"no party {shown(word)}: {nearest(word, known)}")
    return found


def _shown(case: "Case", role: Role | None) -> Shown:
    holdings = Holdings(case)
    nobodys = holdings.unattributed()
    found = nobodys if role is None else holdings.footprint(role)
    says = zero.zero_text(found, nobodys if role is Role.OUTGOING else None)
    guesses = _guesses(holdings, found, role)
    proofs: Listed[Evidence] = Listed()
    return Shown(
        _value(case, role, found, guesses, proofs, says),
        _tables(found, guesses),
        found.blanks,
        proofs.all,
        head=(_head(found, role), ""),
        notes=_notes(nobodys) if role is Role.OUTGOING else (),
        last=f"{found.party.name if found.party else role or NOBODY}: {says}",
        in_doubt=found.nameless or any(one.carried for one in (*found.holds, *found.dependences)),
        lines=lines_table((*found.holds, *found.dependences)),
    )


def _guesses(holdings: Holdings, found: Footprint, role: Role | None) -> tuple[Proposal, ...]:
    """Return the undecided guesses that would change this footprint."""
    keys = {hold.key for hold in found.holds}
    return tuple(
        one
        for one in holdings.proposals()
        if (one.match.role is role if role else one.hold in keys)
    )


def _value(
    case: "Case",
    role: Role | None,
    found: Footprint,
    guesses: Sequence[Proposal],
    proofs: Listed[Evidence],
    says: str,
) -> Print:
    return Print(
        case.snapshot.audit,
        found.party.name if found.party else None,
        role.value if role else NOBODY,
        found.zero.value,
        says,
        tuple(held(one, proofs) for one in found.holds),
        tuple(held(one, proofs) for one in found.dependences),
        tuple(held(one, proofs) for one in found.signs),
        tuple(map(guess, guesses)),
    )


def _head(found: Footprint, role: Role | None) -> str:
    if role is None:
        return "powers that match no party"
    if found.party is None:
        return f"no {role.value} party is named in handover.yaml: nothing could be matched"
    return f"{found.party.name} ({role.value})"


def _tables(found: Footprint, guesses: Sequence[Proposal]) -> tuple[Table, ...]:
    none = nothing(found.blanks or found.nameless * ("nameless",), "hold")
    depends = nothing(found.blanks or found.nameless * ("nameless",), "dependence")
    tables = [holds_table(found.holds, f"HOLDS: {len(found.holds)}", none)]
    if found.party is not None:
        heading = f"WOULD STOP OR GO ASTRAY WITHOUT THEM: {len(found.dependences)}"
        tables.append(holds_table(found.dependences, heading, depends))
    if found.signs:
        tables.append(holds_table(found.signs, "SIGNS OF LIFE: use, not power", ""))
    return (*tables, proposals_table(guesses))


def _notes(nobodys: Footprint) -> tuple[str, ...]:
    if not nobodys.holds:
        return ()
    return (f"{len(nobodys.holds)} powers match no party: handover footprint {NOBODY}", "")
