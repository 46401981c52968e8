"""When a line closes, and when it must not: audits in a row over holds that come and go."""

import msgspec
import pytest

from agent.judge.case import Decision
from agent.transition.item import Act, ItemVerdict
from inventory.model.access import AuthorizedKey, LoginSecret
from inventory.model.evidence import Gap, Why
from inventory.model.network import VpnPeer
from inventory.model.operation import Agent, MailAlias, ScheduledJob
from inventory.model.record import Record
from inventory.model.software import Container, Repository
from tests.agent.judge.building import (
    CLIENT,
    NOBODYS_KEY,
    OLDMSP,
    OUR_KEY,
    ROOT,
    THEIR_KEY,
    account,
    collector_of,
    group,
    key,
    password,
    sshd,
    sudo,
)
from tests.agent.transition.building import Engagement, box, everything

THEIRS = f"revoke ssh key {THEIR_KEY}"
BASE: tuple[Record, ...] = (ROOT, password("root", "locked"), *sshd())
WITH_KEY = (*BASE, key("root", THEIR_KEY, comment="deploy"))
DENIED = Gap(Why.DENIED, "ask", "", "permission denied", "root")


def test_a_key_on_many_hosts_is_one_line_with_a_box_for_each() -> None:
    items = Engagement().audit({f"web{n}": WITH_KEY for n in range(12)})
    line = items[THEIRS]
    assert (line.id, line.act, line.gate) == ("R-01", Act.REVOKE, "G4")
    assert len(line.boxes) == 12
    assert line.verdict is ItemVerdict.OPEN
    assert line.after == "After T-01."
    assert "authorized keys of web0, web1, web10, web11 and 8 more whole" in line.proof


def test_a_removal_on_a_complete_reading_closes_the_line() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY})
    line = run.audit({"web1": BASE})[THEIRS]
    assert line.verdict is ItemVerdict.DONE
    assert "read whole in audit 2" in line.says


def test_a_host_that_was_unreachable_leaves_the_line_undecided() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY, "web2": WITH_KEY})
    line = run.audit({"web1": BASE, "web2": BASE}, gaps=everything("web2"))[THEIRS]
    assert box(line, "web1").verdict is ItemVerdict.DONE
    assert box(line, "web2").verdict is ItemVerdict.CANNOT_TELL
    assert line.verdict is ItemVerdict.CANNOT_TELL
    assert line.blanks


def test_a_profile_that_lost_its_entry_closes_nothing() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY})
    run.parties = (msgspec.structs.replace(OLDMSP, ssh_keys=()), CLIENT)
    line = run.audit({"web1": WITH_KEY})[THEIRS]
    assert line.verdict is ItemVerdict.OPEN
    assert "still there, and no longer recognised as theirs" in line.says


def test_a_key_that_is_called_the_clients_later_stays_open() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY})
    ours = msgspec.structs.replace(CLIENT, ssh_keys=(OUR_KEY, THEIR_KEY))
    run.parties = (msgspec.structs.replace(OLDMSP, ssh_keys=()), ours)
    line = run.audit({"web1": WITH_KEY})[THEIRS]
    assert line.verdict is ItemVerdict.OPEN
    assert "it matches Client" in line.says


def test_another_parser_closes_nothing() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY})
    run.parsers = {**run.parsers, collector_of(AuthorizedKey): 2}
    line = run.audit({"web1": BASE})[THEIRS]
    assert line.verdict is ItemVerdict.CANNOT_TELL
    assert "reads otherwise" in line.says
    assert run.audit({"web1": BASE})[THEIRS].verdict is ItemVerdict.CANNOT_TELL


def test_what_was_proved_gone_before_the_parser_changed_stays_closed() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY})
    run.audit({"web1": BASE})
    run.parsers = {**run.parsers, collector_of(AuthorizedKey): 2}
    assert run.audit({"web1": BASE})[THEIRS].verdict is ItemVerdict.DONE


def test_what_the_new_parser_saw_too_can_be_closed_by_it() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY})
    run.parsers = {**run.parsers, collector_of(AuthorizedKey): 2}
    run.audit({"web1": WITH_KEY})
    assert run.audit({"web1": BASE})[THEIRS].verdict is ItemVerdict.DONE


def test_another_machine_behind_the_address_closes_nothing() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY})
    line = run.audit({"web1": BASE}, generations={"web1": 1})[THEIRS]
    assert line.verdict is ItemVerdict.CANNOT_TELL


def test_another_machine_closes_nothing_when_the_old_one_is_forgotten_too() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY})
    run.told = ()
    line = run.audit({"web1": BASE}, generations={"web1": 1})[THEIRS]
    assert line.verdict is ItemVerdict.CANNOT_TELL
    assert "another machine" in line.says


def test_a_host_that_left_the_engagement_closes_nothing() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY, "web2": BASE})
    run.told = ()
    assert run.audit({"web2": BASE})[THEIRS].verdict is ItemVerdict.CANNOT_TELL


def test_what_reappears_opens_the_line_again() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY})
    assert run.audit({"web1": BASE})[THEIRS].verdict is ItemVerdict.DONE
    again = run.audit({"web1": WITH_KEY})[THEIRS]
    assert (again.id, again.verdict) == ("R-01", ItemVerdict.OPEN)


def test_a_replaced_key_joins_the_line_and_keeps_it_open() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY})
    items = run.audit({"web1": (*BASE, key("root", NOBODYS_KEY))})
    assert items[THEIRS].verdict is ItemVerdict.OPEN
    assert "came in its place" in items[THEIRS].says
    assert f"decide whose ssh key {NOBODYS_KEY}" not in items
    ours = msgspec.structs.replace(CLIENT, ssh_keys=(OUR_KEY, NOBODYS_KEY))
    run.parties = (OLDMSP, ours)
    named = run.audit({"web1": (*BASE, key("root", NOBODYS_KEY))})[THEIRS]
    assert named.verdict is ItemVerdict.DONE
    assert [one.verdict for one in named.boxes] == [ItemVerdict.DONE, ItemVerdict.NOT_THEIRS]


def test_the_clients_own_key_in_the_same_account_replaces_nothing() -> None:
    run = Engagement()
    run.audit({"web1": WITH_KEY})
    assert run.audit({"web1": (*BASE, key("root", OUR_KEY))})[THEIRS].verdict is ItemVerdict.DONE


def test_a_key_that_stood_beside_it_from_the_start_replaces_nothing() -> None:
    run = Engagement()
    beside = key("root", NOBODYS_KEY)
    run.audit({"web1": (*WITH_KEY, beside)})
    items = run.audit({"web1": (*BASE, beside)})
    assert items[THEIRS].verdict is ItemVerdict.DONE
    assert items[f"decide whose ssh key {NOBODYS_KEY}"].verdict is ItemVerdict.OPEN


def test_a_renamed_account_joins_the_line() -> None:
    run = Engagement()
    old = (*BASE, account("oldmsp"), password("oldmsp"), sudo("oldmsp"))
    run.audit({"web1": old})
    new = (*BASE, account("service"), password("service"), sudo("service"))
    line = run.audit({"web1": new})["revoke account oldmsp"]
    assert line.verdict is ItemVerdict.OPEN
    assert any("account service on web1" in one.text for one in line.boxes)


def test_account_sudo_and_group_are_boxes_of_one_line() -> None:
    held = (*BASE, account("oldmsp"), password("oldmsp"), sudo("oldmsp"), group("docker", "oldmsp"))
    line = Engagement().audit({"web1": held})["revoke account oldmsp"]
    assert len(line.boxes) == 3
    assert "accounts, groups, sudo rights of web1" in line.proof


def test_a_membership_is_not_gone_when_the_grant_that_gave_it_power_was_not_read() -> None:
    run = Engagement()
    power = sudo("%ops")
    run.audit({"web1": (*BASE, account("oldmsp"), power, group("ops", "oldmsp"))})
    run.told = ()
    again = (*BASE, account("oldmsp"), power, group("ops", "oldmsp"))
    items = run.audit({"web1": again}, gaps={("web1", "SudoGrant"): DENIED})
    (member,) = [b for b in items["revoke account oldmsp"].boxes if "in group ops" in b.text]
    assert member.verdict is not ItemVerdict.DONE


def test_a_locked_account_without_a_key_is_closed() -> None:
    run = Engagement()
    run.audit({"web1": (*BASE, account("oldmsp"), password("oldmsp"))})
    locked = (*BASE, account("oldmsp"), password("oldmsp", "locked"))
    assert run.audit({"web1": locked})["revoke account oldmsp"].verdict is ItemVerdict.DONE
    with_key = (*locked, key("oldmsp", NOBODYS_KEY))
    assert run.audit({"web1": with_key})["revoke account oldmsp"].verdict is ItemVerdict.OPEN


def test_a_private_key_whose_public_half_went_is_still_there() -> None:
    run = Engagement()
    lies = LoginSecret(
        path="/root/.ssh/id",
        type="private SSH key",
        owner="root",
        mode=0o600,
        fingerprint=THEIR_KEY,
    )
    run.audit({"web1": (*BASE, lies)})
    bare = msgspec.structs.replace(lies, fingerprint=None)
    line = run.audit({"web1": (*BASE, bare)})[f"rotate private key {THEIR_KEY}"]
    assert line.verdict is ItemVerdict.OPEN
    assert run.audit({"web1": BASE})[line.key].verdict is ItemVerdict.DONE


def test_a_container_that_runs_another_image_is_moved_but_not_by_editing_the_profile() -> None:
    run = Engagement()
    image = Container(
        engine="docker", name="app", image="hub.old-cloud.example/app", state="running"
    )
    run.audit({"web1": (*BASE, image)})
    own = msgspec.structs.replace(image, image="hub.client.example/app")
    where = "transfer container image hub.old-cloud.example"
    assert run.audit({"web1": (*BASE, own)}, keep=False)[where].verdict is ItemVerdict.DONE
    run.parties = (msgspec.structs.replace(OLDMSP, servers=()), CLIENT)
    assert run.audit({"web1": (*BASE, own)})[where].verdict is ItemVerdict.OPEN


def test_a_vpn_peer_that_calls_from_elsewhere_is_still_the_same_peer() -> None:
    run = Engagement()
    peer = VpnPeer(type="wireguard", interface="wg0", peer="their-key", endpoint="203.0.113.9")
    run.audit({"web1": (*BASE, peer)})
    moved = msgspec.structs.replace(peer, endpoint="198.51.100.7")
    line = run.audit({"web1": (*BASE, moved)})["revoke vpn peer wireguard their-key"]
    assert line.verdict is ItemVerdict.OPEN


def test_a_job_that_runs_as_an_account_that_stays_is_moved() -> None:
    run = Engagement()
    job = ScheduledJob(place="/etc/cron.d/x", schedule="@daily", command="true", account="oldmsp")
    run.audit({"web1": (*BASE, job)})
    ours = msgspec.structs.replace(job, account="carla")
    assert run.audit({"web1": (*BASE, ours)})["transfer job true"].verdict is ItemVerdict.DONE


def test_an_agent_with_a_new_instance_joins_the_line() -> None:
    run = Engagement()
    old = Agent(
        product="ScreenConnect", type="remote control", state="running", instance="inst-old"
    )
    run.audit({"web1": (*BASE, old), "web2": (*BASE, old)})
    new = msgspec.structs.replace(old, instance="inst-new")
    line = run.audit({"web1": (*BASE, new), "web2": BASE})["revoke agent ScreenConnect inst-old"]
    assert [b.verdict for b in line.boxes if b.target == "web1"] == [
        ItemVerdict.DONE,
        ItemVerdict.OPEN,
    ]
    assert line.verdict is ItemVerdict.OPEN


def test_mail_to_one_address_is_one_transfer_whatever_sends_it() -> None:
    alias = MailAlias(file="/etc/aliases", name="root", target="noc@oldmsp.example")
    job = ScheduledJob(
        place="/etc/cron.d/x", schedule="@daily", command="true", mail_to="NOC@oldmsp.example"
    )
    items = Engagement().audit({"web1": (*BASE, alias, job), "web2": (*BASE, alias)})
    line = items["transfer mail noc@oldmsp.example"]
    assert (line.id, len(line.boxes)) == ("H-01", 3)


def test_package_sources_of_one_server_are_one_line() -> None:
    places = (
        Repository(url=f"https://rmm.oldmsp.example/{name}", file="/etc/apt/x") for name in "abc"
    )
    line = Engagement().audit({"web1": (*BASE, *places)})["transfer repository rmm.oldmsp.example"]
    assert len(line.boxes) == 3


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_guess_is_decided_before_anything_is_revoked(confirmed: bool) -> None:
    run = Engagement()
    guess = (*BASE, key("root", NOBODYS_KEY, comment="otto@oldmsp.example"))
    first = run.audit({"web1": guess})
    line = f"decide whose ssh key {NOBODYS_KEY}"
    assert first[line].verdict is ItemVerdict.OPEN
    assert f"revoke ssh key {NOBODYS_KEY}" not in first
    (proposal,) = run.judge(1, run.told, run.now).proposals
    assert proposal.id in first[line].proof
    run.decisions = (Decision(proposal.id, confirmed, "MD", run.now),)
    after = run.audit({"web1": guess})
    if confirmed:
        assert after[line].verdict is ItemVerdict.DONE
        assert after[f"revoke ssh key {NOBODYS_KEY}"].verdict is ItemVerdict.OPEN
    else:
        assert after[line].verdict is ItemVerdict.OPEN  # root, and still nobody's
        assert "matches no party" in after[line].says


def test_what_was_confirmed_and_is_rejected_later_is_not_called_removed() -> None:
    run = Engagement()
    guess = (*BASE, key("root", NOBODYS_KEY, comment="otto@oldmsp.example"))
    run.audit({"web1": guess})
    (proposal,) = run.judge(1, run.told, run.now).proposals
    run.decisions = (Decision(proposal.id, True, "MD", run.now),)
    run.audit({"web1": guess})
    run.decisions = (*run.decisions, Decision(proposal.id, False, "MD", run.now))
    line = run.audit({"web1": guess})[f"revoke ssh key {NOBODYS_KEY}"]
    assert line.verdict is ItemVerdict.NOT_THEIRS
    assert "rejected by MD" in line.says
    assert "not removed" in line.says


def test_every_kind_of_hold_has_a_line() -> None:
    from agent.judge.holds.kind import DIRECTORY_KINDS, HOLD_KINDS, JOIN_KINDS, TENANT_KINDS
    from agent.transition.items.all import OF_HOLD

    assert {*HOLD_KINDS, *JOIN_KINDS, *DIRECTORY_KINDS, *TENANT_KINDS} == set(OF_HOLD)


def test_every_need_of_every_line_has_a_word() -> None:
    from agent.transition.items.all import OF_HOLD
    from agent.transition.present import needs_of, record_kinds
    from agent.transition.wording import KINDS_SAID

    needed = {need for hold in OF_HOLD for need in record_kinds(needs_of(hold))}
    assert needed <= set(KINDS_SAID)
