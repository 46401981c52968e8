"""What changed since the audit before, in the order of what it may mean for access."""

import re
from collections import Counter
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from agent.documents.views import say
from agent.documents.views.table import places
from agent.judge.subjects import subject
from inventory.changes import Change, What
from inventory.gathering import Crowd, gathered
from inventory.model import access, account, host, network, operation, software
from inventory.model.moment import Moment
from inventory.model.record import KINDS, Record
from inventory.snapshot import Seen

MOST_CHANGES = 400
MOST_CHARACTERS = 160
MOST_NAMED = 6

_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_AREAS = (access, account, operation, network, host, software)
_AREA = {module.__name__: at for at, module in enumerate(_AREAS)}
_WEIGHT = tuple(What)


class Difference(Struct, frozen=True):
    """One change: what happened, where, to what; or many for the same reason."""

    what: str
    host: str
    kind: str
    name: str
    fields: tuple[str, ...]  # "uid: 1 → 2", of a change
    where: str


class Differences(Struct, frozen=True):
    """The changes, how many of each kind, and how many are not shown."""

    counts: tuple[tuple[str, int], ...]
    shown: tuple[Difference, ...]  # single records
    crowds: tuple[Difference, ...]  # many to which the same happened, for one reason
    more: int


def differences(changes: Sequence[Change]) -> Differences:
    """Return the changes, those of access first."""
    counted = Counter(change.what for change in changes)
    made = gathered(changes)
    ordered = sorted(made.single, key=_order)
    return Differences(
        counts=tuple((what.value, counted[what]) for what in What if counted[what]),
        shown=tuple(_difference(change) for change in ordered[:MOST_CHANGES]),
        crowds=tuple(_crowd(one) for one in made.crowds),
        more=max(0, len(ordered) - MOST_CHANGES),
    )


def _crowd(one: Crowd) -> Difference:
    gap = one.gap
    why = f"{gap.why.value}: {gap.detail}" if gap and gap.detail else gap and gap.why.value
    return Difference(
        what=one.what.value,
        host=say.named(one.targets, MOST_NAMED),
        kind=f"{one.records} records",
        name=say.named(tuple(subject(name) for name in one.collectors), MOST_NAMED),
        fields=(why or "another version reads it otherwise",),
        where="",
    )


def _order(change: Change) -> tuple[int, int, str, str]:
    kind = KINDS.get(change.kind, Record)
    area = _AREA.get(kind.__module__, len(_AREA))
    return area, _WEIGHT.index(change.what), change.kind, change.reading.target


def _difference(change: Change) -> Difference:
    seen = change.new or change.old
    return Difference(
        what=change.what.value,
        host=change.reading.target,
        kind=_WORDS.sub(" ", change.kind).lower(),
        name=say.short(_name(seen.record), MOST_CHARACTERS) if seen else "not kept",
        fields=_fields(change) if change.what is What.CHANGED else (),
        where=places((seen.evidence,)) if seen else "",
    )


def _name(record: Record) -> str:
    return " ".join(_text(value) for value in record.key() if value not in ("", None, ()))


def _fields(change: Change) -> tuple[str, ...]:
    if change.old is None or change.new is None:
        return ()
    return tuple(_changed(change.old, change.new))


def _changed(old: Seen[Record], new: Seen[Record]) -> list[str]:
    found = []
    for field in msgspec.structs.fields(new.record):
        before = getattr(old.record, field.name, None)
        after = getattr(new.record, field.name)
        if field.name != "at" and before != after:
            sides = f"{_text(before)} → {_text(after)}"
            found.append(f"{field.name.replace('_', ' ')}: {say.short(sides, MOST_CHARACTERS)}")
    return found


def _text(value: object) -> str:
    if value is None:
        return "not stated"
    if value == "":
        return "empty"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(_text(one) for one in value) or "empty"
    return str(value) if isinstance(value, (str, int, Moment)) else "…"
