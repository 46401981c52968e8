"""Every reading of an environment is replaced by every kind of gap: nothing may look better."""

from collections.abc import Iterator, Mapping

import pytest
from msgspec import structs

from agent.judge.case import Case, Footprint, Verdict
from agent.judge.coverage import act_of, coverage, cures
from agent.judge.footprint import Holdings
from agent.judge.holds.kind import HOLD_KINDS
from agent.judge.judgement import Judgement
from agent.judge.who import who
from inventory.model.account import Account, Group
from inventory.model.evidence import Gap, Why
from inventory.model.party import Role
from inventory.model.record import KINDS as ALL_KINDS
from inventory.model.record import Record
from inventory.model.truth import Truth
from inventory.reading import Reading, ReadingKey, State
from inventory.snapshot import MemorySnapshot
from tests.agent.judge.building import KINDS, Told, case, host
from tests.agent.judge.fleet import CLEAN, FLEET

Environment = tuple[Told, ...]
OTHER = Gap(Why.DENIED, detail="another word")
TOWARDS_YES = {Truth.NO: 0, Truth.UNKNOWN: 1, Truth.YES: 2}


def environment(fleet: Mapping[str, tuple[Record, ...]]) -> Environment:
    return tuple(one for name, records in fleet.items() for one in host(name, *records))


def judged(told: Environment) -> Judgement:
    return Judgement(structs.replace(case(), snapshot=MemorySnapshot(2, told)))


def with_gap(told: Environment, at: int, gap: Gap, *, carried: bool) -> Environment:
    """Replace one reading: its rows vanish, or stay as those of an earlier audit."""
    reading, rows = told[at]
    if gap.part:
        state = State.PARTIAL
        kept = tuple(row for row in rows if row.record.part != gap.part)
    else:
        state = State.NOT_ASKED if gap.why is Why.NOT_ASKED else State.FAILED
        kept = tuple(structs.replace(row, carried=True) for row in rows) if carried else ()
    changed = (structs.replace(reading, state=state, gaps=(gap,)), kept)
    return (*told[:at], changed, *told[at + 1 :])


def places(told: Environment) -> Iterator[tuple[int, Gap, bool]]:
    for at, (_, rows) in enumerate(told):
        for part in sorted({row.record.part for row in rows} - {""}):
            yield at, Gap(Why.DENIED, "ask", part), False
            yield at, Gap(Why.MALFORMED, "ask", part), False
        yield at, Gap(Why.DENIED, "ask"), False
        if rows:
            yield at, Gap(Why.TIMEOUT, "ask"), True


def not_better(before: Footprint, after: Footprint, target: str, collector: str) -> None:
    assert TOWARDS_YES[after.zero] <= max(TOWARDS_YES[before.zero], TOWARDS_YES[Truth.UNKNOWN])
    assert after.zero is not Truth.YES
    here = [
        blank for blank in after.blanks if (blank.target, blank.collector) == (target, collector)
    ]
    had = {hold.key for hold in (*before.holds, *before.dependences)}
    left = {hold.key for hold in (*after.holds, *after.dependences)}
    assert had <= left or here, sorted(had - left)
    assert all(key.split()[0] and target in key for key in had - left)


def test_the_environment_holds_every_kind() -> None:
    found = judged(environment(FLEET))
    kinds = {hold.kind for hold in (*found.outgoing.holds, *found.outgoing.dependences)}
    assert kinds == set(HOLD_KINDS)
    assert found.outgoing.zero is Truth.NO
    assert judged(environment(CLEAN)).outgoing.zero is Truth.YES


@pytest.mark.parametrize("fleet", [FLEET, CLEAN], ids=["held", "clean"])
def test_no_gap_makes_any_verdict_better(fleet: Mapping[str, tuple[Record, ...]]) -> None:
    told = environment(fleet)
    before = judged(told)
    told_kinds = {name for reading, _ in told for name in reading.tells}
    verdicts: dict[tuple[str, str], set[Verdict]] = {}
    for one in before.findings:
        verdicts.setdefault((one.rule, one.target), set()).add(one.verdict)
    for at, gap, carried in places(told):
        reading = told[at][0]
        after = judged(with_gap(told, at, gap, carried=carried))
        where = (reading.key.target, reading.key.collector)
        if is_of_holds(reading.tells[0]):
            not_better(before.outgoing, after.outgoing, *where)
            hidden = {hold.key for hold in before.unattributed.holds} - {
                hold.key for hold in after.unattributed.holds
            }
            assert not hidden or any(b.target == where[0] for b in after.unattributed.blanks)
        for finding in after.findings:
            if finding.verdict is Verdict.MET:
                old = verdicts[finding.rule, finding.target]
                assert old <= {Verdict.MET, Verdict.NOT_APPLICABLE}, (finding, gap)
    assert told_kinds == {kind.__name__ for kind in KINDS}


def is_of_holds(kind: str) -> bool:
    return kind not in ("HostIdentity", "Address", "LastLogin") and kind in ALL_KINDS


@pytest.mark.parametrize("why", list(Why))
def test_every_kind_of_gap_in_every_reading_stands_in_the_way_of_zero(why: Why) -> None:
    told = environment(CLEAN)
    for at, (reading, _) in enumerate(told):
        if reading.key.target == "db1" and is_of_holds(reading.tells[0]):
            found = Holdings(replaced(told, at, why)).footprint(Role.OUTGOING)
            assert found.zero is Truth.UNKNOWN, reading.key.collector
            assert {blank.gap.why for blank in found.blanks} == {why}


@pytest.mark.parametrize("why", list(Why))
def test_every_kind_of_gap_is_covered_and_cured(why: Why) -> None:
    told = environment(CLEAN)
    one = replaced(told, 0, why)
    assert sum(line.refused for line in coverage(one)) == 1
    (cure,) = cures(one)
    assert cure.act
    assert cure.why
    assert (cure.targets, cure.unlocks) == (("app1",), 1)
    assert who(one, "otto").blanks


@pytest.mark.parametrize(
    ("detail", "why"),
    [
        ("exit status 1: System has not been booted with systemd as init", "systemd does not run"),
        ("exit status 1: Failed to connect to bus: No such file", "systemd does not run"),
        (
            "exit status 1: Cannot connect to the Docker daemon at unix:///var/run/docker.sock.",
            "Docker does not answer",
        ),
        ("exit status 1: BusyBox v1.35.0 multi-call binary. Usage: last", "BusyBox cannot tell it"),
        ("an empty answer, which proves nothing", "an empty answer"),
        ("exit status 1: head: /var/run/utmp: No such file or directory", "the tool failed"),
    ],
)
def test_what_a_tool_said_tells_gaps_apart(detail: str, why: str) -> None:
    assert act_of(Gap(Why.FAILED, detail=detail))[1] == why
    assert act_of(Gap(Why.FAILED, detail=detail, cure="report"))[0].startswith("report it")
    assert act_of(Gap(Why.DENIED, detail=detail))[0] == "plan --sudoers"


def test_a_cure_says_what_all_its_gaps_say() -> None:
    refused = {Account: Why.DENIED, Group: Why.DENIED}
    (cure,) = cures(case(host("web1", refused=refused)))
    assert (cure.unlocks, cure.says) == (2, "as the test wants it")
    silent = Reading(ReadingKey("ssh", "db1", "x"), State.FAILED, ("Account",), (OTHER,))
    (both,) = cures(case(host("web1", refused=refused), ((silent, ()),)))
    assert (both.unlocks, both.says) == (3, "")


def replaced(told: Environment, at: int, why: Why) -> Case:
    changed = with_gap(told, at, Gap(why, "ask"), carried=False)
    return structs.replace(case(), snapshot=MemorySnapshot(2, changed))


@pytest.mark.parametrize("why", list(Why))
@pytest.mark.parametrize("kind", KINDS)
def test_bounds_never_shrink_under_a_gap(kind: type[Record], why: Why) -> None:
    told = environment(FLEET)
    whole = MemorySnapshot(2, told).read(kind).count()
    for at, (reading, _) in enumerate(told):
        if kind.__name__ in reading.tells:
            gap = MemorySnapshot(2, with_gap(told, at, Gap(why, "ask"), carried=False))
            after = gap.read(kind).count()
            assert after.most is None
            assert after.least <= whole.least


@pytest.mark.parametrize("cure", ["", "directory right"])
def test_what_a_directory_refuses_is_not_cured_by_sudo(cure: str) -> None:
    gap = Gap(Why.DENIED, "directory.bitlocker/keys", "", "it needs a right", cure)
    assert act_of(gap) == ("plan --directory-rights", "a right in the directory is missing")
    assert act_of(Gap(Why.DENIED, "", "", "wrong password", "credential"))[0].startswith("give a")
