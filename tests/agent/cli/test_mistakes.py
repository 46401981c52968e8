"""Wrong folders, damaged stores and mistyped words: one clear line, no traceback, a status."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from inventory.model.account import Account
from inventory.store import FILE, Store
from tests.agent.cli.running import Ran, engagement, refused, run, whole

READING = (
    ("audits",),
    ("show", "accounts"),
    ("findings",),
    ("coverage",),
    ("changes",),
    ("who", "jane"),
    ("footprint",),
    ("sql", "SELECT 1"),
    ("confirm", "P-00000000"),
    ("forget", "jane", "--yes"),
)


def account(name: str) -> Account:
    return Account(name=name, uid=1000, gid=1000, home="/home/x", shell="/bin/sh")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return engagement(tmp_path, (whole(account("jane")),), (whole(account("jane")),))


def assert_one_line(ran: Ran, status: int) -> None:
    assert ran.status == status
    assert ran.out == ""
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("words", READING, ids=lambda words: words[0])
def test_a_folder_without_an_engagement_is_named(words: tuple[str, ...], tmp_path: Path) -> None:
    ran = run(tmp_path, *words)
    assert_one_line(ran, 2)
    assert f"{tmp_path}/handover.yaml does not exist" in ran.err
    assert "handover init" in ran.err


def test_a_folder_that_no_system_can_have_is_one_line() -> None:
    assert_one_line(run(Path("x" * 300), "findings"), 1)


def test_an_engagement_one_folder_deeper_is_offered(tmp_path: Path) -> None:
    (tmp_path / "of muster").mkdir()
    engagement(tmp_path / "of muster", (whole(),))
    ran = run(tmp_path, "findings")
    assert_one_line(ran, 2)
    assert "handover -C 'of muster'" in ran.err


@pytest.mark.parametrize("words", READING, ids=lambda words: words[0])
def test_an_engagement_without_an_audit_says_what_makes_one(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "handover.yaml").write_text("client: Muster\n")
    ran = run(tmp_path, *words)
    assert_one_line(ran, 1)
    assert "handover audit" in ran.err


@pytest.mark.parametrize("words", READING, ids=lambda words: words[0])
def test_a_store_of_a_newer_version_is_refused_untouched(
    words: tuple[str, ...], folder: Path
) -> None:
    with closing(sqlite3.connect(folder / FILE)) as db:
        db.execute("PRAGMA user_version=99")
        db.commit()
    before = (folder / FILE).read_bytes()
    ran = run(folder, *words)
    assert_one_line(ran, 1)
    assert "newer handover" in ran.err
    assert (folder / FILE).read_bytes() == before


@pytest.mark.parametrize("words", READING, ids=lambda words: words[0])
def test_a_file_that_is_no_store_is_refused(words: tuple[str, ...], folder: Path) -> None:
    (folder / FILE).write_bytes(b"\x1b[31m" + b"x" * 200)
    assert_one_line(run(folder, *words), 1)


def test_a_changed_byte_is_found_by_verify(folder: Path) -> None:
    assert run(folder, "audits", "--verify").status == 0
    raw = (folder / FILE).read_bytes()
    at = raw.index(b'"name":"jane"')
    (folder / FILE).write_bytes(raw[: at + 8] + b"k" + raw[at + 9 :])
    ran = run(folder, "audits", "--verify")
    assert ran.status == 1
    assert "NOT AS SEALED" in ran.err
    assert "audit 1: a Account of linux.one of web1 was changed" in ran.err
    assert "verified" not in ran.out
    assert '"says": "a Account' in run(folder, "audits", "--verify", "--json").out


def test_a_store_that_was_cut_short_is_told(folder: Path) -> None:
    raw = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(raw[: len(raw) // 2])
    ran = run(folder, "audits", "--verify")
    assert_one_line(ran, 1)
    assert "truncated" in ran.err


def test_a_store_that_was_replaced_is_found_by_a_seal_from_outside(folder: Path) -> None:
    with Store.open(folder / FILE) as store:
        seal = store.audits()[0].seal or ""
    assert run(folder, "audits", "--seal", f"1={seal}").status == 0
    assert run(folder, "audits", "--seal", f"1={seal[:12]}").status == 0
    ran = run(folder, "audits", "--seal", f"1={'0' * 64}")
    assert ran.status == 1
    assert "given from outside" in ran.err
    assert run(folder, "audits", "--seal", f"1={seal[:4]}").status == 1
    assert run(folder, "audits", "--seal", f"7={seal}").status == 1
    assert run(folder, "audits", "--seal", seal).status == 2


def test_a_store_without_audits_says_so(tmp_path: Path) -> None:
    folder = engagement(tmp_path)
    assert "none yet" in run(folder, "audits").out
    assert_one_line(run(folder, "findings"), 1)
    ran = run(folder, "sql", "SELECT name FROM accounts")
    assert ran.status == 3
    assert "no audit is finished yet" in ran.out


@pytest.mark.parametrize(
    ("words", "way_out"),
    [
        (("fndings",), "did you mean 'findings'?"),
        (("show", "acount"), "did you mean 'Account'?"),
        (("show", "accounts", "--target", "wbe1"), "did you mean 'web1'?"),
        (("footprint", "outgoin"), "did you mean 'outgoing'?"),
        (("footprint", "OldMPS"), "did you mean 'OldMSP'?"),
        (("footprint", "zzz"), "known are: Muster, OldMSP, client"),
        (("findings", "--severity", "hgh"), "'critical', 'high'"),
        (("findings", "--audit", "0"), "0 is not in the range"),
        (("findings", "--json", "--csv"), "--json and --csv are two forms"),
        (("checklist", "show", "--csv", "--json"), "--json and --csv are two forms"),
        (("changes", "2", "1"), "name the earlier one first"),
        (("changes", "x"), "not a valid integer"),
        (("forget", "ja"), "found everywhere"),
        (("confirm", "P-1"), "the newest audit has none"),
    ],
)
def test_a_mistyped_word_gets_the_way_out(
    words: tuple[str, ...], way_out: str, folder: Path
) -> None:
    ran = run(folder, *words)
    assert ran.status == 2
    assert way_out in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("findings", "--audit", "9"), "has no audit 9"),
        (("show", "accounts", "--audit", "9"), "has no audit 9"),
        (("changes", "1", "9"), "has no audit 9"),
        (("sql", "DELETE FROM audit"), "only SELECT is allowed"),
        (("sql", "SELECT * FROM nowhere"), "no such table: nowhere"),
        (("sql", "SELEKT"), "syntax error"),
    ],
)
def test_what_is_not_there_fails_in_one_line(
    words: tuple[str, ...], says: str, folder: Path
) -> None:
    ran = run(folder, *words)
    assert_one_line(ran, 1)
    assert says in ran.err


def test_the_first_audit_has_nothing_to_compare(tmp_path: Path) -> None:
    ran = run(engagement(tmp_path, (refused(),)), "changes")
    assert_one_line(ran, 2)
    assert re.search("first one", ran.err)


def test_a_broken_engagement_file_does_not_hide_the_kept_audits(folder: Path) -> None:
    (folder / "handover.yaml").write_text("client: [\n")
    assert run(folder, "audits", "--verify").status == 0
    assert run(folder, "show", "accounts").status == 0
    assert run(folder, "footprint").status == 2


def test_a_copy_of_the_folder_verifies_too(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    copy = tmp_path_factory.mktemp("copy") / "engagement"
    shutil.copytree(folder, copy)
    assert run(copy, "audits", "--verify").status == 0


def test_lists_without_a_host_are_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "handover.yaml").write_text(
        "client: X\nauthorisation: {name: A, role: b, date: 2026-01-01, reference: c}\n"
        "sources:\n- {name: fleet, kind: ssh, user: a, ansible: empty}\n"
    )
    (tmp_path / "handover.yaml").chmod(0o600)
    ran = run(tmp_path, "audit")
    assert_one_line(ran, 2)
    assert "nothing to ask: the lists of fleet name no host" in ran.err
    assert "add one under `hosts:`" in ran.err
