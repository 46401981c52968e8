"""How safe a tenant is by Microsoft's own measure, what is going on, and who changed power lately.

Sources: Graph reference, resource types secureScore, secureScoreControlProfile, incident,
riskyUser, directoryAudit.
"""

from collections.abc import Iterator, Mapping
from itertools import chain

from collectors.rows import Row, Rows
from collectors.spec import GraphGet, Unreadable, collector
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
    shape="one",  # the first page alone: the newest day comes first, older ones follow
    budget="security",
)
CONTROLS = GraphGet(
    "controls",
    "/security/secureScoreControlProfiles",
    "SecurityEvents.Read.All",
    "security",
    budget="security",
    why="what the controls of the secure score are called, and what each is worth",
)


def _incidents(name: str, status: str) -> GraphGet:
    return GraphGet(
        name,
        "/security/incidents",
        "SecurityIncident.Read.All",
        "security",
        filter=f"status eq '{status}'",
        top=50,
        budget="security",
        licence="Microsoft Defender XDR",
    )


def _risky(name: str, state: str) -> GraphGet:
    return GraphGet(
        name,
        "/identityProtection/riskyUsers",
        "IdentityRiskyUser.Read.All",
        "security",
        filter=f"riskState eq '{state}'",
        budget="policies",
        licence="Entra ID P2",
    )


ACTIVE = _incidents("active", "active")
BEGUN = _incidents("begun", "inProgress")
RISKY = _risky("risky", "atRisk")
COMPROMISED = _risky("compromised", "confirmedCompromised")
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


@collector(
    "entra.secure_score",
    asks=[SCORE, CONTROLS],
    tells=[SecureScore, ScoreControl],
    source="graph",
)
def secure_score(score: Rows, controls: Rows) -> Iterator[SecureScore | ScoreControl | Unreadable]:
    """Yield the newest secure score, and how far each control is met."""
    worth = {
        row.needed("id"): (row.text("title") or "", row.amount("maxScore")) for row in controls
    }
    worth.pop("", None)
    for page in score:
        if page.body.get("value") is None:
            yield Unreadable(page.at("value"), "the answer has no list of scores")
        for row in page.rows("value")[:1]:
            yield SecureScore(
                at=row.at(),
                score=row.amount("currentScore"),
                most=row.amount("maxScore"),
                made=row.moment("createdDateTime"),
            )
            for one in row.rows("controlScores"):
                yield _control(one, worth)


def _control(row: Row, worth: Mapping[str, tuple[str, float | None]]) -> ScoreControl:
    name = row.needed("controlName")
    title, most = worth.get(name, ("", None))
    return ScoreControl(
        at=row.at(),
        id=name,
        title=title,
        category=row.text("controlCategory"),
        score=row.amount("score"),
        most=most,
    )


@collector("entra.incidents", asks=[ACTIVE, BEGUN], tells=[SecurityIncident], source="graph")
def incidents(active: Rows, begun: Rows) -> Iterator[SecurityIncident]:
    """Yield the incidents that are open."""
    for row in chain(active, begun):
        yield SecurityIncident(
            at=row.at(),
            id=row.needed("id"),
            name=row.text("displayName") or "",
            severity=row.text("severity"),
            status=row.text("status"),
            assigned_to=row.text("assignedTo"),
            created=row.moment("createdDateTime"),
        )


@collector("entra.risky_users", asks=[RISKY, COMPROMISED], tells=[RiskyUser], source="graph")
def risky_users(risky: Rows, compromised: Rows) -> Iterator[RiskyUser]:
    """Yield the users whose accounts may be in other hands, or are."""
    for row in chain(risky, compromised):
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
        if row.needed("category") in _OF_POWER:
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
