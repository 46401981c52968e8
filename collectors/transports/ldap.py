"""A door to a directory: connected, secured, bound once; then read-only searches, one at a time.

    with open_directory(place, login, guard, LdapLimits()) as door:
        for entry in door.search("directory.subnets/subnets", SUBNETS):
            ...

Only bind, search and unbind are ever sent (and StartTLS). Referrals are never followed.
"""

from types import TracebackType

from collectors.entries import Entries
from collectors.spec import LdapSearch
from collectors.transports.guard import LockoutGuard
from collectors.transports.ldap_place import (
    BindFacts,
    CertificateFacts,
    LdapLimits,
    LdapLogin,
    LdapPlace,
    RootDse,
    Security,
)
from inventory.errors import Unreachable

__all__ = [
    "BindFacts",
    "CertificateFacts",
    "LdapDoor",
    "LdapLimits",
    "LdapLogin",
    "LdapPlace",
    "RootDse",
    "Security",
    "open_directory",
]


class LdapDoor:
    """An open, bound connection to one directory server."""

    root: RootDse
    certificate: CertificateFacts | None  # None: the line is clear
    bind: BindFacts
    server: str  # "dc1.corp.example:636", the one that answered

    def __enter__(self) -> "LdapDoor":
        """Return the door, which is open already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, at: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Say good-bye and close the connection."""

    def search(self, ask_name: str, ask: LdapSearch) -> Entries:
        """Return what a search finds; it is sent when it is read, page by page."""
        return Entries(ask_name, ())


def open_directory(
    place: LdapPlace, login: LdapLogin, guard: LockoutGuard, limits: LdapLimits
) -> LdapDoor:
    """Connect, secure and bind, once. Raises Unreachable, Denied, TimedOut."""
    raise Unreachable(f"{place.name} cannot be asked yet")
