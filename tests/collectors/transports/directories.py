"""How tests ask a directory: entries, a door, and what one ask brings."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from collectors.entries import Entry
from collectors.spec import LdapSearch
from collectors.transports.guard import LockoutGuard
from collectors.transports.ldap import (
    LdapDoor,
    LdapLimits,
    LdapLogin,
    LdapPlace,
    Security,
    open_directory,
)
from inventory.model.evidence import Gap
from tests.lab.ldap_server import DOMAIN, FakeDirectory

USER, PASSWORD = "auditor@corp.example", "s3cret-Pw"
LOGIN = LdapLogin(USER, lambda: PASSWORD)
QUICK = LdapLimits(connect_s=3, bind_s=3, total_s=20, silence_s=2)
NAMES = LdapSearch("names", "(objectClass=user)", ("cn", "description"))


def users(number: int) -> dict[str, dict[str, Sequence[str | bytes]]]:
    """Return a domain with so many users."""
    people = {
        f"CN=u{one:05d},CN=Users,{DOMAIN}": {
            "objectClass": ["top", "user"],
            "cn": [f"u{one:05d}"],
            "description": [f"user {one}"],
        }
        for one in range(number)
    }
    return {DOMAIN: {"objectClass": ["domainDNS"], "dc": ["corp"]}, **people}


@contextmanager
def opened(
    server: FakeDirectory, *, login: LdapLogin = LOGIN, limits: LdapLimits = QUICK
) -> Iterator[LdapDoor]:
    """Open a door to a server without TLS."""
    place = LdapPlace("fake", servers=(server.address,), security=Security.CLEAR)
    with open_directory(place, login, LockoutGuard(), limits) as door:
        yield door


def asked(door: LdapDoor, ask: LdapSearch) -> tuple[list[Entry], tuple[Gap, ...]]:
    """Return what an ask brings, and what of it is missing."""
    found = door.search(f"test/{ask.name}", ask)
    entries = list(found)
    return entries, found.gaps
