"""One client of the measurement of directories: ldap3 with its defaults, or handover."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

FILTERS = {"ad": "(sAMAccountType=805306368)", "posix": "(objectClass=posixAccount)"}
NOTHING = "(cn=nobody is called like this)"  # to measure what connecting costs alone
ATTRIBUTES = {
    "ad": (
        *("objectGUID", "objectSid", "sAMAccountName", "userPrincipalName", "displayName", "mail"),
        *("givenName", "sn", "department", "title", "description", "userAccountControl"),
        *("whenCreated", "whenChanged", "accountExpires", "pwdLastSet", "lastLogonTimestamp"),
        *("primaryGroupID", "memberOf", "telephoneNumber"),
    ),
    "posix": (
        *("uid", "cn", "sn", "givenName", "displayName", "mail", "uidNumber", "gidNumber"),
        *("homeDirectory", "loginShell", "shadowLastChange", "shadowMax", "telephoneNumber"),
        *("description", "objectClass", "createTimestamp"),
    ),
}


def main(way: str, *given: str) -> None:
    """Read or store; fail when it was not all."""
    password = os.environ["BENCHMARK_PASSWORD"]
    if way == "store":
        _store(Path(given[0]), given[1].split(","))
        return
    kind, address, base, user, least = given
    read = _by_ldap3 if way == "ldap3" else _by_handover
    if least == "0":
        FILTERS[kind] = NOTHING
    count = read(kind, address, base, user, password)
    if count < int(least):
        sys.exit(f"{way} read {count} entries only")


def _by_ldap3(kind: str, address: str, base: str, user: str, password: str) -> int:
    """Read as the manual of ldap3 shows it: a server, a connection, pages."""
    from ldap3 import Connection, Server

    connection = Connection(Server(address), user, password, auto_bind=True)
    found = connection.extend.standard.paged_search(
        base, FILTERS[kind], attributes=list(ATTRIBUTES[kind]), generator=True
    )
    return sum("attributes" in one for one in found)


def _by_handover(kind: str, address: str, base: str, user: str, password: str) -> int:
    """Read and decode to the types to which ldap3 decodes."""
    from collectors.entries import Entry
    from collectors.spec import LdapSearch
    from collectors.transports.guard import LockoutGuard
    from collectors.transports.ldap import (
        LdapLimits,
        LdapLogin,
        LdapPlace,
        Security,
        open_directory,
    )

    decoders = _decoders(ATTRIBUTES[kind])

    def decoded(entry: Entry) -> dict[str, object]:
        return {
            name: decoders[name](values[0]) if len(values) == 1 else entry.texts(name)
            for name, values in entry.values.items()
        }

    ask = LdapSearch("users", FILTERS[kind], ATTRIBUTES[kind], base)
    place = LdapPlace("it", ((address, 389),), security=Security.CLEAR)
    login = LdapLogin(user, lambda: password)
    with open_directory(place, login, LockoutGuard(), LdapLimits()) as door:
        found = door.search("benchmark/users", ask)
        count = sum(bool(decoded(entry)) for entry in found)
        if found.gaps:
            sys.exit(str(found.gaps))
    return count


def _decoders(names: tuple[str, ...]) -> dict[str, Callable[[bytes], object]]:
    from collectors.directory_values import filetime, generalized_time, guid_text, sid_text
    from collectors.entries import clean_value, number

    known: dict[str, Callable[[bytes], object]] = {
        **dict.fromkeys(("accountexpires", "pwdlastset", "lastlogontimestamp"), filetime),
        **dict.fromkeys(("whencreated", "whenchanged", "createtimestamp"), generalized_time),
        **dict.fromkeys(("useraccountcontrol", "primarygroupid", "uidnumber"), number),
        **dict.fromkeys(("gidnumber", "shadowlastchange", "shadowmax"), number),
        "objectguid": guid_text,
        "objectsid": sid_text,
    }
    return {name.lower(): known.get(name.lower(), clean_value) for name in names}


def _store(folder: Path, collectors: list[str]) -> None:
    """Audit a directory with some collectors."""
    from agent.audit.doors import Doors
    from agent.audit.run import run
    from agent.audit.sources import Chosen, planned
    from agent.engagement.file import load
    from agent.engagement.secrets import Secrets
    from inventory.store import FILE, Store

    only = tuple(f"directory.{name}" for name in collectors)
    plan = planned(load(folder), Chosen(only=only), discover=False)
    with (
        Doors(plan, Secrets()) as doors,
        Store.open(folder / FILE) as store,
        store.begin({}, int(time.time())) as audit,
    ):
        for result in run(doors.targets(), audit, parallel=1):
            print(result)
        audit.seal(int(time.time()))


if __name__ == "__main__":
    main(*sys.argv[1:])
