"""One directory in full: at a glance, who has power by which way, and each subject in tables."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from agent.documents.cell import Known, Whys, whys_of
from agent.documents.told import Told
from agent.documents.views import say
from agent.documents.views.darks import Dark, darks
from agent.documents.views.directory import access, forest, offers, policy
from agent.documents.views.directory.accounts import USED, Use, services, uses
from agent.documents.views.directory.chart import Chart, chart
from agent.documents.views.directory.glance import facts
from agent.documents.views.directory.machines import blind, systems
from agent.documents.views.directory.realm import Realm, applies
from agent.documents.views.directory.tree import Tree, trees
from agent.documents.views.fleet import Extent
from agent.documents.views.ledger import Ledger, ledger_table
from agent.documents.views.section import Chapter, chapter
from agent.documents.views.table import Fact, Table, state
from agent.judge.case import Finding, Severity, Verdict
from agent.judge.directory.reach import outside
from inventory.model.directory import DirectoryConnection
from inventory.model.directory_accounts import DirectoryGroup, DirectoryMembers

TOP = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO)


class DirectorySection(Struct, frozen=True):
    """One directory."""

    number: int
    name: str
    extent: Extent
    warning: str  # what the server said of the audit's own account
    facts: tuple[Fact, ...]
    uses: tuple[Use, ...]
    used: tuple[str, ...]  # the columns of the uses
    severities: tuple[tuple[str, int], ...]
    is_judged: bool  # whether any rule could be judged
    trees: tuple[Tree, ...]
    trees_known: Known
    trees_whys: Whys
    chart: Chart | None
    chapters: tuple[Chapter, ...]
    darks: tuple[Dark, ...]


class Outsiders(Struct, frozen=True):
    """The audited hosts that no directory knows."""

    known: Known
    count: int
    hosts: str
    whys: Whys


def sections(told: Told, extents: dict[str, Extent]) -> Iterator[DirectorySection]:
    """Yield each directory in order."""
    for number, directory in enumerate(told.judgement.holdings.directories, 1):
        realm = Realm(directory, told.judgement, is_minimal=told.is_minimal)
        yield section(realm, number, extents[directory.name])


def section(realm: Realm, number: int, extent: Extent) -> DirectorySection:
    """Return one directory's section."""
    used = uses(realm)
    groups = trees(realm)
    unread = realm.directory.blanks(DirectoryGroup, DirectoryMembers)
    return DirectorySection(
        number=number,
        name=realm.directory.name,
        extent=extent,
        warning="; ".join(_warnings(realm)),
        facts=facts(realm),
        uses=used,
        used=tuple(word.capitalize() for word in USED),
        severities=_severities(realm),
        is_judged=any(_judged(realm)),
        trees=groups,
        trees_known=state(bool(groups), whys_of(unread)),
        trees_whys=whys_of(unread),
        chart=chart(realm),
        chapters=tuple(chapter(title, tuple(some)) for title, some in _chapters(realm) if some),
        darks=tuple(darks(realm.directory.name, realm.judgement.case.snapshot.readings())),
    )


def _warnings(realm: Realm) -> Iterator[str]:
    for row in realm.directory.rows(DirectoryConnection):
        if row.record.warning and not row.carried:
            yield row.record.warning


def _severities(realm: Realm) -> tuple[tuple[str, int], ...]:
    broken: Counter[Severity] = Counter(
        one.severity for one in _broken(realm.judgement.findings, realm.directory.name)
    )
    return tuple((one.value, broken[one]) for one in TOP if broken[one])


def _broken(findings: Sequence[Finding], name: str) -> Iterator[Finding]:
    return (one for one in findings if one.target == name and one.verdict is Verdict.NOT_MET)


def _judged(realm: Realm) -> Iterator[bool]:
    name, decided = realm.directory.name, (Verdict.MET, Verdict.NOT_MET)
    return (one.target == name and one.verdict in decided for one in realm.judgement.findings)


def _power(realm: Realm) -> tuple[Table, ...]:
    return (*_fitting(realm, access.rights(realm)), *_tables(access.LEDGERS, realm))


def _chapters(realm: Realm) -> Iterator[tuple[str, Sequence[Table]]]:
    is_ad = realm.directory.is_ad is not False
    yield "Rights, keys and what else gives power", _power(realm)
    yield "Service accounts", (services(realm),)
    yield "Trusts and other domains", _tables(forest.TRUSTS, realm)
    yield "Policy", _tables(policy.LEDGERS, realm)
    if computers := tuple(_fitting(realm, systems(realm), blind(realm))):
        yield "Computers", computers
    offered = "DNS, certificates, mail and services" if is_ad else "Services"
    yield offered, _tables(offers.LEDGERS, realm)
    yield "Controllers and sites" if is_ad else "Server", _tables(forest.CONTROLLERS, realm)
    yield "Set up", _tables(forest.SETUP, realm)


def _tables(ledgers: Sequence[Ledger[Any, Realm]], realm: Realm) -> tuple[Table, ...]:
    """Return the tables of ledgers; what such a directory cannot have is not told as none."""
    found = ((one, ledger_table(one, realm.directory, realm)) for one in ledgers)
    return tuple(
        table for one, table in found if applies(one, realm) or table.known is not Known.NONE
    )


def _fitting(realm: Realm, *tables: Table) -> Iterator[Table]:
    """Yield tables of Active Directory; elsewhere only those that have something to tell."""
    is_ad = realm.directory.is_ad is not False
    return (table for table in tables if is_ad or table.known is not Known.NONE)


def outsiders(told: Told) -> Outsiders | None:
    """Return the audited hosts that no directory knows; None: there is nothing to compare."""
    holdings = told.judgement.holdings
    if not holdings.directories.names or not holdings.hosts.names:
        return None
    found = outside(holdings.directories, holdings.hosts)
    whys = whys_of(found.blanks)
    known = state(bool(found.hosts), whys)
    return Outsiders(known, len(found.hosts), say.named(found.hosts, 60), whys)
