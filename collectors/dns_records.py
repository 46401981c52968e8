"""DNS as Active Directory keeps it: dnsRecord ([MS-DNSP] 2.3.2.2) and dNSProperty (2.3.2.1).

Both hold bytes from the directory: every length is checked. Numbers in the data of a record are in
network order, those of the frame around it are not.
"""

import ipaddress
import struct

from msgspec import Struct

from collectors.clean import clean
from inventory.errors import ParseError

TYPES = {
    0: "ZERO",  # a tombstone
    1: "A",
    2: "NS",
    5: "CNAME",
    6: "SOA",
    12: "PTR",
    15: "MX",
    16: "TXT",
    28: "AAAA",
    33: "SRV",
    39: "DNAME",
    43: "DS",
    44: "SSHFP",
    46: "RRSIG",
    47: "NSEC",
    48: "DNSKEY",
    35: "NAPTR",
    49: "DHCID",
    50: "NSEC3",
    51: "NSEC3PARAM",
    52: "TLSA",
    65281: "WINS",
}
UPDATES = {0: "none", 1: "any", 2: "secure"}  # fAllowUpdate ([MS-DNSP] 2.2.6.5.6)
_MOST_NAME = 255
_MOST_TEXT = 4096

_RECORD = struct.Struct("<HHBBHI")
_DATA_AT = 24  # the frame: length, type, version, rank, flags, serial, TTL, reserved, time
_PROPERTY = struct.Struct("<IIIII")
_U32 = struct.Struct("<I")


class DnsRecord(Struct, frozen=True):
    """One record of a node."""

    type: str  # "A", "MX", ...; "TYPE65" for those without a name here
    value: str  # as a zone file writes it; empty: its data is not read
    is_dynamic: bool  # a machine entered it itself: it has a time stamp


def parse_record(raw: bytes) -> DnsRecord:
    """Return a record; raises ParseError when its lengths contradict its bytes."""
    if len(raw) < _DATA_AT:
        raise ParseError("a DNS record is cut")
    length, number, version, *_ = _RECORD.unpack_from(raw)
    if version != 5 or length != len(raw) - _DATA_AT:
        raise ParseError("a DNS record of another version, or of another length than it says")
    stamp = _U32.unpack_from(raw, _DATA_AT - 4)[0]  # hours since 1601; 0: never ages
    kind = TYPES.get(number, f"TYPE{number}")
    return DnsRecord(kind, _value(kind, raw[_DATA_AT:]), bool(stamp))


def _value(kind: str, data: bytes) -> str:
    match kind:
        case "A" | "AAAA":
            return _address(kind, data)
        case "NS" | "CNAME" | "PTR" | "DNAME":
            return _name(data)
        case "MX":
            return f"{_number(data, 0)} {_name(data[2:])}"
        case "SRV":
            weights = " ".join(str(_number(data, at)) for at in (0, 2, 4))
            return f"{weights} {_name(data[6:])}"
        case "TXT":
            return _text(data)
        case _:
            return ""


def _address(kind: str, data: bytes) -> str:
    if len(data) != (4 if kind == "A" else 16):
        raise ParseError(f"an address of {len(data)} bytes")
    return str(ipaddress.ip_address(data))


def _number(data: bytes, at: int) -> int:
    if at + 2 > len(data):
        raise ParseError("the data of a DNS record is cut")
    return int.from_bytes(data[at : at + 2], "big")


def _name(data: bytes) -> str:
    """Return a counted name: length, number of labels, labels, a zero ([MS-DNSP] 2.2.2.2.2)."""
    if len(data) < 2:
        raise ParseError("a DNS name is cut")
    at, labels = 2, []
    for _ in range(data[1]):
        length = data[at] if at < len(data) else 0
        if not length or at + 1 + length > len(data) or at > _MOST_NAME:
            raise ParseError("a label of a DNS name is cut")
        labels.append(clean(data[at + 1 : at + 1 + length]))
        at += 1 + length
    return ".".join(labels) or "."


def _text(data: bytes) -> str:
    """Return the strings of a TXT record, each with its length before it, joined."""
    at, parts = 0, []
    while at < len(data):
        length = data[at]
        if at + 1 + length > len(data):
            raise ParseError("a string of a TXT record is cut")
        parts.append(data[at + 1 : at + 1 + length])
        at += 1 + length
    text = clean(b"".join(parts)[:_MOST_TEXT])
    return text.replace("\n", "\\n").replace("\t", "\\t")


class ZoneProperty(Struct, frozen=True):
    """One property of a zone that is read here; what it does not tell is None."""

    updates: str | None = None  # "none", "any", "secure"
    ages: bool | None = None
    masters: tuple[str, ...] | None = None


def parse_property(raw: bytes) -> ZoneProperty:
    """Return what a property of a zone tells; raises ParseError when it is cut."""
    if len(raw) < _PROPERTY.size:
        raise ParseError("a property of a DNS zone is cut")
    length, _, _, _, number = _PROPERTY.unpack_from(raw)
    data = raw[_PROPERTY.size : _PROPERTY.size + length]
    if len(data) != length:
        raise ParseError("a property of a DNS zone is shorter than it says")
    match number:
        case 0x02:  # DSPROPERTY_ZONE_ALLOW_UPDATE
            return ZoneProperty(updates=UPDATES.get(data[0]) if data else None)
        case 0x40:  # DSPROPERTY_ZONE_AGING_STATE
            return ZoneProperty(ages=any(data) if data else None)
        case 0x81:  # DSPROPERTY_ZONE_MASTER_SERVERS
            return ZoneProperty(masters=_masters(data))
        case 0x91:  # DSPROPERTY_ZONE_MASTER_SERVERS_DA
            return ZoneProperty(masters=_masters_by_address(data))
        case _:
            return ZoneProperty()


def _masters(data: bytes) -> tuple[str, ...]:
    """Return the addresses of IP4_ARRAY: a count, then 4 bytes each ([MS-DNSP] 2.2.3.2.1)."""
    if len(data) < 4:
        return ()
    count = _U32.unpack_from(data)[0]
    if len(data) < 4 + 4 * count:
        raise ParseError("the servers of a DNS zone are cut")
    found = (data[4 + 4 * at : 8 + 4 * at] for at in range(count))
    return tuple(str(ipaddress.ip_address(one)) for one in found)


def _masters_by_address(data: bytes) -> tuple[str, ...]:
    """Return the addresses of DNS_ADDR_ARRAY: 32 bytes, then 64 each ([MS-DNSP] 2.2.3.2.3)."""
    if len(data) < 32:
        return ()
    count = _U32.unpack_from(data, 4)[0]
    if len(data) < 32 + 64 * count:
        raise ParseError("the servers of a DNS zone are cut")
    return tuple(_socket_address(data[32 + 64 * at : 96 + 64 * at]) for at in range(count))


def _socket_address(data: bytes) -> str:
    """Return the address in a sockaddr of family 2 (IPv4) or 23 (IPv6)."""
    family = int.from_bytes(data[:2], "little")
    return str(ipaddress.ip_address(data[8:24] if family == 23 else data[4:8]))
