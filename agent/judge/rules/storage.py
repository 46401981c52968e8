"""Whether data is safe where it lies: room, redundancy, encryption."""

from collections.abc import Iterator

from agent.judge.case import Severity, Verdict
from agent.judge.rules.rule import Hit, Subject, broken, hit, kept, rule
from agent.judge.rules.words import listed
from inventory.model.host import DiskArray, DiskSpace, Encryption, Hardware

LEAST_FREE = 10  # per cent
ALMOST_NONE = 3


@rule(
    "disk.full",
    "Every filesystem has room",
    Severity.MEDIUM,
    needs=(DiskSpace,),
    reason="A full disk stops services and backups in the first days of the new team, when "
    "nobody knows yet what may be deleted.",
    remedy="Ask what grows there and what may be deleted, or make it larger.",
)
def full(subject: Subject) -> Iterator[Hit]:
    """Yield the local filesystems with less than a tenth free."""
    for row in subject.host.rows(DiskSpace):
        space = row.record
        if space.size_bytes > 0:
            free = 100 * max(space.free_bytes, 0) / space.size_bytes
            if free < LEAST_FREE:
                severity = Severity.HIGH if free < ALMOST_NONE else None
                says = f"{space.mountpoint} has {free:.0f} % free"
                yield broken(row, says, space.mountpoint, severity=severity)


@rule(
    "array.degraded",
    "Every array and pool is whole",
    Severity.HIGH,
    needs=(DiskArray,),
    reason="The next disk that fails takes the data along.",
    remedy="Replace the disk before the handover, and test the backup first.",
)
def degraded(subject: Subject) -> Iterator[Hit]:
    """Yield the arrays that lack a part."""
    for row in subject.host.rows(DiskArray):
        array = row.record
        if array.is_degraded:
            named = f": {listed(array.members)}" if array.members else ""
            says = f"{array.type} {array.name} is degraded, {array.state}{named}"
            yield broken(row, says, array.name)


@rule(
    "encryption.none",
    "The disks are encrypted",
    Severity.LOW,
    needs=(Encryption, Hardware),
    reason="A disk that is replaced, or a machine that is given back, takes the data along in "
    "plain text.",
    remedy="Decide whether the machine needs it. Until then, keep or destroy its disks.",
    otherwise=Verdict.NOT_MET,
    says="no encrypted disk was found",
)
def encryption_none(subject: Subject) -> Iterator[Hit]:
    """Yield the encrypted devices; on a virtual machine it is the matter of whoever runs it."""
    for row in subject.host.rows(Encryption):
        if "swap" not in row.record.type:
            yield kept(row, f"{row.record.device} is encrypted ({row.record.type})")
    for machine in subject.host.rows(Hardware):
        kind = machine.record.virtualisation
        if kind not in ("none", None):
            says = f"a virtual machine ({kind}): its disks are encrypted where they lie, or not"
            yield hit(Verdict.NOT_APPLICABLE, machine, says)


@rule(
    "encryption.key-on-host",
    "The key to an encrypted disk does not lie beside it",
    Severity.LOW,
    needs=(Encryption,),
    reason="Whoever has the machine, or once had root on it, has the key as well.",
    remedy="Ask for the key at boot or from a server, and change it after the cutover.",
)
def key_on_host(subject: Subject) -> Iterator[Hit]:
    """Yield the devices whose key lies in a file of the host."""
    for row in subject.host.rows(Encryption):
        place = row.record.key_from
        if place and place.startswith("/") and not place.startswith("/dev/"):
            yield broken(row, f"the key to {row.record.device} is {place}", row.record.device)
