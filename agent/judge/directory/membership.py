"""Who is in which group, through groups in groups and primary groups: worked out here, once.

A server would need minutes for it (its own matching rule walks every group for every question),
and `memberOf` leaves out primary groups, other domains and what was loaded past its overlay.
"""

from collections import defaultdict, deque
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from agent.judge.directory.directories import Directory
from agent.judge.directory.principals import UNKNOWN, Principal, Principals
from inventory.model.directory_accounts import (
    DirectoryAccount,
    DirectoryComputer,
    DirectoryGroup,
    DirectoryMembers,
)
from inventory.model.evidence import Evidence
from inventory.model.record import Record
from inventory.snapshot import Blank

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
    """The direct links of one directory, and what follows from them."""

    def __init__(self, directory: Directory) -> None:
        """Take the directory; `directory.once(Membership)` builds it a single time."""
        self.principals = directory.once(Principals)
        self.links: dict[str, list[Link]] = defaultdict(list)  # by id of the group
        self._groups = {row.record.id for row in directory.rows(DirectoryGroup)}
        self._by_name = _by_name(directory)
        self._hidden = _hidden(directory)
        self._listed(directory)
        self._primary(directory)

    def _listed(self, directory: Directory) -> None:
        """Enter what groups list: DNs, and login names of POSIX groups."""
        of_dn = self.principals.of_dn
        for row in directory.rows(DirectoryMembers):
            links, evidence, carried = self.links[row.record.group], row.evidence, row.carried
            links.extend(Link(of_dn(dn), evidence, carried) for dn in row.record.members)
            for name in row.record.names:
                known = self._by_name.get(name) or Principal(name, name, UNKNOWN)
                links.append(Link(known, evidence, carried))

    def _primary(self, directory: Directory) -> None:
        """Enter primary groups: by RID in Active Directory, by gidNumber elsewhere."""
        by_gid = {row.record.gid_number: row.record.id for row in directory.rows(DirectoryGroup)}
        by_rid, by_id = self.principals.by_rid, self.principals.by_id
        for account in directory.rows(DirectoryAccount):
            group = by_rid.get(account.record.primary_group or -1)
            of = group.id if group else by_gid.get(account.record.gid_number)
            if of is not None and (group or account.record.gid_number is not None):
                member = by_id[account.record.id]
                self.links[of].append(Link(member, account.evidence, account.carried, True))
        for computer in directory.rows(DirectoryComputer):
            if group := by_rid.get(computer.record.primary_group or -1):
                member = by_id[computer.record.id]
                self.links[group.id].append(Link(member, computer.evidence, computer.carried, True))

    def direct(self, group: str) -> tuple[Link, ...]:
        """Return the direct members of a group."""
        return tuple(self.links.get(group, ()))

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
            for link in self.links.get(at, ()):
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
        return {
            group: frozenset(member.principal.id for member in self._walk(group))
            for group in self._groups
        }

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
    def _parents(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for group, links in self.links.items():
            for link in links:
                found[link.member.id].append(group)
        return found

    def blanks(self, group: str) -> tuple[Blank, ...]:
        """Return what could hide members of a group, or of a group within it."""
        inside = (member.principal.id for member in self._walk(group))
        parts = {group, *(one for one in inside if one in self._groups)}
        names = {self.principals.by_id[one].dn for one in parts if one in self.principals.by_id}
        return tuple(b for b in self._hidden if not b.gap.part or b.gap.part in parts | names)


def _hidden(directory: Directory) -> tuple[Blank, ...]:
    return directory.blanks(*NEEDS)


def _by_name(directory: Directory) -> dict[str, Principal]:
    principals = directory.once(Principals)
    return {
        row.record.name: principals.by_id[row.record.id] for row in directory.rows(DirectoryAccount)
    }
