"""What steers the devices of a tenant: tokens, roles, profiles, and agents on managed PCs."""

from collections.abc import Iterator

from msgspec import Struct, structs

from agent.judge.case import Power
from agent.judge.holds.kind import Candidate, TenantScene, of_row, tenant_kind
from agent.judge.holds.tenant_form import of_principal
from agent.judge.hosts import Hosts
from agent.judge.tenant.membership import NEEDS as MEMBERSHIP
from agent.judge.tenant.membership import Membership
from agent.judge.tenant.principals import Principals
from agent.judge.tenant.tenants import Tenant
from collectors.signatures.programs import Program, of_program
from inventory.model.operation import Agent
from inventory.model.record import Identifier
from inventory.model.tenant_accounts import TenantUser
from inventory.model.tenant_devices import (
    AutopilotDevice,
    DetectedApp,
    DetectedAppDevices,
    DeviceProfile,
    DeviceRole,
    ManagementToken,
)
from inventory.snapshot import Seen

_RUNS = ("script", "app")  # profiles that bring programs to devices
_REMOTE = "remote control"  # agents whose console runs commands
_TOLD = ("monitoring", "backup")  # something of the client's goes to them
MOST_NAMED = 3  # devices


class Found(Struct, frozen=True):
    """An agent that was found on managed devices, in all its versions."""

    program: Program
    rows: tuple[Seen[DetectedApp], ...]
    devices: tuple[str, ...]  # names, sorted; empty: which ones is not told
    count: int  # the most that is told: versions may be on the same device


@tenant_kind("management token", needs=(ManagementToken,))
def tokens(scene: TenantScene) -> Iterator[Candidate]:
    """Yield the accounts elsewhere on which device management depends: Apple ids, Google's."""
    for row in scene.tenant.rows(ManagementToken):
        one = row.record
        account = one.account or "an account that is not told"
        yield of_row(
            scene,
            row,
            "management token",
            name=f"{one.type} {one.id}",
            title=f"{one.type} depends on {account}",
            subject=(one.account or one.type).casefold(),
            detail=f"until {one.ends}" if one.ends else "",
            slot=f"token {one.type}",
        )


@tenant_kind("device role", needs=(DeviceRole, TenantUser, *MEMBERSHIP))
def roles(scene: TenantScene) -> Iterator[Candidate]:
    """Yield everybody who has a role over managed devices, by the groups that have it."""
    principals, membership = scene.tenant.once(Principals), scene.tenant.once(Membership)
    for row in scene.tenant.rows(DeviceRole):
        for group in row.record.members:
            for member in membership.people(group):
                one = member.principal
                if not one.is_closed:
                    yield of_principal(
                        scene,
                        "device role",
                        one,
                        name=f"{one.id} {row.record.id} {group}",
                        title=f"{one.name} has the role {row.record.name} over managed devices",
                        power=Power.CONTROL,
                        evidence=(row.evidence, *member.evidence, *one.evidence),
                        carried=row.carried or member.carried,
                        detail=f"through {principals.of(group).name}",
                        stands_alone=True,
                    )


@tenant_kind("device profile", needs=(DeviceProfile, AutopilotDevice))
def profiles(scene: TenantScene) -> Iterator[Candidate]:
    """Yield what is set on devices or runs on them, and tags of devices that set themselves up."""
    for row in scene.tenant.rows(DeviceProfile):
        one = row.record
        runs = one.type in _RUNS
        publisher = f" of {one.publisher}" if one.publisher else ""
        yield of_row(
            scene,
            row,
            "device profile",
            name=f"{one.type} {one.id}",
            title=f"{one.type} {one.name}{publisher} on managed devices",
            subject=f"{one.type} {one.name}",
            power=Power.CONTROL if runs else Power.INFORMATION,
        )
    for device in scene.tenant.rows(AutopilotDevice):
        tagged = device.record
        if tagged.tag:
            yield of_row(
                scene,
                device,
                "device profile",
                name=f"autopilot {tagged.id}",
                title=f"device {tagged.serial or tagged.id} sets itself up as {tagged.tag}",
                subject=f"tag {tagged.tag}",
            )


@tenant_kind("managed agent", needs=(DetectedApp,))
def agents(scene: TenantScene) -> Iterator[Candidate]:
    """Yield each product that lets others in, found on managed devices as a program.

    Device management tells no instance: an agent of a host of the same product only may be of the
    same party.
    """
    same = scene.tenant.fleet.once(_instances)
    for found in scene.tenant.once(agents_found):
        product, type_ = found.program.product, found.program.type
        power = Power.CONTROL if type_ == _REMOTE else Power.INFORMATION
        named = ", ".join(found.devices[:MOST_NAMED])
        more = len(found.devices) - MOST_NAMED
        candidate = of_row(
            scene,
            found.rows[0],
            "managed agent",
            name=product,
            title=f"{type_} agent {product} on {_devices(found.count)}",
            subject=product,
            power=power,
            is_dependence=type_ in _TOLD,
            stands_alone=power is Power.CONTROL,
            identifiers=tuple(i for row in found.rows for i in row.record.identifiers()),
            detail=f"{named} and {more} more" if more > 0 else named,
        )
        yield structs.replace(
            candidate,
            evidence=tuple(row.evidence for row in found.rows),
            perhaps=same.get(product.casefold(), ()),
            carried=all(row.carried for row in found.rows),
        )


def _devices(count: int) -> str:
    return "1 managed device" if count == 1 else f"{count or 'some'} managed devices"


def agents_found(tenant: Tenant) -> tuple[Found, ...]:
    """Return the agents on managed devices, a product once: `tenant.once(agents_found)`."""
    products: dict[str, tuple[Program, list[Seen[DetectedApp]]]] = {}
    for row in tenant.rows(DetectedApp):
        program = of_program(row.record.name, row.record.publisher)
        if program is not None:
            products.setdefault(program.product, (program, []))[1].append(row)
    places = {
        row.record.app: tuple(one.name or one.id for one in row.record.devices)
        for row in tenant.rows(DetectedAppDevices)
    }
    return tuple(
        _found(program, tuple(sorted(rows, key=lambda row: row.carried)), places)
        for program, rows in products.values()
    )


def _found(
    program: Program, rows: tuple[Seen[DetectedApp], ...], places: dict[str, tuple[str, ...]]
) -> Found:
    devices = {name for row in rows for name in places.get(row.record.id, ())}
    told = sum(row.record.devices or 0 for row in rows)
    return Found(program, rows, tuple(sorted(devices)), len(devices) or told)


def _instances(fleet: Hosts) -> dict[str, tuple[Identifier, ...]]:
    """Return the marks of the agents on hosts, by product."""
    found: dict[str, tuple[Identifier, ...]] = {}
    for host in fleet:
        for row in host.rows(Agent):
            product = row.record.product.casefold()
            found[product] = (*found.get(product, ()), *row.record.identifiers())
    return found
