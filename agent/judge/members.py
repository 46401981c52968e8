"""Lists of sudoers(5): who is meant, with aliases, negation and what cannot be told."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from agent.judge import marks
from agent.judge.directory.joins import Joined, Names
from agent.judge.hosts import Host
from agent.judge.rootlike import is_unresolved
from inventory.model.access import SudoAlias
from inventory.model.account import Account, Group
from inventory.model.host import DomainJoin, HostIdentity
from inventory.model.network import Address
from inventory.model.truth import Truth, any_of, known
from inventory.snapshot import Seen

Aliases = Mapping[tuple[str, str], Seen[SudoAlias]]  # by type and name
Test = Callable[[str], Truth]

MOST_DEPTH = 20  # of aliases within aliases
STRANGER = -1  # uid of an account that passwd does not have


def aliases_of(host: Host) -> Aliases:
    """Return the sudo aliases of a host, those of this audit before carried ones."""
    return host.once(_aliases)


def _aliases(host: Host) -> Aliases:
    rows = sorted(host.rows(SudoAlias), key=lambda row: not row.carried)
    return {(row.record.type, row.record.name): row for row in rows}


def groups_of(host: Host, account: Account) -> dict[str, Seen[Group]]:
    """Return the known groups of an account: those that name it, and its primary one.

    A directory's account is in groups of the directory too.
    """
    by_member, by_gid = host.once(_groups)
    rows = (*by_member.get(account.name, ()), *by_gid.get(account.gid, ()))
    local = {row.record.name: row for row in sorted(rows, key=lambda row: not row.carried)}
    elsewhere = host.once(Joined).groups_of(account.name) if account.uid == STRANGER else {}
    return {**elsewhere, **local}


def _groups(host: Host) -> tuple[dict[str, list[Seen[Group]]], dict[int, list[Seen[Group]]]]:
    by_member: dict[str, list[Seen[Group]]] = defaultdict(list)
    by_gid: dict[int, list[Seen[Group]]] = defaultdict(list)
    for row in host.rows(Group):
        by_gid[row.record.gid].append(row)
        for member in dict.fromkeys(row.record.members):
            by_member[member].append(row)
    return dict(by_member), dict(by_gid)


def knows_groups(host: Host, account: Account) -> bool:
    """Return whether all groups of an account are known: a directory's account has more there.

    So has a local one of the same name (getgrouplist(3) asks every source).
    """
    if account.uid == STRANGER:
        return host.is_whole(Group) and knows_strangers(host)
    return host.is_whole(Group) and not host.once(Joined).accounts(account.name)


def knows_strangers(host: Host) -> bool:
    """Return whether it is known who may have an account that passwd does not list.

    So it is on a host that takes accounts from no directory, or only from those read whole.
    """
    return host.is_whole(DomainJoin) and host.once(Joined).is_known


def meant(
    items: Iterable[str], is_one: Test, *, of: str, aliases: Aliases, depth: int = 0
) -> Truth:
    """Tell whether a list means what `is_one` tests; the last item that matches decides.

    An alias that only an earlier audit saw may mean anything now.
    """
    result = Truth.NO
    for item in items:
        name = item.removeprefix("!")
        says = known(not item.startswith("!"))
        alias = aliases.get((of, name))
        if alias is None:
            hit = is_one(name)
        elif depth < MOST_DEPTH and not alias.carried:
            hit = meant(alias.record.members, is_one, of=of, aliases=aliases, depth=depth + 1)
        else:
            hit = Truth.UNKNOWN
        if hit is Truth.YES:
            result = says
        elif hit is Truth.UNKNOWN and result is not says:
            result = Truth.UNKNOWN
    return result


def expanded(items: Iterable[str], *, of: str, aliases: Aliases, depth: int = 0) -> Iterator[str]:
    """Yield the items with aliases replaced; a negated alias negates its members."""
    for item in items:
        alias = aliases.get((of, item.removeprefix("!")))
        if alias is None or depth >= MOST_DEPTH:
            yield item
            continue
        sign = "!" if item.startswith("!") else ""
        for member in expanded(alias.record.members, of=of, aliases=aliases, depth=depth + 1):
            yield member.removeprefix("!") if sign and member.startswith("!") else sign + member


def rests_on_carried(items: Iterable[str], *, of: str, aliases: Aliases, depth: int = 0) -> bool:
    """Return whether a list names an alias that only an earlier audit saw."""
    for item in items:
        alias = aliases.get((of, item.removeprefix("!")))
        if alias is None or depth >= MOST_DEPTH:
            continue
        if alias.carried or rests_on_carried(
            alias.record.members, of=of, aliases=aliases, depth=depth + 1
        ):
            return True
    return False


def is_user(host: Host, account: Account) -> Test:
    """Return the test of a User_List's item against an account."""
    groups = groups_of(host, account)
    elsewhere = Truth.NO if knows_groups(host, account) else Truth.UNKNOWN
    unread = Truth.NO if host.is_whole(SudoAlias) else Truth.UNKNOWN
    fresh = {name for name, row in groups.items() if not row.carried}
    ids = {f"#{groups[name].record.gid}" for name in fresh} | {f"#{account.gid}"}
    carried = {key for n in groups.keys() - fresh for key in (n, f"#{groups[n].record.gid}")}
    mine = _own_names(host, account)
    folds = account.uid == STRANGER  # directories compare names without case

    def test(name: str) -> Truth:
        if name == "ALL" or name in mine or (folds and name.casefold() in mine):
            return Truth.YES
        if name.startswith("+"):
            return host.once(Joined).in_netgroup(name[1:], user=account.name)
        if name.startswith("%:") and not (folds and host.once(Joined).directories):
            return Truth.UNKNOWN  # a group of a directory
        if name.startswith("%"):
            group = name[1:].removeprefix(":")
            if group in fresh or group in ids or (folds and group.casefold() in fresh):
                return Truth.YES
            return Truth.UNKNOWN if group in carried else elsewhere
        return unread if is_unresolved(name) else Truth.NO

    return test


def _own_names(host: Host, account: Account) -> frozenset[str]:
    """Return how lists write an account; a directory's account with its domain too."""
    own = {account.name, f"#{account.uid}"}
    if account.uid == STRANGER:
        for directory, row in host.once(Joined).accounts(account.name):
            own.update(directory.once(Names).spelled(row.record.name))
            own.add(f"#{row.record.uid_number}")
    return frozenset(own)


def is_host(host: Host) -> Test:
    """Return the test of a Host_List's item against the host's names and addresses.

    The name under which it is audited is only a hint: sudo goes by what the host calls itself.
    """
    rows = host.rows(HostIdentity)
    names = {name for row in rows if not row.carried for name in _names(row.record)}
    is_known = bool(names) and host.is_whole(HostIdentity)
    hints = {name for row in rows if row.carried for name in _names(row.record)}
    hints |= set() if is_known else set(_with_short(host.name))
    joined, unsure = host.once(Joined), Truth.UNKNOWN  # a netgroup may stand in files too

    def test(name: str) -> Truth:
        pattern = name.casefold()
        if name == "ALL" or any(fnmatchcase(one, pattern) for one in names):
            return Truth.YES
        if name.startswith("+"):
            return any_of(joined.in_netgroup(name[1:], host=one) for one in sorted(names)) | unsure
        if any(fnmatchcase(one, pattern) for one in hints):
            return Truth.UNKNOWN
        if is_unresolved(name) and not host.is_whole(SudoAlias):
            return Truth.UNKNOWN
        if marks.network(name):
            return _has_address(host, name)
        is_longer = any(fnmatchcase(one, pattern.partition(".")[0]) for one in names)
        return Truth.NO if is_known and not is_longer else Truth.UNKNOWN

    return test


def _names(one: HostIdentity) -> Iterator[str]:
    for name in filter(None, (one.hostname, one.fqdn)):
        yield from _with_short(name)


def _with_short(name: str) -> tuple[str, ...]:
    folded = name.casefold()
    return (folded,) if marks.network(name) else (folded, folded.partition(".")[0])


def _has_address(host: Host, text: str) -> Truth:
    """Tell whether one of the host's addresses lies in a network."""
    wanted = marks.network(text)

    def lies_within(record: Address) -> bool:
        own = marks.network(record.address)
        if wanted is None or own is None or own.version != wanted.version:
            return False
        return own.network_address in wanted

    return host.read(Address).any(lies_within)
