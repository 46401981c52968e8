"""Objects of rights by short names, which never mean two of them."""

from agent.judge.directory.objects import Objects
from inventory.model.directory_rights import DirectoryRight
from inventory.model.directory_services import GroupPolicy
from tests.agent.judge.directory.building import BASE, directory

POLICY = f"CN={{31B2F340-016D-11D2-945F-00C04FB984F9}},CN=Policies,CN=System,{BASE}"


def right(object_: str, type_: str = "OU") -> DirectoryRight:
    return DirectoryRight(object=object_, type=type_, principal="S-1-5-21-1-2-3-9", rights=("all",))


def named(asked: DirectoryRight, *others: DirectoryRight | GroupPolicy) -> str:
    return directory([asked, *others]).once(Objects).named(asked)


def test_an_object_whose_name_no_other_has_is_told_by_it():
    assert named(right(f"OU=Servers,{BASE}"), right(f"OU=Staff,{BASE}")) == "the OU Servers"


def test_objects_of_one_name_are_told_by_their_whole_dn():
    inner = f"OU=servers,OU=Old,{BASE}"
    assert named(right(inner), right(f"OU=Servers,{BASE}")) == f"the OU {inner}"


def test_the_domain_is_told_by_its_dns_name():
    assert named(right(BASE.upper(), "domain")) == "the domain corp.example"


def test_a_policy_is_told_by_the_name_that_people_know():
    policy = GroupPolicy(id="{31B2}", dn=POLICY, name="Logon")
    assert named(right(POLICY, "policy"), policy) == "the policy Logon"
    assert named(right(POLICY, "policy")) == "the policy {31B2F340-016D-11D2-945F-00C04FB984F9}"


def test_two_policies_of_one_name_are_told_by_their_dns():
    other = POLICY.replace("31B2", "9999")
    policies = [GroupPolicy(id=dn[3:10], dn=dn, name="Logon") for dn in (POLICY, other)]
    found = named(right(POLICY, "policy"), right(other, "policy"), *policies)
    assert found == f"the policy {POLICY}"


def test_the_holder_of_protected_rights_needs_no_dn():
    dn = f"CN=AdminSDHolder,CN=System,{BASE}"
    assert named(right(dn, "AdminSDHolder")) == "AdminSDHolder"
