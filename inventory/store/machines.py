"""Whether a target is still the same machine: a target that is another one begins a generation."""

from collections.abc import Iterable
from typing import Protocol

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, func, select

from inventory.codec import canonical, plain
from inventory.store.tables import MACHINE, READING


class Recognised(Protocol):
    """Anything that says by what a machine is recognised."""

    @property
    def machine_id(self) -> str | None:
        """Return the machine id (machine-id(5)); None when it could not be read."""
        ...

    @property
    def host_keys(self) -> tuple[str, ...]:
        """Return the fingerprints of its SSH host keys; empty when none could be read."""
        ...


class Identity(Struct, frozen=True):
    """By what a target is known to be the same machine as last time."""

    machine_id: str | None = None
    host_keys: tuple[str, ...] = ()


def is_another(old: Recognised, new: Recognised) -> bool:
    """Tell whether the two can be compared and have nothing in common."""
    if old.machine_id and old.machine_id == new.machine_id:
        return False
    if set(old.host_keys) & set(new.host_keys):
        return False
    return bool(old.machine_id and new.machine_id) or bool(old.host_keys and new.host_keys)


def generation_of(known: Iterable[tuple[int, Recognised]], new: Recognised | None) -> int:
    """Return the generation of the machine that answered, given those known, newest first.

    A machine that comes back (two behind one address) takes its own generation up again.
    """
    known = tuple(known)
    if not known:
        return 0
    newest, machine = known[0]
    if new is None or not is_another(machine, new):
        return newest
    for generation, earlier in known[1:]:
        if _is_same(earlier, new):
            return generation
    return newest + 1


def recognise(db: Connection, source: str, target: str, new: Recognised | None) -> int:
    """Return the generation of what answered, and keep what it is recognised by."""
    here = (MACHINE.c.source == source, MACHINE.c.target == target)
    query = select(MACHINE).where(*here).order_by(MACHINE.c.generation.desc())
    known = {
        row.generation: Identity(
            row.machine_id, msgspec.json.decode(row.host_keys, type=tuple[str, ...])
        )
        for row in db.execute(query)
    }
    if new is None:
        return max(known, default=_newest_reading(db, source, target))
    generation = generation_of(known.items(), new)
    old = known.get(generation, Identity())
    values = {
        "machine_id": plain(new.machine_id) if new.machine_id else old.machine_id,
        "host_keys": canonical(sorted(new.host_keys) or old.host_keys).decode(),
    }
    db.execute(MACHINE.delete().where(*here, MACHINE.c.generation == generation))
    row = {"source": source, "target": target, "generation": generation, **values}
    db.execute(MACHINE.insert().values(**row))
    return generation


def _is_same(old: Recognised, new: Recognised) -> bool:
    same_id = old.machine_id is not None and old.machine_id == new.machine_id
    return same_id or bool(set(old.host_keys) & set(new.host_keys))


def _newest_reading(db: Connection, source: str, target: str) -> int:
    here = (READING.c.source == source, READING.c.target == target)
    return int(db.execute(select(func.max(READING.c.generation)).where(*here)).scalar() or 0)
