"""How sizes, spans and days read: short, in one unit, rounded down."""

import re

from inventory.model.moment import DAY_S, Moment, iso_day, iso_time

_PRINT = re.compile(r"(SHA256:[A-Za-z0-9+/]{12})[A-Za-z0-9+/=]{8,}")
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
MOST_NAMES = 4


def size(count: int | None) -> str | None:
    """Return `15.6 GiB`."""
    if count is None:
        return None
    value, unit = float(count), 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{count} B" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def span(seconds: int) -> str:
    """Return `41 d`, `7 h` or `12 min`."""
    if seconds >= DAY_S:
        return f"{seconds // DAY_S} d"
    return f"{seconds // 3600} h" if seconds >= 3600 else f"{seconds // 60} min"


def day(epoch_s: int) -> str:
    """Return `2027-05-12`."""
    return iso_day(epoch_s)


def instant(epoch_s: int) -> str:
    """Return `2027-05-12 09:14 UTC`."""
    return iso_time(epoch_s)


def moment(when: Moment | None) -> str | None:
    """Return the moment as text, as exact as it is known."""
    return None if when is None else str(when)


def days_until(epoch_s: int, now: int) -> int:
    """Return whole days from now; negative when it has passed."""
    return (epoch_s - now) // DAY_S


def mode(bits: int) -> str:
    """Return `0600`."""
    return f"{bits:04o}"


def yes(value: bool | None) -> str | None:
    """Return `yes` or `no`; None: the source does not state it."""
    return None if value is None else ("yes" if value else "no")


def bucket(when: Moment, now: int) -> str:
    """Return how long ago in one of three spans, for people of whom no more need be known."""
    days = (now - (when.earliest + when.latest) // 2) // DAY_S
    if days < 30:
        return "under 30 days ago"
    return "30 to 90 days ago" if days <= 90 else "over 90 days ago"


def named(names: tuple[str, ...], most: int = MOST_NAMES) -> str:
    """Return `db1, web1 and 3 more`."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def short(text: str, most: int) -> str:
    """Return the text, cut where it is longer than there is room."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def short_prints(text: str) -> str:
    """Return the text with fingerprints cut short; the whole ones stand elsewhere."""
    return _PRINT.sub(r"\1…", text)


def short_id(value: str | None) -> str | None:
    """Return the first eight characters of an id that is not to be told whole."""
    return None if value is None else (f"{value[:8]}…" if len(value) > 8 else value)
