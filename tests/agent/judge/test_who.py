"""One person's ways, and what the gaps would take to cure."""

import pytest

from agent.judge.case import Case, Certainty, Decision
from agent.judge.coverage import coverage, cures
from agent.judge.footprint import Holdings
from agent.judge.holds.kind import RANK, strongest
from agent.judge.who import who
from inventory.model.access import SudoGrant
from inventory.model.account import Account, PasswordState
from inventory.model.evidence import Why
from inventory.model.operation import MailAlias
from inventory.model.party import Party, Person, Role
from inventory.model.truth import Truth
from tests.agent.judge.building import (
    NOBODYS_KEY,
    NOW,
    ROOT,
    account,
    case,
    host,
    key,
    password,
    sshd,
    sudo,
)

OTTO = Person("Otto Alt", mails=("otto@oldmsp.example",), accounts=("otto",), keys=(NOBODYS_KEY,))
PARTY = Party(role=Role.OUTGOING, name="OldMSP", people=(OTTO, Person("Olga", accounts=("olga",))))
RECORDS = (
    ROOT,
    account("otto", gecos="Otto Alt,,,"),
    account("olga", 1001),
    password("root", "locked"),
    password("otto"),
    password("olga"),
    sudo("otto"),
    key("root", NOBODYS_KEY),
    MailAlias(file="/etc/aliases", name="root", target="otto@oldmsp.example"),
    *sshd(),
)


def made(**options: object) -> Case:
    return case(host("web1", *RECORDS), parties=(PARTY,), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "asked", ["Otto Alt", "otto  alt", "OTTO@oldmsp.example", "otto", NOBODYS_KEY, " otto "]
)
def test_a_person_is_found_by_any_of_their_marks(asked: str) -> None:
    ways = who(made(), asked)
    assert {hold.kind for hold in ways.holds} == {"ssh key", "account", "sudo", "mail alias"}
    assert [hold.power for hold in ways.holds] == sorted(
        (hold.power for hold in ways.holds), key=RANK.index
    )
    assert ways.known_as == ("Otto Alt", "otto@oldmsp.example", "otto", NOBODYS_KEY)
    best = strongest(ways.paths)
    assert best is not None
    assert best.certain is Truth.YES
    assert ways.blanks == ()


def test_another_person_has_only_what_is_theirs() -> None:
    assert {hold.subject for hold in who(made(), "olga").holds} == {"olga"}


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        ("root", {"account"}),
        ("stranger", set()),
        ("nobody@else.example", set()),
        ("SHA256:" + "z" * 43, set()),
        ("Nobody Known", set()),
        ("", set()),
    ],
)
def test_one_whom_no_profile_knows_is_looked_for_by_that_mark(asked: str, kinds: set[str]) -> None:
    records = (ROOT, password("root"), *sshd())
    found = who(case(host("web1", *records), parties=(PARTY,)), asked)
    assert {hold.kind for hold in found.holds} == kinds


def test_gaps_stand_beside_a_persons_ways() -> None:
    told = host("web1", *RECORDS, refused={SudoGrant: Why.DENIED})
    assert {blank.gap.why for blank in who(case(told, parties=(PARTY,)), "otto").blanks} == {
        Why.DENIED
    }


def test_a_rejected_guess_is_no_way_of_the_person() -> None:
    told = host("web1", ROOT, key("root", comment="Otto Alt"), password("root", "locked"), *sshd())
    party = Party(
        role=Role.OUTGOING, name="OldMSP", people=(Person("Otto Alt", accounts=("otto",)),)
    )
    asked = case(told, parties=(party,))
    assert [h.certainty for h in who(asked, "otto").holds] == [Certainty.PROPOSED]
    (proposal,) = Holdings(asked).proposals()
    said = Decision(proposal.id, False, "Carla", NOW)
    assert who(case(told, parties=(party,), decisions=(said,)), "otto").holds == ()


def test_cures_are_grouped_by_act_and_the_most_useful_comes_first() -> None:
    asked = case(
        host("web1", refused={Account: Why.DENIED, PasswordState: Why.DENIED}),
        host("db1", refused={Account: Why.DENIED, SudoGrant: Why.TRUNCATED}),
        listed=("web1", "db1", "never1"),
    )
    found = [(cure.act, cure.why, cure.targets, cure.unlocks) for cure in cures(asked)]
    assert found == [
        ("plan --sudoers", "no root", ("db1", "web1"), 3),
        ("audit it again", "not asked in this audit", ("never1",), 1),
        ("raise the limit", "more than is read", ("db1",), 1),
    ]


def test_coverage_counts_questions_and_names_hosts_that_were_never_asked() -> None:
    asked = case(host("web1", refused={Account: Why.DENIED}), listed=("web1", "db1"))
    found = coverage(asked)
    assert found == tuple(sorted(found, key=lambda one: (one.target, one.subject)))
    assert sum(one.refused for one in found if one.target == "web1") == 1
    (never,) = (one for one in found if one.target == "db1")
    assert (never.state, never.answered, never.refused) == ("not asked", 0, 1)
