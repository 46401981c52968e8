"""The tenants of a snapshot: each is a target of which kinds of a tenant are told."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from agent.judge.hosts import Host, Hosts
from inventory.model import (
    tenant,
    tenant_accounts,
    tenant_apps,
    tenant_devices,
    tenant_licences,
    tenant_partners,
    tenant_policies,
    tenant_roles,
    tenant_services,
)
from inventory.model.record import KINDS, Record
from inventory.model.tenant import Organization
from inventory.snapshot import Blank

_OF_A_TENANT = frozenset(
    module.__name__
    for module in (
        tenant,
        tenant_accounts,
        tenant_apps,
        tenant_devices,
        tenant_licences,
        tenant_partners,
        tenant_policies,
        tenant_roles,
        tenant_services,
    )
)


# What only a partner's own tenant can tell: of another it is no question, and so no gap.
OF_PARTNERS: tuple[type[Record], ...] = (
    tenant_partners.PartnerRelationship,
    tenant_partners.PartnerAssignment,
    tenant_partners.PartnerContract,
)


class Tenant(Host):
    """One tenant: its name, and what each record kind says of it."""

    @cached_property
    def organization(self) -> Organization | None:
        """Return its organisation; None: it could not be read."""
        rows = sorted(self.rows(Organization), key=lambda row: row.carried)
        return rows[0].record if rows else None

    @property
    def id(self) -> str | None:
        """Return its id; None: it is not known."""
        return self.organization.id if self.organization else None

    @cached_property
    def is_partners(self) -> bool:
        """Return whether it was asked as a partner's own tenant."""
        snapshot = self.fleet.snapshot
        readings = (one for kind in OF_PARTNERS for one in snapshot.readings(kind))
        return any(one.key.target == self.name for one in readings)

    @property
    def called(self) -> str:
        """Return what people call it: its default domain, or the name under which it is audited."""
        return (self.organization and self.organization.default_domain) or self.name


class Tenants:
    """All tenants of a snapshot, in order of their names."""

    def __init__(self, fleet: Hosts) -> None:
        """Take the hosts of the same snapshot: each kind is read once for all targets."""
        self._fleet = fleet

    @cached_property
    def _all(self) -> dict[str, Tenant]:
        names = {
            reading.key.target
            for reading in self._fleet.snapshot.readings()
            if any(is_of_a_tenant(kind) for kind in reading.tells)
        }
        return {name: Tenant(name, self._fleet) for name in sorted(names)}

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the targets."""
        return tuple(self._all)

    def __iter__(self) -> Iterator[Tenant]:
        """Yield the tenants."""
        return iter(self._all.values())

    def tenant(self, name: str) -> Tenant:
        """Return the tenant of a name; of an unknown one nothing is known."""
        return self._all.get(name) or Tenant(name, self._fleet)

    def blanks(self, kinds: Iterable[type[Record]]) -> tuple[Blank, ...]:
        """Return the gaps of all tenants that could hide more of these kinds, each once."""
        wanted = tuple(kinds)
        found: dict[Blank, None] = {}
        for one in self:
            asked = [kind for kind in wanted if one.is_partners or kind not in OF_PARTNERS]
            found.update(dict.fromkeys(one.blanks(*asked)))
        return tuple(found)


def is_of_a_tenant(kind: str) -> bool:
    """Return whether tenants have records of a kind."""
    return kind in KINDS and KINDS[kind].__module__ in _OF_A_TENANT
