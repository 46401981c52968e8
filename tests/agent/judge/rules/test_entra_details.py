"""What single rules about tenants say in worlds that are odd, hostile, or read in part."""

from msgspec import structs

from agent.judge.case import Finding, Severity, Verdict
from agent.judge.rules.all import RULES
from inventory.model.evidence import Gap, Why
from inventory.model.record import Record
from inventory.model.tenant import NotificationAddress, TenantSync
from inventory.model.tenant_accounts import TenantObject, TenantOwners, TenantSignIn, UserLicence
from inventory.model.tenant_apps import AppCredential, FederatedCredential
from inventory.model.tenant_devices import ManagementToken
from inventory.model.tenant_licences import TenantSubscription
from inventory.model.tenant_partners import CrossTenantPartner
from inventory.model.tenant_policies import AccessPolicy, SecurityDefaults, Selection
from inventory.model.tenant_roles import RoleActivation, RoleEligibility
from inventory.model.tenant_services import TenantBackup
from tests.agent.judge.rules.building import ago, judged
from tests.agent.judge.rules.entra_worlds import (
    CLOUD,
    DOMAINS,
    EMERGENCY,
    GLOBAL,
    MIA,
    NAME,
    ORGANIZATION,
    OTHERS,
    OTTO,
    ROLES,
    THEIRS,
    TOM,
    TWO,
    app,
    at,
    group,
    has,
    may,
    members,
    policy,
    registered,
    sku,
    subscription,
    user,
)

P2 = Gap(Why.UNLICENSED, "entra.role_eligibility/eligible", detail="Entra ID P2 is missing")
OFF = SecurityDefaults(is_on=False)


def told(
    rule: str, *records: Record, refused: tuple[type[Record], ...] = (), gap: Gap | None = None
) -> tuple[Finding, ...]:
    return judged(f"entra.{rule}", {NAME: (ORGANIZATION, *records)}, refused=refused, gap=gap)


def verdicts(rule: str, *records: Record, **more: object) -> set[Verdict]:
    return {one.verdict for one in told(rule, *records, **more)}  # type: ignore[arg-type]


def test_no_policy_read_whole_and_defaults_off_is_not_met():
    (found,) = told("mfa", OFF)
    assert found.verdict is Verdict.NOT_MET
    assert "security defaults are off" in found.says


def test_policies_that_were_refused_leave_the_factor_unknown():
    (found,) = told("mfa", OFF, refused=(AccessPolicy,))
    assert found.verdict is Verdict.UNKNOWN
    assert "denied" in found.says


def test_security_defaults_are_enough_where_policies_were_refused():
    assert verdicts("mfa", SecurityDefaults(is_on=True), refused=(AccessPolicy,)) == {Verdict.MET}


def test_a_policy_that_takes_a_device_in_place_of_the_factor_does_not_ask_for_it():
    either = policy(controls=("mfa", "compliantDevice"), operator="OR")
    both = policy(controls=("mfa", "compliantDevice"), operator="AND")
    assert verdicts("mfa", OFF, either) == {Verdict.NOT_MET}
    assert verdicts("mfa", OFF, both) == {Verdict.MET}


def test_a_strength_asks_for_a_factor():
    assert verdicts("mfa", OFF, policy(controls=(), strength="Phishing-resistant")) == {Verdict.MET}


def test_a_policy_for_one_application_one_place_or_a_risk_is_not_for_everybody():
    for narrow in (
        policy(apps=Selection(("app-1",))),
        policy(places=Selection(("place-1",))),
        policy(sign_in_risks=("high",)),
        policy(is_narrowed=True),
        policy(clients=("browser",)),
        policy(state="enabledForReportingButNotEnforced"),
    ):
        assert verdicts("mfa", OFF, narrow) == {Verdict.NOT_MET}, narrow


def test_an_unlicensed_reading_says_which_licence_is_missing():
    for rule in ("admin-mfa", "eligible-mfa", "standing-role", "licence-unused", "global-admins"):
        (found,) = told(rule, gap=P2)
        assert found.verdict is Verdict.UNKNOWN
        assert "Entra ID P2 is missing" in found.says


def test_two_administrators_are_not_known_to_be_few_enough_while_eligible_ones_are_unread():
    assert verdicts("global-admins", *TWO, refused=(RoleEligibility,)) == {Verdict.UNKNOWN}


def test_six_administrators_are_too_many_whatever_else_is_unread():
    people = [user(f"admin{number}") for number in range(6)]
    roles = [has(GLOBAL, one.id) for one in people]
    found = told("global-admins", *ROLES, *people, *roles, refused=(RoleEligibility,))
    assert {one.verdict for one in found} == {Verdict.NOT_MET}
    assert "6 have everything" in found[0].says


def test_who_may_become_an_administrator_counts():
    assert verdicts(
        "global-admins", *ROLES, MIA, TOM, has(GLOBAL, MIA.id), may(GLOBAL, TOM.id)
    ) == {Verdict.MET}


def test_a_leaver_is_found_through_groups_in_groups():
    inner, outer = group("inner"), group("outer", is_role_assignable=True)
    nested = structs.replace(
        members(outer.id), members=(TenantObject(id=inner.id, type="group", name="inner"),)
    )
    world = (*ROLES, OTTO, inner, outer, members(inner.id, OTTO.id), nested, has(GLOBAL, outer.id))
    (found,) = told("leaver-privileged", *world)
    assert found.verdict is Verdict.NOT_MET
    assert "through inner > outer" in found.says


def test_a_closed_account_of_the_leavers_has_no_power():
    closed = user("otto", "oldmsp.example", is_enabled=False)
    assert verdicts("leaver-privileged", *ROLES, closed, has(GLOBAL, closed.id)) == {Verdict.MET}


def test_a_name_alone_does_not_prove_a_leaver():
    named = user("support", company="OldMSP")
    (found,) = told("leaver-privileged", *ROLES, named, has(GLOBAL, named.id))
    assert found.verdict is Verdict.UNKNOWN
    assert "perhaps OldMSP's" in found.says


def test_without_an_account_for_emergencies_its_password_is_nothing_to_judge():
    world = (*DOMAINS, *TWO, policy())
    assert verdicts(
        "break-glass-password",
        *world,
        RoleActivation(id="a", role=GLOBAL.id, principal=MIA.id, type="Assigned"),
    ) == {Verdict.NOT_APPLICABLE}


def test_an_account_is_not_fit_for_emergencies_while_it_may_have_the_role_for_a_while():
    found = verdicts("break-glass", *EMERGENCY, refused=(RoleActivation,))
    assert found == {Verdict.UNKNOWN}


def test_a_backup_that_is_not_seen_is_said_to_be_not_seen():
    (found,) = told("backup", TenantBackup(status="disabled"), app("Payroll"))
    assert found.verdict is Verdict.NOT_MET
    assert "would not show here" in found.says


def test_a_known_backup_product_is_a_sign_of_one():
    (found,) = told("backup", TenantBackup(status="disabled"), app("AvePoint Cloud Backup", OTHERS))
    assert found.verdict is Verdict.MET
    assert "whether it runs is not told" in found.says


def test_whose_contract_a_backup_is_stays_unknown():
    (found,) = told("provider-backup", app("AvePoint Cloud Backup", OTHERS))
    assert found.verdict is Verdict.UNKNOWN


def test_an_issuer_that_no_party_is_told_by_is_not_known():
    pipeline = FederatedCredential(
        application="a", id="f", name="x", issuer="https://ci.third.example", subject="repo:x/y"
    )
    (found,) = told("foreign-pipeline", pipeline)
    assert found.verdict is Verdict.UNKNOWN
    assert "whose that is is not known" in found.says


def test_an_application_whose_owners_were_refused_is_not_called_ownerless():
    assert verdicts("app-owner", registered("Pay"), refused=(TenantOwners,)) == {Verdict.UNKNOWN}


def test_an_application_owned_by_a_leaver_alone_has_no_owner_who_stays():
    owned = TenantOwners(
        object="app-Pay", type="application", owners=(TenantObject(id=OTTO.id, type="user"),)
    )
    (found,) = told("app-owner", registered("Pay"), OTTO, owned)
    assert found.verdict is Verdict.NOT_MET
    assert "alone" in found.says


def test_a_secret_without_an_end_is_not_known():
    secret = AppCredential(object="x", owner="application", id="k", type="secret")
    for rule in ("credential-ends", "long-credential"):
        assert verdicts(rule, secret) == {Verdict.UNKNOWN}


def test_a_secret_of_the_year_9999_is_too_long_and_breaks_nothing():
    until = at((253_402_300_799 - 1_800_000_000) / 86_400)
    secret = AppCredential(
        object="x", owner="application", id="k", type="secret", starts=ago(1), ends=until
    )
    (found,) = told("long-credential", secret)
    assert found.verdict is Verdict.NOT_MET


def test_a_seller_that_no_party_is_told_by_is_not_known():
    assert verdicts("reseller", subscription(owner_tenant=OTHERS)) == {Verdict.UNKNOWN}
    assert verdicts("reseller", subscription(owner_tenant=ORGANIZATION.id)) == {Verdict.MET}


def test_an_unknown_service_provider_is_not_known_and_theirs_is_not_met():
    other = CrossTenantPartner(tenant=OTHERS, is_service_provider=True)
    theirs = CrossTenantPartner(tenant=THEIRS)
    assert verdicts("partner-present", other) == {Verdict.UNKNOWN}
    assert verdicts("partner-present", theirs) == {Verdict.NOT_MET}


def test_a_seat_that_lapses_before_the_handover_is_missing_then():
    due = subscription(next_event=at(-0.5), seats=20)
    assert verdicts("seats", sku(consumed=19), due) == {Verdict.MET}, "past events lapse nothing"


def test_free_products_are_not_idle():
    free = sku(part_number="FLOW_FREE", enabled=10_000, consumed=3)
    assert verdicts("idle-seats", free) == {Verdict.MET}


def test_use_that_only_an_earlier_audit_saw_is_no_proof_of_idleness():
    eva = user("eva", licences=(UserLicence(sku="sku-1"),))
    found = judged(
        "entra.licence-unused",
        {NAME: (eva, TenantSignIn(user=eva.id, last=ago(400)))},
        carried=True,
    )
    assert {one.verdict for one in found} == {Verdict.UNKNOWN}


def test_a_tenant_that_is_not_synchronised_has_nothing_to_synchronise():
    assert verdicts("sync-age", TenantSync(is_on=False)) == {Verdict.NOT_APPLICABLE}
    assert verdicts("sync-age", TenantSync(is_on=True)) == {Verdict.UNKNOWN}


def test_notices_to_a_domain_that_is_not_the_tenants_go_elsewhere():
    mail = NotificationAddress(use="technical", mail="someone@third.example")
    assert verdicts("notices", *DOMAINS, mail) == {Verdict.NOT_MET}
    below = NotificationAddress(use="technical", mail=f"it@mail.{CLOUD}")
    assert verdicts("notices", *DOMAINS, below) == {Verdict.MET}


def test_an_apple_id_of_nobody_known_is_not_known():
    push = ManagementToken(type="apple push", id="1", account="boss@mail.example", ends=at(300))
    assert verdicts("apple-push", push) == {Verdict.UNKNOWN}
    assert verdicts("apple-push") == {Verdict.NOT_APPLICABLE}


def test_hostile_names_are_cut_and_change_no_verdict():
    name = "<script>alert(1)</script>" * 50
    (found,) = told("dynamic-rule", group("x", rule=f"otto@oldmsp.example {name}"))
    assert found.verdict is Verdict.NOT_MET
    assert len(found.says) < 400


def test_a_subscription_without_a_day_is_not_fine():
    assert verdicts("subscription-ends", TenantSubscription(id="1", status="Enabled")) == {
        Verdict.UNKNOWN
    }


def test_every_rule_of_a_tenant_is_named_so():
    mine = [rule for rule in RULES.values() if rule.id.startswith("entra.")]
    assert len(mine) >= 70
    assert all(rule.per.value == "tenant" for rule in mine)
    assert {rule.severity for rule in mine} == set(Severity)


def test_what_every_tenant_has_and_a_reading_does_not_tell_is_not_fine():
    for rule in (
        *("mfa", "legacy-login", "sharepoint-legacy-login", "user-consent", "guest-invites"),
        *("consent-reviewer", "sharing", "sync-age", "leftover-domain", "audit-rights"),
        "audit-excess",
    ):
        assert verdicts(rule) == {Verdict.UNKNOWN}, rule
