"""A host that was off is one line; what a part hides, and what changed, stays single."""

from pathlib import Path

import pytest

from inventory.changes import What, changes
from inventory.gathering import Gathered, gathered
from inventory.model.evidence import Gap, Why
from inventory.reading import State
from tests.inventory.building import Told, account, audit, denied, key, opened, told

OFF = Gap(Why.UNREACHABLE, detail="no route")
MANY = tuple(account(f"user{number}") for number in range(30))


def two(
    state: State = State.COMPLETE, gaps: tuple[Gap, ...] = (), *, empty: bool = False
) -> tuple[Told, ...]:
    """Return a host with accounts in one reading and keys in another."""
    accounts, keys = ((), ()) if empty else (MANY, (key("a"), key("b")))
    return (
        told(*accounts, collector="linux.one", state=state, gaps=gaps),
        told(*keys, collector="linux.two", state=state, gaps=gaps),
    )


def between(tmp_path: Path, *audits: tuple[Told, ...]) -> Gathered:
    with opened(tmp_path) as store:
        for some in audits:
            audit(store, *some)
        found = tuple(changes(store, len(audits) - 1, len(audits)))
    made = gathered(found)
    assert sum(one.records for one in made.crowds) + len(made.single) == len(found)
    return made


def test_a_host_that_was_off_is_one_crowd_with_the_reason(tmp_path: Path) -> None:
    made = between(tmp_path, two(), two(State.FAILED, (OFF,), empty=True))
    (crowd,) = made.crowds
    assert (crowd.what, crowd.targets, crowd.records) == (What.NEWLY_UNKNOWN, ("web1",), 32)
    assert (crowd.collectors, crowd.gap) == (("linux.one", "linux.two"), OFF)
    assert made.single == ()


def test_a_host_that_is_on_again_is_one_crowd_and_what_changed_meanwhile_is_single(
    tmp_path: Path,
) -> None:
    off = two(State.FAILED, (OFF,), empty=True)
    again = (told(*MANY, account("new"), collector="linux.one"), two()[1])
    made = between(tmp_path, two(), off, again)
    assert [(one.what, one.records, one.gap) for one in made.crowds] == [
        (What.KNOWN_AGAIN, 32, OFF)
    ]
    assert [one.what for one in made.single] == [What.NEWLY_KNOWN]


def test_a_host_that_was_not_asked_is_one_crowd(tmp_path: Path) -> None:
    made = between(tmp_path, two(), (told(target="db1"),))
    (crowd,) = made.crowds
    assert crowd.gap is not None
    assert (crowd.gap.why, crowd.records) == (Why.NOT_ASKED, 32)


def test_a_new_host_is_one_crowd(tmp_path: Path) -> None:
    made = between(tmp_path, (told(target="db1"),), (told(target="db1"), *two()))
    assert [(one.what, one.records) for one in made.crowds] == [(What.NEWLY_KNOWN, 32)]


def test_what_only_a_part_hides_is_told_record_by_record(tmp_path: Path) -> None:
    keys = tuple(key(f"/home/{name}") for name in "abc")
    part = told(keys[2], state=State.PARTIAL, gaps=[denied("/home/a"), denied("/home/b")])
    made = between(tmp_path, (told(*keys),), (part,))
    assert made.crowds == ()
    assert [one.what for one in made.single] == [What.NEWLY_UNKNOWN] * 2


def test_another_parser_is_one_crowd_for_all_hosts(tmp_path: Path) -> None:
    old = tuple(told(*MANY, target=name) for name in ("web1", "web2"))
    new = tuple(told(target=name, parser=2) for name in ("web1", "web2"))
    (crowd,) = between(tmp_path, old, new).crowds
    assert (crowd.what, crowd.targets) == (What.BY_PARSER, ("web1", "web2"))
    assert (crowd.records, crowd.gap) == (60, None)


@pytest.mark.parametrize("what", [What.ADDED, What.REMOVED])
def test_what_came_and_went_is_never_a_crowd(tmp_path: Path, what: What) -> None:
    steps = [(told(),), (told(*MANY),)]
    made = between(tmp_path, *(steps if what is What.ADDED else reversed(steps)))
    assert (made.crowds, {one.what for one in made.single}) == ((), {what})
