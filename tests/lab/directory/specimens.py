"""What the lab's domain holds, and what an audit must and must not say of it: the truth.

for one in specimens.of_row(21): assert one.dn in found
for one in specimens.decoys_of_row(21): assert one.dn not in found
"""

from itertools import chain
from pathlib import Path

from tests.lab.directory.ad import (
    computers,
    delegation,
    dns,
    forest,
    members,
    people,
    policies,
    rights,
    schema,
    services,
    sysvol,
    texts,
)
from tests.lab.directory.ad.specimen import UNITS, Specimen
from tests.lab.directory.orders import Add, Order

FOLDER = Path(__file__).parent
OWN = ("authority", "canaries", "domain", "names", "orders", "sam_writer")
SOURCES = (*sorted((FOLDER / "ad").glob("*.py")), *(FOLDER / f"{name}.py" for name in OWN))
SUBJECTS = (
    people,
    members,
    rights,
    delegation,
    computers,
    policies,
    dns,
    forest,
    services,
    sysvol,
    texts,
)
TRUTH: tuple[Specimen, ...] = tuple(chain.from_iterable(part.SPECIMENS for part in SUBJECTS))


def of_row(row: int) -> tuple[Specimen, ...]:
    """Return what a row of the table of directory facts must find."""
    return tuple(one for one in TRUTH if row in one.rows and not one.is_decoy)


def decoys_of_row(row: int) -> tuple[Specimen, ...]:
    """Return what looks alike, and must not be found."""
    return tuple(one for one in TRUTH if row in one.rows and one.is_decoy)


def named(name: str) -> Specimen:
    """Return the specimen of a name. Raises KeyError when there is none."""
    found = {one.name: one for one in TRUTH}
    return found[name]


def foundations() -> tuple[Order, ...]:
    """Return what does not age: the schema and the units; the crowd comes after them."""
    units = (Add(dn=dn, attributes={"objectClass": "organizationalUnit"}) for dn in UNITS)
    return (*schema.orders(), *units)


def orders() -> tuple[Order, ...]:
    """Return all that makes the domain out of its foundations."""
    return tuple(chain.from_iterable(one.orders for one in TRUTH))
