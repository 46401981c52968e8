"""The pages of a tenant: every kind is told, a refused one nowhere reads as none or fine."""

from pathlib import Path

import pytest

from agent.documents.write import write
from inventory.model.evidence import Gap, Why
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
