"""What a tenant has: licences, domains, policies, devices, backups, and how its services fare."""

from typing import Any

from agent.documents.cell import Cell, of_field, of_fields
from agent.documents.views import say
from agent.documents.views.ledger import Ledger
from agent.documents.views.tenant.tenancy import Tenancy
from inventory.model.tenant import (
    DomainDnsRecord,
    DomainFederation,
    NotificationAddress,
    TenantDomain,
    TenantSetting,
)
from inventory.model.tenant_licences import SubscribedSku, TenantSubscription
from inventory.model.tenant_policies import (
    AccessPolicy,
    AppCredentialPolicy,
    AuthenticationStrength,
    AuthorizationPolicy,
    CertificateTrust,
    ConsentRequests,
    DeviceRegistration,
    FactorPolicy,
    IdentityProvider,
    NamedLocation,
    Selection,
    SharingPolicy,
)
from inventory.model.tenant_services import (
    AnnouncedChange,
    PrivilegedChange,
    RiskyUser,
    ScoreControl,
    SecurityIncident,
    ServiceIssue,
    TenantBackupApp,
    TenantBackupPolicy,
)

f = of_field


def _sku(one: SubscribedSku, t: Tenancy) -> tuple[Cell, ...]:
    idle = None
    if one.enabled is not None and one.consumed is not None:
        idle = max(0, one.enabled - one.consumed)
    return (
        f(t.product(one.sku)),
        f(one.status),
        f(one.enabled, "number"),
        f(one.consumed, "number"),
        f(idle, "number"),
        f(one.warning or None, "number"),
        f(one.suspended or None, "number"),
    )


def _subscription(one: TenantSubscription, t: Tenancy) -> tuple[Cell, ...]:
    seller = t.other(one.owner_tenant) if one.owner_tenant else "no seller is told"
    return (
        f(t.product(one.sku) or one.part_number),
        f(f"{one.status or 'status not told'}{', trial' if one.is_trial else ''}"),
        f(one.seats, "number"),
        t.day(one.next_event),
        f(seller),
        t.whose(tuple(one.identifiers())),
    )


def _domain(one: TenantDomain, t: Tenancy) -> tuple[Cell, ...]:
    marks = (("default", one.is_default), ("the first", one.is_initial))
    return (
        f(one.name, "code"),
        f(", ".join(text for text, holds in marks if holds)),
        f(one.authentication),
        f(say.yes(one.is_verified)),
        of_fields(one.services),
        t.whose(tuple(one.identifiers())),
    )


def _federation(one: DomainFederation, t: Tenancy) -> tuple[Cell, ...]:
    return (
        f(one.domain, "code"),
        f(one.issuer, "code"),
        t.day(one.certificate_ends),
        f(one.mfa_behaviour),
        t.whose(tuple(one.identifiers())),
    )


def _policy(one: AccessPolicy, t: Tenancy) -> tuple[Cell, ...]:
    who = (one.users, one.groups, one.guests)
    return (
        f(one.name),
        f(_STATES.get(one.state, one.state)),
        of_fields((*_of(who, "include", t), *(t.role(role) for role in one.roles.include))),
        of_fields((*_of(who, "exclude", t), *(t.role(role) for role in one.roles.exclude))),
        of_fields(one.controls + ((one.strength,) if one.strength else ())),
        f("yes" if one.is_narrowed else ""),
    )


def _of(some: tuple[Selection, ...], side: str, t: Tenancy) -> tuple[str, ...]:
    return tuple(t.name(entry) for one in some for entry in getattr(one, side))


_STATES = {
    "enabled": "on",
    "disabled": "off",
    "enabledForReportingButNotEnforced": "only reported",
}


def _place(one: NamedLocation, t: Tenancy) -> tuple[Cell, ...]:
    return (
        f(one.name),
        f(say.yes(one.is_trusted)),
        of_fields(one.networks or one.countries, "code"),
        t.whose(tuple(one.identifiers())),
    )


def _points(value: float | None) -> str | None:
    return None if value is None else f"{value:g}"


LICENCES: tuple[Ledger[Any, Tenancy], ...] = (
    Ledger(
        "Subscriptions, and who sold them",
        TenantSubscription,
        ("Product", "Status", "Seats", "Renews or ends", "Sold by", "Whose"),
        _subscription,
        lambda one: (one.next_event is None, one.next_event, one.part_number),
    ),
    Ledger(
        "Seats",
        SubscribedSku,
        ("Product", "Status", "Bought", "Assigned", "Idle", "Past their end", "Suspended"),
        _sku,
        lambda one: one.part_number,
    ),
)
DOMAINS: tuple[Ledger[Any, Tenancy], ...] = (
    Ledger(
        "Domains",
        TenantDomain,
        ("Domain", "Which", "Logins", "Verified", "Services", "Whose"),
        _domain,
        lambda one: (not one.is_default, one.name),
    ),
    Ledger(
        "Where federated domains log in",
        DomainFederation,
        ("Domain", "Issuer", "Certificate ends", "Its second factor", "Whose"),
        _federation,
        lambda one: one.domain,
    ),
    Ledger(
        "DNS records that services expect",
        DomainDnsRecord,
        ("Domain", "For", "Type", "Name", "Value"),
        lambda one, _: (
            f(one.domain, "code"),
            f(one.service or one.use),
            f(one.type),
            f(one.label, "code"),
            f(one.value, "code"),
        ),
        lambda one: (one.domain, one.use, one.type, one.label, one.value),
    ),
    Ledger(
        "Where notices go",
        NotificationAddress,
        ("Notices", "Address", "Whose"),
        lambda one, t: (f(one.use), f(one.mail, "code"), t.whose(tuple(one.identifiers()))),
        lambda one: (one.use, one.mail),
    ),
    Ledger(
        "Other settings",
        TenantSetting,
        ("Of", "Setting", "Value"),
        lambda one, _: (f(one.area), f(one.name), f(one.value, "code")),
        lambda one: (one.area, one.name),
    ),
)
POLICIES: tuple[Ledger[Any, Tenancy], ...] = (
    Ledger(
        "Conditional access",
        AccessPolicy,
        ("Policy", "State", "For", "But not for", "Asks", "Narrower than told here"),
        _policy,
        lambda one: (one.state != "enabled", one.name),
    ),
    Ledger(
        "Named places",
        NamedLocation,
        ("Place", "Trusted", "Networks or countries", "Whose"),
        _place,
        lambda one: one.name,
    ),
    Ledger(
        "Factors",
        FactorPolicy,
        ("Factor", "State", "For", "But not for"),
        lambda one, t: (
            f(one.factor),
            f(one.state),
            of_fields(t.names(one.include)),
            of_fields(t.names(one.exclude)),
        ),
        lambda one: one.factor,
    ),
    Ledger(
        "Named sets of factors",
        AuthenticationStrength,
        ("Set", "Type", "Takes"),
        lambda one, _: (f(one.name), f(one.type), of_fields(one.allows)),
        lambda one: one.name,
    ),
    Ledger(
        "What every user may do",
        AuthorizationPolicy,
        ("Invite guests", "Consent to apps by", "Register apps", "Make groups"),
        lambda one, _: (
            f(one.invites),
            of_fields(one.consents, "code"),
            f(say.yes(one.makes_apps)),
            f(say.yes(one.makes_groups)),
        ),
    ),
    Ledger(
        "Requests for apps",
        ConsentRequests,
        ("On", "Answered by"),
        lambda one, t: (f(say.yes(one.is_on)), of_fields(map(t.reviewer, one.reviewers))),
    ),
    Ledger(
        "How long secrets of applications may live",
        AppCredentialPolicy,
        ("On", "Limits"),
        lambda one, _: (f(say.yes(one.is_on)), of_fields(one.limits)),
    ),
    Ledger(
        "Who registers devices",
        DeviceRegistration,
        ("Joins", "Registers", "With a second factor", "Local passwords kept"),
        lambda one, _: (
            f(one.joins),
            f(one.registers),
            f(say.yes(one.needs_mfa)),
            f(say.yes(one.local_password)),
        ),
    ),
    Ledger(
        "Authorities whose certificates log in",
        CertificateTrust,
        ("Subject", "Issued by", "Root", "Ends", "Whose"),
        lambda one, t: (
            f(one.subject or one.fingerprint),
            f(one.issuer),
            f(say.yes(one.is_root)),
            t.day(one.ends),
            t.whose(tuple(one.identifiers())),
        ),
        lambda one: one.subject,
    ),
    Ledger(
        "Other identity providers",
        IdentityProvider,
        ("Provider", "Type", "Issuer"),
        lambda one, _: (f(one.name), f(one.type), f(one.issuer, "code")),
        lambda one: one.name,
    ),
    Ledger(
        "Sharing from SharePoint and OneDrive",
        SharingPolicy,
        ("With whom", "Old logins", "Domains allowed", "Domains refused"),
        lambda one, _: (
            f(one.sharing),
            f(say.yes(one.legacy_login)),
            of_fields(one.allowed_domains, "code"),
            of_fields(one.blocked_domains, "code"),
        ),
    ),
)
SERVICES: tuple[Ledger[Any, Tenancy], ...] = (
    Ledger(
        "Policies of Microsoft 365 Backup",
        TenantBackupPolicy,
        ("Policy", "For", "Status", "Kept, days"),
        lambda one, _: (f(one.name), f(one.type), f(one.status), f(one.retention_days, "number")),
        lambda one: one.name,
    ),
    Ledger(
        "Applications that control Microsoft 365 Backup",
        TenantBackupApp,
        ("Application", "Status"),
        lambda one, t: (f(t.name(one.app_id or one.id)), f(one.status)),
        lambda one: one.id,
    ),
    Ledger(
        "Controls of the secure score that are not met",
        ScoreControl,
        ("Control", "Of", "Points", "Of at most"),
        lambda one, _: (
            f(one.title or one.id),
            f(one.category),
            f(_points(one.score), "number"),
            f(_points(one.most), "number"),
        ),
        lambda one: (-((one.most or 0) - (one.score or 0)), one.id),
        lambda one: one.score is None or one.most is None or one.score < one.most,
    ),
    Ledger(
        "Open incidents",
        SecurityIncident,
        ("Incident", "Severity", "Status", "Since"),
        lambda one, t: (
            f(one.name or one.id),
            f(one.severity),
            f(one.status),
            t.since(one.created),
        ),
        lambda one: one.id,
    ),
    Ledger(
        "Accounts that may be in other hands",
        RiskyUser,
        ("Account", "Risk", "State", "Since"),
        lambda one, t: (f(one.upn, "code"), f(one.level), f(one.state), t.since(one.changed)),
        lambda one: one.upn,
    ),
    Ledger(
        "Disturbances that are not over",
        ServiceIssue,
        ("Service", "What", "Status", "Since"),
        lambda one, t: (f(one.service), f(one.title), f(one.status), t.since(one.started)),
        lambda one: (one.service, one.id),
    ),
    Ledger(
        "Announced changes that ask for an act",
        AnnouncedChange,
        ("What", "Services", "Until"),
        lambda one, t: (f(one.title), of_fields(one.services), t.day(one.act_by)),
        lambda one: (one.act_by is None, one.act_by, one.id),
    ),
    Ledger(
        "Changes of who has power, 30 days",
        PrivilegedChange,
        ("When", "What", "By", "Of"),
        lambda one, t: (t.since(one.when), f(one.activity), f(one.by), of_fields(one.targets)),
        lambda one: (one.when is None, one.when, one.id),
    ),
)
