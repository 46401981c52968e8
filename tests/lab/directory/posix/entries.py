"""Entries of a Unix tree: the units, and what an account, a group, a rule and a policy look like."""

from collections.abc import Mapping
from typing import Any

from tests.lab.directory.canaries import canary
from tests.lab.directory.orders import Add, Order, UnixDay, Values

BASE = "dc=lin,dc=example"
PEOPLE, GROUPS, SUDOERS = f"ou=people,{BASE}", f"ou=groups,{BASE}", f"ou=sudoers,{BASE}"
POLICIES, NETGROUPS = f"ou=policies,{BASE}", f"ou=netgroups,{BASE}"
PUBLIC, HIDDEN = f"ou=public,{BASE}", f"ou=hidden,{BASE}"
UNITS = (PEOPLE, GROUPS, SUDOERS, POLICIES, NETGROUPS, PUBLIC, HIDDEN)
READER_DN, AUDITOR_DN = f"uid=reader,{BASE}", f"uid=auditor,{BASE}"
READER_PASSWORD, AUDITOR_PASSWORD = "Reads.the.lin.tree", "Reads.also.the.settings"
ANNA, BEN = f"uid=anna,{PEOPLE}", f"uid=ben,{PEOPLE}"
JANE, KARL = f"uid=jdoe,{PEOPLE}", f"uid=kalt,{PEOPLE}"
GONE = f"uid=gone,{PEOPLE}"  # no such entry


def person(
    login: str, number: int, name: str, *, attributes: Mapping[str, Values] | None = None
) -> Add:
    """Return a Unix account of a person whose password is 30 days old."""
    told: dict[str, Any] = {
        "objectClass": (
            "inetOrgPerson",
            "posixAccount",
            "shadowAccount",
            "ldapPublicKey",
            "ipaUser",
        ),
        "uid": login,
        "cn": name,
        "sn": name.rsplit(" ", 1)[-1],
        "uidNumber": str(number),
        "gidNumber": "20000",
        "homeDirectory": f"/home/{login}",
        "loginShell": "/bin/bash",
        "shadowLastChange": UnixDay(30),
        "shadowMax": "99999",
        "userPassword": canary(f"password of {login}"),
    }
    return Add(dn=f"uid={login},{PEOPLE}", attributes=told | dict(attributes or {}))


def rule(name: str, **attributes: Values) -> Add:
    """Return a sudo rule for all hosts."""
    told: dict[str, Values] = {"objectClass": "sudoRole", "cn": name, "sudoHost": "ALL"}
    return Add(dn=f"cn={name},{SUDOERS}", attributes=told | attributes)


def names(name: str, *members: str) -> Add:
    """Return a group of DNs."""
    told: dict[str, Values] = {"objectClass": "groupOfNames", "cn": name, "member": members}
    return Add(dn=f"cn={name},{GROUPS}", attributes=told)


def unix_group(name: str, number: int, *logins: str) -> Add:
    """Return a group of logins."""
    told: dict[str, Values] = {"objectClass": "posixGroup", "cn": name, "gidNumber": str(number)}
    return Add(
        dn=f"cn={name},{GROUPS}", attributes=told | ({"memberUid": logins} if logins else {})
    )


def policy(name: str, **attributes: Values) -> Add:
    """Return a password policy."""
    told: dict[str, Values] = {
        "objectClass": ("device", "pwdPolicy"),
        "cn": name,
        "pwdAttribute": "userPassword",
    }
    return Add(dn=f"cn={name},{POLICIES}", attributes=told | attributes)


def foundations() -> tuple[Order, ...]:
    """Return the top of the tree, its units, and the two who read it."""
    top = {"objectClass": ("dcObject", "organization"), "o": "lin", "dc": "lin"}
    units = (
        Add(
            dn=dn,
            attributes={"objectClass": "organizationalUnit", "ou": dn.split("=")[1].split(",")[0]},
        )
        for dn in UNITS
    )
    return (
        Add(dn=BASE, attributes=top),
        *units,
        _login(READER_DN, "reader", READER_PASSWORD),
        _login(AUDITOR_DN, "auditor", AUDITOR_PASSWORD),
    )


def _login(dn: str, login: str, password: str) -> Add:
    classes = ("account", "simpleSecurityObject")
    return Add(dn=dn, attributes={"objectClass": classes, "uid": login, "userPassword": password})
