"""Who is in a tenant, and when each was used last, by whom managed, with which factors.

Sources: Graph reference, resource types user, signInActivity, userRegistrationDetails,
authenticationMethod, mailboxSettings, messageRule.
"""

from collections.abc import Iterator

from collectors.rows import Row, Rows
from collectors.spec import Each, GraphGet, Unreadable, collector
from inventory.model.tenant_accounts import (
    DeletedUser,
    MailboxPurpose,
    MailRule,
    MfaRegistration,
    SignInMethod,
    TenantObject,
    TenantSignIn,
    TenantUser,
    UserLicence,
    UserManager,
)

P1 = "Entra ID P1"
USERS = GraphGet(
    "users",
    "/users",
    "User.Read.All",
    "core",
    select=(
        *("id", "userPrincipalName", "displayName", "mail", "userType", "accountEnabled"),
        *("createdDateTime", "creationType", "externalUserState", "onPremisesSyncEnabled"),
        *("onPremisesImmutableId", "onPremisesSecurityIdentifier", "onPremisesSamAccountName"),
        *("onPremisesDistinguishedName", "onPremisesDomainName", "lastPasswordChangeDateTime"),
        *("passwordPolicies", "licenseAssignmentStates", "usageLocation", "companyName"),
        *("department", "jobTitle", "employeeType", "employeeLeaveDateTime", "proxyAddresses"),
        *("otherMails", "isResourceAccount"),
    ),
    top=999,
    counted="/users/$count",
    empty="gap",  # whoever asks can see at least an administrator
)
SIGN_INS = GraphGet(
    "sign_ins",
    "/users",
    "AuditLog.Read.All",
    "audit",
    select=("id", "signInActivity"),
    top=500,
    licence=P1,
    budget="reports",
    empty="gap",
    why="which accounts nobody uses",
)
DELETED = GraphGet(
    "deleted",
    "/directory/deletedItems/microsoft.graph.user",
    "User.Read.All",
    "core",
    select=("id", "userPrincipalName", "deletedDateTime"),
)
MANAGERS = GraphGet(
    "managers",
    "/users",
    "User.Read.All",
    "core",
    select=("id",),
    expand="manager($select=id,displayName)",
    empty="gap",
    deep=True,
)
FACTORS = GraphGet(
    "factors",
    "/reports/authenticationMethods/userRegistrationDetails",
    "AuditLog.Read.All",
    "audit",
    licence=P1,
    budget="reports",
    empty="gap",
    why="administrators without a second factor",
)


def _member(row: Row) -> Iterator[str]:
    if row.text("userType") != "Guest" and row.text("mail"):
        yield row.needed("id")


def _enabled(row: Row) -> Iterator[str]:
    if row.flag("accountEnabled") is not False:
        yield row.needed("id")


_MEMBERS = (Each("/users", _member, select=("id", "userType", "mail")),)
METHODS = GraphGet(
    "methods",
    "/users/{key}/authentication/methods",
    "UserAuthenticationMethod.Read.All",
    "audit",
    each=(Each("/users", _enabled, select=("id", "accountEnabled")),),
    personal=True,
    deep=True,
    why="whose telephone or key opens an account that is shared",
)
MAILBOXES = GraphGet(
    "mailboxes",
    "/users/{key}/mailboxSettings",
    "MailboxSettings.Read",
    "m365",
    select=("userPurpose",),
    shape="one",
    each=_MEMBERS,
    absent="none",  # MailboxNotEnabledForRESTAPI: no mailbox in the cloud
    budget="other",
    deep=True,
)
RULES = GraphGet(
    "rules",
    "/users/{key}/mailFolders/inbox/messageRules",
    "MailboxSettings.Read",
    "m365",
    each=_MEMBERS,
    absent="none",
    budget="other",
    personal=True,
    deep=True,
    why="mail that goes on to people who left",
)
_METHODS = "AuthenticationMethod"


@collector("entra.users", asks=[USERS], tells=[TenantUser], source="graph")
def users(found: Rows) -> Iterator[TenantUser | Unreadable]:
    """Yield the users of the tenant, guests among them."""
    for row in found:
        policies = (row.text("passwordPolicies") or "").split(",")
        yield TenantUser(
            at=row.at(),
            id=row.needed("id"),
            upn=row.needed("userPrincipalName"),
            name=row.text("displayName") or "",
            mail=row.text("mail"),
            type=row.text("userType"),
            is_enabled=row.needed_flag("accountEnabled"),
            created=row.moment("createdDateTime"),
            creation=row.text("creationType"),
            invitation=row.text("externalUserState"),
            is_synchronised=bool(row.flag("onPremisesSyncEnabled")),
            immutable_id=row.text("onPremisesImmutableId"),
            sid=row.text("onPremisesSecurityIdentifier"),
            sam_name=row.text("onPremisesSamAccountName"),
            dn=row.text("onPremisesDistinguishedName"),
            premises_domain=row.text("onPremisesDomainName"),
            password_set=row.moment("lastPasswordChangeDateTime"),
            password_policies=tuple(sorted(one.strip() for one in policies if one.strip())),
            licences=tuple(_licences(row)),
            usage_location=row.text("usageLocation"),
            company=row.text("companyName") or "",
            department=row.text("department") or "",
            title=row.text("jobTitle") or "",
            employee_type=row.text("employeeType"),
            leaves=row.moment("employeeLeaveDateTime"),
            addresses=row.texts("proxyAddresses"),
            other_mails=row.texts("otherMails"),
            is_resource=row.flag("isResourceAccount"),
        )


def _licences(row: Row) -> Iterator[UserLicence]:
    states = row.rows("licenseAssignmentStates")
    yield from sorted(
        UserLicence(
            sku=one.text("skuId") or "",
            group=one.text("assignedByGroup"),
            error="" if one.text("error") in (None, "None") else one.text("error") or "",
            is_active=one.text("state") in (None, "Active", "ActiveWithError"),
        )
        for one in states
    )


@collector("entra.sign_ins", asks=[SIGN_INS], tells=[TenantSignIn], source="graph")
def sign_ins(found: Rows) -> Iterator[TenantSignIn]:
    """Yield when each user was used last; one without signInActivity was never used since 2020."""
    for row in found:
        used = row.row("signInActivity")
        yield TenantSignIn(
            at=row.at("signInActivity"),
            user=row.needed("id"),
            last=used.moment("lastSignInDateTime"),
            last_by_program=used.moment("lastNonInteractiveSignInDateTime"),
            last_success=used.moment("lastSuccessfulSignInDateTime"),
        )


@collector("entra.deleted_users", asks=[DELETED], tells=[DeletedUser], source="graph")
def deleted_users(found: Rows) -> Iterator[DeletedUser]:
    """Yield the users that were deleted and can be restored for 30 days."""
    for row in found:
        yield DeletedUser(
            at=row.at(),
            id=row.needed("id"),
            upn=row.text("userPrincipalName") or "",
            deleted=row.moment("deletedDateTime"),
        )


@collector("entra.managers", asks=[MANAGERS], tells=[UserManager], source="graph")
def managers(found: Rows) -> Iterator[UserManager]:
    """Yield who is the manager of whom."""
    for row in found:
        if row.body.get("manager") is not None:
            manager = row.row("manager")
            ident, name = manager.needed("id"), manager.text("displayName") or ""
            who = TenantObject(ident, manager.type or "user", name)
            if ident:
                yield UserManager(at=row.at("manager"), user=row.needed("id"), manager=who)


@collector("entra.mfa", asks=[FACTORS], tells=[MfaRegistration], source="graph")
def mfa(found: Rows) -> Iterator[MfaRegistration]:
    """Yield which factors users have registered, by their kinds."""
    for row in found:
        yield MfaRegistration(
            at=row.at(),
            user=row.needed("id"),
            upn=row.text("userPrincipalName") or "",
            is_admin=row.needed_flag("isAdmin"),
            is_registered=row.needed_flag("isMfaRegistered"),
            is_capable=row.flag("isMfaCapable"),
            is_passwordless=row.flag("isPasswordlessCapable"),
            methods=row.texts("methodsRegistered"),
        )


@collector("entra.methods", asks=[METHODS], tells=[SignInMethod], source="graph")
def methods(found: Rows) -> Iterator[SignInMethod]:
    """Yield the factors of each enabled account, by kind and name; never a telephone number."""
    for row in found:
        yield SignInMethod(
            at=row.at(),
            user=row.key,
            id=row.needed("id"),
            type=row.type.removesuffix(_METHODS) or "not told",
            name=row.text("displayName") or row.text("model") or row.text("phoneType") or "",
            created=row.moment("createdDateTime"),
        )


@collector("entra.mailboxes", asks=[MAILBOXES], tells=[MailboxPurpose], source="graph")
def mailboxes(found: Rows) -> Iterator[MailboxPurpose]:
    """Yield what each mailbox is for: a person, several, a room."""
    for row in found:
        yield MailboxPurpose(
            at=row.at("userPurpose"), user=row.key, purpose=row.needed("userPurpose")
        )


@collector("entra.mail_rules", asks=[RULES], tells=[MailRule], source="graph")
def mail_rules(found: Rows) -> Iterator[MailRule]:
    """Yield rules of inboxes that send mail on; hidden ones are not told by Graph."""
    for row in found:
        to = tuple(sorted(set(_receivers(row.row("actions")))))
        if to:
            yield MailRule(
                at=row.at("actions"),
                user=row.key,
                id=row.needed("id"),
                is_enabled=row.flag("isEnabled"),
                to=to,
            )


def _receivers(actions: Row) -> Iterator[str]:
    for name in ("forwardTo", "forwardAsAttachmentTo", "redirectTo"):
        for one in actions.rows(name):
            if mail := one.row("emailAddress").text("address"):
                yield mail
