"""When each partition was last backed up: a backup by VSS writes dSASignature of its root.

When an attribute was changed stands in the replication metadata of its entry: as XML in
msDS-ReplAttributeMetaData ([MS-ADTS] 3.1.1.4.5), or in the vector of replPropertyMetaData
([MS-DRSR] 5.166), which is all that Samba tells.
"""

import re
import struct
from collections.abc import Iterator

from collectors.directory_values import EPOCH_1601_S, generalized_time
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import unshown
from inventory.errors import ParseError
from inventory.model.directory import PartitionBackup
from inventory.model.moment import Moment


def _ask(name: str, base: str) -> LdapSearch:
    return LdapSearch(
        name,
        "(objectClass=*)",
        ("msDS-ReplAttributeMetaData", "replPropertyMetaData"),
        base=base,
        scope="base",
        dialect="ad",
        empty="gap",
        no_base="gap",
    )


DOMAIN = _ask("domain", "{domain}")
CONFIGURATION = _ask("configuration", "{configuration}")
SCHEMA = _ask("schema", "{schema}")

_NAME = re.compile(rb"<pszAttributeName>\s{0,9}dSASignature\s{0,9}</pszAttributeName>", re.I)
_WHEN = re.compile(
    rb"<ftimeLastOriginatingChange>\s{0,9}([0-9]{4})-([0-9]{2})-([0-9]{2})"
    rb"T([0-9]{2}):([0-9]{2}):([0-9]{2})Z"
)
_SIGNATURE = 0x2004A  # ATTRTYP of 1.2.840.113556.1.2.74: prefix 2, last arc 74 ([MS-DRSR] 5.16.4)
_VECTOR = struct.Struct("<IIII")  # version, reserved, count, reserved
_ENTRY = struct.Struct("<IIq32x")  # attribute, its version, seconds since 1601; origin and USNs
_MOST_S = 2**40  # seconds since 1601: the year 36,000


@collector(
    "directory.backups",
    asks=[DOMAIN, CONFIGURATION, SCHEMA],
    tells=[PartitionBackup],
    source="ldap",
)
def backups(
    domain: Entries, configuration: Entries, schema: Entries
) -> Iterator[PartitionBackup | Unreadable]:
    """Yield when each partition was backed up; without a time where no backup was ever told."""
    for found in (domain, configuration, schema):
        for entry in found:
            yield _backup(entry)


def _backup(entry: Entry) -> PartitionBackup | Unreadable:
    texts, vector = entry.raws("msDS-ReplAttributeMetaData"), entry.raw("replPropertyMetaData")
    name = "msDS-ReplAttributeMetaData" if texts else "replPropertyMetaData"
    at = entry.at(name)
    if not texts and vector is None:
        return unshown(entry, "its replication metadata is", name)
    try:
        when = _of_texts(texts) if texts else _of_vector(vector or b"")
    except ParseError as err:
        return Unreadable(at, str(err), entry.dn)
    return PartitionBackup(at=at, partition=entry.dn, when=when)


def _of_texts(texts: tuple[bytes, ...]) -> Moment | None:
    """Return when the signature was changed, of one XML fragment an attribute."""
    for text in texts:
        if b"<pszAttributeName>" not in text:
            raise ParseError("replication metadata that names no attribute")
        if not _NAME.search(text):
            continue
        told = _WHEN.search(text)
        moment = generalized_time(b"".join(told.groups()) + b"Z") if told else None
        if moment is None:
            raise ParseError("the metadata of dSASignature has no time")
        return moment
    return None


def _of_vector(raw: bytes) -> Moment | None:
    """Return when the signature was changed, of the vector of all attributes."""
    if len(raw) < _VECTOR.size:
        raise ParseError("the replication metadata is cut")
    version, _, count, _ = _VECTOR.unpack_from(raw)
    if version != 1 or len(raw) != _VECTOR.size + count * _ENTRY.size:
        raise ParseError("the replication metadata has another form than is known")
    for attribute, _, seconds in _ENTRY.iter_unpack(raw[_VECTOR.size :]):
        if attribute == _SIGNATURE:
            if not 0 < seconds < _MOST_S:
                raise ParseError("the metadata of dSASignature has no time")
            return Moment.exact(seconds - EPOCH_1601_S)
    return None
