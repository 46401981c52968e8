"""How holds, ways and proposals are shown, for `who` and `footprint` alike."""

from collections.abc import Sequence

from msgspec import Struct

from agent.cli.output import Listed
from agent.cli.tables import Table
from agent.judge.case import AccessPath, Hold
from agent.judge.footprint import Proposal
from inventory.model.evidence import Evidence
from inventory.model.truth import Truth

COLUMNS = ("power", "how sure", "why theirs", "seen", "what", "way")
LINES = ("kind", "power", "target", "subject", "title", "certainty", "match", "carried", "detail")


class Held(Struct, frozen=True):
    """One hold or dependence in JSON."""

    key: str
    kind: str
    title: str
    target: str
    subject: str
    power: str
    is_dependence: bool
    certainty: str
    match: str | None  # the entry of the profile that recognised it; null: nobody's
    path: tuple[str, ...]
    carried: bool
    detail: str
    evidence: tuple[int, ...]


class Way(Struct, frozen=True):
    """One access path in JSON."""

    target: str
    principal: str
    account: str | None
    power: str
    open: str  # yes, no, unknown
    certainty: str
    limit: str
    steps: tuple[str, ...]
    evidence: tuple[int, ...]


class Guess(Struct, frozen=True):
    """One proposal in JSON."""

    id: str
    text: str
    party: str
    mark: str
    hold: str


def held(hold: Hold, proofs: Listed[Evidence]) -> Held:
    """Return a hold in JSON."""
    return Held(
        hold.key,
        hold.kind,
        hold.title,
        hold.target,
        hold.subject,
        hold.power,
        hold.is_dependence,
        hold.certainty,
        hold.match.mark if hold.match else None,
        tuple(step.text for step in hold.path.steps) if hold.path else (),
        hold.carried,
        hold.detail,
        proofs.of(hold.evidence),
    )


def way(path: AccessPath, proofs: Listed[Evidence]) -> Way:
    """Return an access path in JSON."""
    return Way(
        path.target,
        path.principal,
        path.account,
        path.power,
        path.certain.value,
        path.certainty,
        path.limit,
        tuple(step.text for step in path.steps),
        proofs.of(place for step in path.steps for place in step.evidence),
    )


def guess(one: Proposal) -> Guess:
    """Return a proposal in JSON."""
    return Guess(one.id, one.text, one.match.party, one.match.mark, one.hold)


def holds_table(found: Sequence[Hold], heading: str, none: str) -> Table:
    """Return holds as a table, the most power first."""
    return Table(COLUMNS, tuple(map(_row, found)), heading, none)


def lines_table(found: Sequence[Hold]) -> Table:
    """Return holds as CSV has them: one field a column."""
    rows = tuple(
        (
            one.kind,
            one.power.value,
            one.target,
            one.subject,
            one.title,
            one.certainty.value,
            one.match.mark if one.match else "",
            "yes" if one.carried else "no",
            one.detail,
        )
        for one in found
    )
    return Table(LINES, rows)


def ways_table(found: Sequence[AccessPath], none: str) -> Table:
    """Return access paths as a table."""
    rows = tuple(
        (one.power.value, one.target, _steps(one), openness(one), one.limit or "-") for one in found
    )
    return Table(("power", "where", "way", "open", "limit"), rows, "WAYS IN", none)


def proposals_table(found: Sequence[Proposal]) -> Table:
    """Return the guesses with their ids."""
    rows = tuple((one.id, one.text) for one in found)
    heading = "PROPOSALS: a person decides, `handover confirm ID` or `handover reject ID`"
    return Table(("id", "guess"), rows, heading, "none: nothing waits for a decision")


def openness(path: AccessPath) -> str:
    """Return whether the way is open, in words."""
    said = {Truth.YES: "yes", Truth.NO: "closed", Truth.UNKNOWN: "not known"}
    return said[path.certain]


def _row(one: Hold) -> tuple[str, ...]:
    detail = f" ({one.detail})" if one.detail else ""
    mark = one.match.mark if one.match else "matches no party"
    way_in = f"{_steps(one.path)}: {openness(one.path)}" if one.path else "-"
    audit = max((place.audit for place in one.evidence), default=0)
    seen = f"audit {audit}, not now" if one.carried else f"audit {audit}"
    return one.power.value, one.certainty.value, mark, seen, f"{one.title}{detail}", way_in


def _steps(path: AccessPath) -> str:
    return " > ".join(step.text for step in path.steps)
