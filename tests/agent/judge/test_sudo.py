"""What sudo gives: aliases, lists, negations, and what a gap leaves open."""

import pytest

from agent.judge.case import Certainty, Power
from agent.judge.hosts import Host
from agent.judge.rights import Right, rights
from inventory.model.access import SudoAlias, SudoDefault, SudoGrant
from inventory.model.account import Account, Group, PasswordState
from inventory.model.evidence import Why
from inventory.model.host import DomainJoin, HostIdentity
from inventory.model.network import Address
from inventory.model.record import Record
from inventory.model.truth import Truth
from tests.agent.judge.building import account, group, one_host, password, sudo

ALICE = account("alice")
WEB1 = HostIdentity(hostname="web1", fqdn="web1.client.example")


def alias(type_: str, name: str, *members: str) -> SudoAlias:
    return SudoAlias(type=type_, name=name, members=members, file="/etc/sudoers")


def of_alice(*records: Record, **options: object) -> tuple[Right, ...]:
    return rights(one_host(ALICE, WEB1, *records, **options), ALICE)


def best(*records: Record, **options: object) -> Right | None:
    return next(iter(of_alice(*records, **options)), None)


def test_sudo_all_is_root() -> None:
    right = best(sudo("alice"))
    assert right is not None
    assert (right.text, right.power, right.certainty, right.certain, right.limit) == (
        "sudo ALL",
        Power.ROOT,
        Certainty.PROVED,
        Truth.YES,
        "",
    )


@pytest.mark.parametrize(
    ("users", "certain"),
    [
        (("alice",), Truth.YES),
        (("#1000",), Truth.YES),
        (("ALL",), Truth.YES),
        (("%staffers",), Truth.YES),
        (("%#900",), Truth.YES),
        (("%#1000",), Truth.YES),  # her primary group, which has no name here
        (("bob",), None),
        (("Alice",), None),
        (("ALL", "!alice"), None),
        (("!alice", "ALL"), Truth.YES),
        (("%others",), None),
        (("+admins",), Truth.UNKNOWN),
        (("%:domain admins",), Truth.UNKNOWN),
        (("ALL", "!+admins"), Truth.UNKNOWN),
    ],
)
def test_a_user_list_means_whom_it_says(users: tuple[str, ...], certain: Truth | None) -> None:
    right = best(sudo(*users), group("staffers", "alice"))
    assert (right and right.certain) == certain


@pytest.mark.parametrize(
    ("users", "is_meant"),
    [
        (("OPS",), True),
        (("!OPS",), False),
        (("ALL", "!OPS"), False),
        (("OUTER",), True),
        (("ALL", "!OUTER"), False),
        (("NEITHER",), False),
        (("ALL", "!NEITHER"), True),
    ],
)
def test_aliases_nest_and_negate(users: tuple[str, ...], is_meant: bool) -> None:
    known = (
        alias("User", "OPS", "alice", "bob"),
        alias("User", "OUTER", "carol", "OPS"),
        alias("User", "NEITHER", "ALL", "!OPS"),
    )
    assert (best(sudo(*users), *known) is not None) is is_meant


def test_an_alias_within_itself_ends_and_is_not_a_no() -> None:
    right = best(sudo("LOOP"), alias("User", "LOOP", "LOOP"))
    assert right is not None
    assert right.certain is Truth.UNKNOWN


def test_an_alias_of_another_type_is_another_alias() -> None:
    assert best(sudo("OPS"), alias("Host", "OPS", "alice")) is None


def test_an_alias_that_was_not_read_may_mean_anybody() -> None:
    right = best(sudo("OPS"), refused={SudoAlias: Why.DENIED})
    assert right is not None
    assert right.certain is Truth.UNKNOWN


@pytest.mark.parametrize("users", [("OPS",), ("ALL", "!OPS")])
def test_a_carried_alias_proves_neither_a_yes_nor_a_no(users: tuple[str, ...]) -> None:
    right = best(
        sudo(*users),
        alias("User", "OPS", "alice"),
        refused={SudoAlias: Why.TIMEOUT},
        carried=[SudoAlias],
    )
    assert right is not None
    assert right.certain is Truth.UNKNOWN


def test_a_carried_command_alias_leaves_the_power_in_doubt() -> None:
    right = best(
        sudo("alice", commands=("SHELLS",)),
        alias("Cmnd", "SHELLS", "ALL"),
        refused={SudoAlias: Why.TIMEOUT},
        carried=[SudoAlias],
    )
    assert right is not None
    assert (right.power, right.certain) == (Power.ROOT, Truth.UNKNOWN)


@pytest.mark.parametrize(
    ("hosts", "certain"),
    [
        (("ALL",), Truth.YES),
        (("web1",), Truth.YES),
        (("WEB1.client.example",), Truth.YES),
        (("web*",), Truth.YES),
        (("db1",), None),
        (("ALL", "!web1"), None),
        (("10.1.2.0/24",), Truth.YES),
        (("10.1.3.0/24",), None),
        (("FARM",), Truth.YES),
        (("+farm",), Truth.UNKNOWN),
        (("web1.elsewhere.example",), Truth.UNKNOWN),  # what it is called elsewhere is not known
    ],
)
def test_a_host_list_means_this_host_by_name_or_address(
    hosts: tuple[str, ...], certain: Truth | None
) -> None:
    here = Address(interface="eth0", address="10.1.2.3", prefix=24)
    right = best(sudo("alice", hosts=hosts), here, alias("Host", "FARM", "db1", "web1"))
    assert (right and right.certain) == certain


def test_the_name_it_is_audited_by_is_not_what_sudo_goes_by() -> None:
    other = HostIdentity(hostname="app7")
    known = one_host(ALICE, other, sudo("alice", hosts=("web1",)))
    assert rights(known, ALICE) == ()
    unread = one_host(ALICE, sudo("alice", hosts=("web1",)), refused={HostIdentity: Why.DENIED})
    assert [right.certain for right in rights(unread, ALICE)] == [Truth.UNKNOWN]


@pytest.mark.parametrize("unread", [HostIdentity, Address])
def test_unread_names_and_addresses_do_not_end_a_grant(unread: type[Record]) -> None:
    hosts = ("db1",) if unread is HostIdentity else ("10.0.0.0/8",)
    host = one_host(ALICE, sudo("alice", hosts=hosts), refused={unread: Why.DENIED})
    assert [right.certain for right in rights(host, ALICE)] == [Truth.UNKNOWN]


@pytest.mark.parametrize(
    ("run_as", "groups", "power", "certainty"),
    [
        (("ALL",), (), Power.ROOT, Certainty.PROVED),
        (("root",), (), Power.ROOT, Certainty.PROVED),
        (("#0",), (), Power.ROOT, Certainty.PROVED),
        (("toor",), (), Power.ROOT, Certainty.PROVED),
        (("ALL", "!root"), (), Power.ROOT, Certainty.PROPOSED),
        (("%wheel",), (), Power.ROOT, Certainty.PROPOSED),
        (("ADMINS",), (), Power.ROOT, Certainty.PROPOSED),
        (("oracle",), (), Power.RUN_AS, Certainty.PROVED),
        ((), ("docker",), Power.ROOT, Certainty.PROPOSED),
        ((), ("#998",), Power.ROOT, Certainty.PROPOSED),
        ((), ("games",), Power.RUN_AS, Certainty.PROVED),
    ],
)
def test_a_run_as_list_lets_root_in_or_not(
    run_as: tuple[str, ...], groups: tuple[str, ...], power: Power, certainty: Certainty
) -> None:
    known = (account("toor", 0), account("oracle", 54), group("docker", gid=998))
    right = best(sudo("alice", run_as=run_as, groups=groups), *known)
    assert right is not None
    assert (right.power, right.certainty) == (power, certainty)


def test_who_may_run_anything_as_another_has_what_that_one_has() -> None:
    known = (account("svc", 70), group("docker", "svc", gid=998))
    found = of_alice(sudo("alice", run_as=("svc",)), *known)
    assert [(right.text, right.power) for right in found] == [
        ("sudo as svc, group docker", Power.ROOT),
        ("sudo as svc", Power.RUN_AS),
    ]
    assert found[0].certainty is Certainty.PROPOSED


def test_two_accounts_that_may_become_each_other_end() -> None:
    bob = account("bob", 1001)
    grants = (sudo("alice", run_as=("bob",)), sudo("bob", run_as=("alice",)))
    assert {right.power for right in of_alice(bob, *grants)} == {Power.RUN_AS}


@pytest.mark.parametrize(
    ("commands", "power", "limit"),
    [
        (("/usr/bin/id",), Power.RUN_AS, "only /usr/bin/id"),
        (("/usr/bin/vi",), Power.ROOT, "only /usr/bin/vi"),
        (("sha256:abc /usr/bin/id",), Power.RUN_AS, "only /usr/bin/id"),
        (("ALL", "!/bin/su"), Power.ROOT, "except /bin/su"),
        (("SAFE",), Power.RUN_AS, "only /bin/ls, /bin/df"),
        (("ALL", "!SAFE"), Power.ROOT, "except /bin/ls, /bin/df"),
        (("ALL", "!ALL", "/bin/ls"), Power.RUN_AS, "only /bin/ls"),
        (("UNREAD",), Power.ROOT, "only UNREAD"),
    ],
)
def test_commands_limit_what_a_grant_gives(
    commands: tuple[str, ...], power: Power, limit: str
) -> None:
    right = best(sudo("alice", commands=commands), alias("Cmnd", "SAFE", "/bin/ls", "/bin/df"))
    assert right is not None
    assert (right.power, right.limit) == (power, limit)


@pytest.mark.parametrize("commands", [("!ALL",), ("ALL", "!ALL"), ("!/bin/su",)])
def test_a_grant_of_refusals_gives_nothing(commands: tuple[str, ...]) -> None:
    assert best(sudo("alice", commands=commands)) is None


def test_a_digest_before_a_refusal_leaves_it_a_refusal() -> None:
    assert best(sudo("alice", commands=("sha224:xy !/bin/su",))) is None


@pytest.mark.parametrize(
    ("state", "tags", "certain"),
    [
        ("set", (), Truth.YES),
        ("none", (), Truth.YES),
        ("locked", (), Truth.UNKNOWN),
        ("never", (), Truth.UNKNOWN),
        ("locked", ("NOPASSWD",), Truth.YES),
        ("locked", ("PASSWD",), Truth.UNKNOWN),
    ],
)
def test_sudo_asks_for_a_password(state: str, tags: tuple[str, ...], certain: Truth) -> None:
    right = best(sudo("alice", tags=tags), password("alice", state))
    assert right is not None
    assert (right.power, right.certain) == (Power.ROOT, certain)


def default(setting: str, scope: str = "") -> SudoDefault:
    return SudoDefault(file="/etc/sudoers", setting=setting, scope=scope)


@pytest.mark.parametrize(
    ("setting", "scope", "power", "certain"),
    [
        ("!authenticate", "", Power.ROOT, Truth.YES),
        ("!authenticate", ":alice", Power.ROOT, Truth.YES),
        ("!authenticate", ":bob", Power.ROOT, Truth.UNKNOWN),
        ("targetpw", "", Power.RUN_AS, Truth.UNKNOWN),
        ("rootpw", "", Power.RUN_AS, Truth.UNKNOWN),
        ("runas_default=oracle", "", Power.ROOT, Truth.UNKNOWN),
    ],
)
def test_defaults_decide_whose_password_is_asked_for(
    setting: str, scope: str, power: Power, certain: Truth
) -> None:
    right = best(sudo("alice", tags=()), password("alice", "locked"), default(setting, scope))
    assert right is not None
    assert (right.power, right.certain) == (power, certain)


def test_who_must_know_the_password_of_root_has_no_power_of_their_own() -> None:
    """openSUSE ships `Defaults targetpw` with `ALL ALL=(ALL) ALL`."""
    right = best(sudo("ALL", tags=()), password("alice"), default("targetpw"))
    assert right is not None
    assert (right.power, right.certain) == (Power.RUN_AS, Truth.UNKNOWN)
    assert "another account's password" in right.limit


@pytest.mark.parametrize("unread", [PasswordState, SudoDefault])
def test_unread_passwords_and_settings_leave_a_doubt(unread: type[Record]) -> None:
    right = best(sudo("alice", tags=()), password("alice"), refused={unread: Why.DENIED})
    assert right is not None
    assert (right.power, right.certain) == (Power.ROOT, Truth.UNKNOWN)


def test_a_carried_grant_proves_nothing() -> None:
    right = best(sudo("alice"), refused={SudoGrant: Why.TIMEOUT}, carried=[SudoGrant])
    assert right is not None
    assert right.certain is Truth.UNKNOWN


def test_a_carried_group_proves_nothing() -> None:
    known = (sudo("%ops"), group("ops", "alice"))
    right = best(*known, refused={Group: Why.TIMEOUT}, carried=[Group])
    assert right is not None
    assert right.certain is Truth.UNKNOWN


@pytest.mark.parametrize("users", [("%ops",), ("%#77",), ("ALL", "!%ops")])
def test_unread_groups_leave_it_open(users: tuple[str, ...]) -> None:
    right = best(sudo(*users), refused={Group: Why.DENIED})
    assert right is not None
    assert right.certain is Truth.UNKNOWN


@pytest.mark.parametrize("name", ["sudo", "wheel", "admin"])
def test_unread_sudoers_may_give_root_to_the_usual_groups(name: str) -> None:
    right = best(group(name, "alice"), refused={SudoGrant: Why.DENIED})
    assert right is not None
    assert (right.power, right.certainty, right.certain) == (
        Power.ROOT,
        Certainty.PROPOSED,
        Truth.UNKNOWN,
    )
    assert best(group(name, "alice")) is None


def test_an_account_of_a_directory_may_be_in_groups_that_the_host_does_not_have() -> None:
    join = DomainJoin(domain="ad.client.example", by="sssd")
    stranger = Account(name="dora", uid=-1, gid=-1)
    assert certain_of(one_host(sudo("%admins"), join), stranger) == [Truth.UNKNOWN]
    assert certain_of(one_host(sudo("%admins")), stranger) == []
    assert certain_of(one_host(sudo("%admins"), join), ALICE) == []


def certain_of(host: Host, who: Account) -> list[Truth]:
    return [right.certain for right in rights(host, who)]
