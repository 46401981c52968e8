"""Which user of a tenant is which account of a directory: `fleet.once(People)`.

Proved: the immutable id is the account's objectGUID (Microsoft Entra Connect, "sourceAnchor"), or
the SID on the premises is its SID; an address that one account and one user have, where both sides
were read whole. Proposed: an address in all other cases, and the login name alone.
"""

from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator
from uuid import UUID

from msgspec import Struct

from agent.judge import marks
from agent.judge.case import Certainty
from agent.judge.directory.directories import Directories, Directory
from agent.judge.hosts import Hosts
from agent.judge.tenant.tenants import Tenant, Tenants
from inventory.model.directory_accounts import DirectoryAccount
from inventory.model.record import Identifier
from inventory.model.tenant_accounts import TenantUser

PROVED, PROPOSED = Certainty.PROVED, Certainty.PROPOSED
_Account = tuple[Directory, DirectoryAccount]
_Marks = tuple[Identifier, ...]


class Same(Struct, frozen=True):
    """That a user of a tenant and an account of a directory are one person's, and why."""

    tenant: str
    user: TenantUser
    directory: str
    account: DirectoryAccount
    by: str  # "immutable id", "SID", "address alice@client.example", "login name alice"
    certainty: Certainty


class People:
    """All links between tenants and directories of a snapshot."""

    def __init__(self, fleet: Hosts) -> None:
        """Join every tenant with every directory; without either there is nothing to join."""
        self._of_user: dict[tuple[str, str], list[Same]] = defaultdict(list)
        self._of_account: dict[tuple[str, str], list[Same]] = defaultdict(list)
        directories = tuple(fleet.once(Directories))
        tenants = tuple(fleet.once(Tenants))
        if not directories or not tenants:
            return
        index = _Index(directories)
        for tenant in tenants:
            for same in _links(tenant, index):
                self._of_user[same.tenant, same.user.id].append(same)
                self._of_account[same.directory, same.account.id].append(same)

    def of_user(self, tenant: str, user_id: str) -> tuple[Same, ...]:
        """Return the accounts of directories that a user is, or may be."""
        return tuple(self._of_user.get((tenant, user_id), ()))

    def of_account(self, directory: str, account_id: str) -> tuple[Same, ...]:
        """Return the users of tenants that an account is, or may be."""
        return tuple(self._of_account.get((directory, account_id), ()))

    def marks_of(self, tenant: str, user_id: str) -> tuple[_Marks, _Marks]:
        """Return the marks of a user's accounts: those that surely are theirs, and the others."""
        return _sorted((s.certainty, s.account) for s in self.of_user(tenant, user_id))

    def marks_of_account(self, directory: str, account_id: str) -> tuple[_Marks, _Marks]:
        """Return the marks of an account's users in tenants: sure ones, and the others."""
        return _sorted((s.certainty, s.user) for s in self.of_account(directory, account_id))


class _Index:
    """The accounts of all directories, by what a tenant says of its users."""

    def __init__(self, directories: Iterable[Directory]) -> None:
        self.by_anchor: dict[str, _Account] = {}
        self.by_sid: dict[str, _Account] = {}
        self.by_mail: dict[str, list[_Account]] = defaultdict(list)
        self.by_name: dict[str, list[_Account]] = defaultdict(list)
        self.is_whole = True
        for directory in directories:
            self.is_whole &= directory.is_whole(DirectoryAccount)
            for row in directory.rows(DirectoryAccount):
                self._enter(directory, row.record)

    def _enter(self, directory: Directory, one: DirectoryAccount) -> None:
        pair = (directory, one)
        if anchor := anchor_of(one.id):
            self.by_anchor[anchor] = pair
        if one.sid:
            self.by_sid[one.sid] = pair
        for mail in _addresses((one.upn, *one.mails)):
            self.by_mail[mail].append(pair)
        if one.type != "contact":
            self.by_name[one.name.casefold()].append(pair)


def anchor_of(object_guid: str) -> str | None:
    """Return the immutable id that an objectGUID becomes in a tenant; None: it is no GUID.

    The bytes are those of the directory, little-endian in the first three fields ([MS-DTYP] 2.3.4).
    """
    try:
        return b64encode(UUID(object_guid).bytes_le).decode()
    except ValueError:
        return None


def _links(tenant: Tenant, index: _Index) -> Iterator[Same]:
    users = [row.record for row in tenant.rows(TenantUser)]
    counts: dict[str, int] = defaultdict(int)
    for user in users:
        for mail in _addresses((user.upn, user.mail)):
            counts[mail] += 1
    is_whole = index.is_whole and tenant.is_whole(TenantUser)
    for user in users:
        found = _proved(user, index)
        if found is not None:
            by, (directory, account) = found
            yield Same(tenant.name, user, directory.name, account, by, PROVED)
            continue
        told = set[tuple[str, str]]()
        for same in _weaker(tenant, user, index, counts if is_whole else {}):
            if (same.directory, same.account.id) not in told:
                told.add((same.directory, same.account.id))
                yield same


def _proved(user: TenantUser, index: _Index) -> tuple[str, _Account] | None:
    by_anchor = index.by_anchor.get(user.immutable_id or "")
    if by_anchor is not None:
        return "immutable id", by_anchor
    by_sid = index.by_sid.get(user.sid or "")
    return ("SID", by_sid) if by_sid is not None else None


def _weaker(
    tenant: Tenant, user: TenantUser, index: _Index, counts: dict[str, int]
) -> Iterator[Same]:
    """Yield who has an address of the user's, then who has its login name.

    `counts`: how many users have an address; empty where one side was not read whole.
    """
    for mail in _addresses((user.upn, user.mail)):
        accounts = [pair for pair in index.by_mail.get(mail, ()) if not _differ(user, pair[1])]
        sure = len(accounts) == 1 and counts.get(mail) == 1
        for directory, one in accounts:
            by, certainty = f"address {mail}", PROVED if sure else PROPOSED
            yield Same(tenant.name, user, directory.name, one, by, certainty)
    for directory, one in index.by_name.get((user.sam_name or "").casefold(), ()):
        if not _differ(user, one):
            by = f"login name {one.name}"
            yield Same(tenant.name, user, directory.name, one, by, PROPOSED)


def _differ(user: TenantUser, one: DirectoryAccount) -> bool:
    """Return whether the SIDs say that they are two."""
    return bool(user.sid and one.sid and user.sid != one.sid)


def _addresses(texts: Iterable[str | None]) -> tuple[str, ...]:
    """Return addresses as they are compared, each once; of a guest the one it was invited by."""
    return tuple(dict.fromkeys(filter(None, (marks.mail(text) for text in texts if text))))


def _sorted(
    found: Iterable[tuple[Certainty, DirectoryAccount | TenantUser]],
) -> tuple[_Marks, _Marks]:
    sure: dict[Identifier, None] = {}
    guessed: dict[Identifier, None] = {}
    for certainty, one in found:
        (sure if certainty is PROVED else guessed).update(dict.fromkeys(one.identifiers()))
    return tuple(sure), tuple(guessed)
