"""For each rule about tenants a small world in which it is met, and one in which it is not."""

from inventory.model.tenant import (
    DomainFederation,
    NotificationAddress,
    TenantConnection,
    TenantDomain,
    TenantSync,
)
from inventory.model.tenant_accounts import (
    GroupLicenceError,
    MailboxPurpose,
    MailRule,
    MfaRegistration,
    SignInMethod,
    TenantObject,
    TenantOwners,
    TenantSignIn,
    UserLicence,
)
from inventory.model.tenant_apps import (
    AppCredential,
    AppRoleGrant,
    AppSignIn,
    ConsentGrant,
    FederatedCredential,
)
from inventory.model.tenant_devices import (
    DeviceProtection,
    DeviceUse,
    DiskRecoveryKey,
    LocalPassword,
    ManagedDevice,
    ManagementToken,
)
from inventory.model.tenant_partners import (
    CrossTenantDefault,
    CrossTenantPartner,
    ForeignSignIn,
    PartnerRelationship,
)
from inventory.model.tenant_policies import (
    AuthorizationPolicy,
    CertificateTrust,
    ConsentRequests,
    NamedLocation,
    SecurityDefaults,
    Selection,
    SharingPolicy,
)
from inventory.model.tenant_roles import (
    AdministrativeUnit,
    RoleActivation,
    RolePolicy,
    ScopedRole,
)
from inventory.model.tenant_services import (
    AnnouncedChange,
    PrivilegedChange,
    RiskyUser,
    ScoreControl,
    SecurityIncident,
    ServiceIssue,
    StorageUse,
    TenantBackup,
    TenantBackupPolicy,
)
from tests.agent.judge.rules.building import Situation, ago
from tests.agent.judge.rules.entra_worlds import (
    CLOUD,
    DOMAINS,
    EMERGENCY,
    GLOBAL,
    GRAPH,
    MIA,
    NARROW,
    OTTO,
    OWN,
    ROLES,
    SPARE,
    SYNC,
    THEIRS,
    TOM,
    TWO,
    WIDE,
    app,
    at,
    bare,
    group,
    guest,
    has,
    may,
    policy,
    registered,
    sku,
    subscription,
    user,
    world,
)

BACKUP = app("Backup")
FOREIGN = app("Panel", THEIRS)
LICENCE = UserLicence(sku="sku-1", group="g-all")
PC = ManagedDevice(
    id="m-1",
    name="PC1",
    device_id="d-1",
    system="Windows",
    version="10.0.26100.1",
    compliance="compliant",
    is_encrypted=True,
    owner="company",
)
SYNCER = user("sync", CLOUD, upn=f"Sync_SRV1_0a@{CLOUD}")
UNIT = AdministrativeUnit(id="au-1", name="Board", is_restricted=True)
DEFAULTS_ON, DEFAULTS_OFF = SecurityDefaults(is_on=True), SecurityDefaults(is_on=False)


def _grant(of: str, permission: str = "p-wide") -> AppRoleGrant:
    return AppRoleGrant(
        id=f"{of} {permission}",
        principal=of,
        principal_type="ServicePrincipal",
        resource="sp-graph",
        role=permission,
    )


def _secret(of: str, **more: object) -> AppCredential:
    said = {"id": "k-1", "owner": "servicePrincipal", "type": "secret", "starts": ago(30)}
    return AppCredential(object=of, **{**said, "ends": at(300), **more})  # type: ignore[arg-type]


def _owned(of: str, type_: str, *by: str) -> TenantOwners:
    owners = tuple(TenantObject(id=one, type="user") for one in sorted(by))
    return TenantOwners(object=of, type=type_, owners=owners)


def _token(**more: object) -> ManagementToken:
    said = {"type": "apple push", "id": "t-1", "account": "it@muster.example", "ends": at(300)}
    return ManagementToken(**{**said, **more})  # type: ignore[arg-type]


def _used(who: str, days: float) -> TenantSignIn:
    return TenantSignIn(user=who, last=ago(days))


def _mfa(who: str, *, is_registered: bool) -> MfaRegistration:
    return MfaRegistration(user=who, upn=who, is_registered=is_registered)


def _federation(days: float) -> DomainFederation:
    return DomainFederation(
        domain="muster.example",
        id="f",
        issuer="https://sts.muster.example/adfs",
        certificate_ends=at(days),
    )


def _delegation(**more: object) -> PartnerRelationship:
    said = {"id": "r-1", "name": "Muster", "status": "active", "ends": at(700), "extends": "P180D"}
    return PartnerRelationship(**{**said, **more})  # type: ignore[arg-type]


PEOPLE: dict[str, Situation] = {
    "entra.global-admins": world(TWO, (*ROLES, MIA, has(GLOBAL, MIA.id))),
    "entra.leaver-privileged": world(TWO, (*ROLES, OTTO, has(GLOBAL, OTTO.id))),
    "entra.guest-admin": world(TWO, (*ROLES, guest("ann", "third.example"), has(GLOBAL, "u-ann"))),
    "entra.eligible-outsider": world(
        (*TWO, may(GLOBAL, MIA.id)), (*ROLES, OTTO, may(GLOBAL, OTTO.id))
    ),
    "entra.app-with-role": world(TWO, (*ROLES, BACKUP, has(GLOBAL, BACKUP.id))),
    "entra.synchronised-admin": world(
        TWO, (*ROLES, user("eva", is_synchronised=True), has(GLOBAL, "u-eva"))
    ),
    "entra.closed-admin": world(TWO, (*ROLES, user("eva", is_enabled=False), has(GLOBAL, "u-eva"))),
    "entra.sync-account": world(
        (*ROLES, SYNCER, has(SYNC, SYNCER.id)),
        (*ROLES, SYNCER, has(SYNC, SYNCER.id), has(GLOBAL, SYNCER.id)),
    ),
    "entra.standing-role": world(
        (
            *TWO,
            RoleActivation(
                id="a-1", role=GLOBAL.id, principal=MIA.id, type="Activated", ends=at(0.1)
            ),
        ),
        (
            *TWO,
            RoleActivation(id="a-1", role=GLOBAL.id, principal=MIA.id, type="Assigned"),
        ),
    ),
    "entra.approver": world(
        (*ROLES, RolePolicy(role=GLOBAL.id, notified=("it@muster.example",))),
        (*ROLES, RolePolicy(role=GLOBAL.id, notified=("otto@oldmsp.example",))),
    ),
    "entra.restricted-unit": world(
        (*ROLES, MIA, UNIT, ScopedRole(unit="au-1", role="r", member=MIA.id)),
        (*ROLES, OTTO, UNIT, ScopedRole(unit="au-1", role="r", member=OTTO.id)),
    ),
    "entra.stale-account": world((MIA, _used(MIA.id, 3)), (MIA, _used(MIA.id, 200))),
    "entra.stale-guest": world(
        (guest("ann", "third.example"), _used("u-ann", 3)),
        (guest("ann", "third.example"), _used("u-ann", 200)),
    ),
    "entra.open-invitation": bare(
        (guest("ann", "third.example", invitation="Accepted"),),
        (guest("ann", "third.example", invitation="PendingAcceptance"),),
    ),
    "entra.left-account": bare((user("eva", leaves=at(9)),), (user("eva", leaves=ago(9)),)),
    "entra.mail-goes-out": world(
        (*DOMAINS, MIA, MailRule(user=MIA.id, id="1", is_enabled=True, to=("tom@muster.example",))),
        (*DOMAINS, MIA, MailRule(user=MIA.id, id="1", is_enabled=True, to=("mia@third.example",))),
    ),
    "entra.shared-mailbox": world(
        (user("info", is_enabled=False), MailboxPurpose(user="u-info", purpose="shared")),
        (user("info"), MailboxPurpose(user="u-info", purpose="shared")),
    ),
    "entra.break-glass": world(EMERGENCY, (*DOMAINS, *TWO, policy())),
    "entra.break-glass-factor": world(
        (*EMERGENCY, SignInMethod(user=SPARE.id, id="1", type="fido2", name="key in the safe")),
        (*EMERGENCY, SignInMethod(user=SPARE.id, id="1", type="phone")),
    ),
    "entra.break-glass-password": world(
        EMERGENCY,
        (*(one for one in EMERGENCY if one != SPARE), user("spare", CLOUD, password_set=ago(700))),
    ),
    "entra.admin-mfa": world(
        (*TWO, _mfa(MIA.id, is_registered=True), _mfa(TOM.id, is_registered=True)),
        (*TWO, _mfa(MIA.id, is_registered=True), _mfa(TOM.id, is_registered=False)),
    ),
    "entra.eligible-mfa": world(
        (*ROLES, MIA, may(GLOBAL, MIA.id), _mfa(MIA.id, is_registered=True)),
        (*ROLES, MIA, may(GLOBAL, MIA.id), _mfa(MIA.id, is_registered=False)),
    ),
}

APPS: dict[str, Situation] = {
    "entra.app-power": world(
        (GRAPH, WIDE, NARROW, BACKUP, _grant(BACKUP.id, "p-narrow")),
        (GRAPH, WIDE, NARROW, BACKUP, _grant(BACKUP.id)),
    ),
    "entra.foreign-app-power": world(
        (GRAPH, WIDE, NARROW, FOREIGN, _grant(FOREIGN.id, "p-narrow")),
        (GRAPH, WIDE, NARROW, FOREIGN, _grant(FOREIGN.id)),
    ),
    "entra.wide-consent": bare(
        (ConsentGrant(id="c", client=BACKUP.id, resource="sp-graph", is_for_all=False), BACKUP),
        (
            ConsentGrant(
                id="c",
                client=BACKUP.id,
                resource="sp-graph",
                is_for_all=True,
                scopes=("Mail.ReadWrite",),
            ),
            BACKUP,
        ),
    ),
    "entra.app-owner": bare(
        (registered("Backup"), MIA, _owned("app-Backup", "application", MIA.id)),
        (registered("Backup"), MIA),
    ),
    "entra.app-notice": bare(
        (app("Pay", notified=("it@muster.example",)),),
        (app("Pay", notified=("otto@oldmsp.example",)),),
    ),
    "entra.foreign-pipeline": bare(
        (
            FederatedCredential(
                application="app-Backup",
                id="f",
                name="ci",
                issuer="https://ci.muster.example",
                subject="mia@muster.example",
            ),
        ),
        (
            FederatedCredential(
                application="app-Backup",
                id="f",
                name="ci",
                issuer="https://ci.oldmsp.example",
                subject="deploy",
            ),
        ),
    ),
    "entra.audit-rights": bare(
        (TenantConnection(login="secret", cloud="global", permissions=("User.Read.All",)),),
        (TenantConnection(login="secret", cloud="global", permissions=("User.ReadWrite.All",)),),
    ),
    "entra.audit-excess": bare(
        (TenantConnection(login="secret", cloud="global", permissions=("User.Read.All",)),),
        (TenantConnection(login="secret", cloud="global", permissions=("Chat.Read.All",)),),
    ),
    "entra.credential-ends": bare((_secret("sp-x"),), (_secret("sp-x", ends=at(20)),)),
    "entra.saml-certificate": bare(
        (_secret("sp-x", type="certificate", usage="Sign"),),
        (_secret("sp-x", type="certificate", usage="Sign", ends=at(20)),),
    ),
    "entra.dead-credential": bare(
        (BACKUP, _secret(BACKUP.id, ends=ago(5)), AppSignIn(app_id="id-Backup", last=ago(9))),
        (BACKUP, _secret(BACKUP.id, ends=ago(5)), AppSignIn(app_id="id-Backup", last=ago(1))),
    ),
    "entra.long-credential": bare((_secret("sp-x"),), (_secret("sp-x", ends=at(3000)),)),
    "entra.known-secret": bare(
        (BACKUP, MIA, _secret(BACKUP.id), _owned(BACKUP.id, "servicePrincipal", MIA.id)),
        (BACKUP, OTTO, _secret(BACKUP.id), _owned(BACKUP.id, "servicePrincipal", OTTO.id)),
    ),
}

POLICIES: dict[str, Situation] = {
    "entra.mfa": bare((policy(), DEFAULTS_OFF), (policy(state="disabled"), DEFAULTS_OFF)),
    "entra.legacy-login": bare(
        (DEFAULTS_OFF, policy(clients=("exchangeActiveSync", "other"), controls=("block",))),
        (DEFAULTS_OFF, policy()),
    ),
    "entra.sharepoint-legacy-login": bare(
        (SharingPolicy(legacy_login=False),), (SharingPolicy(legacy_login=True),)
    ),
    "entra.policy-exclusion": bare(
        (policy(users=Selection(("All",), (MIA.id,))), MIA),
        (policy(users=Selection(("All",), (OTTO.id,))), OTTO),
    ),
    "entra.policy-asleep": bare(
        (policy(name="Require MFA"),), (policy(name="Require MFA", state="disabled"),)
    ),
    "entra.named-location": bare(
        (NamedLocation(id="l", name="office", is_trusted=True, networks=("192.0.2.0/24",)),),
        (NamedLocation(id="l", name="hq", is_trusted=True, networks=("203.0.113.0/25",)),),
    ),
    "entra.user-consent": bare(
        (AuthorizationPolicy(consents=("ManagePermissionGrantsForSelf.low",)),),
        (
            AuthorizationPolicy(
                consents=("ManagePermissionGrantsForSelf.microsoft-user-default-legacy",)
            ),
        ),
    ),
    "entra.consent-reviewer": bare(
        (ConsentRequests(is_on=True, reviewers=(f"/v1.0/users/{MIA.id}",)), MIA),
        (ConsentRequests(is_on=True, reviewers=(f"/v1.0/users/{OTTO.id}",)), OTTO),
    ),
    "entra.guest-invites": bare(
        (AuthorizationPolicy(invites="adminsAndGuestInviters"),),
        (AuthorizationPolicy(invites="everyone"),),
    ),
    "entra.other-trust": bare(
        (CertificateTrust(fingerprint="a", revocation_url="http://pki.muster.example/crl"),),
        (CertificateTrust(fingerprint="a", revocation_url="http://pki.oldmsp.example/crl"),),
    ),
    "entra.partner-present": bare(
        (CrossTenantPartner(tenant=OWN, is_service_provider=True),),
        (CrossTenantPartner(tenant=THEIRS, is_service_provider=True),),
    ),
    "entra.foreign-sign-in": bare(
        (ForeignSignIn(tenant="third-tenant", count=1, users=1),),
        (ForeignSignIn(tenant=THEIRS, count=3, users=1),),
    ),
    "entra.partner-trust": bare(
        (CrossTenantDefault(trusts_mfa=False),), (CrossTenantDefault(trusts_mfa=True),)
    ),
    "entra.delegation": bare((_delegation(),), (_delegation(status="approvalPending"),)),
}

LICENCES: dict[str, Situation] = {
    "entra.subscription-ends": bare((subscription(),), (subscription(next_event=at(30)),)),
    "entra.reseller": world((subscription(),), (subscription(owner_tenant=THEIRS),)),
    "entra.subscription-state": bare((subscription(),), (subscription(status="Suspended"),)),
    "entra.trial": bare((sku(), subscription()), (sku(), subscription(is_trial=True))),
    "entra.seats": bare((sku(), subscription()), (sku(consumed=21), subscription())),
    "entra.idle-seats": bare((sku(),), (sku(consumed=5),)),
    "entra.licence-on-closed": bare(
        (user("eva", licences=(LICENCE,)),),
        (user("eva", licences=(LICENCE,), is_enabled=False),),
    ),
    "entra.licence-unused": bare(
        (user("eva", licences=(LICENCE,)), _used("u-eva", 3)),
        (user("eva", licences=(LICENCE,)), _used("u-eva", 300)),
    ),
    "entra.licence-error": bare((), (GroupLicenceError(group="g", name="all"),)),
    "entra.licence-way": bare(
        (sku(), user("eva", licences=(LICENCE,))),
        (sku(), user("eva", licences=(UserLicence(sku="sku-1"),))),
    ),
    "entra.notices": bare(
        (*DOMAINS, NotificationAddress(use="technical", mail="it@muster.example")),
        (*DOMAINS, NotificationAddress(use="technical", mail="otto@oldmsp.example")),
    ),
    "entra.federation": bare(
        (_federation(300),),
        (_federation(20),),
    ),
    "entra.leftover-domain": bare(DOMAINS, (TenantDomain(name="old.example", is_verified=False),)),
    "entra.sync-age": bare(
        (TenantSync(is_on=True, last=ago(0.1)),), (TenantSync(is_on=True, last=ago(3)),)
    ),
}

DEVICES: dict[str, Situation] = {
    "entra.apple-push": bare((_token(),), (_token(ends=at(20)),)),
    "entra.device-token": bare(
        (_token(type="apple enrolment"),),
        (_token(type="apple enrolment", account="otto@oldmsp.example"),),
    ),
    "entra.disk-key": bare((PC, DiskRecoveryKey(id="k", device="d-1")), (PC,)),
    "entra.local-password": bare((PC, LocalPassword(id="d-1")), (PC,)),
    "entra.stale-device": bare(
        (PC, DeviceUse(device=PC.id, last=ago(2))), (PC, DeviceUse(device=PC.id, last=ago(200)))
    ),
    "entra.device-state": bare(
        (PC,), (ManagedDevice(id="m", name="PC2", compliance="noncompliant"),)
    ),
    "entra.device-release": bare(
        (PC,), (ManagedDevice(id="m", name="PC2", system="Windows", version="10.0.19045.1"),)
    ),
    "entra.device-protection": bare(
        (PC, DeviceProtection(device=PC.id, is_on=True, is_realtime=True)),
        (PC, DeviceProtection(device=PC.id, is_on=False, is_realtime=True)),
    ),
    "entra.backup": bare(
        (
            TenantBackup(status="enabled"),
            TenantBackupPolicy(id="p", name="all", status="active"),
        ),
        (TenantBackup(status="disabled"),),
    ),
    "entra.provider-backup": bare((app("Veeam Backup"),), (app("Veeam Backup", THEIRS),)),
    "entra.sharing": bare(
        (SharingPolicy(sharing="existingExternalUserSharingOnly"),),
        (SharingPolicy(sharing="externalUserAndGuestSharing"),),
    ),
    "entra.group-owner": bare(
        (group("sales", is_team=True), MIA, _owned("g-sales", "group", MIA.id)),
        (group("sales", is_team=True), MIA),
    ),
    "entra.dynamic-rule": bare(
        (group("sales", rule='user.department -eq "Sales"'),),
        (group("ext", rule='user.mail -contains "otto@oldmsp.example"'),),
    ),
    "entra.large-mailbox": bare(
        (StorageUse(type="mailbox", name="mia", size_bytes=1),),
        (StorageUse(type="mailbox", name="mia", size_bytes=40 * 1000**3),),
    ),
    "entra.incident": bare(
        (SecurityIncident(id="1", severity="low", status="active"),),
        (SecurityIncident(id="1", severity="high", status="active"),),
    ),
    "entra.risky-user": bare(
        (RiskyUser(id="1", state="remediated"),), (RiskyUser(id="1", state="atRisk"),)
    ),
    "entra.service-issue": bare((), (ServiceIssue(id="1", service="Exchange", title="slow"),)),
    "entra.announced-change": bare(
        (AnnouncedChange(id="1", title="later", act_by=at(200)),),
        (AnnouncedChange(id="1", title="soon", act_by=at(20)),),
    ),
    "entra.recent-change": bare((), (PrivilegedChange(id="1", activity="Add member to role"),)),
    "entra.score-control": bare(
        (ScoreControl(id="mfa", score=10, most=10),), (ScoreControl(id="mfa", score=1, most=10),)
    ),
}
ENTRA_SITUATIONS = {**PEOPLE, **APPS, **POLICIES, **LICENCES, **DEVICES}
