"""Devices of a tenant: what they are, how protected, what runs on them, and what manages them."""

from collections import defaultdict
from typing import Any

from agent.documents.cell import Cell, of_bounds, of_field, of_fields, unknown, whys_of
from agent.documents.views.ledger import Ledger
from agent.documents.views.table import MOST_ROWS, Row, Table, names_of, state
from agent.documents.views.tenant.tenancy import Tenancy
from inventory.model.record import Record
from inventory.model.tenant_devices import (
    AutopilotDevice,
    DetectedApp,
    DetectedAppDevices,
    DeviceProfile,
    DeviceProtection,
    DeviceRole,
    DeviceUse,
    DiskRecoveryKey,
    LocalPassword,
    ManagedDevice,
    ManagementToken,
    TenantDevice,
)
from inventory.model.truth import Bounds

f = of_field
MOST_APPS = 5  # devices on which a program was found: fewer are not worth a line here
OLD_DAYS = 90


def systems(t: Tenancy) -> Table:
    """Return the systems of devices that are not disabled, and how many were not used lately."""
    use = {one.device: one.last for one in t.rows(DeviceUse)}
    groups: dict[str, list[TenantDevice]] = defaultdict(list)
    for one in t.rows(TenantDevice):
        if one.is_enabled is not False:
            groups[one.system or "no system is told"].append(one)
    blanks = t.tenant.blanks(TenantDevice, DeviceUse)
    old = t.now - OLD_DAYS * 86_400
    rows = tuple(
        Row(
            (
                f(name),
                _least(len(some), bool(blanks)),
                _least(sum(one.is_managed is True for one in some), bool(blanks)),
                _least(sum(one.is_compliant is False for one in some), bool(blanks)),
                _least(sum(_is_old(use.get(one.id), old) for one in some), bool(blanks)),
            )
        )
        for name, some in sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))
    )
    whys = whys_of(blanks)
    return Table(
        title="Devices that are not disabled, by system",
        columns=("System", "Devices", "Managed", "Not compliant", f"Not used for {OLD_DAYS} days"),
        known=state(bool(rows), whys),
        rows=rows[:MOST_ROWS],
        more=max(0, len(rows) - MOST_ROWS),
        whys=whys,
        kinds=names_of(TenantDevice, DeviceUse),
        places=False,
    )


def _is_old(last: Any, old: int) -> bool:
    return last is not None and last.latest < old


def _least(number: int, hidden: bool) -> Cell:
    return of_bounds(Bounds(number, None if hidden else number))


def kept(t: Tenancy) -> tuple[tuple[str, Cell, str], ...]:
    """Return of how many devices keys, passwords and protection are known: label, cell, kinds."""
    keys = {one.device.casefold() for one in t.rows(DiskRecoveryKey) if one.device}
    passwords = {one.id.casefold() for one in t.rows(LocalPassword)}
    devices = {(one.device_id or one.id).casefold() for one in t.rows(TenantDevice)}
    managed = t.rows(ManagedDevice)
    guarded = {one.device: one for one in t.rows(DeviceProtection)}
    on = sum(one.is_on is True and one.is_realtime is True for one in guarded.values())
    return (
        (
            "BitLocker keys kept",
            _of(t, len(keys & devices), len(devices), DiskRecoveryKey, TenantDevice),
            names_of(DiskRecoveryKey),
        ),
        (
            "Local passwords kept",
            _of(t, len(passwords & devices), len(devices), LocalPassword, TenantDevice),
            names_of(LocalPassword),
        ),
        (
            "Managed devices that are encrypted",
            _of(t, sum(one.is_encrypted is True for one in managed), len(managed), ManagedDevice),
            names_of(ManagedDevice),
        ),
        (
            "Devices whose protection is on",
            _of(t, on, len(guarded), DeviceProtection),
            names_of(DeviceProtection),
        ),
    )


def _of(t: Tenancy, number: int, everybody: int, *kinds: type[Record]) -> Cell:
    """Return `3 of 21`; whether the rest has none is only known when all could be read."""
    blanks = t.tenant.blanks(*kinds)
    if not blanks:
        return f(f"{number} of {everybody}") if everybody else of_bounds(Bounds(0, 0))
    return unknown(blanks) if not number else of_bounds(Bounds(number, None), blanks)


def _token(one: ManagementToken, t: Tenancy) -> tuple[Cell, ...]:
    return (
        f(one.type),
        f(one.name),
        f(one.account, "code"),
        t.day(one.ends),
        t.whose(tuple(one.identifiers())),
    )


LEDGERS: tuple[Ledger[Any, Tenancy], ...] = (
    Ledger(
        "Accounts that device management hangs on",
        ManagementToken,
        ("What", "Name", "Account", "Ends", "Whose"),
        _token,
        lambda one: (one.ends is None, one.ends, one.type),
    ),
    Ledger(
        "Programs of note, and where they are",
        DetectedAppDevices,
        ("Program", "Devices"),
        lambda one, t: (
            f(t.program(one.app)),
            of_fields(who.name or who.id for who in one.devices),
        ),
        lambda one: one.app,
    ),
    Ledger(
        f"Programs found on {MOST_APPS} or more managed devices",
        DetectedApp,
        ("Program", "Version", "Maker", "Devices"),
        lambda one, _: (f(one.name), f(one.version), f(one.publisher), f(one.devices, "number")),
        lambda one: (-(one.devices or 0), one.name),
        lambda one: one.devices is None or one.devices >= MOST_APPS,
    ),
    Ledger(
        "What is set on or run on managed devices",
        DeviceProfile,
        ("What", "Name", "Maker", "Changed"),
        lambda one, t: (f(one.type), f(one.name), f(one.publisher), t.since(one.changed)),
        lambda one: (one.type, one.name),
    ),
    Ledger(
        "Devices that set themselves up for this tenant",
        AutopilotDevice,
        ("Serial number", "Model", "Tag", "State"),
        lambda one, _: (
            f(one.serial, "code"),
            f(" ".join(filter(None, (one.maker, one.model)))),
            f(one.tag),
            f(one.state),
        ),
        lambda one: one.serial or "",
    ),
    Ledger(
        "Roles over managed devices",
        DeviceRole,
        ("Assignment", "Held by"),
        lambda one, t: (f(one.name), of_fields(t.names(one.members))),
        lambda one: one.name,
    ),
)
