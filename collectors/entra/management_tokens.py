"""Which accounts elsewhere device management hangs on, until when; and what sets itself up here.

Sources: Graph reference, resource types applePushNotificationCertificate, vppToken,
windowsAutopilotDeviceIdentity; beta: depOnboardingSetting,
androidManagedStoreAccountEnterpriseSettings.
"""

from collections.abc import Iterator

from collectors.rows import Rows
from collectors.spec import GraphGet, Unreadable, collector
from inventory.model.tenant_devices import AutopilotDevice, ManagementToken

INTUNE = "Intune"
_SERVICE = "DeviceManagementServiceConfig.Read.All"
PUSH = GraphGet(
    "push",
    "/deviceManagement/applePushNotificationCertificate",
    "DeviceManagementConfiguration.Read.All",
    "devices",
    select=("id", "appleIdentifier", "expirationDateTime", "lastModifiedDateTime"),
    shape="one",
    absent="none",
    budget="devices",
    licence=INTUNE,
    why="without its Apple id every iPhone has to be enrolled again",
)
ENROLMENT = GraphGet(
    "enrolment",
    "/deviceManagement/depOnboardingSettings",
    _SERVICE,
    "devices",
    select=("id", "appleIdentifier", "tokenName", "tokenExpirationDateTime"),
    version="beta",
    budget="devices",
    licence=INTUNE,
)
PURCHASE = GraphGet(
    "purchase",
    "/deviceAppManagement/vppTokens",
    _SERVICE,
    "devices",
    select=("id", "appleId", "organizationName", "expirationDateTime", "state"),
    budget="devices",
    licence=INTUNE,
)
ANDROID = GraphGet(
    "android",
    "/deviceManagement/androidManagedStoreAccountEnterpriseSettings",
    "DeviceManagementConfiguration.Read.All",
    "devices",
    select=("id", "ownerUserPrincipalName", "bindStatus", "lastModifiedDateTime"),
    version="beta",
    shape="one",
    absent="none",
    budget="devices",
    licence=INTUNE,
)
AUTOPILOT = GraphGet(
    "autopilot",
    "/deviceManagement/windowsAutopilotDeviceIdentities",
    _SERVICE,
    "devices",
    select=("id", "serialNumber", "manufacturer", "model", "groupTag", "enrollmentState"),
    budget="devices",
    licence=INTUNE,
)


@collector("entra.apple_push", asks=[PUSH], tells=[ManagementToken], source="graph")
def apple_push(found: Rows) -> Iterator[ManagementToken | Unreadable]:
    """Yield the Apple id behind the push certificate, and when it ends."""
    for row in found:
        account, ends = row.text("appleIdentifier"), row.moment("expirationDateTime")
        if account is None and ends is None:
            yield Unreadable(row.at(), "neither an Apple id nor an end: is there a certificate?")
            continue
        yield ManagementToken(
            at=row.at(),
            type="apple push",
            id=row.text("id") or "push",
            account=account,
            ends=ends,
            renewed=row.moment("lastModifiedDateTime"),
        )


@collector("entra.apple_enrolment", asks=[ENROLMENT], tells=[ManagementToken], source="graph")
def apple_enrolment(found: Rows) -> Iterator[ManagementToken]:
    """Yield the Apple ids behind enrolment tokens, and when they end."""
    for row in found:
        yield ManagementToken(
            at=row.at(),
            type="apple enrolment",
            id=row.needed("id"),
            name=row.text("tokenName") or "",
            account=row.text("appleIdentifier"),
            ends=row.moment("tokenExpirationDateTime"),
        )


@collector("entra.apple_purchase", asks=[PURCHASE], tells=[ManagementToken], source="graph")
def apple_purchase(found: Rows) -> Iterator[ManagementToken]:
    """Yield the Apple ids behind tokens of volume purchase, and when they end."""
    for row in found:
        yield ManagementToken(
            at=row.at(),
            type="apple purchase",
            id=row.needed("id"),
            name=row.text("organizationName") or "",
            account=row.text("appleId"),
            ends=row.moment("expirationDateTime"),
            status=row.text("state"),
        )


@collector("entra.android", asks=[ANDROID], tells=[ManagementToken], source="graph")
def android(found: Rows) -> Iterator[ManagementToken]:
    """Yield the Google account to which Android devices are bound."""
    for row in found:
        status = row.needed("bindStatus")
        if status != "notBound":
            yield ManagementToken(
                at=row.at(),
                type="android",
                id=row.text("id") or "android",
                account=row.text("ownerUserPrincipalName"),
                renewed=row.moment("lastModifiedDateTime"),
                status=status or None,
            )


@collector("entra.autopilot", asks=[AUTOPILOT], tells=[AutopilotDevice], source="graph")
def autopilot(found: Rows) -> Iterator[AutopilotDevice]:
    """Yield the devices that set themselves up for this tenant when they are started new."""
    for row in found:
        yield AutopilotDevice(
            at=row.at(),
            id=row.needed("id"),
            serial=row.text("serialNumber"),
            maker=row.text("manufacturer"),
            model=row.text("model"),
            tag=row.text("groupTag") or "",
            state=row.text("enrollmentState"),
        )
