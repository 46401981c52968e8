"""Sudo rules that a directory hands out to hosts: who may act as whom, everywhere at once.

Sources: sudoers.ldap(5) (sudoRole), the FreeIPA schema (ipaSudoRule, ipaSudoCmd, ipaSudoCmdGrp).
"""

from collections.abc import Collection, Iterator, Mapping

from collectors.directory_values import (
    entry_id,
    first_value,
    generalized_time,
    parent_dn,
    strange,
    truth,
)
from collectors.entries import Entries, Entry
from collectors.redact import redact
from collectors.spec import LdapSearch, Unreadable, collector
from inventory.model.directory_rights import DirectorySudoRole
from inventory.model.evidence import Pointer, Why

COMMANDS = LdapSearch(
    "commands",
    "(|(objectClass=ipaSudoCmd)(objectClass=ipaSudoCmdGrp))",
    ("sudoCmd", "member"),
    dialect="posix",
)
RULES = LdapSearch(
    "rules",
    "(objectClass=ipaSudoRule)",
    (
        "ipaUniqueID",
        "cn",
        "description",
        "ipaEnabledFlag",
        "userCategory",
        "memberUser",
        "externalUser",
        "hostCategory",
        "memberHost",
        "externalHost",
        "cmdCategory",
        "memberAllowCmd",
        "memberDenyCmd",
        "ipaSudoOpt",
        "ipaSudoRunAsUserCategory",
        "ipaSudoRunAs",
        "ipaSudoRunAsExtUser",
        "ipaSudoRunAsGroupCategory",
        "ipaSudoRunAsGroup",
        "ipaSudoRunAsExtGroup",
        "sudoOrder",
        "sudoNotBefore",
        "sudoNotAfter",
    ),
    dialect="posix",
)
# A directory whose schema has no such class has no role; elsewhere a right may hide all of them.
CLASSES = LdapSearch(
    "classes",
    "(objectClass=subschema)",
    ("objectClasses",),
    base="{schema}",
    scope="base",
    dialect="posix",
    empty="gap",
    no_base="gap",
)
CLASS_OF_AD = LdapSearch(
    "class", "(lDAPDisplayName=sudoRole)", ("1.1",), base="{schema}", scope="one", dialect="ad"
)
# Where they usually lie is asked for as well: it is shown even where no role is.
ROLES = LdapSearch(
    "roles",
    "(|(objectClass=sudoRole)(ou=sudoers))",
    (
        "objectClass",
        "objectGUID",
        "entryUUID",
        "nsUniqueId",
        "cn",
        "description",
        "sudoUser",
        "sudoHost",
        "sudoCommand",
        "sudoOption",
        "sudoRunAs",
        "sudoRunAsUser",
        "sudoRunAsGroup",
        "sudoOrder",
        "sudoNotBefore",
        "sudoNotAfter",
    ),
)

_DEFAULTS = "defaults"  # the role that only has options
_COPY = b"extensibleobject"  # of the place in which FreeIPA shows its rules a second time
_CURE = "directory right"


@collector(
    "directory.sudo_roles",
    asks=[COMMANDS, RULES, CLASSES, CLASS_OF_AD, ROLES],
    tells=[DirectorySudoRole],
    source="ldap",
)
def sudo_roles(
    commands: Entries, rules: Entries, classes: Entries, class_of_ad: Entries, roles: Entries
) -> Iterator[DirectorySudoRole | Unreadable]:
    """Yield sudo rules. FreeIPA shows its own a second time as sudoRole: they are told once.

    Only a role that says the same is left out: one that merely has the name of another is told.
    A role that shows no user gives nothing to anybody, or a right is missing to see whom. Where
    the place for roles is shown and not one in it, a right may be missing as well; and so it may
    where nothing is shown, unless the schema has no such class.
    """
    written = _commands(commands)
    native = set()
    for entry in rules:
        rule = _rule(entry, written)
        native.add(_meaning(rule))
        yield rule
        yield from _strange(entry, rule)
        if missing := _unknown_commands(entry, written):
            detail = f"{missing} commands of it could not be read"
            yield Unreadable(entry.at("memberAllowCmd"), detail, entry.dn, Why.DENIED, _CURE)
    is_known = any([*map(_has_roles, classes), *(True for _ in class_of_ad)])
    yield from _roles(roles, native)
    if is_known and roles.is_whole and not (roles.seen or native):
        detail = "the schema has sudo roles, and none is shown"
        yield Unreadable(Pointer(roles.ask), detail, "", Why.DENIED, _CURE)


def _has_roles(schema: Entry) -> bool:
    """Return whether a schema has sudo roles; one that shows no class may have them."""
    told = schema.raws("objectClasses")
    return not told or any(b"'sudorole'" in one.lower() for one in told)


def _roles(
    roles: Entries, native: Collection[tuple[object, ...]]
) -> Iterator[DirectorySudoRole | Unreadable]:
    places, seen = [], 0
    for entry in roles:
        classes = {name.lower() for name in entry.raws("objectClass")}
        if classes and b"sudorole" not in classes:
            places += [] if _COPY in classes else [entry.at()]
            continue
        seen += 1
        role = _role(entry)
        if _meaning(role) in native:
            continue
        yield role
        yield from _strange(entry, role)
        if not role.users and role.name.lower() != _DEFAULTS:
            detail = "it shows no sudoUser"
            yield Unreadable(entry.at("sudoUser"), detail, entry.dn, Why.DENIED, _CURE)
    for place in places if not seen else ():
        yield Unreadable(place, "it shows no sudo role", "", Why.DENIED, _CURE)


def _strange(entry: Entry, role: DirectorySudoRole) -> Iterator[Unreadable]:
    """Yield the times that cannot be read: a rule without an end is more than one with it."""
    read = ("sudonotbefore", role.not_before), ("sudonotafter", role.not_after)
    for name in strange(entry.values, (), read):
        yield Unreadable(entry.at(name), "its time cannot be read", entry.dn)


def _meaning(role: DirectorySudoRole) -> tuple[object, ...]:
    """Return what a rule says, to know it again in the other form."""
    return role.name, role.users, role.hosts, role.commands, role.options, role.run_as


def _role(entry: Entry) -> DirectorySudoRole:
    return DirectorySudoRole(
        at=entry.at(),
        id=entry_id(entry),
        dn=entry.dn,
        name=entry.text("cn") or first_value(entry.dn),
        users=entry.texts("sudoUser"),
        hosts=entry.texts("sudoHost"),
        commands=entry.texts("sudoCommand"),
        options=entry.texts("sudoOption"),
        run_as=entry.texts("sudoRunAsUser") or entry.texts("sudoRunAs"),
        run_as_groups=entry.texts("sudoRunAsGroup"),
        order=_order(entry),
        not_before=generalized_time(entry.raw("sudoNotBefore")),
        not_after=generalized_time(entry.raw("sudoNotAfter")),
        description=entry.text("description") or "",
    )


def _order(entry: Entry) -> int | None:
    """Return the order; some write it with a fraction, of which the whole part is kept."""
    whole, _, _ = (entry.text("sudoOrder") or "").partition(".")
    return int(whole) if whole.isascii() and whole.isdigit() and len(whole) < 19 else None


def _rule(entry: Entry, commands: Mapping[str, tuple[str, ...]]) -> DirectorySudoRole:
    """Return a rule of FreeIPA in the words of sudoRole."""
    return DirectorySudoRole(
        at=entry.at(),
        id=entry_id(entry),
        dn=entry.dn,
        name=entry.text("cn") or first_value(entry.dn),
        users=_who(entry, "userCategory", "memberUser", "externalUser"),
        hosts=_who(entry, "hostCategory", "memberHost", "externalHost"),
        commands=_allowed(entry, commands),
        options=tuple(map(redact, entry.texts("ipaSudoOpt"))),
        run_as=_who(entry, "ipaSudoRunAsUserCategory", "ipaSudoRunAs", "ipaSudoRunAsExtUser"),
        run_as_groups=_groups(entry),
        order=_order(entry),
        not_before=generalized_time(entry.raw("sudoNotBefore")),
        not_after=generalized_time(entry.raw("sudoNotAfter")),
        is_enabled=truth(entry.raw("ipaEnabledFlag")) is not False,
        description=entry.text("description") or "",
    )


def _who(entry: Entry, category: str, members: str, external: str) -> tuple[str, ...]:
    """Return names as sudoRole writes them: `alice`, `%group`, `+hostgroup`, `ALL`."""
    if (entry.text(category) or "").lower() == "all":
        return ("ALL",)
    return tuple(sorted({*map(_name, entry.texts(members)), *entry.texts(external)}))


def _name(dn: str) -> str:
    """Return the name of a user, host or group by where it lies below cn=accounts."""
    above = parent_dn(dn).lower()
    marks = (("cn=groups,", "%"), ("cn=hostgroups,", "+"), ("cn=ng,", "+"))
    mark = next((mark for place, mark in marks if above.startswith(place)), "")
    return mark + first_value(dn)


def _groups(entry: Entry) -> tuple[str, ...]:
    """Return the groups to run as; here a group has no mark, as in sudoRunAsGroup."""
    names = ("ipaSudoRunAsGroupCategory", "ipaSudoRunAsGroup", "ipaSudoRunAsExtGroup")
    return tuple(name.removeprefix("%") for name in _who(entry, *names))


def _commands(found: Entries) -> dict[str, tuple[str, ...]]:
    """Return the commands of each entry by its DN in lower case: one, or those of a group."""
    single: dict[str, tuple[str, ...]] = {}
    groups: dict[str, tuple[str, ...]] = {}
    for entry in found:
        if text := entry.text("sudoCmd"):
            single[entry.dn.lower()] = (redact(text),)
        elif entry.has("member"):
            groups[entry.dn.lower()] = entry.texts("member")
    for dn, members in groups.items():
        if all(member.lower() in single for member in members):
            single[dn] = tuple(command for one in members for command in single[one.lower()])
    return single


def _allowed(entry: Entry, commands: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if (entry.text("cmdCategory") or "").lower() == "all":
        return ("ALL",)
    allowed = {c for dn in entry.texts("memberAllowCmd") for c in commands.get(dn.lower(), ())}
    denied = {c for dn in entry.texts("memberDenyCmd") for c in commands.get(dn.lower(), ())}
    return tuple(sorted(allowed | {f"!{command}" for command in denied}))


def _unknown_commands(entry: Entry, commands: Mapping[str, tuple[str, ...]]) -> int:
    """Return how many commands or groups of commands a rule names that were not read."""
    named = (*entry.texts("memberAllowCmd"), *entry.texts("memberDenyCmd"))
    return sum(dn.lower() not in commands for dn in named)
