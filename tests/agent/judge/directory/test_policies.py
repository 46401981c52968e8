"""What group policies set, as holds of whoever has the place or is named in them."""

import pytest

from agent.judge.case import Power
from agent.judge.directory.policies import Policies
from agent.judge.holds.directory_policies import administrators, settings
from agent.judge.holds.kind import Candidate, DirectoryScene
from inventory.model.directory_accounts import DirectoryComputer
from inventory.model.directory_policies import PolicySecret, PolicySetting
from inventory.model.directory_services import GroupPolicy, PolicyLink
from inventory.model.evidence import Gap, Why
from inventory.model.record import Identifier, Mark, Record
from tests.agent.judge.directory.building import NAME, directory, group, members, user

GUID = "{A1A1A1A1-0001-4001-8001-000000000001}"
POLICY = GroupPolicy(id=GUID, dn=f"CN={GUID}", name="Workstations")
LINK = PolicyLink(object="OU=x", policy=GUID, order=1)
FILES1 = DirectoryComputer(
    id="id-files1", dn="CN=FILES1", name="FILES1$", dns_name="files1.corp.example"
)
REFUSED = Gap(Why.DENIED, "directory.test/x", GUID, "refused")


def setting(kind: str, *servers: str, **more: object) -> PolicySetting:
    said: dict[str, object] = {"name": kind, "value": f"{servers}", "side": "computer", **more}
    return PolicySetting(policy=GUID, kind=kind, servers=servers, **said)  # type: ignore[arg-type]


def appoints(who: str, kind: str = "local administrator", **more: object) -> PolicySetting:
    return setting(kind, name="Administrators", value=who, account=who, **more)


def candidates(*records: Record, gaps: tuple[Gap, ...] = (), **more: object) -> list[Candidate]:
    known = directory((POLICY, *records), gaps, **more)  # type: ignore[arg-type]
    scene = DirectoryScene(known, 1_800_000_000)
    return [*settings(scene), *administrators(scene)]


@pytest.mark.parametrize("kind", ["script", "software", "task", "update server", "script file"])
def test_what_runs_on_every_machine_is_control_and_stands_alone_elsewhere(kind: str) -> None:
    (there,) = candidates(FILES1, LINK, setting(kind, "nas.oldmsp.example"))
    assert (there.power, there.is_dependence, there.stands_alone) == (Power.CONTROL, False, True)
    assert there.subject == "nas.oldmsp.example"
    assert Identifier(Mark.SERVER, "nas.oldmsp.example") in there.identifiers
    assert "policy Workstations" in there.title
    (here,) = candidates(FILES1, LINK, setting(kind, "files1.corp.example"))
    assert not here.stands_alone


def test_a_drive_of_a_policy_is_a_dependence() -> None:
    (drive,) = candidates(setting("drive", "nas.oldmsp.example"))
    assert (drive.power, drive.is_dependence) == (Power.INFORMATION, True)


def test_what_a_policy_takes_away_or_leads_nowhere_is_no_hold() -> None:
    assert not candidates(setting("script", "nas.oldmsp.example", is_removed=True))
    assert not candidates(appoints(r"CORP\x", is_removed=True))
    assert not candidates(setting("script"))


def test_everybody_in_a_group_that_a_policy_names_is_administrator() -> None:
    people = (user("mia"), user("old", 2001, is_enabled=False), group("techs"))
    found = candidates(*people, members("techs", "mia", "old"), appoints(rf"{NAME}\techs"))
    assert [one.title for one in found] == [
        f"mia is administrator of the machines of policy Workstations, through techs, in {NAME}"
    ]
    assert (found[0].power, found[0].subject) == (Power.CONTROL, f"mia@{NAME}")


def test_one_who_is_named_twice_is_told_once() -> None:
    twice = (appoints(rf"{NAME}\mia", file="a"), appoints(rf"{NAME}\mia", file="b", side=""))
    assert len(candidates(user("mia"), *twice)) == 1


def test_the_groups_of_each_machine_are_not_those_of_the_domain() -> None:
    inside = group("Administrators", sid="S-1-5-32-544")
    for who in ("S-1-5-32-544", "Administrators"):
        privilege = appoints(who, "privilege")
        found = candidates(user("mia"), inside, members("Administrators", "mia"), privilege)
        assert not any(one.title.startswith("mia") for one in found)


@pytest.mark.parametrize(
    ("name", "power"),
    [("SeDebugPrivilege", Power.CONTROL), ("SeRemoteInteractiveLogonRight", Power.LOGIN)],
)
def test_privileges_are_worth_what_one_can_do_with_them(name: str, power: Power) -> None:
    told = PolicySetting(policy=GUID, kind="privilege", name=name, account=rf"{NAME}\mia")
    (found,) = candidates(user("mia"), told)
    assert (found.power, found.stands_alone) == (power, False)
    assert name in found.title


def test_a_name_that_is_not_here_is_kept_as_it_is_written() -> None:
    (found,) = candidates(appoints(r"OLDMSP\techs"))
    assert found.title.startswith(r"OLDMSP\techs is administrator")
    assert Identifier(Mark.ACCOUNT, "techs") in found.identifiers
    assert not any(mark.value == "Administrators" for mark in found.identifiers)


def test_that_nothing_links_a_policy_is_said_only_when_all_links_are_known() -> None:
    (found,) = candidates(setting("script", "nas.oldmsp.example"))
    assert found.detail == "the policy is linked nowhere"
    (found,) = candidates(setting("script", "nas.oldmsp.example"), gaps=(REFUSED,))
    assert not found.detail


def test_what_was_seen_in_an_earlier_audit_only_is_marked_so() -> None:
    (found,) = candidates(carried=(setting("script", "nas.oldmsp.example"),))
    assert found.carried


def test_a_policy_without_a_name_is_called_by_its_id() -> None:
    policies = directory((POLICY,)).once(Policies)
    assert policies.name(GUID.lower()) == "policy Workstations"
    assert policies.name("{B}") == "policy {B}"
    assert policies.name("scripts") == "the folder for login scripts"


def test_marks_of_a_secret_and_of_a_setting() -> None:
    secret = PolicySecret(policy=GUID, file="f", what="w", where="x", account=r"CORP\svc-rmm")
    assert list(secret.identifiers()) == [Identifier(Mark.ACCOUNT, "svc-rmm")]
    marks = list(appoints("S-1-5-21-1-2-3-512").identifiers())
    assert marks == [Identifier(Mark.TEXT, "Administrators")]
