"""One host in full: every subject that was asked, with what is known and what is not."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from agent.documents.cell import Known, Whys, whys_of
from agent.documents.told import Told
from agent.documents.views import machine, people, wires, works
from agent.documents.views.fleet import Extent
from agent.documents.views.table import Fact, Listing, Look, Table, state, table
from agent.judge.case import Finding, Verdict
from agent.judge.holds.kind import Scene
from inventory.model.software import Package

MOST_PACKAGES = 4_000


class Chapter(Struct, frozen=True):
    """Some tables of one host under one heading."""

    title: str
    tables: tuple[Table, ...]  # those with rows
    unknown: tuple[Table, ...]  # without rows, and not all could be read
    none: tuple[Table, ...]  # asked, answered, none


class Packages(Struct, frozen=True):
    """What is installed, as running text."""

    known: Known
    count: int
    lines: tuple[str, ...]  # some packages each
    more: int
    whys: Whys


class Section(Struct, frozen=True):
    """One host."""

    number: int
    name: str
    extent: Extent
    facts: tuple[Fact, ...]
    chapters: tuple[Chapter, ...]
    packages: Packages
    findings: tuple[Finding, ...]


CHAPTERS: tuple[tuple[str, tuple[Listing[Any], ...]], ...] = (
    ("Accounts and access", people.LISTINGS),
    ("Under whose control, and whom it tells", works.CONTROL),
    ("Network", wires.LISTINGS),
    ("What runs", works.RUNNING),
    ("Disks and hardware", machine.LISTINGS),
    ("Software", works.INSTALLED),
)


def sections(told: Told, found: dict[str, Extent]) -> Iterator[Section]:
    """Yield each host in order; one at a time, so that a large fleet needs little memory."""
    by_host: dict[str, list[Finding]] = {}
    for finding in told.judgement.findings:
        if finding.verdict is Verdict.NOT_MET:
            by_host.setdefault(finding.target, []).append(finding)
    for number, scene in enumerate(told.judgement.holdings.scenes, 1):
        findings = tuple(by_host.get(scene.host.name, ()))
        yield section(told, scene, number, found[scene.host.name], findings)


def section(
    told: Told, scene: Scene, number: int, extent: Extent, findings: tuple[Finding, ...]
) -> Section:
    """Return one host's section."""
    look = Look(scene, is_minimal=told.is_minimal)
    name = scene.host.name
    return Section(
        number=number,
        name=name,
        extent=extent,
        facts=machine.facts(look),
        chapters=tuple(
            chapter(title, tuple(table(listing, look) for listing in listings))
            for title, listings in CHAPTERS
        ),
        packages=_packages(told, name),
        findings=findings,
    )


def chapter(title: str, tables: tuple[Table, ...]) -> Chapter:
    """Return some tables as a chapter."""
    return Chapter(
        title,
        tuple(one for one in tables if one.rows),
        tuple(one for one in tables if one.known is Known.UNKNOWN),
        tuple(one for one in tables if one.known is Known.NONE),
    )


def _packages(told: Told, name: str) -> Packages:
    """Return the packages of one host, read for it alone: a fleet has too many to keep."""
    known = told.judgement.case.snapshot.read(Package, target=name).known()
    names = [f"{row.record.name} {row.record.version}" for row in known.rows]
    shown = sorted(names)[:MOST_PACKAGES]
    whys = whys_of(known.blanks)
    return Packages(
        known=state(bool(names), whys, all_fresh=known.complete),
        count=len(names),
        lines=tuple(", ".join(shown[at : at + 20]) for at in range(0, len(shown), 20)),
        more=max(0, len(names) - MOST_PACKAGES),
        whys=whys,
    )
