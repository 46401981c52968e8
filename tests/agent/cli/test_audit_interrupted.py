"""Stopped, killed, raced: what was kept stays, and --resume asks only the rest."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from inventory.store import AuditState
from tests.agent.cli.auditing import handover, json_of, started, wait_for
from tests.agent.cli.two_hosts import NAMES, engagement_of, logins_of, states_of, two_hosts
from tests.collectors.transports.brief import A_SHELL
from tests.lab.hostile import Server, serve
from tests.lab.hosts import Lab


@pytest.fixture(scope="module")
def hosts(lab: Callable[..., Lab]) -> Lab:
    return two_hosts(lab)


@pytest.fixture
def hung() -> Iterator[Server]:
    """Return a host that is a shell, takes the script, and then says nothing for long."""
    with serve("silent", greeting=A_SHELL) as server:
        yield server


def _until_kept(child: "subprocess.Popen[str]", total: int) -> str:
    """Return the lines until both hosts are kept; the third one hangs then."""
    return wait_for(child.stderr, f"2/{total} ")


def _resumed(folder: Path, hosts: Lab, hung: Server, before: list[int]) -> None:
    """Finish the audit; only what was not kept is asked."""
    hung.stopping.set()
    done = handover(folder, "audit", "--resume")
    assert done.returncode == 3, done.stderr
    assert logins_of(hosts) == before
    assert "1/1 hung0" in done.stderr
    assert states_of(folder) == {1: AuditState.SEALED}
    targets = {one["target"] for one in json_of(folder, "coverage")["value"]["coverage"]}
    assert targets == {*NAMES, "hung0"}


def test_an_interrupt_keeps_what_was_collected_and_resume_asks_the_rest(
    hosts: Lab, hung: Server, tmp_path: Path
) -> None:
    folder, before = engagement_of(tmp_path / "e", hosts, hung), logins_of(hosts)
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
    assert states_of(folder) == {1: AuditState.OPEN}
    after = logins_of(hosts)
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1]
    _resumed(folder, hosts, hung, after)


def test_an_audit_that_was_killed_in_the_middle_of_a_host_is_resumed(
    hosts: Lab, hung: Server, tmp_path: Path
) -> None:
    folder = engagement_of(tmp_path / "e", hosts, hung)
    with started(folder, "audit") as child:
        _until_kept(child, 3)
        child.kill()
        child.communicate(timeout=30)
    assert states_of(folder) == {1: AuditState.OPEN}
    _resumed(folder, hosts, hung, logins_of(hosts))


@pytest.mark.parametrize("after_s", [0.5, 1.1, 1.7])
def test_an_audit_that_was_killed_at_any_moment_is_resumed(
    hosts: Lab, tmp_path: Path, after_s: float
) -> None:
    folder = engagement_of(tmp_path / "e", hosts)
    with started(folder, "audit") as child:
        time.sleep(after_s)
        child.kill()
        child.communicate(timeout=30)
    done = handover(folder, "audit", "--resume")
    if done.returncode == 1:  # killed before it began, or after it ended: both are said
        assert "no audit was left open" in done.stderr
        done = handover(folder, "audit")
    assert done.returncode == 3, done.stderr
    assert AuditState.SEALED in states_of(folder).values()
    covered = json_of(folder, "coverage")["value"]["coverage"]
    assert {one["target"] for one in covered} == set(NAMES)
    assert not list((folder / "documents").glob(".*"))


def test_two_audits_at_once_the_second_says_who_runs(
    hosts: Lab, hung: Server, tmp_path: Path
) -> None:
    folder = engagement_of(tmp_path / "e", hosts, hung)
    with started(folder, "audit") as child:
        _until_kept(child, 3)
        before = logins_of(hosts)
        second = handover(folder, "audit")
        resumed = handover(folder, "audit", "--resume")
        child.kill()
        child.communicate(timeout=30)
    for one in (second, resumed):
        assert one.returncode == 1
        assert f"an audit is running (process {child.pid})" in one.stderr
        assert one.stderr.count("\n") == 1
    assert logins_of(hosts) == before
    assert states_of(folder) == {1: AuditState.OPEN}


def test_a_new_audit_gives_the_unfinished_one_up_and_says_so_in_the_list(
    hosts: Lab, hung: Server, tmp_path: Path
) -> None:
    folder = engagement_of(tmp_path / "e", hosts, hung)
    with started(folder, "audit") as child:
        _until_kept(child, 3)
        child.kill()
        child.communicate(timeout=30)
    hung.stopping.set()
    assert handover(folder, "audit").returncode == 3
    assert states_of(folder) == {1: AuditState.ABORTED, 2: AuditState.SEALED}


def test_resume_goes_on_with_what_was_begun_and_with_nothing_else(
    hosts: Lab, hung: Server, tmp_path: Path
) -> None:
    folder = engagement_of(tmp_path / "e", hosts, hung)
    with started(folder, "audit", "--only", "one", "--only", "hung0", "--quick") as child:
        wait_for(child.stderr, "1/2 ")
        child.kill()
        child.communicate(timeout=30)
    before = logins_of(hosts)
    other = handover(folder, "audit", "--resume", "--only", "two")
    assert other.returncode == 2
    assert "audit 1 was begun with --only one --only hung0 --quick" in other.stderr
    recording = handover(folder, "audit", "--resume", "--replay", str(tmp_path))
    assert recording.returncode == 2
    assert "cannot go on from a recording" in recording.stderr
    hung.stopping.set()
    assert handover(folder, "audit", "--resume").returncode == 3
    assert logins_of(hosts) == before
    targets = {one["target"] for one in json_of(folder, "coverage")["value"]["coverage"]}
    assert "hung0" in targets
    again = handover(folder, "audit", "--resume")
    assert again.returncode == 1
    assert "no audit was left open" in again.stderr
