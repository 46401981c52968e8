"""Who is in Muster's tenant, and the ids and names that its parts share."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from tests.lab.graph.guids import guid

DOMAIN, INITIAL = "muster.example", "muster.onmicrosoft.example"


TENANT_ID = guid("tenant muster")


OLDMSP_ID, NEWMSP_ID = guid("tenant oldmsp"), guid("tenant newmsp")


DISTRIBUTOR_ID = guid("tenant distributor")  # a decoy: sells subscriptions, is nobody's


MICROSOFT_ID = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"


NETWORK = "203.0.113.0/24"


PEOPLE = 34  # employees without a part in the story


Json = Mapping[str, Any]


class Held(NamedTuple):
    """A value that is there as long as a hold is."""

    hold: str
    value: Any


def _user(upn: str, name: str, **more: Any) -> dict[str, Any]:
    first = upn.partition("@")[0]
    return {
        "id": guid(f"user {upn}"),
        "userPrincipalName": upn,
        "displayName": name,
        "mail": upn,
        "userType": "Member",
        "accountEnabled": True,
        "createdDateTime": "2023-02-01T08:00:00Z",
        "lastPasswordChangeDateTime": "2026-05-04T07:30:00Z",
        "usageLocation": "DE",
        "companyName": "Muster GmbH",
        "proxyAddresses": [f"SMTP:{upn}"],
        "otherMails": [],
        "licenseAssignmentStates": [_licence()],
        "signInActivity": {"lastSignInDateTime": "2026-11-20T07:00:00Z"},
        "onPremisesSamAccountName": None,
        "givenName": first.partition(".")[0].title(),
        **more,
    }


SPB, POWER_BI = guid("sku SPB"), guid("sku POWER_BI_STANDARD")


def _licence(sku: str = SPB) -> dict[str, Any]:
    return {"skuId": sku, "assignedByGroup": None, "error": "None", "state": "Active"}


ANNA, BEN = f"anna.muster@{DOMAIN}", f"ben.kurz@{DOMAIN}"


JANE = f"jane.doe@{INITIAL}"


KARL = f"karl.alt_oldmsp.example#EXT#@{INITIAL}"


MIRA = f"mira.dorn_newmsp.example#EXT#@{INITIAL}"


_FIRST = ("Tina", "Olaf", "Petra", "Jonas", "Meike", "Sven", "Ute", "Lars", "Eva", "Rolf", "Ines")


_LAST = ("Brandt", "Sommer", "Winter", "Vogel", "Busch")


@cache
def users() -> tuple[Any, ...]:
    """Return the users: employees, a break-glass account, OldMSP's and NewMSP's."""
    staff = (
        _user(f"{first.lower()}.{last.lower()}@{DOMAIN}", f"{first} {last}", jobTitle="Clerk")
        for first in _FIRST
        for last in _LAST
    )
    guest = {"userType": "Guest", "licenseAssignmentStates": [], "externalUserState": "Accepted"}
    return (
        _user(ANNA, "Anna Muster", jobTitle="Managing director"),
        _user(BEN, "Ben Kurz", jobTitle="IT"),
        _user(f"alt.karla@{DOMAIN}", "Karla Alt"),
        _user(f"breakglass@{INITIAL}", "Break glass", licenseAssignmentStates=[], mail=None),
        Held("admin account", _user(JANE, "Jane Doe", mail="jane.doe@oldmsp.example")),
        Held("guest", _user(KARL, "Karl Alt", mail="karl.alt@oldmsp.example", **guest)),
        _user(MIRA, "Mira Dorn", mail="mira.dorn@newmsp.example", **guest),
        *list(staff)[:PEOPLE],
    )


def plain_users() -> list[dict[str, Any]]:
    """Return the users as if nobody were held."""
    return [one.value if isinstance(one, Held) else one for one in users()]


def reference(upn: str) -> dict[str, Any]:
    """Return a user as members and owners are told."""
    user = next(one for one in plain_users() if one["userPrincipalName"] == upn)
    return {"@odata.type": "#microsoft.graph.user", **{n: user[n] for n in _SHOWN}}


_SHOWN = ("id", "displayName", "userPrincipalName")


def id_of(upn: str) -> str:
    """Return the id of a user."""
    return guid(f"user {upn}")
