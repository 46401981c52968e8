"""Personal detail on the screen: of ordinary people no more than the engagement allows."""

import time
from pathlib import Path
from typing import Any

from msgspec import structs

from agent.documents.views.table import Look
from agent.engagement.file import NAME, load
from agent.engagement.model import Detail
from agent.judge.directory.directories import Directories
from agent.judge.directory.people import powerful
from agent.judge.holds.kind import Scene
from agent.judge.hosts import Hosts
from inventory.model.account import LastLogin, LoggedIn
from inventory.model.directory_accounts import DirectorySignIn
from inventory.model.moment import DAY_S, Moment
from inventory.snapshot import Known, Seen, Snapshot

NOT_TOLD = "not told: personal detail is minimal"
PERSONAL = (LastLogin, LoggedIn, DirectorySignIn)
SPANS = (30, 90)  # days ago


def told_to_all(known: Known[Any], snapshot: Snapshot, folder: Path) -> Known[Any]:
    """Return the rows with logins of ordinary accounts made coarse, unless detail is full."""
    if not any(isinstance(row.record, PERSONAL) for row in known.rows):
        return known
    if (folder / NAME).exists() and load(folder, asks=False).detail is Detail.FULL:
        return known
    veil = _Veil(snapshot, int(time.time()))
    return Known(tuple(map(veil.over, known.rows)), known.blanks)


class _Veil:
    """Knows the privileged accounts of each host; hides the detail of all others."""

    def __init__(self, snapshot: Snapshot, now: int) -> None:
        self._hosts, self._now = Hosts(snapshot), now
        self._directories = Directories(self._hosts)
        self._privileged: dict[str, frozenset[str]] = {}

    def over(self, row: Seen[Any]) -> Seen[Any]:
        """Return the row as it may be told."""
        record = row.record
        if isinstance(record, DirectorySignIn):
            return self._over_sign_in(row, record)
        if not isinstance(record, LastLogin | LoggedIn) or self._may_know(row.target, record):
            return row
        veiled = structs.replace(record, origin=NOT_TOLD if record.origin else None)
        if isinstance(veiled, LastLogin) and veiled.when is not None:
            veiled = structs.replace(veiled, when=span_of(veiled.when, self._now))
        return structs.replace(row, record=veiled)

    def _over_sign_in(self, row: Seen[Any], record: DirectorySignIn) -> Seen[Any]:
        """Return the use of an account of a directory; of one with power as exact as it is."""
        directory = self._directories.directory(row.target)
        if record.when is None or record.account in powerful(directory):
            return row
        first, last = record.when.earliest, record.when.latest
        seen = Moment(first, max(first, min(last, self._now)))  # a date that lags ends today
        veiled = structs.replace(record, when=span_of(seen, self._now))
        return structs.replace(row, record=veiled)

    def _may_know(self, target: str, record: LastLogin | LoggedIn) -> bool:
        if target not in self._privileged:
            look = Look(Scene(self._hosts.host(target), self._now), is_minimal=True)
            self._privileged[target] = look.privileged
        return record.account in self._privileged[target]


def span_of(when: Moment, now: int) -> Moment:
    """Return under 30 days ago, 30 to 90, or longer ago, as the span it means."""
    days = (now - (when.earliest + when.latest) // 2) // DAY_S
    first, second = SPANS
    if days < first:
        return Moment(now - first * DAY_S, max(now, when.latest))
    if days <= second:
        return Moment(now - second * DAY_S, now - first * DAY_S)
    return Moment(0, now - second * DAY_S)
