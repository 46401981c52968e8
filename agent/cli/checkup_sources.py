"""Whether the sources of an engagement name what could be logged in to; nobody logs in."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from agent.cli.checkup_directory import directory
from agent.cli.checkup_secrets import secret, unusable
from agent.cli.checkup_words import BAD, FINE, NOTE, Check
from agent.cli.gaps import named
from agent.engagement.hosts import Resolved, fleet_of, known_hosts_of
from agent.engagement.model import Engagement, GraphSource, LdapSource, LocalSource, SshSource
from collectors.transports.known_hosts import HostKeys
from inventory.errors import ConfigError


def sources(found: Engagement, *, contact: bool = False) -> Iterator[Check]:
    """Yield for each source how many hosts it names, and what stands in the way of a login.

    No program is run to know the hosts. `contact`: whether directories may be connected to.
    """
    if not found.sources:
        yield Check("sources", NOTE, "none: nothing is asked until handover.yaml names one")
    for source in found.sources:
        if isinstance(source, LocalSource):
            yield Check(f"source {source.name}", FINE, "this machine")
        elif isinstance(source, LdapSource):
            yield from directory(source, contact=contact)
        elif isinstance(source, GraphSource):
            says = f"the tenant {source.target} {source.login}; the login was not tried"
            yield Check(f"source {source.name}", NOTE, says)
        else:
            yield from _fleet(source, found.folder)


def _fleet(source: SshSource, folder: Path) -> Iterator[Check]:
    what = f"source {source.name}"
    try:
        fleet = fleet_of(source, folder, discover=False)
    except ConfigError as err:
        yield Check(what, BAD, str(err).replace("\n", "; "))
        return
    yield from (Check(what, NOTE, warning) for warning in fleet.warnings)
    asked = [host for host in fleet.hosts if not host.not_asked]
    left = len(fleet.hosts) - len(asked)
    rest = f", {left} more cannot be asked over SSH" if left else ""
    yield Check(what, FINE if asked else NOTE, f"{len(asked)} hosts{rest}")
    yield from _host_keys(what, source, asked)
    yield from _credentials(what, asked)


def _host_keys(what: str, source: SshSource, hosts: Sequence[Resolved]) -> Iterator[Check]:
    """Yield the hosts whose key nobody pinned: they are refused."""
    pinned = HostKeys(known_hosts_of(source, hosts))
    unknown = [
        station.name
        for host in hosts
        for station in host.stations
        if not pinned.of(station.host_key_alias or station.address, station.port)
    ]
    if unknown:
        says = f"no host key is known of {named(unknown)}: they are refused until one is"
        yield Check(what, NOTE, f"{says} (known_hosts)")


def _credentials(what: str, hosts: Sequence[Resolved]) -> Iterator[Check]:
    stations = [station for host in hosts for station in host.stations]
    for key in dict.fromkeys(station.key for station in stations if station.key):
        if says := unusable(key):
            yield Check(what, BAD, f"key {key} {says}")
    refs = (
        ref for one in stations for ref in (one.password, one.passphrase, one.key_secret) if ref
    )
    for ref in dict.fromkeys(refs):
        yield from secret(what, ref)
