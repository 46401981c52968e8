"""Roles of a tenant: held, taken when wanted, made here, for which part; and its guests."""

from typing import Any

from agent.documents.cell import Cell, of_field, of_fields
from agent.documents.views import say
from agent.documents.views.ledger import Ledger
from agent.documents.views.tenant.tenancy import Tenancy
from inventory.model.tenant_accounts import TenantUser
from inventory.model.tenant_policies import AccessReview
from inventory.model.tenant_roles import (
    AdministrativeUnit,
    GroupEligibility,
    RoleActivation,
    RoleAssignment,
    RoleDefinition,
    RoleEligibility,
    RolePolicy,
    ScopedRole,
)

f = of_field


def _assignment(one: RoleAssignment, t: Tenancy) -> tuple[Cell, ...]:
    return f(t.role(one.role)), f(t.name(one.principal)), f(t.scope(one.scope))


def _eligibility(one: RoleEligibility, t: Tenancy) -> tuple[Cell, ...]:
    end = t.day(one.ends) if one.ends else f("never")
    return f(t.role(one.role)), f(t.name(one.principal)), f(t.scope(one.scope)), end


def _policy(one: RolePolicy, t: Tenancy) -> tuple[Cell, ...]:
    return (
        f(t.role(one.role)),
        f(say.yes(one.needs_approval)),
        f(say.yes(one.needs_mfa)),
        of_fields(who.name or t.name(who.id) for who in one.approvers),
        of_fields(one.notified, "code"),
    )


def _guest(one: TenantUser, t: Tenancy) -> tuple[Cell, ...]:
    return (
        f(one.upn, "code"),
        f(one.name),
        f(say.yes(one.is_enabled)),
        f(one.invitation),
        t.since(one.created),
        t.whose(tuple(one.identifiers())),
    )


LEDGERS: tuple[Ledger[Any, Tenancy], ...] = (
    Ledger(
        "Roles that are held",
        RoleAssignment,
        ("Role", "Held by", "For"),
        _assignment,
        lambda one: (one.role, one.principal),
    ),
    Ledger(
        "Roles that may be taken",
        RoleEligibility,
        ("Role", "By", "For", "Ends"),
        _eligibility,
        lambda one: (one.role, one.principal),
    ),
    Ledger(
        "How roles came to be held",
        RoleActivation,
        ("Role", "By", "How", "Ends"),
        lambda one, t: (
            f(t.role(one.role)),
            f(t.name(one.principal)),
            f(one.type),
            t.day(one.ends) if one.ends else f("never"),
        ),
        lambda one: (one.role, one.principal),
    ),
    Ledger(
        "Groups that may be joined when wanted",
        GroupEligibility,
        ("Group", "By", "As", "Ends"),
        lambda one, t: (
            f(t.name(one.group)),
            f(t.name(one.principal)),
            f(one.access),
            t.day(one.ends) if one.ends else f("never"),
        ),
        lambda one: (one.group, one.principal),
    ),
    Ledger(
        "What taking a role asks for",
        RolePolicy,
        ("Role", "Approval", "Second factor", "Approved by", "Told"),
        _policy,
        lambda one: one.role,
        lambda one: bool(one.needs_approval or one.notified or one.approvers),
    ),
    Ledger(
        "Parts with administrators of their own",
        AdministrativeUnit,
        ("Unit", "Members", "Closed to other administrators"),
        lambda one, _: (f(one.name), f(one.membership), f(say.yes(one.is_restricted))),
        lambda one: one.name,
    ),
    Ledger(
        "Administrators of such parts",
        ScopedRole,
        ("Unit", "Administrator"),
        lambda one, t: (f(t.name(one.unit)), f(one.name or t.name(one.member))),
        lambda one: (one.unit, one.member),
    ),
    Ledger(
        "Roles that were made here",
        RoleDefinition,
        ("Role", "On", "Allows"),
        lambda one, _: (f(one.name), f(say.yes(one.is_enabled)), of_fields(one.actions, "code")),
        lambda one: one.name,
        lambda one: one.is_built_in is not True,
    ),
    Ledger(
        "Reviews of access",
        AccessReview,
        ("Review", "Status", "By"),
        lambda one, t: (
            f(one.name),
            f(one.status),
            of_fields(who.name or t.name(who.id) for who in one.reviewers),
        ),
        lambda one: one.name,
    ),
    Ledger(
        "Guests",
        TenantUser,
        ("Account", "Name", "Enabled", "Invitation", "Since", "Whose"),
        _guest,
        lambda one: one.upn,
        lambda one: one.is_guest,
    ),
)
