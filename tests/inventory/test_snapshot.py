"""The law of truth: one reading shows that there is one, all must be whole to show that there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.model.account import Account, Group
from inventory.model.evidence import Evidence, Gap, Pointer, Why
from inventory.model.moment import DAY_S, Moment
from inventory.model.truth import Bounds, Truth, all_of, any_of, known
from inventory.reading import Reading, ReadingKey, State
from inventory.snapshot import Blank, MemorySnapshot, Read, Seen, blanks_of

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
TRUTHS = st.sampled_from(Truth)
BLANK = Blank("ssh", "web1", "linux.accounts", Gap(Why.DENIED))


def seen(uid: int, *, carried: bool = False, target: str = "web1") -> Seen[Account]:
    evidence = Evidence("ssh", target, "linux.accounts", Pointer(), 1)
    return Seen(Account(name=f"a{uid}", uid=uid, gid=0), evidence, carried)


ROWS = st.lists(st.builds(seen, st.integers(0, 3), carried=st.booleans()), max_size=6)
BLANKS = st.lists(st.just(BLANK), max_size=1)


def is_root(record: Account) -> bool:
    return record.uid == 0


@given(ROWS, BLANKS)
def test_a_yes_needs_one_fresh_row_and_a_no_needs_everything(
    rows: list[Seen[Account]], blanks: list[Blank]
) -> None:
    answer = Read(rows, blanks).any(is_root)
    fresh = [row for row in rows if is_root(row.record) and not row.carried]
    hits = [row for row in rows if is_root(row.record)]
    assert (answer is YES) == bool(fresh)
    assert (answer is NO) == (not hits and not blanks)


@given(ROWS, BLANKS)
def test_all_is_the_opposite_of_any_other(rows: list[Seen[Account]], blanks: list[Blank]) -> None:
    read = Read(rows, blanks)
    assert read.all(is_root) is ~read.any(lambda record: not is_root(record))
    if blanks:
        assert read.all(is_root) is not YES


@given(ROWS, BLANKS)
def test_a_count_bounds_what_there_can_be(rows: list[Seen[Account]], blanks: list[Blank]) -> None:
    read = Read(rows, blanks)
    bounds = read.count(is_root)
    assert bounds.most is None or bounds.least <= bounds.most
    assert (bounds.most is None) == bool(blanks)
    assert (read.any(is_root) is YES) == (bounds.least > 0)
    assert (read.any(is_root) is NO) == (bounds.exact == 0)
    assert read.where(is_root).count() == bounds


@given(ROWS, BLANKS)
def test_a_gap_more_or_a_row_that_grew_old_never_answers_more(
    rows: list[Seen[Account]], blanks: list[Blank]
) -> None:
    before = Read(rows, blanks)
    old = [Seen(row.record, row.evidence, carried=True) for row in rows]
    for after in (Read(rows, [*blanks, BLANK]), Read(old, blanks), Read((), [BLANK])):
        assert after.any(is_root) in (before.any(is_root), UNKNOWN)
        assert after.all(is_root) in (before.all(is_root), UNKNOWN)
        assert after.count(is_root).least <= before.count(is_root).least
        most = after.count(is_root).most
        assert most is None or (before.count(is_root).most or 0) <= most


@given(ROWS, BLANKS)
def test_what_is_known_keeps_its_gaps_beside_it(
    rows: list[Seen[Account]], blanks: list[Blank]
) -> None:
    found = Read(rows, blanks).known()
    assert (found.rows, found.blanks) == (tuple(rows), tuple(blanks))
    assert found.complete == (not blanks and not any(row.carried for row in rows))


@pytest.mark.parametrize("use", [len, bool, list])
def test_a_read_is_no_list(use: object) -> None:
    with pytest.raises(TypeError, match="a Read"):
        use(Read((), ()))  # type: ignore[operator]


def test_a_kind_that_nobody_was_asked_for_is_not_none() -> None:
    reading = Reading(ReadingKey("ssh", "web1", "linux.accounts"), State.COMPLETE, ("Account",))
    snapshot = MemorySnapshot(1, [(reading, (seen(0),))])
    assert snapshot.read(Group).any() is UNKNOWN
    assert snapshot.read(Account, target="db1").any() is UNKNOWN
    assert snapshot.read(Account, target="web1").count() == Bounds(1, 1)
    assert snapshot.readings(Group) == ()
    assert snapshot.readings(Account) == snapshot.readings() == (reading,)
    assert snapshot.targets() == ("web1",)


@pytest.mark.parametrize("state", [State.FAILED, State.NOT_ASKED, State.PARTIAL])
def test_a_reading_that_is_not_complete_has_a_gap_even_when_it_names_none(state: State) -> None:
    (blank,) = blanks_of([Reading(ReadingKey("ssh", "web1", "x"), state, ())])
    assert (blank.target, blank.gap.why) == ("web1", Why.NOT_ASKED)


@given(TRUTHS, TRUTHS, TRUTHS)
def test_kleenes_laws_hold(a: Truth, b: Truth, c: Truth) -> None:
    assert ~~a is a
    assert ~(a & b) is (~a | ~b)
    assert (a & b) is (b & a)
    assert (a | (b & c)) is ((a | b) & (a | c))
    assert (a & (b | c)) is ((a & b) | (a & c))
    assert (a | (a & b)) is a
    assert (a & YES) is (a | NO) is a
    assert (a & NO) is NO
    assert (a | YES) is YES


@given(st.lists(TRUTHS))
def test_one_yes_decides_any_and_one_no_decides_all(truths: list[Truth]) -> None:
    assert any_of(truths) is (YES if YES in truths else UNKNOWN if UNKNOWN in truths else NO)
    assert all_of(iter(truths)) is ~any_of(~one for one in truths)


def test_a_truth_is_no_bool() -> None:
    assert known(True) is YES
    assert known(False) is NO
    with pytest.raises(TypeError, match="compare it"):
        bool(UNKNOWN)


SECONDS = st.integers(-(10**11), 10**11)
MOMENTS = st.builds(lambda a, b: Moment(min(a, b), max(a, b)), SECONDS, SECONDS)


@given(MOMENTS, MOMENTS)
def test_after_is_never_true_both_ways(a: Moment, b: Moment) -> None:
    both = (a.after(b), b.after(a))
    assert both != (YES, YES)
    if both[0] is YES:
        assert both[1] is NO
    if UNKNOWN in both:
        assert a.earliest <= b.latest
        assert b.earliest <= a.latest


@given(SECONDS, SECONDS)
def test_exact_moments_are_ordered(a: int, b: int) -> None:
    assert Moment.exact(a).after(Moment.exact(b)) is known(a > b)


@given(st.integers(0, 100_000))
def test_a_day_holds_all_its_hours_in_every_zone(day: int) -> None:
    moment = Moment.of_day(day)
    assert moment.earliest <= day * DAY_S - 14 * 3600
    assert moment.latest >= (day + 1) * DAY_S + 12 * 3600 - 1
    assert moment.after(Moment.of_day(day)) is UNKNOWN
    assert Moment.of_day(day + 3).after(moment) is YES


@given(MOMENTS)
def test_any_moment_can_be_printed(moment: Moment) -> None:
    assert str(moment)


@given(st.integers(0, 9), st.integers(0, 9), st.none() | st.integers(0, 9))
def test_bounds_add_up(least: int, more: int, other: int | None) -> None:
    one, two = Bounds(least, least + more), Bounds(1, None if other is None else 1 + other)
    both = one + two
    assert both.least == least + 1
    assert (both.most is None) == (other is None)
    assert str(Bounds(0, None)) == "unknown"
    assert str(Bounds(2, None)) == "at least 2"
