"""Names in sudoers, doas.conf and in groups that amount to root, whether passwd has them or not."""

from collections.abc import Iterator
from typing import TypeVar

from agent.judge import members, sudo
from agent.judge.case import Power
from agent.judge.holds.kind import Candidate, Scene, hold_kind, of_row
from agent.judge.hosts import Host
from agent.judge.rights import ADMINS
from agent.judge.rootlike import GROUPS, amounts_to_root
from inventory.model.access import DoasRule, SudoAlias, SudoGrant
from inventory.model.account import Account, Group
from inventory.model.host import DomainJoin
from inventory.model.record import Identifier, Mark, Record
from inventory.snapshot import Seen

R = TypeVar("R", bound=Record)


@hold_kind("sudo", needs=(SudoGrant, SudoAlias, Account))  # `#1000` is named by passwd
def sudo_grants(scene: Scene) -> Iterator[Candidate]:
    """Yield each name that a grant of sudoers gives something to."""
    aliases = members.aliases_of(scene.host)
    found: dict[str, Candidate] = {}
    for grant in sudo.grants(scene.host):
        row = grant.row
        for name in members.expanded(row.record.users, of="User", aliases=aliases):
            if not name.startswith("!") and name != "root":
                one = _named(scene, row, "sudo", _user(scene, name), row.record.file, grant.power)
                found[one.key] = _stronger(found.get(one.key), one)
    yield from found.values()


def _stronger(old: Candidate | None, new: Candidate) -> Candidate:
    """Return a fresh one before a carried one, then the one with root."""
    if old is None or (old.carried and not new.carried):
        return new
    return new if new.power is Power.ROOT and new.carried == old.carried else old


@hold_kind("doas", needs=(DoasRule,))
def doas_rules(scene: Scene) -> Iterator[Candidate]:
    """Yield each name that a rule of doas.conf permits something."""
    for row in scene.host.rows(DoasRule):
        rule = row.record
        if rule.permits and rule.identity != "root":
            is_group = rule.identity.startswith(":")
            name = f"%{rule.identity[1:]}" if is_group else rule.identity
            is_root = rule.target is None or rule.target in sudo.zero_names(scene.host)
            whole = rule.command is None or amounts_to_root(rule.command)
            power = Power.ROOT if is_root and whole else Power.RUN_AS
            place = f"{rule.file} {rule.target or ''} {rule.command or ''}".strip()
            yield _named(scene, row, "doas", name, place, power)


@hold_kind("group", needs=(Group, SudoGrant, SudoAlias))  # sudoers says what a group gives
def group_members(scene: Scene) -> Iterator[Candidate]:
    """Yield each member of a group that amounts to root, or that sudo gives something to."""
    powers = _powers(scene.host)
    for row in scene.host.rows(Group):
        group = row.record
        power = powers.get(group.name) or powers.get(f"#{group.gid}")
        if power is not None:
            for member in group.members:
                yield _named(scene, row, "group", member, group.name, power)


def _powers(host: Host) -> dict[str, Power]:
    """Return what groups give, by name or `#gid`; unread sudoers may give root to some."""
    aliases = members.aliases_of(host)
    powers = dict.fromkeys(GROUPS, Power.ROOT)
    if not host.is_whole(SudoGrant):
        powers |= dict.fromkeys(ADMINS, Power.ROOT)
    for grant in sudo.grants(host):
        for name in members.expanded(grant.row.record.users, of="User", aliases=aliases):
            if name.startswith("%") and powers.get(name[1:]) is not Power.ROOT:
                powers[name[1:]] = grant.power
    return powers


def _named(
    scene: Scene,
    row: Seen[R],
    kind: str,
    name: str,
    place: str,
    power: Power,
) -> Candidate:
    """Return the candidate of one name; a group's name only proposes."""
    mark = Mark.TEXT if name.startswith(("%", "+")) else Mark.ACCOUNT
    bare = name.lstrip("%:+")
    says = {"group": f"{name} in group {place}"}.get(kind, f"{kind} for {name} ({place})")
    return of_row(
        scene,
        row,
        kind,
        name=f"{name} {place}",
        title=says,
        subject=bare,
        power=power,
        is_dependence=False,
        identifiers=(Identifier(mark, bare),),
        stands_alone=power is Power.ROOT and _is_unknown_here(scene, name),
        slot=f"{kind} {bare}",
    )


def _user(scene: Scene, name: str) -> str:
    """Return the login name of `#1000`, as far as it is known; other names as they are."""
    return scene.host.once(_by_uid).get(name, name) if name.startswith("#") else name


def _by_uid(host: Host) -> dict[str, str]:
    rows = reversed(host.rows(Account))
    return {f"#{row.record.uid}": row.record.name for row in rows}


def _is_unknown_here(scene: Scene, name: str) -> bool:
    """Return whether a name is not the host's own and may be a directory's.

    Local accounts and groups lead to paths of their own. A name that nobody has is without power.
    """
    host = scene.host
    if name in host.once(_own_names):
        return False
    nobody = host.is_whole(Account, Group, DomainJoin) and not host.rows(DomainJoin)
    return not nobody


def _own_names(host: Host) -> frozenset[str]:
    """Return the host's accounts, and its groups as sudoers writes them."""
    groups = (row.record for row in host.rows(Group))
    marked = (mark for one in groups for mark in (f"%{one.name}", f"%#{one.gid}"))
    return frozenset((*marked, *(row.record.name for row in host.rows(Account))))
