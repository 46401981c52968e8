"""Small directories for tests: records in, a Directory out."""

from collections.abc import Iterable

from agent.judge.directory.directories import Directories, Directory
from agent.judge.hosts import Hosts
from inventory.model.directory import DirectoryServer, Domain
from inventory.model.directory_accounts import (
    DirectoryAccount,
    DirectoryGroup,
    DirectoryMembers,
)
from inventory.model.evidence import Evidence, Gap, Pointer
from inventory.model.record import KINDS, Record
from inventory.reading import Reading, ReadingKey, State
from inventory.snapshot import MemorySnapshot, Seen

NAME = "corp.example"
BASE = "DC=corp,DC=example"
SID = "S-1-5-21-1-2-3"
DOMAIN = Domain(dn=BASE, dns_name=NAME, sid=SID)
AD = DirectoryServer(dialect="ad", product="Active Directory", dns_name="dc1.corp.example")
TELLS = tuple(
    sorted(
        name for name, kind in KINDS.items() if kind.__module__.startswith("inventory.model.direct")
    )
)


def reading(
    records: Iterable[Record], gaps: Iterable[Gap] = (), carried: Iterable[Record] = ()
) -> tuple[Reading, tuple[Seen[Record], ...]]:
    """Return one reading of everything, with its gaps and what it carried."""
    missing = tuple(gaps)
    state = State.PARTIAL if missing else State.COMPLETE
    key = ReadingKey("directory", NAME, "directory.test")
    at = Evidence("directory", NAME, "directory.test", Pointer("directory.test/x"), 1)
    rows = (*(Seen(one, at) for one in records), *(Seen(one, at, True) for one in carried))
    return Reading(key, state, TELLS, missing), rows


def snapshot(
    records: Iterable[Record], gaps: Iterable[Gap] = (), carried: Iterable[Record] = ()
) -> MemorySnapshot:
    """Return what one reading of everything told, with its gaps and what it carried."""
    return MemorySnapshot(1, [reading((AD, DOMAIN, *records), gaps, carried)])


def directory(
    records: Iterable[Record], gaps: Iterable[Gap] = (), carried: Iterable[Record] = ()
) -> Directory:
    """Return the directory that a reading shows."""
    return Directories(Hosts(snapshot(records, gaps, carried))).directory(NAME)


def user(name: str, rid: int = 2000, **fields: object) -> DirectoryAccount:
    """Return an enabled account."""
    given = {"is_enabled": True, "type": "user", "primary_group": 513, **fields}
    return DirectoryAccount(id=f"id-{name}", dn=dn_of(name), name=name, sid=f"{SID}-{rid}", **given)


def group(name: str, rid: int = 3000, *, sid: str = "", **fields: object) -> DirectoryGroup:
    """Return a group."""
    return DirectoryGroup(
        id=f"id-{name}", dn=dn_of(name), name=name, sid=sid or f"{SID}-{rid}", **fields
    )


def members(of: str, *names: str) -> DirectoryMembers:
    """Return the members of a group by their names."""
    return DirectoryMembers(group=f"id-{of}", members=tuple(sorted(map(dn_of, names))))


def dn_of(name: str) -> str:
    """Return the DN of an entry by its name."""
    return f"CN={name},OU=All,{BASE}"
