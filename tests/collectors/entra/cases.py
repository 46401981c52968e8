"""Reads the cases of tenant collectors: tests/cases/entra.<name>/<situation>.json.

A case freezes what Graph tells and what must come of it:

    {"origin": "Graph reference, resource type domain" or "from memory: <why>",
     "answers": {"domains": [{"id": "client.example", "isDefault": true}],
                 "members": [{"@key": "GROUP-ID", "id": "...", "displayName": "Alice"}],
                 "owners": {"gap": "denied", "part": "GROUP-ID", "rows": [...]}},
     "state": "partial",
     "records": [["TenantDomain", {"name": "client.example", ...}, "client.example"], ...],
     "gaps": [["denied", "entra.x/owners", "GROUP-ID"]]}

`@key` is the key for which a row was asked (`GraphGet.each`). An ask without an answer was not
asked.
"""

from collections.abc import Iterator
from typing import Any

from collectors.rows import Row, Rows
from collectors.runner import Collected
from collectors.secret_properties import without_secrets
from collectors.spec import Collector, GraphGet
from collectors.streaming import Streaming, whole
from inventory.model.evidence import Gap, Why
from inventory.reading import ReadingKey
from tests.collectors.test_cases import plain


def rows(name: str, told: list[dict[str, Any]]) -> Iterator[Row | Gap]:
    """Yield rows as the transport gives them, each followed by its misfits."""
    for one in told:
        body = {key: value for key, value in without_secrets(one).items() if key != "@key"}
        row = Row(name, body, one.get("@key", ""))
        yield row
        yield from row.misfits()


def found(name: str, told: Any, ask: GraphGet) -> Iterator[Row | Gap]:
    """Yield what a case says of one ask: rows, a gap, or both; nothing, where that is a gap."""
    if isinstance(told, list):
        yield from rows(name, told)
        if not told and ask.empty == "gap":
            yield Gap(Why.DENIED, name)
        return
    yield from rows(name, told.get("rows", []))
    yield Gap(Why(told["gap"]), name, told.get("part", ""))


def collected(collector: Collector, case: dict[str, Any]) -> Collected:
    """Return what the collector makes of the case's answers."""
    answers = case["answers"]

    def search(name: str, ask: GraphGet) -> Rows:
        missing = iter((Gap(Why.NOT_ASKED, name),))
        return Rows(name, found(name, answers[ask.name], ask) if ask.name in answers else missing)

    key = ReadingKey("cloud", "client.example", collector.name)
    return whole(Streaming(collector, search, key=key, dialect=""))


def told(collector: Collector, case: dict[str, Any]) -> dict[str, Any]:
    """Return state, records and gaps in the form of a case."""
    got = collected(collector, case)
    return {
        "state": got.reading.state.value,
        "records": [[type(r).__name__, plain(r), r.at.where] for r in got.records],
        "gaps": [[gap.why.value, gap.ask, gap.part] for gap in got.reading.gaps],
    }
