"""What is no sound store is refused by name; what is made is private; only one audit writes."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from inventory.errors import StoreError
from inventory.model.account import Account
from inventory.store import AuditState, Store, migrations, opening
from inventory.store.tables import APPLICATION_ID, METADATA
from tests.inventory.building import account, audit, opened, told


def test_file_and_companions_are_private_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with Store.open(tmp_path / "new" / "audits.db") as store:
            running = store.begin({}, 1)
            running.commit_target("ssh", "web1", [told(account("a"))])
            modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in store.path.parent.iterdir()}
            running.seal(2)
    finally:
        os.umask(before)
    assert {"audits.db", "audits.db-wal", "audits.db-shm", "audits.db.lock"} == set(modes)
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_nothing_is_left_beside_a_closed_store(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        audit(store, told(account("a")))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["audits.db", "audits.db.lock"]


def test_durability_is_set_on_every_connection(tmp_path: Path) -> None:
    with opened(tmp_path) as store, store.database.reading() as db:
        said = {
            name: db.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "temp_store",
                "secure_delete",
            )
        }
        assert said == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "temp_store": 1,  # a file without a name, so that memory is bounded
            "secure_delete": 1,
        }
        assert db.exec_driver_sql("PRAGMA application_id").scalar() == APPLICATION_ID


def sound(folder: Path) -> Path:
    with opened(folder) as store:
        audit(store, *(told(*map(account, map(str, range(99))), target=f"t{n}") for n in range(9)))
    return folder / "audits.db"


def newer(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version={migrations.SCHEMA + 1}")
    db.close()


def foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE x (y)")
    db.close()


def scribbled(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[4096 * 3 : 4096 * 30] = os.urandom(4096 * 27)
    path.write_bytes(raw)


def linked(path: Path) -> None:
    path.rename(path.with_name("other.db"))
    path.symlink_to("other.db")


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (newer, "newer handover"),
        (foreign, "another program"),
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(b"x" * 5000), "no SQLite file"),
        (lambda path: os.truncate(path, 50), "truncated at 50 bytes"),
        (lambda path: os.truncate(path, 4096 * 5), "truncated: 20480 of"),
        (scribbled, "damaged"),
        (linked, "no regular file"),
        (lambda path: (path.unlink(), path.mkdir()), "no regular file"),
    ],
)
def test_what_is_no_sound_store_is_refused_and_not_touched(
    tmp_path: Path, break_it: object, says: str
) -> None:
    path = sound(tmp_path)
    break_it(path)  # type: ignore[operator]
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StoreError, match=says):
        Store.open(path)
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_store_is_only_made_when_that_was_asked(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist yet"):
        Store.open(tmp_path / "audits.db", create=False)
    assert not list(tmp_path.iterdir())


def test_a_link_to_nowhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "audits.db").symlink_to("elsewhere.db")
    with pytest.raises(StoreError, match="no regular file"):
        opened(tmp_path)
    assert not (tmp_path / "elsewhere.db").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made: File exists"):
        Store.open(tmp_path / "file" / "audits.db")


def test_the_migrations_make_what_the_tables_say(tmp_path: Path) -> None:
    with opened(tmp_path) as store, store.database.reading() as db:
        assert compare_metadata(MigrationContext.configure(db), METADATA) == []
        made = schema_of(db)
    engine = sqlalchemy.create_engine("sqlite://")
    with engine.begin() as db:
        METADATA.create_all(db)
        assert schema_of(db) == made
    engine.dispose()


def schema_of(db: sqlalchemy.Connection) -> dict[str, str]:
    query = "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql NOT NULL"
    return {
        name: " ".join(text.split()).replace('"', "") for name, text in db.exec_driver_sql(query)
    }


def test_before_a_migration_the_store_is_copied_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sound(tmp_path)
    found: list[int] = []

    def to_two(db: sqlalchemy.Connection, *, found: int, seen: list[int] = found) -> None:
        seen.append(found)
        db.exec_driver_sql("PRAGMA user_version=2")

    monkeypatch.setattr(opening, "SCHEMA", 2)
    monkeypatch.setattr(opening, "migrate", to_two)
    with Store.open(path) as store:
        assert store.newest() == 1
    assert found == [1]
    copy = tmp_path / "audits.db.before-schema-2"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    monkeypatch.undo()
    with pytest.raises(StoreError, match="newer handover"):
        Store.open(path)
    with Store.open(copy) as store:
        assert store.verify() == []


def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sound(tmp_path)

    def fails(db: sqlalchemy.Connection, *, found: int) -> None:
        db.exec_driver_sql("DROP TABLE carried")
        db.exec_driver_sql(f"PRAGMA user_version={found + 1}")
        db.exec_driver_sql("CREATE TABLE audit (x)")

    monkeypatch.setattr(opening, "SCHEMA", 2)
    monkeypatch.setattr(opening, "migrate", fails)
    for _ in range(2):
        with pytest.raises(StoreError, match="already exists"):
            Store.open(path)
    monkeypatch.undo()
    with Store.open(path) as store:
        assert store.verify() == []


def test_the_model_does_not_load_sqlalchemy() -> None:
    code = (
        "import sys, inventory.model.all, inventory.codec, inventory.snapshot\n"
        "print([m for m in ('sqlalchemy', 'alembic') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


def test_an_existing_store_is_opened_without_alembic(tmp_path: Path) -> None:
    path = sound(tmp_path)
    code = (
        "import sys, pathlib\nfrom inventory.store import Store\n"
        f"Store.open(pathlib.Path({str(path)!r})).close()\nprint('alembic' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"


def test_a_second_audit_is_told_who_holds_the_store(tmp_path: Path) -> None:
    with opened(tmp_path) as first, opened(tmp_path) as second, first.begin({}, 1):
        for act in (lambda: second.begin({}, 1), second.resume):
            with pytest.raises(StoreError, match=rf"process {os.getpid()}\)"):
                act()


def test_the_lock_ends_with_a_failed_begin(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        with pytest.raises(StoreError, match="no audit was left open"):
            store.resume()
        with store.begin({}, 1) as running:
            running.seal(2)


def test_a_locked_file_is_waited_for_and_the_holder_named(tmp_path: Path) -> None:
    path = sound(tmp_path)
    code = (
        "import sqlite3, sys\n"
        f"db = sqlite3.connect({str(path)!r}, isolation_level=None)\n"
        "db.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe) as other:
        assert other.stdout
        other.stdout.readline()
        with Store.open(path, busy_ms=200) as store:
            assert store.snapshot().audit == 1  # reading goes on meanwhile
            with pytest.raises(StoreError, match=f"locked by process {other.pid}"):
                store.begin({}, 1)
        other.communicate()


def test_an_audit_that_was_left_open_is_resumed_or_given_up(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.begin({"n": 1}, 1).close()
        with store.resume() as running:
            assert running.number == 1
            assert running.done() == frozenset()
            running.commit_target("ssh", "web1", [told(account("a"))])
        with pytest.raises(StoreError, match="no finished audit"):
            store.snapshot()
        with pytest.raises(StoreError, match="audit 1 is open"):
            store.snapshot(1)
        with store.begin({"n": 2}, 2) as running:
            running.seal(3)
        assert [line.state for line in store.audits()] == [AuditState.ABORTED, AuditState.SEALED]
        assert store.audits()[1].previous == store.audits()[0].seal
        assert store.inputs(2) == '{"n":2}'
        assert store.snapshot().read(Account).known().rows[0].evidence.audit == 1
        assert store.verify() == []


def test_a_sealed_audit_takes_nothing_more(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        running = store.begin({}, 1)
        running.seal(2)
        for act in (
            lambda: running.seal(3),
            lambda: running.abort(3),
            lambda: running.commit_target("ssh", "web1", []),
        ):
            with pytest.raises(StoreError, match="audit 1 is sealed"):
                act()


def test_a_target_comes_once_in_an_audit(tmp_path: Path) -> None:
    with opened(tmp_path) as store, store.begin({}, 1) as running:
        running.commit_target("ssh", "web1", [told()])
        with pytest.raises(StoreError, match="already in audit 1"):
            running.commit_target("ssh", "web1", [told()])
        with pytest.raises(StoreError, match="handed in for web2"):
            running.commit_target("ssh", "web2", [told(target="web1")])
        assert running.done() == {("ssh", "web1")}


def test_audits_are_in_the_order_of_their_numbers_when_the_clock_goes_backwards(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as store:
        audit(store, told(account("a")), now=2_000_000_000)
        audit(store, told(), now=1_000)
        assert store.newest() == 2
        assert store.newest(before=2) == 1
        assert store.snapshot().read(Account).known().rows == ()
        assert store.verify() == []


def test_two_that_make_the_store_at_once_get_the_same_one(tmp_path: Path) -> None:
    code = (
        "import pathlib\nfrom inventory.store import Store\n"
        f"Store.open(pathlib.Path({str(tmp_path)!r}) / 'audits.db').close()"
    )
    children = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(4)]
    assert [child.wait() for child in children] == [0] * 4
    assert [p.name for p in tmp_path.iterdir()] == ["audits.db"]


def test_a_copy_of_a_store_is_a_store(tmp_path: Path) -> None:
    path = sound(tmp_path)
    shutil.copy(path, tmp_path / "copy.db")
    with Store.open(tmp_path / "copy.db") as store:
        assert store.verify() == []
