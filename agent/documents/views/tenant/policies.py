"""What a tenant asks of whom: conditional access, places, factors, and what everybody may do."""

from typing import Any

from agent.documents.cell import Cell, of_field, of_fields
from agent.documents.views import say
from agent.documents.views.ledger import Ledger
from agent.documents.views.tenant.tenancy import Tenancy
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

f = of_field


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


LEDGERS: tuple[Ledger[Any, Tenancy], ...] = (
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
