"""What group policies set, with the names of policies, whose places they lead to, and whom for."""

from collections.abc import Iterator

from msgspec import Struct

from agent.judge.directory.directories import Directory
from agent.judge.directory.membership import NEEDS as MEMBERSHIP
from agent.judge.directory.membership import Member, Membership
from agent.judge.directory.principals import NEEDS as WHO
from agent.judge.directory.principals import UNKNOWN, WELL_KNOWN, Principal, Principals
from collectors.well_known_sids import well_known_name
from inventory.model.directory import Domain
from inventory.model.directory_accounts import DirectoryComputer
from inventory.model.directory_policies import EVERY_MACHINE, PolicySetting
from inventory.model.directory_services import GroupPolicy, PolicyLink
from inventory.model.record import Identifier, Record
from inventory.snapshot import Seen

ADMINISTRATOR = "local administrator"
OWN_SERVERS: tuple[type[Record], ...] = (DirectoryComputer, Domain)
ADMINISTRATORS: tuple[type[Record], ...] = tuple(
    dict.fromkeys((PolicySetting, Domain, *MEMBERSHIP, *WHO))
)


class Policies:
    """The policies of one directory by their ids; built once by `directory.once(Policies)`."""

    def __init__(self, directory: Directory) -> None:
        """Index the names of policies, which of them are linked, and the domain's own machines."""
        self._names = {
            row.record.id.casefold(): row.record.name for row in directory.rows(GroupPolicy)
        }
        links = directory.rows(PolicyLink)
        self._linked = {row.record.policy.casefold() for row in links if not row.record.is_disabled}
        self._is_whole = directory.is_whole(PolicyLink)
        self.servers = own_servers(directory)
        self._sids = directory.once(Principals)
        by_id = self._sids.by_id.values()
        self._principals = {
            one.name.rstrip("$").casefold(): one for one in by_id if not _is_local(one.sid or "")
        }
        self._called = directory.called

    def name(self, policy: str) -> str:
        """Return `policy Workstations`, or where a login script lies."""
        if policy == "scripts":
            return "the folder for login scripts"
        return f"policy {self._names.get(policy.casefold(), policy)}"

    def is_unused(self, policy: str) -> bool:
        """Return whether it is known that nothing links a policy."""
        return self._is_whole and policy != "scripts" and policy.casefold() not in self._linked

    def elsewhere(self, setting: PolicySetting) -> tuple[str, ...]:
        """Return the servers that it names and that are no machines of the domain."""
        return tuple(name for name in setting.servers if name not in self.servers)

    def principal(self, account: str) -> Principal:
        r"""Return who is meant by a SID or a name such as `CORP\Technicians`."""
        if _is_local(account):
            name = well_known_name(account) or account
            return Principal(account, name, WELL_KNOWN, sid=account)
        if account.upper().startswith("S-1-"):
            return self._sids.of_sid(account)
        domain, _, name = account.rpartition("\\")
        known = self._principals.get(name.casefold())
        if known is not None and (not domain or domain.casefold() in self._called):
            return known
        return Principal(account, account, UNKNOWN)


def _is_local(sid: str) -> bool:
    """Return whether a SID means a group that each machine has of its own ([MS-DTYP] 2.4.2.4)."""
    return sid.upper().startswith("S-1-5-32-")


def own_servers(directory: Directory) -> frozenset[str]:
    """Return the names of the domain and of its machines, in small letters."""
    names = {directory.dns_name.casefold()}
    if (domain := directory.domain) and domain.netbios:
        names.add(domain.netbios.casefold())
    for row in directory.rows(DirectoryComputer):
        names.add(row.record.name.rstrip("$").casefold())
        if row.record.dns_name:
            names.add(row.record.dns_name.casefold())
    return frozenset(names)


def everywhere(directory: Directory) -> Iterator[Seen[PolicySetting]]:
    """Yield what runs on each machine of a policy, or says where its updates come from."""
    for row in directory.rows(PolicySetting):
        if row.record.kind in EVERY_MACHINE and not row.record.is_removed:
            yield row


class Appointed(Struct, frozen=True):
    """Somebody whom a policy gives power over its machines, and by which groups."""

    row: Seen[PolicySetting]
    member: Member
    identifiers: tuple[Identifier, ...]


def appointed(directory: Directory, *kinds: str) -> Iterator[Appointed]:
    """Yield each who is put into local groups or gets privileges: each in a group, or one alone."""
    for row in directory.rows(PolicySetting):
        one = row.record
        if one.kind in kinds and one.account and not one.is_removed:
            yield from _appointed(directory, row)


def _appointed(directory: Directory, row: Seen[PolicySetting]) -> Iterator[Appointed]:
    one = directory.once(Policies).principal(row.record.account)
    inside = directory.once(Membership).members(one.id) if one.type == "group" else ()
    people = [member for member in inside if member.principal.type != "group"]
    if not people:
        marks = tuple(dict.fromkeys((*one.identifiers, *_marks(row.record))))
        yield Appointed(row, Member(one, (), (row.evidence, *one.evidence), row.carried), marks)
    for member in people:
        through = (*member.through, one)
        evidence = (row.evidence, *member.evidence)
        told = Member(member.principal, through, evidence, member.carried or row.carried)
        yield Appointed(row, told, member.principal.identifiers)


def _marks(one: PolicySetting) -> Iterator[Identifier]:
    """Yield the marks of whom a policy names; what it makes of them is nobody's mark."""
    return (mark for mark in one.identifiers() if mark.value != one.name)
