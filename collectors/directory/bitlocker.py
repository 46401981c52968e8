"""For which computers recovery keys of disks are kept in the directory: how many, never which."""

from collections import Counter
from collections.abc import Iterator

from collectors.directory_values import parent_dn
from collectors.entries import Entries
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory_rights import RecoveryKey
from inventory.model.evidence import Pointer

# Most users see none of them, whether there are any or not: an empty answer proves nothing.
KEYS = LdapSearch(
    "keys",
    "(objectClass=msFVE-RecoveryInformation)",
    ("1.1",),
    dialect="ad",
    needs="the BitLocker recovery objects",
    empty="gap",
)


@collector("directory.bitlocker", asks=[KEYS], tells=[RecoveryKey], source="ldap")
def bitlocker(found: Entries) -> Iterator[RecoveryKey | Unreadable]:
    """Yield how many recovery keys stand below each computer.

    Only the DN of each is asked. It lies below its computer, and its own name is a date.
    """
    numbers = Counter(parent_dn(entry.dn) for entry in found)
    if numbers.pop("", 0):
        yield Unreadable(Pointer(found.ask), "a recovery key without a computer above it")
    for computer, count in sorted(numbers.items()):
        yield RecoveryKey(at=Pointer(found.ask, computer), computer=computer, number=count)
