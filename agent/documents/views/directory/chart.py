"""A picture of who has everything in a directory, and by which groups or rights."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from agent.documents.cell import Whys, whys_of
from agent.documents.views import say
from agent.documents.views.directory.realm import Realm
from agent.judge.case import Power
from agent.judge.directory.membership import Member
from agent.judge.directory.powers import grants, holders
from agent.judge.directory.principals import Principal
from agent.judge.directory.privileged import privileged_groups
from inventory.model.directory_rights import DirectoryRight
from inventory.model.party import Role

MOST_PEOPLE, MOST_CHAINS, MOST_ENDS = 18, 12, 12
LEFT, MIDDLE, RIGHT = (4, 250), (345, 240), (680, 256)  # x and width of each column
_ROW, _TOP = 38, 20


class Box(Struct, frozen=True):
    """One labelled box; `y` is its middle."""

    x: int
    y: int
    width: int
    label: str
    note: str
    style: str = ""  # "theirs": of the leaving party; "guess": not known whose, or not seen now


class Line(Struct, frozen=True):
    """One link from box to box, from left to right."""

    x1: int
    y1: int
    x2: int
    y2: int
    is_guess: bool


class Chart(Struct, frozen=True):
    """People on the left, groups between, what they have on the right."""

    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    said: tuple[str, ...]  # the same as text
    left_out: int  # people for whom there is no room
    whys: Whys


class _Way(Struct, frozen=True):
    """One way of one principal: through which groups, to what."""

    who: Principal
    chain: str
    end: str
    note: str
    is_guess: bool


def chart(realm: Realm) -> Chart | None:
    """Return the picture; None when nobody is known to have everything."""
    ways = list(_ways(realm))
    people = list({way.who.id: way.who for way in ways}.values())
    if not people:
        return None
    theirs = {who.id: _whose(who, realm) for who in people}
    people.sort(key=lambda who: (not theirs[who.id][1], theirs[who.id][0] != "", who.name))
    drawn = people[:MOST_PEOPLE]
    ids = {who.id for who in drawn}
    ways = [way for way in ways if way.who.id in ids]
    chains = _fitting((way.chain for way in ways if way.chain), MOST_CHAINS)
    ends = _fitting((way.end for way in ways), MOST_ENDS)
    rows = max(len(drawn), len(set(chains.values())), len(set(ends.values())))
    left = {
        who.id: _person(who, theirs[who.id], _y(at, len(drawn), rows))
        for at, who in enumerate(drawn)
    }
    middle = _column(chains, MIDDLE, rows, dict.fromkeys(chains, ""))
    right = _column(ends, RIGHT, rows, {way.end: way.note for way in ways})
    boxes = {(box.x, box.y): box for box in (*left.values(), *middle.values(), *right.values())}
    whys = whys_of(
        (
            *(blank for one in privileged_groups(realm.directory) for blank in one.blanks),
            *realm.directory.blanks(DirectoryRight),
        )
    )
    return Chart(
        height=2 * _TOP + rows * _ROW,
        boxes=tuple(boxes.values()),
        lines=tuple(dict.fromkeys(_lines(ways, left, middle, right))),
        said=tuple(dict.fromkeys(_said(way, theirs[way.who.id][0]) for way in ways)),
        left_out=len(people) - len(drawn),
        whys=whys,
    )


def _ways(realm: Realm) -> Iterator[_Way]:
    """Yield the ways to everything: by groups, then by rights."""
    for group in privileged_groups(realm.directory):
        if group.privilege.power is Power.ROOT:
            for member in group.nearest:
                if member.principal.type != "group":
                    sure = group.privilege.is_certain and not group.carried
                    yield _way(member, group.group.name, group.privilege.says, is_sure=sure)
    for grant in grants(realm.directory):
        if grant.power is Power.ROOT:
            for member in holders(realm.directory, grant):
                is_sure = not grant.row.record.is_conditional
                yield _way(member, grant.says.removeprefix("may "), "a right", is_sure=is_sure)


def _way(member: Member, end: str, note: str, *, is_sure: bool) -> _Way:
    chain = " > ".join(group.name for group in member.through)
    return _Way(member.principal, chain, end, note, member.carried or not is_sure)


def _whose(who: Principal, realm: Realm) -> tuple[str, bool]:
    """Return the party, and whether it is the one that leaves."""
    party, sure = realm.whose(who.identifiers)
    leaving = realm.judgement.case.party(Role.OUTGOING)
    said = f"{party}, {sure}" if sure == "proposed" else party
    return said, bool(party and leaving and leaving.name == party)


def _fitting(labels: Iterator[str], most: int) -> dict[str, int]:
    """Return the seat of each label; those without a seat of their own share the last one."""
    distinct = list(dict.fromkeys(labels))
    return {label: min(at, most - 1) for at, label in enumerate(distinct)}


def _person(who: Principal, whose: tuple[str, bool], y: int) -> Box:
    state = " disabled" if who.is_enabled is False else ""
    kind = "" if who.type == "account" else f"{who.type}, "
    note = f"{kind}{whose[0] or 'nobody known'}{',' + state if state else ''}"
    style = "theirs" if whose[1] else ("" if whose[0] else "guess")
    return Box(LEFT[0], y, LEFT[1], say.short(who.name, 34), note, style)


def _column(
    seats: dict[str, int], column: tuple[int, int], rows: int, notes: dict[str, str]
) -> dict[str, Box]:
    """Return the box of each label; one box for all that share a seat."""
    by_seat: dict[int, list[str]] = {}
    for label, seat in seats.items():
        by_seat.setdefault(seat, []).append(label)
    found = {}
    for seat, labels in by_seat.items():
        alone = len(labels) == 1
        label = say.short(labels[0], column[1] // 7) if alone else f"{len(labels)} more"
        note = say.short(notes[labels[0]], 48) if alone else "told in the lists below"
        box = Box(column[0], _y(seat, len(by_seat), rows), column[1], label, note)
        found.update(dict.fromkeys(labels, box))
    return found


def _y(at: int, count: int, rows: int) -> int:
    """Return the middle of box `at` of `count`, spread over the height of all rows."""
    return _TOP + int((at + 0.5) * rows * _ROW / count)


def _lines(
    ways: Sequence[_Way], left: dict[str, Box], middle: dict[str, Box], right: dict[str, Box]
) -> Iterator[Line]:
    for way in ways:
        stops = [left[way.who.id], *([middle[way.chain]] if way.chain else []), right[way.end]]
        for one, other in pairwise(stops):
            yield Line(one.x + one.width, one.y, other.x, other.y, way.is_guess)


def _said(way: _Way, party: str) -> str:
    through = f" through {way.chain}" if way.chain else ""
    return f"{way.who.name} ({party or 'nobody known'}){through}: {way.end}"
