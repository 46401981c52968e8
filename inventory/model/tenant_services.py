"""How a tenant's services fare: security state, usage, announcements, backups, recent changes."""

from collections.abc import Iterator

from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record


class SecureScore(Record, frozen=True, kw_only=True):
    """Microsoft's score of the tenant's security, as it was last made."""

    VOLATILE = True

    score: float | None = None
    most: float | None = None
    made: Moment | None = None


class ScoreControl(Record, frozen=True, kw_only=True):
    """One control of the secure score, and how far it is met."""

    KEY = ("id",)
    VOLATILE = True

    id: str
    title: str = ""
    category: str | None = None
    score: float | None = None
    most: float | None = None


class SecurityIncident(Record, frozen=True, kw_only=True):
    """An incident that is open (Graph: incident)."""

    KEY = ("id",)

    id: str
    name: str = ""
    severity: str | None = None
    status: str | None = None
    assigned_to: str | None = None
    created: Moment | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield who works on it."""
        if self.assigned_to:
            yield Identifier(Mark.MAIL, self.assigned_to)


class RiskyUser(Record, frozen=True, kw_only=True):
    """A user whose account may be in other hands (Graph: riskyUser; licence)."""

    KEY = ("id",)

    id: str  # the user's
    upn: str = ""
    level: str | None = None
    state: str | None = None
    changed: Moment | None = None


class PrivilegedChange(Record, frozen=True, kw_only=True):
    """A change of who has power (Graph: directoryAudit; asked only when it is wanted)."""

    KEY = ("id",)
    VOLATILE = True

    id: str
    activity: str  # "Add member to role", "Add service principal credentials", ...
    category: str | None = None
    when: Moment | None = None
    by: str = ""  # UPN, or the name of an application
    targets: tuple[str, ...] = ()  # names
    result: str | None = None

    def identifiers(self) -> Iterator[Identifier]:
        """Yield who did it."""
        if "@" in self.by:
            yield Identifier(Mark.MAIL, self.by)
        elif self.by:
            yield Identifier(Mark.TEXT, self.by)


class ReportSettings(Record, frozen=True, kw_only=True):
    """Whether usage reports hide whom they tell of."""

    conceals_names: bool | None = None


class StorageUse(Record, frozen=True, kw_only=True):
    """How much a mailbox, a OneDrive or a site holds, and when it was used last."""

    KEY = ("type", "name")
    PART = "type"
    VOLATILE = True

    type: str  # "mailbox", "onedrive", "site"
    name: str  # UPN or URL; a code of 32 hex digits where the tenant conceals names
    is_deleted: bool | None = None
    last: Moment | None = None  # day precise
    items: int | None = None
    size_bytes: int | None = None
    has_archive: bool | None = None


class ServiceIssue(Record, frozen=True, kw_only=True):
    """A disturbance of a service that is not over."""

    KEY = ("id",)
    VOLATILE = True

    id: str
    service: str
    title: str = ""
    status: str | None = None
    started: Moment | None = None


class AnnouncedChange(Record, frozen=True, kw_only=True):
    """A change that Microsoft has announced and that asks for an act until a day."""

    KEY = ("id",)
    VOLATILE = True

    id: str
    title: str
    services: tuple[str, ...] = ()
    act_by: Moment | None = None
    severity: str | None = None


class TenantBackup(Record, frozen=True, kw_only=True):
    """Whether Microsoft 365 Backup is on (Graph: backupRestoreRoot)."""

    status: str  # "enabled", "disabled", ...


class TenantBackupPolicy(Record, frozen=True, kw_only=True):
    """A policy of Microsoft 365 Backup."""

    KEY = ("id",)

    id: str
    name: str
    type: str | None = None  # "exchange", "sharePoint", "oneDriveForBusiness"
    status: str | None = None
    retention_days: int | None = None


class TenantBackupUnit(Record, frozen=True, kw_only=True):
    """Something that Microsoft 365 Backup protects: a mailbox, a drive, a site."""

    KEY = ("id",)

    id: str
    type: str  # "mailbox", "drive", "site"
    policy: str | None = None  # id
    status: str | None = None  # "protected", "protectRequested", "unprotectRequested"
    subject: str = ""  # id of the user, or of the site


class TenantBackupApp(Record, frozen=True, kw_only=True):
    """An application that may control Microsoft 365 Backup (Graph: serviceApp)."""

    KEY = ("id",)

    id: str
    app_id: str | None = None
    status: str | None = None
