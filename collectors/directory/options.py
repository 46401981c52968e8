"""Which settings hold for the whole directory: recycle bin, tombstones, dSHeuristics, schema.

[MS-ADTS] 6.1.1.2.4.1.2 (dSHeuristics), 6.1.1.2.4.1.1 (tombstoneLifetime), 3.1.1.9 (optional
features), 3.1.1.2.1 (objectVersion of the schema: 47 = 2008 R2 ... 88 = 2019, 91 = 2025).
"""

from collections.abc import Iterator

from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import odd_numbers, tells_unset, unshown
from inventory.model.directory import DirectoryOption

FEATURES = LdapSearch(
    "features",
    "(objectClass=*)",
    ("msDS-Behavior-Version", "msDS-EnabledFeature"),  # all may read both, and little else of it
    base="CN=Partitions,{configuration}",
    scope="base",
    dialect="ad",
    empty="gap",
    no_base="gap",
)
SERVICE = LdapSearch(
    "service",
    "(objectClass=*)",
    ("instanceType", "dSHeuristics", "tombstoneLifetime", "msDS-DeletedObjectLifetime"),
    base="CN=Directory Service,CN=Windows NT,CN=Services,{configuration}",
    scope="base",
    dialect="ad",
    empty="gap",
    no_base="gap",
)
SCHEMA = LdapSearch(
    "schema",
    "(objectClass=*)",
    ("objectVersion",),
    base="{schema}",
    scope="base",
    dialect="ad",
    empty="gap",
    no_base="gap",
)
EXCHANGE = LdapSearch(
    "exchange",
    "(objectClass=*)",
    ("rangeUpper",),
    base="CN=ms-Exch-Schema-Version-Pt,{schema}",
    scope="base",
    dialect="ad",
    no_base="none",
)

_RECYCLE_BIN = "cn=recycle bin feature,"
_DEFAULT_TOMBSTONE_DAYS = 60  # where none is set ([MS-ADTS] 6.1.1.2.4.1.1)
Told = DirectoryOption | Unreadable


@collector(
    "directory.options",
    asks=[FEATURES, SERVICE, SCHEMA, EXCHANGE],
    tells=[DirectoryOption],
    source="ldap",
)
def options(
    features: Entries, service: Entries, schema: Entries, exchange: Entries
) -> Iterator[Told]:
    """Yield the settings; one that is not set is told with the value that then holds."""
    for entry in features:
        shown = entry.has("msDS-Behavior-Version") or entry.has("msDS-EnabledFeature")
        yield from _if_shown(entry, _features(entry), shown=shown)
    for entry in service:
        yield from _if_shown(entry, _service(entry), shown=tells_unset(entry))
    for entry in schema:
        yield from _number(entry, "schema version", "objectVersion")
    for entry in exchange:
        yield from _number(entry, "Exchange schema version", "rangeUpper")


def _if_shown(entry: Entry, told: Iterator[DirectoryOption], *, shown: bool) -> Iterator[Told]:
    """Yield what is told of an entry that is shown; an unset value is no value that is hidden."""
    if shown:
        yield from told
        yield from odd_numbers(entry, "tombstoneLifetime", "msDS-DeletedObjectLifetime", part="")
    else:
        yield unshown(entry, "its settings are", part="")


def _features(entry: Entry) -> Iterator[DirectoryOption]:
    enabled = (dn.lower() for dn in entry.texts("msDS-EnabledFeature"))
    is_on = any(dn.startswith(_RECYCLE_BIN) for dn in enabled)
    at = entry.at("msDS-EnabledFeature")
    yield DirectoryOption(at=at, name="recycle bin", value="on" if is_on else "off")


def _service(entry: Entry) -> Iterator[DirectoryOption]:
    yield DirectoryOption(
        at=entry.at("dSHeuristics"), name="dSHeuristics", value=entry.text("dSHeuristics") or ""
    )
    days = entry.number("tombstoneLifetime") or _DEFAULT_TOMBSTONE_DAYS
    at = entry.at("tombstoneLifetime")
    yield DirectoryOption(at=at, name="tombstone lifetime days", value=str(days))
    kept = entry.number("msDS-DeletedObjectLifetime") or days
    at = entry.at("msDS-DeletedObjectLifetime")
    yield DirectoryOption(at=at, name="deleted object lifetime days", value=str(kept))


def _number(entry: Entry, name: str, attribute: str) -> Iterator[Told]:
    if (number := entry.number(attribute)) is not None:
        yield DirectoryOption(at=entry.at(attribute), name=name, value=str(number))
    else:
        yield unshown(entry, f"the {name} is", attribute, part=name)
