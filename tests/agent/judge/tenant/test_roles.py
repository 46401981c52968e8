"""Who has, or may take, a role: by groups, ownership, eligibility; and what a gap makes of it."""

import pytest

from agent.judge.case import Certainty, Power
from agent.judge.holds.tenant_people import powerful
from agent.judge.tenant.membership import Membership
from agent.judge.tenant.principals import GROUP, UNKNOWN
from agent.judge.tenant.privileges import ROLES, of_permission, of_scopes
from agent.judge.tenant.roles import ASSIGNED, ELIGIBLE, JOINS, OWNS, Roles, Way, path
from inventory.model.evidence import Gap, Why
from inventory.model.record import Record
from inventory.model.tenant_accounts import TenantMembers, TenantObject
from inventory.model.tenant_roles import (
    AdministrativeUnit,
    GroupEligibility,
    RoleAssignment,
    RoleDefinition,
    RolePolicy,
)
from inventory.model.truth import Truth
from tests.agent.judge.tenant.building import (
    GLOBAL,
    HELPDESK,
    application,
    assigned,
    eligible,
    group,
    members,
    owners,
    tenant,
    user,
)

ALICE, MIA, OUTER, INNER = user("alice"), user("mia"), group("outer"), group("inner")
ENDS = "role Global Administrator > everything in the tenant"


def ways(*records: Record, **options: object) -> tuple[Way, ...]:
    return tenant(records, **options).once(Roles).ways  # type: ignore[arg-type]


def chains(*records: Record) -> set[str]:
    """Return each way as it is shown."""
    one = tenant(records)
    return {" > ".join(step.text for step in path(one, way).steps) for way in one.once(Roles).ways}


def test_a_role_is_held_directly() -> None:
    (way,) = ways(ALICE, assigned(GLOBAL, ALICE))
    assert (way.how, way.power, way.certain) == (ASSIGNED, Power.ROOT, Truth.YES)
    assert way.role.is_global
    assert chains(ALICE, assigned(GLOBAL, ALICE)) == {
        "user alice@client.example > role Global Administrator > everything in the tenant"
    }


def test_a_role_comes_through_groups_in_groups() -> None:
    records = (ALICE, OUTER, INNER, members(OUTER, INNER), members(INNER, ALICE))
    assert chains(*records, assigned(GLOBAL, OUTER)) == {
        f"user alice@client.example > group inner > group outer > {ENDS}"
    }


def test_groups_in_a_circle_end_where_they_began() -> None:
    records = (ALICE, OUTER, INNER, members(OUTER, INNER), members(INNER, OUTER, ALICE))
    one = tenant((*records, assigned(GLOBAL, OUTER)))
    membership = one.once(Membership)
    assert membership.ids(OUTER.id) == {INNER.id, ALICE.id}
    assert {member.principal.id for member in membership.members(OUTER.id)} == {INNER.id, ALICE.id}
    assert [way.holder.id for way in one.once(Roles).ways] == [ALICE.id]


def test_the_owner_of_a_group_that_has_a_role_gets_it() -> None:
    (way,) = ways(ALICE, OUTER, owners(OUTER, ALICE), assigned(GLOBAL, OUTER))
    assert (way.how, way.holder.id, way.power) == (OWNS, ALICE.id, Power.ROOT)
    assert chains(ALICE, OUTER, owners(OUTER, ALICE), assigned(GLOBAL, OUTER)) == {
        f"user alice@client.example > owner of group outer > {ENDS}"
    }


def test_an_eligible_role_says_what_stands_before_it() -> None:
    policy = RolePolicy(role=GLOBAL.id, needs_approval=True)
    (way,) = ways(ALICE, eligible(GLOBAL, ALICE), policy)
    assert (way.how, way.limit) == (ELIGIBLE, "somebody has to approve it")
    assert any(
        "may take role Global Administrator" in one
        for one in chains(ALICE, eligible(GLOBAL, ALICE))
    )


@pytest.mark.parametrize("access", ["member", "owner"])
def test_who_may_join_a_group_that_has_a_role_may_have_the_role(access: str) -> None:
    told = GroupEligibility(id="e", group=OUTER.id, principal=ALICE.id, access=access)
    (way,) = ways(ALICE, OUTER, told, assigned(GLOBAL, OUTER))
    assert (way.how, way.holder.id) == (JOINS, ALICE.id)
    inside = (INNER, members(INNER, ALICE))
    of_group = GroupEligibility(id="e", group=OUTER.id, principal=INNER.id, access=access)
    (by_group,) = ways(ALICE, OUTER, *inside, of_group, assigned(GLOBAL, OUTER))
    assert (by_group.how, by_group.holder.id) == (JOINS, ALICE.id)


def test_a_role_over_a_part_gives_control_and_names_the_part() -> None:
    unit = AdministrativeUnit(id="au", name="Branch")
    (way,) = ways(ALICE, unit, assigned(GLOBAL, ALICE, "/administrativeUnits/au"))
    assert (way.power, way.limit) == (Power.CONTROL, "only the administrative unit Branch")


def test_a_role_that_was_not_read_is_power_in_doubt() -> None:
    told = RoleAssignment(id="x", role="made-role", principal=ALICE.id)
    (way,) = ways(ALICE, told)
    assert (way.power, way.certain) == (Power.CONTROL, Truth.UNKNOWN)
    assert path(tenant(()), way).certainty is Certainty.PROPOSED


@pytest.mark.parametrize(
    ("actions", "power", "is_privileged"),
    [
        (("microsoft.directory/applications/credentials/update",), Power.CONTROL, True),
        (("microsoft.directory/groups/members/update",), Power.CONTROL, False),
        (("microsoft.directory/users/standard/read",), Power.INFORMATION, False),
    ],
)
def test_a_made_role_gives_what_it_allows(
    actions: tuple[str, ...], power: Power, is_privileged: bool
) -> None:
    made = RoleDefinition(id="made", name="Made", is_built_in=False, actions=actions)
    (way,) = ways(ALICE, made, assigned(made, ALICE))
    assert (way.power, way.role.privilege.is_privileged) == (power, is_privileged)


@pytest.mark.parametrize("part", ["", OUTER.id, INNER.id])
def test_a_group_whose_members_are_hidden_has_the_role_itself(part: str) -> None:
    gap = Gap(Why.DENIED, "entra.test/members", part)
    records = (OUTER, INNER, members(OUTER, INNER), assigned(GLOBAL, OUTER))
    found = ways(*records, gaps=(gap,))
    assert [(way.holder.id, way.certain) for way in found if way.holder.type == GROUP] == [
        (OUTER.id, Truth.UNKNOWN)
    ]


def test_an_empty_group_that_was_read_gives_nobody_anything() -> None:
    assert ways(OUTER, TenantMembers(group=OUTER.id), assigned(GLOBAL, OUTER)) == ()


def test_a_gap_of_another_group_hides_nobody() -> None:
    gap = Gap(Why.DENIED, "entra.test/members", "g-other")
    assert ways(OUTER, TenantMembers(group=OUTER.id), assigned(GLOBAL, OUTER), gaps=(gap,)) == ()


def test_who_is_named_by_a_list_alone_is_unknown_and_keeps_the_name() -> None:
    listed = TenantMembers(
        group=OUTER.id, members=(TenantObject("u-x", "user", "otto@oldmsp.example"),)
    )
    (way,) = ways(OUTER, listed, assigned(GLOBAL, OUTER))
    assert way.holder.name == "otto@oldmsp.example"
    (bare,) = ways(RoleAssignment(id="x", role=GLOBAL.id, principal="nobody-read"))
    assert (bare.holder.type, bare.certain) == (UNKNOWN, Truth.UNKNOWN)


def test_what_an_earlier_audit_saw_is_in_doubt() -> None:
    (way,) = ways(ALICE, carried=(assigned(GLOBAL, ALICE),))
    assert (way.carried, way.certain) == (True, Truth.UNKNOWN)
    (fresh,) = ways(ALICE, assigned(GLOBAL, ALICE), carried=(assigned(GLOBAL, ALICE),))
    assert fresh.certain is Truth.YES


def test_the_most_of_several_roles_counts() -> None:
    one = tenant((ALICE, MIA, assigned(HELPDESK, ALICE), assigned(GLOBAL, ALICE)))
    assert one.once(powerful) == {ALICE.id: Power.ROOT}


def test_an_application_has_roles_too() -> None:
    _, service = application("sync")
    (way,) = ways(service, assigned(GLOBAL, service))
    assert way.holder.name == "sync (id-sync)"


def test_a_device_in_a_list_keeps_its_name() -> None:
    listed = TenantMembers(group=OUTER.id, members=(TenantObject("d", "device", "PC1"),))
    (way,) = ways(OUTER, listed, assigned(GLOBAL, OUTER))
    assert (way.holder.type, way.holder.name) == ("device", "PC1")


def test_every_role_that_takes_the_tenant_is_privileged() -> None:
    assert all(one.is_privileged for one in ROLES.values() if one.power is Power.ROOT)
    assert len({key.casefold() for key in ROLES}) == len(ROLES)
    assert all(len(key) == 36 for key in ROLES)


@pytest.mark.parametrize(
    ("name", "power", "is_privileged"),
    [
        ("RoleManagement.ReadWrite.Directory", Power.ROOT, True),
        ("Mail.ReadWrite", Power.RUN_AS, True),
        ("Chat.ReadWrite.All", Power.RUN_AS, False),
        ("User.Read.All", Power.INFORMATION, False),
    ],
)
def test_a_permission_gives_power_by_its_name(name: str, power: Power, is_privileged: bool) -> None:
    assert (of_permission(name).power, of_permission(name).is_privileged) == (power, is_privileged)


def test_consent_never_gives_more_than_the_person_has() -> None:
    assert of_scopes(("RoleManagement.ReadWrite.Directory",)).power is Power.RUN_AS
    assert of_scopes(("User.Read", "openid")).power is Power.INFORMATION
