"""Privileged access of a directory as a tree: each group, who is in it, and by which groups."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct

from agent.documents.cell import Known, Whys, whys_of
from agent.documents.views.directory.accounts import enabled
from agent.documents.views.directory.realm import Realm
from agent.documents.views.table import state
from agent.judge.directory.membership import Member
from agent.judge.directory.principals import FOREIGN, UNKNOWN, Principal
from agent.judge.directory.privileged import PrivilegedGroup, privileged_groups

MOST_AT_ONE_PLACE = 100  # members of one group that are shown
MOST_DEEP = 8  # groups within groups that are shown

_STRANGE = {
    FOREIGN: "of another domain",
    UNKNOWN: "not an entry that was read",
    "well known": "not a person: everybody of this kind",
}


class Twig(Struct, frozen=True):
    """One member in the tree; nested lists open and close around it."""

    depth: int
    name: str
    type: str
    said: tuple[str, ...]
    party: str
    sure: str
    carried: int = 0  # the audit that saw it last
    more: int = 0  # members of the same group that are not shown
    opens: bool = False  # its own members follow
    closes: int = 0  # lists that end after it


class Tree(Struct, frozen=True):
    """One privileged group with its members."""

    name: str
    gives: str
    power: str
    sure: str  # proved; proposed: known by its name alone
    count: int  # members that are no groups
    known: Known
    whys: Whys
    twigs: tuple[Twig, ...]
    carried: int = 0


def trees(realm: Realm) -> tuple[Tree, ...]:
    """Return the privileged groups of a directory as trees, the most powerful first."""
    return tuple(_tree(one, realm) for one in privileged_groups(realm.directory))


def _tree(one: PrivilegedGroup, realm: Realm) -> Tree:
    whys = whys_of(one.blanks)
    members = tuple(one.nearest)
    fresh = not one.carried and not any(member.carried for member in members)
    seen = one.group.evidence[0].audit if one.carried and one.group.evidence else 0
    return Tree(
        name=one.group.name,
        gives=one.privilege.says,
        power=one.privilege.power.value,
        sure=one.certainty.value,
        count=sum(member.principal.type != "group" for member in members),
        known=state(bool(members), whys, all_fresh=fresh),
        whys=whys,
        twigs=tuple(_closed(list(_twigs(one, members, realm)))),
        carried=seen,
    )


def _twigs(one: PrivilegedGroup, members: Sequence[Member], realm: Realm) -> Iterator[Twig]:
    """Yield the members in the order of the tree; one is at the place of its shortest chain."""
    inside: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        inside[member.through[0].id if member.through else one.group.id].append(member)
    waiting = list(reversed(_shown(inside[one.group.id])))
    while waiting:
        member, more = waiting.pop()
        below = _shown(inside[member.principal.id]) if _is_shown_whole(member, one) else []
        hidden = len(inside[member.principal.id]) if not below else 0
        yield _twig(member, one, realm, more, hidden)
        waiting.extend(reversed(below))


def _shown(members: Sequence[Member]) -> list[tuple[Member, int]]:
    """Return as many as have room, the last with how many there are beside."""
    ordered = sorted(members, key=lambda one: (one.principal.type == "group", one.principal.name))
    shown = ordered[:MOST_AT_ONE_PLACE]
    left = len(ordered) - len(shown)
    return [(one, left if at == len(shown) - 1 else 0) for at, one in enumerate(shown)]


def _is_shown_whole(member: Member, one: PrivilegedGroup) -> bool:
    return len(member.through) < MOST_DEEP and member.principal.id not in one.inner


def _twig(member: Member, one: PrivilegedGroup, realm: Realm, more: int, hidden: int) -> Twig:
    who = member.principal
    party, sure = realm.whose(who.identifiers) if who.type != "group" else ("", "")
    said = list(_said(member, one, realm))
    if hidden and who.id not in one.inner:
        said.append(f"{hidden} members that are not shown here")
    return Twig(
        depth=len(member.through),
        name=who.name,
        type=who.type,
        said=tuple(said),
        party=party,
        sure=sure,
        carried=max((at.audit for at in member.evidence), default=0) if member.carried else 0,
        more=more,
    )


def _said(member: Member, one: PrivilegedGroup, realm: Realm) -> Iterator[str]:
    who = member.principal
    if member.by_primary_group:
        yield "by its primary group"
    if who.id in one.inner:
        yield "gives as much by itself: its members stand there"
    elif who.type in _STRANGE:
        yield _STRANGE[who.type]
    elif who.type != "group":
        yield from _state(who, realm)


def _state(who: Principal, realm: Realm) -> Iterator[str]:
    """Yield what is told of a privileged account: exactly, for its power decides what it opens."""
    yield enabled(who.is_enabled) or "state not stated"
    row = realm.accounts.get(who.id)
    if row is not None and row.record.display_name and row.record.display_name != who.name:
        yield row.record.display_name
    used = realm.used(who.id)
    yield f"last used {used.text}" if used.texts else f"last use {_not_told(used.whys)}"
    if row is not None:
        changed = row.record.password_changed
        yield f"password of {changed}" if changed else "password never set, or not stated"


def _not_told(whys: Whys) -> str:
    return f"not known: {whys.texts[0]}" if whys else "not stated"


def _closed(twigs: list[Twig]) -> Iterator[Twig]:
    """Yield the twigs with where nested lists begin and end."""
    for at, twig in enumerate(twigs):
        after = twigs[at + 1].depth if at + 1 < len(twigs) else 0
        yield Twig(
            twig.depth,
            twig.name,
            twig.type,
            twig.said,
            twig.party,
            twig.sure,
            twig.carried,
            twig.more,
            after > twig.depth,
            max(0, twig.depth - after),
        )
