"""Until when Windows and Exchange get updates: names as directories write them."""

import pytest

from agent.judge.rules.windows_support import exchange_ends, windows_ends
from inventory.model.moment import iso_day


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Windows Server 2008 R2 Standard", "2020-01-14"),
        ("Windows Server® 2008 Standard", "2020-01-14"),
        ("Microsoft Windows Server 2019 Datacenter", "2029-01-09"),
        ("Windows 8.1 Pro", "2023-01-10"),
        ("Windows 10 Pro", "2025-10-14"),
    ],
)
def test_a_known_release_ends_on_its_day(name: str, day: str):
    ends = windows_ends(name)
    assert ends is not None
    assert iso_day(ends) == day


@pytest.mark.parametrize("name", ["", "Windows 11 Pro", "Samba 4.17", "Debian GNU/Linux"])
def test_what_is_not_listed_is_not_known(name: str):
    assert windows_ends(name) is None


@pytest.mark.parametrize(
    ("version", "product", "is_over"),
    [
        ("Version 15.1 (Build 30044.4)", "Exchange 2016", True),
        ("Version 14.3 (Build 30123.4)", "Exchange 2010", True),
        ("Version 15.2 (Build 31118.7)", "Exchange 2019", True),
        ("Version 15.2 (Build 32562.17)", "Exchange Subscription Edition", False),
    ],
)
def test_exchange_is_told_by_version_and_build(version: str, product: str, is_over: bool):
    found = exchange_ends(version)
    assert found is not None
    assert (found[0], found[1] is not None) == (product, is_over)


def test_an_exchange_of_another_number_is_not_known():
    assert exchange_ends("Version 16.0 (Build 1.1)") is None
    assert exchange_ends("none") is None
