"""Lists of sudoers(5): who is meant, with aliases, negation and what cannot be told."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from agent.judge import marks
from agent.judge.hosts import Host
from agent.judge.rootlike import is_unresolved
from inventory.model.access import SudoAlias
from inventory.model.account import Account, Group
from inventory.model.host import HostIdentity
from inventory.model.network import Address
from inventory.model.truth import Truth, known
from inventory.snapshot import Seen

Aliases = Mapping[tuple[str, str], tuple[str, ...]]  # type and name -> members
Test = Callable[[str], Truth]

MOST_DEPTH = 20  # of aliases within aliases


def aliases_of(host: Host) -> Aliases:
    """Return the sudo aliases of a host."""
    return {(row.record.type, row.record.name): row.record.members for row in host.rows(SudoAlias)}


def groups_of(host: Host, account: Account) -> dict[str, Seen[Group]]:
    """Return the known groups of an account: those that name it, and its primary one."""
    rows = host.rows(Group)
    return {
        row.record.name: row
        for row in rows
        if account.name in row.record.members or row.record.gid == account.gid
    }


def meant(
    items: Iterable[str], is_one: Test, *, of: str, aliases: Aliases, depth: int = 0
) -> Truth:
    """Tell whether a list means what `is_one` tests; the last item that matches decides."""
    result = Truth.NO
    for item in items:
        name = item.removeprefix("!")
        says = known(not item.startswith("!"))
        members = aliases.get((of, name))
        if members is None:
            hit = is_one(name)
        elif depth < MOST_DEPTH:
            hit = meant(members, is_one, of=of, aliases=aliases, depth=depth + 1)
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
        bare = item.removeprefix("!")
        members = aliases.get((of, bare))
        if members is None or depth >= MOST_DEPTH:
            yield item
            continue
        sign = "!" if item.startswith("!") else ""
        for member in expanded(members, of=of, aliases=aliases, depth=depth + 1):
            yield member.removeprefix("!") if sign and member.startswith("!") else sign + member


def is_user(host: Host, account: Account) -> Test:
    """Return the test of a User_List's item against an account."""
    groups = groups_of(host, account)
    whole = host.is_whole(Group)
    unread = Truth.NO if host.is_whole(SudoAlias) else Truth.UNKNOWN
    ids = {str(row.record.gid) for row in groups.values()} | {str(account.gid)}

    def test(name: str) -> Truth:
        if name in ("ALL", account.name, f"#{account.uid}"):
            return Truth.YES
        if name.startswith(("%:", "+")):
            return Truth.UNKNOWN  # groups and netgroups of a directory
        if name.startswith("%"):
            group = name[1:]
            if group in groups or (group.startswith("#") and group[1:] in ids):
                return Truth.YES
            return Truth.NO if whole else Truth.UNKNOWN
        return unread if is_unresolved(name) else Truth.NO

    return test


def is_host(host: Host) -> Test:
    """Return the test of a Host_List's item against the host's names and addresses."""
    identities = [row.record for row in host.rows(HostIdentity)]
    names = {host.name.casefold()}
    for one in identities:
        names |= {n.casefold() for n in (one.hostname, one.fqdn) if n}
    names |= {name.partition(".")[0] for name in names if marks.network(name) is None}
    absent = Truth.NO if identities and host.is_whole(HostIdentity) else Truth.UNKNOWN

    def test(name: str) -> Truth:
        if name == "ALL" or any(fnmatchcase(one, name.casefold()) for one in names):
            return Truth.YES
        if name.startswith("+"):
            return Truth.UNKNOWN
        if is_unresolved(name) and not host.is_whole(SudoAlias):
            return Truth.UNKNOWN
        return _has_address(host, name) if marks.network(name) else absent

    return test


def _has_address(host: Host, text: str) -> Truth:
    """Tell whether one of the host's addresses lies in a network."""
    wanted = marks.network(text)

    def lies_within(record: Address) -> bool:
        own = marks.network(record.address)
        if wanted is None or own is None or own.version != wanted.version:
            return False
        return own.network_address in wanted

    return host.read(Address).any(lies_within)
