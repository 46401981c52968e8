"""Who is who in a tenant: its users, groups, applications and devices by id; others by a name."""

from collections.abc import Iterable
from typing import TypeVar

from msgspec import Struct

from agent.judge import marks
from agent.judge.tenant.people import People
from agent.judge.tenant.tenants import Tenant
from collectors.microsoft_tenants import MICROSOFT
from inventory.model.evidence import Evidence
from inventory.model.record import Identifier, Mark, Record
from inventory.model.tenant_accounts import TenantGroup, TenantObject, TenantUser
from inventory.model.tenant_apps import Application, ServicePrincipal
from inventory.model.tenant_devices import TenantDevice
from inventory.snapshot import Seen

R = TypeVar("R", bound=Record)
USER, GROUP, APPLICATION, DEVICE, UNKNOWN = "user", "group", "application", "device", "unknown"
_TYPES = {"user": USER, "group": GROUP, "serviceprincipal": APPLICATION, "device": DEVICE}


class Principal(Struct, frozen=True):
    """One who can be in a group, own something, or have a role."""

    id: str
    name: str  # what ties its holds together: an address, a group's name, `Backup (APP-ID)`
    type: str  # USER, GROUP, APPLICATION, DEVICE; UNKNOWN: no record of it was read
    identifiers: tuple[Identifier, ...] = ()
    through: tuple[Identifier, ...] = ()  # of the same person in a directory
    perhaps: tuple[Identifier, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    carried: bool = False
    is_enabled: bool | None = None  # None: it is not known, or there is no such state
    is_microsofts: bool = False  # an application that Microsoft registered

    @property
    def is_closed(self) -> bool:
        """Return whether it is known that nobody can use it."""
        return self.is_enabled is False and not self.carried


class Principals:
    """The principals of one tenant; each is made when it is asked for."""

    def __init__(self, tenant: Tenant) -> None:
        """Take the tenant; `tenant.once(Principals)` builds it a single time."""
        self._name = tenant.name
        self._own = tenant.id
        self._people = tenant.fleet.once(People)
        self.users = by_id(tenant.rows(TenantUser))
        self.groups = by_id(tenant.rows(TenantGroup))
        self.applications = by_id(tenant.rows(ServicePrincipal))
        self.registered = by_id(tenant.rows(Application))
        self._devices = by_id(tenant.rows(TenantDevice))
        self._made: dict[str, Principal] = {}

    def of(self, id_: str, named: TenantObject | None = None) -> Principal:
        """Return who has an id; of one that was not read only what a list says of it is known."""
        known = self._made.get(id_) or self._known(id_)
        if known is None:
            return _stranger(id_, named)
        self._made[id_] = known
        return known

    def is_group(self, one: TenantObject) -> bool:
        """Return whether a list means a group."""
        return one.id in self.groups or _TYPES.get(one.type.casefold()) == GROUP

    def _known(self, id_: str) -> Principal | None:
        if id_ in self.users:
            return self._user(self.users[id_])
        if id_ in self.groups:
            group = self.groups[id_]
            return _principal(group, group.record.name, GROUP)
        if id_ in self.applications:
            return self._application(self.applications[id_])
        if id_ in self.registered:
            app = self.registered[id_].record
            return _principal(self.registered[id_], of_app(app.name, app.app_id), APPLICATION)
        if id_ in self._devices:
            device = self._devices[id_]
            return _principal(
                device, device.record.name, DEVICE, is_enabled=device.record.is_enabled
            )
        return None

    def _user(self, row: Seen[TenantUser]) -> Principal:
        through, perhaps = self._people.marks_of(self._name, row.record.id)
        return Principal(
            id=row.record.id,
            name=called(row.record),
            type=USER,
            identifiers=tuple(row.record.identifiers()),
            through=through,
            perhaps=perhaps,
            evidence=(row.evidence,),
            carried=row.carried,
            is_enabled=row.record.is_enabled,
        )

    def _application(self, row: Seen[ServicePrincipal]) -> Principal:
        one = row.record
        return Principal(
            id=one.id,
            name=of_app(one.name, one.app_id),
            type=APPLICATION,
            identifiers=tuple(one.identifiers()),
            evidence=(row.evidence,),
            carried=row.carried,
            is_enabled=one.is_enabled,
            is_microsofts=(one.owner_tenant or "").casefold() in MICROSOFT,
        )


def by_id(rows: Iterable[Seen[R]]) -> dict[str, Seen[R]]:
    """Return rows by their key, fresh ones before those of an earlier audit."""
    ordered = sorted(rows, key=lambda row: not row.carried)
    return {str(row.record.key()[0]): row for row in ordered}


def called(user: TenantUser) -> str:
    """Return what ties the holds of a user together: of a guest the address it was invited by."""
    decoded = marks.mail(user.upn) if user.is_guest else None
    return (decoded or user.upn or user.id).casefold()


def of_app(name: str, app_id: str | None) -> str:
    """Return what ties the holds of an application together."""
    return f"{name} ({app_id})" if app_id else name


def _principal(row: Seen[R], name: str, type_: str, *, is_enabled: bool | None = None) -> Principal:
    return Principal(
        id=str(row.record.key()[0]),
        name=name,
        type=type_,
        identifiers=tuple(row.record.identifiers()),
        evidence=(row.evidence,),
        carried=row.carried,
        is_enabled=is_enabled,
    )


def _stranger(id_: str, named: TenantObject | None) -> Principal:
    """Return one of whom no record was read: of a type that a list names, else unknown."""
    name = (named.name if named else "") or id_
    type_ = _TYPES.get(named.type.casefold(), UNKNOWN) if named else UNKNOWN
    kind = Mark.MAIL if marks.mail(name) else Mark.TEXT
    said = (Identifier(kind, name),) if name != id_ else ()
    return Principal(id_, name, type_, said)
