"""The stored form of a reading's records; what several targets told in common is encoded once.

Hosts of one fleet often tell the same, and then share one tuple of records: its stored form is kept
for as long as the tuple is among the last ones of its collector.
"""

from collections.abc import Collection

from msgspec import Struct

from inventory.codec import Coded, encode
from inventory.model.record import Record

DIFFERENT = 3  # tuples of records that are kept of one collector


class Encoded(Struct, frozen=True):
    """The records of one reading in the form that is stored."""

    records: Collection[Record]
    lasting: tuple[Coded, ...]
    fleeting: tuple[Coded, ...]  # the volatile ones


class Encoding:
    """Encodes readings, and keeps the latest of each collector."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._latest: dict[str, tuple[Encoded, ...]] = {}

    def of(self, collector: str, records: Collection[Record]) -> Encoded:
        """Return the stored form of the records of one of the collector's readings."""
        known = self._latest.get(collector, ())
        for one in known:
            if one.records is records:
                return one
        made = encoded(records)
        if isinstance(records, tuple):  # which nobody changes
            self._latest[collector] = (made, *known[: DIFFERENT - 1])
        return made


def encoded(records: Collection[Record]) -> Encoded:
    """Return the stored form of records, each in its order."""
    return Encoded(
        records,
        tuple(encode(record) for record in records if not record.VOLATILE),
        tuple(encode(record) for record in records if record.VOLATILE),
    )
