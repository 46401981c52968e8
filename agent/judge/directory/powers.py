"""What a right on an object of a directory amounts to, and who has it beside those who always do.

Source: [MS-ADTS] 5.1.3.2 (access rights), 5.1.3.2.1 (control access rights), 3.1.1.6.1
(AdminSDHolder).
"""

from collections.abc import Container, Iterator

from msgspec import Struct

from agent.judge.case import Power
from agent.judge.directory.directories import Directory
from agent.judge.directory.membership import Member, Membership
from agent.judge.directory.objects import Objects
from agent.judge.directory.principals import Principal, Principals
from agent.judge.directory.privileged import privileged_groups
from collectors.directory_values import parent_dn
from collectors.well_known_sids import EVERYBODY, RIDS, WELL_KNOWN
from inventory.model.directory_rights import DirectoryRight
from inventory.snapshot import Seen

CHANGES = frozenset(("all", "write dacl", "write owner", "owner"))  # each gives all the others
WRITES = CHANGES | {"write", "create child", "delete child", "delete tree", "delete"}
COPIES = "DS-Replication-Get-Changes-All"
_CONTROL = frozenset(  # extended rights that give power over accounts below
    ("", COPIES, "User-Force-Change-Password", "Unexpire-Password", "Migrate-SID-History")
)
_ROOT_OBJECTS = frozenset(("AdminSDHolder", "controller", "group"))
_EVERY_USER = "S-1-5-11"  # Authenticated Users
_FOR_EVERYBODY = frozenset(  # rights that the domain's own default descriptor gives them
    (
        "Unexpire-Password",
        "Update-Password-Not-Required-Bit",
        "Enable-Per-User-Reversibly-Encrypted-Password",
    )
)
_ALL_USERS = frozenset((513, 515))  # RIDs of groups that every account or computer is in


class Grant(Struct, frozen=True):
    """A right that gives power, and to whom."""

    row: Seen[DirectoryRight]
    principal: Principal
    power: Power
    says: str  # "may copy every secret of the domain (DCSync)"


def grants(directory: Directory) -> tuple[Grant, ...]:
    """Return the rights that give power to principals who do not have it anyway.

    Left out are those who stand in every directory (SYSTEM, Administrators, the controllers), and
    privileged groups: their members are told as members.
    """
    return directory.once(_grants)


def _grants(directory: Directory) -> tuple[Grant, ...]:
    principals, objects = directory.once(Principals), directory.once(Objects)
    known = {one.group.sid for one in privileged_groups(directory)}
    rows = [
        row
        for row in directory.rows(DirectoryRight)
        if not row.record.is_denied
        and row.record.principal not in known
        and not _is_usual(directory, row.record)
    ]
    given = {_what(row.record, row.record.object) for row in rows if not row.record.is_inherited}
    return tuple(
        Grant(row, principals.of_sid(row.record.principal), *told)
        for row in rows
        if not _is_handed_on(row.record, given)
        and (told := amount(row.record, objects.named(row.record)))
    )


_What = tuple[str, str, tuple[str, ...], str]


def _what(right: DirectoryRight, place: str) -> _What:
    return place.casefold(), right.principal, right.rights, right.on


def _is_handed_on(right: DirectoryRight, given: Container[_What]) -> bool:
    """Return whether an inherited right is told where it was given: at an object above it."""
    place = right.object
    while right.is_inherited and place:
        place = parent_dn(place)
        if _what(right, place) in given:
            return True
    return False


def _is_usual(directory: Directory, right: DirectoryRight) -> bool:
    """Return whether every directory has a right: of those who stand in all, or for everybody."""
    if right.principal == _EVERY_USER:
        creates = right.type == "DNS" and right.rights == ("create child",)
        return creates or (right.type == "domain" and right.on in _FOR_EVERYBODY)
    return _is_default(directory, right.principal)


def _is_default(directory: Directory, sid: str) -> bool:
    """Return whether a principal stands in every directory; everybody's rights are told."""
    if sid in EVERYBODY:
        return False
    if sid in WELL_KNOWN or sid.startswith("S-1-5-32-"):
        return True
    domain, _, rid = sid.rpartition("-")
    is_here = directory.domain is not None and domain == directory.domain.sid
    number = int(rid) if rid.isdigit() else 0
    return is_here and number in RIDS and number not in (501, *_ALL_USERS)


def amount(right: DirectoryRight, named: str) -> tuple[Power, str] | None:
    """Return what a right amounts to, and in words; None: it gives no power by itself.

    `named`: what its object is called.
    """
    rights = frozenset(right.rights)
    copies = "extended" in rights and right.on in ("", COPIES) and right.type == "domain"
    if copies and right.is_here:
        return Power.ROOT, "may copy every secret of the domain (DCSync)"
    if rights & CHANGES and not right.on and right.is_here:
        power = Power.ROOT if right.type in (*_ROOT_OBJECTS, "domain") else Power.CONTROL
        return power, f"may do everything with {named}"
    below = "" if right.is_here else " below it"
    if "extended" in rights and right.on in _CONTROL and right.type != "template":
        return Power.CONTROL, f"may {_extended(right.on)} of {named}{below}"
    if rights & WRITES:
        power = Power.ROOT if right.type in _ROOT_OBJECTS and "write" in rights else Power.CONTROL
        what = f" {right.on}" if right.on else ""
        return power, f"may {_verbs(rights)}{what} of {named}{below}"
    return None


def _extended(on: str) -> str:
    if on == "User-Force-Change-Password":
        return "set passwords of accounts"
    return f"use {on}" if on else "use all extended rights"


def _verbs(rights: frozenset[str]) -> str:
    return ", ".join(sorted(rights & WRITES))


def holders(directory: Directory, grant: Grant) -> Iterator[Member]:
    """Yield who has a right: the principal itself, or everybody in it when it is a group.

    Everybody's rights are not told one by one, and an empty group holds its right itself.
    """
    one = grant.principal
    alone = Member(one, (), (grant.row.evidence, *one.evidence), grant.row.carried)
    is_wide = one.sid in EVERYBODY or one.rid in _ALL_USERS
    if one.type != "group" or is_wide:
        yield alone
        return
    inside = [m for m in directory.once(Membership).members(one.id) if m.principal.type != "group"]
    if not inside:
        yield alone
    for member in inside:
        yield Member(
            principal=member.principal,
            through=(*member.through, one),
            evidence=(grant.row.evidence, *member.evidence),
            carried=member.carried or grant.row.carried,
            by_primary_group=member.by_primary_group,
        )
