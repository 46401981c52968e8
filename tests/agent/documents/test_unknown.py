"""Unknown is never none and never fine, on any page, for any record kind."""

import re
from pathlib import Path

import pytest

from agent.documents.views import section
from agent.documents.write import write
from inventory.model.all import SUBJECTS
from inventory.model.discovery import Candidate
from inventory.model.evidence import Gap, Why
from inventory.model.record import KINDS
from inventory.reading import Reading, ReadingKey, State
from inventory.snapshot import MemorySnapshot
from tests.agent.documents import company, realm, tenant
from tests.agent.documents.pages import Page

OURS = {module.__name__ for module in SUBJECTS}
RECORDS = sorted(name for name, kind in KINDS.items() if kind.__module__ in OURS)
OF_NETWORKS = {"Candidate"}
CANDIDATE = Candidate(address="10.20.0.40", port=22, banner="SSH-2.0-dropbear")
GAP = Gap(Why.DENIED, detail="refused in this test", cure="root")
FINE = re.compile(
    r"none \(verified\)|no other way is known|(?<!not )all was read|no hint found", re.I
)


def page(found: MemorySnapshot, folder: Path, name: str = "dossier.html") -> Page:
    write(company.told(found), folder, ("html",))
    return Page((folder / name).read_text("utf-8"))


def without(kind: str) -> MemorySnapshot:
    """The company with every reading refused that could tell of a kind."""
    gaps = {name: (GAP,) for name, kinds in company.ASKED.items() if kind in kinds}
    told = []
    for number, (name, more) in enumerate(company.extras().items(), 1):
        told.extend(company.readings(name, [*company.linux(name, number), *more], gaps=gaps))
    return MemorySnapshot(company.AUDIT, told)


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documents of a company of which every question was refused."""
    folder = tmp_path_factory.mktemp("refused")
    gaps = company.refused(Why.DENIED, "root", "refused in this test")
    told = []
    for name in company.extras():
        told.extend(company.readings(name, company.linux(name, 1), gaps=gaps))
    write(company.told(MemorySnapshot(company.AUDIT, told)), folder, ("html", "md", "csv"))
    return folder


def test_every_record_kind_of_hosts_is_asked_in_the_company():
    told = {kind for kinds in company.ASKED.values() for kind in kinds}
    others = {*OF_NETWORKS, *realm.OF_DIRECTORIES, *tenant.OF_TENANTS}
    assert told == set(RECORDS) - others


def test_every_record_kind_of_directories_is_in_the_small_domain():
    assert {type(one).__name__ for one in realm.records()} == set(realm.OF_DIRECTORIES)


def test_every_record_kind_has_a_place_in_the_dossier(tmp_path: Path):
    in_tenants = tenant.readings(tenant.records())
    told = [*company.hosts(), *realm.readings(realm.records()), *in_tenants]
    seen = page(MemorySnapshot(company.AUDIT, told), tmp_path).told
    assert {kind for kinds, _ in seen for kind in kinds.split()} == set(RECORDS)


def test_what_a_sweep_saw_and_nobody_asked_is_told(tmp_path: Path):
    seen = company.seen("10.20.0.0/24", "network.candidates", 1, CANDIDATE, 2, carried=False)
    key = ReadingKey("sweep", "10.20.0.0/24", "network.candidates")
    swept = Reading(key, State.COMPLETE, ("Candidate",))
    told = page(MemorySnapshot(company.AUDIT, [(swept, (seen,))]), tmp_path).told
    assert any(kinds == "Candidate" and "10.20.0.40" in text for kinds, text in told)


@pytest.mark.parametrize("kind", sorted(set(RECORDS) - set(realm.OF_DIRECTORIES)))
def test_a_kind_that_was_refused_reads_as_not_known_wherever_it_is_told(kind: str, tmp_path: Path):
    told = [text for kinds, text in page(without(kind), tmp_path).told if kinds.split()[0] == kind]
    for text in told:
        assert any(word in text for word in ("not known", "more is possible", "denied")), text
        assert not FINE.search(text), text


@pytest.mark.parametrize("name", ["dossier.html", "dossier.md", "hosts.csv"])
def test_a_document_of_a_company_that_refused_everything_calls_nothing_fine(
    refused: Path, name: str
):
    text = (refused / name).read_text("utf-8")
    seen = Page(text).text if name.endswith("html") else text
    body = seen.rpartition("Words")[0] if name.endswith("html") else seen
    assert body.count("not known") > len(company.extras())
    assert not FINE.search(body)


def test_the_first_page_of_a_company_that_refused_everything_says_that_it_cannot_tell(
    refused: Path,
):
    seen = Page((refused / "dossier.html").read_text("utf-8")).text
    first = seen.partition("Evidence number")[0]
    assert "Cannot tell." in first
    assert "proves nothing yet" in first
    assert "0 read in full" in first
    assert "Clear." not in first


def test_the_chapters_of_a_host_name_each_listing_once():
    kinds = [one.kind for _, listings in section.CHAPTERS for one in listings]
    assert len(kinds) == len(set(kinds))
