"""docs/directory.md: each fact of a directory, its attributes, the right it needs, rules, tests."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from agent.judge.directory.membership import NEEDS as MEMBERSHIP
from agent.judge.directory.principals import NEEDS as WHO
from agent.judge.rules.all import RULES
from agent.judge.rules.rule import Rule
from collectors.registry import of_source
from collectors.spec import Collector, LdapSearch, SysvolFiles
from inventory.model.directory import Domain
from inventory.model.directory_rights import DirectoryRight

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "directory.md"
CASES = ROOT / "tests" / "cases"
WIDE = (Domain, DirectoryRight, *MEMBERSHIP, *WHO)  # what many rules read beside their own
RUN_ON = ("Samba", "slapd", "389-ds", "LDAP transport")
UNSEEN = ("from memory", "made by hand")
DIALECTS = {"": "every directory", "ad": "Active Directory", "posix": "OpenLDAP, 389-ds, FreeIPA"}

INTRODUCTION = """# What is read of a directory

Each subject is one collector. It sends the searches below and nothing else: `handover plan` lists
the same, and attributes that hold secrets are refused whoever asks for them. "Needs" is the right
of the account that asks; `handover plan --directory-rights` prints how to grant and take back those
that an ordinary account has not. The files of SYSVOL are read from the same controller over SMB (signed, sealed
where it offers that, by the same login), which needs the extra `handover[sysvol]`; what stands for a
password in them is taken out before a collector sees it, and of a script only the servers that it
names are kept. Where a right is missing, the facts that it hides are unknown.

"Tested on" says where the entries of the tests come from. What says "from memory" or "by hand" was
written from documentation and has not been seen on a server; no Windows controller was at hand.

This page is made from the collectors, rules and cases themselves:
`python -m tests.collectors.directory.test_reference` writes it anew.
"""


def page() -> str:
    """Return the page: an overview, then each collector with its searches."""
    found = sorted(of_source("ldap"), key=lambda one: one.name)
    return "\n".join((INTRODUCTION, *_overview(found), "", *(_details(found))))


def _overview(found: Iterable[Collector]) -> Iterator[str]:
    yield "| Subject | Asked of | Needs | Tells | Rules | Tested on |"
    yield "|---|---|---|---|---|---|"
    for one in found:
        name = one.name.removeprefix("directory.")
        link = f"[{name.replace('_', ' ')}](#{one.name.replace('.', '')})"
        cells = (link, _asked_of(one), _needs(one), _tells(one), _rules(one), _tested(one))
        yield f"| {' | '.join(cells)} |"


def _details(found: Iterable[Collector]) -> Iterator[str]:
    for one in found:
        yield f"## {one.name}\n"
        yield f"{one.says}\n"
        yield from _asked(one)
        yield ""
        yield f"Tells: {_tells(one)}. Rules: {_rules(one) or 'none of its own'}.\n"
        yield from _cases(one)
        yield ""


def _asked(one: Collector) -> Iterator[str]:
    files = [ask for ask in one.asks if isinstance(ask, SysvolFiles)]
    searches = [ask for ask in one.asks if isinstance(ask, LdapSearch)]
    if searches:
        yield "| Search | Base | Filter | Attributes | Needs | An empty answer proves |"
        yield "|---|---|---|---|---|---|"
        yield from map(_row, searches)
    if files:
        yield "| Files of SYSVOL | Paths, over SMB | Needs | At most | That there is none proves |"
        yield "|---|---|---|---|---|"
        yield from map(_file_row, files)


def _file_row(ask: SysvolFiles) -> str:
    paths = "<br>".join(f"`{path}`" for path in ask.paths)
    most = f"{ask.most_files} files of {ask.most_bytes // 1024} KiB"
    return f"| {ask.name} | {paths} | {ask.needs} | {most} | none |"


def _row(ask: LdapSearch) -> str:
    base = f"`{ask.base or 'root DSE'}` ({ask.scope})"
    attributes = (
        ", ".join(ask.attributes) if ask.attributes != ("1.1",) else "none: only that it is"
    )
    if ask.descriptors:
        attributes = f"{attributes}, nTSecurityDescriptor"
    proves = "none" if ask.empty == "none" else "nothing"
    cells = (ask.name, base, f"`{_cell(ask.filter)}`", _cell(attributes), ask.needs, proves)
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _searches(one: Collector) -> tuple[LdapSearch | SysvolFiles, ...]:
    return tuple(ask for ask in one.asks if isinstance(ask, LdapSearch | SysvolFiles))


def _asked_of(one: Collector) -> str:
    return "; ".join(dict.fromkeys(DIALECTS[ask.dialect] for ask in _searches(one)))


def _needs(one: Collector) -> str:
    return "; ".join(dict.fromkeys(ask.needs for ask in _searches(one)))


def _tells(one: Collector) -> str:
    return ", ".join(kind.__name__ for kind in one.tells)


def _rules(one: Collector) -> str:
    found = (rule for rule in RULES.values() if _reads(rule, one))
    return ", ".join(f"[{_short(rule)}](rules.md#{rule.id.replace('.', '')})" for rule in found)


def _reads(rule: Rule, one: Collector) -> bool:
    """Return whether a rule judges what a collector tells, beside what all rules read."""
    needs = {rule.needs[0], *(need for need in rule.needs if need not in WIDE)}
    return rule.id.startswith("directory.") and bool(needs & set(one.tells))


def _short(rule: Rule) -> str:
    return rule.id.removeprefix("directory.")


def _origins(one: Collector) -> dict[str, str]:
    """Return where the entries of each case come from, by its name."""
    files = sorted((CASES / one.name).glob("*.json"))
    return {file.stem: json.loads(file.read_text(encoding="utf-8"))["origin"] for file in files}


def _tested(one: Collector) -> str:
    told = (text for text in _origins(one).values() if not text.startswith(UNSEEN))
    real = [text for text in told if any(name in text for name in RUN_ON)]
    names = dict.fromkeys(text.partition(",")[0] for text in real)
    return "; ".join(names) if names else "documentation only"


def _cases(one: Collector) -> Iterator[str]:
    yield "Cases:\n"
    for name, origin in _origins(one).items():
        yield f"- {name}: {origin}"
