"""Accounts of a directory, who is in its privileged groups, and the SSH keys it hands out."""

from collections.abc import Iterator

from agent.judge.case import AccessPath, Power, Step
from agent.judge.directory.directories import Directory
from agent.judge.directory.membership import NEEDS as MEMBERSHIP
from agent.judge.directory.membership import Member
from agent.judge.directory.people import closed_ids, last_use, open_accounts, powerful, use_text
from agent.judge.directory.principals import Principal, Principals
from agent.judge.directory.privileged import PrivilegedGroup, privileged_groups
from agent.judge.holds.keys import short
from agent.judge.holds.kind import Candidate, DirectoryScene, directory_kind
from inventory.model.directory import DirectoryServer, Domain
from inventory.model.directory_accounts import (
    DirectoryAccount,
    DirectoryKey,
    ForeignPrincipal,
)
from inventory.model.record import Identifier, Record
from inventory.model.truth import Truth

_WHO: tuple[type[Record], ...] = (DirectoryServer, Domain, *MEMBERSHIP, ForeignPrincipal)
ADMINISTRATOR = 500  # RID of the built-in one


@directory_kind("directory account", needs=(DirectoryAccount,))
def accounts(scene: DirectoryScene) -> Iterator[Candidate]:
    """Yield each account that is not known to be closed: disabled, or expired as a whole."""
    powers = powerful(scene.directory)
    for row in open_accounts(scene.directory, scene.now):
        one = row.record
        power = powers.get(one.id, Power.LOGIN)
        yield Candidate(
            kind="directory account",
            target=scene.host.name,
            name=one.id,
            title=f"account {one.name}{_person(one)} in {scene.directory.dns_name}",
            subject=subject(scene.directory, one.name),
            power=power,
            evidence=(row.evidence,),
            identifiers=tuple(one.identifiers()),
            perhaps=_of_manager(scene.directory, one),
            carried=row.carried,
            detail=_last_use(scene, one) if power is Power.ROOT else "",
            slot=f"{scene.host.name} account {one.name}",
        )


def subject(directory: Directory, name: str) -> str:
    """Return what ties the holds of one account together: `alice@corp.example`."""
    return f"{name}@{directory.dns_name}"


def _of_manager(directory: Directory, one: DirectoryAccount) -> tuple[Identifier, ...]:
    """Return the marks of an account's manager: what somebody answers for may be theirs."""
    return directory.once(Principals).of_dn(one.manager).identifiers if one.manager else ()


def _person(one: DirectoryAccount) -> str:
    is_more = one.display_name and one.display_name.casefold() != one.name.casefold()
    return f" ({one.display_name})" if is_more else ""


def _last_use(scene: DirectoryScene, one: DirectoryAccount) -> str:
    """Return when a privileged account was used last; of ordinary ones nothing is said here."""
    last = last_use(scene.directory).get(one.id)
    if last is None:
        return ""
    when = last.record.when
    return f"last used {use_text(when, scene.now)}" if when else "the directory knows of no use"


@directory_kind("directory member", needs=_WHO)
def members(scene: DirectoryScene) -> Iterator[Candidate]:
    """Yield everybody in a group that gives power, once for each group; inner groups are ways.

    The membership of a closed account opens nothing: it is a finding, not a hold.
    """
    closed = closed_ids(scene.directory, scene.now)
    for privileged in privileged_groups(scene.directory):
        for member in privileged.nearest:
            if member.principal.type != "group" and member.principal.id not in closed:
                yield _member(scene, privileged, member)


def _member(scene: DirectoryScene, privileged: PrivilegedGroup, member: Member) -> Candidate:
    directory, one, group = scene.directory, member.principal, privileged.group
    through = f", through {' > '.join(g.name for g in member.through)}" if member.through else ""
    return Candidate(
        kind="directory member",
        target=directory.name,
        name=f"{one.id} {group.id}",
        title=f"{one.name} in {group.name} of {directory.dns_name}{through}",
        subject=subject(directory, one.name),
        power=privileged.privilege.power,
        evidence=member.evidence,
        identifiers=one.identifiers,
        path=way(directory, member, (*member.through, group), privileged),
        carried=member.carried or privileged.carried,
        detail=privileged.privilege.says,
        stands_alone=one.type != "computer" and one.rid != ADMINISTRATOR,
    )


def way(
    directory: Directory,
    member: Member,
    groups: tuple[Principal, ...],
    privileged: PrivilegedGroup,
) -> AccessPath:
    """Return the chain from a member to what the group gives."""
    links = (Step(f"group {group.name}", group.evidence) for group in groups)
    end = Step(privileged.privilege.says, (), privileged.certainty)
    start = Step(f"{member.principal.type} {member.principal.name}", member.evidence)
    is_old = member.carried or privileged.carried
    return AccessPath(
        target=directory.name,
        principal=f"{member.principal.type} {member.principal.name}",
        account=member.principal.name,
        steps=(start, *links, end),
        power=privileged.privilege.power,
        certain=Truth.UNKNOWN if is_old or member.principal.is_enabled is None else Truth.YES,
    )


@directory_kind("directory key", needs=(DirectoryKey, DirectoryAccount))
def keys(scene: DirectoryScene) -> Iterator[Candidate]:
    """Yield each SSH key of the directory, of closed accounts too: hosts may still take it."""
    people = {row.record.id: row.record for row in scene.directory.rows(DirectoryAccount)}
    for row in scene.directory.rows(DirectoryKey):
        key = row.record
        owner = people.get(key.account)
        said = f' "{key.comment}"' if key.comment else ""
        yield Candidate(
            kind="directory key",
            target=scene.host.name,
            name=f"{key.fingerprint} {key.account}",
            title=f"key {short(key.fingerprint)}{said} of {key.name} in {scene.directory.dns_name}",
            subject=key.fingerprint,
            power=Power.LOGIN,
            evidence=(row.evidence,),
            identifiers=tuple(key.identifiers()),
            through=tuple(owner.identifiers()) if owner else (),
            carried=row.carried,
            slot=f"{scene.host.name} keys of {key.name}",
        )
