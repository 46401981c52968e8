"""What is a hold in a tenant and what is none: decoys, what is closed, whose it is, and signs."""

import pytest
from msgspec import structs

from agent.judge.case import Certainty, Hold, Power
from agent.judge.footprint import Holdings, proposal_id
from agent.judge.judgement import Judgement
from agent.judge.tenant.applications import Applications
from agent.judge.tenant.spare import spare_accounts
from agent.judge.tenant.way_in import ways_into_tenants
from inventory.model.evidence import Evidence, Gap, Pointer, Why
from inventory.model.moment import DAY_S, Moment
from inventory.model.operation import Agent
from inventory.model.party import Role
from inventory.model.record import Record
from inventory.model.tenant import DomainFederation, Organization, TenantDomain
from inventory.model.tenant_accounts import TenantObject, TenantOwners, UserManager
from inventory.model.tenant_apps import (
    AppCredential,
    AppPermission,
    AppRoleGrant,
    ConsentGrant,
    FederatedCredential,
    ServicePrincipal,
)
from inventory.model.tenant_devices import DetectedApp, DetectedAppDevices
from inventory.model.tenant_partners import CrossTenantPartner, PartnerRelationship
from inventory.model.tenant_policies import AccessPolicy, NamedLocation, Selection
from inventory.model.tenant_roles import RoleActivation
from inventory.model.tenant_services import PrivilegedChange
from inventory.model.truth import Truth
from inventory.reading import Reading, ReadingKey, State
from inventory.snapshot import MemorySnapshot, Seen
from tests.agent.judge.building import NOW, case, host
from tests.agent.judge.tenant import world
from tests.agent.judge.tenant.building import (
    AUDIT_APP,
    BASE,
    GLOBAL,
    GRAPH,
    HELPDESK,
    NAME,
    OTHERS,
    OWN,
    READS,
    ROLES,
    TELLS,
    THEIRS,
    application,
    assigned,
    granted,
    group,
    guest,
    members,
    owners,
    reading,
    tenant,
    user,
)

ALICE, MIA = guest("alice", "oldmsp.example"), user("mia")


def judged(*records: Record) -> Judgement:
    told = reading((*BASE, *records))
    return Judgement(case((told,), parties=world.PARTIES))


def theirs(*records: Record) -> dict[str, Hold]:
    """Return the holds and dependences of who leaves, by kind."""
    found = judged(*records).outgoing
    return {hold.kind: hold for hold in (*found.holds, *found.dependences)}


def nobodys(*records: Record) -> set[str]:
    """Return the kinds of the powers that match no party."""
    return {hold.kind for hold in judged(*records).unattributed.holds}


def test_a_guest_is_known_by_the_address_that_it_was_invited_by() -> None:
    hold = theirs(ALICE)["tenant account"]
    assert hold.certainty is Certainty.PROVED
    assert hold.subject == "alice@oldmsp.example"
    assert "guest alice@oldmsp.example" in hold.title


def test_a_look_alike_domain_is_nobody_elses() -> None:
    assert theirs(guest("alice", "notoldmsp.example")) == {}
    assert theirs(user("alice", "oldmsp.example.attacker.example")) == {}


def test_a_blocked_account_and_its_roles_open_nothing() -> None:
    blocked = guest("alice", "oldmsp.example", is_enabled=False)
    assert theirs(blocked, assigned(GLOBAL, blocked)) == {}
    unknown = guest("alice", "oldmsp.example", is_enabled=None)
    assert set(theirs(unknown, assigned(GLOBAL, unknown))) == {"tenant account", "tenant role"}


def test_a_manager_of_theirs_proposes_whose_an_account_is() -> None:
    one = user("svc", "client.example")
    told = UserManager(user=one.id, manager=TenantObject(ALICE.id, "user"))
    holdings = judged(one, ALICE, told).holdings
    found = [j for j in holdings.judged if j.candidate.key == f"tenant account {NAME} {one.id}"]
    guesses = [m for m in found[0].matches if m.role is Role.OUTGOING]
    assert [m.certainty for m in guesses] == [Certainty.PROPOSED]
    assert proposal_id(found[0].candidate.key, guesses[0]).startswith("P-")


def test_a_privileged_account_that_matches_no_party_is_nobodys() -> None:
    stranger = user("x", "somewhere.example")
    assert nobodys(stranger) == set()
    assert nobodys(stranger, assigned(GLOBAL, stranger)) == {"tenant role"}


def test_microsofts_own_applications_are_nobodys_business() -> None:
    portal = ServicePrincipal(
        id="sp-ms",
        app_id="ms",
        name="Exchange",
        owner_tenant="f8cdef31-a31e-4b4a-93e4-5f571e91255a",
    )
    consent = ConsentGrant(
        id="c", client="sp-ms", resource=GRAPH.id, is_for_all=True, scopes=("Mail.ReadWrite",)
    )
    assert nobodys(portal, assigned(GLOBAL, portal), granted(ROLES, portal), consent) == set()


def test_an_application_of_a_stranger_with_power_is_nobodys() -> None:
    _, stranger = application("tool", OTHERS)
    assert nobodys(stranger, granted(ROLES, stranger)) == {"app grant"}
    assert nobodys(stranger, granted(READS, stranger)) == set()
    assert nobodys(stranger, assigned(HELPDESK, stranger)) == {"application role"}


def test_the_clients_own_application_is_the_clients() -> None:
    _, own = application("tool", OWN)
    assert nobodys(own, granted(ROLES, own)) == set()


def test_the_audits_own_application_is_told_apart() -> None:
    own = ServicePrincipal(
        id="sp-audit", app_id=AUDIT_APP, name="Audit", owner_tenant=OTHERS, is_enabled=True
    )
    told = granted(ROLES, own)
    assert nobodys(own, told) == set()
    holdings = judged(own, told).holdings
    mine = {j.candidate.kind for j in holdings.judged if holdings.is_own(j.candidate)}
    assert mine == {"audit access", "app grant", "enterprise app"}


def test_a_service_that_copies_a_name_of_microsofts_gives_nothing() -> None:
    _, service = application("fake", OTHERS)
    _, one = application("tool", OTHERS)
    copied = AppPermission(resource=service.id, id="r", name="RoleManagement.ReadWrite.Directory")
    grant = AppRoleGrant(id="g", principal=one.id, resource=service.id, role="r")
    assert nobodys(service, one, copied, grant) == set()


def test_a_permission_whose_name_was_not_read_is_power_in_doubt() -> None:
    _, one = application("tool", OTHERS)
    assert nobodys(one, granted("not-listed", one)) == {"app grant"}


def test_an_owner_of_an_application_gets_what_it_has() -> None:
    registered, service = application("tool", OWN)
    hold = theirs(ALICE, registered, service, owners(registered, ALICE), granted(ROLES, service))
    assert hold["application owner"].power is Power.ROOT
    path = hold["application owner"].path
    assert path is not None
    assert path.steps[-1].text == "every role of the tenant"


def test_the_power_of_an_application_is_that_of_its_roles_by_group() -> None:
    registered, service = application("tool", OWN)
    admins = group("admins")
    one = tenant((registered, service, admins, members(admins, service), assigned(GLOBAL, admins)))
    assert one.once(Applications).power(registered.id).power is Power.ROOT
    assert one.once(Applications).power("unknown").power is Power.LOGIN


def test_a_secret_that_has_ended_opens_nothing() -> None:
    def secret(ends: int) -> AppCredential:
        return AppCredential(
            object="app-x",
            owner="application",
            id="k",
            type="secret",
            label="otto@oldmsp.example",
            ends=Moment.exact(ends),
        )

    assert theirs(secret(NOW - DAY_S)) == {}
    assert theirs(secret(NOW + DAY_S))["app credential"].is_guess


def test_a_federated_credential_is_known_by_the_tenant_that_issues_tokens() -> None:
    registered, service = application("tool", OWN)
    trusted = FederatedCredential(
        application=registered.id,
        id="f",
        name="x",
        issuer=f"https://login.example/{THEIRS}/v2.0",
        subject="y",
    )
    assert theirs(registered, service, trusted)["federated credential"].certainty is (
        Certainty.PROVED
    )
    named = FederatedCredential(
        application=registered.id,
        id="f",
        name="x",
        issuer="https://token.example",
        subject="repo:oldmsp/deploy:ref",
    )
    assert theirs(registered, service, named)["federated credential"].is_guess


def test_a_federation_that_matches_nobody_stands_in_the_way() -> None:
    told = DomainFederation(domain="client.example", id="d", issuer="https://sts.other.example")
    assert nobodys(told) == {"domain federation"}


def test_a_partner_without_the_flag_is_no_power_of_nobodys() -> None:
    provider = CrossTenantPartner(tenant=OTHERS, is_service_provider=True)
    assert nobodys(provider) == {"partner"}
    assert nobodys(CrossTenantPartner(tenant=OTHERS, trusts_mfa=True)) == set()


def test_a_partner_that_is_trusted_is_known_by_its_tenant() -> None:
    hold = theirs(CrossTenantPartner(tenant=THEIRS.upper(), trusts_mfa=True))["partner"]
    assert (hold.power, hold.certainty) == (Power.LOGIN, Certainty.PROVED)


def test_a_verified_domain_of_the_clients_is_not_left_over() -> None:
    assert theirs(TenantDomain(name="client.example")) == {}
    assert "leftover domain" in theirs(TenantDomain(name="Cloud.OldMSP.example"))


@pytest.mark.parametrize(
    ("networks", "is_theirs"),
    [
        (("203.0.113.8/29",), True),
        (("198.51.100.0/24",), False),
        (("0.0.0.0/0",), False),
        ((), False),
    ],
)
def test_a_location_is_known_by_its_networks(networks: tuple[str, ...], is_theirs: bool) -> None:
    told = NamedLocation(id="l", name="HQ", is_trusted=True, networks=networks)
    assert ("named location" in theirs(told)) is is_theirs


def test_a_policy_that_is_off_leaves_nobody_out() -> None:
    def policy(state: str) -> AccessPolicy:
        return AccessPolicy(id="p", name="MFA", state=state, users=Selection(("All",), (ALICE.id,)))

    assert "access exclusion" in theirs(ALICE, policy("enabled"))
    assert "access exclusion" not in theirs(ALICE, policy("disabled"))
    assert "access exclusion" not in theirs(ALICE, policy("enabledForReportingButNotEnforced"))


def test_a_policy_leaves_out_the_members_of_a_group() -> None:
    outer, inner = group("outer"), group("inner")
    policy = AccessPolicy(id="p", name="MFA", state="enabled", groups=Selection((), (outer.id,)))
    inside = (members(outer, inner), members(inner, ALICE, MIA))
    hold = theirs(ALICE, MIA, outer, inner, *inside, policy)["access exclusion"]
    assert hold.subject == "alice@oldmsp.example"


def test_a_policy_that_leaves_out_service_providers_is_the_partners() -> None:
    policy = AccessPolicy(
        id="p", name="MFA", state="enabled", guests=Selection((), ("serviceProvider",))
    )
    provider = CrossTenantPartner(tenant=THEIRS, is_service_provider=True)
    assert "access exclusion" in theirs(policy, provider)
    assert "access exclusion" not in theirs(policy)


def test_a_change_of_theirs_is_a_sign_of_life_and_no_hold() -> None:
    change = PrivilegedChange(
        id="x", activity="Add member to role", by="otto@oldmsp.example", targets=("mia",)
    )
    found = judged(change).outgoing
    assert (found.holds, found.dependences) == ((), ())
    (sign,) = found.signs
    assert "did Add member to role: mia" in sign.title
    assert not found.is_present


def test_owners_that_were_not_read_keep_the_name_that_a_list_gives() -> None:
    registered, service = application("tool", OWN)
    listed = TenantOwners(
        object=registered.id,
        type="application",
        owners=(TenantObject("u-z", "user", "otto@oldmsp.example"),),
    )
    assert "application owner" in theirs(registered, service, listed)


def partners_tenant(customer: str, status: str = "active") -> Holdings:
    """Return the holdings where the client's tenant and the partner's own are audited."""
    key = ReadingKey("graph", "oldmsp.example", "entra.test")
    place = Evidence("graph", "oldmsp.example", "entra.test", Pointer("entra.test/x"), 1)
    told = (
        Organization(id=THEIRS, name="OldMSP", default_domain="oldmsp.example"),
        PartnerRelationship(
            id="r1", name="Admin", status=status, customer=customer, customer_name="Client"
        ),
    )
    rows = tuple(Seen(one, place) for one in told)
    theirs_ = (Reading(key, State.COMPLETE, TELLS), rows)
    whole = case(parties=world.PARTIES)
    return Holdings(structs.replace(whole, snapshot=MemorySnapshot(1, (reading(BASE), theirs_))))


@pytest.mark.parametrize(
    ("customer", "status", "count"),
    [(OWN, "active", 1), (OWN, "terminated", 0), (OTHERS, "active", 0)],
)
def test_a_partners_own_tenant_tells_what_it_has_over_the_client(
    customer: str, status: str, count: int
) -> None:
    found = partners_tenant(customer, status).footprint(Role.OUTGOING)
    assert [hold.kind for hold in found.holds].count("partner relation") == count


def spare(name: str, **fields: object) -> Record:
    return user(name, "client.onmicrosoft.example", **fields)


def test_spare_accounts_are_of_the_cloud_for_good_and_left_out_of_a_policy() -> None:
    one, two, synced, taken, asked, blocked = (
        spare("bg1"),
        spare("bg2"),
        spare("bg3", is_synchronised=True),
        spare("bg4"),
        spare("bg5"),
        spare("bg6", is_enabled=False),
    )
    everybody = (one, two, synced, taken, asked, blocked, MIA)
    out = tuple(record.key()[0] for record in everybody if record is not asked)
    policy = AccessPolicy(id="p", name="MFA", state="enabled", users=Selection(("All",), out))
    activation = RoleActivation(
        id="a", role=GLOBAL.id, principal="u-bg4", type="Activated", ends=Moment.exact(NOW)
    )
    roles = [assigned(GLOBAL, record) for record in everybody]
    found = spare_accounts(tenant((*everybody, policy, activation, *roles)))
    assert [way.holder.name.partition("@")[0] for way in found] == ["bg1", "bg2"]


def test_an_agent_on_managed_devices_is_told_once_in_all_its_versions() -> None:
    old = DetectedApp(id="1", name="ScreenConnect Client (a1)", version="1", devices=3)
    new = DetectedApp(id="2", name="ScreenConnect Client (a1)", version="2", devices=4)
    word = DetectedApp(id="3", name="Word", publisher="Microsoft", devices=90)
    on = DetectedAppDevices(app="1", devices=(TenantObject("d1", "device", "PC1"),))
    (hold,) = judged(old, new, word, on).unattributed.holds
    assert (hold.kind, hold.subject, hold.power) == (
        "managed agent",
        "ScreenConnect",
        Power.CONTROL,
    )
    assert hold.detail.startswith("PC1")
    assert "on 1 managed device in" in hold.title


def test_an_agent_of_a_host_proposes_whose_that_on_managed_devices_is() -> None:
    app = DetectedApp(id="1", name="ScreenConnect Client", devices=3)
    agent = Agent(product="ScreenConnect", type="remote control", state="x", instance="inst-old")
    told = (reading((*BASE, app)), *host("web1", agent))
    found = Judgement(case(told, parties=world.PARTIES)).outgoing.holds
    (hold,) = [one for one in found if one.kind == "managed agent"]
    assert hold.is_guess


def test_what_only_a_partners_tenant_tells_is_no_gap_of_a_customers() -> None:
    tells = tuple(name for name in TELLS if not name.startswith("Partner"))
    told, rows = reading(BASE)
    whole = case(parties=world.PARTIES)
    asked = structs.replace(
        whole, snapshot=MemorySnapshot(1, ((structs.replace(told, tells=tells), rows),))
    )
    names = {blank.gap.detail for blank in Holdings(asked).blanks if blank.target == NAME}
    assert names == set()


@pytest.mark.parametrize(
    ("records", "seen"),
    [
        ((MIA, assigned(GLOBAL, MIA)), Truth.YES),
        ((ALICE, assigned(GLOBAL, ALICE)), Truth.NO),
        ((user("x", "elsewhere.example"), assigned(GLOBAL, user("x"))), Truth.UNKNOWN),
        ((assigned(GLOBAL, user("nobody")),), Truth.UNKNOWN),
        ((), Truth.NO),
    ],
    ids=["client", "leaver", "nobody known", "not read", "none"],
)
def test_whether_those_who_stay_administer_a_tenant(
    records: tuple[Record, ...], seen: Truth
) -> None:
    (way,) = ways_into_tenants(judged(*records).holdings)
    assert way.seen is seen


def test_a_refused_list_of_roles_leaves_it_unknown_who_administers() -> None:
    told = reading(BASE, gaps=(Gap(Why.DENIED, "ask"),))
    (way,) = ways_into_tenants(Holdings(case((told,), parties=world.PARTIES)))
    assert way.seen is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("users", "guests"),
    [(("GuestsOrExternalUsers",), ()), ((), ("b2bCollaborationGuest", "internalGuest"))],
)
def test_a_policy_that_leaves_out_guests_leaves_out_theirs(
    users: tuple[str, ...], guests: tuple[str, ...]
) -> None:
    policy = AccessPolicy(
        id="p",
        name="MFA",
        state="enabled",
        users=Selection(("All",), users),
        guests=Selection((), guests),
    )
    assert theirs(ALICE, MIA, policy)["access exclusion"].subject == "alice@oldmsp.example"
