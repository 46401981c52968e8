"""The table of releases: what it says, and that it never takes the unknown for supported."""

from datetime import date

import pytest

from agent.judge.rules.support import FAMILIES, WRITTEN, support
from inventory.model.moment import iso_day


@pytest.mark.parametrize(
    ("os_id", "version", "day"),
    [
        ("debian", "12", "2028-06-30"),
        ("ubuntu", "22.04", "2027-04-01"),
        ("rhel", "9.4", "2032-05-31"),
        ("almalinux", "8.10", "2029-03-01"),
        ("rocky", "9.6", "2032-05-31"),
        ("fedora", "41", "2025-12-15"),
        ("sles", "15.5", "2024-12-31"),
        ("opensuse-leap", "15.6", "2026-04-30"),
        ("alpine", "3.20.3", "2026-04-01"),
        ("amzn", "2", "2026-06-30"),
        ("amzn", "2018.03", "2023-12-31"),
    ],
)
def test_a_release_is_supported_until_its_makers_day(os_id: str, version: str, day: str):
    known = support(os_id, version)
    assert known is not None
    assert known.until is not None
    assert iso_day(known.until) == day


@pytest.mark.parametrize(
    ("os_id", "version"),
    [
        ("debian", None),
        ("debian", ""),
        ("debian", "99"),
        ("debian", "testing"),
        ("debian", "12; rm -rf /"),
        ("debian", "٣"),
        ("ubuntu", "22"),
        ("alpine", "3.99.1"),
        ("sles", "15.99"),
        ("plan9", "4"),
        ("sles_sap", "15.4"),  # its service packs are supported longer than those of SLES
        ("", "12"),
    ],
)
def test_a_release_that_is_not_listed_is_not_known(os_id: str, version: str | None):
    assert support(os_id, version) is None


def test_centos_stream_ends_on_another_day_than_centos_linux():
    linux = support("centos", "8", "CentOS Linux 8")
    stream = support("centos", "8", "CentOS Stream 8")
    assert linux is not None
    assert stream is not None
    assert linux.until != stream.until


def test_rolling_releases_have_no_last_day():
    for os_id in ("arch", "opensuse-tumbleweed"):
        known = support(os_id, None)
        assert known is not None
        assert known.until is None


@pytest.mark.parametrize("os_id", sorted(FAMILIES))
def test_every_family_names_its_source_and_gives_real_days(os_id: str):
    family = FAMILIES[os_id]
    assert family.source.startswith("https://")
    for release, day in family.ends.items():
        assert date.fromisoformat(day)
        assert len(release.split(".")) <= family.parts
        assert support(os_id, release) is not None


def test_the_table_says_when_it_was_written():
    assert date.fromisoformat(WRITTEN)
