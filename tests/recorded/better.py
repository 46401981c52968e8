"""What would be better in one judged audit than in another: every such thing is a fault."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec.structs import replace

from agent.documents.summary import summary
from agent.documents.told import Told
from agent.documents.views.dossier import Dossier
from agent.documents.views.front import Front, Stand
from agent.judge import access
from agent.judge.case import Finding, Footprint, Power, Verdict
from agent.judge.holds.kind import HOLD_KINDS
from agent.judge.judgement import Judgement
from agent.transition.item import Item, ItemVerdict
from inventory.changes import Change, What
from inventory.model.evidence import Pointer
from inventory.model.operation import Agent, Tunnel
from inventory.model.record import KINDS
from inventory.model.truth import Truth

RANK = {Truth.NO: 0, Truth.UNKNOWN: 1, Truth.YES: 2}
VERDICTS = {
    Verdict.NOT_MET: 0,
    Verdict.UNKNOWN: 1,
    Verdict.NOT_APPLICABLE: 2,
    Verdict.MET: 2,
}
SETTLED = (ItemVerdict.DONE, ItemVerdict.ATTESTED, ItemVerdict.NOT_THEIRS)
STANDS = (Stand.NOT_READY, Stand.CANNOT_TELL, Stand.CLEAR)


class Picture:
    """One audit with all that is said of it."""

    def __init__(self, told: Told) -> None:
        """Take all that documents are written from."""
        self.told, self.judgement, self.items = told, told.judgement, told.items

    @property
    def changes(self) -> tuple[Change, ...]:
        """Return what changed since the audit before."""
        return self.told.changes or ()

    @cached_property
    def summary(self) -> str:
        """Return the screen at the end of the audit."""
        return summary(self.told)

    @cached_property
    def front(self) -> Front:
        """Return what stands on the first page."""
        return Dossier(self.told).front

    @cached_property
    def certain(self) -> dict[tuple[str, ...], set[Truth]]:
        """Return how sure the ways into the hosts are."""
        return _certain(self.judgement)


def better(before: Picture, after: Picture, collector: str) -> Iterator[str]:
    """Yield what looks better after an answer of a collector was replaced by a gap."""
    yield from _footprints(before.judgement, after.judgement, collector)
    yield from _verdicts(before.judgement.findings, after.judgement.findings)
    yield from _counts(before.judgement, after.judgement)
    yield from _paths(before, after, collector)
    yield from _items(before.items, after.items)
    yield from _changes(after.changes)
    yield from _summary(before.summary, after.summary)
    yield from _front(before.front, after.front)


def _footprints(before: Judgement, after: Judgement, collector: str) -> Iterator[str]:
    for name in ("outgoing", "client", "unattributed"):
        old, new = getattr(before, name), getattr(after, name)
        if RANK[new.zero] > max(RANK[old.zero], RANK[Truth.UNKNOWN]):
            yield f"{name}: zero {old.zero.value} became {new.zero.value}"
        yield from (f"{name}: {text}" for text in _lost(old, new, collector))
    needs = (*access.NEEDS, *after.holdings.kinds_of(HOLD_KINDS))
    told = {name for one in after.case.snapshot.readings() for name in one.tells if one.gaps}
    hides = told & {kind.__name__ for kind in needs}
    if hides and Truth.YES in (after.outgoing.zero, after.unattributed.zero):
        yield f"zero, although {', '.join(sorted(hides))} could be hidden"


def _lost(old: Footprint, new: Footprint, collector: str) -> Iterator[str]:
    """Yield the holds that vanished without a gap of the collector that could show their kind."""
    had = {hold.key: hold for hold in (*old.holds, *old.dependences)}
    left = {hold.key for hold in (*new.holds, *new.dependences)}
    here = {blank.target for blank in new.blanks if blank.collector == collector}
    for key, hold in had.items():
        if key not in left and hold.target not in here:
            yield f"the hold {key} vanished, and no gap of {collector} is named"


def _verdicts(before: Iterable[Finding], after: Iterable[Finding]) -> Iterator[str]:
    old, new = _by_rule(before), _by_rule(after)
    for name, some in new.items():
        if name not in old:
            continue  # of a directory whose kind cannot be told any more, rules of both kinds
        was = min(VERDICTS[one.verdict] for one in old[name])
        now = min(VERDICTS[one.verdict] for one in some)
        if now > max(was, 1):
            yield f"rule {' '.join(name)}: {old[name][0].verdict} became {some[0].verdict}"
        gone = _broken(old[name]) - _broken(some)
        if gone and not any(one.verdict is Verdict.UNKNOWN for one in some):
            yield f"rule {' '.join(name)}: {sorted(gone)} is no longer named, and no doubt either"


def _by_rule(findings: Iterable[Finding]) -> dict[tuple[str, str], list[Finding]]:
    found: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for one in findings:
        found[one.rule, one.target].append(one)
    return found


def _broken(findings: Iterable[Finding]) -> set[str]:
    return {one.subject for one in findings if one.verdict is Verdict.NOT_MET}


def _counts(before: Judgement, after: Judgement) -> Iterator[str]:
    for name, kind in KINDS.items():
        old = before.case.snapshot.read(kind).count()
        new = after.case.snapshot.read(kind).count()
        if new.most is not None and (old.most is None or new.most < old.most):
            yield f"at most {old.most} {name} became at most {new.most}"


def _paths(before: Picture, after: Picture, collector: str) -> Iterator[str]:
    """Yield the ways that are surer than before, or known to be closed.

    A way may end earlier than before, where the gap hides how it goes on: that it is said.
    """
    old, new = before.certain, after.certain
    unread = any(
        blank.collector == collector
        for scene in after.judgement.holdings.scenes
        for blank in scene.paths.blanks
    )
    for name in new:
        if unread and name not in old and name[-1] == Power.LOGIN.value:
            continue
        known = old[name] | {Truth.UNKNOWN}
        if not new[name] <= known:
            said = ", ".join(sorted(truth.value for truth in new[name] - known))
            yield f"the path {name} is now surely {said}"


def _certain(found: Judgement) -> dict[tuple[str, ...], set[Truth]]:
    paths: dict[tuple[str, ...], set[Truth]] = defaultdict(set)
    for scene in found.holdings.scenes:
        for one in scene.paths.paths:
            name = (one.principal, one.account or "", one.power.value)
            paths[name].add(one.certain)
    return paths


def _items(before: Iterable[Item], after: Iterable[Item]) -> Iterator[str]:
    old, new = ({item.key: item for item in some} for some in (before, after))
    for key, item in new.items():
        was = old[key].verdict if key in old else ItemVerdict.OPEN
        if item.verdict in SETTLED and was not in SETTLED:
            yield f"item {key!r}: {was} became {item.verdict} ({item.says})"
    unread = new.get("decide unread")
    for key in old.keys() - new.keys() - {"decide unread"}:
        if unread is None or unread.verdict is not ItemVerdict.CANNOT_TELL:
            yield f"item {key!r} vanished, and nothing is said to be unread"


def _changes(changes: Iterable[Change]) -> Iterator[str]:
    for one in changes:
        if one.what is What.REMOVED or (one.what is What.CHANGED and not _is_evidence(one)):
            new = f" to {one.new.record}" if one.new else ""
            yield f"{one.what}: {one.old.record if one.old else ''}{new}"


def _is_evidence(change: Change) -> bool:
    """Tell whether only that by which it was found is another: it is seen, by another sign."""
    old, new = change.old, change.new
    if not (isinstance(old and old.record, Tunnel | Agent) and new):
        return False
    return replace(old.record, found_by="", at=Pointer()) == replace(
        new.record, found_by="", at=Pointer()
    )


_GOOD = (  # statements of the summary that must not come
    "nothing: every question",
    "none; every privileged way",
)
_LESS = (  # numbers that must not sink, and what beside them makes it honest
    (r"(\d+) holds? proved", r"more possible|not looked at now"),
    (r"unattributed: (\d+) powers?", r"powers? known"),
    (r"a job was found on (\d+)", r"none on \d+, not known on [1-9]"),
    (r"seen on (\d+) \(untested\)", r"not known on [1-9]"),
)
_MORE = (  # numbers that must not rise
    r"READ .* (\d+) in full",
    r"a job was found on \d+, none on (\d+)",
    r"\(untested\), none on (\d+)",
    r"CHECKLIST .* (\d+) done",
)


def _summary(before: str, after: str) -> Iterator[str]:
    for text in _GOOD:
        if text in after and text not in before:
            yield f"the summary now says {text!r}"
    for pattern, beside in _LESS:
        old, new = _number(pattern, before), _number(pattern, after)
        if new < old and not re.search(beside, after):
            yield f"the summary says {new} instead of {old} of {pattern!r}, without a doubt"
    for pattern in _MORE:
        old, new = _number(pattern, before), _number(pattern, after)
        if new > old:
            yield f"the summary says {new} instead of {old} of {pattern!r}"
    found = [_findings(text) for text in (before, after)]
    if found[1][0] < found[0][0] and "FINDINGS  at least" not in after:
        yield f"the summary says {found[1]} instead of {found[0]} findings, without a doubt"


def _number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    return int(found.group(1)) if found else 0


def _findings(text: str) -> tuple[int, int]:
    """Return how many findings the summary counts, and how many could not be judged."""
    line = next(line for line in text.split("\n") if line.startswith("FINDINGS"))
    *known, unknown = map(int, re.findall(r"\d+", line))
    return sum(known), unknown


def _front(before: Front, after: Front) -> Iterator[str]:
    """Yield what the first page says better: its verdict, its numbers, and what it leaves out."""
    if STANDS.index(after.stand) > max(STANDS.index(before.stand), 1):
        yield f"the first page says {after.stand} instead of {before.stand}"
    for old, new in zip(before.powers, after.powers, strict=True):
        if new.unread < old.unread:
            yield f"{new.role}: {new.unread} hosts unread instead of {old.unread}"
        fields = ("root", "control", "other", "dependences", "proposed")
        for name in fields:
            if getattr(new, name) < getattr(old, name) and not (new.unread or new.carried):
                yield f"{new.role}: {name} sank and nothing is unread"
    if after.unlocks <= before.unlocks - 1 or after.read.hosts.full > before.read.hosts.full:
        yield "the first page says that more was read"
    if after.backups.none > before.backups.none:
        yield "the first page says that more hosts are known to have no backup"
    old_severe, new_severe = Counter(dict(before.severities)), Counter(dict(after.severities))
    if old_severe - new_severe and not after.rules_unknown:
        yield f"the first page counts {dict(old_severe - new_severe)} findings less, without a doubt"
    if after.lines_open < before.lines_open and after.lines_total >= before.lines_total:
        yield f"{after.lines_open} open lines instead of {before.lines_open}"
