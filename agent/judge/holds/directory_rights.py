"""What a directory lets people do beyond groups: rights, delegation, passwords to read, sudo."""

from collections.abc import Iterator

from agent.judge.case import Power
from agent.judge.directory.membership import NEEDS as MEMBERSHIP
from agent.judge.directory.membership import Member
from agent.judge.directory.people import closed_ids, is_controller
from agent.judge.directory.powers import Grant, grants, holders
from agent.judge.directory.principals import NEEDS as WHO
from agent.judge.directory.principals import Principal, Principals
from agent.judge.directory.privileged import privileged_groups
from agent.judge.holds.directory_people import subject
from agent.judge.holds.kind import Candidate, DirectoryScene, directory_kind
from inventory.model.directory import DirectoryServer, Domain
from inventory.model.directory_accounts import DirectoryAccount, DirectoryComputer
from inventory.model.directory_rights import (
    DirectoryRight,
    DirectorySudoRole,
    ManagedPasswordReader,
    ResourceDelegation,
)
from inventory.model.evidence import Evidence
from inventory.model.moment import Moment
from inventory.model.record import Identifier, Mark, Record
from inventory.model.truth import Truth

_PEOPLE: tuple[type[Record], ...] = (Domain, DirectoryServer, *MEMBERSHIP, *WHO)


@directory_kind("directory right", needs=(DirectoryRight, *_PEOPLE))
def rights(scene: DirectoryScene) -> Iterator[Candidate]:
    """Yield each principal with a right that gives power, by whatever groups."""
    closed = closed_ids(scene.directory, scene.now)
    for grant in grants(scene.directory):
        for member in holders(scene.directory, grant):
            if member.principal.id not in closed:
                yield _right(scene, grant, member)


def _right(scene: DirectoryScene, grant: Grant, member: Member) -> Candidate:
    directory, one, right = scene.directory, member.principal, grant.row.record
    through = f", through {' > '.join(g.name for g in member.through)}" if member.through else ""
    return Candidate(
        kind="directory right",
        target=directory.name,
        name=f"{one.id} {right.object} {' '.join(right.rights)} {right.on} {right.inherits_to}",
        title=f"{one.name} {grant.says}{through}, in {directory.dns_name}",
        subject=subject(directory, one.name),
        power=grant.power,
        evidence=member.evidence,
        identifiers=one.identifiers,
        carried=member.carried,
        detail="by a condition that is not judged" if right.is_conditional else "",
        stands_alone=True,
    )


@directory_kind("delegation", needs=(ResourceDelegation, *_PEOPLE))
def resource_delegations(scene: DirectoryScene) -> Iterator[Candidate]:
    """Yield who may act as anybody towards a computer or account that lets it happen."""
    principals = scene.directory.once(Principals)
    computers = scene.directory.rows(DirectoryComputer)
    controllers = {row.record.id for row in computers if is_controller(row)}
    for row in scene.directory.rows(ResourceDelegation):
        towards = principals.by_id.get(row.record.account)
        yield _acting(
            scene,
            principals.of_sid(row.record.principal),
            towards.name if towards else row.record.account,
            Power.ROOT if row.record.account in controllers else Power.CONTROL,
            row.evidence,
            carried=row.carried,
        )


@directory_kind("account delegation", needs=(DirectoryAccount, DirectoryComputer))
def account_delegations(scene: DirectoryScene) -> Iterator[Candidate]:
    """Yield accounts that may act as others: towards every service, or towards named ones."""
    closed = closed_ids(scene.directory, scene.now)
    for row in scene.directory.rows(DirectoryAccount):
        one = row.record
        is_free = "trusted for delegation" in one.flags
        if one.id in closed or not (is_free or one.delegates_to):
            continue
        where = "every service" if is_free else ", ".join(one.delegates_to)
        yield Candidate(
            kind="account delegation",
            target=scene.host.name,
            name=f"{one.id} {'*' if is_free else ' '.join(one.delegates_to)}",
            title=f"{one.name} may act as others towards {where}",
            subject=subject(scene.directory, one.name),
            power=Power.CONTROL,
            evidence=(row.evidence,),
            identifiers=tuple(one.identifiers()),
            carried=row.carried,
        )


def _acting(
    scene: DirectoryScene,
    one: Principal,
    towards: str,
    power: Power,
    evidence: Evidence,
    *,
    carried: bool,
) -> Candidate:
    return Candidate(
        kind="delegation",
        target=scene.host.name,
        name=f"{one.id} {towards}",
        title=f"{one.name} may act as anybody towards {towards} in {scene.directory.dns_name}",
        subject=subject(scene.directory, one.name),
        power=power,
        evidence=(evidence, *one.evidence),
        identifiers=one.identifiers,
        carried=carried or one.carried,
        stands_alone=True,
    )


@directory_kind("managed password", needs=(ManagedPasswordReader, *_PEOPLE))
def managed_passwords(scene: DirectoryScene) -> Iterator[Candidate]:
    """Yield who may read the password of a managed service account."""
    principals = scene.directory.once(Principals)
    for row in scene.directory.rows(ManagedPasswordReader):
        one = principals.of_sid(row.record.principal)
        if one.type == "computer":
            continue  # the hosts that run the service
        account = principals.by_id.get(row.record.account)
        name = account.name if account else row.record.account
        yield Candidate(
            kind="managed password",
            target=scene.host.name,
            name=f"{one.id} {row.record.account}",
            title=f"{one.name} may read the password of {name} in {scene.directory.dns_name}",
            subject=subject(scene.directory, one.name),
            power=Power.RUN_AS,
            evidence=(row.evidence, *one.evidence),
            identifiers=one.identifiers,
            carried=row.carried or one.carried,
        )


@directory_kind("former identity", needs=(DirectoryAccount, *_PEOPLE))
def former_identities(scene: DirectoryScene) -> Iterator[Candidate]:
    """Yield accounts that carry the SID of another: they have all that it had (sIDHistory)."""
    principals, closed = scene.directory.once(Principals), closed_ids(scene.directory, scene.now)
    powerful = {one.group.sid for one in privileged_groups(scene.directory)}
    for row in scene.directory.rows(DirectoryAccount):
        one = row.record
        for sid in () if one.id in closed else one.sid_history:
            is_root = sid in powerful or principals.of_sid(sid).rid in (500, 512, 518, 519)
            yield Candidate(
                kind="former identity",
                target=scene.host.name,
                name=f"{one.id} {sid}",
                title=f"{one.name} also is {principals.of_sid(sid).name} (sIDHistory)",
                subject=subject(scene.directory, one.name),
                power=Power.ROOT if is_root else Power.LOGIN,
                evidence=(row.evidence,),
                identifiers=tuple(one.identifiers()),
                carried=row.carried,
                stands_alone=is_root,
            )


@directory_kind("directory sudo", needs=(DirectorySudoRole, DirectoryAccount))
def sudo_roles(scene: DirectoryScene) -> Iterator[Candidate]:
    """Yield each name that a sudo rule of the directory gives something to."""
    people = {row.record.name: row.record for row in scene.directory.rows(DirectoryAccount)}
    for row in scene.directory.rows(DirectorySudoRole):
        role = row.record
        for user in role.users:
            if user.startswith("!") or ended(role, scene.now) is Truth.YES:
                continue
            known = people.get(user)
            marks = (Identifier(Mark.ACCOUNT, user), *(known.identifiers() if known else ()))
            is_all = "ALL" in role.commands
            yield Candidate(
                kind="directory sudo",
                target=scene.host.name,
                name=f"{user} {role.id}",
                title=f"sudo rule {role.name} for {user} in {scene.directory.dns_name}",
                subject=subject(scene.directory, user),
                power=Power.ROOT if is_all and not role.run_as else Power.RUN_AS,
                evidence=(row.evidence,),
                identifiers=marks if user[:1] not in "%+#" else (),
                carried=row.carried,
                detail=f"on {', '.join(role.hosts)}" if role.hosts else "",
                stands_alone=is_all,
            )


def ended(role: DirectorySudoRole, now: int) -> Truth:
    """Tell whether a sudo rule is off, or over."""
    if not role.is_enabled:
        return Truth.YES
    return Truth.NO if role.not_after is None else Moment.exact(now).after(role.not_after)
