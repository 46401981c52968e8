"""Every directory collector against its cases; tests/collectors/directory/cases.py says their form.

`HANDOVER_WRITE_CASES=1 pytest tests/collectors/directory/test_cases.py` fills in state, records and
gaps of cases that lack them, to be reviewed like code.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from collectors.registry import builtin
from tests.collectors.directory.cases import told
from tests.collectors.test_cases import CASES, SITUATIONS

COLLECTORS = {one.name: one for one in builtin() if one.source == "ldap"}


@pytest.mark.parametrize(
    "path", sorted(CASES.glob("directory.*/*.json")), ids=lambda p: f"{p.parent.name}/{p.stem}"
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


@pytest.mark.parametrize("name", sorted(COLLECTORS))
def test_a_refused_question_never_reads_as_complete(name: str) -> None:
    collector = COLLECTORS[name]
    for ask in collector.asks:
        case: dict[str, Any] = {"answers": {one.name: [] for one in collector.asks}}
        case["answers"][ask.name] = {"gap": "denied"}
        case["dialect"] = getattr(ask, "dialect", "") or "ad"
        assert told(collector, case)["state"] in ("partial", "failed")
