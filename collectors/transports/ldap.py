"""A door to a directory: connected, secured, bound once; then read-only searches, one at a time.

    with open_directory(place, login, guard, LdapLimits()) as door:
        for entry in door.search("directory.subnets/subnets", SUBNETS):
            ...

Only bind, search and unbind are ever sent (and StartTLS). Referrals are never followed.
"""

import contextlib
import time
from types import TracebackType

from collectors.entries import Entries
from collectors.ldap_lint import ldap_problems
from collectors.spec import LdapSearch
from collectors.transports.guard import LockoutGuard
from collectors.transports.ldap_connection import CONNECTION, connection_entry
from collectors.transports.ldap_dns import find_servers
from collectors.transports.ldap_encode import message_bytes
from collectors.transports.ldap_line import OpenLine, Untrusted, open_line
from collectors.transports.ldap_place import (
    BindFacts,
    CertificateFacts,
    LdapLimits,
    LdapLogin,
    LdapPlace,
    RootDse,
    Security,
)
from collectors.transports.ldap_request import Reader
from collectors.transports.ldap_root import read_root
from collectors.transports.ldap_search import found
from collectors.transports.ldap_wire import LdapWire
from inventory.errors import ParseError, TimedOut, TransportError, Unreachable

__all__ = [
    "BindFacts",
    "CertificateFacts",
    "LdapDoor",
    "LdapLimits",
    "LdapLogin",
    "LdapPlace",
    "RootDse",
    "Security",
    "Untrusted",
    "find_servers",
    "open_directory",
]

MOST_TRIED = 8  # servers
GOODBYE_S = 2.0
_UNBIND = b"\x42\x00"  # RFC 4511 section 4.3


class LdapDoor:
    """An open, bound connection to one directory server. One search is read at a time."""

    def __init__(
        self, wire: LdapWire, line: OpenLine, bind: BindFacts, reader: Reader, limits: LdapLimits
    ) -> None:
        """Take a line that is secured, and what was learned on the way."""
        self._wire, self._reader, self._limits = wire, reader, limits
        self.server = line.server  # "dc1.corp.example:636", the one that answered
        self.certificate: CertificateFacts | None = line.certificate  # None: the line is clear
        self.bind = bind
        self.root: RootDse

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
        with contextlib.suppress(TransportError):
            self._wire.send(message_bytes(self._wire.next_id(), _UNBIND), GOODBYE_S)
        self._wire.close()

    def search(self, ask_name: str, ask: LdapSearch) -> Entries:
        """Return what a search finds; it is sent when it is read, page by page.

        Raises ValueError when it is one that must not be sent: a mistake in a collector.
        """
        if problems := list(ldap_problems(ask)):
            raise ValueError(f"{ask_name} {problems[0]}")
        if ask.base == CONNECTION:
            told = connection_entry(ask_name, self.root, self.certificate, self.bind)
            return Entries(ask_name, (told,))
        return Entries(ask_name, found(self._reader, self.root, self._limits, ask_name, ask))


def open_directory(
    place: LdapPlace, login: LdapLogin, guard: LockoutGuard, limits: LdapLimits
) -> LdapDoor:
    """Connect to the first server that answers, secure the line, and bind, once.

    Raises Unreachable, Denied (Untrusted: the server is not proved), TimedOut, ConfigError.
    """
    line = _first_line(place, limits)
    wire = LdapWire(line.socket, limits.most_message)
    try:
        return _entered(wire, line, place, login, guard, limits)
    except TransportError:
        wire.close()
        raise
    except ParseError as err:
        wire.close()
        raise Unreachable(f"{line.server} does not speak LDAP: {err}") from err


def _first_line(place: LdapPlace, limits: LdapLimits) -> OpenLine:
    servers = place.servers or find_servers(place.domain, place.security)
    failures: list[TransportError] = []
    for server in servers[:MOST_TRIED]:
        try:
            return open_line(place, server, limits)
        except (Unreachable, TimedOut) as err:
            failures.append(err)
    kind = TimedOut if all(isinstance(err, TimedOut) for err in failures) else Unreachable
    raise kind("; ".join(map(str, failures))) from failures[0]


def _entered(
    wire: LdapWire,
    line: OpenLine,
    place: LdapPlace,
    login: LdapLogin,
    guard: LockoutGuard,
    limits: LdapLimits,
) -> LdapDoor:
    """Log in, and read what the server says of itself. ldap3 is imported only now."""
    from collectors.transports.ldap_bind import log_in
    from collectors.transports.ldap_readers import FastReader, Ldap3Reader

    bind = log_in(wire, line, place, login, guard, limits)
    end = time.monotonic() + limits.total_s
    reader: Reader = FastReader(wire, end)
    if bind.sealed:
        reader = Ldap3Reader(wire, line.server, end)
    door = LdapDoor(wire, line, bind, reader, limits)
    door.root = read_root(reader, place, limits.bind_s)
    return door
