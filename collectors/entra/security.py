"""How safe a tenant is by Microsoft's own measure, what is going on, and who changed power lately.

Sources: Graph reference, resource types secureScore, secureScoreControlProfile, incident,
riskyUser, directoryAudit.
"""

from collections.abc import Iterator

from collectors.rows import Row, Rows
from collectors.spec import GraphGet, collector
from inventory.model.tenant_services import (
    PrivilegedChange,
    RiskyUser,
    ScoreControl,
    SecureScore,
    SecurityIncident,
)

SCORE = GraphGet(
    "score",
    "/security/secureScores",
    "SecurityEvents.Read.All",
    "security",
    top=1,
    budget="security",
    most_rows=1,  # the newest; older days follow
)
INCIDENTS = GraphGet(
    "incidents",
    "/security/incidents",
    "SecurityIncident.Read.All",
    "security",
    filter="status eq 'active'",
    top=50,
    budget="security",
    licence="Microsoft Defender XDR",
)
RISKY = GraphGet(
    "risky",
    "/identityProtection/riskyUsers",
    "IdentityRiskyUser.Read.All",
    "security",
    filter="riskState eq 'atRisk'",
    budget="policies",
    licence="Entra ID P2",
)
CHANGES = GraphGet(
    "changes",
    "/auditLogs/directoryAudits",
    "AuditLog.Read.All",
    "audit",
    filter="activityDateTime ge {now-30d}",
    top=1000,
    budget="reports",
    personal=True,
    why="who gave whom power in the notice period",
)
_OF_POWER = frozenset(("RoleManagement", "ApplicationManagement", "Policy", "GroupManagement"))


@collector("entra.secure_score", asks=[SCORE], tells=[SecureScore, ScoreControl], source="graph")
def secure_score(found: Rows) -> Iterator[SecureScore | ScoreControl]:
    """Yield the newest secure score, and how far each control is met."""
    for row in found:
        yield SecureScore(
            at=row.at(),
            score=row.amount("currentScore"),
            most=row.amount("maxScore"),
            made=row.moment("createdDateTime"),
        )
        for one in row.rows("controlScores"):
            yield ScoreControl(
                at=one.at(),
                id=one.needed("controlName"),
                category=one.text("controlCategory"),
                score=one.amount("score"),
            )


@collector("entra.incidents", asks=[INCIDENTS], tells=[SecurityIncident], source="graph")
def incidents(found: Rows) -> Iterator[SecurityIncident]:
    """Yield the incidents that are open."""
    for row in found:
        yield SecurityIncident(
            at=row.at(),
            id=row.needed("id"),
            name=row.text("displayName") or "",
            severity=row.text("severity"),
            status=row.text("status"),
            assigned_to=row.text("assignedTo"),
            created=row.moment("createdDateTime"),
        )


@collector("entra.risky_users", asks=[RISKY], tells=[RiskyUser], source="graph")
def risky_users(found: Rows) -> Iterator[RiskyUser]:
    """Yield the users whose accounts may be in other hands."""
    for row in found:
        yield RiskyUser(
            at=row.at(),
            id=row.needed("id"),
            upn=row.text("userPrincipalName") or "",
            level=row.text("riskLevel"),
            state=row.text("riskState"),
            changed=row.moment("riskLastUpdatedDateTime"),
        )


@collector("entra.privileged_changes", asks=[CHANGES], tells=[PrivilegedChange], source="graph")
def privileged_changes(found: Rows) -> Iterator[PrivilegedChange]:
    """Yield who changed roles, applications, groups and policies within 30 days."""
    for row in found:
        if row.text("category") in _OF_POWER:
            targets = (one.text("displayName") or _upn(one) for one in row.rows("targetResources"))
            yield PrivilegedChange(
                at=row.at(),
                id=row.needed("id"),
                activity=row.text("activityDisplayName") or "",
                category=row.text("category"),
                when=row.moment("activityDateTime"),
                by=_by(row.row("initiatedBy")),
                targets=tuple(filter(None, targets)),
                result=row.text("result"),
            )


def _by(initiator: Row) -> str:
    person, app = initiator.row("user"), initiator.row("app")
    return _upn(person) or app.text("displayName") or person.text("displayName") or ""


def _upn(row: Row) -> str:
    return row.text("userPrincipalName") or ""
