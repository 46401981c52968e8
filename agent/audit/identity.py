"""By what a target is known to be the same as last time: a machine, a directory, a tenant."""

from collections.abc import Iterable, Iterator

from inventory.model.directory import Domain
from inventory.model.host import HostIdentity, HostKey
from inventory.model.record import Record
from inventory.model.tenant import Organization
from inventory.store import Identity


class Identifying:
    """Learns who a target is from the records that pass by."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._machine_id: str | None = None
        self._marks: dict[str, None] = {}

    def passing(self, records: Iterable[Record]) -> Iterator[Record]:
        """Yield the records as they are."""
        for record in records:
            if isinstance(record, HostIdentity | HostKey | Domain | Organization):
                self._learn(record)
            yield record

    @property
    def identity(self) -> Identity | None:
        """Return what identifies the target; None when nothing of it was read."""
        if not self._machine_id and not self._marks:
            return None
        return Identity(self._machine_id, tuple(self._marks))

    def _learn(self, record: HostIdentity | HostKey | Domain | Organization) -> None:
        if isinstance(record, HostIdentity):
            self._machine_id = self._machine_id or record.machine_id
        elif isinstance(record, HostKey):
            self._marks[record.fingerprint] = None
        elif isinstance(record, Organization):
            self._marks[f"tenant {record.id}"] = None
        else:
            for name in ("sid", "id"):
                if found := getattr(record, name):
                    self._marks[f"{name} {found}"] = None


def identity_of(records: Iterable[Record]) -> Identity | None:
    """Return what identifies a target that told these records."""
    identifying = Identifying()
    for _ in identifying.passing(records):
        pass
    return identifying.identity
