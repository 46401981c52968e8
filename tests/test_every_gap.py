"""Each answer of a recorded company is replaced by each kind of gap: nothing may look better.

One host, one question and one gap at a time, in a first audit and in a second one, through
collectors, judgement, checklist, summary and first page (tests/recorded/better.py says what
"better" is). `python -m tests.recorded.make` records the company again.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import cycle

import pytest
from msgspec import Struct

from agent.judge import access, signs
from agent.judge.holds.kind import HOLD_KINDS
from agent.transition.item import ItemVerdict
from collectors.runner import Collected, ask_name
from collectors.spec import Ask, Collector, Outcome, SshFiles
from inventory.model.evidence import Gap, Why
from inventory.model.record import Record
from inventory.model.truth import Truth
from tests.recorded import environment as env
from tests.recorded.better import Picture, better

OTHERS = tuple(why for why in Why if why is not Why.DENIED)
REMOVED = 5  # lines of the checklist, at least, that the quiet host proves done
ANYWHERE = "web1"  # where a question that nobody has an answer to is replaced


class Replaced(Struct, frozen=True):
    """One question on one host, and what comes instead of its answer."""

    target: str
    collector: Collector
    ask: str
    outcome: Outcome

    def __str__(self) -> str:
        """Say which question, where, and what came instead."""
        got, gaps = self.outcome
        what = ", ".join(f"{gap.why.value} {gap.part}".strip() for gap in gaps)
        return f"{self.target} {self.ask}: {what}" + (f" and {len(got)} answers" if got else "")


@cache
def replacements() -> tuple[Replaced, ...]:
    return tuple(_replacements())


def _replacements() -> Iterator[Replaced]:
    """Yield every question where it has an answer, and on the quiet host, with its gaps."""
    whys = cycle(OTHERS)
    for one in env.COLLECTORS.values():
        for ask in one.asks:
            name = ask_name(one, ask)
            for target in _where(name):
                for outcome in _instead(name, ask, env.hosts()[target].get(name, ((), ())), whys):
                    yield Replaced(target, one, name, outcome)
            yield Replaced(env.QUIET, one, name, ((), (Gap(Why.DENIED, name),)))


def _where(name: str) -> tuple[str, ...]:
    """Return a recorded host with an answer, and the host that answers everything."""
    answered = [host for host, answers in env.hosts().items() if answers.get(name, ((),))[0]]
    recorded = [host for host in answered if host not in (env.PATCHWORK, env.QUIET)]
    made = [env.PATCHWORK] if env.PATCHWORK in answered else []
    return tuple(recorded[:1] + made) or (ANYWHERE,)


def _instead(name: str, ask: Ask, told: Outcome, whys: Iterator[Why]) -> Iterator[Outcome]:
    """Yield nothing but a gap, for two reasons; and of files, each one refused by itself."""
    got, gaps = told
    yield (), (Gap(Why.DENIED, name, "", "permission denied", "root"),)
    yield (), (Gap(next(whys), name),)
    for one in got if isinstance(ask, SshFiles) else ():
        left = tuple(other for other in got if other.path != one.path)
        yield left, (*gaps, Gap(Why.DENIED, name, one.path, "permission denied", "root"))
    if len(got) > 1:
        yield got[:1], (*gaps, Gap(Why.TRUNCATED, name, "", "more than is read", "limit"))


@cache
def first(target: str) -> Picture:
    return _first(env.whole(target))


@cache
def second(target: str) -> Picture:
    return _second(target, env.whole(target))


def _first(now: env.Reports) -> Picture:
    found = env.judged(1, {name: env.first(one) for name, one in now.items()})
    items = env.items(found, env.NOTHING)
    return Picture(env.told(found, items))


@cache
def kept(target: str) -> Mapping[str, env.Kept]:
    return {name: env.second(one, one) for name, one in env.whole(target).items()}


@cache
def known(target: str) -> env.Memory:
    return env.memory(first(target).judgement)


def _second(target: str, now: env.Reports) -> Picture:
    before, same = env.whole(target), kept(target)
    rows = {
        name: same[name] if one is before[name] else env.second(before[name], one)
        for name, one in now.items()
    }
    found = env.judged(2, rows)
    items = env.items(found, known(target))
    changes = tuple(change for one in rows.values() for change in one.changes)
    return Picture(env.told(found, items, changes))


def with_gap(one: Replaced) -> dict[str, Collected]:
    """Return what is read of the host, the changed collector anew and all else as it was."""
    answers = {**env.hosts()[one.target], one.ask: one.outcome}
    now = env.read(one.target, one.collector, answers)
    return {**env.whole(one.target), one.collector.name: now}


def _powers() -> tuple[type[Record], ...]:
    needs = (need for kind in HOLD_KINDS.values() for need in kind.needs)
    return (*access.NEEDS, *needs, *signs.NEEDS)


def complaints(one: Replaced) -> Iterator[str]:
    now, name = with_gap(one), one.collector.name
    if not now[name].reading.gaps:
        yield "the gap was lost"
    yield from (f"first audit: {text}" for text in better(first(one.target), _first(now), name))
    after = _second(one.target, now)
    yield from (f"second audit: {text}" for text in better(second(one.target), after, name))


def test_every_question_is_replaced_and_every_kind_of_hold_occurs() -> None:
    asked = {one.ask for one in replacements()}
    assert asked == {ask_name(one, ask) for one in env.COLLECTORS.values() for ask in one.asks}
    found = [first(target).judgement for target in env.hosts()]
    holds = (hold for one in found for hold in (*one.outgoing.holds, *one.outgoing.dependences))
    assert {hold.kind for hold in holds} == set(HOLD_KINDS)


def test_nothing_is_left_on_the_quiet_host() -> None:
    found = first(env.QUIET)
    assert found.judgement.outgoing.zero is Truth.YES
    assert found.judgement.unattributed.zero is Truth.YES
    assert not [item for item in found.items if "unread" in item.key]


def test_a_refused_question_of_any_power_leaves_no_zero() -> None:
    kinds = {kind.__name__ for kind in _powers()}
    for one in env.COLLECTORS.values():
        gap = Gap(Why.DENIED, ask_name(one, one.asks[0]))
        now = with_gap(Replaced(env.QUIET, one, gap.ask, ((), (gap,))))
        zero = _first(now).judgement.outgoing.zero
        could = bool(kinds & set(now[one.name].reading.tells))
        assert zero is (Truth.UNKNOWN if could else Truth.YES), one.name


def test_an_audit_that_reads_the_same_changes_nothing() -> None:
    for target in env.hosts():
        assert second(target).changes == ()
        assert list(better(first(target), second(target), "")) == []


@pytest.mark.parametrize("subject", sorted(env.COLLECTORS))
def test_no_gap_makes_anything_better(subject: str) -> None:
    faults = [
        f"{one}: {text}"
        for one in replacements()
        if one.collector.name == subject
        for text in complaints(one)
    ]
    assert not faults, f"{len(faults)} things look better:\n" + "\n".join(faults[:40])


@cache
def cleared() -> env.Reports:
    """Return the loud host as the quiet one answers: what the leaving party had there is gone."""
    answers = env.hosts()[env.QUIET]
    return {name: env.read(env.LOUD, one, answers) for name, one in env.COLLECTORS.items()}


def test_a_removal_that_was_read_is_proved() -> None:
    assert len(_removed(_second(env.LOUD, cleared()))) >= REMOVED


@pytest.mark.parametrize("subject", sorted(env.COLLECTORS))
def test_a_removal_is_proved_only_where_all_that_could_show_it_was_read(subject: str) -> None:
    one = env.COLLECTORS[subject]
    proved = _removed(_second(env.LOUD, cleared()))
    needed = {key for key in proved if _needs(key) & {kind.__name__ for kind in one.tells}}
    for ask in one.asks:
        gap = Gap(Why.DENIED, ask_name(one, ask))
        answers = {**env.hosts()[env.QUIET], gap.ask: ((), (gap,))}
        now = {**cleared(), subject: env.read(env.LOUD, one, answers)}
        assert _removed(_second(env.LOUD, now)) == proved - needed, gap.ask


def _removed(found: Picture) -> set[str]:
    return {item.key for item in found.items if item.verdict is ItemVerdict.DONE}


def _needs(key: str) -> set[str]:
    """Return the kinds of record that could show what a line of the checklist is about."""
    item = known(env.LOUD).of_key(key)
    return {kind for box in item.boxes for kind in box.needs} if item else set()
