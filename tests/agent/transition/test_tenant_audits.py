"""Audits of a tenant in a row: what is removed, made anew, tested, and what cannot be told."""

import pytest

from agent.transition.item import Item, ItemVerdict
from agent.transition.sayings import attestation
from inventory.model.evidence import Gap, Why
from inventory.model.moment import DAY_S, Moment
from inventory.model.record import Record
from inventory.model.tenant_accounts import TenantMembers, TenantOwners, TenantSignIn, TenantUser
from inventory.model.tenant_apps import AppCredential
from inventory.model.tenant_partners import CrossTenantPartner
from inventory.model.tenant_policies import AccessPolicy, NamedLocation, Selection
from inventory.model.tenant_roles import GroupEligibility, RoleAssignment
from tests.agent.judge.building import NOW, collector_of
from tests.agent.judge.tenant import world
from tests.agent.judge.tenant.building import (
    BASE,
    CLIENT,
    GLOBAL,
    HELPDESK,
    MAIL,
    NAME,
    OLDMSP,
    OWN,
    TENANT_RECORDS,
    THEIRS,
    application,
    assigned,
    granted,
    group,
    guest,
    members,
    owners,
    user,
)
from tests.agent.transition.building import UNREACHABLE, Engagement, Gaps

OPEN, DONE, UNKNOWN = ItemVerdict.OPEN, ItemVerdict.DONE, ItemVerdict.CANNOT_TELL
ALICE, MIA, ADMINS = guest("alice", "oldmsp.example"), user("mia"), group("admins")
ALICE_OFF = guest("alice", "oldmsp.example", is_enabled=False)
LINE = "revoke tenant account alice@oldmsp.example"
ENDED = NOW - 5 * DAY_S
DENIED = Gap(Why.DENIED, "ask")


class Tenancy(Engagement):
    """Audits of one tenant."""

    def __init__(self, **options: object) -> None:
        super().__init__(parties=(OLDMSP, CLIENT), **options)  # type: ignore[arg-type]
        self.parsers |= {collector_of(kind): 1 for kind in TENANT_RECORDS}

    def kinds_of(self, target: str) -> tuple[type[Record], ...]:
        return TENANT_RECORDS

    def look(self, *records: Record, gaps: Gaps | None = None) -> dict[str, Item]:
        return self.audit({NAME: (*BASE, *records)}, gaps=gaps)


def refused(*kinds: type[Record], gap: Gap = DENIED) -> Gaps:
    return {(NAME, kind.__name__): gap for kind in kinds}


def verdict(items: dict[str, Item], *words: str) -> ItemVerdict:
    """Return the verdict of the one line whose key has all of the words."""
    (found,) = [item for key, item in items.items() if all(word in key for word in words)]
    return found.verdict


def of_text(item: Item, word: str) -> ItemVerdict:
    (found,) = [box.verdict for box in item.boxes if word in box.text]
    return found


def test_an_account_is_open_until_its_sign_in_is_blocked() -> None:
    run = Tenancy()
    assert run.look(ALICE)[LINE].verdict is OPEN
    blocked = run.look(ALICE_OFF)[LINE]
    assert blocked.verdict is DONE
    assert "its sign-in is blocked" in blocked.says
    assert run.look(ALICE)[LINE].verdict is OPEN
    assert run.look()[LINE].verdict is DONE


def test_a_role_that_is_taken_away_closes_its_box_alone() -> None:
    run = Tenancy()
    run.look(ALICE, assigned(GLOBAL, ALICE), assigned(HELPDESK, ALICE))
    item = run.look(ALICE, assigned(HELPDESK, ALICE))[LINE]
    assert item.verdict is OPEN
    assert of_text(item, "has Global Administrator") is DONE
    assert of_text(item, "has Helpdesk Administrator") is OPEN


@pytest.mark.parametrize(
    ("gap", "closes"),
    [(Gap(Why.DENIED, "ask", ADMINS.id), False), (Gap(Why.DENIED, "ask", "g-other"), True)],
)
def test_a_membership_is_gone_when_its_own_group_was_read(gap: Gap, *, closes: bool) -> None:
    run = Tenancy()
    held = (ALICE, MIA, ADMINS, assigned(HELPDESK, ADMINS))
    run.look(*held, members(ADMINS, ALICE, MIA))
    item = run.look(*held, members(ADMINS, MIA), gaps=refused(TenantMembers, gap=gap))[LINE]
    assert of_text(item, "through admins") is (DONE if closes else UNKNOWN)


def test_a_refused_reading_of_roles_proves_none_removed() -> None:
    run = Tenancy()
    run.look(ALICE, assigned(GLOBAL, ALICE))
    item = run.look(ALICE, gaps=refused(RoleAssignment))[LINE]
    assert of_text(item, "has Global Administrator") is UNKNOWN


def test_an_unlicensed_list_of_eligible_roles_hides_no_role_that_is_held() -> None:
    unlicensed = Gap(Why.UNLICENSED, "ask", "", "no P2", "licence")
    run = Tenancy()
    run.look(ALICE, assigned(GLOBAL, ALICE), gaps=refused(GroupEligibility, gap=unlicensed))
    item = run.look(ALICE, gaps=refused(GroupEligibility, gap=unlicensed))[LINE]
    assert of_text(item, "has Global Administrator") is DONE


def test_an_owner_who_is_removed_closes_the_box() -> None:
    registered, service = application("tool", OWN)
    run = Tenancy()
    run.look(ALICE, registered, service, owners(registered, ALICE))
    item = run.look(ALICE, registered, service, owners(registered, MIA))[LINE]
    assert of_text(item, "owns the application") is DONE
    again = run.look(ALICE, registered, service, gaps=refused(TenantOwners))[LINE]
    assert of_text(again, "owns the application") is UNKNOWN


def test_another_application_that_asks_proves_nothing_gone() -> None:
    run = Tenancy()
    run.look(ALICE)
    other = type(BASE[1])(login="secret", cloud="global", app_id="another")
    items = run.audit({NAME: (BASE[0], other, *BASE[2:])})
    assert items[LINE].verdict is UNKNOWN
    assert "another account asked" in items[LINE].says


def test_a_location_that_no_longer_names_their_network_is_done() -> None:
    def place(*networks: str) -> NamedLocation:
        return NamedLocation(id="l", name="HQ", is_trusted=True, networks=networks)

    run = Tenancy()
    assert verdict(run.look(place("203.0.113.0/24")), "place of a tenant") is OPEN
    assert verdict(run.look(place("198.51.100.0/24")), "place of a tenant") is DONE
    run = Tenancy()
    run.look(place("203.0.113.0/24"))
    assert verdict(run.look(), "place of a tenant") is DONE


def keyed(items: dict[str, Item]) -> dict[str, ItemVerdict]:
    return {key: item.verdict for key, item in items.items()}


HOLDS = [record for record in world.HELD if record not in world.CLEAN]


def test_removing_everything_closes_every_line_about_them_and_only_those() -> None:
    run = Tenancy(access_ended=ENDED)
    before = run.look(*(record for record in world.HELD if record not in BASE))
    after = run.look(*(record for record in world.CLEAN if record not in BASE))
    was_open = {key for key, one in keyed(before).items() if one is OPEN and key[0] in "rt"}
    theirs = {key for key in was_open if before[key].holds and "own access" not in key}
    assert len(theirs) >= 15
    assert {key for key in theirs if after[key].verdict is not DONE} == set()
    states = keyed(after)
    for kind in ("partner page", "unshown"):
        assert [v for k, v in states.items() if f" {kind} " in k] == [UNKNOWN]


@pytest.mark.parametrize("at", range(len(HOLDS)), ids=lambda at: type(HOLDS[at]).__name__)
def test_removing_one_closes_no_line_of_another_subject(at: int) -> None:
    """What a record told may be in several boxes; a line closes only when its own are gone."""
    run = Tenancy(access_ended=ENDED)
    before = run.look(*(record for record in world.HELD if record not in BASE))
    left = [record for record in world.HELD if record not in BASE and record is not HOLDS[at]]
    after = run.look(*left)
    for key, item in after.items():
        was_open = key in before and before[key].verdict is OPEN
        if was_open and item.verdict is DONE and not key.startswith("decide"):
            gone = type(HOLDS[at]).__name__
            assert all(box.verdict is DONE for box in item.boxes), key
            assert any(f"of {gone} " in box.evidence for box in before[key].boxes), key


def test_a_tenant_that_does_not_answer_proves_nothing_done() -> None:
    run = Tenancy(access_ended=ENDED)
    before = run.look(*(record for record in world.HELD if record not in BASE))
    after = run.look(gaps=refused(*TENANT_RECORDS, gap=UNREACHABLE))
    assert [key for key in before if after[key].verdict is DONE] == []


def test_a_global_administrator_who_stays_is_tested_by_a_sign_in() -> None:
    run = Tenancy()
    role = assigned(GLOBAL, MIA)
    words = ("create tenant administrator",)
    assert verdict(run.look(), *words) is OPEN
    assert verdict(run.look(MIA, role), *words) is UNKNOWN
    old = TenantSignIn(user=MIA.id, last=Moment.exact(NOW - DAY_S))
    assert verdict(run.look(MIA, role, old), *words) is UNKNOWN
    new = TenantSignIn(user=MIA.id, last=Moment.exact(run.now + 2 * DAY_S))
    assert verdict(run.look(MIA, role, new), *words) is DONE


def test_a_leavers_global_administrator_is_none_who_stays() -> None:
    run = Tenancy()
    used = TenantSignIn(user=ALICE.id, last=Moment.exact(NOW + 9 * DAY_S))
    items = run.look(ALICE, assigned(GLOBAL, ALICE), used)
    assert verdict(items, "create tenant administrator") is OPEN
    assert items[LINE].after == f"After {number(items, 'create tenant administrator')}."


def number(items: dict[str, Item], key: str) -> str:
    return next(item.id for known, item in items.items() if known.startswith(key))


def test_roles_that_were_refused_leave_it_unknown_who_administers() -> None:
    run = Tenancy()
    items = run.look(gaps=refused(RoleAssignment))
    assert verdict(items, "create tenant administrator") is UNKNOWN


def spare(name: str) -> TenantUser:
    return user(name, "client.onmicrosoft.example", password_set=Moment.exact(ENDED - DAY_S))


def test_two_spare_accounts_are_wanted() -> None:
    one, two = spare("bg1"), spare("bg2")
    policy = AccessPolicy(
        id="p", name="MFA", state="enabled", users=Selection(("All",), (one.id, two.id))
    )
    run = Tenancy()
    roles = (assigned(GLOBAL, one), assigned(GLOBAL, two))
    assert verdict(run.look(one, roles[0], policy), "spare accounts") is OPEN
    assert verdict(run.look(one, two, *roles, policy), "spare accounts") is DONE
    hidden = run.look(one, two, *roles, gaps=refused(AccessPolicy))
    assert verdict(hidden, "spare accounts") is UNKNOWN


@pytest.mark.parametrize("name", ["bg1", "Sync_SRV1_a1b2"])
def test_a_password_that_outlives_people_is_set_anew(name: str) -> None:
    run = Tenancy(access_ended=ENDED)
    old = user(name, "client.onmicrosoft.example", password_set=Moment.exact(ENDED - 9))
    new = user(name, "client.onmicrosoft.example", password_set=Moment.exact(ENDED + 9))
    words = ("rotate tenant password",)
    assert verdict(run.look(old, assigned(GLOBAL, old)), *words) is OPEN
    assert verdict(run.look(new, assigned(GLOBAL, new)), *words) is DONE
    hidden = run.look(gaps=refused(*TENANT_RECORDS, gap=UNREACHABLE))
    assert verdict(hidden, *words) is UNKNOWN
    assert verdict(run.look(), *words) is DONE


def test_without_a_date_of_the_end_no_password_is_told_new() -> None:
    one = spare("bg1")
    assert verdict(Tenancy().look(one, assigned(GLOBAL, one)), "tenant password") is UNKNOWN


def secret(id_: str, starts: int | None, ends: int | None = None) -> AppCredential:
    return AppCredential(
        object="app-tool",
        owner="application",
        id=id_,
        type="secret",
        starts=None if starts is None else Moment.exact(starts),
        ends=None if ends is None else Moment.exact(ends),
    )


def test_secrets_of_an_application_are_new_when_the_old_ones_are_gone() -> None:
    tool = (*application("tool", OWN),)
    held = (*tool, granted(MAIL, tool[1]))
    old, new = secret("old", ENDED - 9), secret("new", ENDED + 9)
    words = ("rotate app secret", "tool (id-tool)")
    run = Tenancy(access_ended=ENDED)
    assert verdict(run.look(*held, old), *words) is OPEN
    assert verdict(run.look(*held, old, new), *words) is OPEN
    assert verdict(run.look(*held, new), *words) is DONE
    assert verdict(run.look(*held, new, secret("odd", None)), *words) is UNKNOWN
    assert verdict(run.look(*held, new, gaps=refused(AppCredential)), *words) is UNKNOWN
    assert verdict(run.look(*held, new, secret("past", 9, 99)), *words) is DONE
    assert verdict(run.look(*held), *words) is DONE


def test_an_application_whose_credentials_were_not_read_has_a_line_too() -> None:
    tool = (*application("tool", OWN),)
    run = Tenancy(access_ended=ENDED)
    items = run.look(*tool, granted(MAIL, tool[1]), gaps=refused(AppCredential))
    assert verdict(items, "rotate app secret") is UNKNOWN
    none = Tenancy(access_ended=ENDED).look(*tool, gaps=refused(AppCredential))
    assert not [key for key in none if "app secret" in key]


def test_the_partner_page_is_closed_by_people_alone() -> None:
    run = Tenancy()
    page = f"revoke partner page {NAME}"
    before = run.look()
    assert before[page].verdict is UNKNOWN
    assert "two named people of two parties attest it" in before[page].proof
    for by, party in (("MD", "client"), ("Otto", "outgoing")):
        said = attestation(
            run.memory,
            before[page].id,
            what="removed",
            by=by,
            party=party,
            parties=(CLIENT, OLDMSP),
        )
        run.note(said, at=run.now + 50)
    assert run.look()[page].verdict is ItemVerdict.ATTESTED


def test_the_audits_own_application_is_a_line_from_the_start() -> None:
    items = Tenancy().look()
    (own,) = [item for key, item in items.items() if "own access" in key]
    assert own.verdict is OPEN
    assert "with which the audit asks" in own.boxes[0].text


def test_partners_go_after_an_administrator_was_tested() -> None:
    items = Tenancy().look(CrossTenantPartner(tenant=THEIRS, is_service_provider=True))
    first = number(items, "create tenant administrator")
    for key, item in items.items():
        if key.startswith("revoke partner"):
            assert item.after == f"After {first}."
            assert "who takes over active" in item.todo


def test_every_line_says_what_will_prove_it() -> None:
    items = Tenancy().look(*(record for record in world.HELD if record not in BASE))
    assert {hold.kind for item in items.values() for hold in item.holds} >= set(world.EVERY)
    for item in items.values():
        assert item.proof.endswith(".")
        assert item.todo


def test_a_secret_that_lies_about_its_beginning_is_not_new() -> None:
    tool = (*application("tool", OWN),)
    held = (*tool, granted(MAIL, tool[1]))
    words = ("rotate app secret", "tool (id-tool)")
    run = Tenancy(access_ended=NOW + 9 * DAY_S)
    ahead = secret("planted", NOW + 10 * DAY_S)
    assert verdict(run.look(*held, ahead), *words) is OPEN
    for _ in range(12):
        items = run.look(*held, ahead)
    assert run.now > NOW + 10 * DAY_S
    assert verdict(items, *words) is OPEN  # seen before the end: the leaver may know it
    fresh = secret("fresh", NOW + 10 * DAY_S)
    assert verdict(run.look(*held, fresh), *words) is DONE
    later = secret("later", run.now + 30 * DAY_S)
    assert verdict(run.look(*held, later), *words) is UNKNOWN


@pytest.mark.parametrize("at", range(len(HOLDS)), ids=lambda at: type(HOLDS[at]).__name__)
def test_what_is_removed_is_done_and_what_stays_is_not(at: int) -> None:
    run = Tenancy(access_ended=ENDED)
    whole = [record for record in world.HELD if record not in BASE]
    run.look(*whole)
    theirs = [hold.key for hold in run.judge(run.number, run.told, run.now).outgoing.holds]
    items = run.look(*(record for record in whole if record is not HOLDS[at]))
    left = {one.candidate.key for one in run.judge(run.number, run.told, run.now).holdings.judged}
    told = {
        box.key: shown.verdict
        for item in run.memory.items.values()
        for box, shown in zip(item.boxes, items[item.key].boxes, strict=False)
    }
    guessed = f"tenant account {NAME} {MIA.id}"  # decided, not removed, when its manager goes
    assert len(theirs) > 20
    for key in theirs:
        assert key == guessed or (told[key] is DONE) == (key not in left), key
