"""Accounts and keys of hosts that are, or may be, those of somebody in a directory.

Proved: the same key; the same name and number on a host that takes its accounts from there.
Proposed: the same login name.
"""

from collections import defaultdict

from msgspec import structs

from agent.judge.directory.directories import Directories, Directory
from agent.judge.directory.joins import Joined
from agent.judge.holds.kind import Candidate
from agent.judge.hosts import Host, Hosts
from inventory.model.access import AuthorizedKey
from inventory.model.account import Account
from inventory.model.directory_accounts import DirectoryAccount, DirectoryKey
from inventory.model.record import Identifier
from inventory.model.truth import Truth, any_of, known

BY_NAME = ("account", "sudo", "doas", "group")  # kinds of which the subject is a login name
BY_KEY = ("ssh key", "private key")  # and a fingerprint
_EVERYWHERE = frozenset(("root", "administrator", "admin", "guest"))  # names of nobody

_Person = tuple[Directory, DirectoryAccount]


class Links:
    """The people of all directories by login name and key: `hosts.once(Links)`."""

    def __init__(self, hosts: Hosts) -> None:
        """Index the accounts of all directories."""
        self._hosts = hosts
        self._people: dict[str, list[_Person]] = defaultdict(list)
        self._owners: dict[str, list[_Person]] = defaultdict(list)
        for directory in hosts.once(Directories):
            rows = directory.rows(DirectoryAccount)
            by_id = {row.record.id: row.record for row in rows}
            for one in by_id.values():
                self._people[one.name.casefold()].append((directory, one))
            for key in directory.rows(DirectoryKey):
                if owner := by_id.get(key.record.account):
                    self._owners[key.record.fingerprint].append((directory, owner))

    def linked(self, candidate: Candidate) -> Candidate:
        """Return a candidate of a host with the marks of whoever in a directory it belongs to."""
        if candidate.kind in BY_KEY:
            owners = self._owners.get(candidate.subject, ())
            return _with(candidate, through=tuple(i for _, one in owners for i in _marks(one)))
        if candidate.kind not in BY_NAME or candidate.subject.casefold() in _EVERYWHERE:
            return candidate
        found = self._people.get(candidate.subject.casefold(), ())
        host = self._hosts.host(candidate.target)
        same = [self._is_same(host, candidate.subject, one) for one in found]
        people = tuple(zip(found, same, strict=True))
        return _with(
            candidate,
            through=tuple(i for (_, one), t in people if t is Truth.YES for i in _marks(one)),
            perhaps=tuple(i for (_, one), t in people if t is Truth.UNKNOWN for i in _marks(one)),
        )

    def _is_same(self, host: Host, name: str, person: _Person) -> Truth:
        """Tell whether a host's account is a person's of a directory; a name alone proposes it."""
        directory, one = person
        keys = (row.record for row in host.rows(AuthorizedKey) if row.record.account == name)
        by_key = any_of(
            known((directory, one) in self._owners.get(k.fingerprint, ())) for k in keys
        )
        joined = directory in host.once(Joined).directories
        mine = (row.record for row in host.rows(Account) if row.record.name == name)
        numbers = {account.uid for account in mine}
        by_number = joined and one.uid_number is not None and one.uid_number in numbers
        return by_key | known(by_number) | Truth.UNKNOWN


def _marks(one: DirectoryAccount) -> tuple[Identifier, ...]:
    return tuple(one.identifiers())


def _with(
    candidate: Candidate,
    *,
    through: tuple[Identifier, ...] = (),
    perhaps: tuple[Identifier, ...] = (),
) -> Candidate:
    if not through and not perhaps:
        return candidate
    return structs.replace(
        candidate,
        through=(*candidate.through, *through),
        perhaps=(*candidate.perhaps, *perhaps),
    )
