"""Devices that a tenant knows or manages, what runs on them, and the tokens that manage them."""

from collections.abc import Iterator

from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record
from inventory.model.tenant_accounts import TenantObject


class TenantDevice(Record, frozen=True, kw_only=True):
    """A device that is registered in the tenant (Graph: device)."""

    KEY = ("id",)

    id: str
    device_id: str | None = None
    name: str
    system: str | None = None
    version: str | None = None
    trust: str | None = None  # "AzureAd": joined; "ServerAd": hybrid; "Workplace": registered
    is_enabled: bool | None = None
    is_managed: bool | None = None
    is_compliant: bool | None = None
    is_synchronised: bool = False
    registered: Moment | None = None
    maker: str | None = None
    model: str | None = None
    management: str | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield its name."""
        yield Identifier(Mark.SERVER, self.name)


class DeviceUse(Record, frozen=True, kw_only=True):
    """When a device was used last, as the tenant knows it."""

    KEY = ("device",)
    VOLATILE = True

    device: str  # id of the TenantDevice or ManagedDevice
    last: Moment | None = None  # approximateLastSignInDateTime, lastSyncDateTime


class ManagedDevice(Record, frozen=True, kw_only=True):
    """A device that Intune manages (Graph: managedDevice)."""

    KEY = ("id",)

    id: str
    name: str
    device_id: str | None = None  # azureADDeviceId: the TenantDevice's
    serial: str | None = None
    maker: str | None = None
    model: str | None = None
    system: str | None = None
    version: str | None = None
    compliance: str | None = None  # "compliant", "noncompliant", "unknown", ...
    is_encrypted: bool | None = None
    owner: str | None = None  # "company", "personal"
    user: str | None = None  # UPN
    enrolment: str | None = None
    agent: str | None = None  # managementAgent
    enrolled: Moment | None = None
    is_supervised: bool | None = None
    is_jailbroken: bool | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield its name."""
        yield Identifier(Mark.SERVER, self.name)


class DetectedApp(Record, frozen=True, kw_only=True):
    """A program that Intune found on managed devices, and on how many."""

    KEY = ("id",)

    id: str
    name: str
    version: str = ""
    publisher: str = ""
    platform: str | None = None
    devices: int | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield its name and maker."""
        yield Identifier(Mark.TEXT, self.name)
        if self.publisher:
            yield Identifier(Mark.TEXT, self.publisher)


class DetectedAppDevices(Record, frozen=True, kw_only=True):
    """On which devices a program of note was found: remote control, backup, monitoring."""

    KEY = ("app",)
    PART = "app"

    app: str  # id of the DetectedApp
    devices: tuple[TenantObject, ...] = ()  # sorted; id of the ManagedDevice


class DeviceProtection(Record, frozen=True, kw_only=True):
    """How a Windows device is protected (Graph: windowsProtectionState)."""

    KEY = ("device",)
    PART = "device"

    device: str  # id of the ManagedDevice
    is_on: bool | None = None  # malwareProtectionEnabled
    is_realtime: bool | None = None
    signatures_overdue: bool | None = None
    tamper_protected: bool | None = None


class DiskRecoveryKey(Record, frozen=True, kw_only=True):
    """That a BitLocker recovery key is kept, and of which device; never the key."""

    KEY = ("id",)

    id: str
    device: str | None = None  # device_id of the TenantDevice
    volume: str | None = None
    created: Moment | None = None


class LocalPassword(Record, frozen=True, kw_only=True):
    """That a local administrator's password is kept (LAPS), and of which device; never itself."""

    KEY = ("id",)
    VOLATILE = True  # it is renewed every few weeks

    id: str  # device_id of the TenantDevice
    name: str = ""
    backed_up: Moment | None = None
    renews: Moment | None = None


class AutopilotDevice(Record, frozen=True, kw_only=True):
    """A device that sets itself up for this tenant when it is started new."""

    KEY = ("id",)

    id: str
    serial: str | None = None
    maker: str | None = None
    model: str | None = None
    tag: str = ""
    state: str | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the tag."""
        if self.tag:
            yield Identifier(Mark.TEXT, self.tag)


class ManagementToken(Record, frozen=True, kw_only=True):
    """What binds device management to an account elsewhere: Apple push, enrolment, purchase."""

    KEY = ("type", "id")

    type: str  # "apple push", "apple enrolment", "apple purchase", "android"
    id: str
    name: str = ""
    account: str | None = None  # the Apple id or Google account that it belongs to
    ends: Moment | None = None
    renewed: Moment | None = None
    status: str | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the account, and the name."""
        if self.account:
            yield Identifier(Mark.MAIL, self.account)
        if self.name:
            yield Identifier(Mark.TEXT, self.name)


class DeviceRole(Record, frozen=True, kw_only=True):
    """Who has a role over managed devices (Intune; Graph: deviceAndAppManagementRoleAssignment)."""

    KEY = ("id",)

    id: str
    name: str
    description: str = ""
    members: tuple[str, ...] = ()  # ids of groups

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the texts."""
        for text in (self.name, self.description):
            if text:
                yield Identifier(Mark.TEXT, text)


class DeviceProfile(Record, frozen=True, kw_only=True):
    """Something that is set on, or run on, managed devices: a profile, policy, script or app."""

    KEY = ("type", "id")
    PART = "type"

    type: str  # "configuration", "settings", "compliance", "script", "app"
    id: str
    name: str
    publisher: str = ""
    changed: Moment | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield its name and maker."""
        for text in (self.name, self.publisher):
            if text:
                yield Identifier(Mark.TEXT, text)
