"""A tenant in which a leaving party has every kind of hold, and one without any; each kind of
record is told by a reading of its own, so that each can be refused alone.
"""

from collections.abc import Iterable

from agent.judge.case import Case
from agent.judge.footprint import TENANT_KINDS
from inventory.model.evidence import Evidence, Pointer
from inventory.model.record import Record
from inventory.model.tenant import (
    DomainFederation,
    NotificationAddress,
    TenantDomain,
    TenantSetting,
)
from inventory.model.tenant_accounts import MailRule, UserManager
from inventory.model.tenant_apps import AppCredential, ConsentGrant, FederatedCredential
from inventory.model.tenant_devices import DetectedApp, DeviceProfile, DeviceRole, ManagementToken
from inventory.model.tenant_licences import TenantSubscription
from inventory.model.tenant_partners import CrossTenantPartner, ForeignSignIn, TenantName
from inventory.model.tenant_policies import (
    AccessPolicy,
    CertificateTrust,
    ConsentRequests,
    IdentityProvider,
    NamedLocation,
    Selection,
    SharingPolicy,
)
from inventory.model.tenant_roles import (
    AdministrativeUnit,
    GroupEligibility,
    RolePolicy,
    ScopedRole,
)
from inventory.model.tenant_services import TenantBackupApp
from inventory.reading import Reading, ReadingKey, State
from inventory.snapshot import Seen
from tests.agent.judge.building import Told, case, collector_of, host
from tests.agent.judge.directory.joined import BASE as HOST
from tests.agent.judge.tenant.building import (
    BASE,
    CLIENT,
    GLOBAL,
    HELPDESK,
    MAIL,
    NAME,
    OLDMSP,
    ROLES,
    TENANT_RECORDS,
    THEIRS,
    application,
    assigned,
    eligible,
    granted,
    group,
    guest,
    members,
    object_of,
    owners,
    user,
)

ALICE = guest("alice", "oldmsp.example")
MIA = user("mia")
ADMINS, DESK = group("admins", is_role_assignable=True), group("desk", is_role_assignable=True)
THEIR_APP, THEIR_SP = application("panel", THEIRS)
OWN_APP, OWN_SP = application("backup")
CLEAN: tuple[Record, ...] = (
    *BASE,
    MIA,
    ADMINS,
    DESK,
    OWN_APP,
    OWN_SP,
    assigned(GLOBAL, MIA),
    members(ADMINS, MIA),
    members(DESK, MIA),
    assigned(HELPDESK, ADMINS),
    owners(OWN_APP, MIA),
    granted(MAIL, OWN_SP),
    TenantDomain(name="client.example", is_verified=True),
)
HELD: tuple[Record, ...] = (
    *BASE,
    MIA,
    ALICE,
    ADMINS,
    DESK,
    OWN_APP,
    OWN_SP,
    THEIR_SP,
    assigned(GLOBAL, ALICE),
    assigned(HELPDESK, ADMINS),
    assigned(HELPDESK, THEIR_SP),
    eligible(HELPDESK, ALICE),
    eligible(HELPDESK, DESK),
    members(ADMINS, ALICE, MIA),
    owners(ADMINS, ALICE),
    owners(OWN_APP, ALICE),
    GroupEligibility(id="ge", group=ADMINS.id, principal=ALICE.id, access="member"),
    AdministrativeUnit(id="au", name="Branch"),
    ScopedRole(unit="au", role="dr", member=ALICE.id),
    RolePolicy(
        role=HELPDESK.id,
        needs_approval=True,
        approvers=(object_of(ALICE),),
        notified=("soc@oldmsp.example",),
    ),
    UserManager(user=MIA.id, manager=object_of(ALICE)),
    granted(MAIL, OWN_SP),
    granted(ROLES, THEIR_SP),
    ConsentGrant(
        id="c", client=THEIR_SP.id, resource="sp-graph", is_for_all=True, scopes=("Mail.Read",)
    ),
    AppCredential(
        object=OWN_APP.id, owner="application", id="k1", type="secret", label="otto@oldmsp.example"
    ),
    FederatedCredential(
        application=OWN_APP.id,
        id="f1",
        name="deploy",
        issuer=f"https://login.example/{THEIRS}/v2.0",
        subject="pipeline",
    ),
    application("portal", notified=("certs@oldmsp.example",))[1],
    TenantBackupApp(id="b1", app_id=THEIR_APP.app_id, status="enabled"),
    CrossTenantPartner(tenant=THEIRS, is_service_provider=True, trusts_mfa=True),
    TenantName(tenant=THEIRS, name="OldMSP", domain="oldmsp.example"),
    ForeignSignIn(tenant=THEIRS, count=4, users=2),
    TenantSubscription(id="s1", part_number="SPB", seats=25, owner_tenant=THEIRS),
    NotificationAddress(use="technical", mail="noc@oldmsp.example"),
    TenantDomain(name="oldmsp.example", is_verified=False),
    TenantSetting(area="login page", name="text", value="Help: help@oldmsp.example"),
    NamedLocation(id="l1", name="Office", is_trusted=True, networks=("203.0.113.0/25",)),
    AccessPolicy(id="p1", name="MFA", state="enabled", users=Selection(("All",), (ALICE.id,))),
    CertificateTrust(
        fingerprint="sha256:aa", subject="CN=OldMSP CA", revocation_url="http://pki.oldmsp.example"
    ),
    DomainFederation(domain="client.example", id="d1", issuer="https://sts.rmm.oldmsp.example"),
    IdentityProvider(id="i1", name="OldMSP", issuer="https://rmm.oldmsp.example/idp"),
    SharingPolicy(allowed_domains=("oldmsp.example",)),
    ConsentRequests(is_on=True, reviewers=(f"/v1.0/users/{ALICE.id}",)),
    MailRule(user=MIA.id, id="r1", is_enabled=True, to=("copy@oldmsp.example",)),
    ManagementToken(type="apple push", id="t1", account="apple@oldmsp.example"),
    DeviceRole(id="dr1", name="Help Desk Operator", members=(ADMINS.id,)),
    DetectedApp(id="da", name="ScreenConnect Client", publisher="otto@oldmsp.example", devices=9),
    DeviceProfile(type="script", id="ps1", name="OldMSP onboarding"),
)
PARTIES = (OLDMSP, CLIENT)
FOR_OTHERS = ("partner relation", "audit access")  # of a partner's own tenant; the audit's own
EVERY = tuple(kind for kind in TENANT_KINDS if kind not in FOR_OTHERS)


def readings(records: Iterable[Record]) -> tuple[Told, ...]:
    """Return one reading of the tenant for each kind."""
    given = tuple(records)
    return tuple(
        _told(kind, [one for one in given if type(one) is kind]) for kind in TENANT_RECORDS
    )


def _told(kind: type[Record], records: list[Record]) -> Told:
    key = ReadingKey("graph", NAME, collector_of(kind))
    at = Evidence("graph", NAME, key.collector, Pointer("ask", kind.__name__), 1)
    rows = tuple(Seen(one, at) for one in records)
    return Reading(key, State.COMPLETE, (kind.__name__,)), rows


def environment(records: Iterable[Record]) -> tuple[Told, ...]:
    """Return the readings of a host and a tenant."""
    return (*host("web1", *HOST), *readings(records))


def judged_case(told: tuple[Told, ...]) -> Case:
    return case(told, parties=PARTIES)
