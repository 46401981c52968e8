"""The documents of the small company, compared with files that people have looked at.

After a change that is meant: `python -m tests.agent.documents.test_golden`, then look at the
difference.
"""

from pathlib import Path

import pytest

from agent.documents.write import write
from tests.agent.documents import company

GOLDEN = Path(__file__).parents[2] / "golden"
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


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for path in write(company.told(), GOLDEN, ("html", "md", "csv")):
        path.chmod(0o644)
    GOLDEN.chmod(0o755)
