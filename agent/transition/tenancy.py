"""States of a tenant that become lines: administrators, secrets, and what Graph does not show."""

from collections.abc import Iterator

import msgspec

from agent.judge.matching import of_role
from agent.judge.tenant.applications import Applications
from agent.judge.tenant.own import own_names
from agent.judge.tenant.principals import Principals, called, of_app
from agent.judge.tenant.spare import global_administrators, is_of_cloud, is_of_sync
from agent.judge.tenant.tenants import Tenant
from agent.transition.memory import BoxMemory
from agent.transition.present import Present, state
from agent.transition.renewal_in_tenant import CREDENTIAL, live_credentials
from agent.transition.wording import bounded
from inventory.model.party import Role
from inventory.model.tenant_apps import AppCredential

Box = tuple[str, str, BoxMemory]  # the kind of line, its subject, the box
PARTNERS = "partner relationships in the admin centre"
UNSHOWN = "what only Exchange PowerShell and the admin centres show"


def states(present: Present) -> Iterator[Box]:
    """Yield the boxes of every tenant; that nothing could be read hides none of the first four."""
    for tenant in present.tenants.values():
        name = tenant.name
        text = f"Global Administrator in {name}"
        yield "tenant administrator", "", state(present, "tenant administrator", name, text)
        for kind, what in (
            ("spare accounts", "accounts for emergencies"),
            ("partner page", PARTNERS),
            ("unshown", UNSHOWN),
        ):
            yield kind, name, state(present, kind, name, f"{what} of {name}")
        yield from _passwords(present, tenant)
        yield from _secrets(present, tenant)


def _passwords(present: Present, tenant: Tenant) -> Iterator[Box]:
    """Yield the passwords that outlive people: of the synchronisation, of administrators' spares.

    Accounts that are, or may be, the leaver's are revoked, not renewed.
    """
    spare = {way.holder.id for way in global_administrators(tenant)}
    for row in tenant.once(Principals).users.values():
        user = row.record
        is_kept = is_of_sync(tenant, user) or (user.id in spare and is_of_cloud(tenant, user))
        if not is_kept or user.is_enabled is False or _is_leavers(present, tenant, user.id):
            continue
        text = f"password of {called(user)} in {tenant.name}"
        box = state(present, "tenant password", tenant.name, text, user.id)
        yield "tenant password", called(user), present.read_by(box, row.evidence.collector)


def _is_leavers(present: Present, tenant: Tenant, user: str) -> bool:
    one = present.judged.get(bounded(f"tenant account {tenant.name} {user}"))
    return one is not None and of_role(one.matches, Role.OUTGOING) is not None


def _secrets(present: Present, tenant: Tenant) -> Iterator[Box]:
    """Yield the applications that may do something and log in by a secret that people had.

    Whoever administered the tenant may know each. Where the credentials of an application that is
    registered here were not read, it may have one.
    """
    principals, apps = tenant.once(Principals), tenant.once(Applications)
    hidden, own, now = tenant.blanks(AppCredential), own_names(tenant), present.case.dates.now
    known: dict[str, tuple[str, str, str]] = {}
    for id_, registered in principals.registered.items():
        one = registered.record
        known[one.app_id] = (id_, one.name, registered.evidence.collector)
    for id_, application in principals.applications.items():
        if application.record.app_id:
            found = (id_, application.record.name, application.evidence.collector)
            known.setdefault(application.record.app_id, found)
    for app_id, (id_, name, collector) in known.items():
        if of_app(name, app_id) in own or not apps.power(id_).is_something:
            continue
        rows = tuple(live_credentials(tenant, app_id, now))
        unread = id_ in principals.registered and any(
            blank.gap.part in ("", id_) for blank in hidden
        )
        if rows or unread:
            text = f"credentials of {name} in {tenant.name}"
            box = state(present, "app secret", tenant.name, text, app_id)
            seen_by = rows[0].evidence.collector if rows else collector
            marks = tuple(sorted({(CREDENTIAL, row.record.id) for row in rows}))
            box = msgspec.structs.replace(present.read_by(box, seen_by), marks=marks)
            yield "app secret", of_app(name, app_id), box
