"""Who is in which group: through groups, circles, primary groups, and what is hidden."""

from agent.judge.case import Power
from agent.judge.directory.membership import Membership
from agent.judge.directory.principals import FOREIGN, UNKNOWN, WELL_KNOWN, Principals
from agent.judge.directory.privileged import privileged_groups
from inventory.model.directory_accounts import ForeignPrincipal
from inventory.model.evidence import Gap, Why
from tests.agent.judge.directory.building import (
    BASE,
    SID,
    directory,
    group,
    members,
    user,
)

ADMINS = group("Domain Admins", 512)


def chains(found, name="Domain Admins"):
    one = next(one for one in found if one.group.name == name)
    return {member.chain for member in one.members}


def test_a_member_is_found_through_three_groups_with_its_chain():
    found = directory(
        [
            ADMINS,
            *(group(name, rid) for name, rid in (("Tier0", 3001), ("Ops", 3002), ("Desk", 3003))),
            user("alice", 2001),
            members("Domain Admins", "Tier0"),
            members("Tier0", "Ops"),
            members("Ops", "Desk"),
            members("Desk", "alice"),
        ]
    )
    assert "alice > Desk > Ops > Tier0" in chains(privileged_groups(found))


def test_groups_in_a_circle_end_where_they_began():
    found = directory(
        [
            *(group(name, rid) for name, rid in (("A", 3001), ("B", 3002), ("C", 3003))),
            user("alice", 2001),
            members("A", "B"),
            members("B", "C"),
            members("C", "A", "alice"),
        ]
    )
    membership = found.once(Membership)
    assert {one.principal.name for one in membership.members("id-A")} == {"B", "C", "alice"}
    everybody = {"id-A", "id-B", "id-C", "id-alice"}
    assert membership.closure() == {
        f"id-{name}": frozenset(everybody - {f"id-{name}"}) for name in "ABC"
    }
    assert membership.groups_of("id-alice") == ("id-C", "id-B", "id-A")


def test_a_primary_group_makes_a_member_that_no_list_names():
    found = directory([ADMINS, user("hidden", 2001, primary_group=512)])
    (admins,) = privileged_groups(found)
    assert [one.by_primary_group for one in admins.members] == [True]
    assert admins.members[0].principal.name == "hidden"


def test_the_shortest_chain_counts():
    found = directory(
        [
            ADMINS,
            group("Tier0", 3001),
            user("alice", 2001),
            members("Domain Admins", "Tier0", "alice"),
            members("Tier0", "alice"),
        ]
    )
    assert chains(privileged_groups(found)) == {"alice", "Tier0"}


def test_names_differ_from_members_only_in_case():
    alice = user("Alice", 2001)
    listed = members("Domain Admins", "ALICE")
    found = directory([ADMINS, alice, listed])
    assert chains(privileged_groups(found)) == {"Alice"}


def test_a_member_that_no_entry_explains_is_unknown_and_stays():
    found = directory([ADMINS, members("Domain Admins", "gone")])
    (one,) = privileged_groups(found)[0].members
    assert (one.principal.type, one.principal.name) == (UNKNOWN, "gone")


def test_principals_of_other_domains_and_well_known_ones_have_names():
    far = "S-1-5-21-9-9-9-1104"
    place = f"CN={far},CN=ForeignSecurityPrincipals,{BASE}"
    everyone = f"CN=S-1-5-11,CN=ForeignSecurityPrincipals,{BASE}"
    found = directory(
        [ForeignPrincipal(sid=far, dn=place), ForeignPrincipal(sid="S-1-5-11", dn=everyone)]
    ).once(Principals)
    assert found.of_dn(place).type == FOREIGN
    assert (found.of_dn(everyone).name, found.of_sid("S-1-5-11").type) == (
        "Authenticated Users",
        WELL_KNOWN,
    )
    assert found.of_sid(f"{SID}-9999").type == UNKNOWN
    assert found.of_sid("S-1-5-21-7-7-7-500").type == FOREIGN


def test_hidden_members_of_a_nested_group_are_gaps_of_the_group_above():
    desk = group("Desk", 3001)
    gap = Gap(Why.TRUNCATED, "directory.groups/groups", desk.dn, "the range ended early")
    other = Gap(Why.TRUNCATED, "directory.groups/groups", f"CN=Other,{BASE}", "elsewhere")
    found = directory([ADMINS, desk, members("Domain Admins", "Desk")], [gap, other])
    (admins,) = privileged_groups(found)
    assert [blank.gap for blank in admins.blanks] == [gap]


def test_a_refused_directory_shows_no_groups_and_says_so():
    found = directory([], [Gap(Why.DENIED, "directory.groups/groups")])
    assert privileged_groups(found) == ()
    assert not found.once(Principals).is_whole


def test_an_old_membership_is_carried_to_the_end_of_its_chain():
    found = directory(
        [ADMINS, group("Desk", 3001), user("alice", 2001), members("Desk", "alice")],
        carried=[members("Domain Admins", "Desk")],
    )
    (admins,) = privileged_groups(found)
    assert {one.principal.name: one.carried for one in admins.members} == {
        "Desk": True,
        "alice": True,
    }


def test_a_name_alone_proposes_what_a_group_gives_and_a_number_proves_it():
    found = directory(
        [
            ADMINS,
            group("DnsAdmins", 1101),
            group("Administrators", sid="S-1-5-32-544"),
            group("Domain Admins of old", 4000),
            group("admins", 4001),
        ]
    )
    said = {
        one.group.name: (one.privilege.power, one.certainty.value)
        for one in privileged_groups(found)
    }
    assert said == {
        "Administrators": (Power.ROOT, "proved"),
        "Domain Admins": (Power.ROOT, "proved"),
        "DnsAdmins": (Power.CONTROL, "proposed"),
    }
