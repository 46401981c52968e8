"""Searches bring everything, or say what is missing: pages, ranges, references, errors on the way."""

import pytest
from msgspec.structs import replace

from collectors.entries import Entries
from collectors.ldap_filter import parse_filter
from collectors.spec import LdapSearch
from collectors.transports.ldap import LdapLimits
from collectors.transports.ldap_readers import Ldap3Reader
from collectors.transports.ldap_request import Found, Request
from collectors.transports.ldap_search import found
from inventory.model.evidence import Why
from tests.collectors.transports.directories import NAMES, QUICK, asked, opened, users
from tests.lab.ldap_server import DOMAIN, Behaviour, FakeDirectory

GROUP = f"CN=all,CN=Users,{DOMAIN}"
MEMBERS = LdapSearch("members", "(objectClass=group)", ("cn", "member"))


def _group(members: int) -> dict:
    names = [f"CN=u{one:06d},CN=Users,{DOMAIN}" for one in range(members)]
    return {**users(3), GROUP: {"objectClass": ["group"], "cn": ["all"], "member": names}}


def test_all_pages_are_read_in_order() -> None:
    with FakeDirectory(users(2500)) as server, opened(server) as door:
        entries, gaps = asked(door, NAMES)
    assert [entry.text("cn") for entry in entries] == [f"u{one:05d}" for one in range(2500)]
    assert gaps == ()
    assert server.requests.count("search") == 4  # the root DSE, and three pages


def test_pages_with_the_same_cookie_are_read_like_others() -> None:
    behaviour = Behaviour(constant_cookie=True)  # as Samba and 389-ds give it
    with FakeDirectory(users(2500), behaviour) as server, opened(server) as door:
        entries, gaps = asked(door, NAMES)
    assert (len(entries), gaps) == (2500, ())


def test_a_server_without_pages_is_read_up_to_its_limit_and_the_rest_is_missing() -> None:
    behaviour = Behaviour(root={"supportedControl": ["1.2.3"]})
    with FakeDirectory(users(1200), behaviour) as server, opened(server) as door:
        entries, gaps = asked(door, NAMES)
    assert len(entries) == 1000
    assert [(gap.why, gap.part, gap.cure) for gap in gaps] == [(Why.TRUNCATED, "", "limit")]
    assert gaps[0].detail == "sizeLimitExceeded after 1000 entries"


def test_a_server_without_pages_that_gives_everything_is_read_whole() -> None:
    behaviour = Behaviour(root={"supportedControl": ["1.2.3"]})
    with FakeDirectory(users(900), behaviour) as server, opened(server) as door:
        entries, gaps = asked(door, NAMES)
    assert (len(entries), gaps) == (900, ())


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (3, Why.TIMEOUT),
        (4, Why.TRUNCATED),
        (11, Why.TRUNCATED),
        (50, Why.DENIED),
        (51, Why.UNREACHABLE),
        (53, Why.DENIED),
        (80, Why.FAILED),
    ],
)
def test_an_error_in_the_middle_leaves_the_reading_partial(code: int, why: Why) -> None:
    behaviour = Behaviour(fail_page={2: (code, "it was too much\x1b[31m")})
    with FakeDirectory(users(2500), behaviour) as server, opened(server) as door:
        entries, gaps = asked(door, NAMES)
    assert len(entries) == 2000
    assert [gap.why for gap in gaps] == [why]
    assert "\x1b" not in gaps[0].detail
    assert "it was too much" in gaps[0].detail


def test_the_next_ask_is_answered_after_one_that_was_left_in_the_middle() -> None:
    with FakeDirectory(users(50)) as server, opened(server) as door:
        left = door.search("test/left", NAMES)
        assert next(iter(left)).text("cn") == "u00000"
        entries, gaps = asked(door, NAMES)
    assert (len(entries), gaps) == (50, ())


def test_a_search_that_another_one_cut_off_is_partial_and_does_not_spoil_the_line() -> None:
    with FakeDirectory(users(50)) as server, opened(server) as door:
        left = door.search("test/left", NAMES)
        first = next(iter(left))
        whole, gaps = asked(door, NAMES)
        left.finish()
        again = asked(door, NAMES)
    assert first.text("cn") == "u00000"
    assert [gap.why for gap in left.gaps] == [Why.MALFORMED]
    assert (len(whole), gaps, len(again[0]), again[1]) == (50, (), 50, ())


def test_no_more_entries_are_read_than_an_ask_allows() -> None:
    with FakeDirectory(users(50)) as server, opened(server) as door:
        entries, gaps = asked(door, replace(NAMES, most_entries=20))
    assert len(entries) == 20
    assert [(gap.why, gap.detail) for gap in gaps] == [(Why.TRUNCATED, "more than 20 entries")]


def test_no_more_bytes_are_read_than_the_limits_allow() -> None:
    limits = replace(QUICK, most_bytes=100_000)
    with FakeDirectory(users(5000)) as server, opened(server, limits=limits) as door:
        entries, gaps = asked(door, NAMES)
    assert 0 < len(entries) < 5000
    assert [gap.why for gap in gaps] == [Why.TRUNCATED]


@pytest.mark.parametrize("number", [1500, 1501, 3000, 4001])
def test_an_attribute_that_comes_in_ranges_is_put_together(number: int) -> None:
    with FakeDirectory(_group(number)) as server, opened(server) as door:
        (entry,), gaps = asked(door, MEMBERS)
    assert len(entry.raws("member")) == len(set(entry.raws("member"))) == number
    assert (entry.text("cn"), gaps) == ("all", ())


def test_a_hundred_thousand_members_are_read() -> None:
    behaviour = Behaviour(range_step=5000)
    with FakeDirectory(_group(100_000), behaviour) as server, opened(server) as door:
        (entry,), gaps = asked(door, MEMBERS)
    assert (len(entry.raws("member")), gaps) == (100_000, ())


@pytest.mark.parametrize("trick", ["range again", "range ends"])
def test_ranges_that_come_to_no_end_leave_the_entry_in_part(trick: str) -> None:
    with FakeDirectory(_group(4000), Behaviour(trick=trick)) as server, opened(server) as door:
        (entry,), gaps = asked(door, MEMBERS)
    assert len(entry.raws("member")) == 1500
    assert [(gap.why, gap.part) for gap in gaps] == [(Why.MALFORMED, GROUP)]
    assert "member after 1500 values" in gaps[0].detail


def test_a_range_that_is_refused_leaves_the_entry_in_part() -> None:
    behaviour = Behaviour(refuse_base={GROUP.lower(): (51, "busy")})
    with FakeDirectory(_group(4000), behaviour) as server, opened(server) as door:
        (entry,), gaps = asked(door, MEMBERS)
    assert len(entry.raws("member")) == 1500
    assert [(gap.why, gap.part) for gap in gaps] == [(Why.UNREACHABLE, GROUP)]


def test_a_reference_to_what_is_asked_by_itself_hides_nothing_and_any_other_does() -> None:
    behaviour = Behaviour(
        references=(
            f"ldap://DomainDnsZones.corp.example/DC=DomainDnsZones,{DOMAIN}",
            f"ldap://corp.example/CN=Configuration,{DOMAIN}",
            "ldap://eu.corp.example/DC=eu,DC=corp,DC=example??sub",
        )
    )
    with FakeDirectory(users(3), behaviour) as server, opened(server) as door:
        entries, gaps = asked(door, NAMES)
    assert len(entries) == 3
    assert [(gap.why, gap.part, gap.cure) for gap in gaps] == [
        (Why.NOT_ASKED, "DC=eu,DC=corp,DC=example", "source")
    ]


def test_a_base_that_is_not_there_proves_what_the_ask_says() -> None:
    ask = replace(NAMES, base="CN=Password Settings Container,CN=System,{domain}", needs="a right")
    with FakeDirectory(users(1)) as server, opened(server) as door:
        none = asked(door, ask)
        _, gaps = asked(door, replace(ask, no_base="gap"))
    assert none == ([], ())
    assert [(gap.why, gap.cure) for gap in gaps] == [(Why.DENIED, "directory right")]
    assert "needs a right" in gaps[0].detail


def test_an_empty_answer_proves_what_the_ask_says() -> None:
    ask = replace(NAMES, filter="(objectClass=msFVE-RecoveryInformation)", needs="full control")
    with FakeDirectory(users(1)) as server, opened(server) as door:
        none = asked(door, ask)
        _, gaps = asked(door, replace(ask, empty="gap"))
        some = asked(door, replace(NAMES, empty="gap"))
    assert none == ([], ())
    assert [gap.detail for gap in gaps] == ["an empty answer proves nothing: it needs full control"]
    assert some[1] == ()


def test_what_another_kind_of_directory_has_is_not_asked_and_is_none() -> None:
    with FakeDirectory(users(1)) as server, opened(server) as door:
        before = len(server.requests)
        assert asked(door, replace(NAMES, dialect="posix", empty="gap")) == ([], ())
        assert len(server.requests) == before
        assert len(asked(door, replace(NAMES, dialect="ad"))[0]) == 1


def test_a_place_that_the_server_does_not_tell_is_a_gap() -> None:
    with FakeDirectory(users(1)) as server, opened(server) as door:
        _, gaps = asked(door, replace(NAMES, base="{config}"))
    assert [gap.why for gap in gaps] == [Why.NO_TOOL]


def test_every_suffix_of_a_directory_is_searched() -> None:
    entries = {
        "dc=lin,dc=example": {"objectClass": ["domain"]},
        "uid=a,dc=lin,dc=example": {"objectClass": ["user"], "cn": ["a"]},
        "o=other": {"objectClass": ["organization"]},
        "uid=b,o=other": {"objectClass": ["user"], "cn": ["b"]},
    }
    contexts = ["cn=config", "dc=lin,dc=example", "o=other", "cn=accesslog"]
    behaviour = Behaviour(root={"namingContexts": contexts})
    with FakeDirectory(entries, behaviour, kind="posix") as server, opened(server) as door:
        found, gaps = asked(door, NAMES)
    assert [entry.text("cn") for entry in found] == ["a", "b"]
    assert gaps == ()


def test_security_descriptors_come_only_when_they_are_asked_for() -> None:
    entries = {DOMAIN: {"objectClass": ["domainDNS"], "nTSecurityDescriptor": [b"\x01\x00"]}}
    ask = LdapSearch("root", "(objectClass=*)", ("dc",), scope="base")
    with FakeDirectory(entries) as server, opened(server) as door:
        (without,), _ = asked(door, ask)
        (with_it,), _ = asked(door, replace(ask, descriptors=True))
    assert not without.has("nTSecurityDescriptor")
    assert with_it.raw("nTSecurityDescriptor") == b"\x01\x00"


def test_deleted_entries_come_only_when_they_are_asked_for() -> None:
    gone = f"CN=gone\\0ADEL:1,CN=Deleted Objects,{DOMAIN}"
    entries = {**users(1), gone: {"objectClass": ["user"], "cn": ["gone"], "isDeleted": ["TRUE"]}}
    with FakeDirectory(entries) as server, opened(server) as door:
        assert len(asked(door, NAMES)[0]) == 1
        assert [one.text("cn") for one in asked(door, replace(NAMES, deleted=True))[0]] == [
            "u00000",
            "gone",
        ]


def test_no_attribute_at_all_can_be_asked_for() -> None:
    with FakeDirectory(users(2)) as server, opened(server) as door:
        entries, gaps = asked(door, replace(NAMES, attributes=("1.1",)))
    assert [dict(entry.values) for entry in entries] == [{}, {}]
    assert gaps == ()


def test_what_was_not_asked_for_is_not_taken() -> None:
    names = ["cn", "userPassword"]
    with FakeDirectory({**users(1)}) as server, opened(server) as door:
        server.entries[f"CN=u00000,CN=Users,{DOMAIN}"]["userPassword"] = [b"hunter2"]
        told = list(_pages(door, names))
        entries, _ = asked(door, NAMES)
    assert any(b"hunter2" in value for one in told for value in one)  # the server does tell it
    assert set(entries[0].values) == {"cn", "description"}


def _pages(door, names):
    text = "(objectClass=user)"
    request = Request(DOMAIN.encode(), "subtree", parse_filter(text), text, tuple(names), 2.0)
    for told in door._reader.page(request):
        if isinstance(told, Found):
            yield [value for values in told.others.values() for value in values]


def test_secrets_in_remarks_never_enter() -> None:
    entries = users(1)
    entries[f"CN=u00000,CN=Users,{DOMAIN}"]["description"] = ["Backup, PW Canary-2026!"]
    with FakeDirectory(entries) as server, opened(server) as door:
        (entry,), _ = asked(door, NAMES)
    assert entry.text("description") == "Backup, PW ***"


def test_a_search_that_must_not_be_sent_is_refused_before_it_is() -> None:
    with FakeDirectory(users(1)) as server, opened(server) as door:
        before = len(server.requests)
        with pytest.raises(ValueError, match="holds secrets"):
            door.search("test/bad", replace(NAMES, attributes=("ms-Mcs-AdmPwd",)))
        assert len(server.requests) == before


def test_names_with_every_odd_character_come_as_they_are_and_safe() -> None:
    odd = f'CN=a\\, b\\+c \\"d\\" #é\u202e\x1b\x00,CN=Users,{DOMAIN}'
    entries = {
        **users(0),
        odd: {"objectClass": ["user"], "cn": ["a\x1b"], "description": [b"\xff"]},
    }
    with FakeDirectory(entries) as server, opened(server) as door:
        (entry,), gaps = asked(door, NAMES)
    assert entry.dn == f'CN=a\\, b\\+c \\"d\\" #é\\u202e\\x1b\\x00,CN=Users,{DOMAIN}'
    assert (entry.text("cn"), entry.text("description"), gaps) == ("a\\x1b", "\\xff", ())


@pytest.mark.parametrize("base", [users(2500), _group(4000), users(0)], ids=["pages", "range", "0"])
def test_ldap3_reads_the_same_as_the_fast_reader(base: dict) -> None:
    behaviour = Behaviour(references=("ldap://eu.corp.example/DC=eu,DC=corp,DC=example",))
    ask = LdapSearch("all", "(|(objectClass=user)(objectClass=group))", ("cn", "member"))
    with FakeDirectory(base, behaviour) as server, opened(server) as door:
        fast = asked(door, ask)
        reader = Ldap3Reader(door._wire, door.server, door._reader._end)
        slow = Entries("test/all", found(reader, door.root, LdapLimits(), "test/all", ask))
        entries = list(slow)
    assert (entries, slow.gaps) == fast


@pytest.mark.parametrize("code", [4, 50])
def test_ldap3_tells_of_an_error_in_the_middle_as_well(code: int) -> None:
    behaviour = Behaviour(fail_page={2: (code, "no")})
    with FakeDirectory(users(2500), behaviour) as server, opened(server) as door:
        fast = asked(door, NAMES)
        reader = Ldap3Reader(door._wire, door.server, door._reader._end)
        slow = Entries("test/names", found(reader, door.root, LdapLimits(), "test/names", NAMES))
        entries = list(slow)
    assert (entries, slow.gaps) == fast


def test_what_the_server_says_of_itself_is_known() -> None:
    with FakeDirectory(users(0)) as server, opened(server) as door:
        root = door.root
    assert (root.product, root.dialect, root.domain) == ("Active Directory", "ad", DOMAIN)
    assert (root.dns_domain, root.dns_name) == ("corp.example", "dc1.corp.example")
    assert (root.domain_level, root.forest_level, root.controller_level) == (7, 7, 7)
    assert (root.now_s, root.is_global_catalog) == (1795572240, True)
    assert len(root.contexts) == 5


def test_entries_that_may_not_be_read_without_a_login_are_a_gap() -> None:
    from collectors.transports.ldap import LdapLogin

    with FakeDirectory(users(3)) as server, opened(server, login=LdapLogin()) as door:
        assert door.bind.how == "anonymous"
        entries, gaps = asked(door, NAMES)
    assert entries == []
    assert [(gap.why, gap.cure) for gap in gaps] == [(Why.DENIED, "credential")]
