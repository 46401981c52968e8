"""A specimen is what an audit must find; a decoy looks like one and must not be found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.lab.directory.names import BASE
from tests.lab.directory.orders import Add, Change, Days, Delete, Grant, Order, Values

STAFF = f"OU=Staff,{BASE}"
ADMINS = f"OU=Admins,{BASE}"
SERVICES = f"OU=Service Accounts,{BASE}"
SERVERS = f"OU=Servers,{BASE}"
WORKSTATIONS = f"OU=Workstations,{BASE}"
GROUPS = f"OU=Groups,{BASE}"
PROVIDER = f"OU=OldMSP,{BASE}"
CONTACTS = f"OU=Contacts,{BASE}"
CONTROLLERS = f"OU=Domain Controllers,{BASE}"
USERS = f"CN=Users,{BASE}"
BUILTIN = f"CN=Builtin,{BASE}"
SYSTEM = f"CN=System,{BASE}"
UNITS = (STAFF, ADMINS, SERVICES, SERVERS, WORKSTATIONS, GROUPS, PROVIDER, CONTACTS)

# userAccountControl, [MS-ADTS] 2.2.16
DISABLED, NOT_REQUIRED, REVERSIBLE, NORMAL = 0x2, 0x20, 0x80, 0x200
INTERDOMAIN, WORKSTATION, CONTROLLER = 0x800, 0x1000, 0x2000
NEVER_EXPIRES, UNCONSTRAINED, NOT_DELEGATED = 0x10000, 0x80000, 0x100000
DES_ONLY, NO_PREAUTH, PROTOCOL_TRANSITION = 0x200000, 0x400000, 0x1000000
SECURITY_GLOBAL, SECURITY_LOCAL, UNIVERSAL = -0x7FFFFFFE, -0x7FFFFFFC, -0x7FFFFFF8
MAIL_UNIVERSAL = 8  # a list for mail: no rights come by it
Row: TypeAlias = int | str  # L1 to L8 are rows of other directories
WORKGROUP_OS = ("Windows Server 2022 Standard", "10.0 (20348)")


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """One thing of the domain, and what an audit has to say of it."""

    name: str  # what it is
    rows: tuple[Row, ...]  # of the table of directory facts
    dn: str
    says: str  # what must be found; of a decoy: why it must not be
    is_decoy: bool = False
    orders: tuple[Order, ...] = ()

    @property
    def adds(self) -> Mapping[str, Mapping[str, Values]]:
        """Return the entries that the specimen adds and leaves, with their attributes."""
        gone = {order.dn for order in self.orders if isinstance(order, Delete)}
        added = [order for order in self.orders if isinstance(order, Add)]
        return {order.dn: order.attributes for order in added if order.dn not in gone}


def specimen(name: str, rows: Row | tuple[Row, ...], says: str, *orders: Order) -> Specimen:
    """Return what must be found; it is named by its first order."""
    rows = rows if isinstance(rows, tuple) else (rows,)
    return Specimen(name=name, rows=rows, dn=_subject(orders), says=says, orders=orders)


def decoy(name: str, rows: Row | tuple[Row, ...], why: str, *orders: Order) -> Specimen:
    """Return what must not be found by the rows' rules."""
    rows = rows if isinstance(rows, tuple) else (rows,)
    subject = _subject(orders)
    return Specimen(name=name, rows=rows, dn=subject, says=why, is_decoy=True, orders=orders)


def given(name: str, rows: Row | tuple[Row, ...], dn: str, says: str) -> Specimen:
    """Return what must be found, and is in every new domain."""
    rows = rows if isinstance(rows, tuple) else (rows,)
    return Specimen(name=name, rows=rows, dn=dn, says=says)


def given_decoy(name: str, rows: Row | tuple[Row, ...], dn: str, why: str) -> Specimen:
    """Return what must not be found, and is in every new domain."""
    rows = rows if isinstance(rows, tuple) else (rows,)
    return Specimen(name=name, rows=rows, dn=dn, says=why, is_decoy=True)


def _subject(orders: tuple[Order, ...]) -> str:
    for order in orders:
        if isinstance(order, Add | Change | Grant | Delete):
            return order.dn
    raise ValueError("a specimen has orders that name an entry")


def user(
    login: str,
    *,
    ou: str = STAFF,
    name: str | None = None,
    flags: int = 0,
    password_days: float = 40,
    seen_days: float | None = 2,
    attributes: Mapping[str, Values] | None = None,
) -> Add:
    """Return a user: enabled, with a password of some age, seen lately unless said otherwise."""
    told: dict[str, Any] = {
        "objectClass": "user",
        "sAMAccountName": login,
        "userAccountControl": str(NORMAL | flags),
        "pwdLastSet": Days(password_days),
        "displayName": name or login,
    }
    if seen_days is not None:
        told["lastLogonTimestamp"] = Days(seen_days)
    return Add(dn=f"CN={name or login},{ou}", attributes=_told(told, attributes))


def computer(
    name: str,
    *,
    ou: str = SERVERS,
    os: tuple[str, str] = WORKGROUP_OS,
    flags: int = WORKSTATION,
    password_days: float = 12,
    seen_days: float = 3,
    attributes: Mapping[str, Values] | None = None,
) -> Add:
    """Return a computer that is at work."""
    host = f"{name.lower()}.corp.example"
    told: dict[str, Any] = {
        "objectClass": "computer",
        "sAMAccountName": f"{name}$",
        "userAccountControl": str(flags),
        "dNSHostName": host,
        "operatingSystem": os[0],
        "operatingSystemVersion": os[1],
        "servicePrincipalName": (f"HOST/{name}", f"HOST/{host}"),
        "pwdLastSet": Days(password_days),
        "lastLogonTimestamp": Days(seen_days),
    }
    return Add(dn=f"CN={name},{ou}", attributes=_told(told, attributes))


def group(
    name: str,
    *members: str,
    ou: str = GROUPS,
    kind: int = SECURITY_GLOBAL,
    owner: str | None = None,
    attributes: Mapping[str, Values] | None = None,
) -> Add:
    """Return a group of these DNs; the owner is a DN."""
    told: dict[str, Any] = {
        "objectClass": "group",
        "sAMAccountName": name,
        "groupType": str(kind),
        "description": f"Group {name}",
    }
    if members:
        told["member"] = members
    if owner:
        told["managedBy"] = owner
    return Add(dn=f"CN={name},{ou}", attributes=_told(told, attributes))


def _told(first: dict[str, Any], more: Mapping[str, Values] | None) -> dict[str, Values]:
    """Return both; what `more` says without a value is left out."""
    both = first | dict(more or {})
    return {name: values for name, values in both.items() if values != ()}


def joins(group_dn: str, *members: str) -> Change:
    """Return the order that makes these DNs members of a group."""
    return Change(dn=group_dn, add={"member": members})


def backdated(dn: str, stamp: str) -> Change:
    """Return the order that says since when an entry exists (GeneralizedTime)."""
    return Change(dn=dn, replace={"whenCreated": stamp})
