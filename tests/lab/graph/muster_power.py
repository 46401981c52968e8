"""Muster's groups and roles."""

from collections.abc import Iterator, Sequence
from typing import Any

from tests.lab.graph.guids import guid
from tests.lab.graph.muster_people import ANNA, BEN, INITIAL, JANE, KARL, Held, id_of, reference

# Ids of built-in roles (learn.microsoft.com/entra/identity/role-based-access-control).
GLOBAL_ADMIN = "62e90394-69f5-4237-9190-012177145e10"


EXCHANGE_ADMIN = "29232cdf-9323-42fd-ade2-1d097af3e4de"


HELPDESK_ADMIN = "729827e3-9c14-49f7-bb1b-9608f156bbb8"


USER_ADMIN = "fe930be7-5e62-47db-91af-98c3a49a38b1"


_ROLES = (
    (GLOBAL_ADMIN, "Global Administrator"),
    (EXCHANGE_ADMIN, "Exchange Administrator"),
    (HELPDESK_ADMIN, "Helpdesk Administrator"),
    (USER_ADMIN, "User Administrator"),
)


EXTERNALS, EVERYBODY, EXCEPTED = guid("group ext"), guid("group all"), guid("group excepted")


UNIT = guid("unit sites")


def _group(ident: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": ident,
        "displayName": name,
        "groupTypes": [],
        "securityEnabled": True,
        "mailEnabled": False,
        "assignedLicenses": [],
        "resourceProvisioningOptions": [],
        "isAssignableToRole": None,
        "createdDateTime": "2023-02-01T08:00:00Z",
        "hasMembersWithLicenseErrors": False,
        **more,
    }


def groups() -> Iterator[tuple[str, Sequence[Any]]]:
    """Yield lists about groups."""
    yield (
        "/groups",
        [
            _group(EXTERNALS, "Helpdesk externals", isAssignableToRole=True),
            _group(EVERYBODY, "All of Muster"),
            _group(EXCEPTED, "Excepted from MFA"),
        ],
    )
    yield f"/groups/{EXTERNALS}/members", [reference(BEN), Held("group role", reference(KARL))]
    yield f"/groups/{EXTERNALS}/owners", [reference(ANNA), Held("group owner", reference(KARL))]
    yield f"/groups/{EVERYBODY}/members", [reference(ANNA), reference(BEN)]
    yield f"/groups/{EVERYBODY}/owners", [reference(ANNA)]
    yield f"/groups/{EXCEPTED}/members", [Held("policy exclusion", reference(KARL))]
    yield f"/groups/{EXCEPTED}/owners", [reference(ANNA)]
    yield (
        "/groupSettings",
        [
            {
                "id": guid("setting"),
                "displayName": "Group.Unified",
                "values": [{"name": "AllowGuestsToAccessGroups", "value": "true"}],
            }
        ],
    )


def _assignment(name: str, role: str, who: str) -> dict[str, Any]:
    return {
        "id": guid(f"assignment {name}"),
        "roleDefinitionId": role,
        "principalId": who,
        "directoryScopeId": "/",
    }


def roles() -> Iterator[tuple[str, Sequence[Any]]]:
    """Yield lists about roles."""
    base = "/roleManagement/directory"
    built_in = {"isBuiltIn": True, "isEnabled": True, "rolePermissions": []}
    yield (
        f"{base}/roleDefinitions",
        [{"id": one, "templateId": one, "displayName": name, **built_in} for one, name in _ROLES],
    )
    yield (
        f"{base}/roleAssignments",
        [
            _assignment("anna", GLOBAL_ADMIN, id_of(ANNA)),
            _assignment("breakglass", GLOBAL_ADMIN, id_of(f"breakglass@{INITIAL}")),
            Held("admin account", _assignment("jane", GLOBAL_ADMIN, id_of(JANE))),
            Held("guest role", _assignment("karl", EXCHANGE_ADMIN, id_of(KARL))),
            _assignment("externals", HELPDESK_ADMIN, EXTERNALS),
        ],
    )
    eligible = {"memberType": "Direct", "endDateTime": "2027-06-30T00:00:00Z"}
    yield (
        f"{base}/roleEligibilityScheduleInstances",
        [Held("eligible role", {**_assignment("el karl", USER_ADMIN, id_of(KARL)), **eligible})],
    )
    yield f"{base}/roleAssignmentScheduleInstances", []
    approver = {"@odata.type": "#microsoft.graph.singleUser", "userId": id_of(JANE)}
    own = {"@odata.type": "#microsoft.graph.singleUser", "userId": id_of(ANNA)}
    approval = {
        "@odata.type": "#microsoft.graph.unifiedRoleManagementPolicyApprovalRule",
        "id": "Approval_EndUser_Assignment",
        "setting": {
            "isApprovalRequired": True,
            "approvalStages": [{"primaryApprovers": [own, Held("role approver", approver)]}],
        },
    }
    yield (
        "/policies/roleManagementPolicyAssignments",
        [
            {
                "id": guid("policy ga"),
                "policyId": guid("pim policy"),
                "scopeId": "/",
                "scopeType": "DirectoryRole",
                "roleDefinitionId": GLOBAL_ADMIN,
                "policy": {"id": guid("pim policy"), "rules": [approval]},
            }
        ],
    )
    yield "/directory/administrativeUnits", [{"id": UNIT, "displayName": "Branch offices"}]
    member = {"id": id_of(KARL), "displayName": "Karl Alt"}
    scoped = {"id": guid("scoped"), "roleId": guid("role"), "administrativeUnitId": UNIT}
    yield (
        f"/directory/administrativeUnits/{UNIT}/scopedRoleMembers",
        [Held("scoped administrator", {**scoped, "roleMemberInfo": member})],
    )
