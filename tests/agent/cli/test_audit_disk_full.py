"""Out of space, or no place for the documents: what was kept stays, and the error says the way on."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.cli.finish import catch_up
from agent.cli.opening import opened
from inventory.model.account import Account
from inventory.store import AuditState
from tests.agent.cli.auditing import handover, json_of
from tests.agent.cli.running import engagement, run, whole
from tests.agent.cli.two_hosts import NAMES, engagement_of, states_of, two_hosts
from tests.lab.hosts import Lab


@pytest.fixture(scope="module")
def hosts(lab: Callable[..., Lab]) -> Lab:
    return two_hosts(lab)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a file system of its own, of a few hundred kilobytes."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=900k,mode=700", "tmpfs", str(place)], check=True
    )
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def _fill(place: Path, *, leave: int) -> Path:
    """Leave so many bytes free, and return the file that takes the rest."""
    filler = place / "filler"
    found = os.statvfs(place)
    free = found.f_bavail * found.f_frsize
    filler.write_bytes(bytes(max(0, free - leave)))
    return filler


@pytest.mark.parametrize("leave_kib", [0, 140, 260, 420, 500])
def test_a_full_disk_is_said_and_after_freeing_space_nothing_is_missing(
    hosts: Lab, small_disk: Path, leave_kib: int
) -> None:
    folder = engagement_of(small_disk / "e", hosts)
    filler = _fill(small_disk, leave=leave_kib * 1024)
    done = handover(folder, "audit")
    assert done.returncode in (1, 3), done.stderr
    assert "Traceback" not in done.stderr
    filler.unlink()
    subprocess.run(["mount", "-o", "remount,size=8m", "tmpfs", str(small_disk)], check=True)
    if done.returncode == 1:
        assert "disk is full" in done.stderr or "No space left" in done.stderr, done.stderr
        _follow_the_advice(folder, done.stderr)
    assert AuditState.SEALED in states_of(folder).values()
    covered = json_of(folder, "coverage")["value"]["coverage"]
    assert {one["target"] for one in covered} == set(NAMES)
    assert run(folder, "audits", "--verify").status == 0
    lines = json_of(folder, "checklist", "show")["value"]["lines"]
    assert all(line["id"] for line in lines)
    assert (folder / "documents" / "dossier.html").exists()


def _follow_the_advice(folder: Path, said: str) -> None:
    """Do what the error names, as a person would."""
    if "handover audit --resume" in said:
        again = handover(folder, "audit", "--resume")
    else:
        again = handover(folder, "documents" if "handover documents" in said else "audit")
    assert again.returncode in (0, 3), (said, again.stderr)


def test_documents_that_cannot_be_written_cost_nothing_else(hosts: Lab, tmp_path: Path) -> None:
    folder = engagement_of(tmp_path / "e", hosts)
    (folder / "documents").write_text("in the way")
    done = handover(folder, "audit", "--only", "one")
    assert done.returncode == 1
    assert "Audit 1 itself is kept; go on with: handover documents" in done.stderr
    assert states_of(folder) == {1: AuditState.SEALED}
    (folder / "documents").unlink()
    assert run(folder, "documents").status == 3
    assert (folder / "documents" / "dossier.html").exists()


def test_a_line_of_an_audit_that_ended_before_the_checklist_was_kept_is_never_lost(
    tmp_path: Path,
) -> None:
    jane = Account(name="oldmsp", uid=1000, gid=1000, home="/home/oldmsp", shell="/bin/sh")
    folder = engagement(tmp_path, (whole(jane),))
    with opened(folder) as found:
        assert found.store.journal() == ()
        catch_up(found)
        entries = found.store.journal()
        ids = [entry.kind for entry in entries if entry.kind.startswith("item ")]
        assert ids
        catch_up(found)
        assert found.store.journal() == entries
    lines = json_of(folder, "checklist", "show")["value"]["lines"]
    assert {f"item {line['id']}" for line in lines} >= set(ids)
