"""The printed pages: page one is one page, for a small company and for a large one."""

import re
import subprocess
from pathlib import Path

import msgspec
import pytest

from agent.documents.told import Told
from agent.documents.write import write
from agent.engagement.model import Documents
from inventory.model.evidence import Gap, Why
from inventory.model.software import Certificate
from inventory.snapshot import MemorySnapshot
from tests.agent.documents import company, realm
from tests.agent.documents.pages import printed

MM = 72 / 25.4  # points


def certificate(number: int) -> Certificate:
    """A certificate with a long name that ends soon."""
    return Certificate(
        place=f"/etc/ssl/{number}.pem",
        fingerprint=f"{number:064x}",
        subject="CN=x",
        issuer="CN=y",
        names=(f"{number}.{'very-long-name.' * 6}example",),
        not_before=company.ago(90),
        not_after=company.ago(-number),
    )


def large() -> Told:
    """Many hosts, many kinds of gaps, long names, more of everything than there is room for."""
    told = []
    gaps = (
        None,
        company.without_root(),
        company.refused(Why.TIMEOUT, "time", "no end after 180 s"),
        company.refused(Why.DENIED, "credential", "the host accepts none of the keys"),
        company.refused(Why.DENIED, "host key", "the host key is not in known_hosts"),
        company.refused(Why.UNREACHABLE, "route", "no answer on port 22"),
        company.refused(Why.NOT_ASKED, "again", "interrupted"),
    )
    long = "a-very-long-name-of-a-host-in-a-very-long-domain.of.a.very.large.company.example"
    for number in range(42):
        own = list(company.extras().values())[number % 6]
        records = [*company.linux(f"h{number}", number), *own, certificate(number)]
        told.extend(company.readings(f"{number}-{long}", records, gaps=gaps[number % 7]))
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
    height, lowest = lowest_word(tmp_path / "dossier.pdf")
    assert height * 0.9 < lowest < height - 13 * MM


def lowest_word(pdf: Path) -> tuple[float, float]:
    """The height of the first page, and where its lowest word ends; both in points."""
    command = ["pdftotext", "-bbox", "-f", "1", "-l", "1", str(pdf), "-"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    height = float(re.findall(r'<page [^>]*height="([0-9.]+)"', told)[0])
    return height, max(float(y) for y in re.findall(r'yMax="([0-9.]+)"', told))


def test_the_checklist_prints_boxes_and_lines_to_sign(tmp_path: Path):
    write(company.told(), tmp_path, ("html",))
    text = "\n".join(printed(tmp_path / "checklist.html", tmp_path))
    for word in ("T-01", "R-07", "After T-01.", "Done by", "Seen by", "Date, time", company.SEAL):
        assert word in text
    assert "Back to the dossier" not in text


def test_the_first_page_of_hosts_and_a_directory_fits_one_printed_page(tmp_path: Path):
    part = Gap(Why.DENIED, detail="not shown", part="x", cure="directory right")
    gaps = dict.fromkeys(realm.OF_DIRECTORIES, (part,))
    both = [*company.hosts(), *realm.readings(realm.records(), gaps=gaps)]
    write(company.told(MemorySnapshot(company.AUDIT, both)), tmp_path, ("html",))
    first, second, *_ = printed(tmp_path / "dossier.html", tmp_path)
    assert "Muster GmbH" in first
    assert "Directories" in first
    assert "Evidence number" in first
    assert "What is not known" in second
