"""A change is said only when both sides could see it; all else is a change of sight."""

from pathlib import Path

import pytest

from inventory.changes import Change, What, changes, sight_changes
from inventory.errors import StoreError
from inventory.model.directory import DirectoryConnection
from inventory.model.evidence import Gap, Why
from inventory.model.operation import TimeSync
from inventory.model.record import Record
from inventory.reading import State
from inventory.store import Identity, Store
from tests.inventory.building import Told, account, audit, denied, key, logged_in, opened, told

FAILED = told(state=State.FAILED, gaps=[Gap(Why.UNREACHABLE)])


def between(tmp_path: Path, *steps: Told) -> list[Change]:
    tmp_path.mkdir(exist_ok=True)
    with opened(tmp_path) as store:
        for step in steps:
            audit(store, step)
        assert store.verify() == []
        return list(changes(store, 1, len(steps)))


def what(tmp_path: Path, *steps: Told) -> list[What]:
    return [change.what for change in between(tmp_path, *steps)]


A, B, A2 = account("a"), account("b"), account("a", shell="/bin/zsh")
HIDES_ALL = {"state": State.PARTIAL, "gaps": [denied()]}


def test_what_two_complete_readings_say_is_said(tmp_path: Path) -> None:
    found = between(tmp_path, told(A, B), told(A2, account("c")))
    assert [
        (c.what, str(c.old and c.old.record.name), str(c.new and c.new.record.name)) for c in found
    ] == [  # type: ignore[attr-defined]
        (What.CHANGED, "a", "a"),
        (What.REMOVED, "b", "None"),
        (What.ADDED, "None", "c"),
    ]
    assert found[1].old is not None
    assert found[1].old.evidence.audit == 1
    assert found[0].reading.target == "web1"
    assert found[0].kind == "Account"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([told(A), told(A)], []),
        ([told(A), told(account("a", line=7))], []),
        ([told(A), told(A2), told(A)], []),
        ([told(A), told(), told(A)], []),
        ([told(), told(A), told()], []),
        ([told(A), FAILED], [What.NEWLY_UNKNOWN]),
        ([told(A), FAILED, told(A)], []),
        ([told(A), FAILED, told()], [What.REMOVED]),
        ([told(A), told(**HIDES_ALL)], [What.NEWLY_UNKNOWN]),
        ([told(A), told(A, **HIDES_ALL)], []),
        ([told(A, **HIDES_ALL), told(A, B)], [What.NEWLY_KNOWN]),
        ([FAILED, told(A)], [What.NEWLY_KNOWN]),
        ([told(target="web2"), told(A)], [What.NEWLY_KNOWN]),
        ([told(tells=()), told(A)], [What.BY_PARSER]),
        ([told(A), told(tells=())], [What.NEWLY_UNKNOWN]),
        ([told(A), told(parser=2)], [What.BY_PARSER]),
        ([told(A), told(A2, parser=2)], [What.BY_PARSER]),
        ([told(A), told(A, B, parser=2)], [What.BY_PARSER]),
        ([told(A), told(A, parser=2), told(parser=2)], [What.REMOVED]),
        ([told(A), told(A, parser=2), told(A2, parser=2)], [What.CHANGED]),
        ([told(A), told(parser=2, **HIDES_ALL), told(parser=2)], [What.BY_PARSER]),
        ([told(A), FAILED, told(parser=2)], [What.BY_PARSER]),
        ([told(A), told(), told(parser=2)], [What.REMOVED]),
        ([told(A, logged_in("a")), told(A, logged_in("b"))], []),
    ],
)
def test_each_case_has_its_word(tmp_path: Path, steps: list[Told], expected: list[What]) -> None:
    assert what(tmp_path, *steps) == expected


def test_a_row_that_was_carried_and_is_seen_again_is_known_again(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for step in (told(A, key("/home/a")), FAILED, told(A, key("/home/a"))):
            audit(store, step)
        assert [c.what for c in changes(store, 2, 3)] == [What.KNOWN_AGAIN] * 2
        assert [c.old.evidence.audit for c in changes(store, 2, 3) if c.old] == [1, 1]


def test_only_what_the_gap_hides_is_newly_unknown(tmp_path: Path) -> None:
    hides_a = {"state": State.PARTIAL, "gaps": [denied("/home/a")]}
    first = told(A, key("/home/a"), key("/home/b", "SHA256:b"), key("/home/b", "SHA256:c"))
    second = told(A, key("/home/b", "SHA256:b"), **hides_a)
    found = {(c.what, c.old and c.old.record.part) for c in between(tmp_path, first, second)}
    assert found == {(What.NEWLY_UNKNOWN, "/home/a"), (What.REMOVED, "/home/b")}


def test_a_gap_of_any_part_hides_what_has_no_part_of_its_own(tmp_path: Path) -> None:
    hides_a = {"state": State.PARTIAL, "gaps": [denied("/home/a")]}
    assert what(tmp_path, told(A, B), told(A, **hides_a)) == [What.NEWLY_UNKNOWN]
    assert what(tmp_path / "later", told(A, **hides_a), told(A, B)) == [What.NEWLY_KNOWN]


@pytest.mark.parametrize("fewer", [(), ("ntp1",)])
def test_values_that_a_gap_hides_are_no_change(tmp_path: Path, fewer: tuple[str, ...]) -> None:
    tells = ("TimeSync",)
    whole = TimeSync(program="chrony", servers=("ntp1", "ntp2"), is_synchronised=True)
    less = TimeSync(program="chrony", servers=fewer)
    hides = {"state": State.PARTIAL, "gaps": [denied("/etc/chrony.conf")], "tells": tells}
    steps = (told(whole, tells=tells), told(less, **hides), told(whole, tells=tells))
    assert what(tmp_path, *steps[:2]) == [What.NEWLY_UNKNOWN]
    assert what(tmp_path / "again", *steps) == []
    other = TimeSync(program="chrony", servers=(*fewer, "ntp3"))
    assert what(tmp_path / "other", steps[0], told(other, **hides)) == [What.CHANGED]
    assert what(tmp_path / "whole", steps[0], told(less, tells=tells)) == [What.CHANGED]


def test_a_target_that_is_not_asked_is_newly_unknown(tmp_path: Path) -> None:
    assert what(tmp_path, told(A), told(target="web2")) == [What.NEWLY_UNKNOWN]


def test_another_machine_under_the_same_name_removes_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        audit(store, told(A), identity=Identity("m1", ("SHA256:1",)))
        audit(store, told(B), identity=Identity("m2", ("SHA256:2",)))
        assert [(c.what, c.reading.generation) for c in changes(store, 1, 2)] == [
            (What.NEWLY_KNOWN, 1),
            (What.NEWLY_UNKNOWN, 0),
        ]
        sight = list(sight_changes(store, 1, 2))
        assert [one.new[0].detail for one in sight] == ["the target came back as another machine"]
        audit(store, told(A), identity=Identity("m1", ("SHA256:1",)))
        assert [c.what for c in changes(store, 1, 3)] == [What.NEWLY_KNOWN]


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (Identity("m1", ("k1",)), Identity("m1", ("k2",)), True),
        (Identity("m1", ("k1", "k2")), Identity("m2", ("k2",)), True),
        (Identity("m1", ("k1",)), Identity("m2", ()), False),
        (Identity("m1", ("k1",)), Identity(None, ("k2",)), False),
        (Identity("m1", ()), Identity(None, ("k2",)), True),
        (Identity("m1", ("k1",)), None, True),
    ],
)
def test_a_machine_is_another_only_when_it_can_be_compared(
    tmp_path: Path, old: Identity, new: Identity | None, same: bool
) -> None:
    with opened(tmp_path) as store:
        audit(store, told(A), identity=old)
        audit(store, told(), identity=new)
        expected = [What.REMOVED] if same else [What.NEWLY_UNKNOWN]
        assert [c.what for c in changes(store, 1, 2)] == expected


def test_what_was_forgotten_is_neither_added_nor_removed(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        audit(store, told(A, B))
        store.forget(lambda record: "'a'" in str(record), author="ann", at=1)
        audit(store, told(A))
        assert [c.what for c in changes(store, 1, 2)] == [What.NEWLY_KNOWN, What.NEWLY_UNKNOWN]


def test_gaps_that_came_and_went_are_told_by_reading(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        audit(store, told(A))
        audit(store, told(A, **HIDES_ALL))
        audit(store, told(A))
        one, two = [*sight_changes(store, 1, 2), *sight_changes(store, 2, 3)]
        assert (one.old, one.new) == ((), (denied(),))
        assert (two.old, two.new) == ((denied(),), ())
        assert list(sight_changes(store, 1, 3)) == []


def test_the_earlier_audit_comes_first(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        audit(store, told(A))
        for old, new in ((1, 1), (2, 1)):
            with pytest.raises(StoreError, match="name the earlier one first"):
                list(changes(store, old, new))
        with pytest.raises(StoreError, match="no audit 2"):
            list(changes(store, 1, 2))


def test_a_new_field_of_a_kind_is_no_changed_world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as store:
        audit(store, told(A))
        older_shape(store)
        audit(store, told(A2))
        assert [c.what for c in changes(store, 1, 2)] == [What.BY_PARSER]


def older_shape(store: Store) -> None:
    with store.database.writing() as db:
        db.exec_driver_sql("UPDATE result SET tells = replace(tells, '\"1-', '\"1-0')")


def connection(name: str) -> DirectoryConnection:
    return DirectoryConnection(security="ldaps", checked_by="CA", bind="simple", account=name)


def as_account(name: str, *records: Record) -> Told:
    tells = ("Account", "DirectoryConnection")
    return told(connection(name), *records, target="corp.example", tells=tells)


def test_what_another_account_of_a_directory_is_not_shown_is_not_removed(tmp_path: Path) -> None:
    found = between(tmp_path, as_account("admin", A, B), as_account("reader", A, account("c")))
    said = {(one.what, one.kind) for one in found}
    assert said == {
        (What.CHANGED, "DirectoryConnection"),
        (What.NEWLY_UNKNOWN, "Account"),
        (What.NEWLY_KNOWN, "Account"),
    }
    hidden = next(one for one in found if one.what is What.NEWLY_UNKNOWN)
    assert hidden.gap is not None
    assert hidden.gap.detail.startswith("another account asked")


def test_what_the_same_account_no_longer_sees_is_removed(tmp_path: Path) -> None:
    found = what(tmp_path, as_account("admin", A, B), as_account("admin", A))
    assert found == [What.REMOVED]
