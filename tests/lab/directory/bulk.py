"""Directories of many objects, for measurements: the same ones each time, kept in the user's cache.

    with SambaAd(bulk.domain(20_000)) as controller: ...
    with OpenLdap(bulk.ldif(20_000)) as server: ...

Of the objects of Active Directory 88 in 100 are users, 9 computers, 3 groups; of the Unix tree 95
are accounts, 5 groups. A domain of 20,000 takes some minutes to make, a tree seconds.
"""

import random
from collections.abc import Iterator
from functools import partial
from itertools import chain
from pathlib import Path

from tests.lab.directory import domain as domains
from tests.lab.directory.ad import specimen
from tests.lab.directory.ad.specimen import (
    DISABLED,
    NEVER_EXPIRES,
    NO_PREAUTH,
    NOT_REQUIRED,
    computer,
    group,
    user,
)
from tests.lab.directory.cache import made_once
from tests.lab.directory.names import BASE
from tests.lab.directory.openldap import write_ldif
from tests.lab.directory.orders import Add, Days, Order, UnixDay
from tests.lab.directory.posix import entries
from tests.lab.keys import named_pair

SEED = 7
A_UNIT = 500  # Samba slows down with more entries in one place
CROWD = 3200  # members of the first group, where there are so many users
STAFF, HOSTS, GROUPS = f"OU=Staff,{BASE}", f"OU=Hosts,{BASE}", f"OU=Teams,{BASE}"
DEPARTMENTS = ("IT", "Finance", "Sales", "Human Resources", "Operations", "Legal", "Ärzte")
SYSTEMS = (
    (("Windows 11 Enterprise", "10.0 (26100)"), 40),
    (("Windows 10 Pro", "10.0 (19045)"), 40),
    (("Windows Server 2022 Standard", "10.0 (20348)"), 10),
    (("Windows Server 2012 R2 Standard", "6.3 (9600)"), 5),
    (("Windows 7 Professional", "6.1 (7601)"), 5),
)
FLAGS = ((DISABLED, 0.12), (NEVER_EXPIRES, 0.07), (NO_PREAUTH, 0.01), (NOT_REQUIRED, 0.005))
_SOURCES = (Path(__file__), Path(specimen.__file__))


def domain(objects: int) -> Path:
    """Return the folder of a domain of so many objects; the first time, it is made."""
    return made_once(f"samba-bulk-{objects}", partial(_fill, objects=objects), of=_SOURCES)


def ldif(objects: int) -> Path:
    """Return a file with a Unix tree of so many entries."""
    sources = (Path(__file__), Path(entries.__file__))
    return made_once(f"posix-bulk-{objects}", partial(_write, objects=objects), of=sources) / "ldif"


def _fill(folder: Path, *, objects: int) -> None:
    domains.copy(domains.empty_domain(), folder)
    domains.write(folder, domain_orders(objects))


def _write(folder: Path, *, objects: int) -> None:
    write_ldif(chain(entries.foundations(), tree_orders(objects)), folder / "ldif")


def domain_orders(objects: int) -> Iterator[Order]:
    """Yield the objects of a domain: users, computers, groups, and the units that they lie in."""
    dice = random.Random(SEED)
    groups = objects * 3 // 100
    computers = objects * 9 // 100
    users = [_user(number, dice) for number in range(objects - computers - groups)]
    yield from (_unit(dn) for dn in (STAFF, HOSTS, GROUPS))
    yield from _in_units(users, STAFF)
    yield from _in_units([_computer(number, dice) for number in range(computers)], HOSTS)
    places = [f"CN={_name(number)},{_unit_of(number, STAFF)}" for number in range(len(users))]
    yield from (_group(number, places, dice) for number in range(groups))


def _user(number: int, dice: random.Random) -> Add:
    flags = sum(flag for flag, part in FLAGS if dice.random() < part)
    login = f"u{number:05}"
    return user(
        login,
        ou=_unit_of(number, STAFF),
        name=_name(number),
        flags=flags,
        password_days=dice.expovariate(1 / 120),
        seen_days=dice.expovariate(1 / 40),
        attributes={
            "userPrincipalName": f"{login}@corp.example",
            "givenName": f"First{number}",
            "sn": f"Last{number}",
            "mail": f"{login}@muster.example",
            "department": dice.choice(DEPARTMENTS),
            "title": f"Title {number % 50}",
            "telephoneNumber": f"+49 30 {number:07}",
            "description": f"Made for measurements, number {number}",
            "accountExpires": Days(number % 120 - 60)
            if number % 50 == 0
            else "9223372036854775807",
        },
    )


def _name(number: int) -> str:
    return f"Üser Ñ {number:05}" if number % 10 == 0 else f"User {number:05}"


def _computer(number: int, dice: random.Random) -> Add:
    kinds, weights = zip(*SYSTEMS, strict=True)
    days = dice.expovariate(1 / 25)
    return computer(
        f"WS{number:05}",
        ou=_unit_of(number, HOSTS),
        os=dice.choices(kinds, weights)[0],
        password_days=days,
        seen_days=days,
    )


def _group(number: int, users: list[str], dice: random.Random) -> Add:
    """Return a group; two in five hold an earlier group, too."""
    members = users[:CROWD] if number == 0 else dice.sample(users, min(len(users), 20))
    if number and dice.random() < 0.4:
        members = [*members, f"CN=Team {dice.randrange(number):04},{GROUPS}"]
    return group(f"Team {number:04}", *members, ou=GROUPS)


def _in_units(made: list[Add], above: str) -> Iterator[Add]:
    for first in range(0, len(made), A_UNIT):
        yield _unit(_unit_of(first, above))
        yield from made[first : first + A_UNIT]


def _unit(dn: str) -> Add:
    return Add(dn=dn, attributes={"objectClass": "organizationalUnit"})


def _unit_of(number: int, above: str) -> str:
    return f"OU=Part {number // A_UNIT:03},{above}"


def tree_orders(objects: int) -> Iterator[Order]:
    """Yield the entries of a Unix tree: accounts, groups of DNs, groups of logins, sudo rules."""
    dice = random.Random(SEED)
    accounts = objects * 95 // 100
    yield from map(_account, range(accounts))
    for number in range(objects - accounts):
        size = min(accounts, CROWD if number == 0 else 20)
        logins = [f"u{one:05}" for one in dice.sample(range(accounts), size)]
        if number % 2:
            yield entries.unix_group(f"g{number:04}", 30000 + number, *logins)
        else:
            places = (f"uid={login},{entries.PEOPLE}" for login in logins)
            yield entries.names(f"g{number:04}", *places)
    yield entries.rule("teams", sudoUser=("%g0001", "u00009"), sudoCommand="ALL")


def _account(number: int) -> Add:
    login = f"u{number:05}"
    key = {"sshPublicKey": f"{named_pair(login).public} {login}@old"} if number % 4 == 0 else {}
    told = {
        "givenName": f"First{number}",
        "mail": f"{login}@lin.example",
        "gidNumber": str(100 + number % 50),
        "loginShell": "/usr/sbin/nologin" if number % 9 == 0 else "/bin/bash",
        "shadowLastChange": UnixDay(number % 2500),
        "shadowMax": "90",
        "telephoneNumber": f"+49 30 {number:07}",
        "description": f"Made for measurements, number {number}",
    }
    return entries.person(login, 100_000 + number, _name(number), attributes={**told, **key})
