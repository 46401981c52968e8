"""`handover changes`: what changed between two audits, and what only changed for the eye."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec
from msgspec import Struct

from agent.cli.gaps import named, why_of
from agent.cli.output import Listed, Shown, forms, say
from agent.cli.show import cell, content
from agent.cli.tables import Table
from agent.judge.subjects import subject
from inventory.errors import ConfigError
from inventory.model.evidence import Evidence, Gap
from inventory.model.record import Record
from inventory.snapshot import Blank, blanks_of

if TYPE_CHECKING:
    from inventory.changes import Change, SightChange
    from inventory.gathering import Crowd
    from inventory.store import Store

COLUMNS = ("what", "host", "kind", "which", "before and after", "place")
HEADING = "CHANGED FOR THE EYE: what became readable or unreadable; the world may be the same"


class Changed(Struct, frozen=True):
    """One change in JSON."""

    what: str
    target: str
    kind: str
    old: dict[str, Any] | None
    new: dict[str, Any] | None
    evidence: tuple[int, ...]


class Sight(Struct, frozen=True):
    """A reading whose gaps are others than before."""

    target: str
    collector: str
    old: tuple[Gap, ...]
    new: tuple[Gap, ...]


class Changes(Struct, frozen=True):
    """The value of `changes`."""

    old_audit: int
    new_audit: int
    changes: tuple[Changed, ...]
    sight: tuple[Sight, ...]


@click.command
@click.argument("old", metavar="[FROM]", required=False, type=click.IntRange(min=1))
@click.argument("new", metavar="[TO]", required=False, type=click.IntRange(min=1))
@click.option("--all", "each", is_flag=True, help="Each record, also of hosts that were off.")
@forms
@click.pass_obj
def changes(folder: Path, *, old: int | None, new: int | None, each: bool, form: str) -> int:
    """Show what changed from audit FROM to audit TO; default: the newest two.

    Removed is said only of what a complete reading no longer found. What could not be seen is
    newly unknown; what a whole reading hid is told once a host. Volatile facts, such as free
    space and open connections, are left out.
    """
    from agent.cli.opening import kept
    from inventory import changes as compared

    with kept(folder) as store:
        old, new = _pair(store, old, new)
        found = tuple(compared.changes(store, old, new))
        sight = tuple(compared.sight_changes(store, old, new))
        shown = _shown(old, new, found, sight, _blanks(store, old, new), each=each)
        return say(shown, form)


def _pair(store: "Store", old: int | None, new: int | None) -> tuple[int, int]:
    """Return the two audits. Raises ConfigError when there is nothing to compare."""
    last = new if new is not None else store.snapshot().audit
    first = old if old is not None else store.newest(before=last)
    if first is None:
        raise ConfigError(f"audit {last} is the first one that was finished: nothing to compare")
    if first >= last:
        raise ConfigError(f"audit {first} is not before audit {last}: name the earlier one first")
    return first, last


def _blanks(store: "Store", *audits: int) -> tuple[Blank, ...]:
    """Return the gaps of both audits: what either could not see may have changed."""
    found = (blank for audit in audits for blank in blanks_of(store.snapshot(audit).readings()))
    return tuple(dict.fromkeys(found))


def _shown(
    old: int,
    new: int,
    found: "Sequence[Change]",
    sight: "Sequence[SightChange]",
    blanks: tuple[Blank, ...],
    *,
    each: bool,
) -> Shown:
    proofs: Listed[Evidence] = Listed()
    ordered = _ordered(found)
    value = Changes(
        old,
        new,
        tuple(_changed(one, proofs) for one in ordered),
        tuple(Sight(one.reading.target, one.reading.collector, one.old, one.new) for one in sight),
    )
    rows = _each(ordered) if each else _in_short(ordered)
    none = "no change seen; the gaps below could hide some" if blanks else "none: all was read"
    return Shown(
        value,
        (Table(COLUMNS, rows, "CHANGES", none), _sights(sight, each=each)),
        blanks,
        proofs.all,
        head=(f"audit {old} to audit {new}: {_counts(ordered)}", ""),
        lines=Table(COLUMNS, _each(ordered)),
    )


def _ordered(found: "Iterable[Change]") -> "tuple[Change, ...]":
    from inventory.changes import What

    rank = {what: place for place, what in enumerate(What)}
    return tuple(sorted(found, key=lambda one: (rank[one.what], one.reading, one.kind)))


def _counts(found: "Iterable[Change]") -> str:
    counts = Counter(one.what for one in found)
    said = ", ".join(f"{count} {what.value}" for what, count in counts.items())
    return said or "no change seen"


def _changed(one: "Change", proofs: Listed[Evidence]) -> Changed:
    sides = tuple(side for side in (one.old, one.new) if side)
    return Changed(
        one.what,
        one.reading.target,
        one.kind,
        content(one.old.record) if one.old else None,
        content(one.new.record) if one.new else None,
        proofs.of(side.evidence for side in sides),
    )


def _each(found: "Sequence[Change]") -> tuple[tuple[str, ...], ...]:
    return tuple(_row(one) for one in found)


def _in_short(found: "Sequence[Change]") -> tuple[tuple[str, ...], ...]:
    """Return a row for each change, and one for all that a whole reading hid or showed again."""
    from inventory.gathering import gathered

    made = gathered(found)
    return (*_each(made.single), *(_crowd(one) for one in made.crowds))


def _crowd(one: "Crowd") -> tuple[str, ...]:
    of = named(map(subject, one.collectors))
    why = why_of(Blank("", "", "", one.gap)) if one.gap else "another version reads it otherwise"
    where = one.targets[0] if len(one.targets) == 1 else f"{len(one.targets)} hosts"
    return one.what.value, where, f"{one.records:,} records", of, why, "each: --all"


def _row(one: "Change") -> tuple[str, ...]:
    side = one.new or one.old
    if side is None:
        return one.what.value, one.reading.target, one.kind, "erased", "", ""
    record, at = side.record, side.evidence.pointer
    which = ", ".join(filter(None, (cell(name, getattr(record, name)) for name in record.KEY)))
    both = _differences(one.old.record, one.new.record) if one.old and one.new else ()
    place = at.where or at.ask
    return one.what.value, one.reading.target, one.kind, which, "; ".join(both), place


def _differences(old: Record, new: Record) -> Iterator[str]:
    """Yield `shell: /bin/sh -> /bin/bash` for each field that differs."""
    for field in msgspec.structs.fields(type(new)):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if before != after and field.name != "at":
            yield f"{field.name}: {cell(field.name, before)} -> {cell(field.name, after)}"


def _sights(sight: "Sequence[SightChange]", *, each: bool) -> Table:
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for one in sight:
        name = subject(one.reading.collector)
        gone = _reasons(gap for gap in one.old if gap not in one.new)
        new = _reasons(gap for gap in one.new if gap not in one.old)
        alike[one.reading.target, gone, new, name if each else ""].append(name)
    rows = tuple(
        (target, named(names), gone, new) for (target, gone, new, _), names in alike.items()
    )
    none = "nothing: each reading saw as much as before"
    return Table(
        ("host", "subject", "gaps that are gone", "gaps that are new"), rows, HEADING, none
    )


def _reasons(gaps: Iterable[Gap]) -> str:
    return named(why_of(Blank("", "", "", gap)) for gap in gaps) or "-"
