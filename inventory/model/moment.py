"""Points in time that may be coarse: the earliest and the latest instant that they can mean."""

from datetime import UTC, datetime

from msgspec import Struct

from inventory.model.truth import Truth

DAY_S = 86_400


class Moment(Struct, frozen=True, order=True):
    """An instant known to lie within [earliest, latest], both whole seconds since 1970 UTC."""

    earliest: int
    latest: int

    @classmethod
    def exact(cls, epoch_s: int) -> "Moment":
        """Return the moment of one exact second."""
        return cls(epoch_s, epoch_s)

    @classmethod
    def of_day(cls, day: int) -> "Moment":
        """Return day `day` after 1970-01-01, as in shadow(5); zone unknown, so half a day wider."""
        start = day * DAY_S
        return cls(start - 14 * 3600, start + DAY_S - 1 + 12 * 3600)

    def after(self, other: "Moment") -> Truth:
        """Tell whether this lies after the other; UNKNOWN while the two overlap."""
        if self.earliest > other.latest:
            return Truth.YES
        return Truth.NO if self.latest <= other.earliest else Truth.UNKNOWN

    def __str__(self) -> str:
        """Return an ISO time in UTC, or only the day when the moment is coarse."""
        middle = (self.earliest + self.latest) // 2
        return iso_day(middle) if self.latest - self.earliest > 60 else iso_time(self.earliest)


def iso_time(epoch_s: int) -> str:
    """Return `2027-05-12 09:14 UTC`; years outside 1..9999 as the number of seconds."""
    try:
        return datetime.fromtimestamp(epoch_s, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError, OSError):
        return f"{epoch_s} s"


def iso_day(epoch_s: int) -> str:
    """Return `2027-05-12`; years outside 1..9999 as the number of seconds."""
    try:
        return datetime.fromtimestamp(epoch_s, UTC).strftime("%Y-%m-%d")
    except (OverflowError, ValueError, OSError):
        return f"{epoch_s} s"
