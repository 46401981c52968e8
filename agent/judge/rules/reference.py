"""The list of rules as a page for people: docs/rules.md is made from the rules themselves."""

from collections.abc import Iterator, Mapping

from agent.judge.case import Severity, Verdict
from agent.judge.rules.all import RULES
from agent.judge.rules.rule import Per, Rule
from agent.judge.rules.support import FAMILIES, ROLLING, WRITTEN

_INTRODUCTION = """# The rules

handover judges what an audit saw by these rules. Each says for every host, or for the environment
as a whole, whether it is met; what breaks it, and what leaves it open, are findings of their own.

- **met**: everything that could show the opposite was read completely.
- **not met**: something was seen that breaks the rule. One reading is enough for that. Where a rule
  asks whether there is something (a backup, a firewall), it is not met only when every place that
  could show one was read and none did.
- **unknown**: a gap is in the way, or what was seen does not say. The finding names the gap and
  what would close it. Unknown is never counted as met.
- **not applicable**: the rule does not concern this host.

The severity says how much it hurts at a handover, not in general. A finding may weigh more or less
than its rule: its text says why. "Reads" names the kinds of records that a rule needs;
`handover show KIND` lists them.

This page is made from the rules themselves: change them, then run
`python -m tests.agent.judge.rules.test_reference`.
"""


def rules_page(rules: Mapping[str, Rule] = RULES) -> str:
    """Return docs/rules.md: an overview by severity, then each rule by id."""
    return "\n".join((_INTRODUCTION, *_overview(rules), *_details(rules), *_support()))


def _overview(rules: Mapping[str, Rule]) -> Iterator[str]:
    order = list(Severity)
    yield "| Severity | Rule | What holds when it is met |"
    yield "|---|---|---|"
    for rule in sorted(rules.values(), key=lambda one: (order.index(one.severity), one.id)):
        anchor = rule.id.replace(".", "")
        yield f"| {rule.severity.value} | [`{rule.id}`](#{anchor}) | {rule.title} |"
    yield ""


def _details(rules: Mapping[str, Rule]) -> Iterator[str]:
    for _, rule in sorted(rules.items()):
        yield from (f"## {rule.id}", "", f"**{rule.title}.** Severity: {rule.severity.value}.", "")
        if rule.per is Per.ENVIRONMENT:
            yield from ("One verdict for all hosts together.", "")
        if rule.otherwise is Verdict.NOT_MET:
            yield from (f"Not met when all was read and nothing was found: {rule.says}.", "")
        needs = ", ".join(f"`{kind.__name__}`" for kind in dict.fromkeys(rule.needs))
        yield from (f"- Why: {rule.reason}", f"- What to do: {rule.remedy}", f"- Reads: {needs}")
        yield ""


def _support() -> Iterator[str]:
    yield "## Until when releases are supported"
    yield ""
    yield f"The table behind `host.eol`, written {WRITTEN}. A release that is not in it is unknown."
    yield f"Rolling releases count as supported while updated: {', '.join(ROLLING.values())}."
    yield ""
    yield "| Distribution | Release: last day | Source |"
    yield "|---|---|---|"
    for family in FAMILIES.values():
        ends = ", ".join(f"{release}: {day}" for release, day in family.ends.items())
        yield f"| {family.name} | {ends} | <{family.source}> |"
    yield ""
