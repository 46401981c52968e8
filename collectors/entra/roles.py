"""Who holds which role of a tenant, who may take one, what that asks for, and for which part.

Sources: Graph reference, resource types unifiedRoleDefinition, unifiedRoleAssignment,
unifiedRoleEligibilityScheduleInstance, unifiedRoleAssignmentScheduleInstance,
unifiedRoleManagementPolicy, administrativeUnit, privilegedAccessGroupEligibilityScheduleInstance.
"""

from collections.abc import Iterator

from collectors.rows import Row, Rows, every_id
from collectors.spec import Each, GraphGet, Unreadable, collector
from inventory.model.tenant_accounts import TenantObject
from inventory.model.tenant_roles import (
    AdministrativeUnit,
    GroupEligibility,
    RoleActivation,
    RoleAssignment,
    RoleDefinition,
    RoleEligibility,
    RolePolicy,
    ScopedRole,
)

P2 = "Entra ID P2"
ROLES = "RoleManagement.Read.Directory"
DEFINITIONS = GraphGet(
    "definitions",
    "/roleManagement/directory/roleDefinitions",
    ROLES,
    "core",
    select=("id", "displayName", "isBuiltIn", "isEnabled", "templateId", "rolePermissions"),
    empty="gap",
)
ASSIGNMENTS = GraphGet(
    "assignments",
    "/roleManagement/directory/roleAssignments",
    ROLES,
    "core",
    empty="gap",  # a tenant has at least one administrator
)
ELIGIBLE = GraphGet(
    "eligible",
    "/roleManagement/directory/roleEligibilityScheduleInstances",
    "RoleEligibilitySchedule.Read.Directory",
    "core",
    licence=P2,
)
ACTIVE = GraphGet(
    "active",
    "/roleManagement/directory/roleAssignmentScheduleInstances",
    "RoleAssignmentSchedule.Read.Directory",
    "core",
    licence=P2,
)
POLICIES = GraphGet(
    "policies",
    "/policies/roleManagementPolicyAssignments",
    "RoleManagement.Read.All",
    "core",
    filter="scopeId eq '/' and scopeType eq 'DirectoryRole'",
    expand="policy($expand=rules)",
    as_person="RoleManagementPolicy.Read.Directory",
    licence=P2,
)
UNITS = GraphGet(
    "units",
    "/directory/administrativeUnits",
    "AdministrativeUnit.Read.All",
    "core",
    select=(
        *("id", "displayName", "membershipType", "membershipRule"),
        "isMemberManagementRestricted",
    ),
)


def _for_roles(row: Row) -> Iterator[str]:
    if row.flag("isAssignableToRole"):
        yield row.needed("id")


SCOPED = GraphGet(
    "scoped",
    "/directory/administrativeUnits/{key}/scopedRoleMembers",
    ROLES,
    "core",
    each=(Each("/directory/administrativeUnits", every_id),),
)
JOINABLE = GraphGet(
    "joinable",
    "/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances",
    "PrivilegedEligibilitySchedule.Read.AzureADGroup",
    "core",
    filter="groupId eq '{key}'",
    each=(Each("/groups", _for_roles, select=("id", "isAssignableToRole")),),
    licence=P2,
)


@collector("entra.roles", asks=[DEFINITIONS], tells=[RoleDefinition], source="graph")
def roles(found: Rows) -> Iterator[RoleDefinition]:
    """Yield the roles; what a made one allows, of built-in ones their names alone."""
    for row in found:
        is_built_in = row.needed_flag("isBuiltIn")
        yield RoleDefinition(
            at=row.at(),
            id=row.needed("id"),
            name=row.needed("displayName"),
            template=row.text("templateId"),
            is_built_in=is_built_in,
            is_enabled=row.flag("isEnabled"),
            actions=() if is_built_in else _actions(row),
        )


def _actions(row: Row) -> tuple[str, ...]:
    permissions = row.rows("rolePermissions")
    return tuple(sorted({a for one in permissions for a in one.texts("allowedResourceActions")}))


@collector("entra.role_assignments", asks=[ASSIGNMENTS], tells=[RoleAssignment], source="graph")
def role_assignments(found: Rows) -> Iterator[RoleAssignment]:
    """Yield who holds which role now."""
    for row in found:
        yield RoleAssignment(
            at=row.at(),
            id=row.needed("id"),
            role=row.needed("roleDefinitionId"),
            principal=row.needed("principalId"),
            scope=_scope(row),
        )


def _scope(row: Row) -> str:
    return row.text("directoryScopeId") or row.text("appScopeId") or "/"


@collector("entra.role_eligibility", asks=[ELIGIBLE], tells=[RoleEligibility], source="graph")
def role_eligibility(found: Rows) -> Iterator[RoleEligibility]:
    """Yield who may take which role when they want."""
    for row in found:
        yield RoleEligibility(
            at=row.at(),
            id=row.needed("id"),
            role=row.needed("roleDefinitionId"),
            principal=row.needed("principalId"),
            scope=_scope(row),
            ends=row.moment("endDateTime"),
            through_group=row.text("memberType") == "Group",
        )


@collector("entra.role_activations", asks=[ACTIVE], tells=[RoleActivation], source="graph")
def role_activations(found: Rows) -> Iterator[RoleActivation]:
    """Yield how roles that are held now came to be: assigned, or taken for a while."""
    for row in found:
        yield RoleActivation(
            at=row.at(),
            id=row.needed("id"),
            role=row.needed("roleDefinitionId"),
            principal=row.needed("principalId"),
            scope=_scope(row),
            type=row.text("assignmentType"),
            ends=row.moment("endDateTime"),
            through_group=row.text("memberType") == "Group",
        )


@collector("entra.role_policies", asks=[POLICIES], tells=[RolePolicy], source="graph")
def role_policies(found: Rows) -> Iterator[RolePolicy | Unreadable]:
    """Yield what taking a role asks for: approval and by whom, a second factor, who is told."""
    for row in found:
        role = row.needed("roleDefinitionId")
        row.stands_for(role)
        rules = row.row("policy").rows("rules")
        if not rules:
            yield Unreadable(row.at("policy"), "its rules are not told", role)
            continue
        yield RolePolicy(
            at=row.at(),
            role=role,
            needs_approval=_approval(rules),
            needs_mfa=_mfa(rules),
            approvers=tuple(sorted(set(_approvers(rules)))),
            notified=tuple(sorted({mail for one in rules for mail in one.texts(_NOTIFIED)})),
        )


_NOTIFIED = "notificationRecipients"


def _approval(rules: tuple[Row, ...]) -> bool | None:
    told = (one.row("setting").flag("isApprovalRequired") for one in rules if _is(one, "Approval"))
    return next((value for value in told if value is not None), None)


def _mfa(rules: tuple[Row, ...]) -> bool | None:
    told = [
        one.texts("enabledRules")
        for one in rules
        if _is(one, "Enablement") and one.row("target").text("caller") == "EndUser"
    ]
    if any("MultiFactorAuthentication" in one for one in told):
        return True
    asks_more = any(one.flag("isEnabled") for one in rules if _is(one, "AuthenticationContext"))
    return None if asks_more or not told else False  # a policy of conditional access decides


def _is(rule: Row, kind: str) -> bool:
    return rule.type == f"unifiedRoleManagementPolicy{kind}Rule"


def _approvers(rules: tuple[Row, ...]) -> Iterator[TenantObject]:
    for one in rules:
        for stage in one.row("setting").rows("approvalStages"):
            for who in stage.rows("primaryApprovers"):
                ident = who.text("userId") or who.text("groupId") or who.text("id") or ""
                kind = _APPROVERS.get(who.type, who.type)
                yield TenantObject(ident, kind, who.text("description") or "")


_APPROVERS = {"singleUser": "user", "groupMembers": "group", "": "user"}


@collector("entra.units", asks=[UNITS], tells=[AdministrativeUnit], source="graph")
def units(found: Rows) -> Iterator[AdministrativeUnit]:
    """Yield the parts of the tenant that have administrators of their own."""
    for row in found:
        yield AdministrativeUnit(
            at=row.at(),
            id=row.needed("id"),
            name=row.text("displayName") or "",
            membership=row.text("membershipType"),
            rule=row.text("membershipRule"),
            is_restricted=bool(row.flag("isMemberManagementRestricted")),
        )


@collector("entra.unit_roles", asks=[SCOPED], tells=[ScopedRole], source="graph")
def unit_roles(found: Rows) -> Iterator[ScopedRole]:
    """Yield who administers such a part."""
    for row in found:
        member = row.row("roleMemberInfo")
        yield ScopedRole(
            at=row.at(),
            unit=row.key,
            role=row.needed("roleId"),
            member=member.needed("id"),
            name=member.text("displayName") or "",
        )


@collector("entra.group_eligibility", asks=[JOINABLE], tells=[GroupEligibility], source="graph")
def group_eligibility(found: Rows) -> Iterator[GroupEligibility]:
    """Yield who may join, or own, a group that can hold roles, when they want."""
    for row in found:
        yield GroupEligibility(
            at=row.at(),
            id=row.needed("id"),
            group=row.key,
            principal=row.needed("principalId"),
            access=row.text("accessId") or "member",
            ends=row.moment("endDateTime"),
        )
