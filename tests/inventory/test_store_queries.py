"""Anyone's SQL reads the newest sealed audit, and can neither write nor run for ever."""

from pathlib import Path

import pytest

from inventory.errors import StoreError
from inventory.model.access import AuthorizedKey
from inventory.model.account import Account, Group, LoggedIn
from inventory.model.host import HostIdentity, OperatingSystem
from inventory.model.operation import MailAlias
from inventory.model.record import KINDS
from inventory.model.truth import Truth
from inventory.reading import State
from inventory.store import Store
from inventory.store.views import view_name
from tests.inventory.building import TELLS, account, audit, denied, key, logged_in, opened, told


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = opened(tmp_path)
    host = (
        HostIdentity(hostname="web1"),
        OperatingSystem(id="debian", name="Debian 12", version="12", kernel="6.1"),
        MailAlias(file="/etc/aliases", name="root", target="ops@example.org"),
    )
    tells = (*TELLS, "HostIdentity", "OperatingSystem", "MailAlias")
    audit(store, told(account("a"), account("b"), key("/home/a"), *host, tells=tells))
    audit(
        store,
        told(
            account("a"),
            logged_in("a"),
            *host,
            state=State.PARTIAL,
            gaps=[denied("/home/a")],
            tells=tells,
        ),
        told(target="web2", state=State.FAILED),
    )
    running = store.begin({}, 9)
    running.commit_target("ssh", "web1", [told(account("later"))])
    running.close()
    return store


def test_a_view_shows_the_newest_sealed_audit(store: Store) -> None:
    found = store.sql("SELECT target, name, shell, carried FROM accounts")
    assert found.columns == ("target", "name", "shell", "carried")
    # Accounts have no part: the home that could not be read may hide one as well.
    assert found.rows == (("web1", "a", "/bin/sh", 0), ("web1", "b", "/bin/sh", 1))
    assert not found.cut


def test_a_carried_row_says_so(store: Store) -> None:
    assert store.sql("SELECT account, carried FROM keys").rows == (("/home/a", 1),)
    assert store.sql("SELECT account, carried FROM logged_ins").rows == ()  # replaced since


def test_gaps_are_a_view_and_a_failure_without_one_is_there_too(store: Store) -> None:
    found = store.sql("SELECT target, state, why, part FROM gaps ORDER BY target")
    assert found.rows == (
        ("web1", "partial", "denied", "/home/a"),
        ("web2", "failed", "not asked", ""),
    )


def test_hosts_are_shown_with_their_system(store: Store) -> None:
    assert store.sql("SELECT target, hostname, os FROM hosts").rows == (
        ("web1", "web1", "Debian 12"),
    )


def test_a_field_that_is_named_like_a_column_of_the_reading_is_kept_apart(store: Store) -> None:
    found = store.sql("SELECT target, its_target FROM mail_aliases")
    assert found.rows == (("web1", "ops@example.org"),)


def test_every_kind_has_a_view_of_its_own_that_can_be_read(store: Store) -> None:
    names = [view_name(kind) for kind in KINDS]
    assert len(set(names)) == len(names)
    for name in (*names, "hosts", "keys", "sudo", "gaps"):
        assert store.sql(f"SELECT * FROM {name}").columns


def test_the_views_follow_the_kinds(store: Store) -> None:
    with store.database.writing() as db:
        db.exec_driver_sql("DROP VIEW accounts")
        db.exec_driver_sql("CREATE VIEW gone AS SELECT 1")
    with store.begin({}, 1) as running:
        running.seal(2)
    assert store.sql("SELECT * FROM accounts").columns
    with pytest.raises(StoreError, match="no such table: gone"):
        store.sql("SELECT * FROM gone")


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM record",
        "UPDATE audit SET ended = 1",
        "INSERT INTO done VALUES (1, 2, 3)",
        "DROP TABLE record",
        "CREATE TABLE x (y)",
        "CREATE TEMP TABLE x (y)",
        "ATTACH '/tmp/x.db' AS x",
        "PRAGMA query_only = 0",
        "PRAGMA user_version = 9",
        "VACUUM INTO '/tmp/x.db'",
        "BEGIN",
        "SELECT load_extension('x')",
        "SELECT 1; SELECT 2",
        "SELECT nonsense",
        "",
    ],
)
def test_whatever_is_no_query_is_refused(store: Store, query: str) -> None:
    before = store.sql("SELECT count(*) FROM record").rows
    try:
        assert store.sql(query).rows == ()
        assert query == ""
    except StoreError as err:
        assert "failed" in str(err) or "only SELECT" in str(err)  # noqa: PT017
    assert store.sql("SELECT count(*) FROM record").rows == before


def test_rows_and_time_are_bounded(store: Store) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT "
    found = store.sql(f"{endless} i FROM n", most_rows=3)
    assert found.rows == ((1,), (2,), (3,))
    assert found.cut
    with pytest.raises(StoreError, match=r"longer than 0\.2 s"):
        store.sql(f"{endless} count(*) FROM n", seconds=0.2)
    with pytest.raises(StoreError, match="failed"):
        store.sql("SELECT hex(zeroblob(1000000000))")


def test_a_kind_that_nobody_tells_is_unknown(store: Store) -> None:
    assert store.snapshot().read(Group).any() is Truth.UNKNOWN
    assert store.snapshot().read(AuthorizedKey, target="nowhere").any() is Truth.UNKNOWN


def test_a_volatile_record_of_an_earlier_audit_is_unknown_not_none(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        audit(store, told(logged_in("a")))
        assert store.snapshot(1).read(LoggedIn).any() is Truth.YES
        audit(store, told())
        assert store.snapshot(1).read(LoggedIn).any() is Truth.UNKNOWN
        assert store.snapshot(2).read(LoggedIn).any() is Truth.NO


def test_the_place_is_the_newest_one(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        audit(store, told(account("a", line=1)))
        audit(store, told(account("a", line=5)))
        (row,) = store.snapshot().read(Account).known().rows
        assert str(row.evidence) == "web1 /etc/passwd:5 (linux.one, audit 2)"
        assert row.record.at == row.evidence.pointer


def test_the_journal_keeps_what_people_said_in_order(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.note(author="ann", kind="attest", body={"item": "H-1", "done": True}, at=5)
        store.note(author="bob", kind="accept", body=["x"], at=4)
        assert [(e.seq, e.author, e.kind, e.body) for e in store.journal()] == [
            (1, "ann", "attest", '{"done":true,"item":"H-1"}'),
            (2, "bob", "accept", '["x"]'),
        ]
        assert [e.at for e in store.journal("accept")] == [4]
