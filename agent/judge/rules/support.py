"""Until when the makers of distributions give security updates to each release.

Entered in 2026. The sources are the makers' own pages, named below by family. The dates marked
"compared" were compared with a public collection of release dates or a copy of the maker's page;
those marked "memory" were entered from memory and are to be checked against that page.
A release that is not listed is not known: it is never taken for supported.

Paid extensions (Ubuntu Pro, ELS, LTSS, ELTS) do not count: see the rule host.eol.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec import Struct

WRITTEN = "2026-07-01"  # releases after this day are not in the table


class Family(Struct, frozen=True):
    """The releases of one distribution, by the digits of VERSION_ID that tell them apart."""

    name: str
    source: str
    parts: int  # of VERSION_ID: 1 for "12", 2 for "22.04"
    ends: Mapping[str, str]  # release -> last day of support


class Support(Struct, frozen=True):
    """Until when a release is supported."""

    release: str  # "Debian 12"
    until: int | None  # last second, UTC; None: a rolling release
    source: str


# Debian counts with its long term support. Compared but 7; https://wiki.debian.org/LTS
_DEBIAN = """7 2018-05-31  8 2020-06-30  9 2022-06-30  10 2024-06-30  11 2026-08-31
 12 2028-06-30  13 2030-06-30"""
# Standard support of LTS releases, and interim ones. Compared; https://ubuntu.com/about/release-cycle
_UBUNTU = """14.04 2019-04-02  16.04 2021-04-02  18.04 2023-05-31  20.04 2025-05-31
 22.04 2027-04-01  23.04 2024-01-20  23.10 2024-07-12  24.04 2029-05-31  24.10 2025-07-10
 25.04 2026-01-17  25.10 2026-07-01  26.04 2031-04-30"""
# End of maintenance support. Compared but 10 (memory).
_RHEL = "6 2020-11-30  7 2024-06-30  8 2029-05-31  9 2032-05-31  10 2035-05-31"
_ALMA = "8 2029-03-01  9 2032-05-31  10 2035-05-31"
_ROCKY = "8 2029-05-31  9 2032-05-31  10 2035-05-31"
_ORACLE = "6 2021-03-01  7 2024-12-01  8 2029-07-01  9 2032-06-30  10 2035-06-30"
_CENTOS = "6 2020-11-30  7 2024-06-30  8 2021-12-31"  # memory
_STREAM = "8 2024-05-31  9 2027-05-31  10 2030-01-01"  # memory
# Compared; 42 and 43 may end some weeks later, as the schedule moves.
_FEDORA = """36 2023-05-16  37 2023-12-05  38 2024-05-21  39 2024-11-26  40 2025-05-13
 41 2025-12-15  42 2026-05-13  43 2026-12-09"""
# General support of service packs. Compared, but 15.7 and 16.0 (memory).
_SLES = """11.4 2019-03-31  12.4 2020-06-30  12.5 2024-10-31  15 2019-12-31  15.1 2021-01-31
 15.2 2021-12-31  15.3 2022-12-31  15.4 2023-12-31  15.5 2024-12-31  15.6 2025-12-31
 15.7 2031-07-31  16.0 2027-11-30"""
_LEAP = """15.2 2022-01-04  15.3 2022-12-31  15.4 2023-12-07  15.5 2024-12-31  15.6 2026-04-30
 16.0 2027-10-31"""
_ALPINE = """3.12 2022-05-01  3.13 2022-11-01  3.14 2023-05-01  3.15 2023-11-01  3.16 2024-05-23
 3.17 2024-11-22  3.18 2025-05-09  3.19 2025-11-01  3.20 2026-04-01  3.21 2026-11-01
 3.22 2027-05-01  3.23 2027-11-01"""
_AMAZON = "2 2026-06-30  2018.03 2023-12-31  2023 2029-06-30"  # compared but 2018.03


def _family(name: str, source: str, parts: int, text: str) -> Family:
    words = text.split()
    return Family(name, source, parts, dict(zip(words[::2], words[1::2], strict=True)))


_RED_HAT = "https://access.redhat.com/support/policy/updates/errata"
_SUSE = "https://www.suse.com/lifecycle"
FAMILIES: Mapping[str, Family] = {
    "debian": _family("Debian", "https://wiki.debian.org/LTS", 1, _DEBIAN),
    "ubuntu": _family("Ubuntu", "https://ubuntu.com/about/release-cycle", 2, _UBUNTU),
    "rhel": _family("Red Hat Enterprise Linux", _RED_HAT, 1, _RHEL),
    "almalinux": _family("AlmaLinux", "https://wiki.almalinux.org/release-notes/", 1, _ALMA),
    "rocky": _family("Rocky Linux", "https://wiki.rockylinux.org/rocky/version/", 1, _ROCKY),
    "ol": _family("Oracle Linux", "https://www.oracle.com/linux/support/", 1, _ORACLE),
    "centos": _family("CentOS Linux", "https://www.centos.org/centos-linux-eol/", 1, _CENTOS),
    "centos-stream": _family("CentOS Stream", "https://www.centos.org/cl-vs-cs/", 1, _STREAM),
    "fedora": _family("Fedora", "https://docs.fedoraproject.org/en-US/releases/", 1, _FEDORA),
    "sles": _family("SUSE Linux Enterprise Server", _SUSE, 2, _SLES),
    "opensuse-leap": _family("openSUSE Leap", "https://en.opensuse.org/Lifetime", 2, _LEAP),
    "alpine": _family("Alpine Linux", "https://alpinelinux.org/releases/", 2, _ALPINE),
    "amzn": _family("Amazon Linux", "https://docs.aws.amazon.com/linux/", 2, _AMAZON),
}
ROLLING: Mapping[str, str] = {
    "arch": "Arch Linux",
    "opensuse-tumbleweed": "openSUSE Tumbleweed",
}


def support(os_id: str, version: str | None, name: str | None = None) -> Support | None:
    """Return the support of a release by ID, VERSION_ID and PRETTY_NAME; None: not known."""
    if os_id in ROLLING:
        return Support(ROLLING[os_id], None, "a rolling release")
    if os_id == "centos" and "Stream" in (name or ""):
        os_id = "centos-stream"
    family = FAMILIES.get(os_id)
    if family is None or not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,8}){0,3}", version or ""):
        return None
    release = ".".join((version or "").split(".")[: family.parts])
    day = family.ends.get(release)
    return Support(f"{family.name} {release}", _last_second(day), family.source) if day else None


def _last_second(day: str) -> int:
    return int(datetime.fromisoformat(f"{day}T23:59:59").replace(tzinfo=UTC).timestamp())
