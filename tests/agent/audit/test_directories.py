"""A directory goes from its searches into the store: in parts, in bounded memory, with all gaps."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.audit.run import Result, interview, run
from agent.audit.targets import Opened, Outlook, Target
from collectors.entries import Entry
from collectors.spec import Collector
from collectors.transports.ldap import Untrusted
from inventory.changes import What, changes
from inventory.errors import Denied, StoreError, TimedOut, Unreachable
from inventory.model.account import Account
from inventory.model.evidence import Gap, Pointer, Why
from inventory.reading import State
from inventory.store import Store
from tests.agent.audit.asked import raising, target, told
from tests.agent.audit.directories import USERS, Door, directory, domain, person

CUT = Gap(Why.TRUNCATED, "test.people/users", "", "the server stopped", "limit")


def whole() -> Door:
    return Door(users=[person("alice"), person("bob")], domains=[domain("S-1-5-21-1")])


def audit(folder: Path, *targets: Target, resume: bool = False) -> list[Result]:
    """Run one audit of the targets into the store of a folder."""
    with Store.open(folder / "audits.db") as store:
        with store.resume() if resume else store.begin({}, 100) as running:
            done = running.done()
            left = [one for one in targets if (one.source, one.name) not in done]
            results = list(run(left, running, parallel=2, scratch=folder))
            running.seal(200)
        assert store.verify() == []
    return results


def names(folder: Path, number: int | None = None) -> dict[str, bool]:
    """Return the accounts that an audit knows, and whether each was only carried."""
    with Store.open(folder / "audits.db") as store:
        rows = store.snapshot(number).read(Account).known().rows
    return {row.record.name: row.carried for row in rows}


def changed(folder: Path) -> set[tuple[What, str]]:
    with Store.open(folder / "audits.db") as store:
        found = list(changes(store, 1, 2))
    sides = [(one.what, one.new or one.old) for one in found]
    return {(what, row.record.name) for what, row in sides if row and hasattr(row.record, "name")}


def test_a_directory_is_read_into_the_store_and_closed(tmp_path: Path) -> None:
    door = whole()
    (result,) = audit(tmp_path, directory(door))
    assert names(tmp_path) == {"alice": False, "bob": False}
    assert (result.outlook, result.says, door.closed) == (Outlook.READ, "", 1)
    assert [path.name for path in tmp_path.iterdir() if "audits.db" not in path.name] == []


@pytest.mark.parametrize(
    ("err", "why", "cure", "outlook"),
    [
        (Denied("wrong password (52e)"), Why.DENIED, "credential", Outlook.REFUSED),
        (Untrusted("the certificate is not proved"), Why.DENIED, "certificate", Outlook.REFUSED),
        (Unreachable("no route"), Why.UNREACHABLE, "route", Outlook.UNREACHABLE),
        (TimedOut("10 s"), Why.TIMEOUT, "route", Outlook.UNREACHABLE),
    ],
)
def test_a_directory_that_does_not_open_is_a_gap_of_every_collector(
    err: Exception, why: Why, cure: str, outlook: Outlook
) -> None:
    result = interview(directory(raising(err)))  # type: ignore[arg-type]
    assert [one.reading.key.collector for one in result.collected] == ["test.people", "test.domain"]
    for one in result.collected:
        (gap,) = one.reading.gaps
        assert (one.reading.state, gap.why, gap.cure) == (State.FAILED, why, cure)
    assert result.outlook is outlook


def test_a_host_is_kept_while_a_directory_is_still_read(tmp_path: Path) -> None:
    kept = threading.Event()

    def slowly() -> Iterator[Entry]:
        yield person("alice")
        assert kept.wait(30)
        yield person("bob")

    targets = [directory(Door(users=slowly)), *(target(f"host{n}", told) for n in range(3))]
    order = []
    with Store.open(tmp_path / "audits.db") as store, store.begin({}, 100) as running:
        for result in run(targets, running, parallel=1, scratch=tmp_path):
            order.append(result.target.name)
            if len(order) == 3:
                kept.set()
    assert order == ["host0", "host1", "host2", "corp.example"]


def test_one_thread_alone_speaks_with_a_directory(tmp_path: Path) -> None:
    door = whole()
    audit(tmp_path, directory(door))
    assert len(door.threads) == 1
    assert threading.get_ident() not in door.threads


def test_a_gap_after_the_records_keeps_both_in_the_store(tmp_path: Path) -> None:
    door = Door(users=[person("alice"), CUT], domains=[domain("S-1-5-21-1")])
    (result,) = audit(tmp_path, directory(door))
    with Store.open(tmp_path / "audits.db") as store:
        known = store.snapshot().read(Account).known()
    assert [row.record.name for row in known.rows] == ["alice"]
    assert [blank.gap for blank in known.blanks] == [CUT]
    assert result.outlook is Outlook.PART


def test_a_collector_that_fails_leaves_the_others_whole(tmp_path: Path) -> None:
    door = Door(users=[person("alice"), person("crash")], domains=[domain("S-1-5-21-1")])
    (result,) = audit(tmp_path, directory(door))
    states = [one.reading.state for one in result.collected]
    assert states == [State.PARTIAL, State.COMPLETE]
    assert names(tmp_path) == {"alice": False}


def test_a_second_audit_tells_what_was_added_changed_and_removed(tmp_path: Path) -> None:
    everybody = [person(name) for name in ("alice", "bob", "carol", "dave")]
    audit(tmp_path, directory(Door(users=everybody, domains=[domain("S-1-5-21-1")])))
    now = [person("alice", description="moved"), person("carol"), person("erin")]
    audit(tmp_path, directory(Door(users=now, domains=[domain("S-1-5-21-1")])))
    assert changed(tmp_path) == {
        (What.CHANGED, "alice"),
        (What.REMOVED, "bob"),
        (What.REMOVED, "dave"),
        (What.ADDED, "erin"),
    }


def test_a_second_audit_that_is_cut_off_removes_nothing(tmp_path: Path) -> None:
    audit(tmp_path, directory(whole()))
    cut = [person("bob", description="x"), CUT]
    audit(tmp_path, directory(Door(users=cut, domains=[domain("S-1-5-21-1")])))
    assert changed(tmp_path) == {(What.NEWLY_UNKNOWN, "alice"), (What.CHANGED, "bob")}
    assert names(tmp_path) == {"alice": True, "bob": False}


def test_a_second_audit_that_is_refused_ends_nothing(tmp_path: Path) -> None:
    audit(tmp_path, directory(whole()))
    audit(tmp_path, directory(raising(Denied("expired (532)"))))  # type: ignore[arg-type]
    assert names(tmp_path) == {"alice": True, "bob": True}


def test_another_directory_under_the_same_name_ends_nothing_of_the_first(tmp_path: Path) -> None:
    audit(tmp_path, directory(whole()))
    other = Door(users=[person("carol")], domains=[domain("S-1-5-21-2")])
    audit(tmp_path, directory(other))
    assert names(tmp_path) == {"alice": True, "bob": True, "carol": False}


def test_the_same_directory_at_another_server_is_the_same(tmp_path: Path) -> None:
    audit(tmp_path, directory(whole()))
    again = Door(users=[person("bob"), person("alice")], domains=[domain("S-1-5-21-1")])
    audit(tmp_path, directory(again))
    assert changed(tmp_path) == set()
    assert names(tmp_path) == {"alice": False, "bob": False}


def test_what_is_left_out_is_a_gap_and_is_not_sent(tmp_path: Path) -> None:
    sent = []

    def noted() -> Iterator[Entry]:
        sent.append("users")
        return iter(())

    door = Door(users=noted, domains=[domain("S-1-5-21-1")])
    (result,) = audit(tmp_path, directory(door, leave_out=("test.people/users",)))
    assert [one.reading.state for one in result.collected] == [State.NOT_ASKED, State.COMPLETE]
    assert sent == []


def test_without_room_for_the_records_the_audit_ends_and_can_go_on(tmp_path: Path) -> None:
    door = whole()
    with (
        Store.open(tmp_path / "audits.db") as store,
        store.begin({}, 100) as running,
        pytest.raises(StoreError, match="no room for what is read"),
    ):
        list(run([directory(door)], running, parallel=1, scratch=tmp_path / "missing"))
    audit(tmp_path, directory(whole()), resume=True)
    assert names(tmp_path) == {"alice": False, "bob": False}


def test_a_record_that_cannot_be_stored_is_a_gap_of_its_collector(tmp_path: Path) -> None:
    def strange(_: object) -> Iterator[Account]:
        yield Account(at=Pointer(), name=object(), uid=1, gid=1, home="", shell="")  # type: ignore[arg-type]

    broken = Collector("test.strange", (USERS,), (Account,), strange, "ldap")
    (result,) = audit(tmp_path, directory(whole(), collectors=[broken]))
    (one,) = result.collected
    assert (one.reading.state, one.reading.gaps[0].why) == (State.FAILED, Why.MALFORMED)


def test_a_door_that_fails_to_close_takes_nothing_away() -> None:
    def fail() -> None:
        raise OSError("broken pipe")

    door = whole()
    opened = Opened("ad", door.search, fail)
    result = interview(directory(lambda: opened))
    assert result.outlook is Outlook.READ


KILLED = """
import sys
from pathlib import Path
from tests.agent.audit.directories import Door, directory, domain, person
from tests.agent.audit.asked import target, told
from tests.agent.audit.test_directories import audit
def users():
    for number in range(5000):
        yield person(f"user{number}")
    print("reading", flush=True)
    sys.stdin.read()
audit(Path(sys.argv[1]), target("web1", told), directory(Door(users=users)))
"""


def test_an_audit_killed_in_the_middle_of_a_directory_is_resumed(tmp_path: Path) -> None:
    with _child(KILLED, tmp_path) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"reading\n"
        os.kill(child.pid, signal.SIGKILL)
    results = audit(tmp_path, target("web1", told), directory(whole()), resume=True)
    assert "corp.example" in {one.target.name for one in results}
    assert {"alice", "bob"} <= names(tmp_path).keys()
    assert "user0" not in names(tmp_path)


MEASURED = """
import resource, sys, time
from pathlib import Path
from tests.agent.audit.directories import Door, directory, domain, person
from tests.agent.audit.test_directories import audit, base
def users(count):
    for number in range(count):
        yield person(f"user{number}", description=f"number {number}, of an office " * 8)
def door(count):
    return Door(users=lambda: users(count), domains=[domain("S-1-5-21-1")])
folder, count = Path(sys.argv[1]), int(sys.argv[2])
audit(folder / "small", directory(door(2000)))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for _ in range(2):
    start = time.process_time()
    base(folder / "large", directory(door(count)))
    size = (folder / "large" / "audits.db").stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(time.process_time() - start, size, peak, flush=True)
"""


def base(folder: Path, one: Target) -> None:
    """Run one audit of a directory without checking it afterwards."""
    with Store.open(folder / "audits.db") as store, store.begin({}, 100) as running:
        list(run([one], running, parallel=1, scratch=folder))
        running.seal(200)


def test_a_large_directory_takes_little_memory_and_an_unchanged_one_no_room(
    tmp_path: Path,
) -> None:
    with _child(MEASURED, tmp_path, "100000") as child:
        out, _ = child.communicate(timeout=300)
    first, second = (tuple(map(float, line.split())) for line in out.decode().splitlines())
    assert first[1] > 30_000_000
    assert second[1] <= first[1] * 1.01
    assert second[2] < 40_000  # KiB above what a small one takes
    assert second[0] < first[0]


def _child(code: str, *words: object) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
