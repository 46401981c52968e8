"""What directories write becomes times, SIDs, GUIDs and names, or nothing, never an error."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.directory_values import (
    account_flags,
    addresses,
    duration_s,
    entry_id,
    filetime,
    first_value,
    generalized_time,
    guid_text,
    parent_dn,
    sid_text,
    strange,
    truth,
)
from collectors.entries import Entry, clean_value, number
from inventory.model.moment import Moment

DAY = b"20261123"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"132499660300000000", "2020-11-16 02:07 UTC"),
        (b"2650467743990000000", "9999-12-31 23:59 UTC"),
        (b"1", "1601-01-01 00:00 UTC"),
    ],
)
def test_a_file_time_counts_from_1601(raw: bytes, told: str) -> None:
    assert str(filetime(raw)) == told


@pytest.mark.parametrize(
    "raw",
    [None, b"", b"0", b"-1", b"9223372036854775807", b"9223372036854775808", b"soon", b"9" * 40],
)
def test_what_is_no_time_or_means_never_is_none(raw: bytes | None) -> None:
    assert filetime(raw) is None


@pytest.mark.parametrize(
    ("raw", "earliest", "width"),
    [
        (b"19700101000001Z", 1, 0),
        (b"19700101000001.0Z", 1, 0),
        (b"19700101000001,25Z", 1, 0),
        (b"197001010001Z", 60, 59),
        (b"1970010101Z", 3600, 3599),
        (b"19700101010000+0100", 0, 0),
        (b"19691231233000-0030", 0, 0),
        (b"99991231235959Z", 253402300799, 0),
        (b"16010101000000.0Z", -11644473600, 0),
        (b"20240229000000Z", 1709164800, 0),
    ],
)
def test_a_generalized_time_is_as_wide_as_what_it_leaves_out(
    raw: bytes, earliest: int, width: int
) -> None:
    assert generalized_time(raw) == Moment(earliest, earliest + width)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        b"",
        b"000001010000Z",
        b"20230229000000Z",
        b"20231301000000Z",
        b"20230132000000Z",
        b"20230101240000Z",
        b"20230101006000Z",
        b"20230101000000",
        b"20230101000000Z ",
        b"2023-01-01T00:00:00Z",
        DAY * 20,
    ],
)
def test_what_is_no_day_is_no_time(raw: bytes | None) -> None:
    assert generalized_time(raw) is None


def test_a_duration_is_negative_and_may_have_no_end() -> None:
    assert duration_s(b"-36288000000000") == 3_628_800
    assert duration_s(b"-9223372036854775808") is None
    assert duration_s(b"0") == 0
    assert duration_s(b"x") is None


@given(st.uuids())
def test_a_guid_is_written_as_windows_writes_it(one: uuid.UUID) -> None:
    assert guid_text(one.bytes_le) == str(one)


def test_a_guid_of_another_length_is_none() -> None:
    assert guid_text(b"short") is None
    assert guid_text(None) is None


def test_a_sid_has_its_authority_and_numbers_in_their_order() -> None:
    numbers = b"".join(n.to_bytes(4, "little") for n in (21, 1, 4294967295, 3, 500))
    assert sid_text(b"\x01\x05\0\0\0\0\0\x05" + numbers) == "S-1-5-21-1-4294967295-3-500"
    assert sid_text(b"\x01\x01\0\0\0\0\0\x01\0\0\0\0") == "S-1-1-0"


@given(st.binary(max_size=80))
def test_bytes_are_a_sid_only_with_as_many_numbers_as_they_say(raw: bytes) -> None:
    is_sid = 8 <= len(raw) <= 68 and raw[0] == 1 and len(raw) == 8 + 4 * raw[1]
    assert (sid_text(raw) is not None) == is_sid


def test_flags_are_named_and_unknown_ones_shown_by_their_number() -> None:
    assert account_flags(0x10202) == ("disabled", "normal account", "password never expires")
    assert account_flags(0x4) == ("0x4",)
    assert account_flags(-(2**31)) == ("0x80000000",)
    assert account_flags(0) == ()


@pytest.mark.parametrize(
    ("dn", "value", "parent"),
    [
        ("CN=Doe\\, John,OU=Staff,DC=x", "Doe, John", "OU=Staff,DC=x"),
        ("CN=a\\\\,OU=b", "a\\", "OU=b"),
        ("CN=a\\2Cb\\C3\\BC, OU=b", "a,bü", "OU=b"),
        ("CN=a\\00b,OU=c", "a\\00b", "OU=c"),
        ("CN=a\\0ADEL:1,OU=c", "a\\0ADEL:1", "OU=c"),
        ("CN=\\5C\\2C", "\\,", ""),
        ("CN=\\FF", "\ufffd", ""),
        ("nothing", "", ""),
        ("", "", ""),
    ],
)
def test_the_first_part_of_a_name_is_unescaped_and_the_rest_is_its_parent(
    dn: str, value: str, parent: str
) -> None:
    assert (first_value(dn), parent_dn(dn)) == (value, parent)


def test_a_name_of_many_escapes_is_read_in_time_that_grows_with_its_length() -> None:
    assert parent_dn("\\" * 200_001 + ",x") == ""
    assert first_value("CN=" + "\\2C" * 50_000) == "," * 50_000


def test_an_entry_is_known_by_what_stays_when_it_moves() -> None:
    guid = {"objectguid": (b"\x01" * 16,), "entryuuid": (b"X",)}
    assert entry_id(Entry("", "CN=a", guid)) == "01010101-0101-0101-0101-010101010101"
    assert entry_id(Entry("", "CN=a", {"objectguid": (b"bad",), "entryuuid": (b"AB",)})) == "ab"
    assert entry_id(Entry("", "CN=a", {"ipauniqueid": (b"c",), "nsuniqueid": (b"b",)})) == "b"
    assert entry_id(Entry("", "CN=A", {})) == "cn=a"


def test_mail_addresses_are_those_that_mail_goes_to() -> None:
    values = {
        "mail": (b"A@x.example",),
        "proxyaddresses": (b"SMTP:a@x.example", b"smtp:b@x.example", b"sip:c@x.example", b"smtp: "),
    }
    assert addresses(values) == ("a@x.example", "b@x.example")


def test_a_value_that_says_something_unreadable_is_strange_and_a_missing_one_is_not() -> None:
    values = {"a": (b"1",), "b": (b"-1",), "c": (b"x",)}
    read = ("c", None), ("d", None), ("a", 1)
    assert strange(values, ("a", "b", "e"), read) == ("b", "c")


def test_truth_is_written_in_any_case() -> None:
    assert [truth(raw) for raw in (b"TRUE", b"false", b"yes", None)] == [True, False, None, None]


@given(st.binary(max_size=64))
def test_a_clean_value_can_be_printed(raw: bytes) -> None:
    assert all(char.isprintable() or char in "\n\t" for char in clean_value(raw))


@given(st.binary(max_size=24))
def test_a_number_is_one_of_decimal_digits(raw: bytes) -> None:
    told = number(raw)
    if told is not None:
        assert raw.lstrip(b"-").isdigit()
        assert int(raw) == told
