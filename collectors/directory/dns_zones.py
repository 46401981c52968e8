"""Which DNS zones the directory keeps, and which of their records lead elsewhere ([MS-DNSP] 2.3).

Zones lie in partitions of their own, or below CN=System; nodes below their zone. Nodes that may not
be read are shown by their name alone. What machines enter of themselves is counted, not kept.
"""

import ipaddress
from collections.abc import Iterator

from collectors.directory_values import first_value, parent_dn
from collectors.dns_records import DnsRecord, ZoneProperty, parse_property, parse_record
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import RIGHT, tells_unset, unshown
from inventory.errors import ParseError
from inventory.model.directory_services import DnsEntry, DnsZone
from inventory.model.evidence import Pointer, Why


def _ask(name: str, base: str) -> LdapSearch:
    return LdapSearch(
        name,
        "(objectClass=*)",
        ("instanceType", "dNSProperty", "dnsRecord", "dNSTombstoned"),
        base=f"CN=MicrosoftDNS,{base}",
        dialect="ad",
        no_base="none",
    )


DOMAIN = _ask("domain", "DC=DomainDnsZones,{domain}")
FOREST = _ask("forest", "DC=ForestDnsZones,{forest}")
SYSTEM = _ask("system", "CN=System,{domain}")

_HINTS = frozenset(("rootdnsservers", "..trustanchors"))  # the internet's own, in each forest
_ELSEWHERE = frozenset(("MX", "NS", "CNAME", "DNAME", "TXT", "SRV", "A", "AAAA"))
_INSIDE = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"),
        *("127.0.0.0/8", "0.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128"),
    )
)
Told = DnsZone | DnsEntry | Unreadable


class _Zone:
    """What was seen of one zone so far."""

    def __init__(self, dn: str) -> None:
        self.dn, self.name = dn, first_value(dn)
        self.at: Pointer | None = None  # None: its own entry was not shown
        self.properties: list[ZoneProperty] = []
        self.nodes = 0
        self.has_wildcard = self.is_hidden = False

    @property
    def is_hint(self) -> bool:
        """Return whether it is none of the forest's own, or was deleted."""
        name = self.name.lower()
        return name in _HINTS or name.startswith(("..deleted", "..inprogress"))


@collector(
    "directory.dns_zones",
    asks=[DOMAIN, FOREST, SYSTEM],
    tells=[DnsZone, DnsEntry],
    source="ldap",
)
def dns_zones(domain: Entries, forest: Entries, system: Entries) -> Iterator[Told]:
    """Yield the zones, and each record that leads out of them."""
    for found in (domain, forest, system):
        zones: dict[str, _Zone] = {}
        for entry in found:
            yield from _seen(entry, zones)
        for zone in zones.values():
            if not zone.is_hint:
                yield from _zone(zone, found.ask, is_whole=found.is_whole)


def _seen(entry: Entry, zones: dict[str, _Zone]) -> Iterator[Told]:
    if not entry.dn.upper().startswith("DC="):
        return  # the container CN=MicrosoftDNS itself
    is_zone = parent_dn(entry.dn).upper().startswith("CN=MICROSOFTDNS,")
    dn = entry.dn if is_zone else parent_dn(entry.dn)
    zone = zones.setdefault(dn.lower(), _Zone(dn))
    if zone.is_hint:
        return
    yield from _properties(entry, zone) if is_zone else _node(entry, zone)


def _properties(entry: Entry, zone: _Zone) -> Iterator[Unreadable]:
    zone.at = entry.at("dNSProperty")
    if not (entry.has("dNSProperty") or tells_unset(entry)):
        yield unshown(entry, "the zone's settings are", "dNSProperty")
    for raw in entry.raws("dNSProperty"):
        try:
            zone.properties.append(parse_property(raw))
        except ParseError as err:
            yield Unreadable(zone.at, str(err), zone.dn)


def _node(entry: Entry, zone: _Zone) -> Iterator[DnsEntry | Unreadable]:
    at, name = entry.at("dnsRecord"), first_value(entry.dn)
    if entry.raw("dNSTombstoned") == b"TRUE":
        return
    if not (entry.has("dnsRecord") or tells_unset(entry)):
        zone.is_hidden = True
        yield unshown(entry, "the records of a DNS name are", "dnsRecord", part=zone.dn)
        return
    zone.nodes += 1
    zone.has_wildcard |= name == "*" or name.startswith("*.")
    for raw in entry.raws("dnsRecord"):
        try:
            record = parse_record(raw)
        except ParseError as err:
            yield Unreadable(at, str(err), zone.dn)
            continue
        if _leads_elsewhere(record, zone.name):
            yield DnsEntry(at=at, zone=zone.name, name=name, type=record.type, value=record.value)


def _leads_elsewhere(record: DnsRecord, zone: str) -> bool:
    """Return whether a record is of interest: not the directory's own, nor of a machine inside."""
    if record.type not in _ELSEWHERE or not record.value:
        return False
    if record.type in ("A", "AAAA"):
        return not (record.is_dynamic or _is_inside(record.value))
    if record.type == "SRV" or (record.type == "CNAME" and zone.lower().startswith("_msdcs.")):
        return not _is_below(record.value, zone.lower().removeprefix("_msdcs."))
    return True


def _is_inside(address: str) -> bool:
    told = ipaddress.ip_address(address)
    return any(told in network for network in _INSIDE if network.version == told.version)


def _is_below(target: str, zone: str) -> bool:
    host = target.rsplit(" ", 1)[-1].rstrip(".").lower()
    return host == zone or host.endswith(f".{zone}")


def _zone(zone: _Zone, ask: str, *, is_whole: bool) -> Iterator[DnsZone | Unreadable]:
    """Yield the zone. Nodes are counted, and a wildcard denied, only where all were shown."""
    at = zone.at or Pointer(ask, zone.dn)
    if zone.at is None:
        yield Unreadable(at, "the zone's own entry is not shown", zone.dn, Why.DENIED, RIGHT)
    counted = is_whole and not zone.is_hidden
    told = zone.properties
    yield DnsZone(
        at=at,
        name=zone.name,
        partition=parent_dn(parent_dn(zone.dn)),
        updates=next((one.updates for one in told if one.updates is not None), None),
        ages=next((one.ages for one in told if one.ages is not None), None),
        records=zone.nodes if counted else None,
        has_wildcard=zone.has_wildcard if counted or zone.has_wildcard else None,
        masters=tuple(sorted({master for one in told for master in one.masters or ()})),
    )
