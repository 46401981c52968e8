"""Every tenant collector against its cases; tests/collectors/entra/cases.py says their form.

`HANDOVER_WRITE_CASES=1 pytest tests/collectors/entra/test_cases.py` fills in state, records and
gaps of cases that lack them, to be reviewed like code.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from collectors.graph_lint import graph_problems
from collectors.registry import of_source
from collectors.spec import GraphGet
from tests.collectors.entra.cases import collected, told
from tests.collectors.test_cases import CASES, SITUATIONS

COLLECTORS = {one.name: one for one in of_source("graph")}


@pytest.mark.parametrize(
    "path", sorted(CASES.glob("entra.*/*.json")), ids=lambda p: f"{p.parent.name}/{p.stem}"
)
def test_a_case_yields_exactly_its_records(path: Path) -> None:
    case = json.loads(path.read_text())
    assert case["origin"], "a sample names its source"
    got = told(COLLECTORS[path.parent.name], case)
    if os.environ.get("HANDOVER_WRITE_CASES") and "records" not in case:
        path.write_text(json.dumps(case | got, indent=1, ensure_ascii=False) + "\n")
        return
    assert got == {name: case[name] for name in ("state", "records", "gaps")}


@pytest.mark.parametrize("name", sorted(COLLECTORS))
def test_every_collector_has_its_cases(name: str) -> None:
    found = {path.stem.split("-")[0] for path in (CASES / name).glob("*.json")}
    wanted = SITUATIONS | {"refused"}
    assert found >= wanted, f"{name} lacks cases: {sorted(wanted - found)}"


@pytest.mark.parametrize(
    "path", sorted(CASES.glob("entra.*/malformed*.json")), ids=lambda p: f"{p.parent.name}/{p.stem}"
)
def test_a_malformed_answer_never_reads_as_complete(path: Path) -> None:
    got = told(COLLECTORS[path.parent.name], json.loads(path.read_text()))
    assert got["state"] in ("partial", "failed")


@pytest.mark.parametrize("name", sorted(COLLECTORS))
def test_a_refused_question_never_reads_as_complete(name: str) -> None:
    collector = COLLECTORS[name]
    for ask in collector.asks:
        case: dict[str, Any] = {"answers": {one.name: [] for one in collector.asks}}
        case["answers"][ask.name] = {"gap": "denied"}
        assert told(collector, case)["state"] in ("partial", "failed")


@pytest.mark.parametrize("name", sorted(COLLECTORS))
def test_every_request_only_reads_and_asks_for_no_secret(name: str) -> None:
    for ask in COLLECTORS[name].asks:
        assert isinstance(ask, GraphGet)
        assert list(graph_problems(ask)) == []


@pytest.mark.parametrize("name", sorted(COLLECTORS))
def test_what_is_asked_once_for_each_object_tells_records_of_that_part(name: str) -> None:
    one = COLLECTORS[name]
    if not any(isinstance(ask, GraphGet) and ask.each for ask in one.asks):
        return
    case = json.loads((CASES / name / "real.json").read_text())
    keys = {row.get("@key", "") for rows in case["answers"].values() for row in rows}
    parts = {record.part for record in collected(one, case).records if record.part}
    assert parts <= keys, "a gap of a key would not hide its records"
