"""What group policies give: code and updates for every machine, local administrators, places."""

from collections.abc import Iterator

from agent.judge.case import Power
from agent.judge.directory.people import closed_ids
from agent.judge.directory.policies import (
    ADMINISTRATOR,
    ADMINISTRATORS,
    OWN_SERVERS,
    Appointed,
    Policies,
    appointed,
)
from agent.judge.holds.directory_people import subject
from agent.judge.holds.kind import Candidate, DirectoryScene, directory_kind, of_row
from inventory.model.directory_policies import EVERY_MACHINE, PolicySetting
from inventory.model.directory_services import GroupPolicy, PolicyLink
from inventory.model.record import Identifier, Mark
from inventory.snapshot import Seen

_APPOINTS = (ADMINISTRATOR, "local group", "privilege")
_NOT_HERE = frozenset((*_APPOINTS, "local account"))
_TAKES_OVER = frozenset(  # privileges by which one becomes administrator, in small letters
    f"se{name}privilege"
    for name in (
        *("debug", "backup", "restore", "takeownership", "loaddriver", "tcb", "impersonate"),
        *("createtoken", "assignprimarytoken", "enabledelegation"),
    )
)


@directory_kind("policy setting", needs=(PolicySetting, GroupPolicy, PolicyLink, *OWN_SERVERS))
def settings(scene: DirectoryScene) -> Iterator[Candidate]:
    """Yield what policies run on every machine, and the places that they lead to."""
    policies = scene.directory.once(Policies)
    for row in scene.directory.rows(PolicySetting):
        one = row.record
        if one.kind not in _NOT_HERE and not one.is_removed and (one.servers or one.account):
            yield _setting(scene, policies, row)


def _setting(scene: DirectoryScene, policies: Policies, row: Seen[PolicySetting]) -> Candidate:
    one = row.record
    elsewhere = policies.elsewhere(one)
    runs = one.kind in EVERY_MACHINE and bool(one.servers)
    name = " ".join(filter(None, (one.policy, one.side, one.kind, one.name, one.value)))
    return of_row(
        scene,
        row,
        "policy setting",
        name=name,
        title=f"{_says(one)} ({policies.name(one.policy)})",
        subject=(elsewhere or one.servers or (one.name,))[0],
        power=Power.CONTROL if runs else Power.INFORMATION,
        is_dependence=not runs,
        stands_alone=runs and bool(elsewhere),
        identifiers=_marks(one),
        detail="the policy is linked nowhere" if policies.is_unused(one.policy) else "",
    )


def _marks(one: PolicySetting) -> tuple[Identifier, ...]:
    """Return whose it may be: where it leads; as whom a task runs is that account's own line."""
    servers = tuple(Identifier(Mark.SERVER, name) for name in one.servers)
    return servers or tuple(one.identifiers())


def _says(one: PolicySetting) -> str:
    if one.kind == "update server":
        reports = one.name.lower().endswith("wustatusserver")
        says = "report their updates to" if reports else "get their updates from"
        return f"machines {says} {one.value}"
    value = f": {one.value}" if one.value and one.value != one.name else ""
    return f"{one.kind} {one.name}{value}"


@directory_kind("policy administrator", needs=(*ADMINISTRATORS, GroupPolicy))
def administrators(scene: DirectoryScene) -> Iterator[Candidate]:
    """Yield everybody whom a policy gives power over its machines, once for what they get."""
    closed, told = closed_ids(scene.directory, scene.now), set[str]()
    for found in appointed(scene.directory, *_APPOINTS):
        candidate = _appointment(scene, found)
        if found.member.principal.id not in closed and candidate.name not in told:
            told.add(candidate.name)
            yield candidate


def _appointment(scene: DirectoryScene, found: Appointed) -> Candidate:
    directory, member, one = scene.directory, found.member, found.row.record
    who = member.principal
    through = f", through {' > '.join(g.name for g in member.through)}" if member.through else ""
    policy = directory.once(Policies).name(one.policy)
    says, what = _gets(one)
    return Candidate(
        kind="policy administrator",
        target=scene.host.name,
        name=f"{who.id} {one.policy} {what}",
        title=f"{who.name} {says} the machines of {policy}{through}, in {directory.dns_name}",
        subject=subject(directory, who.name),
        power=Power.CONTROL if one.kind == ADMINISTRATOR or what in _TAKES_OVER else Power.LOGIN,
        evidence=member.evidence,
        identifiers=found.identifiers,
        carried=member.carried,
        stands_alone=one.kind == ADMINISTRATOR,
    )


def _gets(one: PolicySetting) -> tuple[str, str]:
    """Return what a policy makes of somebody, as words and as a name."""
    if one.kind == ADMINISTRATOR:
        return "is administrator of", ADMINISTRATOR
    if one.kind == "privilege":
        return f"has {one.name} on", one.name.lower()
    return f"is in {one.name} on", one.name.lower()
