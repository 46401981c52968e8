"""One tenant in full: at a glance, who has power by which way, and each subject in tables."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from msgspec import Struct

from agent.documents.cell import Cell, of_bounds, of_read
from agent.documents.told import Told
from agent.documents.views import say
from agent.documents.views.darks import Dark, darks
from agent.documents.views.fleet import Extent
from agent.documents.views.ledger import Ledger, ledger_table
from agent.documents.views.section import Chapter, chapter
from agent.documents.views.table import Fact, Table, names_of
from agent.documents.views.tenant import (
    apps,
    devices,
    domains,
    licences,
    partners,
    people,
    policies,
    roles,
    services,
)
from agent.documents.views.tenant.by_hand import BY_HAND, ByHand
from agent.documents.views.tenant.tenancy import Tenancy
from agent.judge.case import Severity, Verdict
from agent.judge.tenant.tenants import OF_PARTNERS
from inventory.model.record import Record
from inventory.model.tenant import Organization, TenantConnection, TenantSync
from inventory.model.tenant_accounts import DeletedUser, TenantGroup, TenantUser
from inventory.model.tenant_devices import ManagedDevice, TenantDevice
from inventory.model.tenant_policies import AuthorizationPolicy, SecurityDefaults
from inventory.model.tenant_services import (
    ReportSettings,
    SecureScore,
    StorageUse,
    TenantBackup,
    TenantBackupUnit,
)

R = TypeVar("R", bound=Record)

TOP = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO)
CHAPTERS: tuple[tuple[str, Sequence[Ledger[Any, Tenancy]]], ...] = (
    ("People", people.LEDGERS),
    ("Roles and guests", roles.LEDGERS),
    ("Applications", apps.LEDGERS),
    ("Other tenants", partners.LEDGERS),
    ("Licences", licences.LEDGERS),
    ("Domains and notices", domains.LEDGERS),
    ("Policies", policies.LEDGERS),
    ("Devices", devices.LEDGERS),
    ("Services and backups", services.LEDGERS),
)
COUNTED: dict[str, Callable[[Tenancy], Iterable[Table]]] = {  # what is told in numbers
    "People": people.tables,
    "Devices": lambda tenancy: (devices.systems(tenancy),),
}


class TenantSection(Struct, frozen=True):
    """One tenant."""

    number: int
    name: str
    extent: Extent
    facts: tuple[Fact, ...]
    severities: tuple[tuple[str, int], ...]
    is_judged: bool  # whether any rule could be judged
    chapters: tuple[Chapter, ...]
    darks: tuple[Dark, ...]
    by_hand: tuple[ByHand, ...]


def sections(told: Told, extents: dict[str, Extent]) -> Iterator[TenantSection]:
    """Yield each tenant in order."""
    for number, tenant in enumerate(told.judgement.holdings.tenants, 1):
        tenancy = Tenancy(tenant, told.judgement, told.products, is_minimal=told.is_minimal)
        yield section(tenancy, number, extents[tenant.name])


def section(tenancy: Tenancy, number: int, extent: Extent) -> TenantSection:
    """Return one tenant's section."""
    name = tenancy.tenant.name
    findings = [one for one in tenancy.judgement.findings if one.target == name]
    broken = Counter(one.severity for one in findings if one.verdict is Verdict.NOT_MET)
    readings = tenancy.judgement.case.snapshot.readings()
    return TenantSection(
        number=number,
        name=name,
        extent=extent,
        facts=tuple(_facts(tenancy)),
        severities=tuple((one.value, broken[one]) for one in TOP if broken[one]),
        is_judged=any(one.verdict in (Verdict.MET, Verdict.NOT_MET) for one in findings),
        chapters=tuple(_chapter(tenancy, title, some) for title, some in CHAPTERS),
        darks=tuple(darks(name, readings)),
        by_hand=BY_HAND,
    )


def _chapter(tenancy: Tenancy, title: str, ledgers: Sequence[Ledger[Any, Tenancy]]) -> Chapter:
    counted = COUNTED[title](tenancy) if title in COUNTED else ()
    is_partners = tenancy.tenant.is_partners
    shown = (one for one in ledgers if is_partners or one.kind not in OF_PARTNERS)
    listed = (ledger_table(one, tenancy.tenant, tenancy) for one in shown)
    return chapter(title, (*counted, *listed))


def _facts(t: Tenancy) -> Iterator[Fact]:
    yield _fact(t, "Organisation", Organization, lambda one: one.name)
    yield _fact(t, "Tenant id", Organization, lambda one: one.id)
    yield _fact(t, "Made", Organization, lambda one: say.moment(one.created) or "")
    yield _fact(t, "Read by", TenantConnection, _connection)
    yield _fact(t, "Users from a directory of its own", TenantSync, _sync)
    yield _users(t, "Members", lambda one: not one.is_guest)
    yield _users(t, "Members that are disabled", _is_off)
    yield _users(t, "Guests", lambda one: one.is_guest)
    yield _count(t, "Deleted users that can be restored", DeletedUser)
    yield _count(t, "Groups", TenantGroup)
    yield _count(t, "Devices", TenantDevice)
    yield _count(t, "Devices under management", ManagedDevice)
    yield from (Fact(label, cell, kinds) for label, cell, kinds in devices.kept(t))
    yield _fact(t, "Security defaults", SecurityDefaults, lambda one: "on" if one.is_on else "off")
    yield _fact(t, "Guests are invited by", AuthorizationPolicy, lambda one: one.invites or "")
    yield _fact(t, "Secure score", SecureScore, _score)
    yield _fact(t, "Microsoft 365 Backup", TenantBackup, lambda one: one.status)
    yield _count(t, "Protected by it", TenantBackupUnit)
    yield _fact(
        t, "Reports hide names", ReportSettings, lambda one: say.yes(one.conceals_names) or ""
    )
    for type_, label in (("mailbox", "Mailboxes"), ("onedrive", "OneDrives"), ("site", "Sites")):
        yield Fact(f"{label}, stored", _stored(t, type_), names_of(StorageUse))


def _fact(t: Tenancy, label: str, kind: type[R], say_it: Callable[[R], str]) -> Fact:
    return Fact(label, of_read(t.tenant.read(kind), say_it), names_of(kind))


def _count(t: Tenancy, label: str, kind: type[Record]) -> Fact:
    read = t.tenant.read(kind)
    return Fact(label, of_bounds(read.count(), read.known().blanks), names_of(kind))


def _users(t: Tenancy, label: str, holds: Callable[[TenantUser], bool]) -> Fact:
    read = t.tenant.read(TenantUser)
    return Fact(label, of_bounds(read.count(holds), read.known().blanks), names_of(TenantUser))


def _is_off(one: TenantUser) -> bool:
    return not one.is_guest and one.is_enabled is False


def _connection(one: TenantConnection) -> str:
    who = one.person or (f"app {one.app_id}" if one.app_id else "")
    return ", ".join(filter(None, (who, f"by {one.login}", f"cloud {one.cloud}")))


def _sync(one: TenantSync) -> str:
    if not one.is_on:
        return "no" if one.is_on is False else ""  # null: it never was, or it is not told
    return f"yes, last {one.last}" if one.last else "yes, no time is told"


def _score(one: SecureScore) -> str:
    return "" if one.score is None or one.most is None else f"{one.score:g} of {one.most:g}"


def _stored(t: Tenancy, type_: str) -> Cell:
    """Return how many there are and what they hold together, as far as reports tell."""
    read = t.tenant.read(StorageUse).where(lambda one: one.type == type_ and not one.is_deleted)
    known = read.known()
    if not known.rows:
        return of_bounds(read.count(), known.blanks)
    total = sum(row.record.size_bytes or 0 for row in known.rows)
    says = f"{len(known.rows)}, {say.size(total)}"
    return of_read(read, lambda _: says)
