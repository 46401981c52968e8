"""How the services of a tenant fare: backups, incidents, disturbances, changes."""

from typing import Any

from agent.documents.cell import of_field, of_fields
from agent.documents.views.ledger import Ledger
from agent.documents.views.tenant.tenancy import Tenancy
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


def _points(value: float | None) -> str | None:
    return None if value is None else f"{value:g}"


LEDGERS: tuple[Ledger[Any, Tenancy], ...] = (
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
