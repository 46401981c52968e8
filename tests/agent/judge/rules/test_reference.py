"""docs/rules.md says what the rules say. Run as a module, it writes the page anew."""

from pathlib import Path

from agent.judge.rules.all import RULES
from agent.judge.rules.reference import rules_page

PAGE = Path(__file__).parents[4] / "docs" / "rules.md"


def test_the_page_of_rules_is_current():
    assert PAGE.read_text(encoding="utf-8") == rules_page()


def test_the_page_names_every_rule_with_its_reason_and_remedy():
    page = rules_page()
    for rule in RULES.values():
        assert f"## {rule.id}\n" in page
        assert rule.reason in page
        assert rule.remedy in page


if __name__ == "__main__":
    PAGE.write_text(rules_page(), encoding="utf-8")
