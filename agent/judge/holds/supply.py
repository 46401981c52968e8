"""What the hosts live on: names, time, packages, images, backups, certificates, web targets."""

from collections.abc import Iterator

from agent.judge.holds.kind import Candidate, Scene, hold_kind, of_row
from inventory.model.host import Filesystem
from inventory.model.network import Resolver
from inventory.model.operation import BackupJob, TimeSync
from inventory.model.record import Identifier, Mark
from inventory.model.software import (
    Certificate,
    CertificateAccount,
    Container,
    Repository,
    WebSite,
)


@hold_kind("resolver", needs=(Resolver,))
def resolvers(scene: Scene) -> Iterator[Candidate]:
    """Yield name servers, search domains, and names that the hosts file sets."""
    for row in scene.host.rows(Resolver):
        one = row.record
        says = {"nameserver": "names are asked of", "search": "names are looked up below"}
        shown = f"{one.value} as {one.address}" if one.address else one.value
        yield of_row(
            scene,
            row,
            "resolver",
            name=f"{one.type} {one.value} {one.address or ''} {one.file}",
            title=f"{says.get(one.type, 'the hosts file sets')} {shown}",
            subject=one.address or one.value,
        )


@hold_kind("time server", needs=(TimeSync,))
def time_servers(scene: Scene) -> Iterator[Candidate]:
    """Yield the servers that the clock follows."""
    for row in scene.host.rows(TimeSync):
        for server in row.record.servers:
            yield of_row(
                scene,
                row,
                "time server",
                name=f"{row.record.program} {server}",
                title=f"time comes from {server} ({row.record.program})",
                subject=server,
                identifiers=(Identifier(Mark.SERVER, server),),
            )


@hold_kind("repository", needs=(Repository,))
def repositories(scene: Scene) -> Iterator[Candidate]:
    """Yield the places that packages come from."""
    for row in scene.host.rows(Repository):
        one = row.record
        name = f"{one.url} {one.suite} {one.file}"
        title = f"packages come from {one.url} ({one.file})"
        yield of_row(scene, row, "repository", name=name, title=title, subject=one.url)


@hold_kind("container image", needs=(Container,))
def container_images(scene: Scene) -> Iterator[Candidate]:
    """Yield the containers whose image comes from a named registry."""
    for row in scene.host.rows(Container):
        one = row.record
        name = f"{one.engine} {one.name}"
        title = f"container {one.name} runs {one.image}"
        subject = one.image.split("/")[0] if tuple(one.identifiers()) else one.image
        yield of_row(scene, row, "container image", name=name, title=title, subject=subject)


@hold_kind("backup destination", needs=(BackupJob,))
def backup_destinations(scene: Scene) -> Iterator[Candidate]:
    """Yield the places that backups go to."""
    for row in scene.host.rows(BackupJob):
        one = row.record
        where = one.destination or "an unstated place"
        yield of_row(
            scene,
            row,
            "backup destination",
            name=f"{one.product} {one.destination} {one.place}",
            title=f"{one.product} backs up to {where} ({one.place})",
            subject=one.destination or one.product,
            slot=f"backup {one.place}",
        )


@hold_kind("network mount", needs=(Filesystem,))
def network_mounts(scene: Scene) -> Iterator[Candidate]:
    """Yield the directories that lie on another machine."""
    for row in scene.host.rows(Filesystem):
        one = row.record
        if one.is_network:
            yield of_row(
                scene,
                row,
                "network mount",
                name=f"{one.mountpoint} {one.device}",
                title=f"{one.mountpoint} lies on {one.device} ({one.type})",
                subject=one.device,
                slot=f"mount {one.mountpoint}",
            )


@hold_kind("certificate", needs=(Certificate,))
def certificates(scene: Scene) -> Iterator[Candidate]:
    """Yield the certificates, which may stand for a party's names."""
    for row in scene.host.rows(Certificate):
        one = row.record
        yield of_row(
            scene,
            row,
            "certificate",
            name=f"{one.place} {' '.join(one.names) or one.subject}",
            title=f"certificate for {', '.join(one.names[:3]) or one.subject} ({one.place})",
            subject=one.names[0] if one.names else one.subject,
            detail=f"until {one.not_after}",
        )


@hold_kind("certificate account", needs=(CertificateAccount,))
def certificate_accounts(scene: Scene) -> Iterator[Candidate]:
    """Yield the accounts with certificate authorities, and who gets their warnings."""
    for row in scene.host.rows(CertificateAccount):
        one = row.record
        whom = f"tells {one.contact}" if one.contact else "without a contact"
        yield of_row(
            scene,
            row,
            "certificate account",
            name=f"{one.client} {one.server} {one.contact}",
            title=f"account with {one.server} ({one.client}), {whom}",
            subject=one.contact or one.server,
            slot=f"ca {one.client} {one.server}",
        )


@hold_kind("web target", needs=(WebSite,))
def web_targets(scene: Scene) -> Iterator[Candidate]:
    """Yield the sites that are served, and where requests are passed to."""
    for row in scene.host.rows(WebSite):
        one = row.record
        onward = f" passes to {one.target}" if one.target else ""
        yield of_row(
            scene,
            row,
            "web target",
            name=f"{one.server} {one.name} {one.file}",
            title=f"site {one.name}{onward} ({one.server})",
            subject=one.name,
        )
