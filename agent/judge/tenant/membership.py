"""Who is in which group of a tenant, through groups in groups: worked out here, once.

Graph would tell it per group (transitiveMembers, 5 units of the budget each) or per user.
"""

from collections import defaultdict, deque
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from agent.judge.tenant.principals import GROUP, Principal, Principals
from agent.judge.tenant.tenants import Tenant
from inventory.model.evidence import Evidence
from inventory.model.record import Record
from inventory.model.tenant_accounts import TenantGroup, TenantMembers, TenantObject
from inventory.snapshot import Blank, Seen

NEEDS: tuple[type[Record], ...] = (TenantGroup, TenantMembers)


class Member(Struct, frozen=True):
    """One member of a group, and the shortest chain of groups by which it is in it."""

    principal: Principal
    through: tuple[Principal, ...]  # groups between, the nearest to the member first
    evidence: tuple[Evidence, ...]  # of each link
    carried: bool = False  # a link was seen in an earlier audit only


class Membership:
    """The direct members of the groups of one tenant, and what follows from them."""

    def __init__(self, tenant: Tenant) -> None:
        """Take the tenant; `tenant.once(Membership)` builds it a single time."""
        self.principals = tenant.once(Principals)
        self._lists: dict[str, list[Seen[TenantMembers]]] = defaultdict(list)
        for row in tenant.rows(TenantMembers):
            self._lists[row.record.group].append(row)
        self._hidden = tenant.blanks(*NEEDS)

    def direct(self, group: str) -> Iterator[tuple[TenantObject, Seen[TenantMembers]]]:
        """Yield what a group lists, with the row that says it."""
        for row in self._lists.get(group, ()):
            for one in row.record.members:
                yield one, row

    def members(self, group: str) -> tuple[Member, ...]:
        """Return everybody who is in a group, each once by the shortest chain; groups too.

        Circles end where they began. The group itself is not its member.
        """
        return tuple(self._walk(group))

    def people(self, group: str) -> tuple[Member, ...]:
        """Return the members that are no groups."""
        return tuple(one for one in self._walk(group) if one.principal.type != GROUP)

    def _walk(self, group: str) -> Iterator[Member]:
        seen = {group}
        waiting: deque[tuple[str, tuple[Principal, ...], tuple[Evidence, ...], bool]] = deque()
        waiting.append((group, (), (), False))
        while waiting:
            at, through, places, carried = waiting.popleft()
            for one, row in self.direct(at):
                if one.id in seen:
                    continue
                seen.add(one.id)
                principal = self.principals.of(one.id, one)
                evidence = (row.evidence, *places)
                is_old = carried or row.carried or principal.carried
                yield Member(principal, through, evidence, is_old)
                if self.principals.is_group(one):
                    waiting.append((one.id, (principal, *through), evidence, is_old))

    def ids(self, group: str) -> frozenset[str]:
        """Return the ids of everybody who is in a group, groups included: by sets alone."""
        reached, waiting, found = {group}, [group], set[str]()
        while waiting:
            direct = self._direct_ids.get(waiting.pop(), frozenset())
            found |= direct
            new = {one for one in direct if one in self._direct_ids} - reached
            reached |= new
            waiting.extend(new)
        return frozenset(found - {group})

    @cached_property
    def _direct_ids(self) -> dict[str, frozenset[str]]:
        return {
            group: frozenset(one.id for row in rows for one in row.record.members)
            for group, rows in self._lists.items()
        }

    def blanks(self, group: str) -> tuple[Blank, ...]:
        """Return what could hide members of a group, or of a group within it."""
        if not self._hidden:
            return ()
        parts = {group, *self.ids(group)}
        return tuple(b for b in self._hidden if not b.gap.part or b.gap.part in parts)
