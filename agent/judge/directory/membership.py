"""Who is in which group, through groups in groups and primary groups: worked out here, once.

A server would need minutes for it (its own matching rule walks every group for every question),
and `memberOf` leaves out primary groups, other domains and what was loaded past its overlay.
"""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from agent.judge.directory.directories import Directory
from agent.judge.directory.principals import UNKNOWN, Principal, Principals, folded
from inventory.model.directory_accounts import (
    DirectoryAccount,
    DirectoryComputer,
    DirectoryGroup,
    DirectoryMembers,
)
from inventory.model.evidence import Evidence
from inventory.model.record import Record
from inventory.snapshot import Blank, Seen

NEEDS: tuple[type[Record], ...] = (
    DirectoryGroup,
    DirectoryMembers,
    DirectoryAccount,
    DirectoryComputer,
)


class Member(Struct, frozen=True):
    """One member of a group, and the shortest chain of groups by which it is in it."""

    principal: Principal
    through: tuple[Principal, ...]  # groups between; empty: a direct member
    evidence: tuple[Evidence, ...]  # of each link
    carried: bool = False  # a link was seen in an earlier audit only
    by_primary_group: bool = False

    @property
    def chain(self) -> str:
        """Return `alice > Helpdesk`: the member, then each group on the way."""
        return " > ".join((self.principal.name, *(group.name for group in self.through)))


class Link(Struct, frozen=True):
    """That a principal is directly in a group."""

    member: Principal
    evidence: Evidence
    carried: bool
    by_primary_group: bool = False


class Membership:
    """The direct links of one directory, and what follows from them.

    Links are made when a group is looked at; the closure of all groups needs ids alone.
    """

    def __init__(self, directory: Directory) -> None:
        """Take the directory; `directory.once(Membership)` builds it a single time."""
        self.principals = directory.once(Principals)
        self._groups = {row.record.id for row in directory.rows(DirectoryGroup)}
        self._hidden = directory.blanks(*NEEDS)
        self._lists: dict[str, list[Seen[DirectoryMembers]]] = defaultdict(list)
        for row in directory.rows(DirectoryMembers):
            self._lists[row.record.group].append(row)
        self._primary: dict[str, list[Link]] = defaultdict(list)
        self._enter_primary(directory)
        self._by_name = {row.record.name: row.record.id for row in directory.rows(DirectoryAccount)}
        self._links: dict[str, tuple[Link, ...]] = {}

    def _enter_primary(self, directory: Directory) -> None:
        """Enter primary groups: by RID in Active Directory, by gidNumber elsewhere."""
        by_gid = {row.record.gid_number: row.record.id for row in directory.rows(DirectoryGroup)}
        by_gid.pop(None, None)
        by_id, by_rid = self.principals.by_id, self.principals.by_rid
        for account in directory.rows(DirectoryAccount):
            group = by_rid.get(account.record.primary_group or -1)
            of = group.id if group else by_gid.get(account.record.gid_number)
            if of is not None:
                one = by_id[account.record.id]
                link = Link(one, account.evidence, account.carried, by_primary_group=True)
                self._primary[of].append(link)
        for computer in directory.rows(DirectoryComputer):
            if group := by_rid.get(computer.record.primary_group or -1):
                one = by_id[computer.record.id]
                link = Link(one, computer.evidence, computer.carried, by_primary_group=True)
                self._primary[group.id].append(link)

    def direct(self, group: str) -> tuple[Link, ...]:
        """Return the direct members of a group."""
        if group not in self._links:
            self._links[group] = (*self._listed(group), *self._primary.get(group, ()))
        return self._links[group]

    def _listed(self, group: str) -> Iterator[Link]:
        """Yield what a group lists: DNs, and login names of POSIX groups."""
        for row in self._lists.get(group, ()):
            for dn in row.record.members:
                yield Link(self.principals.of_dn(dn), row.evidence, row.carried)
            for name in row.record.names:
                yield Link(self._named(name), row.evidence, row.carried)

    def _named(self, name: str) -> Principal:
        known = self._by_name.get(name)
        return self.principals.by_id[known] if known else Principal(name, name, UNKNOWN)

    def _ids(self, group: str) -> set[str]:
        """Return the ids of the direct members of a group."""
        ids, by_name = self.principals.ids, self._by_name
        found = {link.member.id for link in self._primary.get(group, ())}
        for row in self._lists.get(group, ()):
            found.update([ids.get(folded(dn), dn) for dn in row.record.members])
            found.update([by_name.get(name, name) for name in row.record.names])
        return found

    def members(self, group: str) -> tuple[Member, ...]:
        """Return everybody who is in a group, each once by the shortest chain; groups too.

        Circles end where they began. The group itself is not its member.
        """
        return tuple(self._walk(group))

    def _walk(self, group: str) -> Iterator[Member]:
        seen = {group}
        waiting: deque[tuple[str, tuple[Principal, ...], tuple[Evidence, ...], bool]] = deque()
        waiting.append((group, (), (), False))
        while waiting:
            at, through, places, carried = waiting.popleft()
            for link in self.direct(at):
                one = link.member
                if one.id in seen:
                    continue
                seen.add(one.id)
                evidence = (link.evidence, *places)
                is_old = carried or link.carried or one.carried
                yield Member(one, through, evidence, is_old, link.by_primary_group)
                if one.id in self._groups:
                    waiting.append((one.id, (one, *through), evidence, is_old))

    def closure(self) -> dict[str, frozenset[str]]:
        """Return the ids of everybody who is in each group, for all groups at once."""
        direct = self._direct_ids
        inner = {group: direct[group] & self._groups for group in self._groups}
        found = {}
        for group in self._groups:
            reached = _reached(group, inner)
            everybody = set().union(*(direct[one] for one in reached))
            found[group] = frozenset(everybody - {group})
        return found

    def groups_of(self, member: str) -> tuple[str, ...]:
        """Return the ids of all groups that a principal is in, nearest first."""
        found: dict[str, None] = {}
        waiting = deque((member,))
        while waiting:
            for group in self._parents.get(waiting.popleft(), ()):
                if group not in found:
                    found[group] = None
                    waiting.append(group)
        return tuple(found)

    @cached_property
    def _direct_ids(self) -> dict[str, set[str]]:
        return {group: self._ids(group) for group in self._groups}

    @cached_property
    def _parents(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for group, members in self._direct_ids.items():
            for member in members:
                found[member].append(group)
        return found

    def blanks(self, group: str) -> tuple[Blank, ...]:
        """Return what could hide members of a group, or of a group within it."""
        inside = (member.principal.id for member in self._walk(group))
        parts = {group, *(one for one in inside if one in self._groups)}
        names = {self.principals.by_id[one].dn for one in parts if one in self.principals.by_id}
        return tuple(b for b in self._hidden if not b.gap.part or b.gap.part in parts | names)


def _reached(group: str, inner: Mapping[str, set[str]]) -> set[str]:
    """Return a group and all groups within it."""
    reached, waiting = {group}, [group]
    while waiting:
        new = inner[waiting.pop()] - reached
        reached |= new
        waiting.extend(new)
    return reached
