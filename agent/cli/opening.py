"""What most commands start with: the engagement of a folder, its store, and a case to judge."""

import datetime
import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from agent.engagement.file import NAME, load
from agent.engagement.model import Engagement
from agent.engagement.own import own_login
from agent.judge.case import Case, Dates, Decision
from inventory.errors import ConfigError
from inventory.model import all as every
from inventory.model.moment import DAY_S
from inventory.store import FILE, Entry, Store

if TYPE_CHECKING:
    from agent.judge.judgement import Judgement

SUBJECTS = every.SUBJECTS  # imported so that every record kind can be read


class Opened(Struct, frozen=True):
    """An engagement with its kept audits."""

    engagement: Engagement
    store: Store

    def case(self, audit: int | None = None, *, now: int | None = None) -> Case:
        """Return one audit (None: the newest) with the circumstances in which it is judged."""
        engagement = self.engagement
        account, key = own_login(engagement)
        return Case(
            snapshot=self.store.snapshot(audit),
            parties=engagement.parties,
            dates=_dates(engagement, int(time.time()) if now is None else now),
            client=engagement.client,
            decisions=decisions(self.store.journal()),
            own_account=account,
            own_key=key,
            hosts=listed_hosts(engagement),
        )

    def judgement(self, audit: int | None = None) -> "Judgement":
        """Return one audit judged; only this needs the rules."""
        from agent.judge.judgement import Judgement

        return Judgement(self.case(audit))


@contextmanager
def opened(folder: Path, *, create: bool = False) -> Iterator[Opened]:
    """Open the engagement of a folder and its store. Raises ConfigError or StoreError.

    `create`: for an audit; everything else only reads what is kept.
    """
    engagement = engagement_of(folder, asks=create)
    with Store.open(folder / FILE, create=create) as store:
        yield Opened(engagement, store)


@contextmanager
def kept(folder: Path) -> Iterator[Store]:
    """Open the store of a folder, whatever its handover.yaml says. Raises as `opened` does."""
    if not (folder / FILE).exists():
        engagement_of(folder, asks=False)
    with Store.open(folder / FILE, create=False) as store:
        yield store


def engagement_of(folder: Path, *, asks: bool = True) -> Engagement:
    """Return the engagement of a folder. Raises ConfigError that says how to get one.

    `asks`: its sources are to be asked, so that what this needs must be there.
    """
    if not (folder / NAME).exists():
        raise ConfigError(
            f"{folder / NAME} does not exist: `handover init` writes one; "
            f"`handover audit` alone audits this machine{_below(folder)}"
        )
    engagement = load(folder, asks=asks)
    if engagement.plugins:
        from collectors import plugins

        plugins.load(engagement.plugins)
    return engagement


def _below(folder: Path) -> str:
    """Return how to name an engagement that lies one folder deeper."""
    found = sorted(path.parent.name for path in folder.glob(f"*/{NAME}"))
    return f"; one lies below: `handover -C {shlex.quote(found[0])} ...`" if found else ""


def listed_hosts(engagement: Engagement) -> tuple[str, ...]:
    """Return the targets that may be asked, by name, whether any audit asked them or not.

    Nothing is contacted. Raises ConfigError when a list of hosts cannot be read.
    """
    from agent.audit.sources import Chosen, planned

    everything = planned(engagement, Chosen(), discover=False)
    return tuple(one.name for one in everything if not one.is_sweep)


def decisions(entries: tuple[Entry, ...]) -> tuple[Decision, ...]:
    """Return what people said of proposals; the last word of each counts."""
    found: dict[str, Decision] = {}
    for entry in entries:
        if entry.kind in ("confirm", "reject") and entry.body is not None:
            proposal = str(msgspec.json.decode(entry.body)["proposal"])
            found[proposal] = Decision(proposal, entry.kind == "confirm", entry.author, entry.at)
    return tuple(found.values())


def _dates(engagement: Engagement, now: int) -> Dates:
    given = engagement.dates
    ended = _start_of(given.access_ended)
    return Dates(now, _start_of(given.cutover), None if ended is None else ended + DAY_S - 1)


def _start_of(day: datetime.date | None) -> int | None:
    """Return the first second of a day, UTC."""
    if day is None:
        return None
    return int(datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC).timestamp())
