"""What a kind of hold says it needs is all that can hide one of its holds."""

import pytest

from agent.judge.footprint import SUBJECTS, Holdings
from agent.judge.holds.kind import HOLD_KINDS
from inventory.model.account import Account, Group
from inventory.model.evidence import Why
from inventory.model.record import Record
from tests.agent.judge.building import KINDS, account, case, group, host, sudo
from tests.agent.judge.fleet import FLEET

assert SUBJECTS  # imported so that HOLD_KINDS is whole
RECORDS = (
    *FLEET["app1"],
    account("numbered", 4711),
    sudo("#4711", file="/etc/sudoers.d/number"),
    group("steering", "numbered", gid=911),
    sudo("%#911", file="/etc/sudoers.d/steering"),
)


def found(refused: type[Record] | None = None) -> dict[str, str]:
    """Return the kind of each candidate by its key."""
    gaps = {refused: Why.DENIED} if refused else {}
    judged = Holdings(case(host("app1", *RECORDS, refused=gaps))).judged
    return {one.candidate.key: one.candidate.kind for one in judged}


@pytest.mark.parametrize("refused", KINDS)
def test_a_hold_vanishes_only_with_what_its_kind_needs(refused: type[Record]) -> None:
    before = found()
    vanished = {before[key] for key in before.keys() - found(refused).keys()}
    assert {kind for kind in vanished if refused not in HOLD_KINDS[kind].needs} == set()


def test_every_kind_of_hold_is_there_to_vanish() -> None:
    assert set(found().values()) == set(HOLD_KINDS)


def test_a_grant_by_number_has_its_name_from_passwd() -> None:
    assert "sudo app1 numbered /etc/sudoers.d/number" in found()
    assert "sudo app1 numbered /etc/sudoers.d/number" not in found(Account)


def test_a_membership_by_number_is_a_hold_by_what_sudoers_gives() -> None:
    assert "group app1 numbered steering" in found()
    assert "group app1 numbered steering" not in found(Group)
