"""Policies of a directory: passwords, group policies and where they are linked."""

from collections import Counter
from typing import Any

from agent.documents.cell import Cell, of_field, of_fields, unknown
from agent.documents.views import say
from agent.documents.views.directory.realm import AD, Realm
from agent.documents.views.ledger import Ledger
from agent.judge.directory.directories import Directory
from collectors.directory_values import first_value
from inventory.model.directory import DirectoryPasswordPolicy
from inventory.model.directory_policies import PolicySecret, PolicySetting
from inventory.model.directory_services import GroupPolicy, OrganizationalUnit, PolicyLink

f = of_field


def _password(one: DirectoryPasswordPolicy, realm: Realm) -> tuple[Cell, ...]:
    return (
        f(one.name),
        f(one.type),
        _for(one, realm),
        f(one.least_length, "number"),
        f(say.yes(one.is_complex)),
        f(one.history, "number"),
        f(f"{one.most_days} d" if one.most_days else "no age is set"),
        f(lockout(one)),
        f(say.yes(one.is_reversible)),
    )


def _for(one: DirectoryPasswordPolicy, realm: Realm) -> Cell:
    """Return for whom a policy is; that none is named means everybody for the domain's alone."""
    if one.type == "domain" and not one.applies_to:
        return f("everybody without one of their own")
    return of_fields(realm.names(one.applies_to))


def lockout(one: DirectoryPasswordPolicy) -> str | None:
    """Return `after 5 failures, for 30 min`; None: it is not stated."""
    if one.lockout_after is None:
        return None
    if one.lockout_after == 0:
        return "never"
    lasts = f", for {one.lockout_min} min" if one.lockout_min else ""
    return f"after {one.lockout_after} failures{lasts}"


def _policy(one: GroupPolicy, realm: Realm) -> tuple[Cell, ...]:
    halves = (("users", one.is_user_off), ("computers", one.is_computer_off))
    off = [name for name, is_off in halves if is_off]
    links = realm.directory.once(_links)[one.id.upper()]
    blanks = realm.directory.blanks(PolicyLink)
    linked = f"{links} places" if links != 1 else "1 place"
    return (
        f(one.name),
        unknown(blanks) if blanks and not links else f(linked if links else "nowhere"),
        f(f"off for {' and '.join(off)}" if off else "on"),
        f(say.moment(one.changed)),
    )


def _links(directory: Directory) -> Counter[str]:
    return Counter(row.record.policy.upper() for row in directory.rows(PolicyLink))


def _policies(directory: Directory) -> dict[str, GroupPolicy]:
    return {row.record.id.upper(): row.record for row in directory.rows(GroupPolicy)}


def _link(one: PolicyLink, realm: Realm) -> tuple[Cell, ...]:
    policy = realm.directory.once(_policies).get(one.policy.upper())
    how = ("enforced", one.is_enforced), ("switched off", one.is_disabled)
    said = [word for word, holds in how if holds]
    blanks = realm.directory.blanks(GroupPolicy)
    lost = unknown(blanks) if blanks else f(f"{one.policy}: there is no such policy")
    return (
        f(first_value(one.object)),
        f(policy.name) if policy else lost,
        f(one.order, "number"),
        f(", ".join(said) or "in force"),
    )


def _setting(one: PolicySetting, realm: Realm) -> tuple[Cell, ...]:
    party, sure = realm.whose(tuple(one.identifiers()))
    return (
        f(_named(one.policy, realm)),
        f(one.side or "both"),
        f(one.kind),
        f(f"{one.name} (taken away)" if one.is_removed else one.name),
        f(one.value, "code"),
        f(one.account),
        f(f"{party} ({sure})" if party else "no party"),
    )


def _secret(one: PolicySecret, realm: Realm) -> tuple[Cell, ...]:
    return (
        f(_named(one.policy, realm)),
        f(one.what),
        f(one.where, "code"),
        f(one.account),
        f(say.moment(one.since)),
    )


def _named(policy: str, realm: Realm) -> str:
    if policy == "scripts":
        return "the folder for login scripts"
    known = realm.directory.once(_policies).get(policy.upper())
    return known.name if known else policy


def _unit(one: OrganizationalUnit, realm: Realm) -> tuple[Cell, ...]:
    return (
        f(one.name),
        f(one.description),
        f(realm.name(one.managed_by) if one.managed_by else None),
        f("blocks policies from above" if one.blocks_policies else "takes policies from above"),
    )


LEDGERS: tuple[Ledger[Any, Realm], ...] = (
    Ledger(
        "Password policies",
        DirectoryPasswordPolicy,
        (
            *("Policy", "Kind", "For", "Least length", "Mixed characters", "Old ones barred"),
            *("New one after", "Locks", "Kept readable"),
        ),
        _password,
        lambda one: (one.type != "domain", one.precedence or 0, one.name),
    ),
    Ledger(
        "Group policies",
        GroupPolicy,
        ("Policy", "Linked to", "State", "Changed"),
        _policy,
        lambda one: one.name,
        dialect=AD,
    ),
    Ledger(
        "Where policies are linked",
        PolicyLink,
        ("Place", "Policy", "Order", "How"),
        _link,
        lambda one: (one.object, one.order),
        dialect=AD,
    ),
    Ledger(
        "What policies set",
        PolicySetting,
        ("Policy", "On", "What", "Name", "Set to", "Account", "Whose"),
        _setting,
        lambda one: (one.kind, one.policy, one.name, one.value),
        dialect=AD,
    ),
    Ledger(
        "Passwords in files that everybody may read",
        PolicySecret,
        ("Policy", "What", "Where", "Account", "Since"),
        _secret,
        lambda one: (one.policy, one.file, one.where),
        dialect=AD,
    ),
    Ledger(
        "Organizational units",
        OrganizationalUnit,
        ("Unit", "Description", "Managed by", "Policies"),
        _unit,
        lambda one: one.name,
    ),
)
