"""Who is who in a directory: its entries by DN and by SID, and names for those that it has not."""

from collections.abc import Iterator
from typing import TypeVar

from msgspec import Struct

from agent.judge.directory.directories import Directory
from collectors.well_known_sids import WELL_KNOWN as WELL_KNOWN_SIDS
from collectors.well_known_sids import well_known_name
from inventory.model.directory_accounts import (
    DirectoryAccount,
    DirectoryComputer,
    DirectoryGroup,
    ForeignPrincipal,
)
from inventory.model.evidence import Evidence
from inventory.model.record import Identifier, Record
from inventory.snapshot import Seen

E = TypeVar("E", DirectoryAccount, DirectoryComputer, DirectoryGroup)
NEEDS: tuple[type[Record], ...] = (
    DirectoryAccount,
    DirectoryComputer,
    DirectoryGroup,
    ForeignPrincipal,
)
FOREIGN = "foreign"  # of another domain
WELL_KNOWN = "well known"  # Everyone, Authenticated Users, SYSTEM
UNKNOWN = "unknown"  # no entry that was read has it
_WELL_KNOWN_PLACE = ",cn=wellknown security principals,cn=configuration,"
_SIDS = {name.casefold(): sid for sid, name in WELL_KNOWN_SIDS.items()} | {
    "anonymous logon": "S-1-5-7",
    "well-known-security-id-system": "S-1-5-18",
}


class Principal(Struct, frozen=True):
    """One who can be a member of a group or have a right."""

    id: str  # of the entry; of one that is not here its SID or DN
    name: str
    type: str  # "account", "computer", "group", FOREIGN, WELL_KNOWN, UNKNOWN
    dn: str = ""
    sid: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    carried: bool = False
    is_enabled: bool | None = None  # of accounts and computers

    @property
    def rid(self) -> int | None:
        """Return the last number of its SID."""
        last = self.sid.rpartition("-")[2] if self.sid else ""
        return int(last) if last.isdigit() else None


class Principals:
    """The principals of one directory, indexed; built once by `directory.once(Principals)`."""

    def __init__(self, directory: Directory) -> None:
        """Index every account, computer, group and foreign principal; fresh ones win."""
        self.by_id: dict[str, Principal] = {}
        self.by_dn: dict[str, Principal] = {}
        self.ids: dict[str, str] = {}  # by folded DN
        self.by_sid: dict[str, Principal] = {}
        self.by_rid: dict[int, Principal] = {}  # of this domain
        self.is_whole = directory.is_whole(*NEEDS)
        domain = directory.domain
        self._domain_sid = domain.sid if domain else None
        for one in _all(directory):
            self._enter(one)

    def _enter(self, one: Principal) -> None:
        old = self.by_id.get(one.id)
        if old is not None and not old.carried:
            return
        self.by_id[one.id] = one
        if one.dn:
            self.by_dn[folded(one.dn)] = one
            self.ids[folded(one.dn)] = one.id
        if one.sid:
            self.by_sid[one.sid] = one
            if one.rid is not None and one.sid.rpartition("-")[0] == self._domain_sid:
                self.by_rid[one.rid] = one

    def of_dn(self, dn: str) -> Principal:
        """Return who has a DN; of one that was not read only the DN is known.

        A well-known one (Everyone, Anonymous Logon) has an entry in the forest's configuration.
        """
        known = self.by_dn.get(folded(dn))
        if known is None and _WELL_KNOWN_PLACE in folded(dn):
            sid = _SIDS.get(folded(first_name(dn)))
            return self.of_sid(sid) if sid else Principal(dn, first_name(dn), WELL_KNOWN, dn=dn)
        return known or Principal(dn, first_name(dn), UNKNOWN, dn=dn)

    def of_sid(self, sid: str) -> Principal:
        """Return who has a SID: a well-known one by its name, a foreign or deleted one by it."""
        known = self.by_sid.get(sid)
        if known is not None and known.type != FOREIGN:
            return known
        if name := well_known_name(sid):
            return Principal(sid, name, WELL_KNOWN, sid=sid)
        return known or Principal(sid, sid, self._origin(sid), sid=sid)

    def _origin(self, sid: str) -> str:
        """Return whether a SID without an entry is of another domain, or of one deleted here."""
        return UNKNOWN if self._domain_sid in (None, sid.rpartition("-")[0]) else FOREIGN


def folded(dn: str) -> str:
    """Return a DN as it is compared: without case (RFC 4517 section 4.2.15 for most attributes)."""
    return dn.casefold()


def first_name(dn: str) -> str:
    """Return the value of a DN's first part: `Alice Doe` of `CN=Alice Doe,OU=Staff,...`.

    An escaped comma belongs to the value (RFC 4514 section 2.4).
    """
    part = []
    escaped = False
    for char in dn:
        if char == "," and not escaped:
            break
        escaped = char == "\\" and not escaped
        part.append(char)
    return "".join(part).partition("=")[2] or dn


def _all(directory: Directory) -> Iterator[Principal]:
    for row in directory.rows(DirectoryAccount):
        yield _principal(row, "account", is_enabled=row.record.is_enabled)
    for computer in directory.rows(DirectoryComputer):
        yield _principal(computer, "computer", is_enabled=computer.record.is_enabled)
    for group in directory.rows(DirectoryGroup):
        yield _principal(group, "group")
    for foreign in directory.rows(ForeignPrincipal):
        one = foreign.record
        yield Principal(
            id=one.sid,
            name=well_known_name(one.sid) or one.sid,
            type=WELL_KNOWN if well_known_name(one.sid) else FOREIGN,
            dn=one.dn,
            sid=one.sid,
            evidence=(foreign.evidence,),
            carried=foreign.carried,
        )


def _principal(row: Seen[E], type_: str, *, is_enabled: bool | None = None) -> Principal:
    one = row.record
    return Principal(
        id=one.id,
        name=one.name,
        type=type_,
        dn=one.dn,
        sid=one.sid,
        identifiers=tuple(one.identifiers()),
        evidence=(row.evidence,),
        carried=row.carried,
        is_enabled=is_enabled,
    )
