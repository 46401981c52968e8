"""People joined across a tenant, a directory and hosts; what proves it and what only may be so."""

from base64 import b64encode
from uuid import UUID

import pytest

from agent.judge.case import Certainty
from agent.judge.footprint import Holdings
from agent.judge.hosts import Hosts
from agent.judge.tenant.people import People, anchor_of
from agent.judge.who import who
from inventory.model.directory_accounts import DirectoryAccount
from inventory.model.evidence import Gap, Why
from inventory.model.party import Party, Person, Role
from inventory.model.record import Record
from inventory.model.tenant_accounts import TenantUser
from inventory.snapshot import MemorySnapshot
from tests.agent.judge.building import Told, account, case, host, password, sudo
from tests.agent.judge.directory import building as realm
from tests.agent.judge.tenant import building
from tests.agent.judge.tenant.building import GLOBAL, assigned, user

GUID = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
ANCHOR = b64encode(UUID(GUID).bytes_le).decode()
PROVED, PROPOSED = Certainty.PROVED, Certainty.PROPOSED


def in_directory(name: str = "jdoe", **fields: object) -> DirectoryAccount:
    given = {"id": GUID, "dn": f"cn={name}", "name": name, "type": "user", **fields}
    return DirectoryAccount(**given)  # type: ignore[arg-type]


def joined(
    one: TenantUser, other: DirectoryAccount, *more: Record, gaps: tuple[Gap, ...] = ()
) -> list[tuple[str, Certainty]]:
    told = (
        building.reading((*building.BASE, one, *more), gaps),
        realm.reading((realm.AD, realm.DOMAIN, other)),
    )
    people = Hosts(MemorySnapshot(1, told)).once(People)
    found = people.of_user(building.NAME, one.id)
    back = people.of_account(realm.NAME, other.id)
    assert [same for same in back if same.user.id == one.id] == list(found)
    return [(same.by, same.certainty) for same in found]


def test_an_anchor_is_the_guid_in_the_directorys_order_of_bytes() -> None:
    assert anchor_of("00112233-4455-6677-8899-aabbccddeeff") == "MyIRAFVEd2aImaq7zN3u/w=="
    assert anchor_of("uid=x,dc=y") is None


def test_the_immutable_id_proves_it() -> None:
    assert joined(user("jane", immutable_id=ANCHOR), in_directory()) == [("immutable id", PROVED)]


def test_the_sid_proves_it() -> None:
    same = joined(user("jane", sid="S-1-5-21-1-2-3-9"), in_directory(sid="S-1-5-21-1-2-3-9"))
    assert same == [("SID", PROVED)]


def test_an_address_that_is_one_on_both_sides_proves_it() -> None:
    same = joined(user("jane"), in_directory(upn="Jane@Client.example"))
    assert same == [("address jane@client.example", PROVED)]


def test_an_address_proposes_where_a_side_was_not_read_whole() -> None:
    gap = Gap(Why.TRUNCATED, "entra.test/users")
    same = joined(user("jane"), in_directory(upn="jane@client.example"), gaps=(gap,))
    assert same == [("address jane@client.example", PROPOSED)]


def test_an_address_that_two_users_have_proposes() -> None:
    other = user("other", mail="jane@client.example")
    same = joined(user("jane"), in_directory(upn="jane@client.example"), other)
    assert same == [("address jane@client.example", PROPOSED)]


def test_an_address_joins_nobody_whose_sid_is_another() -> None:
    one = user("jane", sid="S-1-5-21-1-2-3-9")
    assert joined(one, in_directory(upn="jane@client.example", sid="S-1-5-21-1-2-3-8")) == []


def test_a_login_name_alone_proposes() -> None:
    assert joined(user("jane", sam_name="JDoe"), in_directory()) == [("login name jdoe", PROPOSED)]


def test_nothing_in_common_joins_nobody() -> None:
    assert joined(user("jane"), in_directory()) == []


OTTO = Party(
    role=Role.OUTGOING,
    name="OldMSP",
    people=(Person("Otto Alt", accounts=("otto",)),),
)


def told(one: TenantUser, other: DirectoryAccount) -> tuple[Told, ...]:
    return (
        *host("web1", account("jdoe"), password("jdoe"), sudo("jdoe")),
        building.reading((*building.BASE, one, assigned(GLOBAL, one))),
        realm.reading((realm.AD, realm.DOMAIN, other)),
    )


def kinds(found: Holdings) -> dict[str, Certainty]:
    return {hold.kind: hold.certainty for hold in found.footprint(Role.OUTGOING).holds}


def test_a_role_in_the_tenant_is_recognised_by_the_persons_account_in_the_directory() -> None:
    one = user("cloud1", immutable_id=ANCHOR)
    found = kinds(Holdings(case(told(one, in_directory("otto")), parties=(OTTO,))))
    assert found["tenant role"] is PROVED
    assert found["tenant account"] is PROVED
    assert found["directory account"] is PROVED


def test_an_account_in_the_directory_is_recognised_by_the_persons_user_in_the_tenant() -> None:
    party = Party(role=Role.OUTGOING, name="OldMSP", mail_domains=("oldmsp.example",))
    one = user("x", mail="otto@oldmsp.example", immutable_id=ANCHOR)
    found = kinds(Holdings(case(told(one, in_directory("ext7")), parties=(party,))))
    assert found["directory account"] is PROVED


def test_a_hosts_account_is_proposed_by_the_user_in_the_tenant() -> None:
    party = Party(role=Role.OUTGOING, name="OldMSP", mail_domains=("oldmsp.example",))
    one = user("x", mail="otto@oldmsp.example", immutable_id=ANCHOR)
    found = kinds(Holdings(case(told(one, in_directory("jdoe")), parties=(party,))))
    assert found["account"] is PROPOSED  # the login name is all that joins host and directory


@pytest.mark.parametrize("asked", ["otto", "Otto Alt", "cloud1@client.example"])
def test_who_shows_accounts_and_roles_of_the_tenant(asked: str) -> None:
    one = user("cloud1", immutable_id=ANCHOR)
    found = who(case(told(one, in_directory("otto")), parties=(OTTO,)), asked)
    assert {"tenant account", "tenant role"} <= {hold.kind for hold in found.holds}
    assert any("role Global Administrator" in s.text for p in found.paths for s in p.steps)


def test_a_client_is_not_proved_to_hold_what_a_leavers_twin_has() -> None:
    carla = Party(role=Role.CLIENT, name="Client", accounts=("carla",))
    one = user("x", domain="elsewhere.example", immutable_id=ANCHOR)
    found = Holdings(case(told(one, in_directory("carla")), parties=(carla,)))
    roles = [j for j in found.judged if j.candidate.kind == "tenant role"]
    assert [match.certainty for match in roles[0].matches] == [PROPOSED]
    assert any(hold.kind == "tenant role" for hold in found.unattributed().holds)
