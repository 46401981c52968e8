"""Stopped, killed, raced, out of space: what was kept stays, and --resume asks only the rest."""

import contextlib
import datetime
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from agent.cli.finish import catch_up
from agent.cli.opening import opened
from inventory.model.account import Account
from inventory.store import FILE, AuditState, Store
from tests.agent.cli.auditing import (
    HEAD,
    SOURCE,
    handover,
    host_line,
    json_of,
    logins,
    server_line,
    started,
    wait_for,
    write_engagement,
)
from tests.agent.cli.running import engagement, run, whole
from tests.collectors.transports.brief import A_SHELL
from tests.lab.hostile import Server, serve
from tests.lab.hosts import HostSpec, Lab

NAMES = ("one", "two")
SLOW = "  connect_timeout_s: 2\n  host_timeout_s: 60\n"


@pytest.fixture(scope="module")
def hosts(lab: Callable[..., Lab]) -> Lab:
    return lab(*(HostSpec(name=name, os="busybox") for name in NAMES))


@pytest.fixture
def hung() -> Iterator[Server]:
    """Return a host that is a shell, takes the script, and then says nothing for long."""
    with serve("silent", greeting=A_SHELL) as server:
        yield server


def _engagement(folder: Path, hosts: Lab, *servers: Server) -> Path:
    lines = [host_line(host) for host in hosts.hosts]
    lines += [server_line(f"hung{number}", server) for number, server in enumerate(servers)]
    text = f"{HEAD}{SOURCE}{SLOW}  hosts:\n{''.join(lines)}"
    return write_engagement(folder, hosts, text, known=[one.known_hosts for one in servers])


def _logins(hosts: Lab) -> list[int]:
    return [logins(host) for host in hosts.hosts]


def _until_kept(child: "subprocess.Popen[str]", total: int) -> str:
    """Return the lines until both hosts are kept; the third one hangs then."""
    return wait_for(child.stderr, f"2/{total} ")


def _state(folder: Path) -> dict[int, AuditState]:
    with Store.open(folder / FILE, create=False) as store:
        assert store.verify() == []
        return {line.number: line.state for line in store.audits()}


def _resumed(folder: Path, hosts: Lab, hung: Server, before: list[int]) -> None:
    """Finish the audit; only what was not kept is asked."""
    hung.stopping.set()
    done = handover(folder, "audit", "--resume")
    assert done.returncode == 3, done.stderr
    assert _logins(hosts) == before
    assert "1/1 hung0" in done.stderr
    assert _state(folder) == {1: AuditState.SEALED}
    targets = {one["target"] for one in json_of(folder, "coverage")["value"]["coverage"]}
    assert targets == {*NAMES, "hung0"}


def test_an_interrupt_keeps_what_was_collected_and_resume_asks_the_rest(
    hosts: Lab, hung: Server, tmp_path: Path
) -> None:
    folder, before = _engagement(tmp_path / "e", hosts, hung), _logins(hosts)
    with started(folder, "audit") as child:
        _until_kept(child, 3)
        children = psutil.Process(child.pid).children(recursive=True)
        began = time.monotonic()
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=30)
        assert time.monotonic() - began < 15  # not the 60 s that the host may take
    assert child.returncode == 1
    assert "2 of 3 targets are kept in audit 1" in err
    assert "handover audit --resume" in err
    assert "Traceback" not in err
    assert out == ""
    assert not any(one.is_running() for one in children)
    assert _state(folder) == {1: AuditState.OPEN}
    after = _logins(hosts)
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1]
    _resumed(folder, hosts, hung, after)


def test_an_audit_that_was_killed_in_the_middle_of_a_host_is_resumed(
    hosts: Lab, hung: Server, tmp_path: Path
) -> None:
    folder = _engagement(tmp_path / "e", hosts, hung)
    with started(folder, "audit") as child:
        _until_kept(child, 3)
        child.kill()
        child.communicate(timeout=30)
    assert _state(folder) == {1: AuditState.OPEN}
    _resumed(folder, hosts, hung, _logins(hosts))


@pytest.mark.parametrize("after_s", [0.5, 1.1, 1.7])
def test_an_audit_that_was_killed_at_any_moment_is_resumed(
    hosts: Lab, tmp_path: Path, after_s: float
) -> None:
    folder = _engagement(tmp_path / "e", hosts)
    with started(folder, "audit") as child:
        time.sleep(after_s)
        child.kill()
        child.communicate(timeout=30)
    done = handover(folder, "audit", "--resume")
    if done.returncode == 1:  # killed before it began, or after it ended: both are said
        assert "no audit was left open" in done.stderr
        done = handover(folder, "audit")
    assert done.returncode == 3, done.stderr
    assert AuditState.SEALED in _state(folder).values()
    covered = json_of(folder, "coverage")["value"]["coverage"]
    assert {one["target"] for one in covered} == set(NAMES)
    assert not list((folder / "documents").glob(".*"))


def test_two_audits_at_once_the_second_says_who_runs(
    hosts: Lab, hung: Server, tmp_path: Path
) -> None:
    folder = _engagement(tmp_path / "e", hosts, hung)
    with started(folder, "audit") as child:
        _until_kept(child, 3)
        before = _logins(hosts)
        second = handover(folder, "audit")
        resumed = handover(folder, "audit", "--resume")
        child.kill()
        child.communicate(timeout=30)
    for one in (second, resumed):
        assert one.returncode == 1
        assert f"an audit is running (process {child.pid})" in one.stderr
        assert one.stderr.count("\n") == 1
    assert _logins(hosts) == before
    assert _state(folder) == {1: AuditState.OPEN}


def test_a_new_audit_gives_the_unfinished_one_up_and_says_so_in_the_list(
    hosts: Lab, hung: Server, tmp_path: Path
) -> None:
    folder = _engagement(tmp_path / "e", hosts, hung)
    with started(folder, "audit") as child:
        _until_kept(child, 3)
        child.kill()
        child.communicate(timeout=30)
    hung.stopping.set()
    assert handover(folder, "audit").returncode == 3
    assert _state(folder) == {1: AuditState.ABORTED, 2: AuditState.SEALED}


def test_resume_goes_on_with_what_was_begun_and_with_nothing_else(
    hosts: Lab, hung: Server, tmp_path: Path
) -> None:
    folder = _engagement(tmp_path / "e", hosts, hung)
    with started(folder, "audit", "--only", "one", "--only", "hung0", "--quick") as child:
        wait_for(child.stderr, "1/2 ")
        child.kill()
        child.communicate(timeout=30)
    before = _logins(hosts)
    other = handover(folder, "audit", "--resume", "--only", "two")
    assert other.returncode == 2
    assert "audit 1 was begun with --only one --only hung0 --quick" in other.stderr
    recording = handover(folder, "audit", "--resume", "--replay", str(tmp_path))
    assert recording.returncode == 2
    assert "cannot go on from a recording" in recording.stderr
    hung.stopping.set()
    assert handover(folder, "audit", "--resume").returncode == 3
    assert _logins(hosts) == before
    targets = {one["target"] for one in json_of(folder, "coverage")["value"]["coverage"]}
    assert "hung0" in targets
    again = handover(folder, "audit", "--resume")
    assert again.returncode == 1
    assert "no audit was left open" in again.stderr


# Disk full


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
    folder = _engagement(small_disk / "e", hosts)
    filler = _fill(small_disk, leave=leave_kib * 1024)
    done = handover(folder, "audit")
    assert done.returncode in (1, 3), done.stderr
    assert "Traceback" not in done.stderr
    filler.unlink()
    subprocess.run(["mount", "-o", "remount,size=8m", "tmpfs", str(small_disk)], check=True)
    if done.returncode == 1:
        assert "disk is full" in done.stderr or "No space left" in done.stderr, done.stderr
        _follow_the_advice(folder, done.stderr)
    assert AuditState.SEALED in _state(folder).values()
    covered = json_of(folder, "coverage")["value"]["coverage"]
    assert {one["target"] for one in covered} == set(NAMES)
    assert run(folder, "audits", "--verify").status == 0
    lines = json_of(folder, "checklist", "show")["value"]["lines"]
    assert all(line["id"] for line in lines)
    assert (folder / "documents" / "dossier.html").exists()


def _follow_the_advice(folder: Path, said: str) -> None:
    """Do what the error names, as a person would."""
    words = ("audit", "--resume") if "handover audit --resume" in said else ()
    if not words:
        words = ("documents",) if "handover documents" in said else ("audit",)
    again = handover(folder, *words)
    assert again.returncode in (0, 3), (said, again.stderr)


def test_documents_that_cannot_be_written_cost_nothing_else(hosts: Lab, tmp_path: Path) -> None:
    folder = _engagement(tmp_path / "e", hosts)
    (folder / "documents").write_text("in the way")
    done = handover(folder, "audit", "--only", "one")
    assert done.returncode == 1
    assert "Audit 1 itself is kept; go on with: handover documents" in done.stderr
    assert _state(folder) == {1: AuditState.SEALED}
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


# Clocks, versions, authorisations


def test_a_clock_that_jumps_back_changes_no_order(hosts: Lab, tmp_path: Path) -> None:
    folder = _engagement(tmp_path / "e", hosts)
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
    folder, before = _engagement(tmp_path / "e", hosts), _logins(hosts)
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
    assert _logins(hosts) == before


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
    folder, before = _engagement(tmp_path / "e", hosts), _logins(hosts)
    path = folder / "handover.yaml"
    path.write_text(path.read_text().replace("date: 2020-01-01", given))
    for words in (("audit",), ("audit", "--only", "one"), ("audit", "--resume")):
        done = handover(folder, *words)
        assert done.returncode == 2
        assert says in done.stderr
        assert "nothing was asked" in done.stderr
    assert _logins(hosts) == before
    assert not (folder / FILE).exists()


def test_without_an_authorisation_only_this_machine_is_asked(hosts: Lab, tmp_path: Path) -> None:
    folder, before = _engagement(tmp_path / "e", hosts), _logins(hosts)
    path = folder / "handover.yaml"
    head = "client: Muster\nsources:\n- {name: here, kind: local}\n"
    path.write_text(head + path.read_text().partition("sources:\n")[2])
    done = handover(folder, "audit")
    assert done.returncode in (0, 3), done.stderr
    assert "authorisation is missing: 1 sources are not asked, only this machine" in done.stderr
    assert _logins(hosts) == before
    targets = {one["target"] for one in json_of(folder, "coverage")["value"]["coverage"]}
    assert not targets & set(NAMES)
