"""Domains of a tenant, where they log in, and where its notices go."""

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

f = of_field


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


LEDGERS: tuple[Ledger[Any, Tenancy], ...] = (
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
