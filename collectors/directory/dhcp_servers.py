"""Which DHCP servers the forest authorises (dHCPClass below CN=NetServices, [MS-DHCPE] 7.3).

dhcpServers names a server in parts, each with a letter before it and a dollar after it:

    i10.20.0.5$rcn=dhcp1.corp.example$f0x00000000$sdhcp1.corp.example$

A server that speaks IPv6 alone writes the address 255.0.0.1.
"""

import ipaddress
import re
from collections.abc import Iterator

from collectors.directory_values import first_value
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import tells_unset, unshown
from inventory.model.directory_services import DhcpServer

SERVERS = LdapSearch(
    "servers",
    "(objectClass=dHCPClass)",
    ("cn", "instanceType", "dhcpServers"),
    base="CN=NetServices,CN=Services,{configuration}",
    dialect="ad",
    no_base="gap",
)

_ADDRESS = re.compile(r"i([0-9]{1,3}(?:\.[0-9]{1,3}){3})\$")
_NAME = re.compile(r"rcn=([^,$]{1,255})[,$]")
_NO_IPV4 = "255.0.0.1"
_ROOT = "dhcproot"  # the container of all: it lists what the others say


@collector("directory.dhcp_servers", asks=[SERVERS], tells=[DhcpServer], source="ldap")
def dhcp_servers(found: Entries) -> Iterator[DhcpServer | Unreadable]:
    """Yield each authorised server with its address."""
    for entry in found:
        if first_value(entry.dn).lower() != _ROOT:
            yield from _servers(entry)


def _servers(entry: Entry) -> Iterator[DhcpServer | Unreadable]:
    at = entry.at("dhcpServers")
    if not entry.has("dhcpServers"):
        if not tells_unset(entry):
            yield unshown(entry, "the address of a server is", "dhcpServers")
        yield DhcpServer(at=at, name=first_value(entry.dn).lower())
    for value in entry.texts("dhcpServers"):
        address, name = _ADDRESS.search(value), _NAME.search(value)
        try:
            told = str(ipaddress.ip_address(address[1])) if address else None
        except ValueError:
            told = None
        if told is None:
            yield Unreadable(at, "an authorised server without an address", entry.dn)
        called = (name[1] if name else first_value(entry.dn)).lower()
        yield DhcpServer(at=at, name=called, address=None if told == _NO_IPV4 else told)
