"""A small tenant with a record of every kind that tenants have. Invented, mostly by its names."""

from collections.abc import Iterable, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from agent.judge.tenant.tenants import is_of_a_tenant
from inventory.model.evidence import Evidence, Gap, Pointer
from inventory.model.moment import Moment
from inventory.model.record import KINDS, Record
from inventory.reading import Reading, ReadingKey, State
from inventory.snapshot import Seen

TARGET = "muster.example"
OF_TENANTS = tuple(sorted(kind for kind in KINDS if is_of_a_tenant(kind)))
_WHEN = Moment.exact(1_810_000_000)


def record(kind: type[Record], **known: Any) -> Record:
    """Return a record with every field that it needs filled from its name."""
    hints = get_type_hints(kind)
    needed = (field.name for field in msgspec.structs.fields(kind) if field.required)
    filled = {name: _value(hints[name], f"{kind.__name__} {name}") for name in needed}
    return kind(**{**filled, **known})


def _value(hint: Any, name: str) -> Any:
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    for option in options:
        if option is str:
            return name
        if option is bool:
            return True
        if option is int:
            return 3
        if option is Moment:
            return _WHEN
        if isinstance(option, type) and issubclass(option, msgspec.Struct):
            fields = get_type_hints(option)
            return option(
                **{
                    field.name: _value(fields[field.name], f"{name} {field.name}")
                    for field in msgspec.structs.fields(option)
                    if field.required
                }
            )
    raise TypeError(f"nothing fills {name}: {hint}")


def records() -> tuple[Record, ...]:
    """Return a record of every kind."""
    return tuple(record(KINDS[kind]) for kind in OF_TENANTS)


def readings(
    found: Iterable[Record], gaps: Mapping[str, Gap] | None = None, audit: int = 2
) -> list[tuple[Reading, list[Seen[Record]]]]:
    """Return a reading of each kind with its records; those with a gap are failed and empty."""
    told = tuple(found)
    missing = gaps or {}
    made = []
    for kind in OF_TENANTS:
        key = ReadingKey("cloud", TARGET, f"entra.{kind.lower()}")
        state = State.FAILED if kind in missing else State.COMPLETE
        reading = Reading(key, state, (kind,), (missing[kind],) if kind in missing else ())
        rows = [
            Seen(one, Evidence("cloud", TARGET, key.collector, Pointer(key.collector, ""), audit))
            for one in told
            if type(one).__name__ == kind and kind not in missing
        ]
        made.append((reading, rows))
    return made
