"""What a tenant has one of: Muster's settings, push certificate, names of tenants."""

from collections.abc import Iterator
from typing import Any

from tests.lab.graph.guids import guid
from tests.lab.graph.muster_people import (
    ANNA,
    DISTRIBUTOR_ID,
    DOMAIN,
    JANE,
    NEWMSP_ID,
    OLDMSP_ID,
    TENANT_ID,
    Held,
    id_of,
    plain_users,
)


def singles() -> Iterator[tuple[str, Any]]:
    """Yield single objects by their paths."""
    push = {
        "id": guid("apns"),
        "appleIdentifier": "apple@oldmsp.example",
        "expirationDateTime": "2027-01-20T00:00:00Z",
    }
    yield "/deviceManagement/applePushNotificationCertificate", Held("apple push", push)
    yield (
        "/policies/crossTenantAccessPolicy/default",
        {
            "inboundTrust": {"isMfaAccepted": False, "isCompliantDeviceAccepted": False},
            "b2bCollaborationInbound": {"usersAndGroups": {"accessType": "allowed"}},
            "b2bDirectConnectInbound": {"usersAndGroups": {"accessType": "blocked"}},
            "automaticUserConsentSettings": {"inboundAllowed": None, "outboundAllowed": None},
        },
    )
    yield (
        "/policies/authorizationPolicy",
        {
            "id": "authorizationPolicy",
            "allowInvitesFrom": "adminsAndGuestInviters",
            "guestUserRoleId": "10dae51f-b6af-4016-8d66-8c2a99b929b3",
            "allowedToUseSSPR": True,
            "blockMsolPowerShell": True,
            "defaultUserRolePermissions": {
                "allowedToCreateApps": False,
                "allowedToCreateSecurityGroups": False,
                "allowedToCreateTenants": False,
                "allowedToReadOtherUsers": True,
                "permissionGrantPoliciesAssigned": [],
            },
        },
    )
    reviewers = [
        {"query": f"/users/{id_of(ANNA)}", "queryType": "MicrosoftGraph"},
        Held("consent reviewer", {"query": f"/users/{id_of(JANE)}", "queryType": "MicrosoftGraph"}),
    ]
    yield (
        "/policies/adminConsentRequestPolicy",
        {"isEnabled": True, "notifyReviewers": True, "reviewers": reviewers},
    )
    yield (
        "/policies/defaultAppManagementPolicy",
        {"id": guid("appmgmt"), "isEnabled": False, "applicationRestrictions": None},
    )
    everyone = {"@odata.type": "#microsoft.graph.allDeviceRegistrationMembership"}
    yield (
        "/policies/deviceRegistrationPolicy",
        {
            "id": "deviceRegistrationPolicy",
            "userDeviceQuota": 20,
            "multiFactorAuthConfiguration": "required",
            "azureADJoin": {"allowedToJoin": everyone},
            "azureADRegistration": {"allowedToRegister": everyone},
            "localAdminPassword": {"isEnabled": True},
        },
    )
    yield (
        "/policies/identitySecurityDefaultsEnforcementPolicy",
        {"id": guid("defaults"), "displayName": "Security defaults", "isEnabled": False},
    )
    every = [{"targetType": "group", "id": "all_users"}]
    yield (
        "/policies/authenticationMethodsPolicy",
        {
            "id": "authenticationMethodsPolicy",
            "authenticationMethodConfigurations": [
                {"id": "Fido2", "state": "enabled", "includeTargets": every, "excludeTargets": []}
            ],
        },
    )
    yield (
        "/admin/sharepoint/settings",
        {
            "sharingCapability": "externalUserSharingOnly",
            "isLegacyAuthProtocolsEnabled": False,
            "isResharingByExternalUsersEnabled": False,
            "sharingAllowedDomainList": [],
            "sharingBlockedDomainList": ["old-msp.example"],
        },
    )
    yield "/admin/reportSettings", {"displayConcealedNames": False}
    yield (
        "/solutions/backupRestore",
        {"serviceStatus": {"status": "disabled", "backupServiceConsumer": "unknown"}},
    )
    for ident, name, domain in (
        (OLDMSP_ID, "OldMSP GmbH", "oldmsp.example"),
        (NEWMSP_ID, "NewMSP AG", "newmsp.example"),
        (DISTRIBUTOR_ID, "Distribution Nord", "distribution.example"),
        (TENANT_ID, "Muster GmbH", DOMAIN),
    ):
        yield (
            f"/tenantRelationships/findTenantInformationByTenantId(tenantId='{ident}')",
            {"tenantId": ident, "displayName": name, "defaultDomainName": domain},
        )
    for one in plain_users():
        if one["userType"] == "Member" and one["mail"]:
            yield f"/users/{one['id']}/mailboxSettings", {"userPurpose": "user"}
