"""The pages of a tenant: every kind is told, a refused one nowhere reads as none or fine."""

from pathlib import Path

import pytest
from msgspec import structs

from agent.documents.write import write
from inventory.model.evidence import Gap, Why
from inventory.model.tenant_accounts import TenantGroup, TenantObject, TenantOwners
from inventory.reading import State
from inventory.snapshot import MemorySnapshot
from tests.agent.documents import company, tenant
from tests.agent.documents.pages import Page

GAP = Gap(Why.DENIED, "", "", "refused in this test", "scope")


def pages(folder: Path, *missing: str) -> Page:
    """The dossier of the small tenant of which some kinds were refused."""
    found = tenant.readings(tenant.records(), dict.fromkeys(missing, GAP))
    told = company.told(MemorySnapshot(company.AUDIT, found))
    write(told, folder, ("html", "md", "csv"))
    return Page((folder / "dossier.html").read_text("utf-8"))


@pytest.mark.parametrize("kind", tenant.OF_TENANTS)
def test_a_kind_that_was_refused_reads_as_not_known_wherever_it_is_told(kind: str, tmp_path: Path):
    told = [text for kinds, text in pages(tmp_path, kind).told if kind in kinds.split()]
    assert told
    for text in told:
        assert "refused in this test" in text, text
        assert "none (verified)" not in text


def test_a_tenant_that_refused_everything_says_so_and_nothing_reads_as_fine(tmp_path: Path):
    page = pages(tmp_path, *tenant.OF_TENANTS)
    text = (tmp_path / "dossier.md").read_text("utf-8")
    assert "Nothing of this tenant could be read." in text
    section = text.partition("## Tenants")[2].partition("\n## ")[0]
    assert "none (verified)" not in section
    assert not [t for kinds, t in page.told if kinds in tenant.OF_TENANTS and "none (ver" in t]


def test_what_graph_does_not_tell_is_listed_with_how_to_look(tmp_path: Path):
    pages(tmp_path)
    text = (tmp_path / "dossier.md").read_text("utf-8")
    assert "Partner relationships" in text
    assert "ForwardingSmtpAddress" in text


def _row(folder: Path, title: str, name: str) -> str:
    text = (folder / "dossier.md").read_text("utf-8")
    table = text.partition(f"**{title}**")[2].partition("\n\n\n")[0]
    return next(line for line in table.splitlines() if line.startswith(f"| {name} |"))


def groups(folder: Path, *gaps: Gap) -> str:
    """The line of security groups: one with an owner, one of which nothing is told."""
    records = [
        tenant.record(TenantGroup, id="a", name="A", is_security=True),
        tenant.record(TenantGroup, id="b", name="B", is_security=True),
        TenantOwners(object="a", type="group", owners=(TenantObject("u", "user", "U"),)),
    ]
    found = tenant.readings(records)
    told = [
        (structs.replace(one, state=State.PARTIAL, gaps=gaps), rows)
        if gaps and one.tells == ("TenantOwners",)
        else (one, rows)
        for one, rows in found
    ]
    write(company.told(MemorySnapshot(company.AUDIT, told)), folder, ("md",))
    return _row(folder, "Groups", "Security groups")


def test_a_group_without_an_owner_is_counted_when_all_owners_were_read(tmp_path: Path):
    assert groups(tmp_path).split("|")[3].strip() == "1"


@pytest.mark.parametrize("part", ["", "b"])
def test_a_group_whose_owners_were_refused_is_not_counted_as_without(tmp_path: Path, part: str):
    gap = Gap(Why.DENIED, "", part, "refused in this test", "scope")
    cell = groups(tmp_path, gap).split("|")[3]
    assert "not known" in cell
    assert "1" not in cell, "at least one without an owner: nobody could see that"


def test_where_nothing_is_protected_nothing_reads_as_nought_of_nought(tmp_path: Path):
    write(company.told(MemorySnapshot(company.AUDIT, tenant.readings([]))), tmp_path, ("md",))
    assert "0 of 0" not in (tmp_path / "dossier.md").read_text("utf-8")
