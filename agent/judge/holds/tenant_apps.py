"""Applications in a tenant: whose they are, what they may do, and who can act as one of them."""

import re
from collections.abc import Iterator

from msgspec import structs

from agent.judge.case import AccessPath, Power, Step
from agent.judge.holds.kind import Candidate, TenantScene, of_row, tenant_kind
from agent.judge.holds.tenant_form import of_principal, of_tenant, tenant_marks, tenant_name
from agent.judge.tenant.applications import Applications, AppPower, is_microsofts
from agent.judge.tenant.own import own_name
from agent.judge.tenant.principals import Principals, of_app
from agent.judge.tenant.privileges import of_scopes
from inventory.model.evidence import Evidence
from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record
from inventory.model.tenant import TenantConnection
from inventory.model.tenant_accounts import TenantOwners, TenantUser
from inventory.model.tenant_apps import (
    AppCredential,
    Application,
    AppPermission,
    AppRoleGrant,
    ConsentGrant,
    FederatedCredential,
    ServicePrincipal,
)
from inventory.model.tenant_partners import TenantName
from inventory.model.tenant_services import TenantBackupApp
from inventory.model.truth import Truth

_APPS: tuple[type[Record], ...] = (Application, ServicePrincipal)
_TAKES = (Power.ROOT, Power.CONTROL)
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@tenant_kind("enterprise app", needs=(ServicePrincipal, TenantName))
def enterprise_apps(scene: TenantScene) -> Iterator[Candidate]:
    """Yield each application that another tenant registered; Microsoft's own are left out.

    What it may do stands for itself: its permissions, consents and roles.
    """
    principals = scene.tenant.once(Principals)
    for row in principals.applications.values():
        app = row.record
        owner = app.owner_tenant
        if owner is None or owner == scene.tenant.id or is_microsofts(app):
            continue
        one = principals.of(app.id)
        if not one.is_closed:
            power = scene.tenant.once(Applications).power(app.id)
            yield of_principal(
                scene,
                "enterprise app",
                structs.replace(one, identifiers=(*one.identifiers, *tenant_marks(scene, owner))),
                name=app.id,
                title=f"application {app.name} of {tenant_name(scene, owner)}",
                power=power.power,
                evidence=(row.evidence,),
                carried=row.carried,
                path=_path(scene, one.name, (row.evidence,), power, carried=row.carried),
                detail=_has(power),
            )


def _path(
    scene: TenantScene,
    name: str,
    evidence: tuple[Evidence, ...],
    power: AppPower,
    *,
    carried: bool,
    before: tuple[Step, ...] = (),
) -> AccessPath | None:
    """Return the chain from an application, or from who acts as it, to the most that it has."""
    most = power.strongest
    if most is None:
        return None
    first = before[0].text if before else f"application {name}"
    return AccessPath(
        target=scene.host.name,
        principal=first,
        account=name,
        steps=(
            *before,
            Step(f"application {name}", evidence),
            Step(most.says, (most.evidence,)),
            Step(most.privilege.says),
        ),
        power=most.privilege.power,
        certain=Truth.UNKNOWN if carried or most.carried else Truth.YES,
    )


def _has(power: AppPower) -> str:
    """Return `permission Mail.ReadWrite, consent for everybody and 3 more`."""
    says = list(dict.fromkeys(one.says for one in power.given))
    more = len(says) - 3
    return ", ".join(says[:3]) + (f" and {more} more" if more > 0 else "")


@tenant_kind("app grant", needs=(AppRoleGrant, AppPermission, ServicePrincipal))
def grants(scene: TenantScene) -> Iterator[Candidate]:
    """Yield each permission that an application has by itself; Microsoft's own are left out."""
    principals, apps = scene.tenant.once(Principals), scene.tenant.once(Applications)
    for row in apps.grants():
        grant = row.record
        one = principals.of(grant.principal)
        if one.is_microsofts or one.is_closed:
            continue
        name, privilege = apps.permission(grant)
        said = (Identifier(Mark.TEXT, grant.principal_name),) if grant.principal_name else ()
        shown = one.name if one.name != one.id else grant.principal_name or one.id
        known = structs.replace(one, name=shown, identifiers=one.identifiers or said)
        service = grant.resource_name or principals.of(grant.resource).name
        yield of_principal(
            scene,
            "app grant",
            known,
            name=f"{grant.principal} {grant.resource} {grant.role}",
            title=f"application {shown} has {name} of {service}",
            power=privilege.power,
            evidence=(row.evidence, *one.evidence),
            carried=row.carried,
            path=AccessPath(
                target=scene.host.name,
                principal=f"application {shown}",
                account=shown,
                steps=(
                    Step(f"application {shown}", one.evidence),
                    Step(f"permission {name}", (row.evidence,)),
                    Step(privilege.says),
                ),
                power=privilege.power,
                certain=Truth.UNKNOWN if row.carried or name == grant.role else Truth.YES,
            ),
            detail=privilege.says,
            stands_alone=privilege.power in _TAKES or privilege.is_privileged,
        )


@tenant_kind("consent", needs=(ConsentGrant, ServicePrincipal))
def consents(scene: TenantScene) -> Iterator[Candidate]:
    """Yield what applications may do in the name of people; Microsoft's own are left out."""
    principals = scene.tenant.once(Principals)
    for row in scene.tenant.rows(ConsentGrant):
        told = row.record
        one = principals.of(told.client)
        if one.is_microsofts or one.is_closed:
            continue
        privilege = of_scopes(told.scopes)
        whom = "everybody" if told.is_for_all else principals.of(told.user or "").name
        yield of_principal(
            scene,
            "consent",
            one,
            name=f"{told.client} {told.resource} {'all' if told.is_for_all else told.user}",
            title=f"application {one.name} may act for {whom}",
            power=privilege.power,
            evidence=(row.evidence, *one.evidence),
            carried=row.carried,
            detail=privilege.says,
            stands_alone=told.is_for_all and privilege.is_privileged,
        )


@tenant_kind("application owner", needs=(*_APPS, TenantOwners, TenantUser))
def owners(scene: TenantScene) -> Iterator[Candidate]:
    """Yield the owners of applications: each can give it a new secret, and act as it."""
    principals, apps = scene.tenant.once(Principals), scene.tenant.once(Applications)
    for row in scene.tenant.rows(TenantOwners):
        owned = row.record
        if owned.type == "group":
            continue
        app, power = principals.of(owned.object), apps.power(owned.object)
        for told in owned.owners:
            one = principals.of(told.id, told)
            if one.is_closed:
                continue
            start = Step(f"{one.type} {one.name}", (*one.evidence, row.evidence))
            yield of_principal(
                scene,
                "application owner",
                one,
                name=f"{one.id} {owned.object}",
                title=f"{one.name} owns the application {app.name}",
                power=power.power,
                evidence=(row.evidence, *one.evidence),
                carried=row.carried,
                path=_path(
                    scene,
                    app.name,
                    app.evidence,
                    power,
                    carried=row.carried,
                    before=(start, Step("owner of it", (row.evidence,))),
                ),
                detail=_has(power),
                stands_alone=power.is_privileged or power.power in _TAKES,
            )


@tenant_kind("app credential", needs=(AppCredential,))
def credentials(scene: TenantScene) -> Iterator[Candidate]:
    """Yield the secrets and certificates by which applications log in, until they end."""
    principals, apps = scene.tenant.once(Principals), scene.tenant.once(Applications)
    now = Moment.exact(scene.now)
    for row in scene.tenant.rows(AppCredential):
        one = row.record
        if one.ends is not None and now.after(one.ends) is Truth.YES and not row.carried:
            continue
        app, power = principals.of(one.object), apps.power(one.object)
        called = app.name if app.name != app.id else one.app or app.id
        label = f' "{one.label}"' if one.label else ""
        yield of_row(
            scene,
            row,
            "app credential",
            name=f"{one.object} {one.id}",
            title=f"{one.type}{label} of the application {called}",
            subject=called,
            power=power.power if power.given else Power.LOGIN,
            is_dependence=False,
            detail=f"until {one.ends}" if one.ends else "without an end",
        )


@tenant_kind("federated credential", needs=(FederatedCredential,))
def federated(scene: TenantScene) -> Iterator[Candidate]:
    """Yield whose tokens applications take in place of a secret; a tenant may issue them."""
    principals, apps = scene.tenant.once(Principals), scene.tenant.once(Applications)
    for row in scene.tenant.rows(FederatedCredential):
        one = row.record
        app, power = principals.of(one.application), apps.power(one.application)
        tenants = tuple(of_tenant(found) for found in _GUID.findall(one.issuer))
        yield of_row(
            scene,
            row,
            "federated credential",
            name=f"{one.application} {one.id}",
            title=f"application {app.name} takes tokens of {one.issuer} for {one.subject}",
            subject=app.name,
            power=power.power if power.given else Power.LOGIN,
            is_dependence=False,
            identifiers=(*one.identifiers(), *tenants),
            stands_alone=power.is_privileged or power.power in _TAKES,
        )


@tenant_kind("app notice", needs=(ServicePrincipal,))
def notices(scene: TenantScene) -> Iterator[Candidate]:
    """Yield the addresses that are told before the certificate of an application ends."""
    for row in scene.tenant.once(Principals).applications.values():
        for mail in row.record.notified:
            yield of_row(
                scene,
                row,
                "app notice",
                name=f"{row.record.id} {mail.casefold()}",
                title=f"{mail} is told before the certificate of {row.record.name} ends",
                subject=mail.casefold(),
                identifiers=(Identifier(Mark.MAIL, mail),),
            )


@tenant_kind("tenant backup app", needs=(TenantBackupApp,))
def backup_apps(scene: TenantScene) -> Iterator[Candidate]:
    """Yield the applications that control the backup of Microsoft 365."""
    applications = scene.tenant.once(Principals).applications.values()
    known = {row.record.app_id: row.record for row in applications if row.record.app_id}
    for row in scene.tenant.rows(TenantBackupApp):
        app = known.get(row.record.app_id or "")
        name = of_app(app.name, app.app_id) if app else row.record.app_id or row.record.id
        yield of_row(
            scene,
            row,
            "tenant backup app",
            name=row.record.id,
            title=f"application {name} controls the backup of Microsoft 365",
            subject=name,
            power=Power.CONTROL,
            identifiers=tuple(app.identifiers()) if app else (),
        )


@tenant_kind("audit access", needs=(TenantConnection,))
def own(scene: TenantScene) -> Iterator[Candidate]:
    """Yield the application with which the audit itself asks: it goes when the last one is done."""
    for row in scene.tenant.rows(TenantConnection):
        if not row.record.person:
            name = own_name(scene.tenant, row.record)
            yield of_row(
                scene,
                row,
                "audit access",
                name=row.record.app_id or row.record.login,
                title=f"application {name}, with which the audit asks ({row.record.login})",
                subject=name,
                is_dependence=False,
                identifiers=(),
            )
