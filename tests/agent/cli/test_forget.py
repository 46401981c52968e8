"""What is kept of a person is erased in all audits, after a question; the seals still verify."""

import json
from pathlib import Path

import pytest

from inventory.model.account import Account, Group, LoggedIn, PasswordState
from inventory.model.directory_accounts import (
    DirectoryAccount,
    DirectoryGroup,
    DirectoryMembers,
    DirectorySignIn,
)
from inventory.model.directory_rights import DirectoryRight
from inventory.model.evidence import Gap, Pointer, Why
from inventory.model.record import Record
from inventory.model.tenant_accounts import TenantMembers, TenantObject, TenantUser
from inventory.model.tenant_roles import RoleAssignment
from inventory.reading import State
from inventory.store import FILE, Store
from tests.agent.cli.running import ALL, engagement, run, whole
from tests.agent.cli.test_reading_commands import HELD, key_of, person
from tests.inventory.building import told

OF_JANE: tuple[Record, ...] = (
    *HELD,
    PasswordState(account="jane", state="set"),
    Group(name="wheel", gid=10, members=("bob", "jane")),
    LoggedIn(account="jane", terminal="pts/0"),
)
OF_BOB: tuple[Record, ...] = (
    person("bob", 1001),
    key_of("bob", "SHA256:" + "b" * 43),
    PasswordState(account="bob", state="set"),
)
MENTION = Account(name="svc", uid=7, gid=7, gecos="ask Jane Doe", home="/srv", shell="/bin/sh")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return engagement(tmp_path, (whole(*OF_JANE, *OF_BOB, MENTION),), (whole(*OF_BOB, MENTION),))


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob(f"{FILE}*"))


@pytest.mark.parametrize("asked", ["jane", "Jane Doe"])
def test_a_person_is_erased_from_all_audits_and_the_chain_verifies(
    asked: str, folder: Path
) -> None:
    ran = run(folder, "forget", asked, "--yes", "--by", "Anna", "--why", "asked for it")
    assert ran.status == 0
    assert "erased: 6 records" in ran.out
    raw = bytes_of(folder)
    assert not [word for word in (b"jane", b"Jane", b"J" * 43) if word in raw]
    assert b"bob" in raw
    assert run(folder, "audits", "--verify").status == 0
    with Store.open(folder / FILE) as store:
        (entry,) = store.journal("forget")
        assert (entry.author, json.loads(entry.body or "")["why"]) == ("Anna", "asked for it")


def test_what_was_erased_reads_as_unknown(folder: Path) -> None:
    run(folder, "forget", "jane", "--yes")
    ran = run(folder, "show", "keys", "--audit", "1")
    assert ran.status == 3
    assert "erased on request" in ran.out


def test_exact_leaves_what_only_mentions_the_name(folder: Path) -> None:
    assert "erased: 5 records" in run(folder, "forget", "jane", "--yes", "--exact").out
    assert b"ask Jane Doe" in bytes_of(folder)


def test_a_gap_that_names_the_person_is_blurred(tmp_path: Path) -> None:
    gap = Gap(Why.DENIED, "linux.one/keys", "/home/jane/.ssh", "Permission denied", "root")
    folder = engagement(
        tmp_path, (told(person("bob"), tells=ALL, state=State.PARTIAL, gaps=[gap]),)
    )
    run(folder, "forget", "jane", "--yes")
    assert b"jane" not in bytes_of(folder)
    assert run(folder, "audits", "--verify").status == 0
    assert run(folder, "show", "keys").status == 3


@pytest.mark.parametrize("typed", ["n\n", "\n", None])
def test_nothing_is_erased_without_a_yes(typed: str | None, folder: Path) -> None:
    ran = run(folder, "forget", "jane", typed=typed)
    assert ran.status == 1
    assert "WOULD BE ERASED" in ran.out
    assert b"jane" in bytes_of(folder)


def test_a_yes_erases(folder: Path) -> None:
    assert run(folder, "forget", "jane", typed="y\n").status == 0
    assert b"jane" not in bytes_of(folder)


@pytest.mark.parametrize("option", [("--by", "jane"), ("--why", "Jane Doe asked")])
def test_the_journal_must_not_name_the_person(option: tuple[str, str], folder: Path) -> None:
    ran = run(folder, "forget", "jane", "--yes", *option)
    assert ran.status == 2
    assert "must not name the person" in ran.err
    assert b"jane" in bytes_of(folder)


def test_words_about_the_person_in_the_journal_go_too(folder: Path) -> None:
    with Store.open(folder / FILE) as store:
        store.note(author="Anna", kind="attest", body={"text": "Jane Doe was here"}, at=5000)
        store.note(author="Anna", kind="attest", body={"text": "bob was here"}, at=5001)
    run(folder, "forget", "jane", "--yes")
    raw = bytes_of(folder)
    assert b"Jane" not in raw
    assert b"bob was here" in raw
    assert run(folder, "audits", "--verify").status == 0


def test_nobody_is_erased_in_a_running_audit(folder: Path) -> None:
    with Store.open(folder / FILE) as store, store.begin({}, 9000):
        ran = run(folder, "forget", "jane", "--yes")
    assert ran.status == 1
    assert "an audit is running" in ran.err


GUID, SID, DN = "c244b2dd-4adf", "S-1-5-21-1-2-3-1110", "CN=Doe\\, Jane,OU=Staff,DC=corp,DC=example"
OF_HER: tuple[Record, ...] = (
    DirectoryAccount(id=GUID, dn=DN, name="jane", type="user", sid=SID),
    DirectorySignIn(at=Pointer("directory.accounts/users", DN), account=GUID),
    DirectoryMembers(group="g1", dn="CN=Team,DC=corp,DC=example", members=(DN.upper(),)),
    DirectoryRight(object="DC=corp,DC=example", type="domain", principal=SID, rights=("all",)),
)
OF_NOBODY = DirectoryGroup(id="g1", dn="CN=Team,DC=corp,DC=example", name="Team")


@pytest.mark.parametrize("asked", ["jane", "Doe, Jane"])
def test_of_a_person_of_a_directory_all_goes_that_stands_by_id_or_dn(
    asked: str, tmp_path: Path
) -> None:
    folder = engagement(tmp_path, (whole(*OF_HER, OF_NOBODY),))
    ran = run(folder, "forget", asked, "--yes", "--by", "Anna")
    assert "erased: 4 records" in ran.out
    raw = bytes_of(folder)
    assert not [word for word in (b"Jane", b"JANE", GUID.encode(), SID.encode()) if word in raw]
    assert b"CN=Team" in raw
    assert run(folder, "audits", "--verify").status == 0


def test_a_gap_of_the_part_of_a_directory_that_is_the_person_is_blurred(tmp_path: Path) -> None:
    gap = Gap(Why.MALFORMED, "directory.ssh_keys/posix", DN, f"{DN} sshPublicKey: no key", "report")
    folder = engagement(tmp_path, (told(*OF_HER, tells=ALL, state=State.PARTIAL, gaps=[gap]),))
    run(folder, "forget", "jane", "--yes")
    assert b"Jane" not in bytes_of(folder)


def test_a_person_of_a_tenant_is_erased_by_id_wherever_a_list_names_it(tmp_path: Path) -> None:
    ident, other = "11111111-aaaa-4aaa-8aaa-111111111111", "22222222-bbbb-4bbb-8bbb-222222222222"
    upn = "jane.doe@muster.example"
    records: tuple[Record, ...] = (
        TenantUser(id=ident, upn=upn, name="Jane Doe", is_enabled=True),
        TenantUser(id=other, upn="bob@muster.example", name="Bob", is_enabled=True),
        RoleAssignment(id="r", role="admin", principal=ident),
        TenantMembers(group="g", members=(TenantObject(ident, "user", upn),)),
        TenantMembers(group="h", members=(TenantObject(other, "user", "bob@muster.example"),)),
    )
    home = engagement(tmp_path, (whole(*records),))
    pages = home / ".pages"
    pages.mkdir()
    (pages / "x.pages").write_text(upn)
    assert run(home, "forget", "Jane Doe", "--yes", "--by", "Anna").status == 0
    raw = bytes_of(home)
    assert not [word for word in (ident.encode(), upn.encode(), b"Jane") if word in raw]
    assert raw.count(other.encode()) >= 2
    assert not pages.exists()
