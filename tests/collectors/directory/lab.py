"""What the collectors of a directory make of a real server of the lab, as one account sees it."""

from collections.abc import Collection, Iterator, Mapping
from typing import TypeVar

from collectors.entries import Entries
from collectors.registry import builtin
from collectors.runner import Collected
from collectors.spec import Dialect, LdapSearch
from collectors.streaming import Streaming, whole
from collectors.transports.guard import LockoutGuard
from collectors.transports.ldap import LdapLimits, LdapLogin, LdapPlace, Security, open_directory
from inventory.model.record import Record
from inventory.reading import ReadingKey, State
from tests.lab.directory.domain import Login
from tests.lab.directory.openldap import OpenLdap
from tests.lab.directory.samba import SambaAd

R = TypeVar("R", bound=Record)
Read = Mapping[str, Collected]


def read(
    server: SambaAd | OpenLdap, login: Login, dialect: Dialect, names: Collection[str]
) -> Read:
    """Return what each of the named collectors tells, by names without `directory.`."""
    place = LdapPlace(
        "lab",
        servers=((server.address, server.ldaps_port),),
        security=Security.LDAPS,
        ca_file=str(server.ca_file),
        server_name=server.name,
    )
    who = LdapLogin(login.dn if dialect == "posix" else login.principal, lambda: login.password)
    with open_directory(place, who, LockoutGuard(), LdapLimits()) as door:

        def search(collector: str, ask: object) -> Entries:
            assert isinstance(ask, LdapSearch)
            return door.search(collector, ask)

        return {
            one.name.removeprefix("directory."): whole(
                Streaming(one, search, key=ReadingKey("d", "lab", one.name), dialect=dialect)
            )
            for one in builtin()
            if one.name.removeprefix("directory.") in names
        }


def each(told: Read, kind: type[R]) -> Iterator[R]:
    """Yield the records of a kind."""
    return (one for got in told.values() for one in got.records if isinstance(one, kind))


def partial(told: Read) -> set[str]:
    """Return the names of the collectors that did not read all."""
    return {name for name, got in told.items() if got.reading.state is not State.COMPLETE}
