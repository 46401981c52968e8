"""What products added to the schema: attributes and classes outside of Microsoft's own arcs.

attributeID and governsID are OIDs ([MS-ADTS] 3.1.1.2.3, 3.1.1.2.4). An arc is what an owner has:
an enterprise number, or what the script for those without one makes (1.2.840.113556.1.8000.2554).
"""

import re
from collections.abc import Iterator

from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import unshown
from inventory.model.directory import SchemaExtension

SCHEMA = LdapSearch(
    "schema",
    "(|(objectClass=attributeSchema)(objectClass=classSchema))",
    ("attributeID", "governsID", "lDAPDisplayName"),
    base="{schema}",
    scope="one",
    dialect="ad",
    empty="gap",
    no_base="gap",
)

_EXCHANGE = "1.2.840.113556.1.4.7000"
_OWN = (  # what every schema has from its maker, standards included
    *("1.2.840.113556.1", "2.5", "0.9.2342.19200300.100", "1.3.6.1.1", "1.2.840.113549.1.9"),
    *("2.16.840.1.113730.3", "1.3.6.1.4.1.1466.101.119", "1.3.6.1.4.1.250.1", "1.3.6.1.4.1.311"),
)
_SCRIPTED = "1.2.840.113556.1.8000.2554"
_SCRIPTED_LENGTH = 14  # numbers of an arc that the script made: seven follow
_ENTERPRISE = "1.3.6.1.4.1"
_EXAMPLES = 5
_OID = re.compile(r"[0-9]{1,40}(?:\.[0-9]{1,40}){1,60}")


@collector("directory.schema", asks=[SCHEMA], tells=[SchemaExtension], source="ldap")
def schema(found: Entries) -> Iterator[SchemaExtension | Unreadable]:
    """Yield each arc with the number of its attributes and classes, and a few names."""
    names: dict[str, list[str]] = {}
    for entry in found:
        oid, name = entry.text("attributeID") or entry.text("governsID"), _name(entry)
        if oid is None:
            yield unshown(entry, "an attribute or class is", "attributeID")
        elif not _OID.fullmatch(oid):
            yield Unreadable(entry.at("attributeID"), "an OID that is none", entry.dn)
        elif arc := foreign_arc(oid):
            names.setdefault(arc, []).append(name)
    for arc, told in sorted(names.items()):
        examples = tuple(sorted(told)[:_EXAMPLES])
        yield SchemaExtension(arc=arc, examples=examples, number=len(told))


def _name(entry: Entry) -> str:
    return entry.text("lDAPDisplayName") or entry.dn


def foreign_arc(oid: str) -> str | None:
    """Return the arc of the OID's owner; None: it is Microsoft's own, or a standard's."""
    numbers = oid.split(".")
    if _is_below(oid, _EXCHANGE):
        return _EXCHANGE
    if _is_below(oid, _SCRIPTED):
        return ".".join(numbers[: min(_SCRIPTED_LENGTH, len(numbers) - 1)])
    if any(_is_below(oid, arc) for arc in _OWN):
        return None
    return ".".join(numbers[:7] if _is_below(oid, _ENTERPRISE) else numbers[:-1])


def _is_below(oid: str, arc: str) -> bool:
    return oid == arc or oid.startswith(f"{arc}.")
