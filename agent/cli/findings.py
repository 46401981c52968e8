"""`handover findings`: what does not meet the rules, what could not be judged, what to do."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from msgspec import Struct

from agent.cli.output import Listed, Shown, forms, nothing, of_audit, say
from agent.cli.tables import Table
from agent.judge.case import Finding, Severity, Verdict
from inventory.model.evidence import Evidence
from inventory.snapshot import Blank

ORDER = tuple(Severity)  # the worst first
KEPT = (Verdict.MET, Verdict.NOT_APPLICABLE)


class Found(Struct, frozen=True):
    """One finding in JSON."""

    rule: str
    title: str
    severity: str
    verdict: str
    target: str
    subject: str
    says: str
    reason: str
    remedy: str
    evidence: tuple[int, ...]
    unknown: tuple[int, ...]


class Findings(Struct, frozen=True):
    """The value of `findings`."""

    audit: int
    findings: tuple[Found, ...]


@click.command
@click.option(
    "--severity",
    type=click.Choice([one.value for one in Severity]),
    help="Only what hurts at least so much.",
)
@click.option("--all", "everything", is_flag=True, help="Also what meets the rules.")
@of_audit
@forms
@click.pass_obj
def findings(
    folder: Path, *, severity: str | None, everything: bool, audit: int | None, form: str
) -> int:
    """Show what does not meet the rules, the worst first, and what could not be judged."""
    from agent.cli.opening import opened

    least = Severity(severity) if severity else Severity.INFO
    with opened(folder) as found:
        judgement = found.judgement(audit)
        number = judgement.case.snapshot.audit
        return say(_shown(number, _chosen(judgement.findings, least, everything)), form)


def _chosen(found: Iterable[Finding], least: Severity, everything: bool) -> tuple[Finding, ...]:
    meant = (
        one
        for one in found
        if ORDER.index(one.severity) <= ORDER.index(least)
        and (everything or one.verdict not in KEPT)
    )
    return tuple(sorted(meant, key=lambda one: ORDER.index(one.severity)))


def _shown(audit: int, found: Sequence[Finding]) -> Shown:
    proofs: Listed[Evidence] = Listed()
    gaps: Listed[Blank] = Listed()
    value = Findings(audit, tuple(_found(one, proofs, gaps) for one in found))
    broken = [one for one in found if one.verdict is Verdict.NOT_MET]
    unknown = [one for one in found if one.verdict is Verdict.UNKNOWN]
    met = [one for one in found if one.verdict in KEPT]
    tables = [
        _table(broken, f"NOT MET: {len(broken)}", f"{nothing(unknown, 'finding')}"),
        _table(unknown, f"COULD NOT BE JUDGED: {len(unknown)}", "none: all rules were decided"),
    ]
    if met:
        tables.append(_table(met, f"MET OR NOT APPLICABLE: {len(met)}", ""))
    return Shown(
        value,
        (*tables, _remedies(broken)) if broken else tuple(tables),
        gaps.all,
        proofs.all,
        in_doubt=bool(unknown),
        lines=_lines(found),
    )


def _found(one: Finding, proofs: Listed[Evidence], gaps: Listed[Blank]) -> Found:
    return Found(
        one.rule,
        one.title,
        one.severity,
        one.verdict,
        one.target,
        one.subject,
        one.says,
        one.reason,
        one.remedy,
        proofs.of(one.evidence),
        gaps.of(one.blanks),
    )


def _table(found: Sequence[Finding], heading: str, none: str) -> Table:
    rows = tuple((one.severity.value, one.rule, where(one), one.says) for one in found)
    return Table(("severity", "rule", "where", "what is so"), rows, heading, none)


def where(one: Finding) -> str:
    """Return the host; a rule about all of them names none."""
    return one.target or "everywhere"


def _remedies(broken: Sequence[Finding]) -> Table:
    acts = dict.fromkeys((one.rule, one.remedy, one.reason) for one in broken)
    return Table(("rule", "what to do", "because"), tuple(acts), "WHAT TO DO")


def _lines(found: Sequence[Finding]) -> Table:
    columns = ("severity", "verdict", "rule", "target", "subject", "says", "remedy", "evidence")
    rows = tuple(
        (
            one.severity.value,
            one.verdict.value,
            one.rule,
            one.target,
            one.subject,
            one.says,
            one.remedy,
            "; ".join(map(str, one.evidence)),
        )
        for one in found
    )
    return Table(columns, rows)
