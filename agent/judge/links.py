"""Accounts and keys of hosts that are, or may be, those of somebody in a directory.

Proved: the same key; the same name and number on a host that takes its accounts from there.
Proposed: the same login name. Whoever an account of a directory is in a tenant, a hold of it is
recognised by too.
"""

from collections import defaultdict

from msgspec import structs

from agent.judge.directory.directories import Directories, Directory
from agent.judge.directory.joins import Joined
from agent.judge.holds.kind import Candidate
from agent.judge.hosts import Host, Hosts
from agent.judge.tenant.people import People
from inventory.model.access import AuthorizedKey
from inventory.model.account import Account
from inventory.model.directory_accounts import DirectoryAccount, DirectoryKey
from inventory.model.record import Identifier
from inventory.model.truth import Truth, any_of, known

BY_NAME = ("account", "sudo", "doas", "group")  # kinds of which the subject is a login name
BY_KEY = ("ssh key", "private key")  # and a fingerprint
OF_ACCOUNT = ("directory account", "directory member", "policy administrator")  # named by its id
_EVERYWHERE = frozenset(("root", "administrator", "admin", "guest"))  # names of nobody

_Person = tuple[Directory, DirectoryAccount]


class Links:
    """The people of all directories by login name and key: `hosts.once(Links)`."""

    def __init__(self, hosts: Hosts) -> None:
        """Index the accounts of all directories."""
        self._hosts = hosts
        self._tenants = hosts.once(People)
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
        """Return a candidate with the marks of whoever in a directory or tenant it belongs to."""
        if candidate.kind in BY_KEY:
            owners = tuple(self._owners.get(candidate.subject, ()))
            return self._by(candidate, sure=owners)
        if candidate.kind in OF_ACCOUNT:
            through, perhaps = self._tenants.marks_of_account(
                candidate.target, candidate.name.partition(" ")[0]
            )
            return _with(candidate, through=through, perhaps=perhaps)
        if candidate.kind not in BY_NAME or candidate.subject.casefold() in _EVERYWHERE:
            return candidate
        found = self._people.get(candidate.subject.casefold(), ())
        host = self._hosts.host(candidate.target)
        same = [self._is_same(host, candidate.subject, one) for one in found]
        people = tuple(zip(found, same, strict=True))
        return self._by(
            candidate,
            sure=tuple(one for one, truth in people if truth is Truth.YES),
            guessed=tuple(one for one, truth in people if truth is Truth.UNKNOWN),
        )

    def _by(
        self,
        candidate: Candidate,
        *,
        sure: tuple[_Person, ...] = (),
        guessed: tuple[_Person, ...] = (),
    ) -> Candidate:
        """Return a candidate with the marks of people, and of the same people in tenants."""
        through, perhaps = list[Identifier](), list[Identifier]()
        for directory, one in sure:
            theirs, guesses = self._tenants.marks_of_account(directory.name, one.id)
            through.extend((*one.identifiers(), *theirs))
            perhaps.extend(guesses)
        for directory, one in guessed:
            theirs, guesses = self._tenants.marks_of_account(directory.name, one.id)
            perhaps.extend((*one.identifiers(), *theirs, *guesses))
        return _with(candidate, through=tuple(through), perhaps=tuple(perhaps))

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
