"""What in a directory leads to others: trusts, tenants, DNS, servers, networks, ownership."""

from collections.abc import Iterator
from typing import Any

from agent.judge.case import Power
from agent.judge.directory.directories import Directory
from agent.judge.directory.principals import Principals
from agent.judge.holds.kind import Candidate, DirectoryScene, directory_kind, of_row
from inventory.model.directory import DirectorySetting, SiteSubnet, TenantLink, Trust
from inventory.model.directory_accounts import DirectoryAccount, DirectoryComputer, DirectoryGroup
from inventory.model.directory_services import (
    CertificateAuthority,
    ConnectionPoint,
    DhcpServer,
    DnsEntry,
    DnsZone,
    ExchangeServer,
    OrganizationalUnit,
    PrintQueue,
    PublishedShare,
)
from inventory.snapshot import Seen

_OUT = ("out", "both")  # their accounts may be used here


@directory_kind("trust", needs=(Trust,))
def trusts(scene: DirectoryScene) -> Iterator[Candidate]:
    """Yield the trusts with other domains; one that lets their accounts in is a way in."""
    for row in scene.directory.rows(Trust):
        trust = row.record
        if trust.direction == "disabled":
            continue
        lets_in = trust.direction in _OUT and "within forest" not in trust.attributes
        yield of_row(
            scene,
            row,
            "trust",
            name=trust.partner,
            title=f"trust with {trust.partner} ({_direction(trust)})",
            subject=trust.partner,
            power=Power.NETWORK if lets_in else Power.INFORMATION,
            is_dependence=not lets_in,
            stands_alone=lets_in,
        )


def _direction(trust: Trust) -> str:
    words = {
        "out": "their accounts may be used here",
        "in": "accounts of here may be used there",
        "both": "accounts may be used both ways",
    }
    return words.get(trust.direction, trust.direction)


@directory_kind("tenant link", needs=(TenantLink,))
def tenants(scene: DirectoryScene) -> Iterator[Candidate]:
    """Yield the cloud tenants that devices of the domain register with."""
    for row in scene.directory.rows(TenantLink):
        named = f" ({row.record.name})" if row.record.name else ""
        yield of_row(
            scene,
            row,
            "tenant link",
            name=row.record.tenant_id,
            title=f"devices register with tenant {row.record.tenant_id}{named}",
            subject=row.record.tenant_id,
        )


@directory_kind("directory dns", needs=(DnsEntry, DnsZone))
def dns(scene: DirectoryScene) -> Iterator[Candidate]:
    """Yield the DNS records and zones of the directory that lead elsewhere."""
    for row in scene.directory.rows(DnsEntry):
        one = row.record
        yield of_row(
            scene,
            row,
            "directory dns",
            name=f"{one.zone} {one.name} {one.type} {one.value}",
            title=f"{one.name}.{one.zone} {one.type} {one.value}",
            subject=one.value.rpartition(" ")[2] if one.type in ("MX", "SRV") else one.value,
        )
    for zone in scene.directory.rows(DnsZone):
        if zone.record.masters:
            yield of_row(
                scene,
                zone,
                "directory dns",
                name=f"{zone.record.name} {zone.record.partition}",
                title=f"zone {zone.record.name} comes from {', '.join(zone.record.masters)}",
                subject=zone.record.name,
            )


@directory_kind(
    "directory server",
    needs=(DirectoryComputer, CertificateAuthority, DhcpServer, ExchangeServer),
)
def servers(scene: DirectoryScene) -> Iterator[Candidate]:
    """Yield computers, authorities, DHCP and mail servers: those of a party are its machines."""
    for row, name, title, subject in _servers(scene.directory):
        yield of_row(scene, row, "directory server", name=name, title=title, subject=subject)


_Sight = tuple[Seen[Any], str, str, str]  # the row, its name, title and subject


def _servers(directory: Directory) -> Iterator[_Sight]:
    for row in directory.rows(DirectoryComputer):
        if row.record.is_enabled is not False:
            name = row.record.dns_name or row.record.name
            yield row, row.record.id, f"computer {name}", name
    for authority in directory.rows(CertificateAuthority):
        one = authority.record
        title = f"certificate authority {one.name} on {one.server or 'a server that is not named'}"
        yield authority, f"ca {one.name}", title, one.server or one.name
    for dhcp in directory.rows(DhcpServer):
        name = dhcp.record.name
        yield dhcp, f"dhcp {name}", f"DHCP server {name}", name
    for mail in directory.rows(ExchangeServer):
        name = mail.record.name
        yield mail, f"exchange {name}", f"Exchange server {name}", name


@directory_kind(
    "directory service",
    needs=(ConnectionPoint, PrintQueue, PublishedShare, SiteSubnet, DirectorySetting),
)
def services(scene: DirectoryScene) -> Iterator[Candidate]:
    """Yield services, printers, shares, networks and settings that name a place."""
    for row, name, title, subject in _services(scene.directory):
        yield of_row(scene, row, "directory service", name=name, title=title, subject=subject)


def _services(directory: Directory) -> Iterator[_Sight]:
    for point in directory.rows(ConnectionPoint):
        yield point, point.record.dn, f"service {point.record.name}", point.record.name
    for queue in directory.rows(PrintQueue):
        yield queue, queue.record.dn, f"printer {queue.record.name}", queue.record.name
    for share in directory.rows(PublishedShare):
        yield share, share.record.dn, f"share {share.record.name}", share.record.name
    for subnet in directory.rows(SiteSubnet):
        net = subnet.record.network
        title = f"network {net} of site {subnet.record.site or 'none'}"
        yield subnet, f"subnet {net}", title, net
    for setting in directory.rows(DirectorySetting):
        told = setting.record
        title = f"{told.name} of {told.object}: {told.value}"
        yield setting, f"{told.object} {told.name}", title, told.value


@directory_kind(
    "directory owner",
    needs=(DirectoryAccount, DirectoryComputer, DirectoryGroup, OrganizationalUnit),
)
def owners(scene: DirectoryScene) -> Iterator[Candidate]:
    """Yield the groups, computers and units that name somebody as their owner."""
    directory = scene.directory
    principals = directory.once(Principals)
    owned: tuple[Seen[Any], ...] = (
        *directory.rows(DirectoryGroup),
        *directory.rows(DirectoryComputer),
        *directory.rows(OrganizationalUnit),
    )
    for row in owned:
        if row.record.managed_by is not None:
            owner = principals.of_dn(row.record.managed_by)
            yield of_row(
                scene,
                row,
                "directory owner",
                name=f"{row.record.id} {owner.id}",
                title=f"{owner.name} is named as the owner of {row.record.name}",
                subject=f"{owner.name}@{directory.dns_name}",
                identifiers=owner.identifiers,
            )
