"""What holds for every rule there is: texts, verdicts, and that unknown is never fine."""

import re

import pytest

from agent.judge.case import Severity, Verdict
from agent.judge.footprint import Holdings
from agent.judge.rules.all import RULES, findings
from agent.judge.rules.rule import Per
from inventory.reading import State
from inventory.snapshot import MemorySnapshot
from tests.agent.judge.rules.building import case_of, judged, snapshot
from tests.agent.judge.rules.situations import SITUATIONS

IDS = sorted(RULES)
FINE = {Verdict.MET, Verdict.NOT_APPLICABLE}
NEEDS = [(name, need) for name in IDS for need in RULES[name].needs]


def verdicts(found) -> set[Verdict]:
    return {one.verdict for one in found}


def test_every_rule_has_a_situation():
    assert set(SITUATIONS) == set(RULES)


@pytest.mark.parametrize("name", IDS)
def test_a_rule_is_met_where_it_is_kept(name: str):
    world = SITUATIONS[name]
    found = judged(name, world.met, own_account=world.own_account)
    assert [one.verdict for one in found] == [Verdict.MET], found


@pytest.mark.parametrize("name", IDS)
def test_a_rule_is_not_met_where_it_is_broken(name: str):
    world = SITUATIONS[name]
    found = judged(name, world.broken, own_account=world.own_account, gap=world.gap)
    assert verdicts(found) == {Verdict.NOT_MET}, found
    assert all(one.says for one in found)
    if RULES[name].otherwise is Verdict.MET:
        assert all(one.evidence for one in found), "what is broken was seen somewhere"


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("side", ["met", "broken"])
def test_nothing_is_decided_where_all_is_refused(name: str, side: str):
    world = SITUATIONS[name]
    facts = getattr(world, side)
    found = judged(name, facts, refused=RULES[name].needs, own_account=world.own_account)
    assert verdicts(found) == {Verdict.UNKNOWN}, found
    assert all(one.blanks for one in found)


@pytest.mark.parametrize(("name", "need"), NEEDS)
def test_no_refusal_makes_a_verdict_better(name: str, need: type):
    world, rule = SITUATIONS[name], RULES[name]
    met = judged(name, world.met, refused=(need,), own_account=world.own_account)
    broken = judged(name, world.broken, refused=(need,), own_account=world.own_account)
    assert not verdicts(broken) & FINE, broken
    assert Verdict.NOT_MET not in verdicts(met), "what is not known breaks no rule"
    if rule.otherwise is Verdict.MET:
        assert verdicts(met) == {Verdict.UNKNOWN}, met


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize("state", [State.COMPLETE, State.NOT_ASKED])
@pytest.mark.parametrize("side", ["met", "broken"])
def test_what_an_earlier_audit_saw_decides_nothing(name: str, state: State, side: str):
    world = SITUATIONS[name]
    facts = getattr(world, side)
    found = judged(name, facts, carried=True, state=state, own_account=world.own_account)
    is_empty = not any(facts.values())
    if state is State.NOT_ASKED or not is_empty:
        assert not verdicts(found) & FINE, found
    seen = {type(record) for records in facts.values() for record in records}
    if seen & set(RULES[name].needs):
        assert verdicts(found) == {Verdict.UNKNOWN}, found


@pytest.mark.parametrize("name", IDS)
def test_without_any_host_nothing_is_said_to_be_fine(name: str):
    found = judged(name, {})
    expected = {Verdict.UNKNOWN} if RULES[name].per is Per.ENVIRONMENT else set()
    assert verdicts(found) == expected


def test_hosts_that_nobody_asked_are_unknown_to_every_rule():
    facts = {"web1": (), "web2": ()}
    everything = {need for rule in RULES.values() for need in rule.needs}
    case = case_of(snapshot(facts, everything, state=State.NOT_ASKED))
    found = findings(Holdings(case))
    assert verdicts(found) == {Verdict.UNKNOWN}
    once = [rule for rule in RULES.values() if rule.per is Per.ENVIRONMENT]
    assert len(found) == 2 * (len(RULES) - len(once)) + len(once)


def test_a_kind_that_no_source_tells_leaves_its_rules_unknown():
    facts = {"web1": SITUATIONS["host.eol"].met["web1"]}
    kinds = RULES["host.eol"].needs
    found = findings(Holdings(case_of(snapshot(facts, kinds))))
    known = {one.rule for one in found if one.verdict is not Verdict.UNKNOWN}
    assert known == {"host.eol", "os.unknown"}


@pytest.mark.parametrize("name", IDS)
def test_a_rule_says_what_why_and_what_to_do(name: str):
    rule = RULES[name]
    assert re.fullmatch(r"[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)+", name), name
    assert isinstance(rule.severity, Severity)
    assert rule.needs
    for text in (rule.reason, rule.remedy):
        assert text[0].isupper()
        assert text.endswith(".")
        assert len(text) <= 300
    assert rule.title[0].isupper()
    assert not rule.title.endswith(".")
    assert len(rule.title) <= 80
    assert rule.says
    assert rule.judge.__doc__


def test_findings_come_by_rule_target_and_subject():
    facts = {"b": SITUATIONS["key.weak"].broken["web1"], "a": ()}
    kinds = RULES["key.weak"].needs
    found = findings(Holdings(case_of(snapshot(facts, kinds))))
    places = [(one.rule, one.target, one.subject) for one in found]
    assert places == sorted(places)


def test_an_empty_snapshot_says_only_unknown():
    found = findings(Holdings(case_of(MemorySnapshot(1, ()))))
    assert verdicts(found) == {Verdict.UNKNOWN}
