"""Which devices Intune manages, what runs on them, how they are protected, and who may steer them.

Sources: Graph reference, resource types managedDevice, detectedApp, windowsProtectionState,
deviceAndAppManagementRoleAssignment, deviceConfiguration, deviceCompliancePolicy, mobileApp; beta:
deviceManagementScript, deviceManagementConfigurationPolicy.
"""

from collections.abc import Iterator

from collectors.rows import Row, Rows
from collectors.signatures.programs import of_program
from collectors.spec import Each, GraphGet, collector
from collectors.tenant_objects import by_key
from inventory.model.tenant_accounts import TenantObject
from inventory.model.tenant_devices import (
    DetectedApp,
    DetectedAppDevices,
    DeviceProfile,
    DeviceProtection,
    DeviceRole,
    DeviceUse,
    ManagedDevice,
)

INTUNE = "Intune"
_DEVICES = "DeviceManagementManagedDevices.Read.All"
_SETTINGS = "DeviceManagementConfiguration.Read.All"
MANAGED = GraphGet(
    "managed",
    "/deviceManagement/managedDevices",
    _DEVICES,
    "devices",
    select=(
        *("id", "deviceName", "azureADDeviceId", "serialNumber", "manufacturer", "model"),
        *("operatingSystem", "osVersion", "complianceState", "isEncrypted", "lastSyncDateTime"),
        *("enrolledDateTime", "managementAgent", "managedDeviceOwnerType", "userPrincipalName"),
        *("deviceEnrollmentType", "jailBroken", "isSupervised"),
    ),
    budget="devices",
    licence=INTUNE,
)
APPS = GraphGet(
    "apps",
    "/deviceManagement/detectedApps",
    _DEVICES,
    "devices",
    budget="devices",
    licence=INTUNE,
    why="remote control and backup agents on managed PCs",
)


def _of_note(row: Row) -> Iterator[str]:
    if of_program(row.text("displayName") or "", row.text("publisher") or ""):
        yield row.needed("id")


def _windows(row: Row) -> Iterator[str]:
    if (row.text("operatingSystem") or "Windows").startswith("Windows"):
        yield row.needed("id")


WHERE = GraphGet(
    "where",
    "/deviceManagement/detectedApps/{key}/managedDevices",
    _DEVICES,
    "devices",
    select=("id", "deviceName"),
    each=(
        Each(
            "/deviceManagement/detectedApps",
            _of_note,
            select=("id", "displayName", "publisher"),
            top=0,
        ),
    ),
    budget="devices",
    licence=INTUNE,
)
PROTECTION = GraphGet(
    "protection",
    "/deviceManagement/managedDevices/{key}/windowsProtectionState",
    _DEVICES,
    "devices",
    shape="one",
    each=(
        Each("/deviceManagement/managedDevices", _windows, select=("id", "operatingSystem"), top=0),
    ),
    absent="none",
    budget="devices",
    licence=INTUNE,
    deep=True,
)
ROLES = GraphGet(
    "roles",
    "/deviceManagement/roleAssignments",
    "DeviceManagementRBAC.Read.All",
    "devices",
    budget="devices",
    licence=INTUNE,
)
CONFIGURATIONS = GraphGet(
    "configurations",
    "/deviceManagement/deviceConfigurations",
    _SETTINGS,
    "devices",
    select=("id", "displayName", "lastModifiedDateTime"),
    budget="devices",
    licence=INTUNE,
)
COMPLIANCE = GraphGet(
    "compliance",
    "/deviceManagement/deviceCompliancePolicies",
    _SETTINGS,
    "devices",
    select=("id", "displayName", "lastModifiedDateTime"),
    budget="devices",
    licence=INTUNE,
)
SETTINGS = GraphGet(
    "settings",
    "/deviceManagement/configurationPolicies",
    _SETTINGS,
    "devices",
    select=("id", "name", "lastModifiedDateTime"),
    version="beta",
    budget="devices",
    licence=INTUNE,
)
SCRIPTS = GraphGet(
    "scripts",
    "/deviceManagement/deviceManagementScripts",
    "DeviceManagementScripts.Read.All",
    "devices",
    select=("id", "displayName", "lastModifiedDateTime"),
    version="beta",
    budget="devices",
    licence=INTUNE,
    why="their names; what is in them may hold secrets and is not asked",
)
PROGRAMS = GraphGet(
    "programs",
    "/deviceAppManagement/mobileApps",
    "DeviceManagementApps.Read.All",
    "devices",
    select=("id", "displayName", "publisher", "lastModifiedDateTime"),
    budget="devices",
    licence=INTUNE,
)


@collector(
    "entra.managed_devices", asks=[MANAGED], tells=[ManagedDevice, DeviceUse], source="graph"
)
def managed_devices(found: Rows) -> Iterator[ManagedDevice | DeviceUse]:
    """Yield the devices that Intune manages, and when each reported last."""
    for row in found:
        device = row.needed("id")
        yield ManagedDevice(
            at=row.at(),
            id=device,
            name=row.text("deviceName") or "",
            device_id=_told_id(row.text("azureADDeviceId")),
            serial=row.text("serialNumber"),
            maker=row.text("manufacturer"),
            model=row.text("model"),
            system=row.text("operatingSystem"),
            version=row.text("osVersion"),
            compliance=row.text("complianceState"),
            is_encrypted=row.flag("isEncrypted"),
            owner=row.text("managedDeviceOwnerType"),
            user=row.text("userPrincipalName"),
            enrolment=row.text("deviceEnrollmentType"),
            agent=row.text("managementAgent"),
            enrolled=row.moment("enrolledDateTime"),
            is_supervised=row.flag("isSupervised"),
            is_jailbroken=_jailbroken(row.text("jailBroken")),
        )
        last = row.moment("lastSyncDateTime")
        yield DeviceUse(at=row.at("lastSyncDateTime"), device=device, last=last)


def _told_id(told: str | None) -> str | None:
    """Return the id of the TenantDevice; of one that is not registered Intune tells zeros."""
    return told if told and told.strip("0-") else None


def _jailbroken(told: str | None) -> bool | None:
    return {"true": True, "false": False}.get((told or "").lower())


@collector("entra.detected_apps", asks=[APPS], tells=[DetectedApp], source="graph")
def detected_apps(found: Rows) -> Iterator[DetectedApp]:
    """Yield the programs that were found on managed devices, and on how many.

    Of a personal device only programs that Intune manages are told.
    """
    for row in found:
        yield DetectedApp(
            at=row.at(),
            id=row.needed("id"),
            name=row.text("displayName") or "",
            version=row.text("version") or "",
            publisher=row.text("publisher") or "",
            platform=row.text("platform"),
            devices=row.number("deviceCount"),
        )


@collector("entra.detected_app_devices", asks=[WHERE], tells=[DetectedAppDevices], source="graph")
def detected_app_devices(found: Rows) -> Iterator[DetectedAppDevices]:
    """Yield on which devices agents of providers were found."""
    for app, devices, at in by_key(found, _device):
        yield DetectedAppDevices(at=at, app=app, devices=devices)


def _device(row: Row) -> TenantObject:
    return TenantObject(row.needed("id"), "device", row.text("deviceName") or "")


@collector("entra.device_protection", asks=[PROTECTION], tells=[DeviceProtection], source="graph")
def device_protection(found: Rows) -> Iterator[DeviceProtection]:
    """Yield how each Windows device is protected."""
    for row in found:
        yield DeviceProtection(
            at=row.at(),
            device=row.key,
            is_on=row.flag("malwareProtectionEnabled"),
            is_realtime=row.flag("realTimeProtectionEnabled"),
            signatures_overdue=row.flag("signatureUpdateOverdue"),
            tamper_protected=row.flag("tamperProtectionEnabled"),
        )


@collector("entra.device_roles", asks=[ROLES], tells=[DeviceRole], source="graph")
def device_roles(found: Rows) -> Iterator[DeviceRole]:
    """Yield who has a role over managed devices, by groups."""
    for row in found:
        yield DeviceRole(
            at=row.at(),
            id=row.needed("id"),
            name=row.text("displayName") or "",
            description=row.text("description") or "",
            members=row.texts("members"),
        )


@collector(
    "entra.device_profiles",
    asks=[CONFIGURATIONS, COMPLIANCE, SETTINGS, SCRIPTS, PROGRAMS],
    tells=[DeviceProfile],
    source="graph",
)
def device_profiles(
    configurations: Rows, compliance: Rows, settings: Rows, scripts: Rows, programs: Rows
) -> Iterator[DeviceProfile]:
    """Yield what is set on managed devices, or runs on them: names, never what is in it."""
    sorts = (
        ("configuration", configurations),
        ("compliance", compliance),
        ("settings", settings),
        ("script", scripts),
        ("app", programs),
    )
    for kind, found in sorts:
        for row in found:
            at = row.at()
            row.stands_for(kind)
            yield DeviceProfile(
                at=at,
                type=kind,
                id=row.needed("id"),
                name=row.text("displayName") or row.text("name") or "",
                publisher=row.text("publisher") or "",
                changed=row.moment("lastModifiedDateTime"),
            )
