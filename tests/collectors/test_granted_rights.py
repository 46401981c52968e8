"""Which entries of a security descriptor are told as rights, and under which names."""

import pytest

from collectors.directory_guids import (
    ATTRIBUTES,
    CLASSES,
    EXTENDED_RIGHTS,
    PROPERTY_SETS,
    VALIDATED_WRITES,
    right_name,
)
from collectors.entries import Entry
from collectors.granted_rights import granted, power
from collectors.spec import Unreadable
from inventory.model.directory_rights import DirectoryRight
from inventory.model.evidence import Why
from tests.collectors.descriptors import ace, descriptor

WHO = "S-1-5-21-1-2-3-1105"
SPN = "f3a64788-5306-11d1-a9c5-0000f80367c1"
LAPS = "11111111-2222-4333-8444-555555555555"
DN = "OU=Branch,DC=corp,DC=example"


def told(*aces: bytes, names: dict[str, str] | None = None) -> list[DirectoryRight | Unreadable]:
    entry = Entry("directory.rights/units", DN, {"ntsecuritydescriptor": (descriptor(aces),)})
    return list(granted(entry, "OU", names or {}))[1:]  # without the owner


@pytest.mark.parametrize(
    ("mask", "names"),
    [
        (0xF01FF, ("all",)),
        (0x10000000, ("all",)),
        (0x40000000, ("validated write", "write")),
        (0x80000000, ()),  # generic read
        (0x20094, ()),  # list, read, list object, read control
        (0x100, ("extended",)),
        (0x1, ("create child",)),
        (0xC0000, ("write dacl", "write owner")),
        (0x10042, ("delete child", "delete tree", "delete")),
    ],
)
def test_a_mask_is_told_by_the_rights_that_change_something(
    mask: int, names: tuple[str, ...]
) -> None:
    assert power(mask) == names


def test_what_only_lets_read_is_not_told() -> None:
    assert told(ace(0, 0x20094, WHO), ace(1, 0x10, WHO)) == []


def test_a_guid_means_the_attribute_or_the_validated_write() -> None:
    write, validated = told(ace(5, 0x20, WHO, on=SPN), ace(5, 0x8, WHO, on=SPN))
    assert isinstance(write, DirectoryRight)
    assert isinstance(validated, DirectoryRight)
    assert (write.on, validated.on) == ("servicePrincipalName", "Validated-SPN")


def test_attributes_with_a_guid_of_their_own_forest_are_named() -> None:
    (right,) = told(ace(5, 0x130, WHO, on=LAPS), names={LAPS: "ms-Mcs-AdmPwd"})
    assert isinstance(right, DirectoryRight)
    assert right.on == "ms-Mcs-AdmPwd"


def test_a_right_for_the_object_and_one_for_those_below_are_two() -> None:
    here, below = told(ace(0, 0xF01FF, WHO), ace(0, 0xF01FF, WHO, flags=0x0B))
    assert isinstance(here, DirectoryRight)
    assert isinstance(below, DirectoryRight)
    assert here.key() != below.key()


def test_a_descriptor_that_is_not_shown_is_a_missing_right_and_not_no_rights() -> None:
    (gap,) = granted(Entry("x/y", DN, {"objectclass": (b"top",)}), "OU")
    assert isinstance(gap, Unreadable)
    assert (gap.why, gap.part, gap.cure) == (Why.DENIED, DN, "directory right")


def test_no_guid_is_written_twice_or_in_capitals() -> None:
    for table in (EXTENDED_RIGHTS, PROPERTY_SETS, VALIDATED_WRITES, ATTRIBUTES, CLASSES):
        assert all(guid == guid.lower() and len(guid) == 36 for guid in table)
        assert len(set(table.values())) == len(table)
    assert right_name("00000000-0000-0000-0000-000000000000").startswith("0000")
