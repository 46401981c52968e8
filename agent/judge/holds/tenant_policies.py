"""What policies of a tenant let in, leave out, trust, or send to whom."""

from collections.abc import Iterator

from msgspec import structs

from agent.judge.case import Power
from agent.judge.holds.kind import Candidate, TenantScene, of_row, tenant_kind
from agent.judge.holds.tenant_form import of_principal, tenant_marks
from agent.judge.tenant.membership import NEEDS as MEMBERSHIP
from agent.judge.tenant.membership import Membership
from agent.judge.tenant.principals import GROUP, Principal, Principals
from agent.judge.tenant.roles import Roles
from inventory.model.evidence import Evidence
from inventory.model.record import Identifier, Mark
from inventory.model.tenant import DomainFederation
from inventory.model.tenant_accounts import MailRule, TenantObject, TenantUser
from inventory.model.tenant_partners import CrossTenantPartner
from inventory.model.tenant_policies import (
    AccessPolicy,
    AccessReview,
    CertificateTrust,
    ConsentRequests,
    IdentityProvider,
    NamedLocation,
    SharingPolicy,
)
from inventory.model.tenant_roles import RolePolicy
from inventory.snapshot import Seen

MOST_LEFT_OUT = 500  # members of a group that are told one by one; more are told as the group
_EVERY_GUEST = "GuestsOrExternalUsers"
_PROVIDERS = "serviceProvider"
_GUESTS = frozenset(("b2bCollaborationGuest", "b2bCollaborationMember", "internalGuest"))
_WORDS = ("All", "None", _EVERY_GUEST)


@tenant_kind("named location", needs=(NamedLocation,))
def locations(scene: TenantScene) -> Iterator[Candidate]:
    """Yield the networks that policies know by a name: from a trusted one less is asked for."""
    for row in scene.tenant.rows(NamedLocation):
        one = row.record
        trust = "trusted " if one.is_trusted else ""
        yield of_row(
            scene,
            row,
            "named location",
            name=one.id,
            title=f"{trust}location {one.name} ({', '.join(one.networks) or 'no network'})",
            subject=one.name,
            power=Power.NETWORK if one.is_trusted is not False else Power.INFORMATION,
            is_dependence=False,
        )


@tenant_kind("access exclusion", needs=(AccessPolicy, TenantUser, CrossTenantPartner, *MEMBERSHIP))
def exclusions(scene: TenantScene) -> Iterator[Candidate]:
    """Yield whom a policy that is on leaves out: of them it asks nothing."""
    for row in scene.tenant.rows(AccessPolicy):
        if row.record.state != "enabled":
            continue
        for one, evidence, is_old in _left_out(scene, row):
            if not one.is_closed:
                yield of_principal(
                    scene,
                    "access exclusion",
                    one,
                    name=f"{row.record.id} {one.id}",
                    title=f"policy {row.record.name} leaves out {one.name}",
                    power=Power.LOGIN,
                    evidence=(row.evidence, *evidence),
                    carried=row.carried or is_old,
                )


_LeftOut = tuple[Principal, tuple[Evidence, ...], bool]


def _left_out(scene: TenantScene, row: Seen[AccessPolicy]) -> Iterator[_LeftOut]:
    principals, policy = scene.tenant.once(Principals), row.record
    for id_ in policy.users.exclude:
        if id_ not in _WORDS:
            one = principals.of(id_)
            yield one, one.evidence, one.carried
    for id_ in policy.groups.exclude:
        yield from _of_group(scene, id_)
    for way in scene.tenant.once(Roles).ways if policy.roles.exclude else ():
        if way.role.id in policy.roles.exclude:
            yield way.holder, way.evidence, way.carried
    every = _EVERY_GUEST in policy.users.exclude
    if every or _PROVIDERS in policy.guests.exclude:
        yield from _providers(scene)
    if every or _GUESTS & set(policy.guests.exclude):
        yield from _guests(scene)


def _guests(scene: TenantScene) -> Iterator[_LeftOut]:
    """Yield the guests of the tenant, as long as they are few enough to be told one by one."""
    principals = scene.tenant.once(Principals)
    guests = [id_ for id_, row in principals.users.items() if row.record.is_guest]
    for id_ in guests if len(guests) <= MOST_LEFT_OUT else ():
        one = principals.of(id_)
        yield one, one.evidence, one.carried


def _of_group(scene: TenantScene, id_: str) -> Iterator[_LeftOut]:
    group = scene.tenant.once(Principals).of(id_)
    yield group, group.evidence, group.carried
    membership = scene.tenant.once(Membership)
    if len(membership.ids(id_)) <= MOST_LEFT_OUT:
        for member in membership.people(id_):
            yield member.principal, member.evidence, member.carried


def _providers(scene: TenantScene) -> Iterator[_LeftOut]:
    """Yield the service providers that the tenant knows, as whom a policy leaves out."""
    for row in scene.tenant.rows(CrossTenantPartner):
        if row.record.is_service_provider:
            tenant = row.record.tenant
            one = Principal(tenant, f"tenant {tenant}", GROUP, tenant_marks(scene, tenant))
            yield one, (row.evidence,), row.carried


@tenant_kind("certificate authority", needs=(CertificateTrust,))
def authorities(scene: TenantScene) -> Iterator[Candidate]:
    """Yield the authorities whose certificates log in: each can make a login of anybody's."""
    for row in scene.tenant.rows(CertificateTrust):
        one = row.record
        yield of_row(
            scene,
            row,
            "certificate authority",
            name=one.fingerprint,
            title=f"logins by certificates of {one.subject or one.fingerprint}",
            subject=one.subject or one.fingerprint,
            power=Power.ROOT,
            is_dependence=False,
            stands_alone=True,
            detail=f"until {one.ends}" if one.ends else "",
        )


@tenant_kind("domain federation", needs=(DomainFederation,))
def federations(scene: TenantScene) -> Iterator[Candidate]:
    """Yield who vouches for the logins of a domain: it can sign in as everybody of the domain."""
    for row in scene.tenant.rows(DomainFederation):
        one = row.record
        where = one.issuer or one.sign_in_url or one.name or one.id
        yield of_row(
            scene,
            row,
            "domain federation",
            name=f"{one.domain} {one.id}",
            title=f"{where} vouches for every login of {one.domain}",
            subject=where,
            power=Power.ROOT,
            is_dependence=False,
            stands_alone=True,
        )


@tenant_kind("identity provider", needs=(IdentityProvider,))
def providers(scene: TenantScene) -> Iterator[Candidate]:
    """Yield other providers whose people may sign in."""
    for row in scene.tenant.rows(IdentityProvider):
        one = row.record
        yield of_row(
            scene,
            row,
            "identity provider",
            name=one.id,
            title=f"sign-in by people of {one.name} ({one.type or 'of no type'})",
            subject=one.name,
            power=Power.LOGIN,
            is_dependence=False,
        )


@tenant_kind("sharing domain", needs=(SharingPolicy,))
def sharing(scene: TenantScene) -> Iterator[Candidate]:
    """Yield the domains with whose people files may be shared."""
    for row in scene.tenant.rows(SharingPolicy):
        for domain in row.record.allowed_domains:
            yield of_row(
                scene,
                row,
                "sharing domain",
                name=domain.casefold(),
                title=f"files may be shared with people of {domain}",
                subject=domain.casefold(),
                is_dependence=False,
                identifiers=(Identifier(Mark.DOMAIN, domain),),
            )


@tenant_kind("role approver", needs=(RolePolicy, TenantUser, *MEMBERSHIP))
def approvers(scene: TenantScene) -> Iterator[Candidate]:
    """Yield who lets others take a role."""
    for row in scene.tenant.rows(RolePolicy):
        role = scene.tenant.once(Roles).role(row.record.role)
        for one, evidence in _each(scene, row.record.approvers):
            yield of_principal(
                scene,
                "role approver",
                one,
                name=f"{one.id} {row.record.role}",
                title=f"{one.name} lets others take {role.name}",
                power=Power.CONTROL,
                evidence=(row.evidence, *evidence),
                carried=row.carried,
                stands_alone=True,
            )


@tenant_kind("role notice", needs=(RolePolicy,))
def role_notices(scene: TenantScene) -> Iterator[Candidate]:
    """Yield the addresses that are told when somebody takes a role."""
    for row in scene.tenant.rows(RolePolicy):
        role = scene.tenant.once(Roles).role(row.record.role)
        for mail in row.record.notified:
            yield of_row(
                scene,
                row,
                "role notice",
                name=f"{row.record.role} {mail.casefold()}",
                title=f"{mail} is told when somebody takes {role.name}",
                subject=mail.casefold(),
                identifiers=(Identifier(Mark.MAIL, mail),),
            )


@tenant_kind("reviewer", needs=(ConsentRequests, AccessReview, TenantUser, *MEMBERSHIP))
def reviewers(scene: TenantScene) -> Iterator[Candidate]:
    """Yield to whom requests for applications, and reviews of access, go."""
    for row in scene.tenant.rows(ConsentRequests):
        named = tuple(filter(None, map(_queried, row.record.reviewers)))
        for one, evidence in _each(scene, named) if row.record.is_on is not False else ():
            yield _reviewer(scene, one, "requests for applications", (row.evidence, *evidence), row)
    for review in scene.tenant.rows(AccessReview):
        for one, evidence in _each(scene, review.record.reviewers):
            what = f"the review {review.record.name}"
            places = (review.evidence, *evidence)
            candidate = _reviewer(scene, one, what, places, review)
            yield structs.replace(candidate, name=f"{one.id} {review.record.id}")


def _reviewer(
    scene: TenantScene,
    one: Principal,
    what: str,
    evidence: tuple[Evidence, ...],
    row: Seen[ConsentRequests] | Seen[AccessReview],
) -> Candidate:
    return of_principal(
        scene,
        "reviewer",
        one,
        name=f"{one.id} consent",
        title=f"{what} go to {one.name}" if "requests" in what else f"{one.name} makes {what}",
        power=Power.INFORMATION,
        evidence=evidence,
        carried=row.carried,
        is_dependence=True,
    )


def _queried(query: str) -> TenantObject | None:
    """Return whom `/users/ID` or `/groups/ID/transitiveMembers` means; None: a query of else."""
    parts = [part for part in query.split("/") if part and not part.startswith("v1.0")]
    if len(parts) < 2 or parts[0] not in ("users", "groups"):
        return None
    return TenantObject(parts[1].partition("?")[0], parts[0].removesuffix("s"))


def _each(
    scene: TenantScene, named: tuple[TenantObject, ...]
) -> Iterator[tuple[Principal, tuple[Evidence, ...]]]:
    """Yield those who are named, and everybody in the groups among them."""
    principals, membership = scene.tenant.once(Principals), scene.tenant.once(Membership)
    for told in named:
        one = principals.of(told.id, told)
        if not principals.is_group(told):
            yield one, one.evidence
            continue
        inside = membership.people(told.id)
        for member in inside:
            yield member.principal, (*one.evidence, *member.evidence)
        if not inside:
            yield one, one.evidence


@tenant_kind("mail rule", needs=(MailRule,))
def mail_rules(scene: TenantScene) -> Iterator[Candidate]:
    """Yield the rules of inboxes that send mail on; one that is off can be put on again."""
    principals = scene.tenant.once(Principals)
    for row in scene.tenant.rows(MailRule):
        one, whose = row.record, principals.of(row.record.user).name
        for mail in one.to:
            yield of_row(
                scene,
                row,
                "mail rule",
                name=f"{one.user} {one.id} {mail.casefold()}",
                title=f"mail of {whose} is sent on to {mail}",
                subject=mail.casefold(),
                is_dependence=False,
                identifiers=(Identifier(Mark.MAIL, mail),),
                detail="the rule is off" if one.is_enabled is False else "",
            )
