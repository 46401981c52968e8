"""Who can still get to root when the leaver is gone: only what is surely theirs and open counts."""

from agent.judge.footprint import Holdings
from agent.judge.way_in import WayIn, ways_in
from inventory.model.access import SudoGrant
from inventory.model.account import PasswordState
from inventory.model.evidence import Why
from inventory.model.record import Record
from inventory.model.truth import Truth
from tests.agent.judge.building import (
    OUR_KEY,
    ROOT,
    THEIR_KEY,
    account,
    case,
    host,
    key,
    password,
    sshd,
    sudo,
)

CLOSED = (ROOT, password("root", "locked"), *sshd())
CARLA = (account("carla"), password("carla"), sudo("carla"), key("carla", OUR_KEY))


def way(*records: Record, **options: object) -> WayIn:
    (found,) = ways_in(Holdings(case(host("web1", *CLOSED, *records, **options))))  # type: ignore[arg-type]
    return found


def test_the_clients_key_in_the_clients_account_with_root_is_a_way() -> None:
    found = way(*CARLA)
    assert found.seen is Truth.YES
    assert {hold.kind for hold in found.holds} == {"account", "ssh key"}


def test_where_all_was_read_and_nobody_who_stays_has_root_there_is_none() -> None:
    assert way(account("oldmsp"), password("oldmsp"), sudo("oldmsp")).seen is Truth.NO


def test_the_clients_key_in_the_leavers_account_is_not_counted_as_seen() -> None:
    found = way(account("oldmsp"), password("oldmsp"), sudo("oldmsp"), key("oldmsp", OUR_KEY))
    assert (found.seen, found.holds) == (Truth.UNKNOWN, ())


def test_the_leavers_key_in_the_clients_account_adds_no_way_of_the_clients() -> None:
    found = way(account("carla"), password("carla", "locked"), sudo("carla"), key("carla"))
    theirs = way(
        account("carla"), password("carla", "locked"), sudo("carla"), key("carla", THEIR_KEY)
    )
    assert "ssh key" not in {hold.kind for hold in (*found.holds, *theirs.holds)}


def test_a_way_that_may_be_closed_is_not_counted_as_seen() -> None:
    told = (account("carla"), sudo("carla"))
    assert way(*told, password("carla"), refused={PasswordState: Why.DENIED}).seen is Truth.UNKNOWN


def test_a_grant_that_was_not_read_leaves_it_open() -> None:
    assert way(*CARLA, refused={SudoGrant: Why.DENIED}).seen is Truth.UNKNOWN


def test_a_guess_that_a_key_is_the_clients_is_not_counted_as_seen() -> None:
    found = way(account("ops"), password("ops", "locked"), sudo("ops"), key("ops", comment="carla"))
    assert found.seen is not Truth.YES


def test_of_a_host_that_nobody_asked_nothing_is_known() -> None:
    made = Holdings(case(host("web1", *CLOSED, *CARLA), listed=("web1", "mail1")))
    assert [(one.target, one.seen) for one in ways_in(made)] == [
        ("mail1", Truth.UNKNOWN),
        ("web1", Truth.YES),
    ]
