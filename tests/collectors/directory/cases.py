"""Reads the cases of directory collectors: tests/cases/directory.<name>/<situation>.json.

A case freezes what searches find and what must come of it:

    {"origin": "Samba 4.17.12, as an ordinary user" or "from memory: <why>",
     "dialect": "ad",
     "answers": {"users": [{"dn": "CN=Alice,DC=corp,DC=example",
                            "values": {"sAMAccountName": ["alice"],
                                       "objectSid": [{"base64": "AQUAAAA..."}]}}],
                 "groups": {"gap": "truncated", "part": "CN=...", "entries": [...]}},
     "state": "partial",
     "records": [["DirectoryAccount", {"id": "...", ...}, "CN=Alice,DC=corp,DC=example"], ...],
     "gaps": [["truncated", "directory.x/groups", "CN=..."]]}

A value is text, or `{"base64": ...}` for any bytes. An ask without an answer was not asked, unless
it is for another dialect.
"""

import base64
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from collectors.clean import clean_text
from collectors.entries import Entries, Entry
from collectors.free_text import FREE_TEXT, redacted_value
from collectors.runner import Collected
from collectors.spec import Collector, Dialect, LdapSearch, SysvolFiles
from collectors.streaming import Streaming, whole
from inventory.model.evidence import Gap, Why
from inventory.reading import ReadingKey
from tests.collectors.test_cases import plain


def entry(dn: str, values: Mapping[str, Iterable[Any]], ask: str = "") -> Entry:
    """Return an entry as the transport gives it; values are text, bytes, or {"base64": text}."""
    raw = {name.lower(): tuple(map(value, found)) for name, found in values.items()}
    kept = {
        name: tuple(map(redacted_value, found)) if name in FREE_TEXT else found
        for name, found in raw.items()
    }
    return Entry(ask, clean_text(dn), kept)


def value(told: Any) -> bytes:
    """Return one value as it is sent."""
    if isinstance(told, dict):
        return base64.b64decode(told["base64"])
    return told if isinstance(told, bytes) else str(told).encode()


def found(name: str, told: Any, ask: LdapSearch | SysvolFiles) -> Iterator[Entry | Gap]:
    """Yield what a case says of one ask: entries, a gap, or both; nothing, where that is a gap."""
    if isinstance(told, list):
        yield from (entry(one["dn"], one["values"], name) for one in told)
        if not told and isinstance(ask, LdapSearch) and ask.empty == "gap":
            yield Gap(Why.DENIED, name)
        return
    yield from (entry(one["dn"], one["values"], name) for one in told.get("entries", ()))
    yield Gap(Why(told["gap"]), name, told.get("part", ""))


def collected(
    collector: Collector, answers: Mapping[str, Any], dialect: Dialect = "ad"
) -> Collected:
    """Return what a collector makes of answers, by the names of its asks."""

    def search(name: str, ask: LdapSearch | SysvolFiles) -> Entries:
        return Entries(name, found(name, answers.get(ask.name, {"gap": "not asked"}), ask))

    key = ReadingKey("lab", "corp.example", collector.name)
    return whole(Streaming(collector, search, key=key, dialect=dialect))


def told(collector: Collector, case: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the collector makes of a case, in the words of cases."""
    got = collected(collector, case["answers"], case.get("dialect", "ad"))
    return {
        "state": got.reading.state.value,
        "records": [[type(r).__name__, plain(r), r.at.where] for r in got.records],
        "gaps": [[gap.why.value, gap.ask, gap.part] for gap in got.reading.gaps],
    }
