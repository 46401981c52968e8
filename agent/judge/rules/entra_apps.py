"""Applications of a tenant: what they may do, whose they are, who answers for them."""

from collections.abc import Iterator
from functools import cache

from agent.judge.case import Severity, Verdict
from agent.judge.rules.entra_words import (
    LEAVING,
    all_marks,
    hidden_parts,
    is_leavers,
    is_ours,
    joined,
    leavers,
    missing,
)
from agent.judge.rules.rule import Hit, Per, Subject, broken, rule, unclear
from agent.judge.rules.words import listed
from agent.judge.tenant.applications import Applications, is_microsofts
from agent.judge.tenant.principals import Principals, by_id
from agent.judge.tenant.privileges import of_scopes, writes
from collectors.registry import of_source
from collectors.spec import GraphGet
from inventory.model.record import Identifier, Mark, Record
from inventory.model.tenant import Organization, TenantConnection
from inventory.model.tenant_accounts import TenantObject, TenantOwners, TenantUser
from inventory.model.tenant_apps import (
    Application,
    AppPermission,
    AppRoleGrant,
    ConsentGrant,
    FederatedCredential,
    ServicePrincipal,
)

_GRANTS: tuple[type[Record], ...] = (AppRoleGrant, AppPermission, ServicePrincipal, Organization)


def _powerful(subject: Subject, *, foreign: bool) -> Iterator[Hit]:
    """Yield the wide permissions of open applications, of this tenant or of another."""
    principals, apps = subject.tenant.once(Principals), subject.tenant.once(Applications)
    for row in apps.grants():
        app = principals.applications.get(row.record.principal)
        one = principals.of(row.record.principal)
        name, privilege = apps.permission(row.record)
        is_known = name != row.record.role
        if not (privilege.is_privileged or not is_known) or one.is_closed:
            continue
        if app is not None and is_microsofts(app.record):
            continue
        is_foreign = _is_foreign(subject, app.record if app else None)
        if is_foreign is not foreign:
            continue
        shown = one.name if app else row.record.principal_name or one.name
        says = f"application {shown} has {name}: {privilege.says}"
        verdict = Verdict.NOT_MET if is_known else Verdict.UNKNOWN
        rows = (row, app) if app else (row,)
        yield joined(verdict, says, f"{shown} {name}", *rows)


def _is_foreign(subject: Subject, app: ServicePrincipal | None) -> bool:
    """Return whether an application is surely registered in another tenant."""
    owner, own = app.owner_tenant if app else None, subject.tenant.id
    return owner is not None and own is not None and owner.casefold() != own.casefold()


@rule(
    "entra.app-power",
    "No application of the tenant has wide permissions",
    Severity.CRITICAL,
    needs=_GRANTS,
    per=Per.TENANT,
    reason="Whoever has its secret, or may add one, has what it has, without a second factor.",
    remedy="Find its owner and what it is for; take away what it does not need; renew its secret.",
)
def app_power(subject: Subject) -> Iterator[Hit]:
    """Yield the wide permissions of applications that are registered here, or nobody knows where.

    Those of other tenants have a rule of their own.
    """
    yield from _powerful(subject, foreign=False)


@rule(
    "entra.foreign-app-power",
    "No application of another tenant has wide permissions",
    Severity.CRITICAL,
    needs=_GRANTS,
    per=Per.TENANT,
    reason="Who runs it elsewhere acts in this tenant as they want; tools of providers stay so.",
    remedy="Ask what it is for; remove the application and its consent when the provider leaves.",
)
def foreign_app_power(subject: Subject) -> Iterator[Hit]:
    """Yield the wide permissions of applications that another tenant registered."""
    yield from _powerful(subject, foreign=True)


@rule(
    "entra.wide-consent",
    "No application acts for everybody with wide permissions",
    Severity.HIGH,
    needs=(ConsentGrant, ServicePrincipal),
    per=Per.TENANT,
    reason="It may do in everybody's name what they may, administrators too, whenever they use it.",
    remedy="Ask what it is for; take the consent back and give it to those who use it.",
)
def wide_consent(subject: Subject) -> Iterator[Hit]:
    """Yield the consents for everybody that let an application write what matters."""
    principals = subject.tenant.once(Principals)
    for row in subject.tenant.rows(ConsentGrant):
        one, gives = principals.of(row.record.client), of_scopes(row.record.scopes)
        if not row.record.is_for_all or not gives.is_privileged:
            continue
        if not one.is_microsofts and not one.is_closed:
            says = f"application {one.name} acts for everybody: {gives.says}"
            yield broken(row, says, f"{one.name} {row.record.resource}")


@rule(
    "entra.app-owner",
    "Every application has an owner who stays",
    Severity.MEDIUM,
    needs=(Application, TenantOwners, TenantUser),
    per=Per.TENANT,
    reason="Nobody renews its secret, and nobody can say what stops when it is removed.",
    remedy="Find out who uses it, and make somebody of the client's its owner.",
)
def app_owner(subject: Subject) -> Iterator[Hit]:
    """Yield the applications without an owner, and those whose owners all leave or are closed."""
    owners = by_id(subject.tenant.rows(TenantOwners))
    hidden = hidden_parts(subject, TenantOwners)
    for row in subject.tenant.rows(Application):
        app, found = row.record, owners.get(row.record.id)
        if hidden & {"", app.id}:
            continue
        if found is None or not found.record.owners:
            yield broken(row, f"application {app.name} has no owner", f"{app.name} {app.app_id}")
        elif subject.tenant.is_whole(TenantUser) and not any(
            _stays(subject, one) for one in found.record.owners
        ):
            names = _names(subject, found.record.owners)
            says = f"application {app.name} is owned by {names} alone"
            yield joined(Verdict.NOT_MET, says, f"{app.name} {app.app_id}", row, found)


def _stays(subject: Subject, told: TenantObject) -> bool:
    one = subject.tenant.once(Principals).of(told.id, told)
    return not one.is_closed and not is_leavers(subject, all_marks(one))


def _names(subject: Subject, told: tuple[TenantObject, ...]) -> str:
    principals = subject.tenant.once(Principals)
    return listed([principals.of(one.id, one).name for one in told])


@rule(
    "entra.app-notice",
    "No certificate of an application is announced to who leaves",
    Severity.HIGH,
    needs=(ServicePrincipal,),
    per=Per.TENANT,
    reason="The notice before its end goes to people who do nothing about it; then logins fail.",
    remedy="Put an address of the client's into the settings of the application's sign-on.",
)
def app_notice(subject: Subject) -> Iterator[Hit]:
    """Yield the addresses of the leaver's that are told before a certificate ends."""
    for row in subject.tenant.once(Principals).applications.values():
        for mail in row.record.notified:
            says = f"{mail} is told before the certificate of {row.record.name} ends"
            name = f"{row.record.name} {mail}"
            yield from leavers(subject, (Identifier(Mark.MAIL, mail),), says, name, row)


@rule(
    "entra.foreign-pipeline",
    "Applications trust only pipelines of the client's",
    Severity.HIGH,
    needs=(FederatedCredential, Application),
    per=Per.TENANT,
    reason="Who may run the pipeline, or the other cloud, acts as the application without a "
    "secret that could be renewed.",
    remedy="Find out whose it is; remove the federated credential of what is not the client's.",
)
def foreign_pipeline(subject: Subject) -> Iterator[Hit]:
    """Yield the issuers that are the leaver's; of one that no party is told by it is not known."""
    registered = subject.tenant.once(Principals).registered
    for row in subject.tenant.rows(FederatedCredential):
        one, app = row.record, registered.get(row.record.application)
        called = app.record.name if app else one.application
        says = f"application {called} takes tokens of {one.issuer} for {one.subject}"
        name = f"{one.application} {one.id}"
        found = tuple(leavers(subject, one.identifiers(), says, name, row))
        yield from found
        if not found and not is_ours(subject, one.identifiers()):
            yield unclear(row, f"{says}; whose that is is not known", name)


@rule(
    "entra.audit-rights",
    "The audit's own application can only read",
    Severity.HIGH,
    needs=(TenantConnection,),
    per=Per.TENANT,
    reason="An application that is only there to look must not be able to change anything.",
    remedy="Take away the permissions that write. `handover plan --graph-permissions` names all "
    "that the audit needs.",
)
def audit_rights(subject: Subject) -> Iterator[Hit]:
    """Yield the permissions of the audit's token that let more than read; none told: not known."""
    yield from missing(subject, TenantConnection, "as what the audit asks is not told")
    for row in subject.tenant.rows(TenantConnection):
        one = row.record
        if not one.permissions:
            yield unclear(row, "what the audit's own application may do is not told", "audit")
        for name in one.permissions:
            if writes(name):
                yield broken(row, f"the audit's own application has {name}", name)


@rule(
    "entra.audit-excess",
    "The audit's own application has no permission that no question needs",
    Severity.LOW,
    needs=(TenantConnection,),
    per=Per.TENANT,
    reason="What it may read beyond the audit is read by whoever gets its secret.",
    remedy="Take it away. `handover plan --graph-permissions` names all that the audit needs.",
)
def audit_excess(subject: Subject) -> Iterator[Hit]:
    """Yield the permissions of the audit's token that none of its questions needs."""
    asked = _asked()
    yield from missing(subject, TenantConnection, "as what the audit asks is not told")
    for row in subject.tenant.rows(TenantConnection):
        one = row.record
        if not one.permissions:
            yield unclear(row, "what the audit's own application may do is not told", "audit")
        for name in one.permissions:
            if name not in asked and not one.person and not writes(name):
                says = f"the audit's own application has {name}, which no question needs"
                yield broken(row, says, name)


@cache
def _asked() -> frozenset[str]:
    """Return the permissions that the questions of the audit need."""
    asks = (ask for one in of_source("graph") for ask in one.asks if isinstance(ask, GraphGet))
    return frozenset((*(ask.needs for ask in asks), LEAVING))
