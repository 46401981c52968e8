"""The end of an audit in one screen: what is not known first, then who can still get in."""

from collections.abc import Iterable, Iterator, Sequence

from agent.documents.told import Told
from agent.judge.case import Certainty, Cure, Footprint, Hold, Power, Severity, Verdict
from agent.judge.footprint import may_be_used
from agent.judge.tenant.way_in import ways_into_tenants
from agent.judge.way_in import WayIn, ways_in
from agent.transition.item import ItemVerdict
from inventory.model.moment import DAY_S, iso_day, iso_time
from inventory.model.operation import BackupJob
from inventory.model.truth import Truth
from inventory.reading import State

WIDTH = 78
MOST_CURES, MOST_HOLDS, MOST_NEXT = 6, 8, 4
ALARMING = (Power.ROOT, Power.CONTROL)


def summary(told: Told) -> str:
    """Return the screen as plain text, a section a paragraph."""
    sections = (
        _head(told),
        _not_known(told),
        _read(told),
        _who(told),
        _ways(told),
        _backups(told),
        _findings(told),
        _checklist(told),
        _next(told),
    )
    return "\n\n".join("\n".join(lines) for lines in sections if lines)


def _head(told: Told) -> list[str]:
    case, spent = told.judgement.case, told.ended - told.started
    left = f"{case.client}  audit {case.snapshot.audit}  {iso_time(told.started)}, {_time(spent)}"
    cutover = case.dates.cutover
    if cutover is None:
        return [left]
    days = (cutover - case.dates.now) // DAY_S
    when = f"in {_many(days, 'day')}" if days >= 0 else f"{_many(-days, 'day')} ago"
    return [left, f"cutover {iso_day(cutover)}, {when}"]


def _not_known(told: Told) -> list[str]:
    cures = told.judgement.cures
    if not cures:
        return ["NOT KNOWN  nothing: every question that was asked was answered"]
    lines = [_columns("NOT KNOWN, most useful cure first", "", "unlocks")]
    lines += [_cure(told, cure) for cure in cures[:MOST_CURES]]
    more = cures[MOST_CURES:]
    if more:
        lines.append(f"   and {len(more)} more cures: handover coverage")
    return lines


def _cure(told: Told, cure: Cure) -> str:
    where = cure.targets[0] if len(cure.targets) == 1 else _counted_places(told, cure.targets)
    return _columns(f" ? {where}  {cure.why}", cure.act, str(cure.unlocks))


def _counted_places(told: Told, targets: Sequence[str]) -> str:
    """Return `3 hosts, 1 directory`; what is neither is a place."""
    holdings = told.judgement.holdings
    hosts = len(set(targets) & set(holdings.hosts.names))
    others = set(targets) - set(holdings.hosts.names)
    directories = len(others & set(holdings.directories.names))
    tenants = len(others & set(holdings.tenants.names))
    rest = len(targets) - hosts - directories - tenants
    counts = (
        *((hosts, "host"), (directories, "directory"), (tenants, "tenant")),
        (rest, "place"),
    )
    return ", ".join(_many(number, word) for number, word in counts if number)


def _columns(left: str, middle: str, right: str) -> str:
    return f"{_cut(left, 38):<38} {_cut(middle, 30):<30} {right:>8}".rstrip()


def _read(told: Told) -> list[str]:
    holdings, strangers = told.judgement.holdings, told.judgement.strangers
    hosts = holdings.hosts.names
    others = ((holdings.directories.names, "directory"), (holdings.tenants.names, "tenant"))
    lines = [_read_of(told, names, word) for names, word in others if names]
    if hosts or not lines:
        lines.insert(0, _read_of(told, hosts, "host"))
    if strangers.seen:
        number = len(strangers.seen)
        lines.append(f"addresses seen in the network that no audit reached: {number}")
    if strangers.computers.most != 0:
        lines.append(f"computers of directories that no audit reached: {strangers.computers}")
    return [f"READ   {lines[0]}", *(f"   {line}" for line in lines[1:])]


def _read_of(told: Told, names: Sequence[str], word: str) -> str:
    states: dict[str, set[str]] = {name: set() for name in names}
    for one in told.judgement.coverage:
        if one.target in states:
            states[one.target].add(one.state)
    whole = sum(found == {State.COMPLETE} for found in states.values())
    none = sum(not found & {State.COMPLETE, State.PARTIAL} for found in states.values())
    part = len(states) - whole - none
    return f"{_many(len(states), word)}: {whole} in full, {part} in part, {none} not at all"


def _who(told: Told) -> list[str]:
    """Say what the outgoing party holds; without one, who has root."""
    judgement = told.judgement
    found, nobody = judgement.outgoing, judgement.unattributed
    if found.party is None:
        head = "WHO HAS ROOT  no outgoing party is named: nothing could be matched"
    else:
        head = f"CAN STILL GET IN: {found.party.name}   {_counted(found)}"
    groups = _grouped(found.holds)
    lines = [head, *(_line(group) for group in groups[:MOST_HOLDS])]
    if len(groups) > MOST_HOLDS:
        lines.append(f"    and {len(groups) - MOST_HOLDS} more: handover footprint")
    if found.dependences:
        things = _seen(found.dependences, "thing")
        lines.append(f"    would stop or go astray without them: {things}")
    return [*lines, *_nobodys(nobody)]


def _nobodys(nobody: Footprint) -> Iterator[str]:
    groups = _grouped(nobody.holds)
    more = "; more possible" if nobody.blanks else ""
    if not groups and not nobody.blanks:
        yield "    unattributed: none; every privileged way belongs to a party"
        return
    yield f"    unattributed, matching no party: {_seen(nobody.holds, 'power')}{more}"
    for group in groups[:3]:
        yield f"      {_cut(group[0].title, 60)}{_elsewhere(group)}"


def _seen(holds: Sequence[Hold], word: str) -> str:
    """Return `19 things, 8 from an earlier audit`."""
    now = sum(not hold.carried for hold in holds)
    earlier = len(holds) - now
    return _many(now, word) + (f", {earlier} from an earlier audit" if earlier else "")


def _counted(found: Footprint) -> str:
    holds = [hold for hold in found.holds if not hold.carried]
    guessed = sum(hold.certainty is Certainty.PROPOSED for hold in holds)
    parts = [f"{_many(len(holds) - guessed, 'hold')} proved"]
    if guessed:
        parts.append(f"{guessed} proposed")
    if found.nameless:
        parts.append("its profile is empty: nothing could be recognised")
    elif found.blanks:
        parts.append("more possible")
    return ", ".join(parts)


def _grouped(holds: Iterable[Hold]) -> list[list[Hold]]:
    """Return the holds that are one thing on several hosts together, the strongest first."""
    found: dict[tuple[str, str], list[Hold]] = {}
    for hold in holds:
        found.setdefault((hold.kind, hold.subject), []).append(hold)
    return list(found.values())


def _line(group: list[Hold]) -> str:
    first = group[0]
    fresh = [hold for hold in group if not hold.carried]
    mark = "!!" if first.power in ALARMING and any(map(may_be_used, fresh)) else "! "
    doubts = (
        "proposed" if first.certainty is Certainty.PROPOSED else "",
        "" if fresh else f"seen in audit {max(e.audit for e in first.evidence)}, not looked at now",
    )
    said = ", ".join(filter(None, doubts))
    return f" {mark} {_cut(first.title, 58)}{_elsewhere(group)}" + (f" ({said})" if said else "")


def _elsewhere(group: list[Hold]) -> str:
    hosts = len({hold.target for hold in group}) - 1
    return f" and on {_many(hosts, 'more host')}" if hosts else ""


def _ways(told: Told) -> list[str]:
    """Say whether somebody who stays can get in after the outgoing party is gone."""
    holdings = told.judgement.holdings
    hosts, tenants = ways_in(holdings), ways_into_tenants(holdings)
    if told.judgement.outgoing.party is None or not (hosts or tenants):
        return []
    lines = ["IF THEY LEAVE TODAY, is there a way to root for those who stay?"]
    if hosts:
        lines.append(f"   of {_many(len(hosts), 'host')}: {_seen_ways(hosts, 'on')}")
    if tenants:
        counts = _seen_ways(tenants, "in")
        lines.append(f"   of {_many(len(tenants), 'tenant')}, administrators: {counts}")
    return lines


def _seen_ways(ways: Sequence[WayIn], where: str) -> str:
    seen = {truth: sum(way.seen is truth for way in ways) for truth in Truth}
    counts = (
        f"seen {where} {seen[Truth.YES]} (untested)",
        f"none {where} {seen[Truth.NO]}",
        f"not known {where} {seen[Truth.UNKNOWN]}",
    )
    return ", ".join(counts)


def _backups(told: Told) -> list[str]:
    holdings = told.judgement.holdings
    hosts = holdings.hosts
    if not hosts.names and (holdings.directories.names or holdings.tenants.names):
        return []  # they know of no backup jobs; their own backups are findings
    found = [host.read(BackupJob).any() for host in hosts]
    counts = (
        f"a job was found on {found.count(Truth.YES)}",
        f"none on {found.count(Truth.NO)}",
        f"not known on {found.count(Truth.UNKNOWN)}",
    )
    return [f"BACKUPS  {', '.join(counts)}; restores proven: none recorded"]


def _findings(told: Told) -> list[str]:
    found = told.judgement.findings
    broken = [one for one in found if one.verdict is Verdict.NOT_MET]
    unknown = sum(one.verdict is Verdict.UNKNOWN for one in found)
    counts = (
        f"{sum(one.severity is severity for one in broken)} {severity.value}"
        for severity in (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM)
    )
    least = "at least " if unknown else ""
    return [f"FINDINGS  {least}{', '.join(counts)}; {unknown} could not be judged"]


def _checklist(told: Told) -> list[str]:
    if not told.items:
        return []
    verdicts = [item.verdict for item in told.items]
    counts = (f"{verdicts.count(one)} {one.value}" for one in ItemVerdict if one in verdicts)
    return [f"CHECKLIST  {_many(len(verdicts), 'line')}: {', '.join(counts)}"]


def _next(told: Told) -> list[str]:
    """Name the acts that help most: cures first, then what stands open at the first gate."""
    acts = [
        f"{cure.act} ({cure.why}, {_counted_places(told, cure.targets)})"
        for cure in told.judgement.cures[:2]
    ]
    still = [item for item in told.items if item.verdict is not ItemVerdict.DONE]
    acts += [f"{item.id} {item.title}" for item in still[: MOST_NEXT - len(acts)]]
    return [
        f"{'' if number > 1 else 'NEXT':<5} {number} {act}" for number, act in enumerate(acts, 1)
    ]


def _time(seconds: int) -> str:
    minutes, rest = divmod(max(0, seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _many(number: int, word: str) -> str:
    words = f"{word[:-1]}ies" if word.endswith("ry") else f"{word}s"  # directories, but days
    return f"{number} {word}" if number == 1 else f"{number} {words}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 2] + ".."
