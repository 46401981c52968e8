"""Cells: an absence is a verified none only where nothing could hide one."""

import pytest

from agent.documents import cell
from agent.documents.cell import Known
from inventory.model.account import Account
from inventory.model.evidence import Evidence, Gap, Pointer, Why
from inventory.model.truth import Bounds
from inventory.snapshot import Blank, Read, Seen

BLANK = Blank("hosts", "web1", "linux.accounts", Gap(Why.DENIED, detail="needs root"))


def row(name: str, *, carried: bool = False) -> Seen[Account]:
    evidence = Evidence("hosts", "web1", "linux.accounts", Pointer(), 1)
    return Seen(Account(name=name, uid=1, gid=1), evidence, carried)


def name(one: Account) -> str:
    return one.name


@pytest.mark.parametrize(
    ("read", "known"),
    [
        (Read((), ()), Known.NONE),
        (Read((), (BLANK,)), Known.UNKNOWN),
        (Read((row("a"),), ()), Known.ALL),
        (Read((row("a"),), (BLANK,)), Known.PART),
        (Read((row("a", carried=True),), ()), Known.PART),
        (Read((row(""),), ()), Known.UNSTATED),
        (Read((row(""),), (BLANK,)), Known.UNKNOWN),
    ],
)
def test_a_cell_knows_as_much_as_its_read(read: Read[Account], known: Known):
    assert cell.of_read(read, name).known is known


def test_a_value_of_an_earlier_audit_says_so():
    assert (
        cell.of_read(Read((row("a", carried=True),), ()), name).text
        == "a (of audit 1, not seen now)"
    )


@pytest.mark.parametrize(
    ("bounds", "known", "text"),
    [
        (Bounds(0, 0), Known.NONE, ""),
        (Bounds(0, None), Known.UNKNOWN, ""),
        (Bounds(3, 3), Known.ALL, "3"),
        (Bounds(3, None), Known.PART, "at least 3"),
        (Bounds(0, 2), Known.PART, "0 to 2"),
    ],
)
def test_a_count_is_never_a_bare_zero(bounds: Bounds, known: Known, text: str):
    made = cell.of_bounds(bounds, (BLANK,) if bounds.most is None else ())
    assert (made.known, made.text) == (known, text)


@pytest.mark.parametrize("value", [None, ""])
def test_a_field_that_the_source_does_not_state_is_not_none(value: str | None):
    assert cell.of_field(value).known is Known.UNSTATED


def test_more_values_than_have_room_are_counted():
    made = cell.of_fields([f"v{n}" for n in range(9)])
    assert (len(made.texts), made.more) == (6, 3)
