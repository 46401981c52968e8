"""Groups that give power over a domain, by what Windows itself grants them.

Source: "Active Directory security groups" (learn.microsoft.com, identity-protection), [MS-DTYP]
2.4.2.4 for the numbers. Groups that a product makes are known by name alone: a proposal.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from agent.judge.case import Certainty, Power
from agent.judge.directory.directories import Directory
from agent.judge.directory.membership import Member, Membership
from agent.judge.directory.principals import Principal, Principals
from inventory.model.directory_accounts import DirectoryGroup
from inventory.snapshot import Blank, Seen

BUILTIN = "S-1-5-32-"


class Privilege(Struct, frozen=True):
    """What a group gives."""

    says: str
    power: Power
    is_certain: bool = True  # False: known by its name alone


_OF_DOMAIN = {  # RID of a group of the domain
    512: Privilege("everything in the domain", Power.ROOT),
    518: Privilege("the schema of the forest", Power.ROOT),
    519: Privilege("everything in the forest", Power.ROOT),
    520: Privilege("new group policies, and those that they own", Power.CONTROL),
    517: Privilege("certificates of the directory", Power.CONTROL),
    526: Privilege("credentials of every account (key credentials)", Power.CONTROL),
    527: Privilege("credentials of every account of the forest (key credentials)", Power.CONTROL),
}
_BUILTIN = {  # last number of S-1-5-32-
    544: Privilege("everything on the domain controllers", Power.ROOT),
    548: Privilege("accounts and groups that are not protected", Power.CONTROL),
    549: Privilege("services and disks of the domain controllers", Power.ROOT),
    550: Privilege("drivers on the domain controllers", Power.CONTROL),
    551: Privilege("every file of the domain controllers, the directory's too", Power.ROOT),
    552: Privilege("the replication of files between controllers", Power.CONTROL),
    557: Privilege("trusts that come in from other forests", Power.CONTROL),
}
_BY_NAME = {  # folded sAMAccountName
    "dnsadmins": Privilege("DNS, and code on the domain controllers that serve it", Power.CONTROL),
    "exchange windows permissions": Privilege("rights on the domain itself", Power.CONTROL),
    "exchange trusted subsystem": Privilege("what Exchange may do in the domain", Power.CONTROL),
    "organization management": Privilege("all of Exchange", Power.CONTROL),
    "admins": Privilege("everything in a FreeIPA domain", Power.ROOT),
    "trust admins": Privilege("trusts of a FreeIPA domain", Power.CONTROL),
}
_ADMINS_OF_IPA = ("admins", "trust admins")


class PrivilegedGroup(Struct, frozen=True):
    """A group that gives power, with everybody in it and what could hide more."""

    group: Principal
    privilege: Privilege
    members: tuple[Member, ...]
    blanks: tuple[Blank, ...]
    carried: bool = False
    inner: frozenset[str] = frozenset()  # ids of groups that give as much by themselves

    @property
    def nearest(self) -> Iterator[Member]:
        """Yield the members whose power is this group's: not those told as another's members."""
        return (member for member in self.members if not self.inner & _ids(member.through))

    @property
    def certainty(self) -> Certainty:
        """Return how surely the group gives it."""
        return Certainty.PROVED if self.privilege.is_certain else Certainty.PROPOSED


def _ids(groups: tuple[Principal, ...]) -> frozenset[str]:
    return frozenset(group.id for group in groups)


def privileged_groups(directory: Directory) -> tuple[PrivilegedGroup, ...]:
    """Return the groups of a directory that give power, the most powerful first."""
    return directory.once(_privileged)


def _privileged(directory: Directory) -> tuple[PrivilegedGroup, ...]:
    membership = directory.once(Membership)
    groups = tuple(_groups(directory))
    powers = {row.record.id: privilege.power for row, privilege in groups if not row.carried}
    found = [
        PrivilegedGroup(
            group=membership.principals.by_id[row.record.id],
            privilege=privilege,
            members=membership.members(row.record.id),
            blanks=membership.blanks(row.record.id),
            carried=row.carried,
            inner=_as_strong(powers, row.record.id, privilege.power),
        )
        for row, privilege in groups
    ]
    return tuple(
        sorted(found, key=lambda one: (one.privilege.power is not Power.ROOT, one.group.name))
    )


def _as_strong(powers: Mapping[str, Power], own: str, power: Power) -> frozenset[str]:
    """Return the other groups whose members have as much by them as by this one."""
    return frozenset(
        group
        for group, other in powers.items()
        if group != own and (other is Power.ROOT or other is power)
    )


def _groups(directory: Directory) -> Iterator[tuple[Seen[DirectoryGroup], Privilege]]:
    for row in directory.rows(DirectoryGroup):
        privilege = privilege_of(directory, row.record)
        if privilege is not None:
            yield row, privilege


def privilege_of(directory: Directory, group: DirectoryGroup) -> Privilege | None:
    """Return what a group gives; None: nothing that is known."""
    principal = directory.once(Principals).by_id[group.id]
    if group.sid and group.sid.startswith(BUILTIN):
        return _BUILTIN.get(principal.rid or 0)
    domain = directory.domain
    if domain and domain.sid and group.sid and group.sid.rpartition("-")[0] == domain.sid:
        known = _OF_DOMAIN.get(principal.rid or 0)
        if known is not None:
            return known
    named = _BY_NAME.get(group.name.casefold())
    is_of_ipa = group.name.casefold() in _ADMINS_OF_IPA
    of_other = directory.is_ad is not None and is_of_ipa is directory.is_ad
    if named is None or of_other:
        return None
    return Privilege(named.says, named.power, is_certain=False)
