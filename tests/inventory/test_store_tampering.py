"""Whatever is changed behind the store's back, verify() says so."""

import sqlite3
from pathlib import Path

import pytest

from inventory.errors import StoreError
from inventory.model.account import Account, LoggedIn
from inventory.model.record import Record
from inventory.model.truth import Truth
from inventory.reading import State
from inventory.store import Store
from inventory.store.tables import METADATA
from tests.inventory.building import account, audit, denied, key, logged_in, opened, told

TWICE = (
    "INSERT INTO record SELECT 99, reading, kind, version, part, key, body, salt, digest, "
    "ask, place, first, last FROM record WHERE id = 1"
)
NOT_SEALED = {  # where it was seen; bookkeeping of what may be done next
    "record.ask",
    "record.place",
    "volatile.ask",
    "volatile.place",
    "reading.refreshed",
    "machine",
    "done",
}
COLUMNS = [
    (table.name, column.name)
    for table in METADATA.sorted_tables
    for column in table.c
    if table.name not in NOT_SEALED and f"{table.name}.{column.name}" not in NOT_SEALED
]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a store with each case: changed, removed, carried, failed, aborted, forgotten."""
    store = opened(tmp_path)
    store.note(author="ann", kind="attest", body={"item": "H-1"}, at=1)
    audit(store, told(account("a"), account("b"), key("/home/a"), key("/home/b")), two())
    part = told(account("a", shell="/x"), state=State.PARTIAL, gaps=[denied("/home/a")])
    audit(store, part, two(account("c")))
    store.note(author="bob", kind="confirm", body={"item": "H-2"}, at=2)
    running = store.begin({"n": 3}, 5)
    running.commit_target("ssh", "web2", [two(state=State.FAILED, gaps=[denied()])])
    running.abort(6)
    store.note(author="bob", kind="confirm", body={"item": "H-3"}, at=2)
    audit(store, told(account("a", shell="/x"), key("/home/a"), logged_in("a")), two(account("c")))
    assert store.verify() == []
    return store


def two(
    *records: Record, state: State = State.COMPLETE, gaps: list[object] | None = None
) -> object:
    return told(*records, target="web2", collector="linux.two", state=state, gaps=gaps or ())  # type: ignore[arg-type]


def change(store: Store, statement: str, *values: object) -> int:
    store.database.close()
    db = sqlite3.connect(store.path, isolation_level=None)
    db.create_function("flip", 1, flip)
    changed = db.execute(statement, values).rowcount
    db.close()
    return changed


def flip(value: object) -> object:
    """Return the value with its last bit changed."""
    if isinstance(value, int):
        return value ^ 1
    if isinstance(value, str):
        return (value[:-1] + chr(ord(value[-1]) ^ 1)) if value else "x"
    if isinstance(value, bytes):
        return value[:-1] + bytes([value[-1] ^ 1])
    return 1


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_each_value_that_matters_is_covered(store: Store, table: str, column: str) -> None:
    names = [c.name for c in METADATA.tables[table].primary_key]
    db = sqlite3.connect(store.path)
    rows = db.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()
    values = db.execute(f"SELECT {column} FROM {table}").fetchall()
    whole = store.path.read_bytes()
    db.close()
    assert rows
    for row, (value,) in zip(rows, values, strict=True):
        where = " AND ".join(f"{name} = ?" for name in names)
        try:
            change(store, f"UPDATE {table} SET {column} = flip({column}) WHERE {where}", *row)
        except sqlite3.IntegrityError:
            continue
        assert store.verify() or column == "id", (row, value)  # a row's own number says nothing
        store.database.close()
        for left in store.path.parent.glob("audits.db-*"):
            left.unlink()
        store.path.write_bytes(whole)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("DELETE FROM audit WHERE number = 2", "the audit is missing"),
        ("DELETE FROM audit WHERE number = 4", "there is no such audit"),
        ("DELETE FROM audit WHERE number = 1", "the audit is missing"),
        ("UPDATE audit SET state = 'sealed' WHERE number = 3", "does not match its seal"),
        ("UPDATE audit SET state = 'open', seal = NULL WHERE number = 3", "does not follow"),
        ("UPDATE audit SET number = 9 - number WHERE number IN (4, 5)", "missing"),
        ("UPDATE record SET body = NULL, key = NULL, salt = NULL WHERE id = 1", "are erased"),
        ("UPDATE journal SET body = NULL, salt = NULL WHERE seq = 2", "are erased"),
        ("UPDATE result SET salt = NULL WHERE first = 2", "of 2 results are erased"),
        ("DELETE FROM journal WHERE seq = 2", "out of its place"),
        ("DELETE FROM journal", "as it stood at its end"),
        ("DELETE FROM record WHERE id = 1", "do not match its digest"),
        ("DELETE FROM result WHERE first = 2", "does not match its seal"),
        ("DELETE FROM reading WHERE target = 'web2'", "does not match its seal"),
        ("DELETE FROM carried", "do not match its digest"),
        ("UPDATE record SET last = 2 WHERE last = 1 AND kind = 'Account'", "verify"),
        ("UPDATE carried SET last = 2", "begins or ends unread"),
        ("UPDATE reading SET reported = 9", "there is no such audit"),
        ("UPDATE record SET first = 'x' WHERE id = 1", "wrong type"),
        ("UPDATE result SET gaps = x'ff' WHERE first = 2", "wrong type"),
        ("UPDATE record SET body = CAST(x'ff22' AS TEXT) WHERE id = 1", "was changed"),
        ("DELETE FROM volatile", "volatile records do not match"),
        (TWICE, "do not match its digest"),
    ],
)  # fmt: skip
def test_whole_rows_cannot_go_come_or_move(store: Store, statement: str, says: str) -> None:
    assert change(store, statement)
    problems = store.verify()
    assert problems
    assert says == "verify" or any(says in problem.says for problem in problems), problems


def test_a_forked_chain_is_seen_with_a_seal_from_outside(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        printed = audit(store, told(account("a")))
        assert store.verify(seals={1: printed}) == []
    (tmp_path / "audits.db").unlink()
    with opened(tmp_path) as store:
        audit(store, told())
        assert store.verify() == []
        assert "from outside" in store.verify(seals={1: printed})[0].says
        assert "from outside" in store.verify(seals={7: printed})[0].says


def test_only_the_audits_up_to_one_are_checked_when_that_is_asked(store: Store) -> None:
    change(store, "UPDATE audit SET ended = 77 WHERE number = 4")
    assert [problem.audit for problem in store.verify()] == [4]
    assert store.verify(upto=3) == []


def test_a_flipped_bit_in_the_file_is_found_where_sqlite_finds_none(store: Store) -> None:
    store.close()
    raw = bytearray(store.path.read_bytes())
    at = raw.index(b'/home/b",')
    raw[at + 6] ^= 1
    store.path.write_bytes(raw)
    with Store.open(store.path) as again:
        with again.database.reading() as db:
            assert db.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert [p for p in again.verify() if "was changed" in p.says]


def person(record: Record) -> bool:
    return "/home/a" in str(record) or getattr(record, "account", "") == "a"


def test_what_is_forgotten_is_gone_from_the_file_and_the_chain_still_holds(store: Store) -> None:
    entry = store.note(author="ann", kind="attest", body={"of": "alicia-unique"}, at=9)
    erased = store.forget(
        person,
        author="ann",
        at=10,
        why="art. 17",
        gaps=lambda gap: gap.part == "/home/a",
        entries=(entry.seq,),
    )
    assert erased >= 5
    assert store.verify() == []
    store.database.close()
    kept = b"".join(path.read_bytes() for path in store.path.parent.iterdir())
    assert b"alicia-unique" not in kept
    assert b"/home/a" not in kept
    assert store.snapshot(2).readings()[0].gaps[0].detail == "erased on request"
    assert store.journal("forget")[0].author == "ann"
    assert store.journal("attest")[-1].body is None


def test_what_is_forgotten_reads_as_unknown_and_never_as_none(store: Store) -> None:
    store.forget(person, author="ann", at=10)
    for number in (1, 2, 4):
        snapshot = store.snapshot(number)
        for kind in (Account, LoggedIn) if number == 4 else (Account,):
            read = snapshot.read(kind, target="web1")
            assert read.any(lambda row: "a" in str(row)) is not Truth.NO
            assert any(blank.gap.detail == "erased on request" for blank in read.known().blanks)


def test_audits_go_on_after_something_was_forgotten(store: Store) -> None:
    store.forget(lambda _: True, author="ann", at=10)
    audit(store, told(account("a"), logged_in("b")), two())
    assert store.verify() == []
    rows = store.snapshot().read(Account, target="web1").known()
    assert [row.record.name for row in rows.rows] == ["a"]
    assert rows.complete


def test_only_forget_may_note_that_something_was_forgotten(store: Store) -> None:
    with pytest.raises(StoreError, match="only forget"):
        store.note(author="ann", kind="forget", body={"records": 1, "entries": 0}, at=1)
