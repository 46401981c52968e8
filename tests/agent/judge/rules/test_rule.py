"""The form of a rule: who decides, what is unknown, what a failing rule costs."""

from collections.abc import Iterator

import pytest

from agent.judge.case import Finding, Severity, Verdict
from agent.judge.footprint import Holdings
from agent.judge.rules.all import RULES
from agent.judge.rules.rule import Hit, Per, Rule, Subject, broken, findings_of, kept, rule, unclear
from inventory.model.account import Account
from inventory.model.evidence import Why
from inventory.reading import State
from tests.agent.judge.rules.building import case_of, snapshot

MIA = Account(name="mia", uid=1000, gid=1000)
BOB = Account(name="bob", uid=1001, gid=1001)


def made(judge, otherwise: Verdict = Verdict.MET) -> Rule:
    return Rule(
        *("test.rule", "All is well", Severity.LOW, (Account,), Per.HOST),
        *("Because.", "Do it.", otherwise, "nothing was found", judge),
    )


def found(judge, *records, otherwise: Verdict = Verdict.MET, **how) -> tuple[Finding, ...]:
    shot = snapshot({"web1": records}, (Account,), **how)
    return tuple(findings_of(made(judge, otherwise), Holdings(case_of(shot))))


def each_broken(subject: Subject) -> Iterator[Hit]:
    for row in subject.host.rows(Account):
        yield broken(row, f"{row.record.name} is wrong", row.record.name)


def each_kept(subject: Subject) -> Iterator[Hit]:
    for row in subject.host.rows(Account):
        yield kept(row, f"{row.record.name} is right")


def test_each_subject_that_breaks_a_rule_has_its_own_finding():
    told = found(each_broken, MIA, BOB)
    assert [(one.subject, one.verdict) for one in told] == [
        ("mia", Verdict.NOT_MET),
        ("bob", Verdict.NOT_MET),
    ]


def test_rows_of_one_subject_share_a_finding_with_the_evidence_of_all():
    told = found(each_broken, MIA, MIA)
    assert len(told) == 1
    assert len(told[0].evidence) == 2


def test_silence_is_met_only_when_all_was_read():
    assert found(lambda _: iter(()), MIA)[0].verdict is Verdict.MET
    refused = found(lambda _: iter(()), refused=(Account,))[0]
    assert refused.verdict is Verdict.UNKNOWN
    assert refused.says == "not known: denied, Permission denied"
    assert refused.blanks[0].gap.why is Why.DENIED


def test_silence_about_what_an_earlier_audit_saw_is_unknown():
    told = found(lambda _: iter(()), MIA, carried=True)[0]
    assert told.verdict is Verdict.UNKNOWN
    assert "earlier audit" in told.says


def test_a_breach_that_only_an_earlier_audit_saw_is_unknown_and_says_so():
    told = found(each_broken, MIA, carried=True)
    assert [one.verdict for one in told] == [Verdict.UNKNOWN]
    assert told[0].says == "mia is wrong (in an earlier audit)"


def test_one_row_is_enough_for_a_rule_that_asks_whether_there_is_something():
    assert found(each_kept, MIA, otherwise=Verdict.NOT_MET)[0].verdict is Verdict.MET
    absent = found(each_kept, otherwise=Verdict.NOT_MET)[0]
    assert (absent.verdict, absent.says) == (Verdict.NOT_MET, "nothing was found")
    refused = found(each_kept, refused=(Account,), otherwise=Verdict.NOT_MET)[0]
    assert refused.verdict is Verdict.UNKNOWN


def test_doubts_are_listed_together():
    def doubtful(subject: Subject) -> Iterator[Hit]:
        for row in subject.host.rows(Account):
            yield unclear(row, f"{row.record.name}?")

    told = found(doubtful, MIA, BOB)
    assert [(one.verdict, one.says) for one in told] == [(Verdict.UNKNOWN, "mia?; bob?")]


def test_doubts_about_others_stand_beside_what_is_broken():
    def judge(subject: Subject) -> Iterator[Hit]:
        for row in subject.host.rows(Account):
            say = broken if row.record.name == "mia" else unclear
            yield say(row, f"{row.record.name} is odd", row.record.name)

    told = found(judge, MIA, BOB)
    assert [(one.verdict, one.says) for one in told] == [
        (Verdict.NOT_MET, "mia is odd"),
        (Verdict.UNKNOWN, "bob is odd"),
    ]


def test_what_a_gap_may_hide_beside_a_breach_stands_beside_it():
    def judge(subject: Subject) -> Iterator[Hit]:
        for row in subject.host.rows(Account):
            yield broken(row, f"{row.record.name} is odd", row.record.name)

    told = found(judge, MIA, state=State.PARTIAL)
    assert [(one.verdict, one.says) for one in told] == [
        (Verdict.NOT_MET, "mia is odd"),
        (Verdict.UNKNOWN, "there may be more: not asked"),
    ]
    assert told[1].blanks
    for_all = found(lambda _: [Hit(Verdict.NOT_MET, "all of it is odd")], state=State.PARTIAL)
    assert [one.verdict for one in for_all] == [Verdict.NOT_MET]


def test_many_doubts_are_named_in_part_and_counted():
    def doubtful(subject: Subject) -> Iterator[Hit]:
        for row in subject.host.rows(Account):
            yield unclear(row, f"{row.record.name}?")

    people = [Account(name=f"u{number}", uid=number, gid=1) for number in range(12)]
    told = found(doubtful, *people)[0]
    assert told.says == "u0?; u1?; u2?; u3?; u4?; and 7 more"
    assert len(told.evidence) == 12


def test_a_rule_that_fails_is_unknown_and_ends_nothing():
    def failing(subject: Subject) -> Iterator[Hit]:
        yield from each_broken(subject)
        raise ZeroDivisionError

    told = found(failing, MIA)
    assert [one.verdict for one in told] == [Verdict.UNKNOWN]
    assert told[0].blanks[0].gap.cure == "report"


def test_an_id_cannot_be_used_twice():
    def other(_: Subject) -> Iterator[Hit]:
        yield from ()

    enter = rule("host.eol", "T", Severity.LOW, needs=(Account,), reason="R.", remedy="R.")
    before = RULES["host.eol"]
    with pytest.raises(TypeError, match=r"host\.eol"):
        enter(other)
    assert RULES["host.eol"] is before
