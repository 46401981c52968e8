"""A door to a directory: connected, secured, bound once; then read-only searches, one at a time.

    with open_directory(place, login, guard, LdapLimits()) as door:
        for entry in door.search("directory.subnets/subnets", SUBNETS):
            ...

Only bind, search and unbind are ever sent (and StartTLS). Referrals are never followed. What is
shown without a login is asked over a line of its own, when what connecting told is read.
"""

import time
from collections.abc import Iterator
from types import TracebackType

from collectors.entries import Entries, Entry
from collectors.ldap_lint import ldap_problems
from collectors.spec import CONNECTION, LdapSearch
from collectors.transports.guard import LockoutGuard
from collectors.transports.ldap_anonymous import shown_to_nobody
from collectors.transports.ldap_connection import connection_entry
from collectors.transports.ldap_dns import find_servers
from collectors.transports.ldap_line import OpenLine, open_line
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
from inventory.errors import ParseError, TimedOut, TransportError, Unreachable, Untrusted

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


class LdapDoor:
    """An open, bound connection to one directory server. One search is read at a time."""

    def __init__(
        self,
        wire: LdapWire,
        line: OpenLine,
        place: LdapPlace,
        bind: BindFacts,
        reader: Reader,
        limits: LdapLimits,
    ) -> None:
        """Take a line that is secured, and what was learned on the way."""
        self._wire, self._reader, self._limits, self._place = wire, reader, limits, place
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
        self._wire.leave()

    def search(self, ask_name: str, ask: LdapSearch) -> Entries:
        """Return what a search finds; it is sent when it is read, page by page.

        Raises ValueError when it is one that must not be sent: a mistake in a collector.
        """
        if problems := list(ldap_problems(ask)):
            raise ValueError(f"{ask_name} {problems[0]}")
        if ask.base == CONNECTION:
            return Entries(ask_name, self._connection(ask_name))
        return Entries(ask_name, found(self._reader, self.root, self._limits, ask_name, ask))

    def _connection(self, ask_name: str) -> Iterator[Entry]:
        """Yield what connecting told, once it was asked what is shown without a login."""
        host, _, port = self.server.rpartition(":")
        shown = shown_to_nobody(
            self._place, (host, int(port)), self.root, self._reader, self._limits
        )
        yield connection_entry(ask_name, self.root, self.certificate, self.bind, shown)


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
    door = LdapDoor(wire, line, place, bind, reader, limits)
    door.root = read_root(reader, place, limits.bind_s)
    _same_domain(door.root, place)
    return door


def _same_domain(root: RootDse, place: LdapPlace) -> None:
    """Refuse a controller of another domain: its facts would stand under the wrong name."""
    wanted, told = place.domain.casefold().rstrip("."), root.dns_domain.casefold()
    if root.dialect == "ad" and wanted and told and wanted != told:
        raise Untrusted(
            f"{root.dns_name or 'the server'} serves the domain {told}, and handover.yaml says "
            f"{wanted}: correct domain or servers"
        )
