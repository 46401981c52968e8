"""DNS zones and records as Active Directory keeps them ([MS-DNSP] 2.3.1 and 2.3.2)."""

import ipaddress

from tests.lab.directory.ad.specimen import decoy, given_decoy, specimen
from tests.lab.directory.names import BASE, DOMAIN
from tests.lab.directory.orders import Add, Change

ZONES = f"CN=MicrosoftDNS,DC=DomainDnsZones,{BASE}"
A, NS, CNAME, MX, TXT = 1, 2, 5, 15, 16
ZONE_TYPE, ALLOW_UPDATE, AGING = 0x01, 0x02, 0x40
NO_UPDATE, ANY_UPDATE, SECURE_UPDATE = 0, 1, 2


def _property(number: int, value: int, size: int) -> bytes:
    head = (size, 1, 0, 1, number)
    words = b"".join(part.to_bytes(4, "little") for part in head)
    return words + value.to_bytes(size, "little") + b"\0"


def _record(kind: int, content: bytes) -> bytes:
    head = len(content).to_bytes(2, "little") + kind.to_bytes(2, "little") + b"\x05\xf0\0\0"
    return head + (1).to_bytes(4, "little") + (3600).to_bytes(4, "big") + bytes(8) + content


def _name(text: str) -> bytes:
    labels = text.split(".")
    raw = b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"
    return bytes([len(raw), len(labels)]) + raw


def address(text: str) -> bytes:
    """Return an A record."""
    return _record(A, ipaddress.IPv4Address(text).packed)


def mail_exchanger(name: str, preference: int = 10) -> bytes:
    """Return an MX record."""
    return _record(MX, preference.to_bytes(2, "big") + _name(name))


def alias(name: str) -> bytes:
    """Return a CNAME record."""
    return _record(CNAME, _name(name))


def text(content: str) -> bytes:
    """Return a TXT record."""
    return _record(TXT, bytes([len(content)]) + content.encode())


def zone(name: str, *, update: int) -> Add:
    """Return a primary zone."""
    properties = (_property(ZONE_TYPE, 1, 4), _property(ALLOW_UPDATE, update, 1))
    return Add(
        dn=f"DC={name},{ZONES}",
        attributes={
            "objectClass": "dnsZone",
            "dNSProperty": (*properties, _property(AGING, 0, 4)),
        },
    )


def node(name: str, zone_name: str, *records: bytes) -> Add:
    """Return a name of a zone with its records."""
    return Add(
        dn=f"DC={name},DC={zone_name},{ZONES}",
        attributes={"objectClass": "dnsNode", "dnsRecord": records},
    )


def moved(to: str) -> Change:
    """Return the order that gives the domain controller another address in its zone."""
    return Change(dn=f"DC=dc1,DC={DOMAIN},{ZONES}", replace={"dnsRecord": address(to)})


SPECIMENS = (
    specimen(
        "a zone that anybody may change, with a wildcard",
        42,
        "lab.corp.example: insecure updates; * leads to 203.0.113.10",
        zone("lab.corp.example", update=ANY_UPDATE),
        node("*", "lab.corp.example", address("203.0.113.10")),
    ),
    specimen(
        "the public zone of the company, kept inside",
        42,
        "muster.example: mail goes to smtp.oldmsp.example, vpn to OldMSP's office",
        zone("muster.example", update=NO_UPDATE),
        node(
            "@",
            "muster.example",
            mail_exchanger("smtp.oldmsp.example"),
            text("v=spf1 include:oldmsp.example -all"),
        ),
        node("vpn", "muster.example", address("203.0.113.10")),
        node("support", "muster.example", alias("portal.oldmsp.example")),
    ),
    decoy(
        "a zone that takes secure updates only",
        42,
        "branch.corp.example",
        zone("branch.corp.example", update=SECURE_UPDATE),
        node("files2", "branch.corp.example", address("10.77.0.12")),
    ),
    given_decoy("the zone of the domain", 42, f"DC={DOMAIN},{ZONES}", "secure updates only"),
)
