"""Ways of directory accounts into hosts: through what a host says of them, their groups or keys."""

from collections.abc import Iterator

from msgspec import Struct, structs

from agent.judge import access, members, rights, sudo
from agent.judge.case import AccessPath, Certainty, Power, Step
from agent.judge.directory import joins
from agent.judge.directory.directories import Directory
from agent.judge.directory.doors import Way, ways
from agent.judge.directory.joins import Joined, Names
from agent.judge.directory.people import is_closed
from agent.judge.holds.directory_people import subject
from agent.judge.holds.keys import is_open
from agent.judge.holds.kind import Candidate, Scene, join_kind, strongest
from agent.judge.hosts import Host
from agent.judge.sshd import By, Server
from inventory.model.account import Account
from inventory.model.directory_accounts import DirectoryAccount, Netgroup
from inventory.model.directory_rights import DirectorySudoRole, HostAccessRule
from inventory.model.record import Record
from inventory.model.truth import Truth, any_of, known
from inventory.snapshot import Seen

NEEDS: tuple[type[Record], ...] = (
    *access.NEEDS,
    *joins.NEEDS,
    DirectorySudoRole,
    Netgroup,
    HostAccessRule,
)


class Found(Struct, frozen=True):
    """A path, and whether it rests on what only an earlier audit saw."""

    path: AccessPath
    carried: bool


@join_kind("directory path", needs=NEEDS)
def directory_paths(scene: Scene) -> Iterator[Candidate]:
    """Yield each account of a directory that a host names, itself or by a group, with its way.

    What everybody in a domain has is told once, of the group.
    """
    for directory in scene.host.once(Joined).directories:
        people = {row.record.id: row for row in directory.rows(DirectoryAccount)}
        for at_doors in ways(scene.host, directory).values():
            one = at_doors[0].member.principal
            row = people.get(one.id)
            if row is not None and is_closed(row, scene.now) is not Truth.YES:
                yield from _of_account(scene, directory, row, at_doors)
            elif one.type == "group":
                yield _of_everybody(scene, directory, at_doors)


def stranger(one: DirectoryAccount) -> Account:
    """Return an account of a directory as a host has it: its number is not looked at."""
    account = access.stranger(one.name)
    return structs.replace(account, home=one.unix_home or "", shell=one.shell or "/bin/sh")


def _of_account(
    scene: Scene, directory: Directory, row: Seen[DirectoryAccount], at_doors: list[Way]
) -> Iterator[Candidate]:
    one, host = row.record, scene.host
    lets_in, says = admits(host, directory, one, scene.now)
    if lets_in is Truth.NO:
        return
    found = tuple(paths(scene, directory, row, at_doors, (lets_in, says)))
    path = strongest([one.path for one in found])
    if path is None:
        return
    places = (place for step in path.steps for place in step.evidence)
    yield Candidate(
        kind="directory path",
        target=host.name,
        name=f"{directory.name} {one.id}",
        title=f"{subject(directory, one.name)} on {host.name}: {_named(path)}",
        subject=subject(directory, one.name),
        power=path.power,
        evidence=tuple(dict.fromkeys((at_doors[0].door.evidence, *places))),
        identifiers=tuple(one.identifiers()),
        path=path,
        carried=all(one.carried for one in found),
        detail=path.limit,
        stands_alone=path.power is Power.ROOT and is_open(path),
    )


def _named(path: AccessPath) -> str:
    """Return the chain without its first link: `group admins > sudo ALL > root`."""
    return " > ".join(step.text for step in path.steps[1:]) or "login"


def paths(
    scene: Scene,
    directory: Directory,
    row: Seen[DirectoryAccount],
    at_doors: list[Way],
    lets_in: tuple[Truth, str],
) -> Iterator[Found]:
    """Yield a path for each right that the account has on the host, or one that ends at login."""
    host, account = scene.host, stranger(row.record)
    gate = host.once(Server).gate(account, By.PASSWORD)
    certain, says = lets_in
    for right in rights.rights(host, account):
        way = next((way for way in at_doors if way.door.evidence in right.evidence), None)
        step = Step(right.text, right.evidence, right.certainty)
        limit = joined_text(right.limit, says, "" if gate.lets_in is Truth.YES else gate.says)
        yield _path(host, directory, row, way, (step,), right.power, certain & right.certain, limit)
    by_list = next((way for way in at_doors if way.door.is_login), None)
    if by_list and gate.lets_in is not Truth.NO:
        login = certain & gate.lets_in
        limit = joined_text(says, gate.says)
        yield _path(host, directory, row, by_list, (), Power.LOGIN, login, limit)


def _path(
    host: Host,
    directory: Directory,
    row: Seen[DirectoryAccount],
    way: Way | None,
    ends: tuple[Step, ...],
    power: Power,
    certain: Truth,
    limit: str,
) -> Found:
    groups = way.member.through if way else ()
    is_old = row.carried or (way is not None and (way.member.carried or way.door.carried))
    is_taken = row.record.name in host.once(_local_names)
    name = subject(directory, row.record.name)
    links = (Step(f"group {group.name}", group.evidence) for group in groups)
    said = way.member.evidence if way else ()
    guess = Certainty.PROPOSED if is_taken else Certainty.PROVED
    root = (Step("root"),) if power is Power.ROOT else ()
    path = AccessPath(
        target=host.name,
        principal=f"account {name}",
        account=name,
        steps=(Step(f"account {name}", (row.evidence, *said), guess), *links, *ends, *root),
        power=power,
        certain=certain & (Truth.UNKNOWN if is_old or is_taken else Truth.YES),
        limit=joined_text(limit, "the host has an account of that name itself" if is_taken else ""),
    )
    return Found(path, is_old)


def _local_names(host: Host) -> frozenset[str]:
    return frozenset(row.record.name for row in host.rows(Account))


def admits(host: Host, directory: Directory, one: DirectoryAccount, now: int) -> tuple[Truth, str]:
    """Tell whether the host lets an account in at all, and what is in doubt."""
    here = [j for j in host.once(Joined).joins if j.directory is directory]
    proved = [join for join in here if join.proves and not join.row.carried]
    if not proved:
        return Truth.UNKNOWN, "whether the host takes accounts from there is not proved"
    told = {said for join in proved for said in join.row.record.allowed}
    listed = {said for said in told if not said.startswith("filter:")}
    on_list = any_of(_is_listed(host, directory, one, said) for said in listed)
    if listed and on_list is Truth.NO:
        return Truth.NO, "not on the list of those who may log in"
    if listed and on_list is Truth.UNKNOWN:
        return Truth.UNKNOWN, "whether it is on the list of those who may log in is not known"
    if any(said.startswith("filter:") for said in told):
        return Truth.UNKNOWN, "a filter says who may log in"
    if directory.rows(HostAccessRule):
        return Truth.UNKNOWN, "rules of the directory say who may log in (HBAC)"
    state = Truth.YES if one.is_enabled and one.expires is None else Truth.UNKNOWN
    return state, "" if state is Truth.YES else "whether the account is open is not known"


def _is_listed(host: Host, directory: Directory, one: DirectoryAccount, said: str) -> Truth:
    sign, _, name = said.partition(":")
    names = directory.once(Names)
    if sign == "user":
        return known(any(row.record.id == one.id for row in names.accounts(name)))
    mine = {group.casefold() for group in host.once(Joined).groups_of(one.name)}
    if name.casefold() in mine:
        return Truth.YES
    return Truth.NO if members.knows_strangers(host) else Truth.UNKNOWN


def _of_everybody(scene: Scene, directory: Directory, at_doors: list[Way]) -> Candidate:
    """Return the candidate of a group that everybody is in, by the strongest grant to it."""
    host, group = scene.host, at_doors[0].member.principal
    places = {way.door.evidence for way in at_doors}
    grants = [one for one in sudo.grants(host) if one.row.evidence in places]
    power = Power.ROOT if any(one.power is Power.ROOT for one in grants) else Power.LOGIN
    if power is Power.LOGIN and grants:
        power = Power.RUN_AS
    says = f"sudo {sudo.named(grants[0].allowed)}" if grants else "login"
    return Candidate(
        kind="directory path",
        target=host.name,
        name=f"{directory.name} {group.id}",
        title=f"everybody in {subject(directory, group.name)} on {host.name}: {says}",
        subject=subject(directory, group.name),
        power=power,
        evidence=tuple(dict.fromkeys((at_doors[0].door.evidence, *group.evidence))),
        carried=group.carried,
        stands_alone=power is Power.ROOT,
    )


def joined_text(*parts: str) -> str:
    """Return what is to be said of a way, each thing once."""
    return "; ".join(dict.fromkeys(part for part in parts if part))
