"""Which sites, networks and links the forest has ([MS-ADTS] 6.1.1.2.2)."""

import ipaddress
from collections.abc import Iterator

from collectors.directory_values import first_value
from collectors.entries import Entries, Entry
from collectors.spec import LdapSearch, Unreadable, collector
from collectors.unshown import odd_numbers, unshown
from inventory.model.directory import Site, SiteLink, SiteSubnet

SITES = LdapSearch(
    "sites",
    "(objectCategory=site)",
    ("cn", "description", "location"),
    base="CN=Sites,{configuration}",
    scope="one",
    dialect="ad",
    empty="gap",
    no_base="gap",
)
SUBNETS = LdapSearch(
    "subnets",
    "(objectCategory=subnet)",
    ("cn", "siteObject", "description", "location"),
    base="CN=Subnets,CN=Sites,{configuration}",
    scope="one",
    dialect="ad",
    no_base="gap",
)
LINKS = LdapSearch(
    "links",
    "(objectCategory=siteLink)",
    ("cn", "siteList", "cost", "replInterval"),
    base="CN=Inter-Site Transports,CN=Sites,{configuration}",
    dialect="ad",
    no_base="gap",
)

Told = Site | SiteSubnet | SiteLink


@collector(
    "directory.sites",
    asks=[SITES, SUBNETS, LINKS],
    tells=[Site, SiteSubnet, SiteLink],
    source="ldap",
)
def sites(found: Entries, subnets: Entries, links: Entries) -> Iterator[Told | Unreadable]:
    """Yield the sites, their networks, and the links between them."""
    for entry in found:
        if not entry.has("cn"):
            yield unshown(entry, "a site is")
        yield Site(
            at=entry.at(),
            name=_name(entry),
            description=entry.text("description") or "",
            location=entry.text("location") or "",
        )
    for entry in subnets:
        if not entry.has("cn"):
            yield unshown(entry, "a subnet is")
        yield _subnet(entry)
    for entry in links:
        if not entry.has("siteList"):
            yield unshown(entry, "the sites of a link are", "siteList")
        yield _link(entry)
        yield from odd_numbers(entry, "cost", "replInterval")


def _subnet(entry: Entry) -> SiteSubnet | Unreadable:
    try:
        network = ipaddress.ip_network(_name(entry), strict=False)
    except ValueError:
        return Unreadable(entry.at("cn"), "a subnet whose name is no network", entry.dn)
    site = entry.text("siteObject")
    return SiteSubnet(
        at=entry.at("siteObject"),
        network=str(network),
        site=first_value(site) if site else None,
        description=entry.text("description") or "",
        location=entry.text("location") or "",
    )


def _link(entry: Entry) -> SiteLink:
    return SiteLink(
        at=entry.at("siteList"),
        name=_name(entry),
        sites=tuple(sorted(map(first_value, entry.texts("siteList")))),
        cost=entry.number("cost"),
        interval_min=entry.number("replInterval"),
    )


def _name(entry: Entry) -> str:
    return entry.text("cn") or first_value(entry.dn)
