"""Killed, out of space, raced: what was committed stays, what was not is not half there."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inventory.errors import StoreError
from inventory.model.account import Account
from inventory.store import AuditState, Store
from tests.inventory.building import account, audit, opened, told

ROOT = Path(__file__).parents[2]
WRITER = """
import sys
from pathlib import Path
from inventory.errors import StoreError
from tests.inventory.building import account, told
from inventory.store import Store

store = Store.open(Path(sys.argv[1]))
for step in range(10**6):
    try:
        running = store.resume()
    except StoreError:
        running = store.begin({"n": step}, step)
        print("begun", running.number, "", flush=True)
    done = running.done()
    for n in range(6):
        target = f"web{n}"
        if ("ssh", target) in done:
            continue
        records = [account(f"{target}-{running.number}-{k}") for k in range(200)]
        running.commit_target("ssh", target, [told(*records, target=target)])
        print("kept", running.number, target, flush=True)
    running.seal(step)
    print("sealed", running.number, "", flush=True)
"""


def writer(path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def test_no_kill_loses_what_was_committed_or_leaves_a_half(tmp_path: Path) -> None:
    path, draw, said = tmp_path / "audits.db", random.Random(7), set[tuple[str, str, str]]()
    kills, late = 0, time.monotonic() + 120
    while kills < 12 or (_sealed(said) < 3 and time.monotonic() < late):
        kills += 1
        with writer(path) as child:
            assert child.stdout
            first = child.stdout.readline()
            time.sleep(draw.uniform(0, 0.15))
            child.send_signal(signal.SIGKILL)
            lines = [first, *child.stdout.read().splitlines()]
        said.update(tuple([*line.split(), ""][:3]) for line in lines if line)  # type: ignore[misc]
        check(path, said)
    assert _sealed(said) >= 3


def _sealed(said: set[tuple[str, str, str]]) -> int:
    return sum(word == "sealed" for word, *_ in said)


def check(path: Path, said: set[tuple[str, str, str]]) -> None:
    with Store.open(path) as store:
        assert store.verify() == []
        audits = {line.number: line for line in store.audits()}
        kept = {(number, target) for word, number, target in said if word == "kept"}
        for number, target in kept:
            snapshot = store.snapshot(int(number), unsealed=True)
            rows = snapshot.read(Account, target=target).known().rows
            assert len(rows) == 200
            assert {row.record.name.split("-")[1] for row in rows} == {number}
        for word, number, _ in said:
            assert word != "sealed" or audits[int(number)].state is AuditState.SEALED
        assert [line.number for line in audits.values() if line.state is AuditState.OPEN] in (
            [],
            [len(audits)],
        )


def test_two_processes_write_one_after_the_other_or_are_told(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom inventory.errors import StoreError\n"
        "from tests.inventory.building import account, audit, opened, told\n"
        "for n in range(20):\n"
        "    try:\n"
        "        with opened(Path(sys.argv[1])) as store:\n"
        "            audit(store, told(account(sys.argv[2]), target=sys.argv[2]))\n"
        "        print('done')\n"
        "    except StoreError as err:\n"
        "        assert 'an audit is running (process' in str(err), err\n"
        "        print('told')\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    children = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path), name],
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for name in ("a", "b")
    ]
    words = [child.communicate()[0].split() for child in children]
    assert [child.returncode for child in children] == [0, 0]
    with opened(tmp_path) as store:
        assert store.verify() == []
        states = [line.state for line in store.audits()]
        assert states.count(AuditState.SEALED) == sum(each.count("done") for each in words)
        assert AuditState.OPEN not in states


FULL = """
import sys
from pathlib import Path
from inventory.errors import StoreError
from inventory.store import Store
from tests.inventory.building import account, told

folder = Path(sys.argv[1])
store = Store.open(folder / "audits.db")
running = store.begin({}, 1)
kept = 0
try:
    for n in range(1000):
        records = [account(f"t{n}-{k}" + "x" * 200) for k in range(100)]
        running.commit_target("ssh", f"t{n}", [told(*records, target=f"t{n}")])
        kept += 1
except StoreError as err:
    assert "the disk is full" in str(err), err
running.close()
store.close()
(folder / "filler").unlink()
with Store.open(folder / "audits.db") as store:
    with store.resume() as running:
        assert len(running.done()) == kept > 3, (running.done(), kept)
        running.seal(2)
    assert store.verify() == []
    print("kept", kept)
"""


def test_a_full_disk_is_said_and_costs_only_the_target_in_hand(tmp_path: Path) -> None:
    assert os.geteuid() == 0, "mounting a small disk needs root: run the tests with sudo -E"
    script = (
        'mount -t tmpfs -o size=2m none "$1" && head -c 300000 /dev/zero > "$1/filler" && '
        'exec "$2" -c "$3" "$1"'
    )
    command = ["unshare", "-m", "sh", "-ec", script, "sh", str(tmp_path), sys.executable, FULL]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    said = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert said.stdout.startswith("kept"), said.stderr


def test_a_commit_that_fails_in_the_middle_leaves_nothing_of_the_target(tmp_path: Path) -> None:
    with opened(tmp_path) as store, store.begin({}, 1) as running:
        good, bad = told(account("a")), told(account("b"), collector="linux.two", target="web9")
        with pytest.raises(StoreError, match="handed in for web1"):
            running.commit_target("ssh", "web1", [good, bad])
        assert running.done() == frozenset()
        running.commit_target("ssh", "web1", [good])
        running.seal(2)
        assert store.verify() == []


def test_a_target_with_a_hundred_thousand_records_fits(tmp_path: Path) -> None:
    records = [account(f"user{n}") for n in range(100_000)]
    with opened(tmp_path) as store:
        audit(store, told(*records))
        audit(store, told(*records[1:]))
        assert store.sql("SELECT count(*) FROM accounts").rows == ((99_999,),)


def test_an_unchanged_audit_costs_next_to_nothing(tmp_path: Path) -> None:
    tellings = [told(*(account(f"u{k}") for k in range(100)), target=f"t{n}") for n in range(50)]
    with opened(tmp_path) as store:
        audit(store, *tellings)
        before = store.path.stat().st_size
        audit(store, *tellings)
        assert store.path.stat().st_size - before < 100_000


def test_hostile_content_is_kept_and_read_back(tmp_path: Path) -> None:
    names = ["x" * 1_000_000, "a\x00b", "\ud800", "'; DROP TABLE record; --", "\u202e"]
    with opened(tmp_path) as store:
        for _ in range(2):
            audit(store, told(*map(account, names), target="a\x00\udc80'"))
        rows = store.snapshot().read(Account).known()
        assert len(rows.rows) == 5
        assert rows.complete
        assert store.verify() == []
        assert len(store.sql("SELECT name FROM accounts").rows) == 5
