"""Tenants of any size that are the same from run to run; a user is made only when it is told."""

from collections.abc import Sequence
from typing import Any

from tests.lab.graph.guids import guid
from tests.lab.graph.muster import muster
from tests.lab.graph.muster_people import TENANT_ID
from tests.lab.graph.store import Body, LabTenant, LazyRows

FIRST = ("Anke", "Bernd", "Carla", "Dirk", "Elif", "Falk", "Gesa", "Hanno", "Imke", "Jens", "Kaya")
LAST = ("Albers", "Becker", "Claasen", "Dreyer", "Ebert", "Fuchs", "Graf", "Horn", "Ivens")
PARTS = ("Sales", "Service", "Works", "Accounts", "Research", "Board")
GROUP_OF = 40  # users for each group
MEMBERS = 25
APPS_OF, DEVICES_OF = 200, 2  # users for each application; devices for two users


def tenant(users: int) -> LabTenant:
    """Return a tenant with so many users; groups, applications and devices in proportion."""
    found = muster()
    groups = max(1, users // GROUP_OF)
    found.lists["/users"] = LazyRows(users, _user)
    found.lists["/groups"] = LazyRows(groups, _group)
    found.lists["/applications"] = LazyRows(max(1, users // APPS_OF), _application)
    found.lists["/devices"] = LazyRows(users // DEVICES_OF, _device)
    found.made = lambda path: _made(path, users)
    return found


def _id(kind: int, number: int) -> str:
    return f"{kind:08x}-0000-4000-8000-{number:012x}"


def _user(number: int) -> Body:
    first, last = FIRST[number % len(FIRST)], LAST[number // len(FIRST) % len(LAST)]
    upn = f"{first}.{last}.{number}@muster.example".lower()
    ident = _id(1, number)
    licence = {"skuId": _SKU, "assignedByGroup": _id(2, 0), "error": "None", "state": "Active"}
    return {
        "id": ident,
        "userPrincipalName": upn,
        "displayName": f"{first} {last}",
        "mail": upn,
        "userType": "Guest" if number % 20 == 19 else "Member",
        "accountEnabled": number % 25 != 24,
        "createdDateTime": f"20{10 + number % 16:02}-0{1 + number % 9}-1{number % 10}T08:00:00Z",
        "lastPasswordChangeDateTime": f"2026-0{1 + number % 9}-1{number % 10}T08:00:00Z",
        "licenseAssignmentStates": [licence] if number % 3 else [],
        "usageLocation": "DE",
        "companyName": "Muster GmbH",
        "department": PARTS[number % len(PARTS)],
        "jobTitle": "Clerk",
        "proxyAddresses": [f"SMTP:{upn}"],
        "otherMails": [],
        "signInActivity": {"lastSignInDateTime": f"2026-1{number % 2}-0{1 + number % 9}T07:00:00Z"},
    }


_SKU = guid("sku SPB")


def _group(number: int) -> Body:
    return {
        "id": _id(2, number),
        "displayName": f"{PARTS[number % len(PARTS)]} {number}",
        "groupTypes": ["Unified"] if number % 2 else [],
        "securityEnabled": number % 2 == 0,
        "mailEnabled": number % 2 == 1,
        "isAssignableToRole": True if number % 500 == 0 else None,
        "assignedLicenses": [{"skuId": _SKU}] if number == 0 else [],
        "resourceProvisioningOptions": ["Team"] if number % 2 else [],
        "createdDateTime": "2022-05-01T08:00:00Z",
        "hasMembersWithLicenseErrors": False,
    }


def _application(number: int) -> Body:
    secret = {
        "keyId": _id(5, number),
        "displayName": f"secret {number}",
        "startDateTime": "2025-01-01T00:00:00Z",
        "endDateTime": f"2027-0{1 + number % 9}-01T00:00:00Z",
    }
    return {
        "id": _id(3, number),
        "appId": _id(4, number),
        "displayName": f"Application {number}",
        "createdDateTime": "2024-01-01T00:00:00Z",
        "signInAudience": "AzureADMyOrg",
        "passwordCredentials": [secret],
        "keyCredentials": [],
        "requiredResourceAccess": [],
    }


def _device(number: int) -> Body:
    return {
        "id": _id(6, number),
        "deviceId": _id(7, number),
        "displayName": f"PC{number:06}",
        "operatingSystem": "Windows",
        "operatingSystemVersion": "10.0.26100.2033",
        "trustType": "AzureAd",
        "accountEnabled": True,
        "approximateLastSignInDateTime": "2026-11-10T08:00:00Z",
    }


def _made(path: str, users: int) -> Sequence[Body] | None:
    """Return the members and owners of a group or an application."""
    parts = path.strip("/").split("/")
    if len(parts) != 3 or parts[2] not in ("members", "owners"):
        return None
    if parts[0] not in ("groups", "applications"):
        return None
    number = int(parts[1].rpartition("-")[2], 16)
    count = MEMBERS if parts[2] == "members" else 1
    some = ((number * GROUP_OF + at) % users for at in range(min(count, users)))
    return [_reference(_user(one)) for one in some]


def _reference(user: Body) -> dict[str, Any]:
    shown = {name: user[name] for name in ("id", "displayName", "userPrincipalName")}
    return {"@odata.type": "#microsoft.graph.user", **shown}


__all__ = ["TENANT_ID", "tenant"]
