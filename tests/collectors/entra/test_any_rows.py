"""On any JSON in any property, every tenant collector tells records or what it cannot read."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.registry import of_source
from collectors.rows import Row, Rows
from collectors.runner import ask_name
from collectors.spec import Collector, GraphGet, Unreadable
from inventory.codec import encode
from inventory.model.record import Record
from tests.collectors.test_cases import CASES

PIECES = st.sampled_from(
    [
        "",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.9999999Z",
        "2027-02-30T25:61:61Z",
        "2027-05-12",
        "11111111-1111-1111-1111-111111111111",
        "bob_oldmsp.example#EXT#@client.onmicrosoft.example",
        "SMTP:alice@client.example",
        "#microsoft.graph.user",
        "MIIB",
        "\x1b[31m\u202e",
        "P180D",
        "/users/x",
        "99999999999999999999",
    ]
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(1 << 70), 1 << 70), st.floats(), PIECES, st.text()
)
NAMES = st.sampled_from(
    [
        *("id", "name", "displayName", "value", "isDefault", "@odata.type", "signInActivity"),
        *("manager", "actions", "forwardTo", "emailAddress", "values", "roleMemberInfo", "policy"),
        *("rules", "setting", "approvalStages", "primaryApprovers", "enabledRules", "target"),
    ]
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(NAMES, st.text()), inner, max_size=3)
    ),
    max_leaves=8,
)


def _names(ask: GraphGet) -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(sorted({*ask.select, "id", "displayName", "value"})), NAMES)


@st.composite
def answers(draw: st.DrawFn, collector: Collector) -> list[Rows]:
    found = []
    for ask in collector.asks:
        assert isinstance(ask, GraphGet)
        name = ask_name(collector, ask)
        bodies: list[dict[str, Any]] = draw(
            st.lists(st.dictionaries(_names(ask), JSON, max_size=8), max_size=3)
        )
        found.append(Rows(name, [Row(name, body, "k" if ask.each else "") for body in bodies]))
    return found


@pytest.mark.parametrize("collector", of_source("graph"), ids=lambda one: one.name)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_any_values_yield_records_that_can_be_kept_or_gaps(
    collector: Collector, data: st.DataObject
) -> None:
    for told in collector.read(*data.draw(answers(collector))):
        assert type(told) in collector.tells or isinstance(told, Unreadable)
        if isinstance(told, Record):
            encode(told)


@st.composite
def mangled(draw: st.DrawFn, value: Any) -> Any:
    """Return a real answer in which some values, at any depth, are of any other kind."""
    if draw(st.integers(0, 9)) == 0:
        return draw(JSON)
    if isinstance(value, dict):
        return {key: draw(mangled(one)) for key, one in value.items()}
    if isinstance(value, list):
        return [draw(mangled(one)) for one in value]
    return value


@pytest.mark.parametrize("collector", of_source("graph"), ids=lambda one: one.name)
@given(data=st.data())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_real_answers_with_values_of_other_kinds_yield_records_or_gaps(
    collector: Collector, data: st.DataObject
) -> None:
    case = json.loads((CASES / collector.name / "real.json").read_text())
    found = []
    for ask in collector.asks:
        told = case["answers"].get(ask.name, [])
        bodies = told if isinstance(told, list) else told.get("rows", [])
        name = ask_name(collector, ask)
        rows = ((data.draw(mangled(body)), body.get("@key", "")) for body in bodies)
        found.append(Rows(name, [Row(name, b, key) for b, key in rows if isinstance(b, dict)]))
    for one in collector.read(*found):
        assert type(one) in collector.tells or isinstance(one, Unreadable)
        if isinstance(one, Record):
            encode(one)
