"""What steers the devices of a tenant: tokens, roles, profiles, and agents on managed PCs."""

from collections.abc import Iterator

from agent.judge.case import Power
from agent.judge.holds.kind import Candidate, TenantScene, of_row, tenant_kind
from agent.judge.holds.tenant_form import of_principal
from agent.judge.tenant.membership import NEEDS as MEMBERSHIP
from agent.judge.tenant.membership import Membership
from agent.judge.tenant.principals import Principals
from inventory.model.tenant_accounts import TenantUser
from inventory.model.tenant_devices import (
    AutopilotDevice,
    DeviceProfile,
    DeviceRole,
    ManagementToken,
)

_RUNS = ("script", "app")  # profiles that bring programs to devices


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
