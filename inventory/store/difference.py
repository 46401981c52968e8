"""What a new reading makes of the records that were open: pure, so that it can be tested alone.

Here stands law 7: only a reading that could have seen a record ends it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from inventory.codec import Coded, is_same
from inventory.model.evidence import Pointer
from inventory.reading import Reading, State
from inventory.store.seals import USABLE


class Row(Struct, frozen=True, gc=False):
    """A record as it stands open in the store; part, key and body None: forgotten."""

    id: int
    kind: str
    version: int
    part: str | None
    key: str | None
    body: str | None
    at: Pointer
    digest: bytes
    hidden: bool  # no usable reading has seen it since some earlier audit


class Difference(Struct, frozen=True):
    """What is to be written for one reading."""

    added: tuple[Coded, ...] = ()
    kept: tuple[Row, ...] = ()  # seen again, unchanged
    ended: tuple[Row, ...] = ()  # gone or changed
    moved: tuple[tuple[int, Pointer], ...] = ()  # seen again at another place
    hidden: tuple[Row, ...] = ()  # from now on out of sight
    shown: tuple[Row, ...] = ()  # seen again after it was out of sight

    @property
    def is_nothing(self) -> bool:
        """Tell whether the same records were seen as last time."""
        ended = any(not row.hidden for row in self.ended)
        return not (self.added or self.hidden or self.shown or ended)


def difference(reading: Reading, records: Sequence[Coded], rows: Iterable[Row]) -> Difference:
    """Compare a reading's records with the open rows; a reading that failed changes nothing."""
    if reading.state not in USABLE:
        return Difference()
    told: dict[tuple[str, str | None], Coded] = {}
    for record in records:
        told.setdefault((record.kind, record.key), record)
    kept, changed, missing = _matched(told, rows)
    lessened = [row for row in changed if _is_lessened(reading, row, told[row.kind, row.key])]
    changed = [row for row in changed if row not in lessened]
    gone = [row for row in missing if not is_hidden(reading, row.kind, row.part)]
    away = [row for row in missing if is_hidden(reading, row.kind, row.part)]
    away += lessened
    same = {(row.kind, row.key) for row in (*kept, *lessened)}
    return Difference(
        added=tuple(record for name, record in told.items() if name not in same),
        kept=tuple(kept),
        ended=(*changed, *gone),
        moved=tuple((row.id, at) for row in kept if (at := told[row.kind, row.key].at) != row.at),
        hidden=tuple(row for row in away if not row.hidden),
        shown=tuple(row for row in kept if row.hidden),
    )


def _matched(
    told: dict[tuple[str, str | None], Coded], rows: Iterable[Row]
) -> tuple[list[Row], list[Row], list[Row]]:
    """Return the rows that were seen unchanged, seen changed, and not seen."""
    kept: list[Row] = []
    changed: list[Row] = []
    missing: list[Row] = []
    for row in rows:
        record = told.get((row.kind, row.key))
        if record is None:
            missing.append(row)
        elif row.body is not None and row.part == record.part and _says_the_same(row, record):
            kept.append(row)
        else:
            changed.append(row)
    return kept, changed, missing


def _says_the_same(row: Row, record: Coded) -> bool:
    if row.version != record.version:
        return False
    return is_same(row.kind, row.version, row.body or "", record.body)


def _is_lessened(reading: Reading, row: Row, record: Coded) -> bool:
    """Tell whether a record only lost values that a gap may hide: that is no change of the world.

    The row stays as it was seen whole; what is left of it proves nothing new.
    """
    if row.body is None or row.version != record.version or row.part != record.part:
        return False
    if not is_hidden(reading, row.kind, row.part):
        return False
    old, new = msgspec.json.decode(row.body), msgspec.json.decode(record.body)
    return all(_lacks(old.get(name), value) for name, value in new.items())


def _lacks(old: Any, new: Any) -> bool:
    """Tell whether a value is the same as before, or says nothing, or less of the same."""
    if isinstance(old, list) and isinstance(new, list):
        return all(one in old for one in new)
    return new == old or new in (None, "")


def is_hidden(reading: Reading, kind: str, part: str | None) -> bool:
    """Tell whether such a record may be there without this reading having seen it.

    The part of a forgotten record is unknown: any gap may hide it.
    """
    if kind not in reading.tells:
        return True
    if reading.state is State.PARTIAL and not reading.gaps:
        return True
    return reading.hides(part) if part is not None else bool(reading.gaps)
