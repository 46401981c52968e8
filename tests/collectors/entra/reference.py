"""docs/tenant.md: each fact of a tenant, its requests, permission, licence, rules, and tests."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from agent.judge.rules.all import RULES
from agent.judge.rules.rule import Rule
from agent.judge.tenant.membership import NEEDS as MEMBERSHIP
from collectors.registry import of_source
from collectors.spec import CLOUDS, CONNECTION, Collector, GraphGet
from inventory.model.tenant import Organization
from inventory.model.tenant_accounts import TenantUser

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "tenant.md"
CASES = ROOT / "tests" / "cases"
WIDE = (Organization, TenantUser, *MEMBERSHIP)  # what many rules read beside their own

INTRODUCTION = """# What is read of a tenant

Each subject is one collector. It sends the requests below to Microsoft Graph and nothing else, all
of them GET, on their own or twenty to a batch. Properties that hold secrets are refused whoever
asks for them, and dropped where Graph sends them unasked. "Permission" is the least that an app
needs; what a person needs in its place stands in brackets where it differs. Where a permission or a
licence is missing, the facts that it hides are unknown.

"Proves" says what an empty answer proves: that there is none, or nothing at all, where a tenant
always has some. A request with `{key}` is sent once for each object of the list beneath it.

No live tenant was at hand. The answers in the tests were written from Microsoft's reference of each
type; "by hand" marks those that no reference shows. Servers on the same machine sent them.

This page is made from the collectors, rules and cases themselves:
`python -m tests.collectors.entra.test_reference` writes it anew.
"""


def page() -> str:
    """Return the page: an overview, then each collector with its requests."""
    found = sorted(of_source("graph"), key=lambda one: one.name)
    return "\n".join((INTRODUCTION, *_overview(found), "", *_details(found)))


def _overview(found: Iterable[Collector]) -> Iterator[str]:
    yield "| Subject | Permission | Licence | Profile | Tells | Rules |"
    yield "|---|---|---|---|---|---|"
    for one in found:
        name = one.name.removeprefix("entra.").replace("_", " ")
        link = f"[{name}](#{one.name.replace('.', '')})"
        asks = _asks(one)
        parts = (
            map(_permission, asks),
            (ask.licence for ask in asks),
            (f"{ask.profile}{', deep' if ask.deep else ''}" for ask in asks),
        )
        told = ("; ".join(dict.fromkeys(filter(None, part))) for part in parts)
        yield f"| {' | '.join((link, *told, _tells(one), _rules(one)))} |"


def _details(found: Iterable[Collector]) -> Iterator[str]:
    for one in found:
        yield f"## {one.name}\n"
        yield f"{one.says}\n"
        yield "| Request | Sent | Permission | Licence | Proves | Remarks |"
        yield "|---|---|---|---|---|---|"
        yield from map(_row, _asks(one))
        yield ""
        yield f"Tells: {_tells(one)}. Rules: {_rules(one) or 'none of its own'}.\n"
        yield "Cases:\n"
        yield from (f"- {name}: {origin}" for name, origin in _origins(one).items())
        yield ""


def _row(ask: GraphGet) -> str:
    proves = "none" if ask.empty == "none" else "nothing"
    cells = (ask.name, _sent(ask), _permission(ask), ask.licence, proves, _remarks(ask))
    return f"| {' | '.join(one.replace('|', chr(92) + '|') for one in cells)} |"


def _sent(ask: GraphGet) -> str:
    if ask.path == CONNECTION:
        return "nothing: what logging in told"
    keys = (f"for each of `{one.path}` ({', '.join(one.select)})" for one in ask.each)
    counted = f"`{ask.counted}`" if ask.counted else ""
    return "<br>".join(filter(None, (f"`{_url(ask)}`", *keys, counted)))


def _url(ask: GraphGet) -> str:
    options = {
        "$select": ",".join(ask.select),
        "$filter": ask.filter,
        "$expand": ask.expand,
        "$search": ask.search,
        "$top": str(ask.top or ""),
    }
    query = "&".join(f"{name}={value}" for name, value in options.items() if value)
    version = "/beta" if ask.version == "beta" else ""
    return f"{version}{ask.path}{'?' if query else ''}{query}"


def _permission(ask: GraphGet) -> str:
    if not ask.needs:
        return f"only a person: {ask.as_person}"
    if ask.as_person == "-":
        return f"{ask.needs} (only an app)"
    return f"{ask.needs} ({ask.as_person})" if ask.as_person else ask.needs


def _remarks(ask: GraphGet) -> str:
    told = (
        ask.why,
        "only in the deep tier" if ask.deep else "",
        "only where personal detail is wanted" if ask.personal else "",
        "asked of a partner's own tenant" if ask.side == "partner" else "",
        "404 proves that there is none" if ask.absent == "none" else "",
        f"only in: {', '.join(ask.clouds)}" if ask.clouds != CLOUDS else "",
    )
    return "; ".join(filter(None, told))


def _asks(one: Collector) -> tuple[GraphGet, ...]:
    return tuple(ask for ask in one.asks if isinstance(ask, GraphGet))


def _tells(one: Collector) -> str:
    return ", ".join(kind.__name__ for kind in one.tells)


def _rules(one: Collector) -> str:
    found = (rule for rule in RULES.values() if _reads(rule, one))
    short = ((rule.id.removeprefix("entra."), rule.id.replace(".", "")) for rule in found)
    return ", ".join(f"[{name}](rules.md#{anchor})" for name, anchor in short)


def _reads(rule: Rule, one: Collector) -> bool:
    """Return whether a rule judges what a collector tells, beside what all rules read."""
    needs = {*rule.needs[:1], *(need for need in rule.needs if need not in WIDE)}
    return rule.id.startswith("entra.") and bool(needs & set(one.tells))


def _origins(one: Collector) -> dict[str, str]:
    """Return where the answers of each case come from, by its name."""
    files = sorted((CASES / one.name).glob("*.json"))
    return {file.stem: json.loads(file.read_text(encoding="utf-8"))["origin"] for file in files}
