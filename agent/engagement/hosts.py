"""All hosts of a source, merged from its lists, each with everything that a login needs.

What `hosts:` says of a host comes first, then the CSV, the Ansible inventory and the ssh_config.
Who logs in and with what is an exception: the source's own `user`, `key` and `password` come before
an Ansible inventory and an ssh_config, which were written for other work than this audit. At jump
hosts that no list of hosts names they come last.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from msgspec import Struct, structs

from agent.engagement import checks
from agent.engagement.ansible_files import is_static
from agent.engagement.ansible_hosts import ansible_entries
from agent.engagement.csv_list import csv_entries
from agent.engagement.mistakes import Mistakes, Place, shown
from agent.engagement.model import Become, Entry, SshSource
from agent.engagement.secrets import SecretRef
from agent.engagement.ssh_config import (
    SshConfig,
    exec_conditions,
    local_user,
    read_ssh_config,
    usable_names,
)
from agent.engagement.ssh_hosts import entry_of

RANKS = ("hosts", "csv", "login", "ansible", "ssh_config", "defaults")
HOP_RANKS = ("hosts", "csv", "ssh_config", "ansible", "login")
PORT = 22
FORGES = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "ssh.dev.azure.com")
OWN_CONFIG = Path("~/.ssh/config")
EVERYWHERE = (Path("~/.ssh/known_hosts"), Path("/etc/ssh/ssh_known_hosts"))
T = TypeVar("T")


class Station(Struct, frozen=True):
    """One machine to log in to: a jump host, or the host itself."""

    name: str
    address: str
    port: int
    user: str
    key: Path | None = None
    key_secret: SecretRef | None = None  # where the private key's own text lies
    password: SecretRef | None = None
    passphrase: SecretRef | None = None
    host_key_alias: str | None = None  # name in known_hosts; None: the address

    @property
    def authority(self) -> str:
        """Return whose accounts a wrong password could lock; empty for a key, which locks none."""
        return f"{self.user} with {self.password}" if self.password is not None else ""


class Resolved(Struct, frozen=True):
    """One host of a source, with everything that a login needs and the lists that name it."""

    stations: tuple[Station, ...]  # the jump hosts in their order, then the host itself
    become: Become
    tags: tuple[str, ...]
    listed: tuple[Place, ...]
    via: tuple[str, ...]  # "hosts", "csv", "ansible", "ssh_config": which lists name it
    known_hosts: tuple[Path, ...]
    also: tuple[str, ...] = ()  # other names of the same address
    needs_openssh: bool = False  # reached by a ProxyCommand, which only ssh itself runs
    not_asked: str = ""  # why it cannot be asked over SSH; empty: it can

    @property
    def name(self) -> str:
        """Return the name by which the engagement knows the host."""
        return self.stations[-1].name

    @property
    def last(self) -> Station:
        """Return the host itself."""
        return self.stations[-1]

    @property
    def jumps(self) -> tuple[Station, ...]:
        """Return the jump hosts in their order."""
        return self.stations[:-1]


class Fleet(Struct, frozen=True):
    """The hosts of one source, and what a person should know of their lists."""

    hosts: tuple[Resolved, ...]
    warnings: tuple[str, ...] = ()


def fleet_of(source: SshSource, folder: Path, *, discover: bool = True) -> Fleet:
    """Return the hosts of a source, each once. Raises ConfigError with all mistakes of its lists.

    `discover`: whether an inventory that runs a program or plugin may be asked; without it, its
    hosts are left out, and a warning says so.
    """
    mistakes, warnings = Mistakes(), []
    source = _with_files(source, mistakes)
    lists = _Lists(source, mistakes)
    lists.enter(source.hosts)
    if source.csv is not None:
        lists.enter(csv_entries(source.csv, mistakes))
    if source.ansible is not None and (discover or is_static(source.ansible)):
        lists.enter(ansible_entries(source.ansible, folder, mistakes))
    elif source.ansible is not None:
        warnings.append(f"{source.ansible} runs a program to know its hosts: not run here")
    lists.enter(lists.configured())
    hosts = tuple(_once(map(lists.resolved, lists.names())))
    warnings.extend(exec_conditions(lists.config) if lists.config is not None else ())
    mistakes.settle()
    return Fleet(hosts, tuple(warnings))


def _with_files(source: SshSource, mistakes: Mistakes) -> SshSource:
    """Return the source without the lists that are not there; each is noted at its line."""
    use = source.ssh_config
    config = (use.path or OWN_CONFIG.expanduser()) if use else None
    for key, path in (("csv", source.csv), ("ansible", source.ansible), ("ssh_config", config)):
        if path is not None and not os.path.lexists(path):
            text = f"{key}: {path} does not exist: correct the path, or take it out of the source"
            mistakes.add(source.at, text)
            source = structs.replace(source, **{key: None})
    return source


def known_hosts_of(source: SshSource, hosts: Iterable[Resolved]) -> tuple[Path, ...]:
    """Return the files of pinned host keys: the source's own, or those of the user's ssh."""
    if source.known_hosts is not None:
        return (source.known_hosts,)
    said = (path for host in hosts for path in host.known_hosts)
    return tuple(dict.fromkeys((*said, *(path.expanduser() for path in EVERYWHERE))))


class _Lists:
    """What each list of a source says of each name."""

    def __init__(self, source: SshSource, mistakes: Mistakes) -> None:
        self._source, self._mistakes = source, mistakes
        self._entries: dict[str, list[Entry]] = {}
        use = source.ssh_config
        self.config: SshConfig | None = read_ssh_config(use.path, mistakes) if use else None
        self._defaults = _defaults(source)

    def names(self) -> tuple[str, ...]:
        """Return the names of the hosts, in the order in which the lists say them."""
        return tuple(entries[0].name for entries in self._entries.values())

    def enter(self, entries: Iterable[Entry]) -> None:
        """Take the hosts of one list."""
        for entry in entries:
            self._entries.setdefault(entry.name.lower(), []).append(entry)

    def configured(self) -> Iterator[Entry]:
        """Yield the hosts that the source takes from its ssh_config."""
        config, use = self.config, self._source.ssh_config
        if config is None or use is None:
            return
        if use.names is None:
            for name, place in usable_names(config, self._mistakes):
                yield entry_of(config, name, place, self._mistakes)
            return
        places = config.names()
        for name in use.names:
            if config.is_named(name):
                place = places.get(name, self._source.at)
                yield entry_of(config, name, place, self._mistakes)
            else:
                self._mistakes.add(self._source.at, f"{config.file} has no Host {shown(name)}")

    def resolved(self, name: str) -> Resolved:
        """Return one host with all that its lists and the defaults say of it."""
        said, lists = self._said(name), self._entries[name.lower()]
        return Resolved(
            stations=(*self._jumps(name, said), self._station(name, said)),
            become=_first(entry.become for entry in said) or Become.NONE,
            tags=tuple(dict.fromkeys(tag for entry in said for tag in entry.tags)),
            listed=tuple(entry.at for entry in lists),
            via=tuple(dict.fromkeys(entry.via for entry in lists)),
            known_hosts=tuple(dict.fromkeys(path for entry in said for path in entry.known_hosts)),
            needs_openssh=_way(said).needs_openssh,
            not_asked=_not_asked(
                name, said, is_listed=any(entry.via != "ssh_config" for entry in lists)
            ),
        )

    def _said(self, name: str, ranks: Sequence[str] = RANKS) -> Sequence[Entry]:
        """Return what is said of a name, the list that comes first at the front."""
        found = [*self._entries.get(name.lower(), ()), *self._defaults]
        if self.config is not None and all(entry.via != "ssh_config" for entry in found):
            alias = name if self.config.is_named(name) else _address(found) or name
            found.append(entry_of(self.config, alias, self._source.at, self._mistakes))
        ranked = (entry for entry in found if entry.via in ranks)
        return sorted(ranked, key=lambda entry: ranks.index(entry.via))

    def _is_fleet(self, name: str) -> bool:
        """Tell whether a list of hosts names it: then it is logged in to as when it is read."""
        return any(entry.via != "ssh_config" for entry in self._entries.get(name.lower(), ()))

    def _station(
        self, name: str, said: Sequence[Entry], *, user: str | None = None, port: int | None = None
    ) -> Station:
        user = user or _first(entry.user for entry in said) or local_user()
        if not user:
            place = said[0].at
            self._mistakes.add(place, f"nobody is named to log in to {shown(name)}: set user")
        login, passphrase = _login(said)
        return Station(
            name=name,
            address=_address(said) or name,
            port=port or _first(entry.port for entry in said) or PORT,
            user=user,
            key=login.key,
            key_secret=login.key_secret,
            password=login.password,
            passphrase=passphrase,
            host_key_alias=_first(entry.host_key_alias for entry in said),
        )

    def _jumps(self, name: str, said: Sequence[Entry]) -> tuple[Station, ...]:
        """Return the way to a host; one that is a jump host of its own list is reached directly."""
        way = _way(said)
        hops = way.jump or ()
        names = {name.lower(), (_address(said) or name).lower()}
        if way.via != "hosts" and names & {checks.split_hop(hop)[1].lower() for hop in hops}:
            return ()
        return tuple(self._hops(hops, (name.lower(),), way.at))

    def _hops(self, hops: Sequence[str], seen: tuple[str, ...], place: Place) -> Iterator[Station]:
        """Yield jump hosts; the way to the first of them comes before it, as ssh itself goes."""
        for number, hop in enumerate(hops):
            user, name, port = checks.split_hop(hop)
            if name.lower() in seen:
                self._mistakes.add(place, f"the way through {shown(name)} leads back to itself")
                return
            said = self._said(name) if self._is_fleet(name) else self._said(name, HOP_RANKS)
            first = _way(said)
            if not number and first.via != "defaults" and first.jump:
                yield from self._hops(first.jump, (*seen, name.lower()), first.at)
            yield self._station(name, said, user=user, port=port)


def _defaults(source: SshSource) -> tuple[Entry, Entry]:
    """Return the source's own words as two entries: who logs in, and the rest."""
    said = source.defaults
    login = Entry(
        "",
        source.at,
        "login",
        user=said.user,
        key=said.key,
        key_secret=said.key_secret,
        password=said.password,
        passphrase=said.passphrase,
    )
    rest = Entry("", source.at, "defaults", port=said.port, jump=said.jump, become=said.become)
    return login, rest


def _first(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)


def _address(said: Iterable[Entry]) -> str | None:
    return _first(entry.address for entry in said)


def _way(said: Sequence[Entry]) -> Entry:
    """Return the entry that says how the host is reached."""
    return next((one for one in said if one.jump is not None or one.needs_openssh), said[-1])


def _login(said: Sequence[Entry]) -> tuple[Entry, SecretRef | None]:
    """Return the entry with the one credential, and the passphrase that is said no later."""
    for number, entry in enumerate(said):
        if entry.key or entry.key_secret or entry.password:
            passphrase = _first(one.passphrase for one in said[: number + 1])
            return entry, None if entry.password else passphrase
    return said[-1], None


def _not_asked(name: str, said: Sequence[Entry], *, is_listed: bool) -> str:
    if not is_listed and (_address(said) or name).lower() in FORGES:
        return "a code forge of the ssh_config, which gives no shell"
    address = next((number for number, one in enumerate(said) if one.address), len(said))
    return next((one.not_asked for one in said[: address + 1] if one.not_asked), "")


def _once(hosts: Iterable[Resolved]) -> Iterator[Resolved]:
    """Yield each address once, under the name that comes first."""
    found: dict[object, Resolved] = {}
    for host in hosts:
        way = tuple((one.address.lower(), one.port) for one in host.stations)
        key = host.name if host.not_asked or host.needs_openssh else way
        first = found.setdefault(key, host)
        if first is not host:
            found[key] = structs.replace(
                first,
                also=(*first.also, host.name),
                tags=tuple(dict.fromkeys(first.tags + host.tags)),
                listed=first.listed + host.listed,
                via=tuple(dict.fromkeys(first.via + host.via)),
            )
    yield from found.values()
