"""`handover show`: the records of a kind as a table, with the gaps beside it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec
from msgspec import Struct, structs

from agent.cli.output import Listed, Shown, forms, nothing, of_audit, say
from agent.cli.tables import Table
from inventory.model.evidence import Evidence
from inventory.model.moment import DAY_S, Moment, iso_day
from inventory.model.record import Record
from inventory.snapshot import Known, Seen

if TYPE_CHECKING:
    from agent.cli.entries import Entries
    from inventory.store import StoreSnapshot

WIDE_S = 3 * DAY_S  # a moment that is coarser is shown as a span


class Row(Struct, frozen=True):
    """One record in JSON."""

    target: str
    record: dict[str, Any]
    carried: bool  # seen in an earlier audit, and this one could not look
    evidence: tuple[int, ...]


class Records(Struct, frozen=True):
    """The value of `show KIND`."""

    audit: int
    kind: str
    least: int  # how many there are at least
    most: int | None  # null: gaps could hide more
    records: tuple[Row, ...]


class Kind(Struct, frozen=True):
    """One record kind in the list of them."""

    kind: str
    view: str
    least: int
    most: int | None


class Kinds(Struct, frozen=True):
    """The value of `show` alone."""

    audit: int
    kinds: tuple[Kind, ...]


@click.command
@click.argument("kind", required=False)
@click.option("--target", help="Only this host.")
@of_audit
@forms
@click.pass_obj
def show(
    folder: Path, *, kind: str | None, target: str | None, audit: int | None, form: str
) -> int:
    """Show what is known of one KIND of record, such as accounts, keys or sudo.

    Without KIND, the kinds are listed.
    """
    from agent.cli.entries import entries_of
    from agent.cli.kinds import kind_of
    from agent.cli.opening import kept
    from agent.cli.personal import told_to_all

    known_kind = None if kind is None else kind_of(kind)
    with kept(folder) as store:
        snapshot = store.snapshot(audit)
        check_target(snapshot, target)
        if known_kind is None:
            return say(_kinds(snapshot, target), form)
        known = snapshot.read(known_kind, target=target).known()
        names = entries_of(snapshot, known_kind, target)
        told = told_to_all(known, snapshot, folder)
        return say(_records(snapshot.audit, known_kind, told, names), form)


def check_target(snapshot: "StoreSnapshot", target: str | None) -> None:
    """Raise ConfigError for a target that the audit does not know, with the nearest one."""
    from agent.engagement.mistakes import nearest, shown
    from inventory.errors import ConfigError

    known = snapshot.targets()
    if target is not None and target not in known:
        raise ConfigError(
            f"audit {snapshot.audit} has no target {shown(target)}: {nearest(target, known)}"
        )


def _records(audit: int, kind: type[Record], known: Known[Any], names: "Entries | None") -> Shown:
    proofs: Listed[Evidence] = Listed()
    rows = tuple(
        Row(row.target, content(row.record), row.carried, proofs.of((row.evidence,)))
        for row in known.rows
    )
    fresh = sum(not row.carried for row in known.rows)
    most = None if known.blanks else len(rows)
    table = _table(kind, known)
    return Shown(
        Records(audit, kind.__name__, fresh, most, rows),
        (table if names is None else _readable(table, names),),
        known.blanks,
        proofs.all,
        notes=_notes(audit, known, names),
        in_doubt=not known.complete,
        lines=table,
    )


def _notes(audit: int, known: Known[Any], names: "Entries | None") -> tuple[str, ...]:
    from agent.cli.entries import NOTE

    counted = f"audit {audit}: {_counted(known)}"
    return (counted,) if names is None or not known.rows else (counted, NOTE)


def _readable(table: Table, names: "Entries") -> Table:
    """Return a table of a directory as people read it."""
    from agent.cli.entries import filled

    kept = filled(table.columns, table.rows)
    columns = tuple(table.columns[at] for at in kept)
    rows = tuple(tuple(names.cell(table.columns[at], row[at]) for at in kept) for row in table.rows)
    return structs.replace(table, columns=columns, rows=rows)


def _counted(known: Known[Any]) -> str:
    old = sum(row.carried for row in known.rows)
    rest = f", {old} of them seen in an earlier audit only" if old else ""
    all_of = "that is all" if known.complete else "there may be more or fewer"
    return f"{len(known.rows)} known{rest}; {all_of}"


def _table(kind: type[Record], known: Known[Any]) -> Table:
    names = tuple(name for name in kind.__struct_fields__ if name != "at")
    rows = tuple(tuple(_cells(row, names)) for row in known.rows)
    columns = ("target", *names, "place", "seen")
    return Table(columns, rows, none=f"{kind.__name__}: {nothing(known.blanks)}")


def _cells(row: Seen[Any], names: tuple[str, ...]) -> Iterator[str]:
    yield row.target
    for name in names:
        yield cell(name, getattr(row.record, name))
    at = row.evidence.pointer
    yield at.where or at.ask
    yield f"audit {row.evidence.audit}{', not now' if row.carried else ''}"


def cell(name: str, value: object) -> str:
    """Return a field as people read it; `-`: the source was read and does not state it."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "mode" and isinstance(value, int):
        return f"{value:04o}"
    if isinstance(value, Moment) and value.latest - value.earliest > WIDE_S:
        return f"{iso_day(value.earliest)} to {iso_day(value.latest)}"
    if isinstance(value, tuple):
        return ", ".join(cell(name, one) for one in value)
    return str(value)


def content(record: Record) -> dict[str, Any]:
    """Return the fields of a record without its place, as JSON can hold them."""
    fields: dict[str, Any] = msgspec.to_builtins(record)
    return {name: value for name, value in fields.items() if name != "at"}


def _kinds(snapshot: "StoreSnapshot", target: str | None) -> Shown:
    from agent.cli.kinds import kinds
    from inventory.model.truth import Bounds

    found, rows = [], []
    for view, kind in kinds():
        count: Bounds = snapshot.read(kind, target=target).count()
        found.append(Kind(kind.__name__, view, count.least, count.most))
        rows.append((view, kind.__name__, str(count)))
    table = Table(("kind", "name", "known"), tuple(rows))
    unsure = any(one.least != one.most for one in found)
    return Shown(Kinds(snapshot.audit, tuple(found)), (table,), in_doubt=unsure)
