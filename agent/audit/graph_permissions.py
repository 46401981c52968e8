"""What the audit's app needs in a tenant: the permissions of the asks, by profile, and what for."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from agent.audit.graph_permission_ids import GRAPH, PERMISSION_IDS
from agent.audit.sources import Planned
from agent.engagement.model import PROFILES, GraphSource
from collectors.registry import of_source
from collectors.runner import ask_name
from collectors.spec import CONNECTION, Collector, GraphGet

APP_NAME = "handover audit (read-only)"


class Permission(Struct, frozen=True):
    """One permission of Microsoft Graph, and what it unlocks."""

    name: str  # "User.Read.All"
    id: str  # of the application permission, or of the delegated one; "": not known here
    unlocks: tuple[str, ...]  # what it is needed for, in words
    asks: tuple[str, ...]
    licences: tuple[str, ...]  # without which these asks are refused
    only_personal: bool  # nothing but what watches people needs it
    only_beta: bool  # nothing but what may change needs it


class ProfilePermissions(Struct, frozen=True):
    """What one profile needs; a permission that an earlier one needs is not named again."""

    profile: str
    permissions: tuple[Permission, ...]


class TenantPermissions(Struct, frozen=True):
    """All that the audit's app, or the person, needs in one tenant."""

    source: str  # "": no source names a tenant
    tenant: str
    app: str
    as_person: bool  # a person logs in with a device code: delegated permissions
    profiles: tuple[ProfilePermissions, ...]
    only_person: tuple[str, ...]  # asks that only a person may send
    only_app: tuple[str, ...]  # and those that only an app may
    personal: bool

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """Return all permissions."""
        return tuple(one for profile in self.profiles for one in profile.permissions)


_Need = tuple[Collector, GraphGet]


def permissions_of(targets: Iterable[Planned]) -> tuple[TenantPermissions, ...]:
    """Return what each tenant's app needs; without a tenant, what any would."""
    found = tuple(_of(one.source, one.collectors) for one in targets if _is_tenant(one))
    return found or (_of(None, of_source("graph")),)


def _is_tenant(one: Planned) -> bool:
    return isinstance(one.source, GraphSource)


def _of(source: object, collectors: Iterable[Collector]) -> TenantPermissions:
    tenant = source if isinstance(source, GraphSource) else None
    needs = tuple(_wanted(tenant, collectors))
    as_person = bool(tenant and tenant.device_code)
    return TenantPermissions(
        source=tenant.name if tenant else "",
        tenant=tenant.target if tenant else "",
        app=tenant.app if tenant else "",
        as_person=as_person,
        profiles=tuple(_profiles(needs, as_person=as_person)),
        only_person=tuple(ask_name(*need) for need in needs if not need[1].needs),
        only_app=tuple(ask_name(*need) for need in needs if need[1].as_person == "-"),
        personal=bool(tenant and tenant.personal),
    )


def _wanted(tenant: GraphSource | None, collectors: Iterable[Collector]) -> Iterator[_Need]:
    """Yield the asks that the source wants; without one, all that a client's tenant is asked."""
    for one in collectors:
        for ask in one.asks:
            if not isinstance(ask, GraphGet) or ask.path == CONNECTION:
                continue
            if tenant is None and ask.side == "partner":
                continue
            if tenant and (ask.profile not in tenant.profiles):
                continue
            if tenant and ask.personal and not tenant.personal:
                continue
            yield one, ask


def _profiles(needs: Sequence[_Need], *, as_person: bool) -> Iterator[ProfilePermissions]:
    told: set[str] = set()
    for profile in PROFILES:
        names = {
            name
            for _, ask in needs
            if ask.profile == profile and (name := permission(ask, as_person=as_person))
        }
        new = sorted(names - told)
        told |= names
        if new:
            yield ProfilePermissions(
                profile, tuple(_permission(name, needs, as_person=as_person) for name in new)
            )


def permission(ask: GraphGet, *, as_person: bool) -> str:
    """Return the least permission of an ask; "" where it cannot be asked so."""
    if not as_person:
        return ask.needs
    return "" if ask.as_person == "-" else ask.as_person or ask.needs


def _permission(name: str, needs: Sequence[_Need], *, as_person: bool) -> Permission:
    mine = [(one, ask) for one, ask in needs if permission(ask, as_person=as_person) == name]
    ids = PERMISSION_IDS.get(name)
    ident = (ids.delegated if as_person else ids.application) if ids else None
    return Permission(
        name=name,
        id=ident or "",
        unlocks=tuple(dict.fromkeys(_said(one, ask) for one, ask in mine)),
        asks=tuple(ask_name(one, ask) for one, ask in mine),
        licences=tuple(sorted({ask.licence for _, ask in mine if ask.licence})),
        only_personal=all(ask.personal for _, ask in mine),
        only_beta=all(ask.version == "beta" for _, ask in mine),
    )


def _said(one: Collector, ask: GraphGet) -> str:
    return ask.why or one.says.removeprefix("Yield ").rstrip(".")


def manifest(found: TenantPermissions) -> dict[str, object]:
    """Return the part of an app's manifest that asks for the permissions.

    Source: Graph reference, resource type requiredResourceAccess.
    """
    kind = "Scope" if found.as_person else "Role"
    access = [{"id": one.id, "type": kind} for one in found.permissions if one.id]
    return {"requiredResourceAccess": [{"resourceAppId": GRAPH, "resourceAccess": access}]}
