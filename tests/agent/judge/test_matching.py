"""Whose an identifier is: exact is proved, text is proposed, a part of a label is nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.judge import marks
from agent.judge.case import Certainty
from agent.judge.matching import Matcher, is_empty
from inventory.model.party import Party, Person, Role
from inventory.model.record import Identifier, Mark
from tests.agent.judge.building import CLIENT, OLDMSP, THEIR_KEY

MATCHER = Matcher((OLDMSP, CLIENT))
PROVED, PROPOSED = Certainty.PROVED, Certainty.PROPOSED


def certainty(mark: Mark, value: str, matcher: Matcher = MATCHER) -> Certainty | None:
    found = [m for m in matcher.matches((Identifier(mark, value),)) if m.role is Role.OUTGOING]
    return found[0].certainty if found else None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("anna@oldmsp.example", PROVED),
        ("Anna <anna@OLDMSP.example>", PROVED),
        ("mailto:anna@oldmsp.example", PROVED),
        ("anna@mail.oldmsp.example.", PROVED),
        ("anna_oldmsp.example#EXT#@client.onmicrosoft.example", PROVED),
        ("anna@notoldmsp.example", None),
        ("anna@oldmsp.example.evil.example", None),
        ("oldmsp.example@client.example", None),
        ("anna_notoldmsp.example#EXT#@client.onmicrosoft.example", None),
        ("oldmsp.example", None),
        ("@oldmsp.example", None),
    ],
)
def test_mail_domains_match_at_labels(value: str, expected: Certainty | None) -> None:
    assert certainty(Mark.MAIL, value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("203.0.113.7", PROVED),
        ("::ffff:203.0.113.7", PROVED),
        ("203.0.113.7:22", PROVED),
        ("203.0.113.0/255.255.255.128", PROVED),
        ("203.0.113.*", PROVED),
        ("2001:db8:1::7", PROVED),
        ("2001:DB8:1:0::/64", PROVED),
        ("[2001:db8:1::7]:443", PROVED),
        ("2001:db8:2::7", None),
        ("203.0.114.7", None),
        ("!203.0.113.7", None),
        ("203.0.0.0/16", PROPOSED),
        ("0.0.0.0/0", None),
        ("::/0", None),
        ("*", None),
        ("203.0.113.300", None),
    ],
)
def test_networks_contain_addresses(value: str, expected: Certainty | None) -> None:
    assert certainty(Mark.ADDRESS, value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("rmm.oldmsp.example", PROVED),
        ("https://RMM.oldmsp.example:8443/x?y", PROVED),
        ("other.old-cloud.example", PROVED),
        ("notold-cloud.example", None),
        ("mon.oldmsp.example", PROPOSED),  # below their mail domain
        ("rmm.oldmsp.example.evil.example", None),
        ("203.0.113.8", PROVED),
        ("rmm.oldmsp.example:10051,203.0.113.9", PROVED),
    ],
)
def test_servers_match_whole_or_by_suffix(value: str, expected: Certainty | None) -> None:
    assert certainty(Mark.SERVER, value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("oldmsp", PROVED),
        ("OldMSP", None),
        ("oldmsp2", None),
        ("CLIENT\\oldmsp", PROVED),
        ("oldmsp@ad.client.example", PROPOSED),
        ("anna@oldmsp.example", PROVED),
    ],
)
def test_accounts_are_exact(value: str, expected: Certainty | None) -> None:
    assert certainty(Mark.ACCOUNT, value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Otto Alt", PROPOSED),
        ("otto  ALT", PROPOSED),
        ("Otto Altmann", None),
    ],
)
def test_people_by_their_names_are_proposed(value: str, expected: Certainty | None) -> None:
    assert certainty(Mark.PERSON, value) is expected


@pytest.mark.parametrize(
    "value",
    [
        "key of otto@oldmsp.example",
        "laptop oldmsp",
        f"see {THEIR_KEY}",
        "curl https://rmm.oldmsp.example/x",
        "from 203.0.113.9",
        "Otto Alt, on loan",
    ],
)
def test_text_only_ever_proposes(value: str) -> None:
    assert certainty(Mark.TEXT, value) is PROPOSED


@pytest.mark.parametrize("value", ["", "notoldmsp", "ottoalt", "x@notoldmsp.example", "laptop"])
def test_text_that_mentions_nobody(value: str) -> None:
    assert certainty(Mark.TEXT, value) is None


def test_fingerprints_and_instances() -> None:
    assert certainty(Mark.FINGERPRINT, THEIR_KEY) is PROVED
    assert certainty(Mark.FINGERPRINT, THEIR_KEY.lower()) is None
    assert certainty(Mark.INSTANCE, "INST-OLD") is PROVED
    assert certainty(Mark.TENANT, "inst-old") is PROVED


def test_a_network_that_is_nearly_everything_is_nobodys() -> None:
    wide = Party(role=Role.OUTGOING, name="Wide", networks=("0.0.0.0/0", "::/0", "10.0.0.0/8"))
    matcher = Matcher((wide,))
    assert certainty(Mark.ADDRESS, "198.51.100.1", matcher) is None
    assert certainty(Mark.ADDRESS, "2001:db8::1", matcher) is None
    assert certainty(Mark.ADDRESS, "10.9.9.9", matcher) is PROVED
    assert is_empty(Party(role=Role.OUTGOING, name="Wide", networks=("0.0.0.0/0",)))


def test_names_with_other_letters_match_as_the_dns_writes_them() -> None:
    party = Party(role=Role.OUTGOING, name="X", mail_domains=("münchen.example",))
    assert certainty(Mark.MAIL, "a@xn--mnchen-3ya.example", Matcher((party,))) is PROVED
    assert certainty(Mark.MAIL, "a@münchen.example", Matcher((party,))) is PROVED


def test_the_surest_of_several_marks_counts() -> None:
    found = MATCHER.matches(
        (Identifier(Mark.TEXT, "oldmsp laptop"), Identifier(Mark.FINGERPRINT, THEIR_KEY))
    )
    assert [(match.party, match.certainty) for match in found] == [("OldMSP", PROVED)]


def test_hundreds_of_identifiers_cost_no_more_than_few() -> None:
    """Look-ups are by index: what is compared does not grow with the profile."""
    people = tuple(Person(f"P {n}", accounts=(f"acc{n}",)) for n in range(20_000))
    networks = tuple(f"10.{n >> 8}.{n & 255}.0/24" for n in range(20_000))
    big = Party(role=Role.OUTGOING, name="Big", people=people, networks=networks)
    matcher = Matcher((big,))
    for n in range(20_000):
        assert certainty(Mark.ACCOUNT, f"acc{n}", matcher) is PROVED
        assert certainty(Mark.ADDRESS, f"10.{n >> 8}.{n & 255}.9", matcher) is PROVED


@given(st.sampled_from(Mark), st.text(max_size=80))
def test_any_text_is_matched_without_an_error(mark: Mark, value: str) -> None:
    assert all(match.mark for match in MATCHER.matches((Identifier(mark, value),)))


@given(st.ip_addresses())
def test_an_address_is_its_own_network(address: object) -> None:
    found = marks.network(str(address))
    assert found is not None
    assert found.num_addresses == 1
