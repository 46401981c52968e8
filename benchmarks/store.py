"""What twelve audits of a slowly changing fleet cost in the store, beside full copies."""

import sqlite3
import tempfile
import time
from pathlib import Path

from collectors.runner import Collected
from inventory.changes import changes
from inventory.codec import body_bytes
from inventory.model.software import Package
from inventory.reading import Reading, ReadingKey, State
from inventory.store import Store

HOSTS, PACKAGES, AUDITS, CHANGED = 200, 500, 12, 50  # one package in 50 changes between audits


def main() -> None:
    """Write the audits both ways; print sizes, times, and the time of a look at the changes."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with Store.open(folder / "audits.db") as store:
            times = [_audit(store, number) for number in range(AUDITS)]
            start = time.process_time()
            seen = sum(1 for _ in changes(store, AUDITS - 1, AUDITS))
            look = time.process_time() - start
            start = time.process_time()
            problems = store.verify()
            checked = time.process_time() - start
        copies = _copies(folder / "copies.db")
        ours = (folder / "audits.db").stat().st_size
    print(f"{HOSTS * PACKAGES} records, {AUDITS} audits, 1 in {CHANGED} changes each time\n")
    later = sorted(times[1:])[AUDITS // 2]
    print(f"- store {ours / 1e6:.0f} MB, full copies in SQLite {copies / 1e6:.0f} MB")
    print(f"- first audit {times[0]:.1f} s CPU, a later one {later:.1f} s CPU")
    print(f"- changes between the last two: {seen} found in {look:.2f} s CPU")
    print(f"- all seals checked in {checked:.1f} s CPU; {len(problems)} problems")


def _audit(store: Store, number: int) -> float:
    start = time.process_time()
    with store.begin({}, 1_800_000_000 + number) as audit:
        for host in range(HOSTS):
            audit.commit_target("fleet", f"host{host:03}", (_reading(host, number),))
        audit.seal(1_800_000_100 + number)
    return time.process_time() - start


def _reading(host: int, number: int) -> Collected:
    key = ReadingKey("fleet", f"host{host:03}", "linux.packages")
    reading = Reading(key, State.COMPLETE, ("Package",))
    return Collected(reading, tuple(_package(host, one, number) for one in range(PACKAGES)), 1)


def _package(host: int, one: int, number: int) -> Package:
    """Return a package whose version moves on in every CHANGEDth audit, each in its own turn."""
    release = (number + host + one) // CHANGED
    return Package(
        manager="dpkg", name=f"package-{one}", version=f"1.{release}", architecture="amd64"
    )


def _copies(path: Path) -> int:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE record (audit INTEGER, host TEXT, body TEXT)")
        for number in range(AUDITS):
            rows = (
                (number, f"host{host:03}", body_bytes(_package(host, one, number)).decode())
                for host in range(HOSTS)
                for one in range(PACKAGES)
            )
            db.executemany("INSERT INTO record VALUES (?, ?, ?)", rows)
    return path.stat().st_size
