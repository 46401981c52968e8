"""DNS records and zones as Active Directory keeps them: as written, cut, and any bytes."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.dns_records import DnsRecord, ZoneProperty, parse_property, parse_record
from inventory.errors import ParseError


def record(kind: int, data: bytes, *, stamp: int = 0, version: int = 5) -> bytes:
    head = struct.pack("<HHBBHI", len(data), kind, version, 240, 0, 1)
    return head + struct.pack(">I", 900) + struct.pack("<II", 0, stamp) + data


def name(text: str) -> bytes:
    labels = [label.encode() for label in text.split(".")]
    raw = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    return bytes([len(raw), len(labels)]) + raw


def zone(number: int, data: bytes) -> bytes:
    return struct.pack("<IIIII", len(data), 0, 0, 1, number) + data + b"\0"


@pytest.mark.parametrize(
    ("kind", "data", "told"),
    [
        (1, bytes([203, 0, 113, 7]), ("A", "203.0.113.7")),
        (28, bytes.fromhex("20010db8") + bytes(11) + b"\x07", ("AAAA", "2001:db8::7")),
        (2, name("ns1.oldmsp.example"), ("NS", "ns1.oldmsp.example")),
        (5, b"\x01\x00\x00", ("CNAME", ".")),
        (15, b"\x00\x0a" + name("mx.example"), ("MX", "10 mx.example")),
        (33, b"\0\1\0\2\x01\x85" + name("sip.example"), ("SRV", "1 2 389 sip.example")),
        (16, b"\x06v=spf1\x05 -all", ("TXT", "v=spf1 -all")),
        (16, b"\x03a\nb", ("TXT", "a\\nb")),
        (6, b"whatever", ("SOA", "")),
        (999, b"", ("TYPE999", "")),
    ],
)
def test_a_record_is_told_as_a_zone_file_writes_it(
    kind: int, data: bytes, told: tuple[str, str]
) -> None:
    assert parse_record(record(kind, data)) == DnsRecord(*told, is_dynamic=False)


def test_a_time_stamp_says_that_a_machine_entered_it_itself() -> None:
    assert parse_record(record(1, bytes(4), stamp=3_700_000)).is_dynamic


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        record(1, bytes(4), version=4),
        record(1, bytes(4))[:-1],
        record(1, bytes(3)),
        record(15, b"\0"),
        record(15, b"\0\1"),
        record(2, b"\x09\x03\x03dc1"),
        record(16, b"\x09short"),
    ],
)
def test_what_contradicts_its_own_lengths_is_refused(raw: bytes) -> None:
    with pytest.raises(ParseError):
        parse_record(raw)


def test_properties_of_a_zone_tell_updates_ageing_and_masters() -> None:
    assert parse_property(zone(0x02, b"\2")) == ZoneProperty(updates="secure")
    assert parse_property(zone(0x40, b"\1\0\0\0")) == ZoneProperty(ages=True)
    four = struct.pack("<I", 1) + bytes([192, 0, 2, 53])
    assert parse_property(zone(0x81, four)) == ZoneProperty(masters=("192.0.2.53",))
    assert parse_property(zone(0x11, four)) == ZoneProperty()  # scavenging servers
    six = struct.pack("<H6x", 23) + bytes.fromhex("20010db8") + bytes(12) + bytes(40)
    array = struct.pack("<II24x", 1, 1) + six
    assert parse_property(zone(0x91, array)) == ZoneProperty(masters=("2001:db8::",))


def test_an_empty_property_tells_nothing() -> None:
    assert parse_property(zone(0x02, b"")) == ZoneProperty()
    assert parse_property(zone(0x81, b"")) == ZoneProperty(masters=())


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        zone(0x02, b"\2")[:20],
        zone(0x81, struct.pack("<I", 2**32 - 1)),
        zone(0x91, struct.pack("<II24x", 9, 9)),
    ],
)
def test_a_property_that_is_cut_is_refused(raw: bytes) -> None:
    with pytest.raises(ParseError):
        parse_property(raw)


@given(raw=st.binary(max_size=120), kind=st.integers(0, 60))
def test_any_data_is_a_record_or_refused(raw: bytes, kind: int) -> None:
    for one in (raw, record(kind, raw)):
        with contextlib.suppress(ParseError):
            assert parse_record(one).value.isprintable()


@given(raw=st.binary(max_size=120), number=st.sampled_from([0x02, 0x40, 0x81, 0x91, 0x01]))
def test_any_data_is_a_property_or_refused(raw: bytes, number: int) -> None:
    for one in (raw, zone(number, raw)):
        with contextlib.suppress(ParseError):
            parse_property(one)
