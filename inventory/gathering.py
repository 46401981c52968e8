"""Changes as people can read them: what a whole reading hid or showed again is told once."""

from collections.abc import Iterable

from msgspec import Struct

from inventory.changes import Change, What
from inventory.model.evidence import Gap

LEAST = 2  # records of which it is shorter to tell their number


class Crowd(Struct, frozen=True):
    """Many records to which the same happened for the same reason."""

    what: What
    targets: tuple[str, ...]
    collectors: tuple[str, ...]
    records: int
    gap: Gap | None  # of the whole readings; None: they are read otherwise than before


class Gathered(Struct, frozen=True):
    """All changes of two audits, each once: in a crowd, or alone."""

    crowds: tuple[Crowd, ...]
    single: tuple[Change, ...]


def gathered(changes: Iterable[Change]) -> Gathered:
    """Return the changes with one crowd for each host that a gap hid or showed again as a whole.

    What another parser reads otherwise is one crowd for each collector, on whatever hosts.
    """
    groups: dict[tuple[object, ...], list[Change]] = {}
    for change in changes:
        groups.setdefault(_together(change), []).append(change)
    crowds, single = [], []
    for some in groups.values():
        if len(some) < LEAST or not _is_of_a_whole(some[0]):
            single.extend(some)
        else:
            crowds.append(_crowd(some))
    return Gathered(tuple(crowds), tuple(single))


def _is_of_a_whole(change: Change) -> bool:
    return change.what is What.BY_PARSER or change.gap is not None


def _together(change: Change) -> tuple[object, ...]:
    """Return what changes have in common that are told together."""
    if change.what is What.BY_PARSER:
        return change.what, change.reading.collector
    if change.gap is None:
        return (change.what,)
    return change.what, change.reading.target, change.gap.why, change.gap.detail


def _crowd(some: list[Change]) -> Crowd:
    return Crowd(
        what=some[0].what,
        targets=tuple(sorted({one.reading.target for one in some})),
        collectors=tuple(sorted({one.reading.collector for one in some})),
        records=len(some),
        gap=some[0].gap,
    )
