"""When a tenant asks for more than a password: conditional access, places, factors, defaults.

Sources: Graph reference, resource types conditionalAccessPolicy, namedLocation,
authenticationStrengthPolicy, identitySecurityDefaultsEnforcementPolicy,
authenticationMethodsPolicy.
"""

from collections.abc import Iterator
from typing import Any

from collectors.rows import Row, Rows
from collectors.spec import GraphGet, Unreadable, collector
from inventory.model.tenant_policies import (
    AccessPolicy,
    AuthenticationStrength,
    FactorPolicy,
    NamedLocation,
    SecurityDefaults,
    Selection,
)

POLICY = "Policy.Read.All"
POLICIES = GraphGet(
    "policies", "/identity/conditionalAccess/policies", POLICY, "core", budget="policies"
)
PLACES = GraphGet(
    "places", "/identity/conditionalAccess/namedLocations", POLICY, "core", budget="policies"
)
STRENGTHS = GraphGet(
    "strengths",
    "/policies/authenticationStrengthPolicies",
    "Policy.Read.AuthenticationMethod",
    "core",
    budget="policies",
    empty="gap",  # those that are built in are in every tenant
)
DEFAULTS = GraphGet(
    "defaults",
    "/policies/identitySecurityDefaultsEnforcementPolicy",
    POLICY,
    "core",
    shape="one",
    budget="policies",
    empty="gap",
)
FACTORS = GraphGet(
    "factors",
    "/policies/authenticationMethodsPolicy",
    "Policy.Read.AuthenticationMethod",
    "core",
    shape="one",
    budget="policies",
    empty="gap",
    clouds=("global", "gcc-high", "dod"),
)
_TOLD = frozenset(  # conditions that a field tells
    (
        *("users", "applications", "locations", "platforms", "clientAppTypes"),
        *("userRiskLevels", "signInRiskLevels"),
    )
)
_TOLD_APPS = frozenset(("includeApplications", "excludeApplications", "includeUserActions"))
_GUESTS = ("includeGuestsOrExternalUsers", "excludeGuestsOrExternalUsers")
_EMPTY = (None, "", "none")


@collector("entra.access_policies", asks=[POLICIES], tells=[AccessPolicy], source="graph")
def access_policies(found: Rows) -> Iterator[AccessPolicy | Unreadable]:
    """Yield the policies of conditional access: for whom, but not for whom, and what they ask."""
    for row in found:
        conditions = row.row("conditions")
        if not row.has("conditions"):
            yield Unreadable(row.at("conditions"), "its conditions are not told")
        yield _policy(row, conditions)


def _policy(row: Row, conditions: Row) -> AccessPolicy:
    who, controls = conditions.row("users"), row.row("grantControls")
    return AccessPolicy(
        at=row.at(),
        id=row.needed("id"),
        name=row.text("displayName") or "",
        state=row.needed("state"),
        created=row.moment("createdDateTime"),
        changed=row.moment("modifiedDateTime"),
        users=_selected(who, "includeUsers", "excludeUsers"),
        groups=_selected(who, "includeGroups", "excludeGroups"),
        roles=_selected(who, "includeRoles", "excludeRoles"),
        guests=Selection(
            _guests(who.row("includeGuestsOrExternalUsers")),
            _guests(who.row("excludeGuestsOrExternalUsers")),
        ),
        apps=_apps(conditions.row("applications")),
        places=_selected(conditions.row("locations"), "includeLocations", "excludeLocations"),
        platforms=_selected(conditions.row("platforms"), "includePlatforms", "excludePlatforms"),
        clients=conditions.texts("clientAppTypes"),
        user_risks=conditions.texts("userRiskLevels"),
        sign_in_risks=conditions.texts("signInRiskLevels"),
        controls=_controls(controls),
        operator=controls.text("operator"),
        strength=_strength(controls.row("authenticationStrength")),
        is_narrowed=_is_narrowed(conditions),
    )


def _selected(row: Row, include: str, exclude: str) -> Selection:
    return Selection(row.texts(include), row.texts(exclude))


def _guests(row: Row) -> tuple[str, ...]:
    kinds = (row.text("guestOrExternalUserTypes") or "").split(",")
    return tuple(sorted(one.strip() for one in kinds if one.strip()))


def _apps(row: Row) -> Selection:
    actions = row.texts("includeUserActions")
    return Selection(
        (*row.texts("includeApplications"), *actions), row.texts("excludeApplications")
    )


def _controls(controls: Row) -> tuple[str, ...]:
    """Return what may be asked; with OR, each of them is enough, terms of use as well."""
    others = {"termsOfUse": "termsOfUse", "customAuthenticationFactors": "customFactor"}
    told = {word for name, word in others.items() if controls.texts(name)}
    return tuple(sorted({*controls.texts("builtInControls"), *told}))


def _strength(strength: Row) -> str | None:
    return strength.text("displayName") or strength.text("id")


def _is_narrowed(conditions: Row) -> bool:
    """Return whether a condition stands in it that no field tells.

    Of devices, flows, applications by filter or context, guests of some tenants only, ...
    """
    apps, who = conditions.row("applications"), conditions.row("users")
    others = [value for name, value in conditions.body.items() if name not in _TOLD]
    others += [value for name, value in apps.body.items() if name not in _TOLD_APPS]
    guests = (who.row(name).row("externalTenants") for name in _GUESTS)
    is_of_some = any(one.text("membershipKind") not in (None, "all") for one in guests)
    return is_of_some or any(_says(value) for value in others)


def _says(value: Any) -> bool:
    """Return whether something stands in a condition, at any depth."""
    if isinstance(value, dict):
        return any(_says(one) for name, one in value.items() if not name.startswith("@"))
    if isinstance(value, list):
        return any(_says(one) for one in value)
    return value not in _EMPTY


@collector("entra.named_locations", asks=[PLACES], tells=[NamedLocation], source="graph")
def named_locations(found: Rows) -> Iterator[NamedLocation]:
    """Yield the places that policies know, by networks or countries."""
    for row in found:
        ranges = (one.text("cidrAddress") for one in row.rows("ipRanges"))
        yield NamedLocation(
            at=row.at(),
            id=row.needed("id"),
            name=row.text("displayName") or "",
            is_trusted=row.flag("isTrusted"),
            networks=tuple(sorted(set(filter(None, ranges)))),
            countries=row.texts("countriesAndRegions"),
        )


@collector("entra.strengths", asks=[STRENGTHS], tells=[AuthenticationStrength], source="graph")
def strengths(found: Rows) -> Iterator[AuthenticationStrength]:
    """Yield the named sets of factors."""
    for row in found:
        yield AuthenticationStrength(
            at=row.at(),
            id=row.needed("id"),
            name=row.text("displayName") or "",
            type=row.text("policyType"),
            allows=row.texts("allowedCombinations"),
        )


@collector("entra.security_defaults", asks=[DEFAULTS], tells=[SecurityDefaults], source="graph")
def security_defaults(found: Rows) -> Iterator[SecurityDefaults | Unreadable]:
    """Yield whether Microsoft's security defaults hold."""
    for row in found:
        is_on = row.needed_flag("isEnabled")
        if is_on is not None:
            yield SecurityDefaults(at=row.at("isEnabled"), is_on=is_on)


@collector("entra.factors", asks=[FACTORS], tells=[FactorPolicy], source="graph")
def factors(found: Rows) -> Iterator[FactorPolicy]:
    """Yield which factors may be used, and by whom."""
    for row in found:
        for one in row.rows("authenticationMethodConfigurations"):
            targets = (one.rows("includeTargets"), one.rows("excludeTargets"))
            include, exclude = (
                tuple(sorted({t.text("id") or "" for t in some})) for some in targets
            )
            yield FactorPolicy(
                at=one.at(),
                factor=one.needed("id"),
                state=one.text("state"),
                include=include,
                exclude=exclude,
            )
