"""From which audited directories a host takes accounts, and who of them is who on that host."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct

from agent.judge.directory.directories import Directories, Directory, is_of_a_directory
from agent.judge.directory.membership import NEEDS as MEMBERSHIP
from agent.judge.directory.membership import Membership
from agent.judge.hosts import Host
from inventory.model.account import Group
from inventory.model.directory import Domain, Trust
from inventory.model.directory_accounts import (
    DirectoryAccount,
    DirectoryGroup,
    Netgroup,
)
from inventory.model.evidence import Gap, Why
from inventory.model.host import DomainJoin
from inventory.model.record import Record
from inventory.model.truth import Truth
from inventory.snapshot import Blank, Seen

NEEDS: tuple[type[Record], ...] = (Domain, Trust, *MEMBERSHIP)  # who could be who on a host
_REALM_ONLY = "krb5"  # a default realm proposes a join, and proves none
_NO_GID = -2  # of a group that has no number in the directory


class Join(Struct, frozen=True):
    """One domain that a host takes accounts from, and the directory that it is, when audited."""

    row: Seen[DomainJoin]
    directory: Directory | None

    @property
    def proves(self) -> bool:
        """Return whether it is a join, not only a default realm."""
        return self.row.record.by != _REALM_ONLY


class Names:
    """The accounts and groups of one directory by the names that hosts write, without case."""

    def __init__(self, directory: Directory) -> None:
        """Index them; `directory.once(Names)` does it a single time."""
        self.domains = {name for name in directory.called if "=" not in name}  # without base DNs
        self._accounts: dict[str, list[Seen[DirectoryAccount]]] = defaultdict(list)
        self._groups: dict[str, list[Seen[DirectoryGroup]]] = defaultdict(list)
        self.by_id = {row.record.id: row for row in directory.rows(DirectoryGroup)}
        for row in directory.rows(DirectoryAccount):
            if row.record.type != "contact":
                for name in _of_account(row.record):
                    self._accounts[name].append(row)
        for group in self.by_id.values():
            for name in _of_group(group.record):
                self._groups[name].append(group)

    def accounts(self, name: str) -> tuple[Seen[DirectoryAccount], ...]:
        """Return the accounts that a name means: with a domain or without, or `#1001`."""
        return tuple(self._accounts.get(self.short(name) or "", ()))

    def groups(self, name: str) -> tuple[Seen[DirectoryGroup], ...]:
        """Return the groups that a name means, written as sudoers does after its `%`."""
        return tuple(self._groups.get(self.short(name) or "", ()))

    def short(self, name: str) -> str | None:
        """Return a name without its domain, in lower case; None: it is of another domain."""
        folded = name.casefold()
        if "\\" in folded:
            domain, _, bare = folded.rpartition("\\")
        else:
            bare, at, domain = folded.rpartition("@")
            bare, domain = (bare, domain) if at else (folded, "")
        return bare if not domain or domain in self.domains else None

    def spelled(self, name: str) -> Iterator[str]:
        """Yield a name as hosts may write it."""
        yield from dict.fromkeys((name, name.casefold()))
        for domain in sorted(self.domains):
            yield f"{name.casefold()}@{domain}"
            yield f"{domain}\\{name.casefold()}"


def _of_account(one: DirectoryAccount) -> Iterator[str]:
    yield one.name.casefold()
    if one.uid_number is not None:
        yield f"#{one.uid_number}"


def _of_group(one: DirectoryGroup) -> Iterator[str]:
    yield one.name.casefold()
    if one.gid_number is not None:
        yield f"#{one.gid_number}"


class Joined:
    """The directories of one host: `host.once(Joined)`."""

    def __init__(self, host: Host) -> None:
        """Take the host; which directories were audited its fleet knows."""
        self._host = host
        directories = host.fleet.once(Directories)
        self.joins = tuple(
            Join(row, directories.of_domain(row.record.domain, row.record.servers))
            for row in host.rows(DomainJoin)
        )
        found = {join.directory.name: join.directory for join in self.joins if join.directory}
        self.directories: tuple[Directory, ...] = tuple(found.values())

    @cached_property
    def is_known(self) -> bool:
        """Return whether all accounts and groups that the host may know were read.

        Not so: a domain that nobody audited, one not read whole, and one that trusts another.
        """
        whole = self._host.is_whole(DomainJoin)
        audited = all(join.directory is not None and not join.row.carried for join in self.joins)
        return whole and audited and all(map(_is_closed_world, self.directories))

    def accounts(self, name: str) -> tuple[tuple[Directory, Seen[DirectoryAccount]], ...]:
        """Return the accounts of directories that a name means on the host."""
        return tuple(
            (one, row) for one in self.directories for row in one.once(Names).accounts(name)
        )

    def groups_of(self, name: str) -> dict[str, Seen[Group]]:
        """Return the groups of a directory's account, by every name that hosts write for them.

        A local group of the same name comes before the directory's (nsswitch.conf(5): files sss).
        """
        own = self._host.once(_local_groups)
        found: dict[str, Seen[Group]] = {}
        for directory, account in self.accounts(name):
            names = directory.once(Names)
            for group_id in directory.once(Membership).groups_of(account.record.id):
                row = names.by_id[group_id]
                gid = _NO_GID if row.record.gid_number is None else row.record.gid_number
                for spelled in names.spelled(row.record.name):
                    if spelled not in own:
                        local = Group(name=spelled, gid=gid)
                        old = row.carried or account.carried
                        found.setdefault(spelled, Seen(local, row.evidence, old))
        return found

    def in_netgroup(self, name: str, *, user: str = "", host: str = "") -> Truth:
        """Tell whether a netgroup names a user, or a host; never NO, since files may add to it."""
        wanted, seen = [name], {name}
        while wanted:
            for row in self._netgroups.get(wanted.pop(), ()):
                if not row.carried and any(_names(one, user, host) for one in row.record.triples):
                    return Truth.YES
                new = [one for one in row.record.members if one not in seen]
                seen.update(new)
                wanted.extend(new)
        return Truth.UNKNOWN

    @cached_property
    def _netgroups(self) -> dict[str, list[Seen[Netgroup]]]:
        found: dict[str, list[Seen[Netgroup]]] = defaultdict(list)
        for directory in self.directories:
            for row in directory.rows(Netgroup):
                found[row.record.name].append(row)
        return found

    def blanks(self, kinds: Iterable[type[Record]]) -> tuple[Blank, ...]:
        """Return what could hide records of the host's directories: gaps, and those not audited."""
        wanted = [kind for kind in kinds if is_of_a_directory(kind.__name__)]
        if not wanted:
            return ()
        unread = (blank for one in self.directories for blank in one.blanks(*wanted))
        missing = (_missing(join) for join in self.joins if not join.directory and join.proves)
        return tuple(dict.fromkeys((*unread, *missing)))


def _names(triple: str, user: str, host: str) -> bool:
    """Return whether `(host,user,domain)` means one; an empty field means everybody."""
    fields = [field.strip().casefold() for field in triple.strip("() \t").split(",")]
    if len(fields) != 3:
        return False
    told, wanted = (fields[1], user) if user else (fields[0], host)
    return told in ("", wanted.casefold())


def _is_closed_world(directory: Directory) -> bool:
    """Return whether a directory was read whole and lets no accounts of another in."""
    if not directory.is_whole(*NEEDS):
        return False
    return directory.read(Trust).any(lambda trust: trust.direction in ("out", "both")) is Truth.NO


def _local_groups(host: Host) -> frozenset[str]:
    return frozenset(row.record.name for row in host.rows(Group))


def _missing(join: Join) -> Blank:
    domain = join.row.record.domain.casefold()
    detail = f"hosts take accounts from the directory {domain}, and no source asks it"
    return Blank("", domain, "", Gap(Why.NOT_ASKED, detail=detail, cure="source"))


def unaudited(hosts: Iterable[Host]) -> tuple[Blank, ...]:
    """Return a gap for each directory that hosts are joined to and that nobody audited."""
    missing = (
        _missing(join)
        for host in hosts
        for join in host.once(Joined).joins
        if join.directory is None and join.proves
    )
    return tuple(dict.fromkeys(missing))


def blanks(host: Host, kinds: Iterable[type[Record]]) -> tuple[Blank, ...]:
    """Return what could hide records of a host, or of the directories it takes accounts from.

    Of a directory itself all kinds are its own.
    """
    wanted = tuple(kinds)
    if isinstance(host, Directory):
        return host.blanks(*wanted)
    own = [kind for kind in wanted if not is_of_a_directory(kind.__name__)]
    joined = host.once(Joined).blanks(wanted) if len(own) < len(wanted) else ()
    return tuple(dict.fromkeys((*host.blanks(*own), *joined)))
