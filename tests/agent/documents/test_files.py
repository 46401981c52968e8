"""The files: private, whole or as before, and named by us."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.documents.files import NotWritten, private_folder, put
from agent.documents.views import fleet
from agent.documents.write import WRITERS, write
from agent.engagement.model import FORMATS
from inventory.errors import ConfigError
from inventory.snapshot import MemorySnapshot
from tests.agent.documents import company


def small_fleet(hosts: int) -> MemorySnapshot:
    told = []
    for number in range(hosts):
        told.extend(company.readings(f"../../host{number}", company.linux(f"host{number}", number)))
    return MemorySnapshot(company.AUDIT, told)


def test_folder_and_files_are_the_owners_alone(tmp_path: Path):
    before = os.umask(0)
    try:
        written = write(company.told(), tmp_path / "documents", ("html", "md", "csv"))
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    assert stat.S_IMODE((tmp_path / "documents").stat().st_mode) == 0o700
    names = {path.name for path in (tmp_path / "documents").iterdir()}
    assert names == {path.name for path in written}


def test_a_format_that_is_not_known_is_refused_before_anything_is_written(tmp_path: Path):
    with pytest.raises(ConfigError, match="format 'pdf' is not known: use html, md, csv"):
        write(company.told(), tmp_path / "documents", ("html", "pdf"))
    assert not (tmp_path / "documents").exists()


def test_an_old_file_stays_when_the_new_one_breaks_off(tmp_path: Path):
    path = tmp_path / "dossier.html"
    path.write_text("old", "utf-8")

    def parts() -> Iterator[str]:
        yield "new"
        raise OSError(28, "No space left on device")

    with pytest.raises(NotWritten, match="No space left on device"):
        put(path, parts())
    assert path.read_text("utf-8") == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["dossier.html"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path):
    """/dev/full refuses every byte as a full disk does."""
    place = tmp_path / "full"
    place.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"), place.open("w", encoding="utf-8") as file:
        file.write("x" * 100_000)
    path = tmp_path / "dossier.html"
    path.write_text("old", "utf-8")
    folder = tmp_path.stat().st_mode
    limited = f"ulimit -f 8; exec {os.sys.executable} -c '{_WRITES_TOO_MUCH}' {path}"
    import subprocess

    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, timeout=60)
    assert "File too large" in done.stderr
    assert path.read_text("utf-8") == "old"
    assert tmp_path.stat().st_mode == folder
    assert sorted(one.name for one in tmp_path.iterdir()) == ["dossier.html", "full"]


_WRITES_TOO_MUCH = (
    "import signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
    "from pathlib import Path; from agent.documents.files import put; "
    'put(Path(sys.argv[1]), ("x" * 10_000 for _ in range(100)))'
)


def test_no_name_of_a_target_becomes_a_name_of_a_file(tmp_path: Path):
    write(company.told(small_fleet(3)), tmp_path / "a" / "b", ("html",))
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        "checklist.html",
        "dossier.html",
    ]


def test_a_large_fleet_stands_in_volumes_and_each_host_is_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(fleet, "MOST_ON_A_PAGE", 4)
    monkeypatch.setattr("agent.documents.views.dossier.MOST_ON_A_PAGE", 4)
    monkeypatch.setattr(fleet, "HOSTS_OF_A_VOLUME", 2)
    monkeypatch.setattr("agent.documents.write.HOSTS_OF_A_VOLUME", 2)
    written = write(company.told(small_fleet(5)), tmp_path, ("html", "md"))
    volumes = [path for path in written if path.parent.name == "hosts"]
    assert [path.name for path in volumes if path.suffix == ".html"] == [
        "hosts-001.html",
        "hosts-002.html",
        "hosts-003.html",
    ]
    dossier = (tmp_path / "dossier.html").read_text("utf-8")
    for number, name in ((1, "hosts-001.html"), (4, "hosts-002.html"), (5, "hosts-003.html")):
        assert f'href="hosts/{name}#host-{number}"' in dossier
        assert f'id="host-{number}"' in (tmp_path / "hosts" / name).read_text("utf-8")
    write(company.told(small_fleet(2)), tmp_path, ("html",))
    assert not list((tmp_path / "hosts").glob("*.html"))
    assert list((tmp_path / "hosts").glob("*.md"))


def test_every_format_that_an_engagement_may_name_can_be_written():
    assert tuple(WRITERS) == FORMATS


def test_what_a_killed_process_left_behind_is_removed_and_what_a_running_one_writes_stays(
    tmp_path: Path,
) -> None:
    left = tmp_path / ".dossier.html.4194305-0123abcd"  # above the highest process number of Linux
    running = tmp_path / f".dossier.html.{os.getpid()}-0123abcd"
    other = tmp_path / ".notes"
    for path in (left, running, other):
        path.touch()
    private_folder(tmp_path)
    assert [path.exists() for path in (left, running, other)] == [False, True, True]
