"""Which groups a tenant has, who is in them, who owns them, and what holds for all of them.

Sources: Graph reference, resource types group, groupSetting, groupLifecyclePolicy.
"""

from collections.abc import Iterator

from collectors.rows import Row, Rows, every_id
from collectors.spec import Each, GraphGet, Unreadable, collector
from collectors.tenant_objects import WHO, by_key, owners_of
from inventory.model.evidence import Why
from inventory.model.tenant import TenantSetting
from inventory.model.tenant_accounts import (
    GroupLicenceError,
    TenantGroup,
    TenantMembers,
    TenantOwners,
)

GROUPS = GraphGet(
    "groups",
    "/groups",
    "Group.Read.All",
    "core",
    select=(
        *("id", "displayName", "description", "mail", "groupTypes", "securityEnabled"),
        *("mailEnabled", "resourceProvisioningOptions", "isAssignableToRole"),
        *("onPremisesSyncEnabled", "onPremisesSecurityIdentifier", "onPremisesSamAccountName"),
        *("membershipRule", "membershipRuleProcessingState", "assignedLicenses", "visibility"),
        *("createdDateTime", "expirationDateTime"),
    ),
    top=999,
    counted="/groups/$count",
)


_EACH = (Each("/groups", every_id),)
HIDDEN = GraphGet(
    "hidden",
    "/groups",
    "Group.Read.All",
    "core",
    select=("id", "visibility"),
    top=999,
    why="groups whose members are shown only with Member.Read.Hidden",
)
# v1.0 leaves service principals out of members and owners; its documentation names beta for them.
MEMBERS = GraphGet(
    "members",
    "/groups/{key}/members",
    "GroupMember.Read.All",
    "core",
    select=WHO,
    top=999,
    version="beta",
    each=_EACH,
)
OWNERS = GraphGet(
    "owners",
    "/groups/{key}/owners",
    "GroupMember.Read.All",
    "core",
    select=WHO,
    version="beta",
    each=_EACH,
)
ERRORS = GraphGet(
    "errors",
    "/groups",
    "Group.Read.All",
    "core",
    select=("id", "displayName"),
    filter="hasMembersWithLicenseErrors eq true",
)
SETTINGS = GraphGet("settings", "/groupSettings", "GroupSettings.Read.All", "core")
LIFETIME = GraphGet(
    "lifetime", "/groupLifecyclePolicies", "Directory.Read.All", "core", licence="Entra ID P1"
)
_NOTICES = "alternateNotificationEmails"
_UNSEEN = "its members are hidden: Member.Read.Hidden is not granted, as it seems"


@collector("entra.groups", asks=[GROUPS], tells=[TenantGroup], source="graph")
def groups(found: Rows) -> Iterator[TenantGroup]:
    """Yield the groups of the tenant."""
    for row in found:
        licences = {one.text("skuId") or "" for one in row.rows("assignedLicenses")}
        yield TenantGroup(
            at=row.at(),
            id=row.needed("id"),
            name=row.needed("displayName"),
            description=row.text("description") or "",
            mail=row.text("mail"),
            types=row.texts("groupTypes"),
            is_security=row.needed_flag("securityEnabled"),
            is_mail=row.flag("mailEnabled"),
            is_team="Team" in row.texts("resourceProvisioningOptions"),
            is_role_assignable=bool(row.flag("isAssignableToRole")),
            is_synchronised=bool(row.flag("onPremisesSyncEnabled")),
            sid=row.text("onPremisesSecurityIdentifier"),
            sam_name=row.text("onPremisesSamAccountName"),
            rule=row.text("membershipRule"),
            rule_state=row.text("membershipRuleProcessingState"),
            licences=tuple(sorted(filter(None, licences))),
            visibility=row.text("visibility"),
            created=row.moment("createdDateTime"),
            expires=row.moment("expirationDateTime"),
        )


@collector("entra.group_members", asks=[HIDDEN, MEMBERS], tells=[TenantMembers], source="graph")
def group_members(visibility: Rows, found: Rows) -> Iterator[TenantMembers | Unreadable]:
    """Yield the direct members of each group; a group without any tells none."""
    hidden = {row.needed("id"): row.at("visibility") for row in visibility if _is_hidden(row)}
    for group, members, at in by_key(found):
        hidden.pop(group, None)
        yield TenantMembers(at=at, group=group, members=members)
    for group, at in hidden.items():
        yield Unreadable(at, _UNSEEN, group, Why.DENIED, "scope")


def _is_hidden(row: Row) -> bool:
    return (row.text("visibility") or "").casefold() == "hiddenmembership"


@collector("entra.group_owners", asks=[OWNERS], tells=[TenantOwners], source="graph")
def group_owners(found: Rows) -> Iterator[TenantOwners]:
    """Yield the owners of each group; a group without any tells none."""
    yield from owners_of(found, "group")


@collector("entra.licence_errors", asks=[ERRORS], tells=[GroupLicenceError], source="graph")
def licence_errors(found: Rows) -> Iterator[GroupLicenceError]:
    """Yield the groups of which some members lack the licence that they should have."""
    for row in found:
        name = row.text("displayName") or ""
        yield GroupLicenceError(at=row.at(), group=row.needed("id"), name=name)


@collector("entra.group_settings", asks=[SETTINGS, LIFETIME], tells=[TenantSetting], source="graph")
def group_settings(settings: Rows, lifetime: Rows) -> Iterator[TenantSetting | Unreadable]:
    """Yield what holds for all groups: who may make them, how long they live."""
    for row in settings:
        row.stands_for("groups")
        for one in row.rows("values"):
            yield TenantSetting(
                at=one.at(),
                area="groups",
                name=f"{row.text('displayName') or 'settings'}: {one.text('name') or ''}",
                value=one.text("value") or "",
            )
    for row in lifetime:
        row.stands_for("group lifetime")
        days = row.number("groupLifetimeInDays")
        told = {name: row.text(name) for name in ("managedGroupTypes", _NOTICES)}
        told["groupLifetimeInDays"] = None if days is None else str(days)
        for name, value in told.items():
            if value is not None:
                yield TenantSetting(at=row.at(name), area="group lifetime", name=name, value=value)
