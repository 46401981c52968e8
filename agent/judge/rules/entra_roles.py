"""Roles of a tenant: how many have everything, who of them leaves or comes from outside."""

from collections.abc import Iterator

from agent.judge.case import Severity, Verdict
from agent.judge.holds.tenant_people import is_privileged
from agent.judge.rules.entra_words import (
    HELD,
    TAKEN,
    admins,
    all_marks,
    is_leavers,
    joined,
    leavers,
    of_way,
    through,
)
from agent.judge.rules.rule import Hit, Per, Subject, rule
from agent.judge.rules.words import listed
from agent.judge.tenant.membership import NEEDS as MEMBERSHIP
from agent.judge.tenant.membership import Membership
from agent.judge.tenant.principals import APPLICATION, USER, Principal, Principals
from agent.judge.tenant.privileges import SYNCHRONISATION
from agent.judge.tenant.roles import ASSIGNED, ELIGIBLE, EVERYWHERE, JOINS, OWNS, Roles, Way
from agent.judge.tenant.spare import NEEDS as SPARE
from agent.judge.tenant.spare import is_of_sync, spare_accounts
from inventory.model.record import Identifier, Mark
from inventory.model.tenant import Organization
from inventory.model.tenant_accounts import TenantUser
from inventory.model.tenant_roles import (
    AdministrativeUnit,
    RoleActivation,
    RoleDefinition,
    RolePolicy,
    ScopedRole,
)
from inventory.snapshot import Seen

LEAST_GLOBAL, MOST_GLOBAL = 2, 5
_ANYHOW = (ASSIGNED, ELIGIBLE, JOINS, OWNS)
_READY = (ELIGIBLE, JOINS, OWNS)


def _user(subject: Subject, way: Way) -> Seen[TenantUser] | None:
    return subject.tenant.once(Principals).users.get(way.holder.id)


@rule(
    "entra.global-admins",
    "Two to five people have everything in the tenant",
    Severity.CRITICAL,
    needs=TAKEN,
    per=Per.TENANT,
    reason="With one administrator the client is locked out when they are gone; of many nobody "
    "knows whose each is.",
    remedy="Agree who is Global Administrator after the handover: named people and the accounts "
    "for emergencies. Take the role from all others.",
)
def global_admins(subject: Subject) -> Iterator[Hit]:
    """Yield the number of people with everything, now or when they want, when it is not right."""
    found: dict[str, Way] = {}
    for way in admins(subject, ASSIGNED, ELIGIBLE, JOINS):
        if way.role.is_global and way.basis.scope == EVERYWHERE and way.holder.type == USER:
            found.setdefault(way.holder.id, way)
    sure = [way for way in found.values() if not way.carried and way.holder.is_enabled]
    names = listed(sorted(way.holder.name for way in found.values()))
    evidence = tuple(place for way in sure for place in way.evidence[:1])
    if len(sure) > MOST_GLOBAL:
        yield Hit(Verdict.NOT_MET, f"{len(sure)} have everything: {names}", "", evidence)
    elif len(found) < LEAST_GLOBAL and subject.tenant.is_whole(*TAKEN):
        says = f"only {names} has everything" if found else "nobody is Global Administrator"
        yield Hit(Verdict.NOT_MET, says, "", evidence, any(way.carried for way in found.values()))


@rule(
    "entra.leaver-privileged",
    "Nobody who leaves has a role of power",
    Severity.CRITICAL,
    needs=HELD,
    per=Per.TENANT,
    reason="It is the shortest way back into everything, whatever else was closed.",
    remedy="Take the role away at the cutover, end the sessions, and look at what they did last.",
)
def leaver_privileged(subject: Subject) -> Iterator[Hit]:
    """Yield those who have a role and are, surely or perhaps, the leaver's."""
    for way in admins(subject, ASSIGNED):
        yield from _of_leaver(subject, way, "has")


def _of_leaver(subject: Subject, way: Way, verb: str) -> Iterator[Hit]:
    says = f"{way.holder.name} {verb} {way.role.name}{through(way)}"
    for one in leavers(subject, all_marks(way.holder), says, ""):
        sure = one.verdict is Verdict.NOT_MET and way.holder.is_enabled is not None
        yield of_way(way, one.says, sure=sure)


@rule(
    "entra.guest-admin",
    "No guest has a role of power",
    Severity.CRITICAL,
    needs=HELD,
    per=Per.TENANT,
    reason="The client cannot close a guest's own account, nor ask it for a second factor of its "
    "own choice.",
    remedy="Take the role away; give who needs it an account in the tenant.",
)
def guest_admin(subject: Subject) -> Iterator[Hit]:
    """Yield the guests who have a role."""
    for way in admins(subject, ASSIGNED):
        row = _user(subject, way)
        if row is not None and row.record.is_guest:
            says = f"{way.holder.name} is a guest and has {way.role.name}{through(way)}"
            yield of_way(way, says)


@rule(
    "entra.eligible-outsider",
    "Only people of the client's may take a role of power",
    Severity.CRITICAL,
    needs=TAKEN,
    per=Per.TENANT,
    reason="Who may take a role has it within minutes; a list of those who have one does not show "
    "them.",
    remedy="Remove the eligibility, the ownership of the group, or the guest.",
)
def eligible_outsider(subject: Subject) -> Iterator[Hit]:
    """Yield guests and leavers who may take a role, join a group that has one, or own one."""
    for way in admins(subject, *_READY):
        row = _user(subject, way)
        verb = {OWNS: "owns what has", JOINS: "may join what has"}.get(way.how, "may take")
        if row is not None and row.record.is_guest:
            says = f"{way.holder.name} is a guest and {verb} {way.role.name}{through(way)}"
            yield of_way(way, says)
        else:
            yield from _of_leaver(subject, way, verb)


@rule(
    "entra.app-with-role",
    "No application has a role of power",
    Severity.HIGH,
    needs=HELD,
    per=Per.TENANT,
    reason="Whoever has its secret has the role, without a second factor and unseen by lists of "
    "people.",
    remedy="Find its owner; give it the one permission that it needs, and a new secret.",
)
def app_with_role(subject: Subject) -> Iterator[Hit]:
    """Yield the applications that have a role, Microsoft's own left out."""
    for way in admins(subject, ASSIGNED):
        if way.holder.type == APPLICATION and not way.holder.is_microsofts:
            says = f"application {way.holder.name} has {way.role.name}{through(way)}"
            yield of_way(way, says)


@rule(
    "entra.synchronised-admin",
    "Roles of power are held by accounts of the cloud alone",
    Severity.HIGH,
    needs=TAKEN,
    per=Per.TENANT,
    reason="Who has the directory on the premises sets the password of such an account, and has "
    "the tenant.",
    remedy="Make accounts in the cloud for administrators; take the roles from the others.",
)
def synchronised_admin(subject: Subject) -> Iterator[Hit]:
    """Yield the accounts of a directory that have, or may take, a role."""
    for way in admins(subject, *_ANYHOW):
        row = _user(subject, way)
        if row is not None and row.record.is_synchronised:
            says = f"{way.holder.name} comes from the directory on the premises"
            yield of_way(way, f"{says} and has, or may take, {way.role.name}")


@rule(
    "entra.closed-admin",
    "No closed account keeps a role of power",
    Severity.LOW,
    needs=TAKEN,
    per=Per.TENANT,
    reason="Whoever opens the account again, for any reason, gives the role back with it.",
    remedy="Take the role away.",
)
def closed_admin(subject: Subject) -> Iterator[Hit]:
    """Yield the roles of accounts whose sign-in is blocked."""
    for way in subject.tenant.once(Roles).ways:
        if way.holder.is_closed and is_privileged(way):
            yield of_way(way, f"{way.holder.name} is closed and keeps {way.role.name}")


@rule(
    "entra.sync-account",
    "The account of the synchronisation has no role but its own",
    Severity.HIGH,
    needs=HELD,
    per=Per.TENANT,
    reason="Its password lies on the server that synchronises: who has the server has its roles.",
    remedy="Take the other roles away, and renew its password after the handover.",
)
def sync_account(subject: Subject) -> Iterator[Hit]:
    """Yield the roles that an account of the synchronisation has beside its own."""
    for way in subject.tenant.once(Roles).ways:
        row = _user(subject, way)
        if row is None or way.how != ASSIGNED or way.role.id == SYNCHRONISATION:
            continue
        if is_of_sync(subject.tenant, row.record) and not way.holder.is_closed:
            yield of_way(way, f"{way.holder.name} synchronises and has {way.role.name} too")


@rule(
    "entra.standing-role",
    "Roles of power are taken for a while, not held for good",
    Severity.MEDIUM,
    needs=(RoleActivation, Organization, *HELD, *SPARE),
    per=Per.TENANT,
    reason="A role that is always there is used by whoever gets the session, and is seldom asked "
    "after when its holder leaves.",
    remedy="Make it eligible, with an approver of the client's; leave out the accounts for "
    "emergencies.",
)
def standing_role(subject: Subject) -> Iterator[Hit]:
    """Yield the people who hold a role for good, accounts for emergencies left out."""
    tenant = subject.tenant
    lasting = {
        (row.record.principal, row.record.role): row
        for row in sorted(tenant.rows(RoleActivation), key=lambda row: not row.carried)
        if row.record.type == "Assigned" and row.record.ends is None
    }
    kept_apart = {way.holder.id for way in spare_accounts(tenant)}
    for way in admins(subject, ASSIGNED):
        row = lasting.get((way.holder.id, way.role.id))
        if way.by or row is None or way.holder.type != USER or way.holder.id in kept_apart:
            continue
        says = f"{way.holder.name} holds {way.role.name} for good"
        yield of_way(way, says, sure=not row.carried)


@rule(
    "entra.approver",
    "Nobody who leaves approves, or is told of, the taking of roles",
    Severity.HIGH,
    needs=(RolePolicy, RoleDefinition, TenantUser, *MEMBERSHIP),
    per=Per.TENANT,
    reason="After they left nobody can take the role, or the wrong people decide who does.",
    remedy="Name an approver and an address of the client's in the settings of the role.",
)
def approver(subject: Subject) -> Iterator[Hit]:
    """Yield the approvers and addresses of role settings that are the leaver's."""
    principals, roles = subject.tenant.once(Principals), subject.tenant.once(Roles)
    for row in subject.tenant.rows(RolePolicy):
        role = roles.role(row.record.role).name
        for told in row.record.approvers:
            for one in _and_members(subject, principals.of(told.id, told)):
                says = f"{one.name} approves who takes {role}"
                yield from leavers(subject, all_marks(one), says, f"{one.name} {role}", row)
        for mail in row.record.notified:
            says = f"{mail} is told when {role} is taken"
            yield from leavers(subject, (Identifier(Mark.MAIL, mail),), says, f"{mail} {role}", row)


def _and_members(subject: Subject, one: Principal) -> Iterator[Principal]:
    yield one
    for member in subject.tenant.once(Membership).people(one.id):
        yield member.principal


@rule(
    "entra.restricted-unit",
    "Every restricted part of the tenant has an administrator who stays",
    Severity.HIGH,
    needs=(AdministrativeUnit, ScopedRole, *TAKEN),
    per=Per.TENANT,
    reason="What is in such a unit only its own administrators may change: without one, nobody.",
    remedy="Give the role over the unit to somebody of the client's before the others leave.",
)
def restricted_unit(subject: Subject) -> Iterator[Hit]:
    """Yield the restricted units whose administrators all leave or are closed."""
    principals, tenant = subject.tenant.once(Principals), subject.tenant
    if not tenant.is_whole(ScopedRole, *TAKEN):
        return
    for row in tenant.rows(AdministrativeUnit):
        unit = row.record
        scope = f"/administrativeUnits/{unit.id}"
        found = [way.holder for way in tenant.once(Roles).ways if way.basis.scope == scope]
        scoped = [told for told in tenant.rows(ScopedRole) if told.record.unit == unit.id]
        found += [principals.of(told.record.member) for told in scoped]
        staying = [one for one in found if not one.is_closed and not _leaves(subject, one)]
        if unit.is_restricted and found and not staying:
            names = listed(sorted({one.name for one in found}))
            says = f"{unit.name} is administered by {names} alone"
            yield joined(Verdict.NOT_MET, says, unit.name or unit.id, row, *scoped)


def _leaves(subject: Subject, one: Principal) -> bool:
    return is_leavers(subject, all_marks(one))
