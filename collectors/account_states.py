"""What Active Directory says of accounts and computers alike: last use, and what is not shown.

Sources: [MS-ADA1] (lastLogonTimestamp), [MS-ADTS] 2.2.16 (userAccountControl).
"""

from collections.abc import Iterable, Iterator

from collectors.directory_texts import secrets
from collectors.directory_values import LOGON_LAG_S, filetime, first, strange
from collectors.entries import Entries, Entry
from collectors.spec import Unreadable
from collectors.unshown import RIGHT
from inventory.model.directory_accounts import (
    DirectoryAccount,
    DirectoryComputer,
    DirectorySecret,
    DirectorySignIn,
)
from inventory.model.evidence import Pointer, Why
from inventory.model.moment import Moment


def beside(
    one: DirectoryAccount | DirectoryComputer,
    entry: Entry,
    control: int | None,
    times: Iterable[str],
) -> Iterator[DirectorySignIn | DirectorySecret | Unreadable]:
    """Yield the last use, where secrets stand in texts, and which values cannot be read.

    `control` is userAccountControl: only where it is shown, "no last use" is told as never used.
    """
    last = filetime(first(entry.values, "lastlogontimestamp"))
    if last is not None:
        when = Moment(last.earliest, last.earliest + LOGON_LAG_S)
        yield DirectorySignIn(at=one.at, account=one.id, when=when)
    elif control is not None:
        yield DirectorySignIn(at=one.at, account=one.id)
    yield from secrets(entry)
    read = ("useraccountcontrol", control), ("whencreated", one.created), ("objectsid", one.sid)
    for name in strange(entry.values, times, read):
        yield Unreadable(entry.at(name), "its value cannot be read", entry.dn)


def without_state(found: Entries, hidden: int, what: str) -> Iterator[Unreadable]:
    """Yield the gap of those that do not show their state: a right is missing."""
    if hidden:
        detail = f"{hidden} {what} do not show their state (userAccountControl)"
        yield Unreadable(Pointer(found.ask), detail, why=Why.DENIED, cure=RIGHT)
