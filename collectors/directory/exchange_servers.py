"""Which Exchange servers the forest has (msExchExchangeServer below CN=Microsoft Exchange).

serialNumber: `Version 15.2 (Build 31118.7)`; msExchCurrentServerRoles: bits of its roles.
"""

from collections.abc import Iterator

from collectors.directory_values import first_value, parent_dn
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import odd_numbers, tells_unset, unshown
from inventory.model.directory_services import ExchangeServer

SERVERS = LdapSearch(
    "servers",
    "(objectClass=msExchExchangeServer)",
    ("cn", "serialNumber", "msExchCurrentServerRoles", "networkAddress"),
    base="CN=Microsoft Exchange,CN=Services,{configuration}",
    dialect="ad",
    no_base="none",
)

ORGANISATIONS = LdapSearch(
    "organisations",
    "(objectClass=*)",
    ("instanceType",),
    base="CN=Microsoft Exchange,CN=Services,{configuration}",
    scope="one",
    dialect="ad",
    no_base="none",
)

_TCP = "ncacn_ip_tcp:"  # the value of networkAddress that holds the DNS name


@collector(
    "directory.exchange_servers",
    asks=[ORGANISATIONS, SERVERS],
    tells=[ExchangeServer],
    source="ldap",
)
def exchange_servers(
    organisations: Entries, found: Entries
) -> Iterator[ExchangeServer | Unreadable]:
    """Yield each server; an organisation that is shown by its name alone may have others."""
    for entry in organisations:
        if not tells_unset(entry):
            yield unshown(entry, "an organisation of Exchange is", part="")
    for entry in found:
        if entry.has("serialNumber"):
            yield _server(entry)
            yield from odd_numbers(entry, "msExchCurrentServerRoles")
        else:
            yield unshown(entry, "the version of a server is", "serialNumber")


def _server(entry: Entry) -> ExchangeServer:
    return ExchangeServer(
        at=entry.at("serialNumber"),
        name=_name(entry),
        organisation=_organisation(entry.dn),
        version=entry.text("serialNumber"),
        roles=entry.number("msExchCurrentServerRoles"),
    )


def _name(entry: Entry) -> str:
    for address in entry.texts("networkAddress"):
        if address.lower().startswith(_TCP):
            return address[len(_TCP) :].lower()
    return entry.text("cn") or first_value(entry.dn)


def _organisation(dn: str) -> str:
    """Return the name of the entry right below CN=Microsoft Exchange; empty: there is none."""
    while above := parent_dn(dn):
        if above.lower().startswith("cn=microsoft exchange,"):
            return first_value(dn)
        dn = above
    return ""
