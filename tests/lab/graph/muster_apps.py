"""Muster's applications, and policies about who comes in from where."""

from collections.abc import Iterator, Sequence
from typing import Any

from tests.lab.graph.guids import guid
from tests.lab.graph.muster_people import (
    ANNA,
    DOMAIN,
    INITIAL,
    JANE,
    MICROSOFT_ID,
    NETWORK,
    NEWMSP_ID,
    OLDMSP_ID,
    TENANT_ID,
    Held,
    id_of,
    reference,
)
from tests.lab.graph.muster_power import EXCEPTED

TICKETS, TICKETS_APP = guid("app tickets"), guid("appid tickets")


PORTAL, PORTAL_APP = guid("sp portal"), guid("appid portal")


NEW_PORTAL = guid("sp new portal")


GRAPH_SP, GRAPH_APP = guid("sp graph"), "00000003-0000-0000-c000-000000000000"


SAML = guid("sp saml")


DIRECTORY_WRITE = "19dbc75e-c2e2-444c-a770-ec69d8559fc7"  # Directory.ReadWrite.All


DIRECTORY_READ = "7ab1d382-f21e-4acd-a863-ba3e13f7da61"  # Directory.Read.All


def _principal(ident: str, app_id: str, name: str, owner: str, **more: Any) -> dict[str, Any]:
    return {
        "id": ident,
        "appId": app_id,
        "displayName": name,
        "appOwnerOrganizationId": owner,
        "servicePrincipalType": "Application",
        "accountEnabled": True,
        "passwordCredentials": [],
        "keyCredentials": [],
        "tags": [],
        "notificationEmailAddresses": [],
        "replyUrls": [],
        "appRoles": [],
        **more,
    }


def applications() -> Iterator[tuple[str, Sequence[Any]]]:
    """Yield lists about applications."""
    secret = {
        "keyId": guid("secret"),
        "displayName": "oldmsp.example automation",
        "startDateTime": "2025-06-01T00:00:00Z",
        "endDateTime": "2027-06-01T00:00:00Z",
        "hint": "q7~",
    }
    yield (
        "/applications",
        [
            {
                "id": TICKETS,
                "appId": TICKETS_APP,
                "displayName": "Ticket sync",
                "createdDateTime": "2024-04-01T00:00:00Z",
                "signInAudience": "AzureADMyOrg",
                "publisherDomain": DOMAIN,
                "passwordCredentials": [Held("app secret", secret)],
                "keyCredentials": [],
                "requiredResourceAccess": [],
            }
        ],
    )
    yield f"/applications/{TICKETS}/owners", [reference(ANNA), Held("app owner", reference(JANE))]
    federated = {
        "id": guid("fic"),
        "name": "deploy",
        "issuer": "https://ci.oldmsp.example",
        "subject": "project_path:oldmsp/muster:ref:main",
        "audiences": ["api://AzureADTokenExchange"],
    }
    yield (
        f"/applications/{TICKETS}/federatedIdentityCredentials",
        [Held("federated credential", federated)],
    )
    roles = [
        {"id": DIRECTORY_WRITE, "value": "Directory.ReadWrite.All", "isEnabled": True},
        {"id": DIRECTORY_READ, "value": "Directory.Read.All", "isEnabled": True},
    ]
    notified = [f"it@{DOMAIN}", Held("saml notices", "certs@oldmsp.example")]
    saml = {"preferredSingleSignOnMode": "saml", "notificationEmailAddresses": notified}
    yield (
        "/servicePrincipals",
        [
            _principal(GRAPH_SP, GRAPH_APP, "Microsoft Graph", MICROSOFT_ID, appRoles=roles),
            _principal(TICKETS + "", TICKETS_APP, "Ticket sync", TENANT_ID),
            _principal(PORTAL, PORTAL_APP, "OldMSP Portal", OLDMSP_ID),
            _principal(NEW_PORTAL, guid("appid new"), "NewMSP Portal", NEWMSP_ID),
            _principal(SAML, guid("appid saml"), "Travel expenses", TENANT_ID, **saml),
        ],
    )
    yield (
        f"/servicePrincipals/{GRAPH_SP}/appRoleAssignedTo",
        [
            Held("foreign app", _granted("OldMSP Portal", PORTAL, DIRECTORY_WRITE)),
            _granted("NewMSP Portal", NEW_PORTAL, DIRECTORY_READ),
        ],
    )
    consent = {
        "id": guid("consent"),
        "clientId": PORTAL,
        "consentType": "AllPrincipals",
        "principalId": None,
        "resourceId": GRAPH_SP,
        "scope": "Directory.ReadWrite.All Mail.ReadWrite offline_access",
    }
    yield "/oauth2PermissionGrants", [Held("consent", consent)]


def _granted(name: str, principal: str, role: str) -> dict[str, Any]:
    return {
        "id": guid(f"grant {name} {role}"),
        "principalId": principal,
        "principalType": "ServicePrincipal",
        "principalDisplayName": name,
        "resourceId": GRAPH_SP,
        "resourceDisplayName": "Microsoft Graph",
        "appRoleId": role,
        "createdDateTime": "2025-02-03T10:00:00Z",
    }


def policies() -> Iterator[tuple[str, Sequence[Any]]]:
    """Yield lists of policies."""
    partner = {
        "tenantId": OLDMSP_ID,
        "isServiceProvider": True,
        "isInMultiTenantOrganization": False,
        "inboundTrust": {"isMfaAccepted": True, "isCompliantDeviceAccepted": False},
    }
    yield "/policies/crossTenantAccessPolicy/partners", [Held("partner", partner)]
    policy = {
        "id": guid("ca mfa"),
        "displayName": "Require MFA for everybody",
        "state": "enabled",
        "createdDateTime": "2024-01-01T00:00:00Z",
        "conditions": {
            "users": {
                "includeUsers": ["All"],
                "excludeUsers": [id_of(f"breakglass@{INITIAL}")],
                "excludeGroups": [EXCEPTED],
            },
            "applications": {"includeApplications": ["All"]},
            "clientAppTypes": ["all"],
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    }
    yield "/identity/conditionalAccess/policies", [policy]
    office = _location("OldMSP office", NETWORK)
    yield (
        "/identity/conditionalAccess/namedLocations",
        [Held("named location", office), _location("NewMSP office", "198.51.100.0/24")],
    )
    yield (
        "/policies/authenticationStrengthPolicies",
        [
            {
                "id": "00000000-0000-0000-0000-000000000002",
                "displayName": "Multifactor authentication",
                "policyType": "builtIn",
                "allowedCombinations": ["password,softwareOath", "fido2"],
            }
        ],
    )
    yield "/identity/identityProviders", []


def _location(name: str, network: str) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.ipNamedLocation",
        "id": guid(f"location {name}"),
        "displayName": name,
        "isTrusted": True,
        "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": network}],
    }
