"""A directory at a glance: what it is, how large, how protected, how recoverable."""

from collections.abc import Callable
from typing import TypeVar

from agent.documents.cell import Cell, of_bounds, of_field, of_read, unknown
from agent.documents.views import say
from agent.documents.views.directory.machines import kept
from agent.documents.views.directory.policy import lockout
from agent.documents.views.directory.realm import Realm
from agent.documents.views.table import Fact, names_of
from agent.judge.rules.directory_forest import LEVELS
from inventory.model.directory import (
    DirectoryConnection,
    DirectoryOption,
    DirectoryPasswordPolicy,
    DirectoryServer,
    Domain,
    DomainController,
    PartitionBackup,
    RoleHolder,
    Site,
    Trust,
)
from inventory.model.directory_accounts import DirectoryGroup, DirectoryMembers
from inventory.model.directory_rights import LocalAdminPassword, RecoveryKey
from inventory.model.record import Record
from inventory.snapshot import Read

R = TypeVar("R", bound=Record)


def facts(realm: Realm) -> tuple[Fact, ...]:
    """Return the answers that every directory has; those of Active Directory alone beside it."""
    common = (*_what(realm), *_size(realm), *_protection(realm))
    return common if realm.directory.is_ad is False else (*common, *_windows(realm))


def _fact(realm: Realm, label: str, kind: type[R], say_it: Callable[[R], str]) -> Fact:
    return Fact(label, of_read(realm.directory.read(kind), say_it), names_of(kind))


def _what(realm: Realm) -> tuple[Fact, ...]:
    return (
        _fact(realm, "Product", DirectoryServer, _product),
        _fact(realm, "Server", DirectoryServer, lambda one: one.dns_name or ""),
        _fact(realm, "Domain", Domain, _domain),
        _fact(realm, "Made", Domain, lambda one: say.moment(one.created) or ""),
        _fact(realm, "Read by", DirectoryConnection, _connection),
    )


def _product(one: DirectoryServer) -> str:
    return " ".join(filter(None, (one.product, one.version)))


def _domain(one: Domain) -> str:
    return f"{one.dns_name} ({one.netbios})" if one.netbios else one.dns_name


def _level(one: Domain) -> str:
    levels = (("domain", one.level), ("forest", one.forest_level))
    return ", ".join(f"{what} {LEVELS.get(at, at)}" for what, at in levels if at is not None)


def _connection(one: DirectoryConnection) -> str:
    """Return how the line was protected, and as whom it was read; a warning stands with it."""
    tls = f" ({one.tls})" if one.tls else ""
    proved = f", proved by {one.checked_by}" if one.tls else ""
    return f"{one.account or one.bind}, over {one.security}{tls}{proved}"


def _size(realm: Realm) -> tuple[Fact, ...]:
    return (_count(realm, "Groups", DirectoryGroup, DirectoryMembers),)


def _count(realm: Realm, label: str, kind: type[Record], *also: type[Record]) -> Fact:
    read: Read[Record] = realm.directory.read(kind)
    return Fact(label, of_bounds(read.count(), read.known().blanks), names_of(kind, *also))


def _protection(realm: Realm) -> tuple[Fact, ...]:
    read = realm.directory.read(DirectoryPasswordPolicy)
    ordinary = read.where(lambda one: one.type != "fine-grained")
    kind = names_of(DirectoryPasswordPolicy)
    return (Fact("Passwords", of_read(ordinary, _passwords, most=3), kind),)


def _passwords(one: DirectoryPasswordPolicy) -> str:
    length = f"{one.least_length} characters" if one.least_length is not None else "no length told"
    age = f"new after {one.most_days} d" if one.most_days else "no age set"
    locks = lockout(one)
    return (
        f"{one.name}: {length}, {age}, locked {locks}" if locks else f"{one.name}: {length}, {age}"
    )


def _windows(realm: Realm) -> tuple[Fact, ...]:
    found = kept(realm)
    return (
        _fact(realm, "Forest", Domain, lambda one: one.forest or ""),
        _fact(realm, "Level", Domain, _level),
        _count(realm, "Controllers", DomainController),
        _fact(realm, "Operations masters", RoleHolder, lambda one: f"{one.role}: {one.holder}"),
        _count(realm, "Sites", Site),
        _count(realm, "Trusts", Trust),
        _fact(realm, "Any user may add", Domain, _quota),
        Fact("Local passwords kept", found.laps, names_of(LocalAdminPassword)),
        Fact("BitLocker keys kept", found.bitlocker, names_of(RecoveryKey)),
        Fact("Last backup", _backup(realm), names_of(PartitionBackup)),
        Fact("Recycle bin", _option(realm, "recycle bin"), names_of(DirectoryOption)),
    )


def _quota(one: Domain) -> str:
    return "" if one.machine_quota is None else f"{one.machine_quota} computers"


def _backup(realm: Realm) -> Cell:
    """Return the backup of the domain itself, as its metadata tells."""
    domain = realm.directory.domain
    read = realm.directory.read(PartitionBackup)
    if domain is None:
        return unknown((*realm.directory.blanks(Domain), *read.known().blanks))
    own = read.where(lambda one: one.partition.casefold() == domain.dn.casefold())
    return of_read(own, lambda one: say.moment(one.when) or "none was ever told to it")


def _option(realm: Realm, name: str) -> Cell:
    read = realm.directory.read(DirectoryOption).where(lambda one: one.name == name)
    cell = of_read(read, lambda one: one.value)
    return cell if cell.texts or cell.whys else of_field(None)
