"""Whose powers they are, what people decided, and when zero may be said."""

from dataclasses import dataclass

import pytest
from msgspec import structs

from agent.judge.case import Certainty, Decision, Hold, Power
from agent.judge.footprint import Holdings
from agent.judge.zero import zero_text
from inventory.model.access import AuthorizedKey, SshTrust
from inventory.model.account import Group, LoggedIn
from inventory.model.evidence import Why
from inventory.model.host import DomainJoin
from inventory.model.network import Connection
from inventory.model.operation import Agent, ScheduledJob
from inventory.model.party import Party, Person, Role
from inventory.model.record import Record
from inventory.model.truth import Truth
from inventory.snapshot import MemorySnapshot
from tests.agent.judge.building import (
    CLIENT,
    DAY_S,
    NOBODYS_KEY,
    NOW,
    OUR_KEY,
    ROOT,
    THEIR_KEY,
    account,
    case,
    group,
    holdings,
    host,
    key,
    password,
    sshd,
    sudo,
)

ALICE = account("alice")
LOCKED = (ROOT, password("root", "locked"), *sshd())


def outgoing(*records: Record, **options: object) -> tuple[Hold, ...]:
    return holdings(*LOCKED, *records, **options).footprint(Role.OUTGOING).holds


def nobodys(*records: Record, **options: object) -> set[str]:
    return {hold.kind for hold in holdings(*LOCKED, *records, **options).unattributed().holds}


def test_a_clean_host_is_zero() -> None:
    found = holdings(*LOCKED).footprint(Role.OUTGOING)
    assert found.zero is Truth.YES
    assert zero_text(found) == "0 holds"


@pytest.mark.parametrize(
    "profile",
    [
        Party(role=Role.OUTGOING, name="Somebody"),
        Party(role=Role.OUTGOING, name="Somebody", people=(Person("Otto Alt"),)),
        Party(role=Role.OUTGOING, name="Somebody", networks=("0.0.0.0/0", "::/0")),
    ],
)
def test_an_empty_profile_is_never_zero(profile: Party) -> None:
    found = holdings(*LOCKED, parties=(profile, CLIENT)).footprint(Role.OUTGOING)
    assert (found.zero, found.nameless) == (Truth.UNKNOWN, True)
    assert "no profile" in zero_text(found)


def test_no_outgoing_party_is_never_zero() -> None:
    assert holdings(*LOCKED, parties=(CLIENT,)).footprint(Role.OUTGOING).zero is Truth.UNKNOWN


def test_no_host_is_never_zero() -> None:
    assert Holdings(case()).footprint(Role.OUTGOING).zero is Truth.UNKNOWN


def test_a_host_that_was_listed_and_never_asked_stands_in_the_way() -> None:
    found = Holdings(case(host("web1", *LOCKED), listed=("web1", "db1")))
    assert found.footprint(Role.OUTGOING).zero is Truth.UNKNOWN
    assert {blank.target for blank in found.blanks} == {"db1"}


def test_a_target_of_which_only_an_unknown_kind_is_told_is_a_host() -> None:
    (reading, rows) = host("web1", *LOCKED)[0]
    odd = (structs.replace(reading, tells=("KindOfANewerVersion",)), rows)
    made = structs.replace(case(), snapshot=MemorySnapshot(2, [odd]))
    assert Holdings(made).hosts.names == ("web1",)
    assert Holdings(made).footprint(Role.OUTGOING).zero is Truth.UNKNOWN


def test_a_guess_alone_is_neither_zero_nor_not() -> None:
    found = holdings(*LOCKED, ALICE, key("alice", comment="from OldMSP")).footprint(Role.OUTGOING)
    (hold,) = found.holds
    assert (hold.certainty, hold.is_guess) == (Certainty.PROPOSED, True)
    assert found.zero is Truth.UNKNOWN
    assert zero_text(found) == "1 hold (1 of them proposed)"


def test_a_power_of_nobody_known_stands_in_the_way() -> None:
    made = holdings(*LOCKED, key("root"))
    found = made.footprint(Role.OUTGOING)
    assert (found.holds, found.nobodys, found.zero) == ((), 1, Truth.UNKNOWN)
    assert zero_text(found, made.unattributed()) == "0 holds; 1 power of nobody known"


@pytest.mark.parametrize(
    ("records", "kinds"),
    [
        ((key("root"),), {"ssh key"}),
        ((key("root", OUR_KEY),), set()),
        ((key("root", THEIR_KEY),), set()),
        ((ALICE, password("alice"), key("alice")), set()),
        ((ALICE, password("alice"), sudo("alice")), {"account"}),
        ((account("toor", 0), password("toor")), {"account"}),
        ((account("carla"), password("carla"), sudo("carla")), set()),
        ((account("carla"), password("carla", "locked"), sudo("carla"), key("carla")), {"ssh key"}),
        ((key("root", comment="client.example"),), {"ssh key"}),  # a guess clears nothing
        ((DomainJoin(domain="ad.unknown.example", by="sssd"),), {"domain join"}),
        (
            (DomainJoin(domain="ad.unknown.example", by="sssd"), sudo("dora")),
            {"domain join", "sudo"},
        ),
        (
            (DomainJoin(domain="ad.unknown.example", by="sssd"), sudo("ALL")),
            {"domain join", "sudo"},
        ),
        ((sudo("dora"),), set()),  # nobody has that name
        ((SshTrust(type="TrustedUserCAKeys", value=NOBODYS_KEY),), {"trusted authority"}),
        ((SshTrust(type="AuthorizedKeysCommand", value="/opt/keys %u"),), {"key command"}),
        ((SshTrust(type="AuthorizedKeysCommand", value="/usr/bin/sss_ssh_authorizedkeys"),), set()),
        ((SshTrust(type="shosts", value="/root/.shosts"),), set()),
        (
            (
                SshTrust(type="shosts", value="/root/.shosts"),
                *sshd("User *", hostbasedauthentication="yes"),
            ),
            {"key command"},
        ),
        ((Agent(product="X", type="remote control", state="running"),), {"agent"}),
    ],
)
def test_privileged_ways_that_match_no_party_are_nobodys(
    records: tuple[Record, ...], kinds: set[str]
) -> None:
    assert nobodys(*records) == kinds


def test_the_audits_own_way_in_is_not_nobodys() -> None:
    assert nobodys(key("root"), own_key=NOBODYS_KEY) == set()
    own = (account("audit"), password("audit"), sudo("audit"))
    assert nobodys(*own, own_account="audit") == set()


def test_roots_password_is_nobodys_until_it_is_set_after_the_access_ended() -> None:
    ended = NOW - 100 * DAY_S
    old = (ROOT, *sshd(), password("root", day=NOW // DAY_S - 200))
    new = (ROOT, *sshd(), password("root", day=NOW // DAY_S - 50))
    assert holdings(*old).footprint(Role.OUTGOING).zero is Truth.UNKNOWN
    assert holdings(*old, access_ended=ended).footprint(Role.OUTGOING).zero is Truth.UNKNOWN
    assert holdings(*new).footprint(Role.OUTGOING).zero is Truth.UNKNOWN
    assert holdings(*new, access_ended=ended).footprint(Role.OUTGOING).zero is Truth.YES


def test_an_open_session_of_theirs_stands_in_the_way() -> None:
    session = LoggedIn(account="alice", terminal="pts/0", origin="203.0.113.9")
    found = holdings(*LOCKED, session).footprint(Role.OUTGOING)
    assert (found.holds, len(found.signs), found.zero) == ((), 1, Truth.UNKNOWN)
    assert "was open" in zero_text(found)
    peer = Connection(local="10.0.0.1:1", peer="::ffff:203.0.113.9", peer_port=443)
    assert holdings(*LOCKED, peer).footprint(Role.OUTGOING).zero is Truth.UNKNOWN


def test_a_carried_hold_says_neither() -> None:
    told = host(
        "web1",
        *LOCKED,
        key("root", THEIR_KEY),
        refused={AuthorizedKey: Why.TIMEOUT},
        carried=[AuthorizedKey],
    )
    found = Holdings(case(told)).footprint(Role.OUTGOING)
    assert [hold.carried for hold in found.holds] == [True]
    assert found.zero is Truth.UNKNOWN
    assert zero_text(found).startswith("0 holds known; 1 of an earlier audit")


@dataclass
class Guess:
    """One key whose comment mentions the party."""

    records: tuple[Record, ...] = (*LOCKED, key("root", comment="otto@oldmsp.example"))

    def decided(self, *, confirmed: bool) -> Holdings:
        (proposal,) = holdings(*self.records).proposals()
        said = Decision(proposal.id, confirmed, "Carla", NOW)
        return holdings(*self.records, decisions=(said,))


def test_a_confirmed_guess_is_a_hold() -> None:
    found = Guess().decided(confirmed=True)
    (hold,) = found.footprint(Role.OUTGOING).holds
    assert hold.certainty is Certainty.CONFIRMED
    assert found.footprint(Role.OUTGOING).zero is Truth.NO
    assert found.proposals() == ()


def test_a_rejected_guess_leaves_a_power_of_nobody() -> None:
    found = Guess().decided(confirmed=False)
    assert found.footprint(Role.OUTGOING).holds == ()
    assert found.footprint(Role.OUTGOING).zero is Truth.UNKNOWN
    assert [hold.kind for hold in found.unattributed().holds] == ["ssh key"]
    assert found.proposals() == ()


def test_a_decision_holds_for_one_hold_and_one_reason() -> None:
    found = Guess().decided(confirmed=True)
    other = holdings(
        *LOCKED, key("root", comment="oldmsp"), decisions=found.case.decisions
    ).footprint(Role.OUTGOING)
    assert [hold.certainty for hold in other.holds] == [Certainty.PROPOSED]


def test_what_is_proved_cannot_be_rejected_away() -> None:
    records = (*LOCKED, key("root", THEIR_KEY))
    ids = tuple(Decision(f"P-{n:08x}", False, "Otto", NOW) for n in range(3))
    assert len(holdings(*records, decisions=ids).footprint(Role.OUTGOING).holds) == 1


def test_a_key_in_the_account_of_the_leaver_is_theirs_and_in_the_clients_only_perhaps() -> None:
    (hold,) = (h for h in outgoing(account("oldmsp"), key("oldmsp")) if h.kind == "ssh key")
    assert hold.certainty is Certainty.PROVED
    ours = holdings(*LOCKED, account("carla"), key("carla")).footprint(Role.CLIENT)
    assert [h.certainty for h in ours.holds if h.kind == "ssh key"] == [Certainty.PROPOSED]


def test_an_account_is_closed_only_when_every_way_into_it_is() -> None:
    otto = account("otto")
    locked = password("otto", "locked")
    assert outgoing(otto, locked) == ()
    assert [h.kind for h in outgoing(otto, password("otto"))] == ["account"]
    assert "account" in {h.kind for h in outgoing(otto, locked, key("otto"))}
    assert outgoing(otto, password("otto", expired=True)) == ()
    command = SshTrust(type="AuthorizedKeysCommand", value="/opt/keys")
    assert "account" in {h.kind for h in outgoing(otto, locked, command)}


@pytest.mark.parametrize("why", list(Why))
def test_an_account_is_not_closed_while_its_keys_are_unread(why: Why) -> None:
    told = host(
        "web1", *LOCKED, account("otto"), password("otto", "locked"), refused={AuthorizedKey: why}
    )
    assert [h.kind for h in Holdings(case(told)).footprint(Role.OUTGOING).holds] == ["account"]


def test_two_sightings_of_one_thing_lose_neither_marks_nor_power() -> None:
    agents = (
        Agent(
            product="Zabbix", type="monitoring", state="running", instance="7", server="a.example"
        ),
        Agent(
            product="Zabbix",
            type="monitoring",
            state="running",
            instance="7",
            server="rmm.oldmsp.example",
        ),
    )
    found = holdings(*LOCKED, *agents).footprint(Role.OUTGOING)
    assert [hold.kind for hold in found.dependences] == ["agent"]
    jobs = [
        ScheduledJob(place="/etc/cron.d/x", schedule="@daily", command="/opt/x", account=name)
        for name in ("bob", "oldmsp")
    ]
    assert [hold.kind for hold in outgoing(*jobs)] == ["job"]


def test_names_in_groups_by_number_and_in_unread_sudoers_are_found() -> None:
    ops = (group("ops", "oldmsp", gid=77), sudo("%#77"))
    assert [(h.kind, h.power) for h in outgoing(*ops)] == [("group", Power.ROOT)]
    told = host("web1", *LOCKED, group("wheel", "oldmsp"), refused={type(sudo("x")): Why.DENIED})
    assert [h.kind for h in Holdings(case(told)).footprint(Role.OUTGOING).holds] == ["group"]


def test_keys_slots_and_subjects_stay_the_same() -> None:
    def ssh(fingerprint: str, *names: str) -> list[Hold]:
        told = [host(name, *LOCKED, key("oldmsp", fingerprint)) for name in names]
        found = Holdings(case(*told)).footprint(Role.OUTGOING).holds
        return [hold for hold in found if hold.kind == "ssh key"]

    first, again = ssh(THEIR_KEY, "db1", "web1"), ssh(THEIR_KEY, "db1", "web1")
    assert [hold.key for hold in first] == [hold.key for hold in again]
    assert len({hold.key for hold in first}) == 2
    assert {hold.subject for hold in first} == {THEIR_KEY}
    (replaced,) = ssh(NOBODYS_KEY, "web1")
    assert replaced.key not in {hold.key for hold in first}
    assert replaced.slot in {hold.slot for hold in first}


def test_a_renamed_account_fills_the_same_slot() -> None:
    (before,) = outgoing(account("oldmsp"), password("oldmsp"))
    (after,) = outgoing(account("otto"), password("otto"))
    assert (before.key != after.key, before.slot) == (True, after.slot)


def test_root_by_an_unread_group_file_is_not_lost_without_a_gap() -> None:
    told = host("web1", *LOCKED, group("docker", "oldmsp"), refused={Group: Why.DENIED})
    found = Holdings(case(told)).footprint(Role.OUTGOING)
    assert (found.holds, found.zero) == ((), Truth.UNKNOWN)
    assert zero_text(found) == "0 holds known; unread: 1 place (web1): group"


def test_a_command_of_any_characters_makes_a_job() -> None:
    job = ScheduledJob(
        place="/etc/crontab", schedule="@daily", command="x \ud83d\udcff", account="oldmsp"
    )
    assert [hold.kind for hold in outgoing(job)] == ["job"]


def test_an_unread_subject_is_named_in_words() -> None:
    told = host("web1", *LOCKED, refused={Group: Why.DENIED}, collector="linux.account_timers")
    assert zero_text(Holdings(case(told)).footprint(Role.OUTGOING)).endswith("account timers")
