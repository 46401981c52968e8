"""Audits of a directory in a row: what is closed, removed, set anew, and what cannot be told."""

from collections.abc import Iterable

import pytest

from agent.transition.item import Item, ItemVerdict
from agent.transition.sayings import attestation
from inventory.model.directory import DirectoryConnection, Trust
from inventory.model.directory_accounts import DirectoryMembers, DirectorySignIn
from inventory.model.directory_rights import DirectoryRight
from inventory.model.evidence import Gap, Why
from inventory.model.moment import DAY_S, Moment
from inventory.model.record import KINDS, Record
from tests.agent.judge.building import CLIENT, NOW, OLDMSP, collector_of, sudo
from tests.agent.judge.directory.building import AD, BASE, DOMAIN, NAME, SID, group, members, user
from tests.agent.judge.directory.joined import BASE as HOST
from tests.agent.judge.directory.joined import JOIN
from tests.agent.transition.building import UNREACHABLE, Engagement, Gaps

OPEN, DONE, UNKNOWN = ItemVerdict.OPEN, ItemVerdict.DONE, ItemVerdict.CANNOT_TELL
REALM_KINDS = tuple(
    kind for kind in KINDS.values() if kind.__module__.startswith("inventory.model.direct")
)
ADMINS = group("Domain Admins", 512)
HELPDESK = group("helpdesk", 3002)
ALICE = user("alice", 2001, mails=("alice@oldmsp.example",))
ALICE_OFF = user("alice", 2001, mails=("alice@oldmsp.example",), is_enabled=False)
COPIES = DirectoryRight(
    object=BASE,
    type="domain",
    principal=f"{SID}-2001",
    rights=("extended",),
    on="DS-Replication-Get-Changes-All",
)
TRUST = Trust(partner="ad.old-cloud.example", direction="out", type="uplevel")
EMPTY = (ADMINS, HELPDESK, DirectoryMembers(group=ADMINS.id, dn=ADMINS.dn))
LINE = f"revoke directory account alice@{NAME}"
ENDED = NOW - 5 * DAY_S


def at(moment: int, rid: int, name: str, **fields: object) -> Record:
    """Return an account whose password was set at a time."""
    return user(name, rid, password_changed=Moment.exact(moment), **fields)


def krbtgt(moment: int) -> Record:
    return at(moment, 502, "krbtgt", is_enabled=False)


class Realm(Engagement):
    """Audits of one directory, and of hosts beside it."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.parsers |= {collector_of(kind): 1 for kind in REALM_KINDS}

    def kinds_of(self, target: str) -> tuple[type[Record], ...]:
        return REALM_KINDS if target == NAME else super().kinds_of(target)

    def look(
        self,
        *records: Record,
        gaps: Gaps | None = None,
        hosts: dict[str, tuple[Record, ...]] | None = None,
        generation: int = 0,
    ) -> dict[str, Item]:
        told = {NAME: (AD, DOMAIN, *records), **(hosts or {})}
        return self.audit(told, gaps=gaps, generations={NAME: generation})


DENIED = Gap(Why.DENIED, "ask")


def refused(*kinds: type[Record], gap: Gap = DENIED) -> Gaps:
    return {(NAME, kind.__name__): gap for kind in kinds}


def verdict(items: dict[str, Item], *words: str) -> ItemVerdict:
    """Return the verdict of the one line whose key has all of the words."""
    (found,) = [item for key, item in items.items() if all(word in key for word in words)]
    return found.verdict


def boxes(item: Item) -> dict[str, ItemVerdict]:
    """Return the verdict of each box by the kind of its hold."""
    return {box.text: box.verdict for box in item.boxes}


def of_text(item: Item, word: str) -> ItemVerdict:
    (found,) = [verdict for text, verdict in boxes(item).items() if word in text]
    return found


def test_a_leavers_account_is_open_until_it_is_disabled() -> None:
    run = Realm()
    assert run.look(*EMPTY, ALICE)[LINE].verdict is OPEN
    assert run.look(*EMPTY, ALICE)[LINE].verdict is OPEN
    assert run.look(*EMPTY, ALICE_OFF)[LINE].verdict is DONE
    assert run.look(*EMPTY, ALICE)[LINE].verdict is OPEN


def test_an_account_that_was_deleted_is_done() -> None:
    run = Realm()
    run.look(*EMPTY, ALICE)
    assert run.look(*EMPTY)[LINE].verdict is DONE


def test_a_membership_that_is_removed_is_done_and_the_account_stays_open() -> None:
    run = Realm()
    run.look(ADMINS, ALICE, members("Domain Admins", "alice"))
    item = run.look(*EMPTY, ALICE)[LINE]
    assert item.verdict is OPEN
    assert of_text(item, "in Domain Admins") is DONE
    assert of_text(item, "account alice") is OPEN


def test_a_right_that_is_removed_is_done() -> None:
    run = Realm()
    before = run.look(*EMPTY, ALICE, COPIES)[LINE]
    assert of_text(before, "DCSync") is OPEN
    assert of_text(run.look(*EMPTY, ALICE)[LINE], "DCSync") is DONE


def test_a_trust_that_is_removed_is_done() -> None:
    run = Realm()
    assert verdict(run.look(*EMPTY, TRUST), "revoke trust") is OPEN
    assert verdict(run.look(*EMPTY), "revoke trust") is DONE


def test_a_directory_that_does_not_answer_proves_nothing_gone() -> None:
    run = Realm(access_ended=ENDED)
    full = (ADMINS, ALICE, members("Domain Admins", "alice"), COPIES, TRUST, krbtgt(NOW - DAY_S))
    run.look(*full)
    items = run.look(gaps=refused(*REALM_KINDS, gap=UNREACHABLE))
    assert items[LINE].verdict is UNKNOWN
    assert set(boxes(items[LINE]).values()) == {UNKNOWN}
    assert verdict(items, "revoke trust") is UNKNOWN
    assert verdict(items, "krbtgt") is UNKNOWN


def test_another_directory_under_the_name_proves_nothing_gone() -> None:
    run = Realm(access_ended=ENDED)
    run.look(ADMINS, ALICE, members("Domain Admins", "alice"), TRUST, krbtgt(ENDED + DAY_S))
    items = run.look(*EMPTY, generation=1)
    assert items[LINE].verdict is UNKNOWN
    assert verdict(items, "revoke trust") is UNKNOWN
    assert verdict(items, "krbtgt") is not DONE


def test_a_reader_without_descriptors_cannot_tell_of_rights_and_can_of_memberships() -> None:
    run = Realm()
    run.look(ADMINS, ALICE, members("Domain Admins", "alice"), COPIES)
    item = run.look(*EMPTY, ALICE, gaps=refused(DirectoryRight))[LINE]
    assert of_text(item, "DCSync") is UNKNOWN
    assert of_text(item, "in Domain Admins") is DONE


@pytest.mark.parametrize("hidden", [ADMINS.dn, ""])
def test_a_group_whose_members_are_hidden_proves_no_removal(hidden: str) -> None:
    run = Realm()
    list_of = DirectoryMembers(group=ADMINS.id, dn=ADMINS.dn, members=(ALICE.dn,))
    run.look(ADMINS, ALICE, list_of)
    gap = Gap(Why.TRUNCATED, "ask", hidden)
    item = run.look(ADMINS, ALICE, gaps=refused(DirectoryMembers, gap=gap))[LINE]
    assert of_text(item, "in Domain Admins") is UNKNOWN


def test_krbtgt_is_done_after_the_second_change_and_dates_are_remembered() -> None:
    run = Realm(access_ended=ENDED)
    assert verdict(run.look(*EMPTY, krbtgt(ENDED - 9)), "krbtgt") is OPEN
    assert verdict(run.look(*EMPTY, krbtgt(ENDED + 3600)), "krbtgt") is OPEN
    assert verdict(run.look(*EMPTY, krbtgt(ENDED + 3600)), "krbtgt") is OPEN
    too_soon = run.look(*EMPTY, krbtgt(ENDED + 2 * 3600))
    assert verdict(too_soon, "krbtgt") is OPEN
    assert verdict(run.look(*EMPTY, krbtgt(ENDED + 30 * 3600)), "krbtgt") is DONE
    assert verdict(run.look(*EMPTY, krbtgt(ENDED + 30 * 3600)), "krbtgt") is DONE


def test_krbtgt_that_was_set_once_since_is_open_however_long_ago() -> None:
    run = Realm(access_ended=NOW - 100 * DAY_S)
    assert verdict(run.look(*EMPTY, krbtgt(NOW - 5 * DAY_S)), "krbtgt") is OPEN
    assert verdict(run.look(*EMPTY, krbtgt(NOW - 5 * DAY_S)), "krbtgt") is OPEN


def test_krbtgt_that_nobody_sees_is_not_gone() -> None:
    run = Realm(access_ended=ENDED)
    assert verdict(run.look(*EMPTY), "krbtgt") is UNKNOWN
    run.look(*EMPTY, krbtgt(ENDED - 9))
    assert verdict(run.look(*EMPTY), "krbtgt") is not DONE


def test_krbtgt_without_a_date_of_the_end_cannot_be_told() -> None:
    assert verdict(Realm().look(*EMPTY, krbtgt(NOW)), "krbtgt") is UNKNOWN


@pytest.mark.parametrize(
    ("rid", "name", "fields"),
    [(500, "Administrator", {}), (2010, "svc_sql", {"service_names": ("MSSQLSvc/db1",)})],
)
def test_a_password_that_people_know_is_done_when_it_was_set_after_the_end(
    rid: int, name: str, fields: dict[str, object]
) -> None:
    run = Realm(access_ended=ENDED)
    words = ("directory password", f"{name}@{NAME}")
    assert verdict(run.look(*EMPTY, at(ENDED - 1, rid, name, **fields)), *words) is OPEN
    assert verdict(run.look(*EMPTY, at(ENDED + 1, rid, name, **fields)), *words) is DONE
    hidden = run.look(*EMPTY, gaps=refused(*REALM_KINDS, gap=UNREACHABLE))
    assert verdict(hidden, *words) is UNKNOWN


def test_the_restore_mode_is_done_by_two_parties_word_alone() -> None:
    run = Realm(access_ended=ENDED)
    before = run.look(*EMPTY)
    (item,) = [one for key, one in before.items() if "restore mode" in key]
    assert item.verdict is UNKNOWN
    for by, party in (("MD", "client"), ("Otto", "outgoing")):
        said = attestation(
            run.memory, item.id, what="changed", by=by, party=party, parties=(CLIENT, OLDMSP)
        )
        run.note(said, at=run.now + 50)
    assert verdict(run.look(*EMPTY), "restore mode") is ItemVerdict.ATTESTED


def used(name: str, when: int) -> DirectorySignIn:
    return DirectorySignIn(account=f"id-{name}", when=Moment(when, when + 14 * DAY_S))


def test_an_administrator_who_stays_is_tested_by_use_since() -> None:
    mia = user("mia", 2003, mails=("mia@client.example",))
    inside = members("Domain Admins", "mia")
    run = Realm()
    line = ("administrator",)
    first = run.look(*EMPTY)
    assert [i.verdict for k, i in first.items() if k.endswith(line[0])] == [OPEN]
    seen = run.look(ADMINS, mia, inside)
    assert [i.verdict for k, i in seen.items() if k.endswith(line[0])] == [UNKNOWN]
    old = run.look(ADMINS, mia, inside, used("mia", NOW - 30 * DAY_S))
    assert [i.verdict for k, i in old.items() if k.endswith(line[0])] == [UNKNOWN]
    now = run.look(ADMINS, mia, inside, used("mia", run.now + 20 * DAY_S))
    assert [i.verdict for k, i in now.items() if k.endswith(line[0])] == [DONE]


def test_a_leavers_administrator_is_no_administrator_who_stays() -> None:
    run = Realm()
    run.look(*EMPTY)
    items = run.look(
        ADMINS, ALICE, members("Domain Admins", "alice"), used("alice", run.now + DAY_S)
    )
    assert [i.verdict for k, i in items.items() if k.endswith("administrator")] == [OPEN]


WEB = {"web1": (*HOST, JOIN, sudo("%helpdesk"))}
INSIDE = (*EMPTY, ALICE, members("helpdesk", "alice"))


def path_of(items: dict[str, Item]) -> ItemVerdict:
    return of_text(items[LINE], "on web1")


@pytest.mark.parametrize(
    ("records", "host"),
    [
        ((*EMPTY, ALICE, DirectoryMembers(group=HELPDESK.id)), WEB),
        ((*EMPTY, ALICE_OFF, members("helpdesk", "alice")), WEB),
        (INSIDE, {"web1": (*HOST, JOIN)}),
        (INSIDE, {"web1": HOST}),
    ],
)
def test_a_way_into_a_host_ends_in_the_directory_or_on_the_host(
    records: Iterable[Record], host: dict[str, tuple[Record, ...]]
) -> None:
    run = Realm()
    assert path_of(run.look(*INSIDE, hosts=WEB)) is OPEN
    assert path_of(run.look(*records, hosts=host)) is DONE


def test_a_way_into_a_host_is_not_done_while_the_directory_is_unread() -> None:
    run = Realm()
    run.look(*INSIDE, hosts=WEB)
    unread = refused(*REALM_KINDS, gap=UNREACHABLE)
    assert path_of(run.look(hosts=WEB, gaps=unread)) is UNKNOWN
    assert path_of(run.look(hosts={"web1": (*HOST, JOIN)}, gaps=unread)) is not DONE
    hidden = refused(DirectoryMembers)
    assert path_of(run.look(*EMPTY, ALICE, hosts=WEB, gaps=hidden)) is UNKNOWN


def test_a_way_into_a_host_is_not_done_by_another_directory() -> None:
    run = Realm()
    run.look(*INSIDE, hosts=WEB)
    items = run.look(*EMPTY, hosts={"web1": (*HOST, JOIN, sudo("%helpdesk"))}, generation=1)
    assert path_of(items) is UNKNOWN


def test_a_directory_that_nobody_asks_is_unread_until_no_host_uses_it() -> None:
    run = Realm()
    joined = run.audit({"web1": (*HOST, JOIN)})
    (item,) = [one for key, one in joined.items() if "unread" in key]
    assert item.verdict is UNKNOWN
    assert NAME in {box.target for box in item.boxes}
    (item,) = [one for key, one in run.audit({"web1": HOST}).items() if "unread" in key]
    assert item.verdict is DONE


def connected(account: str) -> DirectoryConnection:
    """Return how an account reached the directory."""
    return DirectoryConnection(security="ldaps", checked_by="CA", bind="simple", account=account)


def test_what_another_account_is_not_shown_is_not_gone() -> None:
    run = Realm()
    full = (*EMPTY, ALICE, COPIES, TRUST)
    run.look(connected("admin@corp.example"), *full)
    items = run.look(connected("reader@corp.example"), *EMPTY)
    assert items[LINE].verdict is UNKNOWN
    assert verdict(items, "revoke trust") is UNKNOWN
    assert run.look(connected("reader@corp.example"), *EMPTY)[LINE].verdict is UNKNOWN
    assert run.look(connected("Admin@corp.example"), *EMPTY)[LINE].verdict is DONE


def test_a_secret_that_another_account_is_not_shown_is_not_gone() -> None:
    run = Realm(access_ended=ENDED)
    service = at(ENDED - DAY_S, 2009, "svc", service_names=("HTTP/web1",))
    run.look(connected("admin@corp.example"), *EMPTY, service)
    items = run.look(connected("reader@corp.example"), *EMPTY)
    assert verdict(items, "password", "svc@") is UNKNOWN


@pytest.mark.parametrize(
    ("part", "expected"),
    [("CN=MicrosoftDNS,DC=DomainDnsZones", DONE), (BASE, UNKNOWN), ("", UNKNOWN)],
)
def test_a_right_is_hidden_by_what_hides_its_own_object(part: str, expected: ItemVerdict) -> None:
    run = Realm()
    run.look(*EMPTY, ALICE, COPIES)
    hidden = Gap(Why.DENIED, "ask", part, "its security descriptor is not shown")
    item = run.look(*EMPTY, ALICE, gaps=refused(DirectoryRight, gap=hidden))[LINE]
    assert of_text(item, "DCSync") is expected
