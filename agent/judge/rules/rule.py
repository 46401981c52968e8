"""The form of a rule, and the walk over hosts that no rule can forget.

    @rule("host.reboot", "No restart is pending", Severity.MEDIUM, needs=(Reboot,),
          reason="...", remedy="...")
    def reboot(subject: Subject) -> Iterator[Hit]:
        for row in subject.host.rows(Reboot):
            yield broken(row, "a restart is pending")

A rule yields what it saw. That nothing was seen is a verdict only when every reading that could
show it is complete: then `otherwise` holds. A rule never says so itself.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct

from agent.judge.access import Paths
from agent.judge.case import Case, Finding, Severity, Verdict
from agent.judge.directory.directories import Directory
from agent.judge.footprint import Holdings
from agent.judge.holds.kind import Scene
from agent.judge.hosts import Host, Hosts
from agent.judge.matching import Matcher
from agent.judge.tenant.tenants import Tenant
from collectors.runner import contained
from collectors.spec import Dialect
from inventory.errors import ParseError
from inventory.model.evidence import Evidence, Gap, Why
from inventory.model.record import Record
from inventory.snapshot import Blank, Seen

R = TypeVar("R", bound=Record)

MOST_DOUBTS = 5  # that one finding names


class Per(StrEnum):
    """What a rule gives one verdict for."""

    HOST = "host"
    DIRECTORY = "directory"
    TENANT = "tenant"
    ENVIRONMENT = "environment"


class Subject(Struct, frozen=True):
    """What a rule looks at: one host, one directory, one tenant, or all there is."""

    holdings: Holdings
    scene: Scene  # of a rule per environment: of a host without a name, of which nothing is known

    @property
    def case(self) -> Case:
        """Return the case."""
        return self.holdings.case

    @property
    def hosts(self) -> Hosts:
        """Return all hosts."""
        return self.holdings.hosts

    @property
    def matcher(self) -> Matcher:
        """Return what tells whose something is."""
        return self.holdings.matcher

    @property
    def host(self) -> Host:
        """Return the host."""
        return self.scene.host

    @property
    def directory(self) -> Directory:
        """Return the directory of a rule per directory."""
        found = self.scene.host
        if not isinstance(found, Directory):
            raise TypeError("only a rule per directory has one")
        return found

    @property
    def tenant(self) -> Tenant:
        """Return the tenant of a rule per tenant."""
        found = self.scene.host
        if not isinstance(found, Tenant):
            raise TypeError("only a rule per tenant has one")
        return found

    @property
    def now(self) -> int:
        """Return the time of judgement, seconds since 1970 UTC."""
        return self.scene.now

    @property
    def paths(self) -> Paths:
        """Return the ways into the host, worked out once for all rules and for the footprint."""
        return self.scene.paths


class Hit(Struct, frozen=True):
    """Something that a rule saw: what it means, and where it stands."""

    verdict: Verdict
    says: str
    subject: str = ""  # of several on one host: the account, the file, the port
    evidence: tuple[Evidence, ...] = ()
    carried: bool = False  # seen in an earlier audit only: proves nothing now
    severity: Severity | None = None  # None: the rule's


Judge = Callable[[Subject], Iterator[Hit]]


class Rule(Struct, frozen=True):
    """A control: the compliant state as a fact, why it matters, and how it is judged."""

    id: str
    title: str
    severity: Severity
    needs: tuple[type[Record], ...]
    per: Per
    reason: str
    remedy: str
    otherwise: Verdict  # when all was read and nothing seen
    says: str  # what is so then
    judge: Judge
    dialect: Dialect = ""  # of directories: others are not judged by it


RULES: dict[str, Rule] = {}


def rule(
    id: str,  # noqa: A002
    title: str,
    severity: Severity,
    *,
    needs: Sequence[type[Record]],
    reason: str,
    remedy: str,
    per: Per = Per.HOST,
    otherwise: Verdict = Verdict.MET,
    says: str = "",
    dialect: Dialect = "",
) -> Callable[[Judge], Judge]:
    """Mark a generator of hits as a rule and enter it into RULES."""

    def enter(judge: Judge) -> Judge:
        if id in RULES and RULES[id].judge.__module__ != judge.__module__:
            raise TypeError(f"rule {id} is declared twice")
        RULES[id] = Rule(
            id=id,
            title=title,
            severity=severity,
            needs=tuple(needs),
            per=per,
            reason=reason,
            remedy=remedy,
            otherwise=otherwise,
            says=says or title,
            judge=judge,
            dialect=dialect,
        )
        return judge

    return enter


def hit(verdict: Verdict, row: Seen[R], says: str, subject: str = "") -> Hit:
    """Return a hit of one row."""
    return Hit(verdict, says, subject, (row.evidence,), row.carried)


def broken(row: Seen[R], says: str, subject: str = "", *, severity: Severity | None = None) -> Hit:
    """Return that a row breaks the rule."""
    return Hit(Verdict.NOT_MET, says, subject, (row.evidence,), row.carried, severity)


def kept(row: Seen[R], says: str, subject: str = "") -> Hit:
    """Return that a row shows the rule kept."""
    return hit(Verdict.MET, row, says, subject)


def broken_if(sure: bool, row: Seen[R], says: str, subject: str = "") -> Hit:
    """Return that a row breaks the rule; when it is not sure, that it leaves it undecided."""
    return hit(Verdict.NOT_MET if sure else Verdict.UNKNOWN, row, says, subject)


def unclear(row: Seen[R], says: str, subject: str = "") -> Hit:
    """Return that a row leaves the rule undecided."""
    return hit(Verdict.UNKNOWN, row, says, subject)


def findings_of(rule: Rule, holdings: Holdings) -> Iterator[Finding]:
    """Yield the verdicts of one rule, for every host, directory or tenant there is."""
    hosts = holdings.hosts
    if rule.per is Per.DIRECTORY:
        for realm in holdings.realms:
            directory = realm.directory
            if is_of_dialect(directory, rule.dialect):
                blanks = directory.blanks(*rule.needs)
                yield from _judged(rule, Subject(holdings, realm), blanks, (directory,))
        return
    if rule.per is Per.TENANT:
        for tenancy in holdings.tenancies:
            tenant = tenancy.tenant
            subject = Subject(holdings, tenancy)
            yield from _judged(rule, subject, tenant.blanks(*rule.needs), (tenant,))
        return
    if rule.per is Per.ENVIRONMENT:
        everything = Subject(holdings, Scene(Host("", hosts), holdings.case.dates.now))
        unread = hosts.blanks(rule.needs)
        yield from _judged(rule, everything, unread, tuple(hosts))
        return
    for scene in holdings.scenes:
        host = scene.host
        yield from _judged(rule, Subject(holdings, scene), host.blanks(*rule.needs), (host,))


def is_of_dialect(directory: Directory, dialect: Dialect) -> bool:
    """Return whether a directory is, or may be, of a dialect."""
    return not dialect or directory.is_ad in (None, dialect == "ad")


def _judged(
    rule: Rule, subject: Subject, blanks: tuple[Blank, ...], hosts: tuple[Host, ...]
) -> Iterator[Finding]:
    """Yield what is broken, and doubts beside it; else unknown with its gaps; else what holds."""
    told = contained(lambda: tuple(rule.judge(subject)))
    if isinstance(told, ParseError):
        gap = Gap(Why.FAILED, rule.id, detail=str(told), cure="report")
        blanks = (*blanks, Blank("", subject.host.name, rule.id, gap))
        told = ()
    fresh = [one for one in told if not one.carried]
    decisive = Verdict.MET if rule.otherwise is Verdict.NOT_MET else Verdict.NOT_MET
    decided = [one for one in fresh if one.verdict is decisive]
    doubts = [one for one in told if one.carried or one.verdict is Verdict.UNKNOWN]
    if decided:
        yield from (_finding(rule, subject, one) for one in _unique(decided))
        beside, hidden = _beside(rule, decided, doubts), _hidden(rule, decided, blanks)
        if beside or hidden:
            yield _doubtful(rule, subject, beside, hidden, or_else="there may be more")
        return
    if doubts or blanks or any(_is_carried(host, rule.needs) for host in hosts):
        yield _doubtful(rule, subject, doubts, blanks)
        return
    yield from _settled(rule, subject, fresh)


def _beside(rule: Rule, decided: list[Hit], doubts: list[Hit]) -> list[Hit]:
    """Return the doubts about subjects of which nothing is decided; one yes leaves none."""
    known = {one.subject for one in decided}
    asks_for_one = rule.otherwise is Verdict.NOT_MET
    return [] if asks_for_one else [one for one in doubts if one.subject not in known]


def _hidden(rule: Rule, decided: list[Hit], blanks: tuple[Blank, ...]) -> tuple[Blank, ...]:
    """Return the gaps that may hide others of those decided; one yes, or no others, is enough."""
    has_others = any(one.subject for one in decided)
    return blanks if has_others and rule.otherwise is not Verdict.NOT_MET else ()


def _is_carried(host: Host, needs: Sequence[type[Record]]) -> bool:
    """Tell whether something of what a rule reads was seen in an earlier audit only."""
    return any(row.carried for kind in needs for row in host.rows(kind))


def _settled(rule: Rule, subject: Subject, fresh: list[Hit]) -> Iterator[Finding]:
    """Yield the verdict of a host of which all was read and nothing decisive seen."""
    outside = [one for one in fresh if one.verdict is Verdict.NOT_APPLICABLE]
    shown = outside or [one for one in fresh if one.verdict is rule.otherwise]
    says = shown[0].says if shown else rule.says
    verdict = Verdict.NOT_APPLICABLE if outside else rule.otherwise
    evidence = tuple(place for one in shown for place in one.evidence)
    severity = shown[0].severity if shown else None
    yield _finding(rule, subject, Hit(verdict, says, "", evidence, severity=severity))


def _doubtful(
    rule: Rule,
    subject: Subject,
    doubts: list[Hit],
    blanks: tuple[Blank, ...],
    *,
    or_else: str = "not known",
) -> Finding:
    said = list(dict.fromkeys(_doubt(one) for one in doubts))
    more = len(said) - MOST_DOUBTS
    says = "; ".join((*said[:MOST_DOUBTS], *((f"and {more} more",) if more > 0 else ())))
    says = says or f"{or_else}: {_reason(blanks)}"
    evidence = tuple(place for one in doubts for place in one.evidence)
    return _finding(rule, subject, Hit(Verdict.UNKNOWN, says, "", evidence), blanks)


def _doubt(one: Hit) -> str:
    return f"{one.says} (in an earlier audit)" if one.carried else one.says


def _reason(blanks: tuple[Blank, ...]) -> str:
    if not blanks:
        return "what it reads was seen in an earlier audit only"
    first = blanks[0].gap
    return f"{first.why.value}, {first.detail}" if first.detail else first.why.value


def _unique(hits: list[Hit]) -> list[Hit]:
    """Return one hit for each subject, with the evidence of all."""
    found: dict[str, Hit] = {}
    for one in hits:
        old = found.get(one.subject)
        evidence = (*old.evidence, *one.evidence) if old else one.evidence
        said = old or one
        found[one.subject] = Hit(
            said.verdict, said.says, said.subject, evidence, said.carried, said.severity
        )
    return list(found.values())


def _finding(rule: Rule, subject: Subject, one: Hit, blanks: tuple[Blank, ...] = ()) -> Finding:
    return Finding(
        rule=rule.id,
        title=rule.title,
        severity=one.severity or rule.severity,
        target=subject.host.name,
        subject=one.subject,
        verdict=one.verdict,
        says=one.says,
        reason=rule.reason,
        remedy=rule.remedy,
        evidence=one.evidence,
        blanks=blanks,
    )
