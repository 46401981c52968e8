"""What of a tenant ends, renews or falls due on a day, and whose it is: for calendars."""

from collections.abc import Iterator

from msgspec import Struct

from agent.judge.tenant.principals import Principals
from agent.judge.tenant.roles import Roles
from agent.judge.tenant.tenants import Tenant
from inventory.model.evidence import Evidence
from inventory.model.moment import Moment
from inventory.model.record import Record
from inventory.model.tenant import DomainFederation
from inventory.model.tenant_apps import AppCredential
from inventory.model.tenant_devices import ManagementToken
from inventory.model.tenant_licences import TenantSubscription
from inventory.model.tenant_partners import PartnerRelationship, TenantName
from inventory.model.tenant_policies import CertificateTrust
from inventory.model.tenant_roles import GroupEligibility, RoleActivation, RoleEligibility
from inventory.model.tenant_services import AnnouncedChange
from inventory.snapshot import Blank

NEEDS: tuple[type[Record], ...] = (
    *(TenantSubscription, AppCredential, DomainFederation, CertificateTrust, ManagementToken),
    *(RoleEligibility, RoleActivation, GroupEligibility, PartnerRelationship, AnnouncedChange),
)


class Renewal(Struct, frozen=True):
    """One thing that ends, renews or falls due."""

    when: Moment
    kind: str  # "subscription", "secret", "certificate", "token", "role", "delegation", "change"
    verb: str  # "ends", "renews or ends", "to be done by"
    what: str
    whose: str  # the seller, the account it hangs on, who holds it; "": not told
    tenant: str  # its target
    evidence: Evidence
    carried: bool = False  # known from an earlier audit only


def renewals(tenant: Tenant) -> tuple[Renewal, ...]:
    """Return all that has a day, in order of the days; what has none is in no calendar."""
    found = (
        *_subscriptions(tenant),
        *_credentials(tenant),
        *_certificates(tenant),
        *_tokens(tenant),
        *_roles(tenant),
        *_delegations(tenant),
        *_changes(tenant),
    )
    return tuple(sorted(found, key=lambda one: (one.when, one.kind, one.what)))


def blanks(tenant: Tenant) -> tuple[Blank, ...]:
    """Return the gaps that may hide more."""
    return tenant.blanks(*NEEDS)


def _subscriptions(tenant: Tenant) -> Iterator[Renewal]:
    names = {row.record.tenant.casefold(): row.record for row in tenant.rows(TenantName)}
    for row in tenant.rows(TenantSubscription):
        one = row.record
        if one.next_event is None:
            continue
        seats = "" if one.seats is None else f", {one.seats} seats"
        seller = names.get((one.owner_tenant or "").casefold())
        yield Renewal(
            when=one.next_event,
            kind="subscription",
            verb="renews or ends",
            what=f"{one.part_number or one.sku or one.id}{seats}",
            whose=seller.name if seller else one.owner_tenant or "",
            tenant=tenant.name,
            evidence=row.evidence,
            carried=row.carried,
        )


def _credentials(tenant: Tenant) -> Iterator[Renewal]:
    principals = tenant.once(Principals)
    for row in tenant.rows(AppCredential):
        one = row.record
        if one.ends is None:
            continue
        app = principals.of(one.object)
        label = f' "{one.label}"' if one.label else ""
        name = app.name if app.name != app.id else one.app or one.object
        yield Renewal(
            when=one.ends,
            kind=one.type,
            verb="ends",
            what=f"{one.type}{label} of the application {name}",
            whose="",
            tenant=tenant.name,
            evidence=row.evidence,
            carried=row.carried,
        )


def _certificates(tenant: Tenant) -> Iterator[Renewal]:
    for row in tenant.rows(DomainFederation):
        one = row.record
        says = {"": one.certificate_ends, "next ": one.next_certificate_ends}
        for word, when in says.items():
            if when is not None:
                what = f"{word}certificate of {one.issuer or one.name}, for {one.domain}"
                yield Renewal(
                    when,
                    "certificate",
                    "ends",
                    what,
                    one.name,
                    tenant.name,
                    row.evidence,
                    row.carried,
                )
    for trust in tenant.rows(CertificateTrust):
        if trust.record.ends is not None:
            yield Renewal(
                when=trust.record.ends,
                kind="certificate",
                verb="ends",
                what=f"authority {trust.record.subject or trust.record.fingerprint}",
                whose=trust.record.issuer,
                tenant=tenant.name,
                evidence=trust.evidence,
                carried=trust.carried,
            )


def _tokens(tenant: Tenant) -> Iterator[Renewal]:
    for row in tenant.rows(ManagementToken):
        one = row.record
        if one.ends is not None:
            yield Renewal(
                when=one.ends,
                kind="token",
                verb="ends",
                what=f"{one.type} {one.name}".strip(),
                whose=one.account or "",
                tenant=tenant.name,
                evidence=row.evidence,
                carried=row.carried,
            )


def _roles(tenant: Tenant) -> Iterator[Renewal]:
    principals, roles = tenant.once(Principals), tenant.once(Roles)
    eligible = {row.record.id: row for row in tenant.rows(RoleEligibility)}
    active = {row.record.id: row for row in tenant.rows(RoleActivation)}
    for says, rows in (("may take", eligible.values()), ("has", active.values())):
        for row in rows:
            one = row.record
            if one.ends is None or one.through_group:
                continue
            who = principals.of(one.principal).name
            yield Renewal(
                when=one.ends,
                kind="role",
                verb="ends",
                what=f"{who} {says} {roles.role(one.role).name}",
                whose=who,
                tenant=tenant.name,
                evidence=row.evidence,
                carried=row.carried,
            )
    for joining in tenant.rows(GroupEligibility):
        if joining.record.ends is not None:
            who = principals.of(joining.record.principal).name
            group = principals.of(joining.record.group).name
            yield Renewal(
                when=joining.record.ends,
                kind="role",
                verb="ends",
                what=f"{who} may join {group}",
                whose=who,
                tenant=tenant.name,
                evidence=joining.evidence,
                carried=joining.carried,
            )


def _delegations(tenant: Tenant) -> Iterator[Renewal]:
    for row in tenant.rows(PartnerRelationship):
        one = row.record
        if one.ends is not None:
            yield Renewal(
                when=one.ends,
                kind="delegation",
                verb="ends" if one.extends in (None, "", "PT0S") else "extends itself",
                what=f"{one.name} over {one.customer_name or one.customer or 'a customer'}",
                whose="",
                tenant=tenant.name,
                evidence=row.evidence,
                carried=row.carried,
            )


def _changes(tenant: Tenant) -> Iterator[Renewal]:
    for row in tenant.rows(AnnouncedChange):
        one = row.record
        if one.act_by is not None:
            yield Renewal(
                when=one.act_by,
                kind="change",
                verb="to be done by",
                what=one.title,
                whose="Microsoft",
                tenant=tenant.name,
                evidence=row.evidence,
                carried=row.carried,
            )
