"""What everybody may do in a tenant, who else may log in, and how far things are shared.

Sources: Graph reference, resource types authorizationPolicy, adminConsentRequestPolicy,
tenantAppManagementPolicy, deviceRegistrationPolicy, certificateBasedAuthConfiguration,
identityProviderBase, sharepointSettings, accessReviewScheduleDefinition, organizationalBranding,
onPremisesDirectorySynchronization.
"""

import re
from collections.abc import Iterator

from collectors.der_certificates import in_base64
from collectors.rows import Row, Rows, every_id
from collectors.spec import Each, GraphGet, Unreadable, collector
from inventory.model.tenant import TenantSetting
from inventory.model.tenant_accounts import TenantObject
from inventory.model.tenant_policies import (
    AccessReview,
    AppCredentialPolicy,
    AuthorizationPolicy,
    CertificateTrust,
    ConsentRequests,
    DeviceRegistration,
    IdentityProvider,
    SharingPolicy,
)

POLICY = "Policy.Read.All"
AUTHORIZATION = GraphGet(
    "authorization", "/policies/authorizationPolicy", POLICY, "core", shape="one", empty="gap"
)
REQUESTS = GraphGet(
    "requests", "/policies/adminConsentRequestPolicy", POLICY, "core", shape="one", empty="gap"
)
APP_SECRETS = GraphGet(
    "app_secrets", "/policies/defaultAppManagementPolicy", POLICY, "core", shape="one", empty="gap"
)
REGISTRATION = GraphGet(
    "registration",
    "/policies/deviceRegistrationPolicy",
    "Policy.Read.DeviceConfiguration",
    "devices",
    shape="one",
    empty="gap",
)


_TENANT = (Each("/organization", every_id, top=0),)
AUTHORITIES = GraphGet(
    "authorities",
    "/organization/{key}/certificateBasedAuthConfiguration",
    "Organization.Read.All",
    "core",
    each=_TENANT,
    absent="none",
    why="who can mint certificates that log in as anybody",
)
PROVIDERS = GraphGet(
    "providers", "/identity/identityProviders", "IdentityProvider.Read.All", "core"
)
SHARING = GraphGet(
    "sharing",
    "/admin/sharepoint/settings",
    "SharePointTenantSettings.Read.All",
    "m365",
    shape="one",
    licence="SharePoint",
    empty="gap",
    budget="other",
)
REVIEWS = GraphGet(
    "reviews",
    "/identityGovernance/accessReviews/definitions",
    "AccessReview.Read.All",
    "core",
    licence="Entra ID P2",
)
BRANDING = GraphGet(
    "branding",
    "/organization/{key}/branding",
    "OrganizationalBranding.Read.All",
    "core",
    as_person="User.Read",
    shape="one",
    each=_TENANT,
    absent="none",
    licence="Entra ID P1",
)
SYNC = GraphGet(
    "sync",
    "/directory/onPremisesSynchronization",
    "",
    "core",
    as_person="OnPremDirectorySynchronization.Read.All",
)
_SHOWN = (
    *("signInPageText", "usernameHintText", "customPrivacyAndCookiesUrl", "customTermsOfUseUrl"),
    *("customAccountResetCredentialsUrl", "customCannotAccessYourAccountUrl"),
)
_FEATURE = re.compile(r"[A-Za-z][A-Za-z0-9]{0,99}")


@collector("entra.authorization", asks=[AUTHORIZATION], tells=[AuthorizationPolicy], source="graph")
def authorization(found: Rows) -> Iterator[AuthorizationPolicy]:
    """Yield what every user and every guest may do."""
    for row in found:
        user = row.row("defaultUserRolePermissions")
        yield AuthorizationPolicy(
            at=row.at(),
            invites=row.text("allowInvitesFrom"),
            guest_role=row.text("guestUserRoleId"),
            consents=user.texts("permissionGrantPoliciesAssigned"),
            makes_apps=user.needed_flag("allowedToCreateApps"),
            makes_groups=user.flag("allowedToCreateSecurityGroups"),
            makes_tenants=user.flag("allowedToCreateTenants"),
            reads_others=user.flag("allowedToReadOtherUsers"),
            resets_by_mail=row.flag("allowedToUseSSPR"),
            blocks_old_powershell=row.flag("blockMsolPowerShell"),
        )


@collector("entra.consent_requests", asks=[REQUESTS], tells=[ConsentRequests], source="graph")
def consent_requests(found: Rows) -> Iterator[ConsentRequests]:
    """Yield whether users can ask for an app, and who answers."""
    for row in found:
        reviewers = {one.text("query") or "" for one in row.rows("reviewers")}
        yield ConsentRequests(
            at=row.at(),
            is_on=row.needed_flag("isEnabled"),
            notifies=row.flag("notifyReviewers"),
            reviewers=tuple(sorted(filter(None, reviewers))),
        )


@collector(
    "entra.app_credential_policy", asks=[APP_SECRETS], tells=[AppCredentialPolicy], source="graph"
)
def app_credential_policy(found: Rows) -> Iterator[AppCredentialPolicy]:
    """Yield how long secrets of applications may live."""
    for row in found:
        yield AppCredentialPolicy(
            at=row.at(),
            is_on=row.flag("isEnabled"),
            limits=tuple(sorted(set(_limits(row.row("applicationRestrictions"))))),
        )


def _limits(restrictions: Row) -> Iterator[str]:
    for name in ("passwordCredentials", "keyCredentials"):
        for one in restrictions.rows(name):
            if one.text("state") == "disabled":
                continue
            kind = one.needed("restrictionType")
            yield f"{kind} {one.text('maxLifetime') or ''}".strip()


@collector(
    "entra.device_registration", asks=[REGISTRATION], tells=[DeviceRegistration], source="graph"
)
def device_registration(found: Rows) -> Iterator[DeviceRegistration]:
    """Yield who may join and register devices."""
    for row in found:
        factor = row.text("multiFactorAuthConfiguration")
        yield DeviceRegistration(
            at=row.at(),
            most_devices=row.number("userDeviceQuota"),
            needs_mfa=None if factor is None else factor == "required",
            joins=_whose(row.row("azureADJoin").row("allowedToJoin")),
            registers=_whose(row.row("azureADRegistration").row("allowedToRegister")),
            local_password=row.row("localAdminPassword").flag("isEnabled"),
        )


def _whose(membership: Row) -> str | None:
    kinds = {
        "allDeviceRegistrationMembership": "all",
        "noDeviceRegistrationMembership": "none",
        "enumeratedDeviceRegistrationMembership": "selected",
    }
    return kinds.get(membership.type, membership.type or None)


@collector("entra.certificate_trust", asks=[AUTHORITIES], tells=[CertificateTrust], source="graph")
def certificate_trust(found: Rows) -> Iterator[CertificateTrust | Unreadable]:
    """Yield the authorities whose certificates log in."""
    for row in found:
        for one in row.rows("certificateAuthorities"):
            told = in_base64(one.text("certificate"))
            if told is None:
                yield Unreadable(one.at("certificate"), "a certificate that cannot be read")
            yield CertificateTrust(
                at=one.at(),
                fingerprint=told.fingerprint if told else one.text("issuer") or "not told",
                subject=told.subject if told else "",
                issuer=told.issuer if told else one.text("issuer") or "",
                is_root=one.flag("isRootAuthority"),
                ends=told.not_after if told else None,
                revocation_url=one.text("certificateRevocationListUrl"),
            )


@collector("entra.identity_providers", asks=[PROVIDERS], tells=[IdentityProvider], source="graph")
def identity_providers(found: Rows) -> Iterator[IdentityProvider]:
    """Yield the other providers whose people may sign in."""
    for row in found:
        yield IdentityProvider(
            at=row.at(),
            id=row.needed("id"),
            name=row.text("displayName") or "",
            type=row.text("identityProviderType") or row.type or None,
            issuer=row.text("issuerUri"),
        )


@collector("entra.sharing", asks=[SHARING], tells=[SharingPolicy], source="graph")
def sharing(found: Rows) -> Iterator[SharingPolicy]:
    """Yield how far files may be shared from SharePoint and OneDrive."""
    for row in found:
        yield SharingPolicy(
            at=row.at(),
            sharing=row.needed("sharingCapability"),
            legacy_login=row.flag("isLegacyAuthProtocolsEnabled"),
            allowed_domains=row.texts("sharingAllowedDomainList"),
            blocked_domains=row.texts("sharingBlockedDomainList"),
            reshares=row.flag("isResharingByExternalUsersEnabled"),
        )


@collector("entra.access_reviews", asks=[REVIEWS], tells=[AccessReview], source="graph")
def access_reviews(found: Rows) -> Iterator[AccessReview]:
    """Yield the reviews of access, and who does them."""
    for row in found:
        reviewers = (one.text("query") or "" for one in row.rows("reviewers"))
        yield AccessReview(
            at=row.at(),
            id=row.needed("id"),
            name=row.text("displayName") or "",
            status=row.text("status"),
            reviewers=tuple(sorted({_reviewer(query) for query in reviewers if query})),
        )


def _reviewer(query: str) -> TenantObject:
    """Return who is meant by `/users/ID` or `/groups/ID/transitiveMembers`."""
    parts = query.removeprefix("/v1.0").strip("/").split("/")
    kind = {"users": "user", "groups": "group"}.get(parts[0], "")
    return TenantObject(parts[1] if kind and len(parts) > 1 else query, kind, "")


@collector("entra.login_page", asks=[BRANDING], tells=[TenantSetting], source="graph")
def login_page(found: Rows) -> Iterator[TenantSetting]:
    """Yield the texts and links of the login page."""
    for row in found:
        for name in _SHOWN:
            if text := row.text(name):
                yield TenantSetting(at=row.at(name), area="login page", name=name, value=text)


@collector("entra.sync", asks=[SYNC], tells=[TenantSetting], source="graph")
def sync(found: Rows) -> Iterator[TenantSetting]:
    """Yield what is synchronised from the directory on the premises."""
    for row in found:
        features = row.row("features")
        for name in sorted(filter(_FEATURE.fullmatch, features.body)):
            value = features.flag(name)
            if value is not None:
                text = "on" if value else "off"
                yield TenantSetting(
                    at=features.at(name), area="on-premises sync", name=name, value=text
                )
