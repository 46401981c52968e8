"""Imports every area, so that RULES is whole, and judges a case by all of them."""

from agent.judge.case import Case, Finding
from agent.judge.hosts import Hosts
from agent.judge.rules.rule import RULES, findings_of


def findings(case: Case, hosts: Hosts) -> tuple[Finding, ...]:
    """Return the verdict of every rule on every subject, by rule and target."""
    found = (finding for rule in RULES.values() for finding in findings_of(rule, case, hosts))
    return tuple(sorted(found, key=lambda one: (one.rule, one.target, one.subject)))
