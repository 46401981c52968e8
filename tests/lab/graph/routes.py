"""Which paths the lab's Graph has: what each tells, who may ask it, with which licence, how much.

Source: Graph reference (one page an operation), throttling-limits.
"""

import re
from functools import cached_property
from typing import Literal

from msgspec import Struct

AUDIT_LOG = "AuditLog.Read.All"
P1, P2, INTUNE = "AAD_PREMIUM", "AAD_PREMIUM_P2", "INTUNE_A"
DEFENDER, SHAREPOINT, BACKUP = "MTP", "SHAREPOINTENTERPRISE", "M365_BACKUP"
SERVICE_PLANS = (P1, P2, INTUNE, DEFENDER, SHAREPOINT, BACKUP)
GLOBAL = ("global",)


class Route(Struct, frozen=True, dict=True):
    """One path."""

    path: str  # with {key}
    entity: str  # of schema.json
    needs: tuple[str, ...]  # application permissions, any of them
    budget: str = "directory"
    shape: Literal["list", "one", "csv"] = "list"
    plan: str = ""  # service plan without which it is refused
    beta: bool = False  # only there
    clouds: tuple[str, ...] = ("global", "gcc-high", "dod", "china")
    page: int = 100  # rows without $top
    most: int = 999  # for $top
    cost: int = 1
    person: str = ""  # delegated permission, where no application may ask
    wants_agent: bool = False  # a User-Agent header

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return what a path of this route looks like."""
        text = re.escape(self.path).replace(r"\{key\}", r"(?P<key>[^/()']+)")
        return re.compile(text, re.IGNORECASE)


def _table() -> tuple[Route, ...]:
    return (*_people(), *_power(), *_apps(), *_policies(), *_devices(), *_services())


def _people() -> tuple[Route, ...]:
    domain, org = ("Domain.Read.All",), ("Organization.Read.All",)
    member = ("GroupMember.Read.All", "GroupMember.ReadBasic.All")
    user, mail = ("User.Read.All",), ("MailboxSettings.Read",)
    return (
        Route("/organization", "organization", org),
        Route(
            "/organization/{key}/certificateBasedAuthConfiguration",
            "certificateBasedAuthConfiguration",
            org,
        ),
        Route(
            "/organization/{key}/branding",
            "organizationalBranding",
            ("OrganizationalBranding.Read.All",),
            shape="one",
            plan=P1,
        ),
        Route("/domains", "domain", domain, page=1000),
        Route(
            "/domains/{key}/federationConfiguration",
            "internalDomainFederation",
            ("Domain-InternalFederation.Read.All",),
        ),
        Route("/domains/{key}/serviceConfigurationRecords", "domainDnsRecord", domain),
        Route("/domains/{key}/verificationDnsRecords", "domainDnsRecord", domain),
        Route("/users", "user", user, cost=2),
        Route("/directory/deletedItems/microsoft.graph.user", "user", user),
        Route("/users/{key}/mailboxSettings", "mailboxSettings", mail, "other", "one"),
        Route("/users/{key}/mailFolders/inbox/messageRules", "messageRule", mail, "other"),
        Route(
            "/users/{key}/authentication/methods",
            "authenticationMethod",
            ("UserAuthenticationMethod.Read.All",),
        ),
        Route(
            "/reports/authenticationMethods/userRegistrationDetails",
            "userRegistrationDetails",
            (AUDIT_LOG,),
            "reports",
            plan=P1,
            page=1000,
        ),
        Route("/groups", "group", ("Group.Read.All", "Group.ReadBasic.All")),
        Route("/groups/{key}/members", "directoryObject", member, cost=3),
        Route("/groups/{key}/owners", "directoryObject", member),
        Route("/groupSettings", "groupSetting", ("GroupSettings.Read.All",)),
        Route("/groupLifecyclePolicies", "groupLifecyclePolicy", ("Directory.Read.All",), plan=P1),
        Route("/subscribedSkus", "subscribedSku", ("LicenseAssignment.Read.All",), cost=3),
        Route("/directory/subscriptions", "companySubscription", org),
        Route(
            "/directory/onPremisesSynchronization",
            "onPremisesDirectorySynchronization",
            (),
            person="OnPremDirectorySynchronization.Read.All",
        ),
    )


def _power() -> tuple[Route, ...]:
    roles = ("RoleManagement.Read.Directory",)
    base = "/roleManagement/directory"
    unit = "/directory/administrativeUnits"
    return (
        Route(f"{base}/roleDefinitions", "unifiedRoleDefinition", roles, page=1000),
        Route(f"{base}/roleAssignments", "unifiedRoleAssignment", roles),
        Route(
            f"{base}/roleEligibilityScheduleInstances",
            "unifiedRoleEligibilityScheduleInstance",
            ("RoleEligibilitySchedule.Read.Directory",),
            plan=P2,
        ),
        Route(
            f"{base}/roleAssignmentScheduleInstances",
            "unifiedRoleAssignmentScheduleInstance",
            ("RoleAssignmentSchedule.Read.Directory",),
            plan=P2,
        ),
        Route(
            "/policies/roleManagementPolicyAssignments",
            "unifiedRoleManagementPolicyAssignment",
            ("RoleManagement.Read.All", "RoleManagementPolicy.Read.Directory"),
            plan=P2,
        ),
        Route(
            "/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances",
            "privilegedAccessGroupEligibilityScheduleInstance",
            ("PrivilegedEligibilitySchedule.Read.AzureADGroup",),
            plan=P2,
        ),
        Route(unit, "administrativeUnit", ("AdministrativeUnit.Read.All",)),
        Route(f"{unit}/{{key}}/scopedRoleMembers", "scopedRoleMembership", roles),
        Route(
            "/identityGovernance/accessReviews/definitions",
            "accessReviewScheduleDefinition",
            ("AccessReview.Read.All",),
            plan=P2,
        ),
    )


def _apps() -> tuple[Route, ...]:
    app = ("Application.Read.All",)
    gdap = ("DelegatedAdminRelationship.Read.All",)
    relations = "/tenantRelationships/delegatedAdminRelationships"
    west = ("global", "gcc-high", "dod")
    return (
        Route("/applications", "application", app, cost=2),
        Route("/applications/{key}/owners", "directoryObject", app),
        Route(
            "/applications/{key}/federatedIdentityCredentials", "federatedIdentityCredential", app
        ),
        Route("/servicePrincipals", "servicePrincipal", app),
        Route("/servicePrincipals/{key}/owners", "directoryObject", app),
        Route("/servicePrincipals/{key}/appRoleAssignedTo", "appRoleAssignment", app, cost=2),
        Route("/oauth2PermissionGrants", "oAuth2PermissionGrant", ("Directory.Read.All",), cost=2),
        Route(
            "/reports/servicePrincipalSignInActivities",
            "servicePrincipalSignInActivity",
            (AUDIT_LOG,),
            "reports",
            plan=P1,
            beta=True,
            clouds=("global", "china"),
        ),
        Route(
            "/tenantRelationships/findTenantInformationByTenantId(tenantId='{key}')",
            "tenantInformation",
            ("CrossTenantInformation.ReadBasic.All",),
            shape="one",
        ),
        Route(
            "/tenantRelationships/multiTenantOrganization",
            "multiTenantOrganization",
            ("MultiTenantOrganization.Read.All",),
            shape="one",
        ),
        Route(relations, "delegatedAdminRelationship", gdap, page=300, most=300, clouds=west),
        Route(
            f"{relations}/{{key}}/accessAssignments",
            "delegatedAdminAccessAssignment",
            gdap,
            clouds=west,
        ),
        Route("/contracts", "contract", ("Directory.Read.All",), cost=3),
    )


def _policies() -> tuple[Route, ...]:
    policy, factors = ("Policy.Read.All",), ("Policy.Read.AuthenticationMethod",)
    cross, west = "/policies/crossTenantAccessPolicy", ("global", "gcc-high", "dod")
    access = "/identity/conditionalAccess"
    single: tuple[tuple[str, str, tuple[str, ...]], ...] = (
        (f"{cross}/default", "crossTenantAccessPolicyConfigurationDefault", policy),
        (
            f"{cross}/partners/{{key}}/identitySynchronization",
            "crossTenantIdentitySyncPolicyPartner",
            policy,
        ),
        ("/policies/authorizationPolicy", "authorizationPolicy", policy),
        ("/policies/adminConsentRequestPolicy", "adminConsentRequestPolicy", policy),
        ("/policies/defaultAppManagementPolicy", "tenantAppManagementPolicy", policy),
        (
            "/policies/deviceRegistrationPolicy",
            "deviceRegistrationPolicy",
            ("Policy.Read.DeviceConfiguration",),
        ),
    )
    return (
        *(Route(path, entity, needs, shape="one") for path, entity, needs in single),
        Route(f"{cross}/partners", "crossTenantAccessPolicyConfigurationPartner", policy),
        Route(f"{access}/policies", "conditionalAccessPolicy", policy, "policies"),
        Route(f"{access}/namedLocations", "namedLocation", policy, "policies"),
        Route(
            "/policies/authenticationStrengthPolicies",
            "authenticationStrengthPolicy",
            factors,
            "policies",
        ),
        Route(
            "/policies/identitySecurityDefaultsEnforcementPolicy",
            "identitySecurityDefaultsEnforcementPolicy",
            policy,
            "policies",
            "one",
        ),
        Route(
            "/policies/authenticationMethodsPolicy",
            "authenticationMethodsPolicy",
            factors,
            "policies",
            "one",
            clouds=west,
        ),
        Route(
            "/identity/identityProviders", "identityProviderBase", ("IdentityProvider.Read.All",)
        ),
        Route(
            "/admin/sharepoint/settings",
            "sharepointSettings",
            ("SharePointTenantSettings.Read.All",),
            "other",
            "one",
            plan=SHAREPOINT,
        ),
    )


def _devices() -> tuple[Route, ...]:
    managed = ("DeviceManagementManagedDevices.Read.All",)
    settings = ("DeviceManagementConfiguration.Read.All",)
    service = ("DeviceManagementServiceConfig.Read.All",)
    base = "/deviceManagement"
    lists: tuple[tuple[str, str, tuple[str, ...], bool], ...] = (
        (f"{base}/managedDevices", "managedDevice", managed, False),
        (f"{base}/detectedApps", "detectedApp", managed, False),
        (f"{base}/detectedApps/{{key}}/managedDevices", "managedDevice", managed, False),
        (
            f"{base}/roleAssignments",
            "deviceAndAppManagementRoleAssignment",
            ("DeviceManagementRBAC.Read.All",),
            False,
        ),
        (f"{base}/deviceConfigurations", "deviceConfiguration", settings, False),
        (f"{base}/deviceCompliancePolicies", "deviceCompliancePolicy", settings, False),
        (f"{base}/configurationPolicies", "deviceManagementConfigurationPolicy", settings, True),
        (
            f"{base}/deviceManagementScripts",
            "deviceManagementScript",
            ("DeviceManagementScripts.Read.All",),
            True,
        ),
        ("/deviceAppManagement/mobileApps", "mobileApp", ("DeviceManagementApps.Read.All",), False),
        (f"{base}/depOnboardingSettings", "depOnboardingSetting", service, True),
        ("/deviceAppManagement/vppTokens", "vppToken", service, False),
        (
            f"{base}/windowsAutopilotDeviceIdentities",
            "windowsAutopilotDeviceIdentity",
            service,
            False,
        ),
    )
    ones: tuple[tuple[str, str, tuple[str, ...], bool], ...] = (
        (
            f"{base}/managedDevices/{{key}}/windowsProtectionState",
            "windowsProtectionState",
            managed,
            False,
        ),
        (
            f"{base}/applePushNotificationCertificate",
            "applePushNotificationCertificate",
            settings,
            False,
        ),
        (
            f"{base}/androidManagedStoreAccountEnterpriseSettings",
            "androidManagedStoreAccountEnterpriseSettings",
            settings,
            True,
        ),
    )
    return (
        Route("/devices", "device", ("Device.Read.All",)),
        Route(
            "/informationProtection/bitlocker/recoveryKeys",
            "bitlockerRecoveryKey",
            ("BitlockerKey.ReadBasic.All",),
            wants_agent=True,
        ),
        Route(
            "/directory/deviceLocalCredentials",
            "deviceLocalCredentialInfo",
            ("DeviceLocalCredential.ReadBasic.All",),
        ),
        *(Route(p, e, n, "devices", plan=INTUNE, beta=b, page=1000) for p, e, n, b in lists),
        *(Route(p, e, n, "devices", "one", plan=INTUNE, beta=b) for p, e, n, b in ones),
    )


def _services() -> tuple[Route, ...]:
    events, backup = ("SecurityEvents.Read.All",), ("BackupRestore-Configuration.Read.All",)
    restore = "/solutions/backupRestore"
    units = ("mailboxProtectionUnit", "driveProtectionUnit", "siteProtectionUnit")
    reports = (
        "getMailboxUsageDetail",
        "getOneDriveUsageAccountDetail",
        "getSharePointSiteUsageDetail",
    )
    return (
        Route(
            "/auditLogs/signIns", "signIn", (AUDIT_LOG,), "reports", plan=P1, page=1000, most=1000
        ),
        Route(
            "/auditLogs/directoryAudits",
            "directoryAudit",
            (AUDIT_LOG,),
            "reports",
            page=1000,
            most=1000,
        ),
        Route("/security/secureScores", "secureScore", events, "security"),
        Route(
            "/security/secureScoreControlProfiles", "secureScoreControlProfile", events, "security"
        ),
        Route(
            "/security/incidents",
            "incident",
            ("SecurityIncident.Read.All",),
            "security",
            plan=DEFENDER,
            page=50,
            most=50,
        ),
        Route(
            "/identityProtection/riskyUsers",
            "riskyUser",
            ("IdentityRiskyUser.Read.All",),
            "policies",
            plan=P2,
        ),
        Route(
            "/admin/reportSettings",
            "adminReportSettings",
            ("ReportSettings.Read.All",),
            "usage",
            "one",
            clouds=GLOBAL,
        ),
        *(
            Route(
                f"/reports/{name}(period='D90')",
                "",
                ("Reports.Read.All",),
                "usage",
                "csv",
                clouds=GLOBAL,
            )
            for name in reports
        ),
        Route(
            "/admin/serviceAnnouncement/issues",
            "serviceHealthIssue",
            ("ServiceHealth.Read.All",),
            "services",
        ),
        Route(
            "/admin/serviceAnnouncement/messages",
            "serviceUpdateMessage",
            ("ServiceMessage.Read.All",),
            "services",
        ),
        Route(restore, "backupRestoreRoot", backup, "other", "one", plan=BACKUP, clouds=GLOBAL),
        Route(
            f"{restore}/protectionPolicies",
            "protectionPolicyBase",
            backup,
            "other",
            plan=BACKUP,
            clouds=GLOBAL,
        ),
        *(
            Route(f"{restore}/{one}s", one, backup, "other", plan=BACKUP, clouds=GLOBAL)
            for one in units
        ),
        Route(
            f"{restore}/serviceApps",
            "serviceApp",
            ("BackupRestore-Control.Read.All",),
            "other",
            plan=BACKUP,
            clouds=GLOBAL,
        ),
    )


ROUTES = _table()


def route_of(version: str, path: str, cloud: str) -> tuple[Route, str] | None:
    """Return the route of a path and its key; None: there is none in this version and cloud."""
    for route in ROUTES:
        found = route.pattern.fullmatch(path)
        if found and cloud in route.clouds and (version == "beta" or not route.beta):
            return route, found.groupdict().get("key") or ""
    return None
