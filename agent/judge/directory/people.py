"""Accounts and computers of a directory as rules look at them: open ones, privileged ones, use."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from agent.judge.case import Power
from agent.judge.directory.directories import Directory
from agent.judge.directory.powers import grants, holders
from agent.judge.directory.privileged import privileged_groups
from inventory.model.directory_accounts import (
    DirectoryAccount,
    DirectoryComputer,
    DirectorySignIn,
)
from inventory.model.moment import Moment, iso_day
from inventory.model.record import Record
from inventory.model.truth import Truth
from inventory.snapshot import Seen

Entity = TypeVar("Entity", DirectoryAccount, DirectoryComputer)
WRITABLE = 516  # RID of the primary group of controllers that can be written to
CONTROLLERS = (WRITABLE, 521)  # and of read-only ones
BUILT_IN = ("krbtgt", "Guest")  # never used to log in


def is_closed(row: Seen[DirectoryAccount], now: int) -> Truth:
    """Tell whether nobody can log in with an account: a lock that ends by itself closes nothing."""
    if row.carried:
        return Truth.UNKNOWN
    one = row.record
    if one.is_enabled is False:
        return Truth.YES
    expired = Truth.NO if one.expires is None else Moment.exact(now).after(one.expires)
    if expired is Truth.YES:
        return Truth.YES
    return Truth.UNKNOWN if one.is_enabled is None else expired


def open_accounts(directory: Directory, now: int) -> Iterator[Seen[DirectoryAccount]]:
    """Yield the accounts that are not known to be closed."""
    for row in directory.rows(DirectoryAccount):
        if row.record.type != "contact" and is_closed(row, now) is not Truth.YES:
            yield row


def closed_ids(directory: Directory, now: int) -> frozenset[str]:
    """Return the ids of the accounts that are known to be closed."""
    rows = directory.rows(DirectoryAccount)
    return frozenset(row.record.id for row in rows if is_closed(row, now) is Truth.YES)


def powerful(directory: Directory) -> Mapping[str, Power]:
    """Return the most that an account or computer has by groups and rights, by its id."""
    return directory.once(_powerful)


def _powerful(directory: Directory) -> dict[str, Power]:
    found: dict[str, Power] = {}
    for group in privileged_groups(directory):
        for member in group.members:
            found.setdefault(member.principal.id, group.privilege.power)
    for grant in grants(directory):
        for member in holders(directory, grant):
            if found.get(member.principal.id) is not Power.ROOT:
                found[member.principal.id] = grant.power
    return found


def last_use(directory: Directory) -> Mapping[str, Seen[DirectorySignIn]]:
    """Return when accounts and computers were used last, by their ids."""
    return directory.once(_sign_ins)


def _sign_ins(directory: Directory) -> dict[str, Seen[DirectorySignIn]]:
    rows = sorted(directory.rows(DirectorySignIn), key=lambda row: not row.carried)
    return {row.record.account: row for row in rows}


def entries(directory: Directory, *kinds: type[Record]) -> tuple[Seen[Any], ...]:
    """Return the rows of several kinds that have what is asked of them in common."""
    return tuple(row for kind in kinds for row in directory.rows(kind))


def use_text(when: Moment, now: int) -> str:
    """Return `2026-11-23`, or `between 2026-11-10 and 2026-11-24` where the date lags by days."""
    first, last = iso_day(when.earliest), iso_day(max(when.earliest, min(when.latest, now)))
    return first if first == last else f"between {first} and {last}"


def is_controller(row: Seen[DirectoryComputer]) -> bool:
    """Return whether a computer is a domain controller; the primary group alone makes none."""
    return row.record.primary_group in CONTROLLERS and not is_in_disguise(row)


def is_in_disguise(row: Seen[DirectoryComputer]) -> bool:
    """Return whether a computer is in the controllers' group and is none by its flags."""
    one = row.record
    return (
        one.primary_group == WRITABLE and bool(one.flags) and "domain controller" not in one.flags
    )


def has_flag(row: Seen[Entity], flag: str) -> bool:
    """Return whether a bit of userAccountControl is set, by its name."""
    return flag in row.record.flags
