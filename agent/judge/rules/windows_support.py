"""Until when Microsoft gives security updates to each release of Windows and Exchange.

Source: https://learn.microsoft.com/lifecycle; entered from memory in 2026, to be checked there.
Extended support of the standard editions; paid updates (ESU) and LTSC editions do not count. A
release that is not listed is not known: it is never taken for supported.
"""

import re
from datetime import UTC, datetime

_ENDS = {  # what operatingSystem begins with, the longest first
    "Windows Server 2003": "2015-07-14",
    "Windows Server 2008": "2020-01-14",  # R2 ended on the same day
    "Windows Server 2012": "2023-10-10",  # so did its R2
    "Windows Server 2016": "2027-01-12",
    "Windows Server 2019": "2029-01-09",
    "Windows Server 2022": "2031-10-14",
    "Windows Server 2025": "2034-11-14",
    "Windows 2000": "2010-07-13",
    "Windows XP": "2014-04-08",
    "Windows Vista": "2017-04-11",
    "Windows 7": "2020-01-14",
    "Windows 8.1": "2023-01-10",
    "Windows 8": "2016-01-12",
    "Windows 10": "2025-10-14",
}
_EXCHANGE = {  # major and minor version
    (8, 0): ("Exchange 2007", "2017-04-11"),
    (14, 0): ("Exchange 2010", "2020-10-13"),
    (15, 0): ("Exchange 2013", "2023-04-11"),
    (15, 1): ("Exchange 2016", "2025-10-14"),
    (15, 2): ("Exchange 2019", "2025-10-14"),
}
_SUBSCRIPTION = 2562  # from this build on 15.2 is the Subscription Edition, which goes on
_VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})(?:\D{1,10}(\d{1,6}))?")


def windows_ends(name: str) -> int | None:
    """Return the last second of support of an operatingSystem; None: it is not known.

    The name comes with or without trademark signs and "Microsoft" before it.
    """
    plain = re.sub(r"[®™]|\(R\)|\(TM\)|^Microsoft ", "", name).strip()
    known = [release for release in _ENDS if plain.startswith(release)]
    return _last_second(_ENDS[max(known, key=len)]) if known else None


def exchange_ends(version: str) -> tuple[str, int | None] | None:
    """Return the product of `Version 15.1 (Build 30044.4)` and when its support ends.

    None instead of the end: it goes on. None instead of both: the version is not known.
    """
    found = _VERSION.search(version)
    if found is None:
        return None
    number = (int(found[1]), int(found[2]))
    if number == (15, 2) and _build(found[3]) >= _SUBSCRIPTION:
        return "Exchange Subscription Edition", None
    known = _EXCHANGE.get((number[0], 0) if number[0] in (8, 14) else number)
    return (known[0], _last_second(known[1])) if known else None


def _build(text: str | None) -> int:
    """Return the build of `30044` or `2562`: the directory adds 32768 or 30000 to some of them."""
    number = int(text or 0)
    return number - 30_000 if number >= 30_000 else number


def _last_second(day: str) -> int:
    return int(datetime.fromisoformat(f"{day}T23:59:59").replace(tzinfo=UTC).timestamp())
