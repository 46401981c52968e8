"""For which applications, partners and tenants the questions that are asked once each are asked."""

from typing import Any

from collectors.entra.partners import NAMES, SYNCHRONISED
from collectors.entra.service_principals import GRANTS, OWNERS
from collectors.rows import Row
from collectors.spec import GraphGet

OURS = "11111111-1111-4111-8111-111111111111"
THEIRS = "22222222-2222-4222-8222-222222222222"
MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"


def keys(ask: GraphGet, path: str, body: dict[str, Any]) -> list[str]:
    (each,) = (one for one in ask.each if one.path == path)
    return list(each.keys(Row("list", body)))


def principal(owner: str | None, **more: Any) -> dict[str, Any]:
    return {"id": "sp", "appOwnerOrganizationId": owner} | more


def test_owners_are_asked_of_every_application_that_is_not_microsofts() -> None:
    def asked(owner: str | None) -> list[str]:
        return keys(OWNERS, "/servicePrincipals", principal(owner))

    assert asked(MICROSOFT) == asked(MICROSOFT.upper()) == []
    assert asked(OURS) == asked(THEIRS) == ["sp"]
    assert asked(None) == ["sp"]  # whose it is is not told


def test_grants_are_asked_of_services_that_offer_permissions_microsofts_as_well() -> None:
    offers = principal(MICROSOFT, appRoles=[{"id": "r", "value": "Mail.Read"}])
    assert keys(GRANTS, "/servicePrincipals", offers) == ["sp"]
    assert keys(GRANTS, "/servicePrincipals", principal(THEIRS, appRoles=[])) == []


def test_names_are_asked_of_sellers_partners_and_makers_of_applications() -> None:
    assert keys(NAMES, "/servicePrincipals", principal(THEIRS.upper())) == [THEIRS]
    assert keys(NAMES, "/servicePrincipals", principal(MICROSOFT)) == []
    assert keys(NAMES, "/directory/subscriptions", {"id": "s", "ownerTenantId": THEIRS}) == [THEIRS]
    assert keys(NAMES, "/directory/subscriptions", {"id": "s", "ownerTenantId": None}) == []
    partners = "/policies/crossTenantAccessPolicy/partners"
    assert keys(NAMES, partners, {"tenantId": THEIRS}) == [THEIRS]
    assert keys(SYNCHRONISED, partners, {"tenantId": THEIRS}) == [THEIRS]


def test_an_application_whose_id_is_not_told_is_a_gap_of_the_list() -> None:
    row = Row("list", {"appOwnerOrganizationId": THEIRS})
    assert [one for one in OWNERS.each[0].keys(row) if one] == []
    assert [gap.detail for gap in row.misfits()] == ["id is missing"]
