"""Hostile servers: whatever they send, reading ends in time, and is partial, never complete."""

import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from collectors.transports import ldap_ber
from collectors.transports.ldap_wire import LdapWire
from inventory.errors import ParseError, TransportError
from inventory.model.evidence import Why
from tests.collectors.transports.directories import NAMES, QUICK, asked, opened, users
from tests.lab.ldap_server import Behaviour, FakeDirectory

# What a server does, what it leaves, and whether the line can be used after it.
TRICKS = [
    ("wrong id", Why.MALFORMED, False),
    ("notice", Why.UNREACHABLE, False),
    ("cut", Why.UNREACHABLE, False),
    ("stall", Why.TIMEOUT, True),
    ("huge", Why.MALFORMED, False),
    ("garbage", Why.MALFORMED, False),
    ("indefinite", Why.MALFORMED, False),
    ("other answer", Why.MALFORMED, False),
    ("same page", Why.MALFORMED, True),
    ("empty pages", Why.MALFORMED, True),
]
ENDLESS = replace(NAMES, most_entries=3000)
BRIEF = replace(QUICK, silence_s=0.5, total_s=6)


@pytest.mark.parametrize(("trick", "why", "usable"), TRICKS, ids=[one[0] for one in TRICKS])
def test_a_trick_leaves_a_gap_and_what_came_before_it(trick: str, why: Why, usable: bool) -> None:
    behaviour = Behaviour(trick=trick)
    with FakeDirectory(users(30), behaviour) as server, opened(server, limits=BRIEF) as door:
        entries, gaps = asked(door, NAMES)
        behaviour.trick = ""
        _, after = asked(door, NAMES)
    assert [(gap.why, gap.part) for gap in gaps] == [(why, "")]
    assert len(entries) == {"same page": 10, "empty pages": 0, "wrong id": 0}.get(trick, 1)
    assert (after == ()) is usable
    if not usable:
        assert [gap.why for gap in after] == [Why.UNREACHABLE]


def test_words_that_nobody_asked_for_are_passed_over() -> None:
    with FakeDirectory(users(30), Behaviour(trick="unsolicited")) as server, opened(server) as door:
        entries, gaps = asked(door, NAMES)
    assert (len(entries), gaps) == (1, ())


def test_an_endless_stream_is_read_up_to_the_limit_and_then_left() -> None:
    behaviour = Behaviour(trick="endless")
    with FakeDirectory(users(3), behaviour) as server, opened(server, limits=BRIEF) as door:
        entries, gaps = asked(door, ENDLESS)
        start = time.monotonic()
        behaviour.trick = ""
        _, after = asked(door, NAMES)
    assert len(entries) == 3000
    assert [gap.why for gap in gaps] == [Why.TRUNCATED]
    assert after  # what the server goes on to send is not read past for ever
    assert time.monotonic() - start < 10


def test_a_stream_that_drips_ends_with_the_time_of_the_directory() -> None:
    limits = replace(QUICK, silence_s=2, total_s=1)
    with FakeDirectory(users(3), Behaviour(trick="trickle")) as server:
        start = time.monotonic()
        with opened(server, limits=limits) as door:
            _, gaps = asked(door, NAMES)
    assert [gap.why for gap in gaps] == [Why.TIMEOUT]
    assert time.monotonic() - start < 8


def test_a_server_that_stays_silent_is_not_waited_for_again_and_again() -> None:
    behaviour = Behaviour(trick="stall")
    with FakeDirectory(users(3), behaviour) as server, opened(server, limits=BRIEF) as door:
        whys = [asked(door, NAMES)[1][0].why for _ in range(4)]
    assert whys == [Why.TIMEOUT, Why.TIMEOUT, Why.UNREACHABLE, Why.UNREACHABLE]


def test_a_long_result_takes_the_memory_of_a_page() -> None:
    limits = replace(QUICK, total_s=120, silence_s=20)
    with FakeDirectory(users(10_000)) as server, opened(server, limits=limits) as door:
        found = door.search("test/names", NAMES)
        tracemalloc.start()
        count = sum(1 for _ in found)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert (count, found.gaps) == (10_000, ())
    assert peak < 4_000_000  # with the server's own work


class _Line:
    """A line on which some bytes come, and then the end."""

    def __init__(self, raw: bytes, step: int) -> None:
        self._raw, self._step = raw, step

    def recv(self, most: int) -> bytes:
        got, self._raw = self._raw[: self._step], self._raw[self._step :]
        return got

    def sendall(self, data: bytes) -> None:
        raise OSError

    def settimeout(self, seconds: float) -> None:
        assert seconds > 0

    def close(self) -> None:
        pass


def _read(raw: bytes, step: int = 1000) -> None:
    """Read all there is, in every way; only the errors that are meant come out."""
    wire = LdapWire(_Line(raw, step), most_message=10_000)
    try:
        while True:
            told = wire.receive(1, time.monotonic() + 5)
            for act in (
                lambda one: ldap_ber.entry(one, {b"cn": "cn"}),
                ldap_ber.result,
                ldap_ber.references,
                lambda one: [ldap_ber.cookie(value) for _, value in ldap_ber.controls(one)],
            ):
                try:
                    act(told)
                except ParseError:
                    continue
    except (ParseError, TransportError):
        return


PIECES = st.sampled_from(
    [
        b"\x30",
        b"\x30\x0c",
        b"\x30\x84\x00\x00\x00\x20",
        b"\x30\x80",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x02\x01\x01",
        b"\x02\x00",
        b"\x64\x82\x00\x10",
        b"\x65\x07\x0a\x01\x00\x04\x00\x04\x00",
        b"\x73\x03\x04\x01a",
        b"\x04\x81\x05",
        b"\x31\x02\x04\x00",
        b"\xa0\x10",
        b"\x04\x161.2.840.113556.1.4.319",
    ]
)


@given(raw=st.lists(st.one_of(PIECES, st.binary(max_size=8)), max_size=40).map(b"".join))
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_messages_or_parse_errors(raw: bytes) -> None:
    _read(raw)
    _read(b"\x30\x82" + len(raw).to_bytes(2, "big") + raw, step=7)


ENTRY = bytes.fromhex(
    "3026 020102 6421 0404 636e3d61 3019 3009 0402 636e 3103 0401 61 300c 0402 736e 3106 0401 62 0401 63".replace(
        " ", ""
    )
)


@given(at=st.integers(0, len(ENTRY) - 1), value=st.integers(0, 255), cut=st.integers(0, len(ENTRY)))
@settings(max_examples=600, deadline=None)
def test_an_entry_with_any_byte_changed_is_read_or_a_parse_error(
    at: int, value: int, cut: int
) -> None:
    _read(ENTRY[:at] + bytes([value]) + ENTRY[at + 1 :])
    _read(ENTRY[:cut])


def test_an_entry_is_read_as_it_was_written() -> None:
    told = ldap_ber.message(ENTRY)
    assert told.id == 2
    assert ldap_ber.entry(told, {}) == (b"cn=a", {}, {b"cn": (b"a",), b"sn": (b"b", b"c")})
    known = {b"cn": "cn", b"sn": "surname"}
    assert ldap_ber.entry(told, known) == (b"cn=a", {"cn": (b"a",), "surname": (b"b", b"c")}, {})


def test_a_message_of_empty_values_does_not_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ldap_ber, "MOST_VALUES", 1000)
    monkeypatch.setattr(ldap_ber, "MOST_ATTRIBUTES", 50)
    from tests.lab.ldap_answers import integer, octets, tlv

    def entry(*attributes: bytes) -> ldap_ber.Message:
        op = tlv(0x64, octets("cn=a"), tlv(0x30, *attributes))
        return ldap_ber.message(tlv(0x30, integer(1), op))

    with pytest.raises(ParseError, match="more than 1000 values"):
        ldap_ber.entry(entry(tlv(0x30, octets("cn"), tlv(0x31, b"\x04\x00" * 1001))), {})
    names = [tlv(0x30, octets(f"a{number}"), tlv(0x31)) for number in range(51)]
    with pytest.raises(ParseError, match="more than 50 attributes"):
        ldap_ber.entry(entry(*names), {})
