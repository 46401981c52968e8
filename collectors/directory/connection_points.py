"""Where services say that they are to be found: hypervisors, backup, deployment, databases.

serviceConnectionPoint ([MS-ADSC] 2.238) and the classes derived from it; whoever may write below a
computer's account makes one, so what it says is only what it says.
"""

from collections.abc import Iterator

from collectors.directory_values import first_value
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import tells_unset, unshown
from inventory.model.directory_services import ConnectionPoint

POINTS = LdapSearch(
    "points",
    "(|(objectClass=serviceConnectionPoint)(objectClass=mSSMSManagementPoint))",
    (
        *(
            "cn",
            "instanceType",
            "objectClass",
            "keywords",
            "serviceBindingInformation",
            "serviceDNSName",
        ),
        *("serviceClassName", "dNSHostName", "mSSMSMPName"),
    ),
    dialect="ad",
    no_base="gap",
)

_PLAIN = frozenset(("top", "leaf", "connectionpoint", "serviceconnectionpoint"))
_MOST = 50  # values of one attribute that are kept


@collector("directory.connection_points", asks=[POINTS], tells=[ConnectionPoint], source="ldap")
def connection_points(found: Entries) -> Iterator[ConnectionPoint | Unreadable]:
    """Yield each connection point with its keywords and bindings."""
    for entry in found:
        if not tells_unset(entry):
            yield unshown(entry, "a connection point is")
        yield _point(entry)
        for name in ("keywords", "serviceBindingInformation"):
            if len(entry.raws(name)) > _MOST:
                yield Unreadable(entry.at(name), f"more than {_MOST} values", entry.dn)


def _point(entry: Entry) -> ConnectionPoint:
    server = entry.text("serviceDNSName") or entry.text("dNSHostName") or entry.text("mSSMSMPName")
    return ConnectionPoint(
        at=entry.at(),
        dn=entry.dn,
        name=entry.text("cn") or first_value(entry.dn),
        type=_type(entry),
        keywords=entry.texts("keywords")[:_MOST],
        bindings=entry.texts("serviceBindingInformation")[:_MOST],
        dns_name=server,
    )


def _type(entry: Entry) -> str:
    """Return the class that is more than a connection point, or the class of the service."""
    more = [one for one in entry.texts("objectClass") if one.lower() not in _PLAIN]
    return ", ".join(more[:3]) or entry.text("serviceClassName") or ""
