"""The ways into a host, and what of them is sure."""

import pytest

from agent.judge.access import NEEDS, Paths, has_shell, paths_of
from agent.judge.case import AccessPath, Certainty, Power
from agent.judge.hosts import Hosts
from inventory.model.access import AuthorizedKey, SshTrust
from inventory.model.account import Account, PasswordState
from inventory.model.evidence import Why
from inventory.model.host import DomainJoin
from inventory.model.record import Record
from inventory.model.truth import Truth
from inventory.snapshot import MemorySnapshot
from tests.agent.judge.building import (
    NOW,
    ROOT,
    account,
    group,
    key,
    one_host,
    password,
    seen,
    sshd,
    sudo,
)
from tests.agent.judge.building import host as told

ALICE = account("alice")
RANK = (Power.LOGIN, Power.INFORMATION, Power.NETWORK, Power.RUN_AS, Power.CONTROL, Power.ROOT)


def paths(*records: Record, now: int | None = NOW, **options: object) -> Paths:
    settings = () if options.pop("bare", False) else sshd()
    return paths_of(one_host(*records, *settings, **options), now)


def by_key(*records: Record, **options: object) -> AccessPath:
    found = [p for p in paths(*records, **options).paths if not p.principal.startswith("password")]
    return max(found, key=lambda path: RANK.index(path.power))


def test_a_key_leads_to_an_account_and_to_its_power() -> None:
    path = by_key(ALICE, password("alice"), key("alice", comment="deploy"), sudo("alice"))
    assert [step.text for step in path.steps] == [
        f"key {key('alice').fingerprint} (deploy)",
        "account alice",
        "sudo ALL",
        "root",
    ]
    assert (path.power, path.certain, path.certainty) == (
        Power.ROOT,
        Truth.YES,
        Certainty.PROVED,
    )


def test_a_key_without_more_ends_at_the_account() -> None:
    path = by_key(ALICE, password("alice"), key("alice"))
    assert (path.power, path.certain) == (Power.LOGIN, Truth.YES)


def test_origins_stand_as_a_limit() -> None:
    path = by_key(ALICE, password("alice"), key("alice", origins=("203.0.113.0/24", "!10.0.0.1")))
    assert path.limit == "from 203.0.113.0/24, !10.0.0.1"


def test_an_authority_in_a_key_file_is_called_one() -> None:
    assert by_key(ALICE, key("alice", is_authority=True)).principal.startswith("CA SHA256:")


@pytest.mark.parametrize(
    ("command", "power", "certainty"),
    [
        ("/usr/bin/uptime", Power.RUN_AS, Certainty.PROVED),
        ("/bin/bash -l", Power.ROOT, Certainty.PROPOSED),
        ("internal-sftp", Power.ROOT, Certainty.PROPOSED),
    ],
)
def test_a_forced_command_limits_unless_it_hands_out_a_shell(
    command: str, power: Power, certainty: Certainty
) -> None:
    path = by_key(ROOT, password("root"), key("root", command=command))
    assert (path.power, path.certainty) == (power, certainty)
    assert f'only "{command}"' in path.limit


def test_who_cannot_get_a_shell_still_forwards_the_socket_of_docker() -> None:
    barred = account("alice", shell="/usr/sbin/nologin")
    docker = group("docker", "alice")
    path = by_key(barred, password("alice"), key("alice"), docker)
    assert (path.power, path.certainty) == (Power.ROOT, Certainty.PROPOSED)
    forced = by_key(ALICE, password("alice"), key("alice", command="/bin/true"), docker)
    assert forced.power is Power.ROOT
    closed = by_key(barred, password("alice"), key("alice", options=("restrict",)), docker)
    assert closed.power is Power.LOGIN


@pytest.mark.parametrize(
    ("shell", "opens"),
    [
        ("/usr/sbin/nologin", False),
        ("/bin/false", False),
        ("/bin/bash", True),
        ("", True),
        ("/home/alice/nologin", True),
        ("/usr/bin/git-shell", True),
    ],
)
def test_shells_that_open_none(shell: str, opens: bool) -> None:
    assert has_shell(account("alice", shell=shell)) is opens
    assert has_shell(account("toor", 0, shell=shell))


@pytest.mark.parametrize(
    ("state", "expected"),
    [("set", Truth.YES), ("none", Truth.YES), ("locked", None), ("never", None)],
)
def test_a_password_is_a_way_unless_it_is_locked(state: str, expected: Truth | None) -> None:
    found = paths(ALICE, password("alice", state)).paths
    assert [path.certain for path in found] == ([] if expected is None else [expected])


def test_a_password_works_at_the_console_where_sshd_refuses_it() -> None:
    host = one_host(ALICE, password("alice"), *sshd(passwordauthentication="no"))
    (path,) = paths_of(host, NOW).paths
    assert path.certain is Truth.YES
    assert "at the console or by su; sshd refuses" in path.limit


def test_unread_passwords_are_ways_that_are_not_sure() -> None:
    found = paths(ALICE, key("alice"), refused={PasswordState: Why.DENIED})
    assert {(path.principal[:8], path.certain) for path in found.paths} == {
        ("key SHA2", Truth.UNKNOWN),  # the account may have expired
        ("password", Truth.UNKNOWN),
    }
    assert [blank.gap.why for blank in found.blanks] == [Why.DENIED]


def test_an_expired_account_is_closed_to_keys_and_passwords() -> None:
    known = (ALICE, password("alice", expired=True), key("alice"))
    assert {path.certain for path in paths(*known).paths} == {Truth.NO}
    assert {path.certain for path in paths(*known, now=None).paths} == {Truth.UNKNOWN}


def test_a_carried_expiry_closes_nothing() -> None:
    known = (ALICE, password("alice", expired=True), key("alice"))
    old = {"refused": {PasswordState: Why.TIMEOUT}, "carried": [PasswordState]}
    assert {path.certain for path in paths(*known, **old).paths} == {Truth.UNKNOWN}


def test_a_carried_locked_password_is_not_known_to_be_locked() -> None:
    old = {"refused": {PasswordState: Why.TIMEOUT}, "carried": [PasswordState]}
    found = paths(ALICE, password("alice", "locked"), **old).paths
    assert [path.certain for path in found] == [Truth.UNKNOWN]


@pytest.mark.parametrize("kind", [AuthorizedKey, Account])
def test_a_carried_record_makes_a_way_uncertain(kind: type[Record]) -> None:
    old = {"refused": {kind: Why.TIMEOUT}, "carried": [kind]}
    path = by_key(ALICE, password("alice"), key("alice"), sudo("alice"), **old)
    assert (path.power, path.certain) == (Power.ROOT, Truth.UNKNOWN)


@pytest.mark.parametrize(
    ("records", "options", "certain"),
    [
        ((), {}, Truth.NO),
        ((DomainJoin(domain="ad.example", by="sssd"),), {}, Truth.UNKNOWN),
        ((), {"refused": {Account: Why.DENIED}}, Truth.UNKNOWN),
        ((), {"refused": {DomainJoin: Why.DENIED}}, Truth.UNKNOWN),
    ],
)
def test_a_key_of_an_account_that_passwd_does_not_know(
    records: tuple[Record, ...], options: dict[str, object], certain: Truth
) -> None:
    assert by_key(key("dora"), *records, **options).certain is certain


def test_root_is_root_even_when_passwd_was_not_read() -> None:
    path = by_key(ROOT, key("root"), refused={Account: Why.DENIED})
    assert (path.power, path.certain) == (Power.ROOT, Truth.UNKNOWN)


def test_an_older_line_of_passwd_does_not_hide_the_new_one() -> None:
    fresh = told("web1", account("alice", 0), key("alice"), *sshd())
    old = seen(ALICE, collector="linux.account", carried=True)
    both = [(r, (old, *rows) if "Account" in r.tells else rows) for r, rows in fresh]
    found = paths_of(Hosts(MemorySnapshot(2, both)).host("web1"), NOW).paths
    assert Power.ROOT in {path.power for path in found if path.principal.startswith("key")}


@pytest.mark.parametrize(
    ("value", "certain"), [("yes", Truth.YES), ("no", Truth.UNKNOWN), ("", Truth.UNKNOWN)]
)
def test_an_authority_for_all_accounts_is_a_way_to_root(value: str, certain: Truth) -> None:
    trust = SshTrust(type="TrustedUserCAKeys", value="SHA256:" + "a" * 43)
    settings = sshd(permitrootlogin=value) if value else ()
    (path,) = paths(ROOT, password("root", "locked"), trust, *settings, bare=True).paths
    assert (path.power, path.account, path.certain) == (Power.ROOT, None, certain)


def everything() -> tuple[Record, ...]:
    return (
        ROOT,
        ALICE,
        account("bob", 1001),
        password("root", "locked"),
        password("alice"),
        password("bob"),
        key("alice"),
        key("root"),
        sudo("%ops"),
        group("ops", "alice", "bob"),
        group("docker", "bob", gid=901),
    )


def _firmness(path: AccessPath) -> bool:
    return path.certain is not Truth.UNKNOWN


@pytest.mark.parametrize("why", list(Why))
@pytest.mark.parametrize("kind", NEEDS)
def test_a_refused_kind_hides_no_way_without_a_gap_and_makes_none_surer(
    kind: type[Record], why: Why
) -> None:
    whole = paths(*everything())
    found = paths(*everything(), refused={kind: why})
    assert [blank.gap.why for blank in found.blanks] == [why]
    known = {(path.principal, path.account): path for path in found.paths}
    tops = {(p.principal, p.account, p.power): p for p in whole.paths}
    for (principal, name, power), path in tops.items():
        left = known.get((principal, name))
        gone = kind in (AuthorizedKey, Account) if left is None else False
        assert left is not None or gone, (principal, kind)
        same = [
            p for p in found.paths if (p.principal, p.account, p.power) == (principal, name, power)
        ]
        for one in same:
            assert _firmness(path) or not _firmness(one), (principal, kind)
