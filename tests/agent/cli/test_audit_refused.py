"""What keeps an audit from asking: a newer store, an authorisation that does not hold; and odd clocks."""

import contextlib
import datetime
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from inventory.store import FILE, Store
from tests.agent.cli.auditing import handover, json_of
from tests.agent.cli.two_hosts import NAMES, engagement_of, logins_of, two_hosts
from tests.lab.hosts import Lab


@pytest.fixture(scope="module")
def hosts(lab: Callable[..., Lab]) -> Lab:
    return two_hosts(lab)


def test_a_clock_that_jumps_back_changes_no_order(hosts: Lab, tmp_path: Path) -> None:
    folder = engagement_of(tmp_path / "e", hosts)
    assert handover(folder, "audit", "--only", "one").returncode == 3
    with contextlib.closing(sqlite3.connect(folder / FILE)) as db:
        (first,) = db.execute("SELECT started FROM audit").fetchone()
    env = {"PYTHONPATH": f"{_clock(tmp_path, back_s=86_400 * 400)}:{Path.cwd()}"}
    done = handover(folder, "audit", "--only", "one", env=env)
    assert done.returncode == 3, done.stderr
    with Store.open(folder / FILE, create=False) as store:
        lines = store.audits()
        assert [line.number for line in lines] == [1, 2]
        assert lines[1].started < first - 86_400 * 399
        assert store.newest() == 2
        assert store.verify() == []
    said = json_of(folder, "changes")["value"]
    assert (said["old_audit"], said["new_audit"]) == (1, 2)


def _clock(folder: Path, *, back_s: int) -> Path:
    """Return a folder for PYTHONPATH in which Python starts with a clock that is slow."""
    place = folder / "clock"
    place.mkdir()
    (place / "sitecustomize.py").write_text(
        f"import time\n_now = time.time\ntime.time = lambda: _now() - {back_s}\n"
    )
    return place


def test_a_store_of_a_newer_version_is_refused_untouched(hosts: Lab, tmp_path: Path) -> None:
    folder, before = engagement_of(tmp_path / "e", hosts), logins_of(hosts)
    with Store.open(folder / FILE):
        pass
    with contextlib.closing(sqlite3.connect(folder / FILE)) as db:
        db.execute("PRAGMA user_version = 999")
    raw = (folder / FILE).read_bytes()
    for words in (("audit",), ("audit", "--resume"), ("coverage",)):
        done = handover(folder, *words)
        assert done.returncode == 1
        assert "was written by a newer handover (schema 999" in done.stderr
        assert "upgrade handover; the file was not touched" in done.stderr
    assert (folder / FILE).read_bytes() == raw
    assert logins_of(hosts) == before


TODAY = datetime.datetime.now(datetime.UTC).date()
DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (f"date: {TODAY + 2 * DAY}", f"the authorisation begins on {TODAY + 2 * DAY}"),
        (
            f"date: 2020-01-01, until: {TODAY - 2 * DAY}",
            f"the authorisation by Anna ended on {TODAY - 2 * DAY}: have it renewed",
        ),
    ],
    ids=["not yet", "ended"],
)
def test_outside_of_its_authorisation_nothing_is_asked(
    hosts: Lab, tmp_path: Path, given: str, says: str
) -> None:
    folder, before = engagement_of(tmp_path / "e", hosts), logins_of(hosts)
    path = folder / "handover.yaml"
    path.write_text(path.read_text().replace("date: 2020-01-01", given))
    for words in (("audit",), ("audit", "--only", "one"), ("audit", "--resume")):
        done = handover(folder, *words)
        assert done.returncode == 2
        assert says in done.stderr
        assert "nothing was asked" in done.stderr
    assert logins_of(hosts) == before
    assert not (folder / FILE).exists()


def test_without_an_authorisation_only_this_machine_is_asked(hosts: Lab, tmp_path: Path) -> None:
    folder, before = engagement_of(tmp_path / "e", hosts), logins_of(hosts)
    path = folder / "handover.yaml"
    head = "client: Muster\nsources:\n- {name: here, kind: local}\n"
    path.write_text(head + path.read_text().partition("sources:\n")[2])
    done = handover(folder, "audit")
    assert done.returncode in (0, 3), done.stderr
    assert "authorisation is missing: 1 sources are not asked, only this machine" in done.stderr
    assert logins_of(hosts) == before
    targets = {one["target"] for one in json_of(folder, "coverage")["value"]["coverage"]}
    assert not targets & set(NAMES)
