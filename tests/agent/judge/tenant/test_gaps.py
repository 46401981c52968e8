"""Every reading of a tenant is refused: nothing may look better."""

import pytest
from msgspec import structs

from agent.judge.case import Verdict
from agent.judge.footprint import Holdings
from agent.judge.holds.kind import needs_of
from agent.judge.judgement import Judgement
from agent.judge.who import who
from inventory.model.evidence import Gap, Why
from inventory.model.party import Role
from inventory.model.record import KINDS
from inventory.model.truth import Truth
from inventory.snapshot import MemorySnapshot
from tests.agent.judge.tenant import world
from tests.agent.judge.tenant.building import NAME
from tests.agent.judge.test_gaps import Environment, not_better, places, with_gap

HELD, CLEAN = world.environment(world.HELD), world.environment(world.CLEAN)
NEEDED = {need.__name__ for kind in world.EVERY for need in needs_of(kind)}


def judged(told: Environment) -> Judgement:
    return Judgement(structs.replace(world.judged_case(HELD), snapshot=MemorySnapshot(2, told)))


def kinds(told: Environment) -> dict[str, str]:
    """Return the kind of each candidate of a tenant by its key."""
    found = Holdings(structs.replace(world.judged_case(HELD), snapshot=MemorySnapshot(2, told)))
    return {
        one.candidate.key: one.candidate.kind
        for one in found.judged
        if one.candidate.kind in world.EVERY
    }


def test_every_kind_of_hold_is_found_of_who_leaves() -> None:
    found = judged(HELD).outgoing
    assert set(world.EVERY) - {hold.kind for hold in (*found.holds, *found.dependences)} == set()
    assert found.zero is Truth.NO


def test_of_a_clean_tenant_nothing_is_theirs_and_nothing_nobodys() -> None:
    found = judged(CLEAN)
    assert found.outgoing.holds == found.outgoing.dependences == ()
    assert found.unattributed.holds == ()
    assert found.outgoing.zero is Truth.YES


@pytest.mark.parametrize(
    "at",
    [at for at, one in enumerate(HELD) if one[0].key.target == NAME],
    ids=lambda at: HELD[at][0].tells[0],
)
def test_a_hold_vanishes_only_with_what_its_kind_needs(at: int) -> None:
    before = kinds(HELD)
    after = kinds(with_gap(HELD, at, Gap(Why.DENIED, "ask"), carried=False))
    refused = KINDS[HELD[at][0].tells[0]]
    vanished = {before[key] for key in before.keys() - after.keys()}
    assert {kind for kind in vanished if refused not in needs_of(kind)} == set()


@pytest.mark.parametrize("is_clean", [False, True], ids=["held", "clean"])
def test_no_gap_makes_any_verdict_better(is_clean: bool) -> None:
    told = CLEAN if is_clean else HELD
    before = judged(told)
    verdicts: dict[tuple[str, str], set[Verdict]] = {}
    for one in before.findings:
        verdicts.setdefault((one.rule, one.target), set()).add(one.verdict)
    for at, gap, carried in places(told):
        reading = told[at][0]
        if reading.key.target != NAME:
            continue
        after = judged(with_gap(told, at, gap, carried=carried))
        if reading.tells[0] in NEEDED:
            not_better(before.outgoing, after.outgoing, NAME, reading.key.collector)
            lost = {hold.key for hold in before.unattributed.holds} - {
                hold.key for hold in after.unattributed.holds
            }
            assert not lost or any(b.target == NAME for b in after.unattributed.blanks)


@pytest.mark.parametrize("why", list(Why))
def test_every_kind_of_gap_in_a_tenant_stands_in_the_way_of_zero(why: Why) -> None:
    for at, (reading, _) in enumerate(CLEAN):
        if reading.key.target == NAME and reading.tells[0] in NEEDED:
            changed = with_gap(CLEAN, at, Gap(why, "ask"), carried=False)
            holdings = judged(changed).holdings
            assert holdings.footprint(Role.OUTGOING).zero is Truth.UNKNOWN, reading.tells
            assert who(holdings.case, "alice").blanks, reading.tells
