"""What a directory consists of: servers, partitions, sites, trusts, and how it is set up."""

from typing import Any

from agent.documents.cell import Cell, of_field, of_fields
from agent.documents.views import say
from agent.documents.views.directory.realm import AD, Realm
from agent.documents.views.ledger import Ledger
from inventory.model.directory import (
    DirectoryOption,
    DirectorySetting,
    DomainController,
    DomainPartition,
    PartitionBackup,
    RoleHolder,
    SchemaExtension,
    ServerCertificate,
    Site,
    SiteLink,
    SiteSubnet,
    TenantLink,
    Trust,
)
from inventory.model.directory_accounts import DeletedObject

f = of_field
_DIRECTIONS = {
    "in": "the partner trusts this directory",
    "out": "this directory trusts the partner",
    "both": "both trust each other",
    "disabled": "switched off",
}


def _controller(one: DomainController, realm: Realm) -> tuple[Cell, ...]:
    roles = (row.record for row in realm.directory.rows(RoleHolder))
    held = [role.role for role in roles if role.holder and _is_same(role.holder, one.name)]
    return (
        f(one.name, "code"),
        f(one.site),
        of_fields(held) if held else f("no role that is known"),
        f("may read only" if one.is_read_only else "may write"),
        f(say.yes(one.is_global_catalog)),
        of_fields(realm.names(one.reveals)) if one.is_read_only else f("all: it may write"),
    )


def _is_same(holder: str, name: str) -> bool:
    first, second = holder.casefold(), name.casefold()
    return first == second or first == second.partition(".")[0]


def _role(one: RoleHolder, _: Realm) -> tuple[Cell, ...]:
    holder = f"{one.holder} (deleted)" if one.holder and one.is_deleted else one.holder
    return f(one.role), f(holder, "code")


def _trust(one: Trust, realm: Realm) -> tuple[Cell, ...]:
    party, sure = realm.whose(tuple(one.identifiers()))
    return (
        f(one.partner, "code"),
        f(_DIRECTIONS.get(one.direction, one.direction)),
        f(one.type),
        of_fields(one.attributes),
        f(f"{party} ({sure})" if party else "no party"),
        f(say.moment(one.created)),
        f(say.moment(one.changed)),
    )


def _certificate(one: ServerCertificate, _: Realm) -> tuple[Cell, ...]:
    bits = f"{one.bits} bit" if one.bits else ""
    key = " ".join(filter(None, (one.algorithm, bits, one.signed_with)))
    ends = f(say.moment(one.not_after))
    return f(one.subject), of_fields(one.names, "code"), f(one.issuer), ends, f(key)


def _link(one: SiteLink, _: Realm) -> tuple[Cell, ...]:
    every = f"{one.interval_min} min" if one.interval_min else None
    return f(one.name), of_fields(one.sites), f(one.cost, "number"), f(every)


CONTROLLERS: tuple[Ledger[Any, Realm], ...] = (
    Ledger(
        "Domain controllers",
        DomainController,
        ("Controller", "Site", "Roles", "Writes", "Global catalogue", "Keeps secrets of"),
        _controller,
        lambda one: (one.is_read_only, one.name),
        dialect=AD,
    ),
    Ledger("Roles of operations masters", RoleHolder, ("Role", "Held by"), _role, dialect=AD),
    Ledger(
        "Certificates of the server",
        ServerCertificate,
        ("Subject", "Names", "Issued by", "Ends", "Key"),
        _certificate,
    ),
    Ledger(
        "Backups of partitions, by their metadata",
        PartitionBackup,
        ("Partition", "Last backup"),
        lambda one, _: (
            f(one.partition, "code"),
            f(say.moment(one.when) or "none was ever told to it", "" if one.when else "bad"),
        ),
        dialect=AD,
    ),
    Ledger(
        "Sites",
        Site,
        ("Site", "Description", "Place"),
        lambda one, _: (f(one.name), f(one.description), f(one.location)),
        lambda one: one.name,
        dialect=AD,
    ),
    Ledger(
        "Networks of sites",
        SiteSubnet,
        ("Network", "Site", "Description"),
        lambda one, _: (f(one.network, "code"), f(one.site), f(one.description or one.location)),
        lambda one: one.network,
        dialect=AD,
    ),
    Ledger("Links of sites", SiteLink, ("Link", "Sites", "Cost", "Every"), _link, dialect=AD),
)
TRUSTS: tuple[Ledger[Any, Realm], ...] = (
    Ledger(
        "Trusts",
        Trust,
        ("Partner", "Direction", "Type", "Limits", "Whose", "Made", "Changed"),
        _trust,
        lambda one: one.partner,
        dialect=AD,
    ),
    Ledger(
        "Partitions of the forest",
        DomainPartition,
        ("Partition", "DNS name", "What", "Read here"),
        lambda one, _: (
            f(one.dn, "code"),
            f(one.dns_name, "code"),
            f("a domain" if one.is_domain else "no domain"),
            f("yes" if one.is_here else "no: another server has it"),
        ),
        lambda one: (not one.is_domain, one.dn),
        dialect=AD,
    ),
    Ledger(
        "Cloud tenants",
        TenantLink,
        ("Tenant", "Name"),
        lambda one, _: (f(one.tenant_id, "code"), f(one.name)),
        dialect=AD,
    ),
)
SETUP: tuple[Ledger[Any, Realm], ...] = (
    Ledger(
        "Settings of the whole directory",
        DirectoryOption,
        ("Setting", "Value"),
        lambda one, _: (f(one.name), f(one.value, "code")),
    ),
    Ledger(
        "Settings of the server",
        DirectorySetting,
        ("Of", "Setting", "Value"),
        lambda one, _: (f(one.object, "code"), f(one.name), f(one.value, "code")),
    ),
    Ledger(
        "Extensions of the schema",
        SchemaExtension,
        ("Arc", "Attributes and classes", "Examples"),
        lambda one, _: (f(one.arc, "code"), f(one.number, "number"), of_fields(one.examples)),
    ),
    Ledger(
        "Deleted, and still kept",
        DeletedObject,
        ("Name", "Type", "Was in", "Deleted"),
        lambda one, _: (f(one.name), f(one.type), f(one.parent, "code"), f(say.moment(one.when))),
        dialect=AD,
    ),
)
