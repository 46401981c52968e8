"""Ways of a directory's accounts into the hosts that name them, their groups or their keys."""

import pytest
from msgspec import structs

from agent.judge.case import Case, Certainty, Power
from agent.judge.footprint import Holdings
from agent.judge.holds.kind import Candidate
from agent.judge.who import who
from inventory.model.access import SshTrust
from inventory.model.directory import Trust
from inventory.model.directory_accounts import DirectoryKey, Netgroup
from inventory.model.directory_rights import DirectorySudoRole
from inventory.model.evidence import Gap, Why
from inventory.model.host import DomainJoin
from inventory.model.party import Role
from inventory.model.record import KINDS, Record
from inventory.model.truth import Truth
from inventory.reading import State
from inventory.snapshot import MemorySnapshot
from tests.agent.judge.building import THEIR_KEY, account, doas, group, key, password, sshd, sudo
from tests.agent.judge.directory import building as realm
from tests.agent.judge.directory.joined import (
    ALICE,
    ALICE_THERE,
    CARLA,
    HELPDESK,
    PEOPLE,
    THROUGH,
    environment,
    paths,
)

REFUSED = Gap(Why.DENIED, "directory.test/x", "", "no right to read")


def alice(*on_host: Record, **options: object) -> Candidate | None:
    """Return alice's way into the host, where it has one."""
    return paths(environment(on_host, **options)).get(ALICE_THERE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    [
        "%linux-admins",
        "%Linux-Admins",
        "%linux-admins@corp.example",
        "%CORP.EXAMPLE\\linux-admins",
        "%:linux-admins",
        "%helpdesk",
        "alice",
        "alice@corp.example",
    ],
)
def test_a_grant_to_a_group_of_the_directory_is_a_way_of_its_members(name: str) -> None:
    found = alice(sudo(name))
    assert found
    assert found.path
    assert found.power is Power.ROOT
    assert found.path.certain is Truth.YES
    assert found.path.certainty is Certainty.PROVED
    assert found.target == "web1"


def test_the_way_says_by_which_groups_it_goes() -> None:
    found = alice(sudo("%linux-admins"))
    assert found
    assert found.path
    assert [step.text for step in found.path.steps] == [
        "account alice@corp.example",
        "group helpdesk",
        "group linux-admins",
        "sudo ALL",
        "root",
    ]
    assert found.evidence[0].target == "web1"
    assert {place.target for place in found.evidence} == {"web1", "corp.example"}


def test_only_members_have_the_way() -> None:
    assert set(paths(environment([sudo("%linux-admins")]))) == {ALICE_THERE}


@pytest.mark.parametrize("name", ["%linux-admins@other.example", "%other\\helpdesk", "%linux"])
def test_a_group_of_another_domain_or_name_is_no_way(name: str) -> None:
    assert alice(sudo(name)) is None


def test_a_closed_account_has_no_way() -> None:
    off = realm.user("alice", 2001, is_enabled=False)
    assert alice(sudo("%linux-admins"), in_directory=(*THROUGH[1:], off)) is None


def test_a_host_that_takes_no_accounts_from_it_is_not_opened() -> None:
    assert alice(sudo("%linux-admins"), join=None) is None
    other = DomainJoin(domain="other.example", by="sssd", file="/etc/sssd/sssd.conf")
    assert alice(sudo("%linux-admins"), join=other) is None


def test_a_default_realm_alone_proposes_a_join() -> None:
    realm_only = DomainJoin(domain="CORP.EXAMPLE", by="krb5", file="/etc/krb5.conf")
    found = alice(sudo("%linux-admins"), join=realm_only)
    assert found
    assert found.path
    assert found.path.certain is Truth.UNKNOWN


def test_a_list_of_who_may_log_in_counts() -> None:
    let_in = DomainJoin(domain="corp.example", by="sssd", allowed=("group:helpdesk",))
    shut_out = DomainJoin(domain="corp.example", by="sssd", allowed=("user:carla",))
    by_filter = DomainJoin(domain="corp.example", by="sssd", allowed=("filter:(memberOf=x)",))
    inside = alice(sudo("%linux-admins"), join=let_in)
    assert inside
    assert inside.path
    assert inside.path.certain is Truth.YES
    assert alice(sudo("%linux-admins"), join=shut_out) is None
    doubted = alice(sudo("%linux-admins"), join=by_filter)
    assert doubted
    assert doubted.path
    assert doubted.path.certain is Truth.UNKNOWN


def test_a_list_is_no_certain_refusal_while_members_are_hidden() -> None:
    shut_out = DomainJoin(domain="corp.example", by="sssd", allowed=("group:others",))
    assert alice(sudo("alice"), join=shut_out) is None
    doubted = alice(sudo("alice"), join=shut_out, gaps=[REFUSED])
    assert doubted
    assert doubted.path
    assert doubted.path.certain is Truth.UNKNOWN


def test_who_may_only_log_in_has_a_way_that_ends_there() -> None:
    listed = DomainJoin(domain="corp.example", by="sssd", allowed=("group:helpdesk",))
    found = alice(join=listed)
    assert found
    assert found.power is Power.LOGIN
    assert not found.stands_alone


def test_without_a_list_every_account_may_log_in_and_is_not_told_one_by_one() -> None:
    assert paths(environment()) == {}
    joins = paths(environment(), "domain join")
    assert "corp.example" in joins
    assert "every account" in joins["corp.example"].detail
    listed = DomainJoin(domain="corp.example", by="sssd", allowed=("group:helpdesk",))
    assert paths(environment(join=listed), "domain join")["corp.example"].detail == ""


def test_groups_that_the_ssh_server_lets_in_are_ways() -> None:
    found = alice(*sshd(allowgroups="helpdesk"))
    assert found
    assert found.power is Power.LOGIN
    assert found.path
    assert found.path.certain is Truth.YES


def test_local_groups_and_doas_name_people_of_the_directory() -> None:
    docker = alice(group("docker", "alice"))
    assert docker
    assert docker.power is Power.ROOT
    by_doas = alice(doas(1, ":helpdesk"))
    assert by_doas
    assert by_doas.power is Power.ROOT


def test_what_everybody_has_is_told_once() -> None:
    everybody = (realm.group("Domain Users", 513), ALICE, CARLA)
    found = paths(environment([sudo("%domain users")], everybody))
    assert set(found) == {"Domain Users@corp.example"}
    assert found["Domain Users@corp.example"].power is Power.ROOT
    assert found["Domain Users@corp.example"].stands_alone


def test_a_local_account_of_the_same_name_leaves_the_way_a_guess() -> None:
    found = alice(sudo("alice"), account("alice", 1500))
    assert found
    assert found.path
    assert found.path.certainty is Certainty.PROPOSED
    assert found.path.certain is Truth.UNKNOWN


ROLE = DirectorySudoRole(
    id="role", dn="cn=all", name="all", users=("alice",), hosts=("web1",), commands=("ALL",)
)


def with_roles(role: DirectorySudoRole, *more: Record, asks: bool = True) -> Candidate | None:
    """Return alice's way on a host whose nsswitch.conf names the directory, or does not."""
    told = (*THROUGH, role, *more)
    if not asks:
        return alice(in_directory=told)
    case = environment((), told)
    return paths(told_to_ask(case)).get(ALICE_THERE)


def told_to_ask(case: Case) -> Case:
    """Return the case with the gap that `sudoers: files sss` leaves in the rights of sudo."""
    gap = Gap(Why.MALFORMED, "linux.sudo/nsswitch", "nsswitch:sss", "rules from sss")
    told = []
    for one in case.snapshot.readings():
        rows = [
            row
            for kind in one.tells
            for row in case.snapshot.read(KINDS[kind]).known().rows
            if (row.target, row.evidence.collector) == (one.key.target, one.key.collector)
        ]
        if "SudoGrant" in one.tells:
            one = structs.replace(one, state=State.PARTIAL, gaps=(gap,))
        told.append((one, rows))
    return structs.replace(case, snapshot=MemorySnapshot(2, told))


def test_a_sudo_rule_of_the_directory_is_a_way_where_sudo_asks_for_it() -> None:
    found = with_roles(ROLE)
    assert found
    assert found.path
    assert found.power is Power.ROOT
    assert found.path.certain is Truth.YES
    assert with_roles(ROLE, asks=False) is None


@pytest.mark.parametrize(
    ("fields", "certain"),
    [
        ({"hosts": ("ALL",)}, Truth.YES),
        ({"hosts": ("web1.corp.example",)}, Truth.YES),
        ({"hosts": ("db1",)}, None),
        ({"hosts": ("ALL", "!web1")}, None),
        ({"hosts": ("!web1", "ALL")}, None),
        ({"hosts": ("+web",)}, Truth.YES),
        ({"hosts": ("+unknown",)}, Truth.UNKNOWN),
        ({"users": ("%linux-admins",)}, Truth.YES),
        ({"users": ("+people",)}, Truth.YES),
        ({"users": ("%linux-admins", "!alice")}, None),
        ({"users": ("carla",)}, None),
        ({"is_enabled": False}, None),
    ],
)
def test_a_sudo_rule_counts_for_its_hosts_and_users(
    fields: dict[str, object], certain: Truth | None
) -> None:
    nets = (
        Netgroup(name="web", triples=("(web1.corp.example,-,)",)),
        Netgroup(name="people", members=("staff",)),
        Netgroup(name="staff", triples=("(-,alice,corp.example)",)),
    )
    found = with_roles(structs.replace(ROLE, **fields), *nets)
    assert (found.path.certain if found and found.path else None) == certain


KEY = DirectoryKey(
    account=ALICE.id, dn=ALICE.dn, name="alice", algorithm="ssh-ed25519", fingerprint=THEIR_KEY
)
COMMAND = SshTrust(
    type="AuthorizedKeysCommand", value="/usr/bin/sss_ssh_authorizedkeys", file="/etc/ssh"
)


def test_a_key_of_the_directory_opens_hosts_whose_server_asks_for_it() -> None:
    case = environment([COMMAND, sudo("%linux-admins")], (*THROUGH, KEY))
    found = paths(case, "directory key path")[THEIR_KEY]
    assert found.power is Power.ROOT
    assert found.path
    assert found.path.steps[0].text == f"key {THEIR_KEY}"
    assert [step.text for step in found.path.steps][-1] == "root"
    assert paths(environment([], (*THROUGH, KEY)), "directory key path") == {}


def test_a_key_of_a_closed_account_may_still_open_it() -> None:
    off = realm.user("alice", 2001, is_enabled=False)
    case = environment([COMMAND], (off, *THROUGH[1:], KEY))
    found = paths(case, "directory key path")[THEIR_KEY]
    assert found.path
    assert found.path.certain is Truth.UNKNOWN


def test_a_key_in_the_home_of_nobody_is_decided_by_the_directory() -> None:
    def certain(name: str, **options: object) -> set[Truth]:
        case = environment([key(name, THEIR_KEY)], **options)  # type: ignore[arg-type]
        found = paths(case, "ssh key")[THEIR_KEY]
        return {found.path.certain} if found.path else set()

    assert certain("alice") == {Truth.UNKNOWN}
    assert certain("nobody-there") == {Truth.NO}
    assert certain("nobody-there", is_audited=False) == {Truth.UNKNOWN}
    assert certain("nobody-there", gaps=[REFUSED]) == {Truth.UNKNOWN}
    trust = Trust(partner="other.example", direction="out", type="uplevel")
    assert certain("nobody-there", in_directory=(*THROUGH, trust)) == {Truth.UNKNOWN}


def test_a_directory_that_nobody_audited_is_a_gap_with_its_cure() -> None:
    holdings = Holdings(environment([sudo("%linux-admins")], is_audited=False))
    (gap,) = [blank for blank in holdings.blanks if blank.target == "corp.example"]
    assert gap.gap.cure == "source"
    assert "corp.example" in gap.gap.detail
    assert not [b for b in Holdings(environment()).blanks if b.gap.cure == "source"]


def test_a_default_realm_alone_is_no_directory_that_should_be_audited() -> None:
    realm_only = DomainJoin(domain="corp.example", by="krb5", file="/etc/krb5.conf")
    blanks = Holdings(environment(join=realm_only, is_audited=False)).blanks
    assert not [blank for blank in blanks if blank.target == "corp.example"]


def test_hidden_members_are_a_gap_of_the_footprint() -> None:
    hidden = Gap(Why.TRUNCATED, "directory.test/x", HELPDESK.dn, "more members than are read")
    before = Holdings(environment([sudo("%helpdesk")])).footprint(Role.OUTGOING)
    after = Holdings(environment([sudo("%helpdesk")], PEOPLE, gaps=[hidden]))
    assert ALICE_THERE in {hold.subject for hold in before.holds}
    assert hidden in {blank.gap for blank in after.footprint(Role.OUTGOING).blanks}


def test_the_leavers_way_is_theirs_and_nobodys_stands_in_the_way_of_zero() -> None:
    other = realm.user("svc-x", 2009)
    told = (*THROUGH, other, realm.members("linux-admins", "helpdesk", "svc-x"))
    told = tuple(one for one in told if one not in (PEOPLE[-1],))
    holdings = Holdings(environment([sudo("%linux-admins")], told))
    theirs = [hold for hold in holdings.footprint(Role.OUTGOING).holds if hold.target == "web1"]
    assert {hold.subject for hold in theirs if hold.kind == "directory path"} == {ALICE_THERE}
    nobodys = {hold.subject for hold in holdings.unattributed().holds if hold.target == "web1"}
    assert "svc-x@corp.example" in nobodys


def test_a_local_account_named_like_a_leavers_is_a_proposal() -> None:
    holdings = Holdings(environment([account("alice", 1500), password("alice")]))
    (found,) = [p for p in holdings.proposals() if p.hold == "account web1 alice"]
    assert found.match.role is Role.OUTGOING
    assert not [
        p
        for p in Holdings(environment([account("bob"), password("bob")])).proposals()
        if "bob" in p.hold
    ]


def test_the_same_number_on_a_joined_host_proves_it() -> None:
    numbered = realm.user("alice", 2001, mails=("alice@oldmsp.example",), uid_number=1500)
    told = (numbered, *THROUGH[1:])
    holds = (
        Holdings(environment([account("alice", 1500), password("alice")], told))
        .footprint(Role.OUTGOING)
        .holds
    )
    (found,) = [hold for hold in holds if hold.key == "account web1 alice"]
    assert found.match
    assert found.match.certainty is Certainty.PROVED
    apart = Holdings(environment([account("alice", 1500), password("alice")], told, join=None))
    (found,) = [h for h in apart.footprint(Role.OUTGOING).holds if h.key == "account web1 alice"]
    assert found.match
    assert found.match.certainty is Certainty.PROPOSED


def test_the_same_key_proves_whose_it_is() -> None:
    fingerprint = "SHA256:" + "d" * 43
    theirs = DirectoryKey(
        account=ALICE.id, name="alice", algorithm="ssh-ed25519", fingerprint=fingerprint
    )
    case = environment([key("root", fingerprint)], (*THROUGH, theirs), join=None)
    holds = Holdings(case).footprint(Role.OUTGOING).holds
    (found,) = [hold for hold in holds if hold.kind == "ssh key"]
    assert found.match
    assert found.match.certainty is Certainty.PROVED


def test_one_persons_ways_are_told_together() -> None:
    numbered = realm.user("alice", 2001, mails=("alice@oldmsp.example",), uid_number=1500)
    admins = realm.group("Domain Admins", 512)
    told = (numbered, *THROUGH[1:], admins, realm.members("Domain Admins", "alice"), KEY)
    case = environment([sudo("%linux-admins"), account("bob", 1600), COMMAND], told)
    kinds = {hold.kind for hold in who(case, "alice@oldmsp.example").holds}
    assert {
        "directory account",
        "directory member",
        "directory key",
        "directory path",
        "directory key path",
    } <= kinds
