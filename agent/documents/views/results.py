"""The findings: each rule once, with the hosts that break it, and those that could not be told."""

from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct

from agent.documents.cell import Whys, whys_of
from agent.documents.views import say
from agent.documents.views.table import places
from agent.judge.case import Finding, Severity, Verdict

MOST_BROKEN = 200
MOST_UNKNOWN = 40

_ORDER = tuple(Severity)


class Broken(Struct, frozen=True):
    """One subject that breaks a rule."""

    host: str
    subject: str
    says: str
    severity: str
    where: str


class Result(Struct, frozen=True):
    """What one rule says of all that it looked at."""

    rule: str
    title: str
    severity: str
    reason: str
    remedy: str
    broken: tuple[Broken, ...]
    more: int
    unknown: int
    unknown_hosts: str
    whys: Whys
    met: int
    outside: int  # not applicable


class Results(Struct, frozen=True):
    """The rules by what became of them; the worst first."""

    broken: tuple[Result, ...]
    unknown: tuple[Result, ...]  # nothing broken was seen, but not all could be looked at
    met: tuple[Result, ...]

    @property
    def severities(self) -> tuple[tuple[str, int], ...]:
        """Return how many subjects break a rule, by severity."""
        found = [one.severity for result in self.broken for one in result.broken]
        return tuple((level.value, found.count(level.value)) for level in _ORDER)


def results(findings: Sequence[Finding]) -> Results:
    """Return the findings, each rule once."""
    groups: dict[str, list[Finding]] = defaultdict(list)
    for one in findings:
        groups[one.rule].append(one)
    found = sorted((_result(some) for some in groups.values()), key=_order)
    return Results(
        broken=tuple(one for one in found if one.broken),
        unknown=tuple(one for one in found if not one.broken and one.unknown),
        met=tuple(one for one in found if not one.broken and not one.unknown),
    )


def _result(findings: Sequence[Finding]) -> Result:
    by: dict[Verdict, list[Finding]] = defaultdict(list)
    for one in findings:
        by[one.verdict].append(one)
    broken = sorted(by[Verdict.NOT_MET], key=lambda one: _ORDER.index(one.severity))
    unknown = by[Verdict.UNKNOWN]
    first = broken[0] if broken else findings[0]
    hosts = tuple(dict.fromkeys(one.target or "the environment" for one in unknown))
    return Result(
        rule=first.rule,
        title=first.title,
        severity=first.severity.value,
        reason=first.reason,
        remedy=first.remedy,
        broken=tuple(_broken(one) for one in broken[:MOST_BROKEN]),
        more=max(0, len(broken) - MOST_BROKEN),
        unknown=len(unknown),
        unknown_hosts=say.named(hosts, MOST_UNKNOWN),
        whys=whys_of(blank for one in unknown for blank in one.blanks),
        met=len(by[Verdict.MET]),
        outside=len(by[Verdict.NOT_APPLICABLE]),
    )


def _broken(one: Finding) -> Broken:
    host = one.target or "the environment"
    return Broken(host, one.subject, one.says, one.severity.value, places(one.evidence))


def _order(one: Result) -> tuple[int, int, str]:
    return _ORDER.index(Severity(one.severity)), -len(one.broken), one.rule
