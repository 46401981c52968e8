"""What depends on a directory: DNS, certificates, mail, shares, printers, and where they lead."""

from typing import Any

from agent.documents.cell import Cell, of_field, of_fields
from agent.documents.views import say
from agent.documents.views.directory.realm import AD, Realm
from agent.documents.views.ledger import Ledger
from inventory.model.directory_accounts import Netgroup
from inventory.model.directory_services import (
    CertificateAuthority,
    CertificateTemplate,
    ConnectionPoint,
    DhcpServer,
    DnsEntry,
    DnsZone,
    ExchangeServer,
    PrintQueue,
    PublishedShare,
    TrustedAuthority,
)

f = of_field
_UPDATES = {"none": "nobody", "any": "anybody, unproved", "secure": "who is in the domain"}


def _zone(one: DnsZone, _: Realm) -> tuple[Cell, ...]:
    return (
        f(one.name, "code"),
        f(one.records, "number"),
        f(_UPDATES.get(one.updates or "", one.updates)),
        f(say.yes(one.ages)),
        f(say.yes(one.has_wildcard)),
        of_fields(one.masters, "code"),
    )


def _entry(one: DnsEntry, realm: Realm) -> tuple[Cell, ...]:
    party, sure = realm.whose(tuple(one.identifiers()))
    return (
        f(f"{one.name}.{one.zone}" if one.name != "@" else one.zone, "code"),
        f(one.type),
        f(one.value, "code"),
        f(f"{party} ({sure})" if party else "no party"),
    )


def _template(one: CertificateTemplate, _: Realm) -> tuple[Cell, ...]:
    return (
        f(one.display_name or one.name),
        f("whoever asks" if one.takes_subject else "the directory"),
        f("a person" if one.needs_approval else "nobody"),
        f(one.signatures, "number"),
        of_fields(one.purposes, "code") if one.purposes else f("any"),
        f(say.moment(one.changed)),
    )


def _point(one: ConnectionPoint, _: Realm) -> tuple[Cell, ...]:
    where = (one.dns_name or "", *one.bindings)
    return f(one.name), f(one.type), of_fields(where, "code"), of_fields(one.keywords, "code")


LEDGERS: tuple[Ledger[Any, Realm], ...] = (
    Ledger(
        "DNS zones",
        DnsZone,
        ("Zone", "Names", "Who may update", "Old ones go", "Wildcard", "Copied from"),
        _zone,
        lambda one: one.name,
        dialect=AD,
    ),
    Ledger(
        "DNS names that lead elsewhere",
        DnsEntry,
        ("Name", "Type", "Leads to", "Whose"),
        _entry,
        lambda one: (one.zone, one.name, one.type, one.value),
        dialect=AD,
    ),
    Ledger(
        "Certificate authorities",
        CertificateAuthority,
        ("Authority", "Server", "Ends", "Issues"),
        lambda one, _: (
            f(one.name),
            f(one.server, "code"),
            f(say.moment(one.not_after)),
            of_fields(one.templates),
        ),
        dialect=AD,
    ),
    Ledger(
        "Certificate templates",
        CertificateTemplate,
        ("Template", "Who names whom it is for", "Approved by", "Signatures", "For", "Changed"),
        _template,
        lambda one: one.name,
        dialect=AD,
    ),
    Ledger(
        "Authorities that the forest trusts",
        TrustedAuthority,
        ("For", "Subject", "Issued by", "Ends"),
        lambda one, _: (f(one.store), f(one.subject), f(one.issuer), f(say.moment(one.not_after))),
        lambda one: (one.store, one.subject),
        dialect=AD,
    ),
    Ledger(
        "Exchange servers",
        ExchangeServer,
        ("Server", "Organisation", "Version"),
        lambda one, _: (f(one.name), f(one.organisation), f(one.version)),
        dialect=AD,
    ),
    Ledger(
        "Published shares",
        PublishedShare,
        ("Name", "Type", "Leads to"),
        lambda one, _: (f(one.name), f(one.type), of_fields(one.targets, "code")),
        dialect=AD,
    ),
    Ledger(
        "Printers",
        PrintQueue,
        ("Printer", "Server", "Driver", "Place"),
        lambda one, _: (f(one.name), f(one.server, "code"), f(one.driver), f(one.location)),
        dialect=AD,
    ),
    Ledger(
        "DHCP servers",
        DhcpServer,
        ("Server", "Address"),
        lambda one, _: (f(one.name, "code"), f(one.address, "code")),
        dialect=AD,
    ),
    Ledger(
        "Services that say where they are",
        ConnectionPoint,
        ("Service", "Type", "Where", "Keywords"),
        _point,
        lambda one: one.name,
        dialect=AD,
    ),
    Ledger(
        "Netgroups",
        Netgroup,
        ("Netgroup", "Host, user, domain", "Netgroups in it"),
        lambda one, _: (f(one.name), of_fields(one.triples, "code"), of_fields(one.members)),
    ),
)
