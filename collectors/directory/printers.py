"""Which printers are published in the directory (printQueue, [MS-ADSC] 2.223)."""

from collections.abc import Iterator

from collectors.directory_values import first_value
from collectors.entries import Entries
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import unshown
from inventory.model.directory_services import PrintQueue

QUEUES = LdapSearch(
    "queues",
    "(objectCategory=printQueue)",
    ("cn", "printerName", "serverName", "uNCName", "driverName", "location"),
    dialect="ad",
    no_base="gap",
)


@collector("directory.printers", asks=[QUEUES], tells=[PrintQueue], source="ldap")
def printers(found: Entries) -> Iterator[PrintQueue | Unreadable]:
    """Yield each printer with its server."""
    for entry in found:
        if not (entry.has("serverName") or entry.has("uNCName")):
            yield unshown(entry, "the server of a printer is", "serverName")
        yield PrintQueue(
            at=entry.at(),
            dn=entry.dn,
            name=entry.text("printerName") or entry.text("cn") or first_value(entry.dn),
            server=entry.text("serverName"),
            share=entry.text("uNCName"),
            driver=entry.text("driverName"),
            location=entry.text("location") or "",
        )
