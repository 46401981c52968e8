"""The documents of the small company, compared with files that people have looked at.

After a change that is meant: `python -m tests.agent.documents.test_golden`, then look at the
difference.
"""

from pathlib import Path

import pytest

from agent.documents.write import write
from tests.agent.documents import company, realm

GOLDEN = Path(__file__).parents[2] / "golden"
DOMAIN = GOLDEN / "domain"
NAMES = (
    "dossier.html",
    "checklist.html",
    "dossier.md",
    "checklist.md",
    "checklist.csv",
    "hosts.csv",
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    write(company.told(), folder, ("html", "md", "csv"))
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_a_document_of_the_small_company_reads_as_it_was_looked_at(written: Path, name: str):
    new, old = (place / name for place in (written, GOLDEN))
    assert new.read_text("utf-8").split("\n") == old.read_text("utf-8").split("\n")


@pytest.mark.parametrize("name", ["dossier.html", "dossier.md"])
def test_a_document_of_the_small_domain_reads_as_it_was_looked_at(tmp_path: Path, name: str):
    write(company.told(realm.snapshot()), tmp_path, ("html", "md"))
    new, old = (place / name for place in (tmp_path, DOMAIN))
    assert new.read_text("utf-8").split("\n") == old.read_text("utf-8").split("\n")


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for path in write(company.told(), GOLDEN, ("html", "md", "csv")):
        path.chmod(0o644)
    for path in write(company.told(realm.snapshot()), DOMAIN, ("html", "md")):
        if path.stem == "dossier":
            path.chmod(0o644)
        else:
            path.unlink()
    for folder in (GOLDEN, DOMAIN):
        folder.chmod(0o755)
