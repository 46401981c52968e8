"""From an engagement's sources to what would be asked of whom, and how; nothing is contacted."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from socket import gethostname

from msgspec import Struct, structs

from agent.engagement.hosts import Resolved, fleet_of
from agent.engagement.mistakes import nearest, shown
from agent.engagement.model import (
    Engagement,
    GraphSource,
    LdapSecurity,
    LdapSource,
    LocalSource,
    Source,
    SshSource,
)
from collectors.registry import of_source
from collectors.runner import ask_name
from collectors.spec import Collector, GraphGet, SysvolFiles
from collectors.transports.local import has_shell
from collectors.transports.session import Become
from inventory.errors import ConfigError


class Chosen(Struct, frozen=True):
    """What of an engagement is asked this time."""

    only: tuple[str, ...] = ()  # patterns of sources, targets, tags or collectors; empty: all
    quick: bool = False  # leave out what is slow


class Planned(Struct, frozen=True):
    """One target of an engagement before anything is contacted.

    Of an LdapSource there is exactly one, whose `name` is `source.target`, the domain or the first
    server's name: it has no `host` and no `become`, its collectors are those of "ldap", and all
    that is needed to open it stands in `source`. Which dialect the directory speaks is known at
    run time only, so the asks of both are planned. Of a GraphSource there is one as well, its
    tenant, with the collectors of "graph".
    """

    source: Source
    name: str
    collectors: tuple[Collector, ...]
    leave_out: tuple[str, ...]  # names of asks
    become: Become
    host: Resolved | None = None  # None: this machine, a directory, a tenant, a swept network

    @property
    def is_sweep(self) -> bool:
        """Return whether it is a network in which only the SSH port is looked at (discovery)."""
        return self.host is None and isinstance(self.source, SshSource)

    @property
    def is_directory(self) -> bool:
        """Return whether it is a directory, which is asked over LDAP."""
        return isinstance(self.source, LdapSource)

    @property
    def is_tenant(self) -> bool:
        """Return whether it is a tenant, which is asked through Microsoft Graph."""
        return isinstance(self.source, GraphSource)

    @property
    def way(self) -> str:
        """Return how it is reached: `audit@10.0.0.5:22 through jump`."""
        if isinstance(self.source, LdapSource):
            return way_to(self.source)
        if isinstance(self.source, GraphSource):
            where = self.source.cloud or self.source.graph_url
            return f"Microsoft Graph ({where}) {self.source.login}"
        if self.host is None:
            return "who answers on port 22" if self.is_sweep else "here, without a network"
        last = self.host.last
        through = ", ".join(jump.name for jump in self.host.jumps)
        where = f"{last.user}@{last.address}:{last.port}"
        return f"{where} through {through}" if through else where


def way_to(source: LdapSource) -> str:
    """Return how a directory is reached: `ldaps://dc1.corp.example:636 as audit@corp.example`."""
    scheme = "ldaps" if source.security is LdapSecurity.LDAPS else "ldap"
    where = f"{scheme}:// of a server that DNS lists for {source.domain}"
    if source.servers:
        where = ", else ".join(f"{scheme}://{one}" for one in source.servers)
    return f"{where}{_WITH[source.security]} {source.login}"


_WITH = {
    LdapSecurity.LDAPS: "",
    LdapSecurity.STARTTLS: " with StartTLS",
    LdapSecurity.CLEAR: " in clear text",
}


def planned(engagement: Engagement, chosen: Chosen, *, discover: bool) -> tuple[Planned, ...]:
    """Return the targets that may be asked and are chosen. Raises ConfigError for a bad list.

    `discover`: whether an inventory that runs a program may be asked for its hosts.
    """
    everything = tuple(_everything(engagement, chosen, discover=discover))
    subjects = _patterns_of_collectors(everything, chosen.only)
    places = tuple(one for one in chosen.only if one not in subjects)
    _check(everything, places)
    return tuple(
        narrowed
        for one in everything
        if not places or any(_is_meant(one, place) for place in places)
        for narrowed in _narrowed(one, subjects)
    )


def _everything(engagement: Engagement, chosen: Chosen, *, discover: bool) -> Iterator[Planned]:
    for source in engagement.allowed_sources():
        if isinstance(source, LocalSource):
            yield _local(source, chosen)
        elif isinstance(source, LdapSource):
            yield _directory(source, chosen)
        elif isinstance(source, GraphSource):
            yield _tenant(source, chosen)
        else:
            fleet = fleet_of(source, engagement.folder, discover=discover)
            yield from (_remote(source, host, chosen) for host in fleet.hosts)
            yield from (_network(source, network) for network in source.candidates)


def _local(source: LocalSource, chosen: Chosen) -> Planned:
    """Return this machine: the collectors of hosts where it has a shell, else what psutil tells."""
    collectors = of_source("ssh" if has_shell() else "local")
    slow = _slow(collectors, chosen)
    return Planned(source, gethostname() or "this machine", collectors, slow, source.become)


def _remote(source: SshSource, host: Resolved, chosen: Chosen) -> Planned:
    collectors = of_source("ssh")
    return Planned(source, host.name, collectors, _slow(collectors, chosen), host.become, host)


def _directory(source: LdapSource, chosen: Chosen) -> Planned:
    collectors = of_source("ldap")
    left = dict.fromkeys((*_slow(collectors, chosen), *_files(collectors, source)))
    return Planned(source, source.target, collectors, tuple(left), Become.NONE)


def _files(collectors: Iterable[Collector], source: LdapSource) -> Iterator[str]:
    """Yield the asks for files of SYSVOL where the source says that they are not to be read."""
    for one in collectors if not source.sysvol else ():
        yield from (ask_name(one, ask) for ask in one.asks if isinstance(ask, SysvolFiles))


def _tenant(source: GraphSource, chosen: Chosen) -> Planned:
    """Return a tenant: what its source does not want is left out, each with a reading that says so.

    What only a partner's own tenant can tell is no question to any other.
    """
    side = "partner" if source.partner_side else "client"
    collectors = tuple(one for one in of_source("graph") if _is_of(one, ("client", side)))
    left = dict.fromkeys((*_slow(collectors, chosen), *_unwanted(collectors, source)))
    return Planned(source, source.target, collectors, tuple(left), Become.NONE)


def _is_of(collector: Collector, sides: tuple[str, ...]) -> bool:
    return any(isinstance(ask, GraphGet) and ask.side in sides for ask in collector.asks)


def _unwanted(collectors: Iterable[Collector], source: GraphSource) -> Iterator[str]:
    """Yield the asks of profiles that the source leaves out, and those that watch people."""
    for one in collectors:
        for ask in one.asks:
            if isinstance(ask, GraphGet) and (
                ask.profile not in source.profiles or (ask.personal and not source.personal)
            ):
                yield ask_name(one, ask)


def _network(source: SshSource, network: str) -> Planned:
    return Planned(source, network, of_source("sweep"), (), Become.NONE)


def _slow(collectors: Iterable[Collector], chosen: Chosen) -> tuple[str, ...]:
    if not chosen.quick:
        return ()
    return tuple(ask_name(one, ask) for one in collectors for ask in one.asks if ask.deep)


def _patterns_of_collectors(everything: Iterable[Planned], only: Iterable[str]) -> tuple[str, ...]:
    names = {collector.name for one in everything for collector in one.collectors}
    return tuple(one for one in only if any(fnmatchcase(name, one) for name in names))


def _narrowed(one: Planned, subjects: tuple[str, ...]) -> Iterator[Planned]:
    """Yield the target when any of its collectors is meant; what the others ask is left out.

    They stay collectors of the target: each has a reading that says that it was not asked.
    """
    if not subjects:
        yield one
        return
    meant = {c.name for c in one.collectors if any(fnmatchcase(c.name, s) for s in subjects)}
    if meant:
        others = (c for c in one.collectors if c.name not in meant)
        left = (ask_name(other, ask) for other in others for ask in other.asks)
        yield structs.replace(one, leave_out=tuple(dict.fromkeys((*one.leave_out, *left))))


def _is_meant(one: Planned, place: str) -> bool:
    return any(fnmatchcase(name, place) for name in _names(one))


def _names(one: Planned) -> tuple[str, ...]:
    host = one.host
    return (one.source.name, one.name, *((*host.also, *host.tags) if host else ()))


def _check(everything: tuple[Planned, ...], places: Iterable[str]) -> None:
    """Raise ConfigError for a word that means nothing."""
    for place in places:
        if not any(_is_meant(one, place) for one in everything):
            known = {name for one in everything for name in _names(one)}
            known |= {collector.name for one in everything for collector in one.collectors}
            raise ConfigError(f"--only {shown(place)} means nothing here: {nearest(place, known)}")
