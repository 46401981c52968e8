"""Which devices a tenant knows, when each was used last, and whether keys to them are kept.

Sources: Graph reference, resource types device, bitlockerRecoveryKey, deviceLocalCredentialInfo.
"""

from collections.abc import Iterator

from collectors.rows import Rows
from collectors.spec import GraphGet, collector
from inventory.model.tenant_devices import DeviceUse, DiskRecoveryKey, LocalPassword, TenantDevice

DEVICES = GraphGet(
    "devices",
    "/devices",
    "Device.Read.All",
    "devices",
    select=(
        *("id", "deviceId", "displayName", "operatingSystem", "operatingSystemVersion"),
        *("trustType", "isManaged", "isCompliant", "accountEnabled", "onPremisesSyncEnabled"),
        *("approximateLastSignInDateTime", "registrationDateTime", "manufacturer", "model"),
        "managementType",
    ),
    top=999,
    counted="/devices/$count",
)
KEYS = GraphGet(
    "keys",
    "/informationProtection/bitlocker/recoveryKeys",
    "BitlockerKey.ReadBasic.All",
    "devices",
    select=("id", "createdDateTime", "deviceId", "volumeType"),
    why="that a key is kept, never the key",
)
PASSWORDS = GraphGet(
    "passwords",
    "/directory/deviceLocalCredentials",
    "DeviceLocalCredential.ReadBasic.All",
    "devices",
    select=("id", "deviceName", "lastBackupDateTime", "refreshDateTime"),
    why="that a local password is kept, never the password",
)


@collector("entra.devices", asks=[DEVICES], tells=[TenantDevice, DeviceUse], source="graph")
def devices(found: Rows) -> Iterator[TenantDevice | DeviceUse]:
    """Yield the devices of the tenant, and when each was used last."""
    for row in found:
        device = row.needed("id")
        yield TenantDevice(
            at=row.at(),
            id=device,
            device_id=row.text("deviceId"),
            name=row.text("displayName") or "",
            system=row.text("operatingSystem"),
            version=row.text("operatingSystemVersion"),
            trust=row.text("trustType"),
            is_enabled=row.needed_flag("accountEnabled"),
            is_managed=row.flag("isManaged"),
            is_compliant=row.flag("isCompliant"),
            is_synchronised=bool(row.flag("onPremisesSyncEnabled")),
            registered=row.moment("registrationDateTime"),
            maker=row.text("manufacturer"),
            model=row.text("model"),
            management=row.text("managementType"),
        )
        last = row.moment("approximateLastSignInDateTime")
        yield DeviceUse(at=row.at("approximateLastSignInDateTime"), device=device, last=last)


@collector("entra.recovery_keys", asks=[KEYS], tells=[DiskRecoveryKey], source="graph")
def recovery_keys(found: Rows) -> Iterator[DiskRecoveryKey]:
    """Yield of which devices a BitLocker recovery key is kept."""
    for row in found:
        yield DiskRecoveryKey(
            at=row.at(),
            id=row.needed("id"),
            device=row.text("deviceId"),
            volume=row.text("volumeType"),
            created=row.moment("createdDateTime"),
        )


@collector("entra.local_passwords", asks=[PASSWORDS], tells=[LocalPassword], source="graph")
def local_passwords(found: Rows) -> Iterator[LocalPassword]:
    """Yield of which devices the local administrator's password is kept."""
    for row in found:
        yield LocalPassword(
            at=row.at(),
            id=row.needed("id"),
            name=row.text("deviceName") or "",
            backed_up=row.moment("lastBackupDateTime"),
            renews=row.moment("refreshDateTime"),
        )
