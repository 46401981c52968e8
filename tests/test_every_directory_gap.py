"""Each search of a recorded domain is replaced by a gap: nothing may look better.

One search and one gap at a time, in a first audit and in a second one, through collectors,
judgement, checklist, summary and first page (tests/recorded/better.py says what "better" is).
`python -m tests.recorded.make_realm` records the domain again.
"""

from collections.abc import Iterator
from functools import cache
from itertools import cycle

import pytest

from agent.judge.footprint import DIRECTORY_KINDS
from agent.judge.holds.kind import needs_of
from agent.transition.item import ItemVerdict
from collectors.runner import Collected, ask_name
from collectors.spec import Collector
from inventory.model.evidence import Gap, Why
from inventory.model.truth import Truth
from tests.recorded import environment as env
from tests.recorded import realm
from tests.recorded.better import Picture, better

WHYS = cycle(Why)
# Kinds of holds that the lab's domain has of the leaving party; the others have small worlds.
HELD = {
    "directory account",
    "directory member",
    "directory right",
    "directory dns",
    "directory server",
    "directory service",
    "directory key",
    "trust",
    "policy setting",
    "policy administrator",
}


def asked() -> Iterator[tuple[Collector, str]]:
    """Yield the searches that a domain is asked."""
    for one in realm.COLLECTORS.values():
        for ask in one.asks:
            if getattr(ask, "dialect", "") in ("", "ad"):
                yield one, ask_name(one, ask)


@cache
def first() -> Picture:
    return _first(())


@cache
def second() -> Picture:
    return _second(())


def _first(changed: tuple[Collected, ...]) -> Picture:
    now = {**realm.whole(), **{one.reading.key.collector: one for one in changed}}
    found = env.judged(1, {name: env.first(one) for name, one in now.items()})
    return Picture(env.told(found, env.items(found, env.NOTHING)))


@cache
def known() -> env.Memory:
    return env.memory(first().judgement)


@cache
def _kept(name: str) -> env.Kept:
    return env.second(realm.whole()[name], realm.whole()[name])


def _second(changed: tuple[Collected, ...]) -> Picture:
    new = {one.reading.key.collector: one for one in changed}
    whole = realm.whole()
    rows = {n: env.second(whole[n], new[n]) if n in new else _kept(n) for n in whole}
    found = env.judged(2, rows)
    changes = tuple(change for one in rows.values() for change in one.changes)
    return Picture(env.told(found, env.items(found, known()), changes))


def test_the_recorded_domain_holds_what_a_leaver_has_in_one() -> None:
    found = first().judgement.outgoing
    kinds = {hold.kind for hold in (*found.holds, *found.dependences)}
    assert kinds & set(DIRECTORY_KINDS) >= HELD
    assert found.zero is Truth.NO


def test_an_audit_that_reads_the_same_changes_nothing() -> None:
    assert second().changes == ()
    assert list(better(first(), second(), "")) == []
    assert [item for item in second().items if item.verdict is ItemVerdict.DONE] == [
        item for item in second().items if item.verdict is ItemVerdict.DONE and not item.holds
    ]


@pytest.mark.parametrize(
    ("collector", "ask"), [pytest.param(one, name, id=name) for one, name in asked()]
)
def test_no_gap_makes_anything_better(collector: Collector, ask: str) -> None:
    gap = Gap(next(WHYS), ask, "", "as the test wants it")
    now = realm.with_gap(collector, ask, gap)
    assert now.reading.gaps
    name = collector.name
    faults = [f"first audit: {text}" for text in better(first(), _first((now,)), name)]
    after = _second((now,))
    faults += [f"second audit: {text}" for text in better(second(), after, name)]
    assert not faults, "\n".join(faults[:40])
    told = {kind.__name__ for held in DIRECTORY_KINDS for kind in needs_of(held)}
    if told & set(now.reading.tells):
        assert name in {blank.collector for blank in after.judgement.outgoing.blanks}
