"""One tenant as its pages see it: its objects by name, and whose they are."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TypeVar

from agent.documents.cell import Cell, of_field
from agent.documents.views import say
from agent.judge.case import Certainty
from agent.judge.judgement import Judgement
from agent.judge.tenant.tenants import Tenant
from collectors.sku_names import SkuNames
from inventory.model.moment import Moment
from inventory.model.record import Identifier, Record
from inventory.model.tenant_accounts import TenantGroup, TenantUser
from inventory.model.tenant_apps import Application, AppPermission, ServicePrincipal
from inventory.model.tenant_devices import DetectedApp
from inventory.model.tenant_licences import SubscribedSku
from inventory.model.tenant_partners import TenantName
from inventory.model.tenant_roles import AdministrativeUnit, RoleDefinition

R = TypeVar("R", bound=Record)


class Tenancy:
    """One tenant, how exact to be, and the parties whose its objects may be."""

    def __init__(
        self, tenant: Tenant, judgement: Judgement, products: SkuNames, *, is_minimal: bool
    ) -> None:
        """Take the tenant; names are looked up when they are asked for."""
        self.tenant = tenant
        self.products = products
        self.judgement = judgement
        self.is_minimal = is_minimal
        self.now = judgement.case.dates.now

    def rows(self, kind: type[R]) -> tuple[R, ...]:
        """Return the records of a kind; of two that say otherwise the fresh one comes last."""
        known = sorted(self.tenant.rows(kind), key=lambda row: not row.carried)
        return tuple(row.record for row in known)

    @cached_property
    def _names(self) -> dict[str, str]:
        found = {one.id: one.name for one in self.rows(AdministrativeUnit)}
        found |= {one.id: one.name for one in self.rows(Application)}
        found |= {one.id: one.name for one in self.rows(ServicePrincipal)}
        found |= {one.id: one.name for one in self.rows(TenantGroup)}
        return found | {one.id: one.upn for one in self.rows(TenantUser)}

    @cached_property
    def _apps(self) -> dict[str, str]:
        found = {one.app_id: one.name for one in self.rows(Application)}
        return found | {one.app_id: one.name for one in self.rows(ServicePrincipal) if one.app_id}

    @cached_property
    def _programs(self) -> dict[str, str]:
        return {one.id: f"{one.name} {one.version}".strip() for one in self.rows(DetectedApp)}

    @cached_property
    def _roles(self) -> dict[str, str]:
        found = {one.template: one.name for one in self.rows(RoleDefinition) if one.template}
        return found | {one.id: one.name for one in self.rows(RoleDefinition)}

    @cached_property
    def _tenants(self) -> dict[str, str]:
        found = {one.tenant.casefold(): one.name for one in self.rows(TenantName)}
        own = self.tenant.organization
        return found | ({own.id.casefold(): own.name} if own else {})

    @cached_property
    def _permissions(self) -> dict[str, str]:
        return {one.id: one.name for one in self.rows(AppPermission)}

    @cached_property
    def _products(self) -> dict[str, str]:
        return {one.sku: one.part_number for one in self.rows(SubscribedSku)}

    def name(self, entry: str) -> str:
        """Return the name of an object by its id, else the id."""
        return self._names.get(entry, entry)

    def app(self, app_id: str) -> str:
        """Return the name of an application by its application id, else the id."""
        return self._apps.get(app_id, app_id)

    def names(self, entries: Iterable[str]) -> tuple[str, ...]:
        """Return the names of some objects."""
        return tuple(map(self.name, entries))

    def program(self, entry: str) -> str:
        """Return the name of a program that was found on devices by its id, else the id."""
        return self._programs.get(entry, entry)

    def role(self, entry: str) -> str:
        """Return the name of a role by its id or template, else the id."""
        return self._roles.get(entry, entry)

    def permission(self, entry: str) -> str:
        """Return the name of a permission by its id, else the id."""
        return self._permissions.get(entry, entry)

    def product(self, sku: str | None) -> str:
        """Return what a product is called, else its part number in the tenant, else its id."""
        return self.products.name(sku or "", self._products.get(sku or "", ""))

    def other(self, tenant: str | None) -> str:
        """Return another tenant with its name where it is known."""
        if tenant is None:
            return ""
        name = self._tenants.get(tenant.casefold(), "")
        return f"{name} ({tenant})" if name else tenant

    def reviewer(self, query: str) -> str:
        """Return who is meant by `/users/ID` or `/groups/ID/transitiveMembers`."""
        parts = [part for part in query.split("/") if part in self._names]
        return self.name(parts[0]) if parts else query

    def scope(self, where: str) -> str:
        """Return what a role is for: all of it, or the named part."""
        if where == "/":
            return "all of the tenant"
        return self.name(where.rpartition("/")[2])

    def whose(self, identifiers: Sequence[Identifier]) -> Cell:
        """Return the party by which marks are recognised, and how surely."""
        matches = self.judgement.holdings.matcher.matches(identifiers)
        if not matches:
            return of_field("no party")
        guess = matches[0].certainty is Certainty.PROPOSED
        sure = "proposed" if guess else matches[0].certainty.value
        return of_field(f"{matches[0].party} ({sure})")

    def since(self, when: Moment | None) -> Cell:
        """Return the day since when something is so."""
        return of_field(None) if when is None else of_field(str(when)[:10], sort=str(when.latest))

    def day(self, when: Moment | None) -> Cell:
        """Return the day on which something ends; one that has passed says so."""
        if when is None:
            return of_field(None)
        past = "" if when.latest >= self.now else " (passed)"
        return of_field(f"{say.day(when.latest)}{past}", sort=str(when.latest))
