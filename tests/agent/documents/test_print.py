"""The printed pages: page one is one page, for a small company and for a large one."""

from pathlib import Path

import msgspec
import pytest

from agent.documents.told import Told
from agent.documents.write import write
from agent.engagement.model import Documents
from inventory.snapshot import MemorySnapshot
from tests.agent.documents import company
from tests.agent.documents.pages import printed


def large() -> Told:
    """Many hosts, many kinds of gaps, long names, more of everything than there is room for."""
    told = []
    gaps = (None, company.without_root())
    long = "a-very-long-name-of-a-host-in-a-very-long-domain.of.a.very.large.company.example"
    for number in range(30):
        records = [
            *company.linux(f"h{number}", number),
            *list(company.extras().values())[number % 6],
        ]
        told.extend(company.readings(f"{number}-{long}", records, gaps=gaps[number % 2]))
    found = company.told(MemorySnapshot(company.AUDIT, told))
    line = found.items[2]
    lines = tuple(
        msgspec.structs.replace(line, id=f"R-{n:02}", title=f"{line.title} {long}", owner="N" * 60)
        for n in range(40)
    )
    return msgspec.structs.replace(found, items=lines)


def on_letter() -> Told:
    """The large case, on the paper of North America."""
    found = large()
    paper = msgspec.structs.replace(company.engagement(), documents=Documents(paper="Letter"))
    return msgspec.structs.replace(found, engagement=paper)


@pytest.mark.parametrize("make", [company.told, large, on_letter])
def test_the_first_page_fits_one_printed_page(make, tmp_path: Path):
    write(make(), tmp_path, ("html",))
    pages = printed(tmp_path / "dossier.html", tmp_path)
    assert "Handover dossier".upper() in pages[0].upper()
    assert "Decide this week" in pages[0]
    assert company.SEAL in pages[0].replace("\n", "").replace(" ", "")
    assert "lie." in pages[0]
    assert pages[1].lstrip().startswith("What is not known")


def test_the_checklist_prints_boxes_and_lines_to_sign(tmp_path: Path):
    write(company.told(), tmp_path, ("html",))
    text = "\n".join(printed(tmp_path / "checklist.html", tmp_path))
    for word in ("T-01", "R-07", "After T-01.", "Done by", "Seen by", "Date, time", company.SEAL):
        assert word in text
    assert "Back to the dossier" not in text
