"""What gives power in a directory beside its groups: rights, delegation, keys, sudo, secrets."""

from typing import Any

from agent.documents.cell import Cell, of_field, of_fields, whys_of
from agent.documents.views import say
from agent.documents.views.directory.realm import AD, POSIX, Realm
from agent.documents.views.ledger import Ledger
from agent.documents.views.table import MOST_ROWS, Row, Table, names_of, place, state
from agent.judge.directory.powers import Grant, grants
from collectors.well_known_sids import well_known_name
from inventory.model.directory_accounts import (
    DirectoryKey,
    DirectorySecret,
    ForeignPrincipal,
    MembershipChange,
)
from inventory.model.directory_rights import (
    DirectoryRight,
    DirectorySudoRole,
    HostAccessRule,
    ManagedPasswordReader,
    ResourceDelegation,
)

f = of_field


def rights(realm: Realm) -> Table:
    """Return the rights that give power to those who do not have it anyway."""
    directory = realm.directory
    found = sorted(grants(directory), key=lambda one: (one.power.value != "root", one.says))
    whys = whys_of(directory.blanks(DirectoryRight))
    is_fresh = not any(one.row.carried for one in found)
    return Table(
        title="Rights that give power",
        columns=("Who", "What", "Power", "Whose", "Handed on"),
        known=state(bool(found), whys, all_fresh=is_fresh),
        rows=tuple(_right(one, realm) for one in found[:MOST_ROWS]),
        more=max(0, len(found) - MOST_ROWS),
        whys=whys,
        kinds=names_of(DirectoryRight),
    )


def _right(grant: Grant, realm: Realm) -> Row:
    one, right = grant.principal, grant.row.record
    party, sure = realm.whose(one.identifiers)
    inherited = "to " + right.inherits_to if right.inherits_to else "to all below"
    cells = (
        f(f"{one.name} ({one.type})"),
        f(grant.says),
        f(grant.power.value),
        f(f"{party} ({sure})" if party else "no party"),
        f("only here" if right.is_here and not right.inherits_to else inherited),
    )
    carried = grant.row.evidence.audit if grant.row.carried else 0
    return Row(cells, place(grant.row.evidence), carried)


def _sudo(one: DirectorySudoRole, _: Realm) -> tuple[Cell, ...]:
    return (
        f(one.name),
        of_fields(one.users, "code"),
        of_fields(one.hosts, "code"),
        of_fields(one.commands, "code"),
        of_fields(one.run_as, "code") if one.run_as else f("root"),
        of_fields(one.options, "code"),
        f("in force" if one.is_enabled else "switched off"),
    )


def _access(one: HostAccessRule, realm: Realm) -> tuple[Cell, ...]:
    named = (realm.names(some) for some in (one.users, one.hosts, one.services))
    return f(one.name), *map(of_fields, named), f("in force" if one.is_enabled else "switched off")


def _key(one: DirectoryKey, realm: Realm) -> tuple[Cell, ...]:
    account = realm.accounts.get(one.account)
    through = tuple(account.record.identifiers()) if account else ()
    party, sure = realm.whose((*one.identifiers(), *through))
    kind = f"{one.algorithm}, {one.bits} bit" if one.bits else one.algorithm
    return (
        f(one.name, "code"),
        f(one.fingerprint, "code"),
        f(kind + (", weak" if one.is_weak else "")),
        f(one.comment),
        f(f"{party} ({sure})" if party else "no party"),
    )


LEDGERS: tuple[Ledger[Any, Realm], ...] = (
    Ledger(
        "May act as anybody towards",
        ResourceDelegation,
        ("Towards", "Who"),
        lambda one, realm: (
            f(realm.name_of_id(one.account)),
            f(realm.name_of_sid(one.principal)),
        ),
        dialect=AD,
    ),
    Ledger(
        "May read the password of a managed account",
        ManagedPasswordReader,
        ("Account", "Who"),
        lambda one, realm: (
            f(realm.name_of_id(one.account)),
            f(realm.name_of_sid(one.principal)),
        ),
        dialect=AD,
    ),
    Ledger(
        "Members of other domains",
        ForeignPrincipal,
        ("Who", "Entry"),
        lambda one, realm: (f(realm.name_of_sid(one.sid)), f(one.dn, "code")),
        only=lambda one: well_known_name(one.sid) is None,
        dialect=AD,
    ),
    Ledger(
        "Changes of privileged groups",
        MembershipChange,
        ("Group", "Member", "What", "When"),
        lambda one, realm: (
            f(realm.name_of_id(one.group)),
            f(realm.name(one.member)),
            f("removed" if one.is_removed else "added"),
            f(say.moment(one.when)),
        ),
        lambda one: (-one.when.latest, one.group, one.member),
        dialect=AD,
    ),
    Ledger(
        "SSH keys",
        DirectoryKey,
        ("Account", "Fingerprint", "Kind", "Comment", "Whose"),
        _key,
        lambda one: (one.name, one.fingerprint),
    ),
    Ledger(
        "Sudo rules that hosts take from here",
        DirectorySudoRole,
        ("Rule", "Who", "On", "Commands", "As", "Options", "State"),
        _sudo,
        lambda one: (one.order or 0, one.name),
    ),
    Ledger(
        "Who may use which host",
        HostAccessRule,
        ("Rule", "Who", "Hosts", "Services", "State"),
        _access,
        lambda one: one.name,
        dialect=POSIX,
    ),
    Ledger(
        "Texts that look as if they held a password",
        DirectorySecret,
        ("Entry", "Attribute"),
        lambda one, realm: (f(realm.name(one.object)), f(one.attribute, "code")),
        lambda one: one.object,
    ),
)
