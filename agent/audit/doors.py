"""The ways to ask: a shell here, SSH through paramiko or the system's client, LDAP, Graph."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from msgspec import structs

from agent.audit.pages import Pages
from agent.audit.sources import Planned
from agent.audit.targets import Ask, Opened, Target
from agent.engagement.hosts import Station, known_hosts_of
from agent.engagement.model import GraphSource, LdapSecurity, LdapSource, SshSource, SshTransport
from agent.engagement.secrets import Kind, SecretRef, Secrets
from collectors.entries import Entries
from collectors.registry import of_source
from collectors.spec import Collector, LdapSearch, SysvolFiles
from collectors.transports.guard import LockoutGuard
from collectors.transports.hops import Hop, Login, Timeouts
from collectors.transports.known_hosts import HostKeys
from collectors.transports.ldap_place import LdapLimits, LdapLogin, LdapPlace, Security
from collectors.transports.local import ask_psutil, ask_shell, has_shell
from collectors.transports.script import HostAsk, host_asks
from collectors.transports.session import Become, Limits, Told, interview
from collectors.transports.sweep import sweep
from collectors.transports.wire import Wire
from inventory.errors import ConfigError, Denied
from inventory.model.evidence import Gap, Why

if TYPE_CHECKING:
    from collectors.transports.ldap import LdapDoor

DEFAULT_KEYS = ("id_ed25519", "id_ecdsa", "id_rsa")  # of ~/.ssh, where nothing else is said


class Door(Protocol):
    """A way to open shells on hosts: paramiko's, or the system's own client."""

    def wire(self, hops: Sequence[Hop]) -> Wire:
        """Return a wire to a shell on the last hop."""
        ...

    def close(self) -> None:
        """Close what is kept open for several hosts."""
        ...


class Doors:
    """The doors of one audit: one a source and client, opened when they are needed first."""

    def __init__(
        self, plan: Sequence[Planned], secrets: Secrets, pages: Pages | None = None
    ) -> None:
        """Take what is planned, the secrets of the run, and where pages of tenants are kept."""
        self._plan, self._secrets, self._pages = plan, secrets, pages
        self._guard = LockoutGuard()
        self._open = ExitStack()
        self._doors: dict[tuple[str, bool], Door] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> "Doors":
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close all doors."""
        self._open.close()

    def targets(self) -> tuple[Target, ...]:
        """Return the targets with the way to ask each of them."""
        return tuple(self._target(one) for one in self._plan)

    def _target(self, one: Planned) -> Target:
        ask = self._ask(one)
        kept = None
        if self._pages and one.is_tenant:
            kept = self._pages.kept(one.source.name, one.name)
        return Target(one.source.name, one.name, one.collectors, ask, one.leave_out, kept)

    def _ask(self, one: Planned) -> Ask:
        if one.is_sweep:
            return lambda collectors, _: Told(sweep(collectors, one.name), as_root=False)
        if isinstance(one.source, LdapSource):
            return self._directory(one.source)
        if isinstance(one.source, GraphSource):
            return self._tenant(one.source)
        return self._local(one) if one.host is None else self._remote(one)

    def _local(self, one: Planned) -> Ask:
        def ask(collectors: Sequence[Collector], leave_out: Sequence[str]) -> Told | Gap:
            if not has_shell():
                return Told(ask_psutil(collectors), as_root=False)
            asks, left = questions(collectors, leave_out, one.become)
            return ask_shell(asks, one.become, Limits(), left)

        return ask

    def _remote(self, one: Planned) -> Ask:
        source, host = one.source, one.host
        assert isinstance(source, SshSource)  # noqa: S101  (only SSH sources have hosts)
        assert host is not None  # noqa: S101  (only those come here)
        if host.not_asked:
            return _never(Gap(Why.NOT_ASKED, detail=host.not_asked, cure="appliance"))
        by_client = source.transport is SshTransport.OPENSSH or host.needs_openssh
        hops = tuple(self._hop(station) for station in host.stations)
        limits = Limits(total_s=source.host_timeout_s)

        def ask(collectors: Sequence[Collector], leave_out: Sequence[str]) -> Told | Gap:
            asks, left = questions(collectors, leave_out, one.become)
            door = self._door(source, by_client=by_client)
            return interview(asks, lambda: door.wire(hops), one.become, limits, left)

        return ask

    def _directory(self, source: LdapSource) -> Ask:
        """Return what opens a directory; whoever reads it closes it, at the latest the doors do."""
        password = self._secret(source.password) if source.password else None

        def ask(_collectors: Sequence[Collector], _leave_out: Sequence[str]) -> Opened | Gap:
            from collectors.transports.ldap import open_directory

            login = LdapLogin(source.user, password, source.kerberos)
            limits = LdapLimits(silence_s=source.timeout_s)
            try:
                door = open_directory(place_of(source), login, self._guard, limits)
            except ConfigError as err:  # a file that is named is not there, or is no certificate
                return Gap(Why.NOT_ASKED, detail=str(err), cure="certificate")
            with self._lock:
                self._open.callback(door.close)
            return _opened_directory(door, place_of(source).name, login, self._guard)

        return ask

    def _tenant(self, source: GraphSource) -> Ask:
        """Return what opens a tenant; pages that an interrupted audit has kept are not asked."""

        def ask(_collectors: Sequence[Collector], _leave_out: Sequence[str]) -> Opened | Gap:
            from agent.audit.tenant_door import graph_limits, graph_login, graph_place
            from collectors.transports.graph import open_tenant

            pages = self._pages.log(source.name, source.target) if self._pages else None
            try:
                login = graph_login(source, self._secret)
                place, limits = graph_place(source), graph_limits(source)
                door = open_tenant(place, login, self._guard, limits, pages)
            except ConfigError as err:  # a file that is named is not there, or is no certificate
                return Gap(Why.NOT_ASKED, detail=str(err), cure="certificate")
            with self._lock:
                self._open.callback(door.close)
            return Opened("", door.rows, door.close)

        return ask

    def prompts(self) -> None:
        """Ask the person for each secret that is to be typed, before anything else is shown."""
        for one in self._plan:
            for ref in _secrets_of(one):
                if ref.kind is Kind.PROMPT:
                    self._secrets.resolve(ref)

    def _door(self, source: SshSource, *, by_client: bool) -> Door:
        with self._lock:
            key = (source.name, by_client)
            if key not in self._doors:
                self._doors[key] = self._opened(source, by_client=by_client)
                self._open.callback(self._doors[key].close)
            return self._doors[key]

    def _opened(self, source: SshSource, *, by_client: bool) -> Door:
        hosts = [one.host for one in self._plan if one.host and one.source is source]
        known = known_hosts_of(source, hosts)
        most_s = source.host_timeout_s  # of one host in all, so of no step more
        usual = Timeouts(connect_s=source.connect_timeout_s)
        timeouts = structs.replace(
            usual,
            handshake_s=min(usual.handshake_s, most_s),
            login_s=min(usual.login_s, most_s),
            send_s=min(usual.send_s, most_s),
        )
        if by_client:
            from collectors.transports.openssh_client import OpensshDoor

            config = source.ssh_config.path if source.ssh_config else None
            return OpensshDoor(known, self._guard, timeouts, config=config)
        from collectors.transports.ssh import SshDoor

        return SshDoor(HostKeys(known), self._guard, timeouts)

    def _hop(self, station: Station) -> Hop:
        return Hop(
            name=station.name,
            address=station.address,
            port=station.port,
            user=station.user,
            login=self._login(station),
            key_alias=station.host_key_alias or "",
        )

    def _login(self, station: Station) -> Login:
        if station.password is not None:
            password = self._secret(station.password)
            return Login(password=password, authority=station.authority)
        passphrase = self._secret(station.passphrase) if station.passphrase else None
        if station.key_secret is not None:
            return Login(key_text=self._secret(station.key_secret), passphrase=passphrase)
        key = station.key or _default_key()
        return Login(key_path=str(key) if key else None, passphrase=passphrase)

    def _secret(self, ref: SecretRef) -> Callable[[], str]:
        """Return what fetches a secret at its use; one that is not there refuses the login."""

        def reveal() -> str:
            try:
                return self._secrets.resolve(ref).reveal()
            except ConfigError as err:
                raise Denied(str(err)) from err

        return reveal


def _opened_directory(door: "LdapDoor", name: str, login: LdapLogin, guard: LockoutGuard) -> Opened:
    """Return a directory that is open; its SYSVOL is asked of the same server, as the same user."""
    from collectors.transports.sysvol import Sysvol, SysvolLimits, SysvolPlace

    server = door.server.rpartition(":")[0].strip("[]")
    place = SysvolPlace(name, server, door.root.dns_domain, door.root.dns_name)
    sysvol = Sysvol(place, login, guard, SysvolLimits())

    def search(ask_name: str, ask: LdapSearch | SysvolFiles) -> Entries:
        if isinstance(ask, SysvolFiles):
            return sysvol.files(ask_name, ask)
        return door.search(ask_name, ask)

    def close() -> None:
        sysvol.close()
        door.close()

    return Opened("ad" if door.root.dialect == "ad" else "posix", search, close)


def _secrets_of(one: Planned) -> Iterator[SecretRef]:
    """Yield where the secrets lie that a target needs."""
    if isinstance(one.source, LdapSource) and one.source.password:
        yield one.source.password
    if isinstance(one.source, GraphSource):
        source = one.source
        for ref in (source.certificate_secret, source.passphrase, source.secret):
            if ref is not None:
                yield ref
    for station in one.host.stations if one.host else ():
        for ref in (station.password, station.passphrase, station.key_secret):
            if ref is not None:
                yield ref


def place_of(source: LdapSource) -> LdapPlace:
    """Return where a directory is, and how to know that it is the right one."""
    return LdapPlace(
        name=source.target,
        servers=tuple((server.host, server.port) for server in source.servers),
        domain=source.domain,
        security=_SECURITY[source.security],
        ca_file=str(source.ca_file) if source.ca_file else None,
        pin=f"sha256:{source.pin}" if source.pin else None,
        server_name=source.server_name or None,
    )


_SECURITY = {
    LdapSecurity.LDAPS: Security.LDAPS,
    LdapSecurity.STARTTLS: Security.STARTTLS,
    LdapSecurity.CLEAR: Security.CLEAR,
}


def questions(
    collectors: Sequence[Collector], leave_out: Sequence[str], become: Become
) -> tuple[list[tuple[str, HostAsk]], tuple[str, ...]]:
    """Return what is asked, and what is left out of it.

    The installed script knows every question, so it is told what to leave out; any other script
    is made of the wanted questions alone.
    """
    left = set(leave_out)
    wanted = [(name, ask) for name, ask in host_asks(collectors) if name not in left]
    if become is not Become.SCRIPT:
        return wanted, ()
    everything = list(host_asks(of_source("ssh")))
    names = {name for name, _ in wanted}
    return everything, tuple(name for name, _ in everything if name not in names)


def _never(gap: Gap) -> Ask:
    return lambda _collectors, _leave_out: gap


def _default_key() -> Path | None:
    paths = (Path("~/.ssh", name).expanduser() for name in DEFAULT_KEYS)
    return next((path for path in paths if path.exists()), None)
