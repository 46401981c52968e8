"""Roles of a tenant: definitions, who holds them now or may take them, and for which part."""

from collections.abc import Iterator

from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record
from inventory.model.tenant_accounts import TenantObject


class RoleDefinition(Record, frozen=True, kw_only=True):
    """A directory role, built in or made (Graph: unifiedRoleDefinition)."""

    KEY = ("id",)

    id: str
    name: str
    template: str | None = None  # id of the built-in one; the same in every tenant
    is_built_in: bool | None = None
    is_enabled: bool | None = None
    actions: tuple[str, ...] = ()  # what a made role allows; of built-in ones left out


class RoleAssignment(Record, frozen=True, kw_only=True):
    """Who holds a role, directly (Graph: unifiedRoleAssignment)."""

    KEY = ("id",)

    id: str
    role: str  # id of the RoleDefinition
    principal: str  # id of a user, group or service principal
    scope: str = "/"  # "/": all of the tenant; "/administrativeUnits/ID", "/ID" of an application


class RoleEligibility(Record, frozen=True, kw_only=True):
    """Who may take a role when they want (PIM; Graph: unifiedRoleEligibilityScheduleInstance)."""

    KEY = ("id",)

    id: str
    role: str
    principal: str
    scope: str = "/"
    ends: Moment | None = None  # None: it has no end
    through_group: bool = False


class RoleActivation(Record, frozen=True, kw_only=True):
    """How a role that is held now came to be (PIM; unifiedRoleAssignmentScheduleInstance)."""

    KEY = ("id",)

    id: str
    role: str
    principal: str
    scope: str = "/"
    type: str | None = None  # "Activated": taken for a while; "Assigned"
    ends: Moment | None = None  # None: it has no end
    through_group: bool = False


class RolePolicy(Record, frozen=True, kw_only=True):
    """What taking a role asks for (PIM; Graph: unifiedRoleManagementPolicy)."""

    KEY = ("role",)
    PART = "role"

    role: str  # id of the RoleDefinition
    needs_approval: bool | None = None
    needs_mfa: bool | None = None
    approvers: tuple[TenantObject, ...] = ()
    notified: tuple[str, ...] = ()  # mail addresses

    def identifiers(self) -> Iterator[Identifier]:
        """Yield the addresses that are told."""
        for mail in self.notified:
            yield Identifier(Mark.MAIL, mail)


class AdministrativeUnit(Record, frozen=True, kw_only=True):
    """A part of the tenant that has administrators of its own."""

    KEY = ("id",)

    id: str
    name: str
    membership: str | None = None  # "Assigned", "Dynamic"
    rule: str | None = None
    is_restricted: bool = False  # only its own administrators may change what is in it


class ScopedRole(Record, frozen=True, kw_only=True):
    """Who has a role over one administrative unit."""

    KEY = ("unit", "role", "member")
    PART = "unit"

    unit: str  # id
    role: str  # id of the activated role (directoryRole)
    member: str  # id
    name: str = ""


class GroupEligibility(Record, frozen=True, kw_only=True):
    """Who may join, or own, a group when they want (PIM for groups)."""

    KEY = ("id",)
    PART = "group"

    id: str
    group: str  # id
    principal: str
    access: str  # "member", "owner"
    ends: Moment | None = None
