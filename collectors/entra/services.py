"""How the services of a tenant are used, disturbed and backed up, and what will change.

Sources: Graph reference, resource types adminReportSettings, the reports of Microsoft 365 usage,
serviceHealthIssue, serviceUpdateMessage, backupRestoreRoot, protectionPolicyBase,
protectionUnitBase, serviceApp.
"""

from collections.abc import Iterator

from collectors.rows import Row, Rows
from collectors.spec import GraphGet, collector
from inventory.model.tenant_services import (
    AnnouncedChange,
    ReportSettings,
    ServiceIssue,
    StorageUse,
    TenantBackup,
    TenantBackupApp,
    TenantBackupPolicy,
    TenantBackupUnit,
)

REPORTS = "Reports.Read.All"
BACKUP = "BackupRestore-Configuration.Read.All"
CONTROLLERS = "BackupRestore-Control.Read.All"
SETTINGS = GraphGet(
    "settings",
    "/admin/reportSettings",
    "ReportSettings.Read.All",
    "m365",
    shape="one",
    budget="usage",
    clouds=("global",),
)


def _report(name: str, path: str) -> GraphGet:
    return GraphGet(
        name,
        path,
        REPORTS,
        "m365",
        shape="csv",
        budget="usage",
        licence="Microsoft 365",
        clouds=("global",),
    )


MAILBOXES = _report("mailboxes", "/reports/getMailboxUsageDetail(period='D90')")
DRIVES = _report("drives", "/reports/getOneDriveUsageAccountDetail(period='D90')")
SITES = _report("sites", "/reports/getSharePointSiteUsageDetail(period='D90')")
ISSUES = GraphGet(
    "issues",
    "/admin/serviceAnnouncement/issues",
    "ServiceHealth.Read.All",
    "m365",
    filter="isResolved eq false",
    budget="services",
)
MESSAGES = GraphGet(
    "messages",
    "/admin/serviceAnnouncement/messages",
    "ServiceMessage.Read.All",
    "m365",
    filter="actionRequiredByDateTime ge {now-0d}",
    budget="services",
)


def _backup(name: str, path: str, *, shape: str = "list", needs: str = BACKUP) -> GraphGet:
    return GraphGet(
        name,
        path,
        needs,
        "m365",
        shape="one" if shape == "one" else "list",
        budget="other",
        licence="Microsoft 365 Backup",
        clouds=("global",),
    )


ROOT = _backup("root", "/solutions/backupRestore", shape="one")
POLICIES = _backup("policies", "/solutions/backupRestore/protectionPolicies")
MAILBOX_UNITS = _backup("mailbox_units", "/solutions/backupRestore/mailboxProtectionUnits")
DRIVE_UNITS = _backup("drive_units", "/solutions/backupRestore/driveProtectionUnits")
SITE_UNITS = _backup("site_units", "/solutions/backupRestore/siteProtectionUnits")
APPS = _backup("apps", "/solutions/backupRestore/serviceApps", needs=CONTROLLERS)


@collector("entra.report_settings", asks=[SETTINGS], tells=[ReportSettings], source="graph")
def report_settings(found: Rows) -> Iterator[ReportSettings]:
    """Yield whether usage reports hide whom they tell of."""
    for row in found:
        yield ReportSettings(at=row.at(), conceals_names=row.needed_flag("displayConcealedNames"))


@collector("entra.usage", asks=[MAILBOXES, DRIVES, SITES], tells=[StorageUse], source="graph")
def usage(mailboxes: Rows, drives: Rows, sites: Rows) -> Iterator[StorageUse]:
    """Yield how much each mailbox, OneDrive and site holds, and when it was used last."""
    for row in mailboxes:
        yield _use(row, "mailbox", row.needed("User Principal Name"), "Item Count")
    for row in drives:
        name = row.text("Site URL") or row.needed("Owner Principal Name")
        yield _use(row, "onedrive", name, "File Count")
    for row in sites:  # there are reports with all URLs left empty
        yield _use(row, "site", row.text("Site URL") or row.needed("Site Id"), "File Count")


def _use(row: Row, kind: str, name: str, items: str) -> StorageUse:
    row.stands_for(kind)
    return StorageUse(
        at=row.at(),
        type=kind,
        name=name,
        is_deleted=row.flag("Is Deleted"),
        last=row.moment("Last Activity Date"),
        items=row.number(items),
        size_bytes=row.number("Storage Used (Byte)"),
        has_archive=row.flag("Has Archive"),
    )


@collector("entra.service_health", asks=[ISSUES], tells=[ServiceIssue], source="graph")
def service_health(found: Rows) -> Iterator[ServiceIssue]:
    """Yield the disturbances of services that are not over."""
    for row in found:
        yield ServiceIssue(
            at=row.at(),
            id=row.needed("id"),
            service=row.text("service") or "",
            title=row.text("title") or "",
            status=row.text("status"),
            started=row.moment("startDateTime"),
        )


@collector("entra.announcements", asks=[MESSAGES], tells=[AnnouncedChange], source="graph")
def announcements(found: Rows) -> Iterator[AnnouncedChange]:
    """Yield announced changes that ask for an act until a day that is to come."""
    for row in found:
        yield AnnouncedChange(
            at=row.at(),
            id=row.needed("id"),
            title=row.text("title") or "",
            services=row.texts("services"),
            act_by=row.moment("actionRequiredByDateTime"),
            severity=row.text("severity"),
        )


@collector(
    "entra.backup",
    asks=[ROOT, POLICIES, MAILBOX_UNITS, DRIVE_UNITS, SITE_UNITS, APPS],
    tells=[TenantBackup, TenantBackupPolicy, TenantBackupUnit, TenantBackupApp],
    source="graph",
)
def backup(
    root: Rows,
    policies: Rows,
    mailbox_units: Rows,
    drive_units: Rows,
    site_units: Rows,
    apps: Rows,
) -> Iterator[TenantBackup | TenantBackupPolicy | TenantBackupUnit | TenantBackupApp]:
    """Yield whether Microsoft 365 Backup is on, by which policies, and what it protects."""
    for row in root:
        status = row.row("serviceStatus").needed("status")
        yield TenantBackup(at=row.at("serviceStatus"), status=status)
    for row in policies:
        yield TenantBackupPolicy(
            at=row.at(),
            id=row.needed("id"),
            name=row.text("displayName") or "",
            type=row.type.removesuffix("ProtectionPolicy") or None,
            status=row.text("status"),
        )
    for kind, found in (("mailbox", mailbox_units), ("drive", drive_units), ("site", site_units)):
        for row in found:
            if row.needed("status") != "unprotected":  # they stay in the list
                yield _unit(row, kind)
    for row in apps:
        yield TenantBackupApp(
            at=row.at(),
            id=row.needed("id"),
            app_id=row.row("application").needed("id"),
            status=row.text("status"),
        )


def _unit(row: Row, kind: str) -> TenantBackupUnit:
    subject = row.text("directoryObjectId") or row.text("siteId") or ""
    return TenantBackupUnit(
        at=row.at(),
        id=row.needed("id"),
        type=kind,
        policy=row.text("policyId"),
        status=row.text("status"),
        subject=subject,
    )
