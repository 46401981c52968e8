"""Muster's security state and usage reports."""

from collections.abc import Iterator, Sequence
from typing import Any

from tests.lab.graph.guids import guid
from tests.lab.graph.muster_people import ANNA, JANE, TENANT_ID, plain_users
from tests.lab.graph.store import csv_text


def services() -> Iterator[tuple[str, Sequence[Any]]]:
    """Yield lists about security and use."""
    yield (
        "/reports/authenticationMethods/userRegistrationDetails",
        [
            {
                "id": one["id"],
                "userPrincipalName": one["userPrincipalName"],
                "isAdmin": one["userPrincipalName"] in (ANNA, JANE),
                "isMfaCapable": True,
                "isMfaRegistered": True,
                "isPasswordlessCapable": False,
                "methodsRegistered": ["microsoftAuthenticatorPush"],
            }
            for one in plain_users()
        ],
    )
    score = {"id": f"{TENANT_ID}_2026-11-24", "currentScore": 41.5, "maxScore": 80.0}
    yield (
        "/security/secureScores",
        [{**score, "createdDateTime": "2026-11-24T00:00:00Z", "controlScores": []}],
    )


def reports() -> Iterator[tuple[str, str]]:
    """Yield the usage reports."""
    mailbox: tuple[str, ...] = (
        "Report Refresh Date",
        "User Principal Name",
        "Display Name",
        "Is Deleted",
    )
    mailbox = (*mailbox, "Deletion Date", "Created Date", "Last Activity Date", "Item Count")
    mailbox = (*mailbox, "Storage Used (Byte)", "Report Period")
    yield (
        "getMailboxUsageDetail",
        csv_text(
            mailbox,
            (
                (
                    "2026-11-23",
                    one["userPrincipalName"],
                    one["displayName"],
                    "False",
                    "",
                    "2023-02-01",
                    "2026-11-20",
                    "4711",
                    "2147483648",
                    "90",
                )
                for one in plain_users()
                if one["mail"]
            ),
        ),
    )
    drive: tuple[str, ...] = (
        "Report Refresh Date",
        "Site Id",
        "Site URL",
        "Owner Display Name",
        "Is Deleted",
    )
    drive = (*drive, "Last Activity Date", "File Count", "Active File Count", "Storage Used (Byte)")
    drive = (*drive, "Storage Allocated (Byte)", "Owner Principal Name", "Report Period")
    yield (
        "getOneDriveUsageAccountDetail",
        csv_text(
            drive,
            (
                (
                    "2026-11-23",
                    guid(f"site {one['id']}"),
                    "",
                    one["displayName"],
                    "False",
                    "2026-11-19",
                    "120",
                    "4",
                    "734003200",
                    "1099511627776",
                    one["userPrincipalName"],
                    "90",
                )
                for one in plain_users()
                if one["mail"]
            ),
        ),
    )
    site: tuple[str, ...] = (
        "Report Refresh Date",
        "Site Id",
        "Site URL",
        "Owner Display Name",
        "Is Deleted",
    )
    site = (*site, "Last Activity Date", "File Count", "Storage Used (Byte)", "Root Web Template")
    site = (*site, "Owner Principal Name", "Report Period")
    yield (
        "getSharePointSiteUsageDetail",
        csv_text(
            site,
            [
                (
                    "2026-11-23",
                    guid("site team"),
                    "https://muster.sharepoint.example/sites/team",
                    "Anna Muster",
                    "False",
                    "2026-11-20",
                    "5012",
                    "91268055040",
                    "Group",
                    ANNA,
                    "90",
                )
            ],
        ),
    )
