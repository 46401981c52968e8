"""What people say, and the lines that no hold stands for: a way in, passwords, our own access."""

import msgspec
import pytest

from agent.transition.gates import GATES
from agent.transition.item import Act, ItemVerdict
from agent.transition.memory import Note, SaidBody
from agent.transition.sayings import acceptance, attestation, declaration
from inventory.errors import HandoverError
from inventory.model.account import LastLogin
from inventory.model.moment import Moment
from inventory.model.operation import MailAlias
from inventory.model.party import Leaving, Party, Role
from inventory.model.record import Record
from tests.agent.judge.building import (
    CLIENT,
    DAY_S,
    NOW,
    OLDMSP,
    OUR_KEY,
    ROOT,
    THEIR_KEY,
    account,
    key,
    password,
    sshd,
    sudo,
)
from tests.agent.transition.building import Engagement, box, everything

THEIRS = f"revoke ssh key {THEIR_KEY}"
NEWMSP = Party(role=Role.INCOMING, name="NewMSP", mail_domains=("newmsp.example",))
PARTIES = (CLIENT, OLDMSP, NEWMSP)
BASE: tuple[Record, ...] = (ROOT, password("root", "locked"), *sshd())
WITH_KEY = (*BASE, key("root", THEIR_KEY))
CARLA = (account("carla", 1001), password("carla"), sudo("carla"), key("carla", OUR_KEY))


def test_declared_removed_and_seen_after_that_is_a_contradiction() -> None:
    run = Engagement(parties=PARTIES)
    run.audit({"web1": WITH_KEY})
    said = {"what": "removed", "by": "Otto Alt", "party": "OldMSP", "parties": PARTIES}
    run.note(declaration(run.memory, "R-01", **said), at=run.now + 100)
    line = run.audit({"web1": WITH_KEY})[THEIRS]
    assert line.verdict is ItemVerdict.CONTRADICTED
    assert line.says == "declared removed 2027-01-16; seen 2027-01-17"
    assert line.progress == "removed, says Otto Alt (outgoing) 2027-01-16"
    hidden = run.audit({"web1": WITH_KEY}, gaps=everything("web1"))[THEIRS]
    assert hidden.verdict is ItemVerdict.CONTRADICTED
    assert run.audit({"web1": BASE})[THEIRS].verdict is ItemVerdict.DONE


def test_a_word_after_the_last_look_contradicts_nothing_and_proves_nothing() -> None:
    run = Engagement(parties=PARTIES)
    run.audit({"web1": WITH_KEY})
    said = {"what": "removed", "by": "Otto Alt", "party": "outgoing", "parties": PARTIES}
    run.note(declaration(run.memory, "R-01", **said), at=run.now + 100)
    line = run.audit({"web1": WITH_KEY}, gaps=everything("web1"))[THEIRS]
    assert line.verdict is ItemVerdict.CANNOT_TELL


@pytest.mark.parametrize(
    ("witnesses", "verdict"),
    [
        ((("MD", "client"), ("Nina", "NewMSP")), ItemVerdict.ATTESTED),
        ((("MD", "client"),), ItemVerdict.CANNOT_TELL),
        ((("MD", "client"), ("Eva", "client")), ItemVerdict.CANNOT_TELL),
        ((("MD", "client"), (" md ", "incoming")), ItemVerdict.CANNOT_TELL),
    ],
)
def test_two_named_people_of_two_parties_attest_what_no_audit_can_see(
    witnesses: tuple[tuple[str, str], ...], verdict: ItemVerdict
) -> None:
    run = Engagement(parties=PARTIES)
    run.audit({"web1": WITH_KEY})
    run.audit({"web1": WITH_KEY}, gaps=everything("web1"))
    for by, party in witnesses:
        note = attestation(run.memory, "r-01", what="removed", by=by, party=party, parties=PARTIES)
        run.note(note, at=run.now + 100)
    assert run.audit({"web1": WITH_KEY}, gaps=everything("web1"))[THEIRS].verdict is verdict
    seen = run.audit({"web1": WITH_KEY})[THEIRS]
    assert seen.verdict is ItemVerdict.CONTRADICTED
    hidden = run.audit({"web1": WITH_KEY}, gaps=everything("web1"))[THEIRS]
    assert hidden.verdict is ItemVerdict.CONTRADICTED


def test_an_attested_line_is_never_called_proved() -> None:
    run = Engagement(parties=PARTIES)
    run.audit({"web1": WITH_KEY})
    for by, party in (("MD", "client"), ("Nina", "incoming")):
        note = attestation(run.memory, "R-01", what="removed", by=by, party=party, parties=PARTIES)
        run.note(note, at=run.now + 100)
    line = run.audit({"web1": BASE}, gaps=everything("web1"))[THEIRS]
    assert line.verdict is ItemVerdict.ATTESTED
    assert box(line, "web1").verdict is ItemVerdict.CANNOT_TELL


def test_two_words_never_close_a_decision_or_a_gap() -> None:
    run = Engagement(parties=PARTIES)
    first = run.audit({"web1": WITH_KEY}, gaps=everything("web1"))["decide unread"]
    said = SaidBody(first.id, "removed", "MD", "client")
    for body in (said, msgspec.structs.replace(said, by="Nina", party="incoming")):
        with pytest.raises(HandoverError, match="is a decision"):
            attestation(
                run.memory, body.item, what="removed", by=body.by, party="client", parties=PARTIES
            )
        run.note(Note("attest", body), at=run.now + 100)
    again = run.audit({"web1": WITH_KEY}, gaps=everything("web1"))["decide unread"]
    assert again.verdict is ItemVerdict.CANNOT_TELL


def test_a_tested_login_is_no_word_on_a_removal() -> None:
    run = Engagement(parties=PARTIES)
    run.audit({"web1": WITH_KEY})
    given = {"what": "tested", "by": "MD", "party": "client", "parties": PARTIES}
    run.note(declaration(run.memory, "R-01", **given), at=run.now + 100)
    assert run.audit({"web1": WITH_KEY})[THEIRS].verdict is ItemVerdict.OPEN
    with pytest.raises(HandoverError, match="cannot attest R-01 tested: say removed"):
        attestation(run.memory, "R-01", **given)


def test_a_way_in_that_is_called_tested_and_is_not_there_is_a_contradiction() -> None:
    run = Engagement(parties=PARTIES)
    run.audit({"web1": WITH_KEY})
    given = {"what": "tested", "by": "MD", "party": "client", "parties": PARTIES}
    run.note(declaration(run.memory, "T-01", **given), at=run.now + 100)
    way = run.audit({"web1": WITH_KEY})["create way in"]
    assert way.verdict is ItemVerdict.CONTRADICTED
    assert way.says == "declared tested 2027-01-16; not so by the audit of 2027-01-17"


def test_an_exception_has_a_reason_and_an_end_and_leaves_the_verdict() -> None:
    run = Engagement(parties=PARTIES)
    run.audit({"web1": WITH_KEY})
    who = {"by": "MD", "party": "client", "parties": PARTIES, "now": run.now}
    with pytest.raises(HandoverError, match="without a reason"):
        acceptance(run.memory, "R-01", reason=" ", until=run.now + DAY_S, **who)
    with pytest.raises(HandoverError, match="has passed"):
        acceptance(run.memory, "R-01", reason="later", until=run.now, **who)
    note = acceptance(run.memory, "R-01", reason="in autumn", until=run.now + 2 * DAY_S, **who)
    run.note(note, at=run.now + 100)
    line = run.audit({"web1": WITH_KEY})[THEIRS]
    assert (line.verdict, line.accepted) == (
        ItemVerdict.OPEN,
        "until 2027-01-18 by MD (client): in autumn",
    )
    run.audit({"web1": WITH_KEY})
    assert "ended 2027-01-18" in run.audit({"web1": WITH_KEY})[THEIRS].accepted


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"item": "R-99"}, "no checklist line 'R-99'"),
        ({"what": "smiled"}, "say one of"),
        ({"by": "  "}, "say who says so"),
        ({"party": "Someone"}, "no party 'Someone'"),
    ],
)
def test_what_cannot_be_meant_is_refused(change: dict[str, str], says: str) -> None:
    run = Engagement(parties=PARTIES)
    run.audit({"web1": WITH_KEY})
    given = {"item": "R-01", "what": "removed", "by": "MD", "party": "client", **change}
    item = given.pop("item")
    for build in (declaration, attestation):
        with pytest.raises(HandoverError, match=says):
            build(run.memory, item, parties=PARTIES, **given)


def test_no_removal_stands_before_a_tested_way_in() -> None:
    run = Engagement(parties=PARTIES)
    first = run.audit({"web1": WITH_KEY, "web2": (*WITH_KEY, *CARLA)})
    way = first["create way in"]
    assert (way.id, way.act, way.gate) == ("T-01", Act.CREATE, "G0")
    assert way.verdict is ItemVerdict.OPEN
    assert box(way, "web1").verdict is ItemVerdict.OPEN
    assert "seen, and not seen tested" in box(way, "web2").text
    assert "no way" not in box(way, "web2").text
    removals = [item for item in first.values() if item.act is Act.REVOKE]
    assert removals
    assert all(item.after.startswith("After T-01") for item in removals)
    assert next(iter(first)) == "create way in"


def test_every_host_needs_a_way_in_whatever_is_known_of_it() -> None:
    run = Engagement(parties=PARTIES)
    first = run.audit({"mail1": (), "web1": WITH_KEY}, gaps=everything("mail1"))
    assert box(first["create way in"], "mail1").verdict is ItemVerdict.CANNOT_TELL
    again = run.audit({"mail1": BASE, "web1": WITH_KEY, "db1": BASE})
    verdicts = {one.target: one.verdict for one in again["create way in"].boxes}
    assert verdicts == dict.fromkeys(("mail1", "web1", "db1"), ItemVerdict.OPEN)


def test_a_login_by_the_clients_own_account_tests_the_way() -> None:
    run = Engagement(parties=PARTIES)
    run.audit({"web1": (*WITH_KEY, *CARLA)})
    early = LastLogin(account="carla", when=Moment.exact(NOW), origin="10.0.0.1")
    before = run.audit({"web1": (*WITH_KEY, *CARLA, early)}, keep=False)["create way in"]
    assert before.verdict is ItemVerdict.CANNOT_TELL
    late = LastLogin(account="carla", when=Moment.exact(run.now + 60), origin="10.0.0.1")
    after = run.audit({"web1": (*WITH_KEY, *CARLA, late)})["create way in"]
    assert after.verdict is ItemVerdict.DONE


def test_the_clients_key_in_an_account_of_the_leaver_is_no_way_in() -> None:
    held = (*BASE, account("oldmsp"), password("oldmsp"), sudo("oldmsp"), key("oldmsp", OUR_KEY))
    items = Engagement(parties=PARTIES).audit({"web1": held, "web2": (*BASE, *CARLA)})
    assert "no way to root of a party that stays" in box(items["create way in"], "web1").text
    assert f"revoke ssh key {OUR_KEY}" not in items
    assert len(items["revoke account oldmsp"].boxes) == 3


def test_roots_password_counts_only_when_it_was_set_after_the_access_ended() -> None:
    ended = NOW + 10 * DAY_S
    day = ended // DAY_S
    for changed, verdict in (
        (day - 3, ItemVerdict.OPEN),
        (day, ItemVerdict.CANNOT_TELL),
        (day + 3, ItemVerdict.DONE),
    ):
        run = Engagement(access_ended=ended)
        run.audit({"web1": (ROOT, *sshd(), password("root"), key("root", THEIR_KEY))})
        now = (ROOT, *sshd(), password("root", day=changed))
        line = run.audit({"web1": now})["rotate password root"]
        assert (line.id, line.verdict) == ("S-01", verdict)
        assert "sees it set after 2027-01-25" in line.proof


def test_a_password_is_not_renewed_when_nobody_says_when_the_access_ended() -> None:
    run = Engagement()
    run.audit({"web1": (ROOT, *sshd(), password("root"), key("root", THEIR_KEY))})
    now = (ROOT, *sshd(), password("root", day=NOW // DAY_S + 1))
    assert run.audit({"web1": now})["rotate password root"].verdict is ItemVerdict.CANNOT_TELL


def test_a_password_on_another_machine_is_not_a_new_one() -> None:
    run = Engagement(access_ended=NOW)
    run.audit({"web1": (ROOT, *sshd(), password("root"), key("root", THEIR_KEY))})
    run.told = ()
    now = (ROOT, *sshd(), password("root", day=NOW // DAY_S + 9))
    line = run.audit({"web1": now}, generations={"web1": 1})["rotate password root"]
    assert line.verdict is ItemVerdict.CANNOT_TELL


def test_the_audits_own_access_is_a_line_of_the_last_gate() -> None:
    run = Engagement(own_key=OUR_KEY)
    line = run.audit({"web1": (*BASE, *CARLA)})["revoke own access"]
    assert (line.gate, line.verdict) == ("G5", ItemVerdict.OPEN)
    refused = run.audit({"web1": BASE}, gaps=everything("web1"))["revoke own access"]
    assert refused.verdict is ItemVerdict.CANNOT_TELL


def test_who_stays_with_fewer_duties_keeps_what_two_parties_agree_on() -> None:
    stays = msgspec.structs.replace(OLDMSP, leaving=Leaving.FEWER_DUTIES)
    parties = (CLIENT, stays, NEWMSP)
    run = Engagement(parties=parties)
    alias = MailAlias(file="/etc/aliases", name="root", target="otto@oldmsp.example")
    first = run.audit({"web1": (*WITH_KEY, alias)})
    assert first[THEIRS].verdict is ItemVerdict.OPEN
    line = first["keep stays mail otto@oldmsp.example"]
    assert (line.id, line.verdict) == ("K-01", ItemVerdict.CANNOT_TELL)
    for by, party in (("MD", "client"), ("Nina", "incoming")):
        note = attestation(run.memory, "K-01", what="kept", by=by, party=party, parties=parties)
        run.note(note, at=run.now + 100)
    assert run.audit({"web1": (*WITH_KEY, alias)})[line.key].verdict is ItemVerdict.ATTESTED


def test_every_line_has_a_gate_a_day_and_someone_who_acts() -> None:
    for item in Engagement(parties=PARTIES).audit({"web1": WITH_KEY}).values():
        assert item.gate in GATES
        assert item.due == NOW + (42 + GATES[item.gate].days) * DAY_S
        assert item.owner == ("NewMSP" if item.act is Act.REVOKE else "Client")
