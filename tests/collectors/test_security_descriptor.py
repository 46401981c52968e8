"""Security descriptors: real ones of Samba, entries of each type, and any bytes."""

import base64
import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.security_descriptor import (
    EVERYONE,
    Ace,
    SecurityDescriptor,
    parse_descriptor,
    principals,
)
from inventory.errors import ParseError
from tests.collectors.descriptors import ace, descriptor
from tests.collectors.mangled import mangled
from tests.collectors.test_cases import CASES

DCSYNC = "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"
GROUP = "bf967a9c-0de6-11d0-a285-00aa003049e2"
WHO = "S-1-5-21-1-2-3-1105"


def real() -> list[bytes]:
    """Return the descriptors of Samba's domain root, units, groups and controllers."""
    case = json.loads((CASES / "directory.rights" / "real.json").read_text())
    return [
        base64.b64decode(entry["values"]["nTSecurityDescriptor"][0]["base64"])
        for found in case["answers"].values()
        for entry in found
        if "nTSecurityDescriptor" in entry["values"]
    ]


REAL = real()


def test_real_descriptors_are_read_whole() -> None:
    found = [parse_descriptor(raw) for raw in REAL]
    assert len(found) >= 9
    assert all(one.owner and one.aces and not one.unknown and not one.is_open for one in found)
    assert any(ace.on == DCSYNC for one in found for ace in one.aces)


@pytest.mark.parametrize("kind", [0, 1, 5, 6, 9, 10, 11, 12])
def test_an_entry_of_each_type_is_told(kind: int) -> None:
    on, to = (DCSYNC, GROUP) if kind in (5, 6, 11, 12) else ("", "")
    raw = descriptor([ace(kind, 0x100, WHO, flags=0x1A, on=on, to=to, more=b"artx1234")])
    (told,) = parse_descriptor(raw).aces
    is_denied, is_conditional = kind in (1, 6, 10, 12), kind >= 9
    assert told == Ace(WHO, 0x100, 0x1A, on, to, is_denied, is_conditional)
    assert told.is_inherited
    assert not told.is_here


def test_one_of_two_guids_may_stand_alone() -> None:
    (told,) = parse_descriptor(descriptor([ace(5, 0x20, WHO, to=GROUP)])).aces
    assert (told.on, told.inherits_to) == ("", GROUP)


def test_an_unknown_type_is_told_and_the_others_are_kept() -> None:
    told = parse_descriptor(descriptor([ace(4, 1, WHO), ace(0, 2, WHO), ace(0x13, 1, WHO)]))
    assert told.unknown == (4, 0x13)
    assert [one.mask for one in told.aces] == [2]


def test_no_list_lets_everybody_in_and_an_empty_one_nobody() -> None:
    assert parse_descriptor(descriptor(None)) == SecurityDescriptor("S-1-5-32-544", (), True)
    assert parse_descriptor(descriptor([])) == SecurityDescriptor("S-1-5-32-544", ())


def test_those_who_are_let_in_are_not_those_who_are_denied() -> None:
    told = parse_descriptor(
        descriptor([ace(1, 1, "S-1-5-7"), ace(0, 1, WHO), ace(0, 0, "S-1-1-0")])
    )
    assert principals(told) == (WHO,)
    assert principals(parse_descriptor(descriptor(None))) == (EVERYONE,)


@pytest.mark.parametrize("size", range(0, len(REAL[0]) - 1, 7))
def test_a_cut_descriptor_is_refused(size: int) -> None:
    with pytest.raises(ParseError):
        parse_descriptor(REAL[0][:size])


def test_more_entries_than_bytes_are_refused() -> None:
    raw = bytearray(descriptor([ace(0, 1, WHO)]))
    at = 20 + 16
    raw[at + 4 : at + 6] = (60_000).to_bytes(2, "little")
    with pytest.raises(ParseError):
        parse_descriptor(bytes(raw))


def test_an_entry_of_no_length_does_not_stand_still() -> None:
    raw = bytearray(descriptor([ace(0, 1, WHO)]))
    at = 20 + 16 + 8
    raw[at + 2 : at + 4] = b"\0\0"
    with pytest.raises(ParseError):
        parse_descriptor(bytes(raw))


@given(raw=st.binary(max_size=200))
def test_any_bytes_are_a_descriptor_or_refused(raw: bytes) -> None:
    with contextlib.suppress(ParseError):
        parse_descriptor(raw)


@given(raw=mangled(REAL, most=6))
def test_a_real_descriptor_with_any_bytes_changed_is_read_or_refused(
    raw: bytes,
) -> None:
    with contextlib.suppress(ParseError):
        parse_descriptor(raw)
