"""For which computers LAPS keeps a local administrator password, and until when: never which one.

Only the times are asked; the passwords are on the list of what no search may ask.
"""

from collections.abc import Iterator

from collectors.directory_values import entry_id, filetime, strange
from collectors.entries import Entries
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory_rights import LocalAdminPassword

LEGACY, WINDOWS = "ms-Mcs-AdmPwdExpirationTime", "msLAPS-PasswordExpirationTime"
EXPIRATIONS = LdapSearch(
    "expirations",
    f"(&(objectCategory=computer)(|({LEGACY}=*)({WINDOWS}=*)))",
    ("objectGUID", LEGACY, WINDOWS),
    dialect="ad",
)


@collector("directory.laps", asks=[EXPIRATIONS], tells=[LocalAdminPassword], source="ldap")
def laps(found: Entries) -> Iterator[LocalAdminPassword | Unreadable]:
    """Yield the computers whose password is kept, by the old product or by Windows.

    By default every user may see the times, and a domain without LAPS has no such attributes: an
    empty answer is told as none.
    """
    for entry in found:
        for name, product in ((LEGACY, "legacy"), (WINDOWS, "Windows")):
            if entry.has(name):
                yield LocalAdminPassword(
                    at=entry.at(name),
                    computer=entry_id(entry),
                    type=product,
                    expires=filetime(entry.raw(name)),
                )
        for name in strange(entry.values, (LEGACY.lower(), WINDOWS.lower())):
            yield Unreadable(entry.at(name), "its time cannot be read", entry.dn)
