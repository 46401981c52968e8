"""Names on a host that may be a directory's accounts and groups, and who of it comes by them."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct, structs

from agent.judge import members, sudo
from agent.judge.directory import roles
from agent.judge.directory.directories import Directory
from agent.judge.directory.joins import Joined, Names
from agent.judge.directory.membership import Member, Membership
from agent.judge.directory.principals import Principal, Principals
from agent.judge.hosts import Host
from inventory.model.access import DoasRule, SshdSetting
from inventory.model.account import Group
from inventory.model.directory_accounts import DirectoryAccount
from inventory.model.evidence import Evidence
from inventory.model.truth import Truth
from inventory.snapshot import Seen

_WIDE = frozenset((513, 515))  # RIDs of groups that every account or computer is in


class Door(Struct, frozen=True):
    """A name that a host lets in, or gives something to."""

    name: str  # "alice", "#1001", "%admins", "+netgroup"
    evidence: Evidence
    is_login: bool = False  # a list of who may log in
    carried: bool = False  # only an earlier audit saw it


class Way(Struct, frozen=True):
    """How somebody of a directory comes to a door: by himself, or through groups."""

    member: Member
    door: Door


def ways(host: Host, directory: Directory) -> dict[str, list[Way]]:
    """Return the ways of each principal by its id, in the order of the doors."""
    found: dict[str, list[Way]] = {}
    for door in host.once(_doors):
        for member in _at_door(host, directory, door):
            found.setdefault(member.principal.id, []).append(Way(member, door))
    return found


def _at_door(host: Host, directory: Directory, door: Door) -> Iterator[Member]:
    names, principals = directory.once(Names), directory.once(Principals)
    if door.name.startswith("+"):
        yield from _in_netgroup(host, directory, door.name[1:])
    elif door.name.startswith("%"):
        for row in names.groups(door.name[1:].removeprefix(":")):
            yield from _of_group(directory, principals.by_id[row.record.id])
    else:
        for account in names.accounts(door.name):
            yield Member(principals.by_id[account.record.id], (), (account.evidence,))


def _of_group(directory: Directory, group: Principal) -> Iterator[Member]:
    """Yield everybody in a group with the chain up to it; a group of all is not told one by one."""
    if group.rid in _WIDE and directory.is_ad is not False:
        yield Member(group, (), group.evidence, group.carried)
        return
    for member in directory.once(Membership).members(group.id):
        if member.principal.type == "account":
            yield structs.replace(member, through=(*member.through, group))


def _in_netgroup(host: Host, directory: Directory, name: str) -> Iterator[Member]:
    joined, principals = host.once(Joined), directory.once(Principals)
    for row in directory.rows(DirectoryAccount):
        if joined.in_netgroup(name, user=row.record.name) is Truth.YES:
            yield Member(principals.by_id[row.record.id], (), (row.evidence,))


def _doors(host: Host) -> tuple[Door, ...]:
    """Return the names that may be a directory's, those that give the most first."""
    return tuple(dict.fromkeys((*_by_sudo(host), *_by_groups(host), *_by_login(host))))


def _by_sudo(host: Host) -> Iterator[Door]:
    aliases = members.aliases_of(host)
    for grant in sudo.grants(host):
        for name in members.expanded(grant.row.record.users, of="User", aliases=aliases):
            yield from _door(name, grant.row)
    for row in host.rows(DoasRule):
        name = row.record.identity
        yield from _door(f"%{name[1:]}" if name.startswith(":") else name, row)
    for role in roles.roles(host):
        for name in role.row.record.users:
            yield from _door(name, role.row)


def _by_groups(host: Host) -> Iterator[Door]:
    """Yield the members of local groups: files name people, whoever knows them."""
    for row in host.rows(Group):
        for name in row.record.members:
            yield from _door(name, row)


def _by_login(host: Host) -> Iterator[Door]:
    for row in host.rows(SshdSetting):
        sign = {"allowgroups": "%", "allowusers": ""}.get(row.record.keyword)
        for name in row.record.value.split() if sign is not None else ():
            yield from _door(f"{sign}{name}", row, is_login=True)
    for join in host.once(Joined).joins:
        for said in join.row.record.allowed:
            sign = {"group": "%", "user": ""}.get(said.partition(":")[0])
            if sign is not None:
                yield from _door(f"{sign}{said.partition(':')[2]}", join.row, is_login=True)


def _door(name: str, row: Seen[Any], *, is_login: bool = False) -> Iterator[Door]:
    if name not in ("", "ALL", "root") and not name.startswith("!"):
        yield Door(name, row.evidence, is_login, row.carried)
