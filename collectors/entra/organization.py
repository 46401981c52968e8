"""Which organisation a tenant belongs to, where its notices go, and what the audit is in it.

Sources: Graph reference, resource types organization and assignedPlan; RFC 7519 (the token).
"""

from collections.abc import Iterator

from collectors.rows import Row, Rows
from collectors.spec import CONNECTION, GraphGet, Unreadable, collector
from inventory.model.tenant import NotificationAddress, Organization, TenantConnection, TenantSync

CONNECTED = GraphGet("connection", CONNECTION, "Organization.Read.All", "core", shape="one")
ORGANIZATION = GraphGet(
    "organization",
    "/organization",
    "Organization.Read.All",
    "core",
    select=(
        "id",
        "displayName",
        "tenantType",
        "partnerTenantType",
        "createdDateTime",
        "countryLetterCode",
        "verifiedDomains",
        "technicalNotificationMails",
        "securityComplianceNotificationMails",
        "marketingNotificationEmails",
        "privacyProfile",
        "onPremisesSyncEnabled",
        "onPremisesLastSyncDateTime",
        "assignedPlans",
    ),
    empty="gap",
)
_MAILS = (
    ("technical", "technicalNotificationMails"),
    ("security", "securityComplianceNotificationMails"),
    ("marketing", "marketingNotificationEmails"),
)


@collector("entra.connection", asks=[CONNECTED], tells=[TenantConnection], source="graph")
def connection(found: Rows) -> Iterator[TenantConnection]:
    """Yield as what the audit asked, and the permissions that it was given."""
    for row in found:
        yield TenantConnection(
            at=row.at(),
            login=row.needed("login"),
            cloud=row.needed("cloud"),
            app_id=row.text("appId"),
            object_id=row.text("objectId"),
            person=row.text("person") or "",
            permissions=row.texts("permissions"),
        )


@collector(
    "entra.organization",
    asks=[ORGANIZATION],
    tells=[Organization, NotificationAddress, TenantSync],
    source="graph",
)
def organization(
    found: Rows,
) -> Iterator[Organization | NotificationAddress | TenantSync | Unreadable]:
    """Yield the organisation, the addresses of its notices, and its last synchronisation."""
    for row in found:
        yield _organization(row)
        yield from _addresses(row)
        yield TenantSync(
            at=row.at("onPremisesLastSyncDateTime"),
            is_on=row.flag("onPremisesSyncEnabled"),
            last=row.moment("onPremisesLastSyncDateTime"),
        )


def _organization(row: Row) -> Organization:
    domains = row.rows("verifiedDomains")
    return Organization(
        at=row.at(),
        id=row.needed("id"),
        name=row.needed("displayName"),
        type=row.text("tenantType"),
        partner_type=row.text("partnerTenantType"),
        created=row.moment("createdDateTime"),
        country=row.text("countryLetterCode"),
        default_domain=_first(domains, "isDefault"),
        initial_domain=_first(domains, "isInitial"),
        domains=tuple(sorted(filter(None, (one.text("name") for one in domains)))),
        is_synchronised=row.flag("onPremisesSyncEnabled"),
        plans=_plans(row),
    )


def _first(domains: tuple[Row, ...], mark: str) -> str | None:
    return next((one.text("name") for one in domains if one.flag(mark)), None)


def _plans(row: Row) -> tuple[str, ...]:
    plans = row.rows("assignedPlans")
    enabled = (one.text("service") for one in plans if one.text("capabilityStatus") == "Enabled")
    return tuple(sorted(set(filter(None, enabled))))


def _addresses(row: Row) -> Iterator[NotificationAddress]:
    for use, name in _MAILS:
        for mail in row.texts(name):
            yield NotificationAddress(at=row.at(name), use=use, mail=mail)
    if contact := row.row("privacyProfile").text("contactEmail"):
        yield NotificationAddress(at=row.at("privacyProfile"), use="privacy", mail=contact)
