"""SQL views of the newest sealed audit: one a record kind, a few by short names, and the gaps.

Each row says whether it is `carried`: not seen this time, so that it proves nothing. A view says
what was seen, never that there is nothing else: `gaps` has what could hide more.
"""

import re

import msgspec
from sqlalchemy import Connection

from inventory.model.record import KINDS

_NEWEST = "(SELECT max(number) FROM audit WHERE state = 'sealed')"
_FROM_READING = ("source", "target", "collector", "carried", "place")
SHORT = {
    "keys": "authorized_keys",
    "sudo": "sudo_grants",
}

_KNOWN_READINGS = f"""
SELECT g.id, g.source, g.target, g.collector, g.generation, n.number AS audit,
    s.state, s.gaps, coalesce(s.state IN ('complete', 'partial'), 0) AS usable
FROM reading g JOIN (SELECT {_NEWEST} AS number) n
LEFT JOIN result s ON s.reading = g.id AND s.first <= n.number
    AND coalesce(s.last, g.reported) >= n.number
WHERE (SELECT min(e.first) FROM result e WHERE e.reading = g.id) <= n.number
"""  # noqa: S608
_KNOWN_RECORDS = """
SELECT g.source, g.target, g.collector, x.ask, x.place, x.kind, x.body,
    NOT (g.usable AND c.record IS NULL) AS carried
FROM known_readings g JOIN record x ON x.reading = g.id
    AND x.first <= g.audit AND (x.last IS NULL OR x.last >= g.audit)
LEFT JOIN carried c ON c.record = x.id
    AND c.first <= g.audit AND (c.last IS NULL OR c.last >= g.audit)
UNION ALL
SELECT g.source, g.target, g.collector, x.ask, x.place, x.kind, x.body,
    NOT (g.usable AND x.audit = g.audit) AS carried
FROM known_readings g JOIN volatile x ON x.reading = g.id AND x.audit <= g.audit
"""
_GAPS = """
SELECT g.source, g.target, g.collector, coalesce(g.state, 'not asked') AS state,
    coalesce(json_extract(e.value, '$.why'), 'not asked') AS why,
    coalesce(json_extract(e.value, '$.ask'), '') AS ask,
    coalesce(json_extract(e.value, '$.part'), '') AS part,
    coalesce(json_extract(e.value, '$.detail'), '') AS detail,
    coalesce(json_extract(e.value, '$.cure'), '') AS cure
FROM known_readings g LEFT JOIN json_each(coalesce(g.gaps, '[]')) e
WHERE e.value IS NOT NULL OR coalesce(g.state, '') <> 'complete'
"""
_HOSTS = """
SELECT h.source, h.target, h.collector, h.carried, h.place, h.hostname, h.fqdn,
    o.name AS os, o.version AS os_version, o.kernel
FROM host_identities h LEFT JOIN operating_systems o
    ON o.source = h.source AND o.target = h.target AND o.carried = h.carried
"""


def view_name(kind: str) -> str:
    """Return the view of a kind: SudoGrant -> sudo_grants."""
    words = re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower()
    if words.endswith("members"):
        return words
    if words.endswith("y") and words[-2] not in "aeiou":
        return f"{words[:-1]}ies"
    return f"{words}es" if words.endswith(("s", "x", "ch", "sh")) else f"{words}s"


def refresh_views(db: Connection) -> None:
    """Bring the views in line with the record kinds of this version; usually they are."""
    wanted = _views()
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'view'"
    found = {str(name): str(text) for name, text in db.exec_driver_sql(query)}
    if found == wanted:
        return
    for name in found:
        db.exec_driver_sql(f'DROP VIEW "{name}"')
    for create in wanted.values():
        db.exec_driver_sql(create)


def _views() -> dict[str, str]:
    selects = {
        "known_readings": _KNOWN_READINGS,
        "known_records": _KNOWN_RECORDS,
        "gaps": _GAPS,
        **{view_name(kind): _of_kind(kind) for kind in sorted(KINDS)},
        "hosts": _HOSTS,
        **{short: f"SELECT * FROM {name}" for short, name in SHORT.items()},  # noqa: S608
    }
    return {name: f"CREATE VIEW {name} AS {text.strip()}" for name, text in selects.items()}


def _of_kind(kind: str) -> str:
    """Return the query of a kind; a field named like a column of the reading is its_FIELD."""
    fields = [field.name for field in msgspec.structs.fields(KINDS[kind]) if field.name != "at"]
    named = {name: f"its_{name}" if name in _FROM_READING else name for name in fields}
    columns = (f"json_extract(body, '$.{name}') AS \"{shown}\"" for name, shown in named.items())
    return (
        f"SELECT {', '.join((*_FROM_READING, *columns))} FROM known_records "  # noqa: S608
        f"WHERE kind = '{kind}'"
    )
