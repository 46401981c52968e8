"""How exact the dossier is about ordinary people: buckets, unless the engagement says full."""

from pathlib import Path

import pytest

from agent.documents.views import say
from agent.documents.write import write
from agent.engagement.model import Detail
from inventory.model.account import LastLogin, LoggedIn
from inventory.model.moment import Moment
from inventory.snapshot import MemorySnapshot
from tests.agent.documents import company
from tests.agent.documents.pages import Page

ORIGIN = "198.51.100.77"  # from where an ordinary person logs in


def text(detail: Detail, folder: Path) -> str:
    records = [one for one in company.linux("web9", 1) if not _is_login(one)]
    logins = [
        LastLogin(account="guest", when=company.ago(50), origin=ORIGIN),
        LastLogin(account="mdorn", when=company.ago(2), origin="198.51.100.5"),
        LastLogin(account="daemon", when=None),
        LoggedIn(account="guest", terminal="pts/0", origin=ORIGIN),
    ]
    found = MemorySnapshot(company.AUDIT, company.readings("web9", [*records, *logins]))
    write(company.told(found, detail), folder, ("html", "md"))
    return Page((folder / "dossier.html").read_text("utf-8")).text


def _is_login(record: object) -> bool:
    return isinstance(record, LastLogin | LoggedIn)


def test_an_ordinary_persons_last_login_is_told_in_a_bucket(tmp_path: Path):
    seen = text(Detail.MINIMAL, tmp_path)
    assert "30 to 90 days ago" in seen
    assert ORIGIN not in seen
    assert ORIGIN not in (tmp_path / "dossier.md").read_text("utf-8")


def test_a_privileged_persons_last_login_is_told_exactly(tmp_path: Path):
    seen = text(Detail.MINIMAL, tmp_path)
    assert f"{company.ago(2)}, from 198.51.100.5" in seen


def test_full_detail_tells_everybodys(tmp_path: Path):
    assert f"{company.ago(50)}, from {ORIGIN}" in text(Detail.FULL, tmp_path)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "under 30 days ago"),
        (29, "under 30 days ago"),
        (30, "30 to 90 days ago"),
        (90, "30 to 90 days ago"),
        (91, "over 90 days ago"),
        (-3, "under 30 days ago"),
    ],
)
def test_a_bucket_is_one_of_three_spans(days: int, said: str):
    assert say.bucket(company.ago(days), company.NOW) == said


def test_the_machine_id_is_never_told_whole(tmp_path: Path):
    text(Detail.FULL, tmp_path)
    for path in tmp_path.iterdir():
        assert f"{1:032x}" not in path.read_text("utf-8")
        assert "00000000…" in path.read_text("utf-8") or not path.name.startswith("dossier")


def test_a_coarse_day_reads_as_a_day():
    assert say.moment(Moment.of_day(20_500)) == "2026-02-16"
