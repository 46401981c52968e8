"""Every collector of hosts against its cases: tests/cases/<collector>/<situation>.json.

A case freezes answers and what must come of them:

    {"origin": "Debian 12, `cat /etc/passwd`" or "from memory: <why>",
     "answers": {"passwd": [{"path": "/etc/passwd", "text": "root:x:0:0::/root:/bin/sh\\n"}],
                 "shadow": {"gap": "denied"}},
     "state": "partial",
     "records": [["Account", {"name": "root", ...}, "/etc/passwd:1"], ...],
     "gaps": [["denied", "linux.x/shadow", ""]]}

`HANDOVER_WRITE_CASES=1 pytest tests/collectors/test_cases.py` fills in state, records and gaps of
cases that lack them, to be reviewed like code.
"""

import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from collectors.registry import builtin
from collectors.runner import ask_name, collect
from collectors.spec import Answer, Collector, FileMeta, Outcome
from inventory.model.evidence import Gap, Why
from inventory.reading import ReadingKey

CASES = Path(__file__).parent.parent / "cases"
COLLECTORS = {one.name: one for one in builtin() if one.source not in ("ldap", "graph")}
SITUATIONS = {"real", "empty", "malformed", "odd"}


def outcomes(collector: Collector, answers: dict[str, Any]) -> dict[str, Outcome]:
    """Return the outcome of each ask that the case names."""
    return {
        ask_name(collector, ask): outcome(ask_name(collector, ask), answers[ask.name])
        for ask in collector.asks
        if ask.name in answers
    }


def outcome(name: str, told: Any) -> Outcome:
    """Return answers, gaps, or both (`{"gap": ..., "answers": [...]}`) of one ask."""
    if isinstance(told, list):
        return tuple(answer(name, one) for one in told), ()
    gap = Gap(Why(told["gap"]), name, told.get("part", ""))
    return tuple(answer(name, one) for one in told.get("answers", ())), (gap,)


def answer(name: str, told: dict[str, Any]) -> Answer:
    """Return one answer."""
    meta = msgspec.convert(told["meta"], FileMeta) if "meta" in told else None
    accounts = tuple(told.get("accounts", ()))
    return Answer(name, told["text"], told.get("path", ""), accounts, meta, told.get("exit", 0))


def told(collector: Collector, case: dict[str, Any]) -> dict[str, Any]:
    """Return what the collector makes of the case's answers."""
    key = ReadingKey("lab", "host", collector.name)
    got = collect(collector, outcomes(collector, case["answers"]), key=key)
    return {
        "state": got.reading.state.value,
        "records": [[type(r).__name__, plain(r), r.at.where] for r in got.records],
        "gaps": [[gap.why.value, gap.ask, gap.part] for gap in got.reading.gaps],
    }


def plain(record: Any) -> dict[str, Any]:
    """Return the fields of a record that differ from their defaults, without its place."""
    fields = {field.name: field for field in msgspec.structs.fields(record)}
    values = json.loads(msgspec.json.encode(record))
    return {
        name: value
        for name, value in values.items()
        if name != "at" and (fields[name].required or getattr(record, name) != fields[name].default)
    }


@pytest.mark.parametrize(
    "path",
    sorted(path for path in CASES.glob("*.*/*.json") if path.parent.name in COLLECTORS),
    ids=lambda p: f"{p.parent.name}/{p.stem}",
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
    assert found >= SITUATIONS, f"{name} lacks cases: {sorted(SITUATIONS - found)}"


@pytest.mark.parametrize("name", sorted(COLLECTORS))
def test_a_refused_question_never_reads_as_complete(name: str) -> None:
    collector = COLLECTORS[name]
    for ask in collector.asks:
        case: dict[str, Any] = {"answers": {a.name: [] for a in collector.asks}}
        case["answers"][ask.name] = {"gap": "denied"}
        assert told(collector, case)["state"] in ("partial", "failed")
