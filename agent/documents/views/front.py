"""The first page: what the person who decides must know, and what nobody knows."""

from enum import StrEnum

from msgspec import Struct

from agent.documents.cell import Cell, of_bounds
from agent.documents.told import Told
from agent.documents.views import say
from agent.documents.views.calendar import Calendar, End, epoch
from agent.documents.views.checklist import Line, urgent
from agent.documents.views.fleet import Tally
from agent.documents.views.power import Holding, Strength, holdings, strength
from agent.documents.views.results import Results
from agent.documents.views.safety import Backups
from agent.documents.views.unknown import Unknown, unknowns
from agent.engagement.model import Authorisation
from inventory.model.host import Subscription
from inventory.model.network import Address, Neighbour
from inventory.model.truth import Bounds, Truth
from inventory.snapshot import Blank, blanks_of

MOST_UNKNOWNS = 4
MOST_HOLDS = 4
MOST_ENDS = 3
MOST_LINES = 5


class Stand(StrEnum):
    """The verdict on the whole."""

    NOT_READY = "not ready"
    CANNOT_TELL = "cannot tell"
    CLEAR = "clear"
    NO_TRANSITION = "no transition"


class Tallies(Struct, frozen=True):
    """How far hosts, directories and tenants were read."""

    hosts: Tally
    directories: Tally
    tenants: Tally

    @property
    def shown(self) -> tuple[tuple[str, Tally], ...]:
        """Return those that there are, by name; hosts alone where there is nothing at all."""
        every = ("Hosts", self.hosts), ("Directories", self.directories), ("Tenants", self.tenants)
        return tuple(one for one in every if one[1].hosts) or every[:1]

    @property
    def has_hosts(self) -> bool:
        """Return whether hosts are told of."""
        return self.shown[0][0] == "Hosts"

    @property
    def answered(self) -> int:
        """Return how many readings gave an answer."""
        return self.hosts.answered + self.directories.answered + self.tenants.answered

    @property
    def asked(self) -> int:
        """Return how many readings there are."""
        return self.hosts.asked + self.directories.asked + self.tenants.asked


class Front(Struct, frozen=True):
    """Everything that stands on the first page."""

    client: str
    outgoing: str
    incoming: str
    audit: int
    audits: int
    when: str
    took: str
    cutover: str  # empty: no day is set
    cutover_days: int
    stand: Stand
    powers: tuple[Strength, ...]
    strongest: tuple[Holding, ...]
    holds_left_out: int
    unknowns: tuple[Unknown, ...]
    unknowns_left_out: int
    unlocks: int
    read: Tallies
    neighbours: Cell
    computers: Cell  # of directories, that no host audit reached
    backups: Backups
    ends: tuple[End, ...]
    ends_left_out: int
    calendar: Calendar
    subscriptions: Cell
    severities: tuple[tuple[str, int], ...]
    rules_unknown: int
    lines: tuple[Line, ...]
    lines_left_out: int
    lines_open: int
    lines_total: int
    authorisation: Authorisation | None
    is_local: bool
    told: bool  # whether the staff know of the audit
    seal: str
    version: str


def front(told: Told, read: Tallies, calendar: Calendar, results: Results, safe: Backups) -> Front:
    """Return the first page of one audit."""
    judgement, engagement = told.judgement, told.engagement
    blanks = tuple(blanks_of(judgement.case.snapshot.readings()))
    unknown = unknowns(blanks, most_meant=2)
    ends = tuple(end for end in calendar.soon if end.days >= 0) + _past(calendar)
    strongest = holdings(hold for hold in judgement.outgoing.holds if not hold.carried)
    waiting = urgent(told.items)
    cutover = engagement.dates.cutover if engagement else None
    return Front(
        client=engagement.client if engagement else "",
        outgoing=judgement.outgoing.party.name if judgement.outgoing.party else "",
        incoming=judgement.incoming.party.name if judgement.incoming.party else "",
        audit=judgement.case.snapshot.audit,
        audits=told.audits,
        when=say.instant(told.started),
        took=_took(told.ended - told.started),
        cutover=cutover.isoformat() if cutover else "",
        cutover_days=say.days_until(epoch(cutover), told.ended) + 1 if cutover else 0,
        stand=stand(told),
        powers=_powers(told),
        strongest=strongest[:MOST_HOLDS],
        holds_left_out=max(0, len(strongest) - MOST_HOLDS),
        unknowns=unknown[:MOST_UNKNOWNS],
        unknowns_left_out=max(0, len(unknown) - MOST_UNKNOWNS),
        unlocks=len(blanks),
        read=read,
        neighbours=_neighbours(told),
        computers=_computers(told),
        backups=safe,
        ends=ends[:MOST_ENDS],
        ends_left_out=max(0, len(ends) - MOST_ENDS),
        calendar=calendar,
        subscriptions=_subscriptions(told),
        severities=results.severities,
        rules_unknown=sum(one.unknown > 0 for one in (*results.broken, *results.unknown)),
        lines=waiting[:MOST_LINES],
        lines_left_out=max(0, len(waiting) - MOST_LINES),
        lines_open=len(waiting),
        lines_total=len(told.items),
        authorisation=engagement.authorisation if engagement else None,
        is_local=engagement is None,
        told=engagement.told if engagement else True,
        seal=told.seal,
        version=told.version,
    )


def stand(told: Told) -> Stand:
    """Return the verdict: one hold, or one power of nobody known, and it is not ready.

    Clear is said only when nothing is held, nothing could be hidden, and no line is open.
    """
    judgement = told.judgement
    if judgement.outgoing.party is None:
        return Stand.NO_TRANSITION
    nobodys = any(not hold.carried for hold in judgement.unattributed.holds)
    if judgement.outgoing.zero is Truth.NO or nobodys:
        return Stand.NOT_READY
    if judgement.outgoing.zero is Truth.UNKNOWN or judgement.unattributed.holds:
        return Stand.CANNOT_TELL
    return Stand.NOT_READY if urgent(told.items) else Stand.CLEAR


def _powers(told: Told) -> tuple[Strength, ...]:
    judgement = told.judgement
    return (
        strength("outgoing", judgement.outgoing),
        strength("unattributed", judgement.unattributed),
        strength("incoming", judgement.incoming),
        strength("client", judgement.client),
    )


def _past(calendar: Calendar) -> tuple[End, ...]:
    return tuple(end for end in calendar.soon if end.days < 0)


def _took(seconds: int) -> str:
    minutes, rest = divmod(max(0, seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _subscriptions(told: Told) -> Cell:
    read = told.judgement.case.snapshot.read(Subscription)
    return of_bounds(read.count(), read.known().blanks)


def _computers(told: Told) -> Cell:
    """Return how many computers of directories, which are not disabled, were not audited."""
    strangers = told.judgement.strangers
    return of_bounds(strangers.computers, strangers.hidden_computers)


def _neighbours(told: Told) -> Cell:
    """Return how many machines were seen beside the hosts that are none of them."""
    hosts = told.judgement.holdings.hosts
    own = {row.record.address for host in hosts for row in host.rows(Address)}
    seen = {
        row.record.address
        for host in hosts
        for row in host.rows(Neighbour)
        if not row.carried and not row.record.address.startswith("fe80:")
    }
    blanks: tuple[Blank, ...] = hosts.blanks((Neighbour, Address))
    strangers = len(seen - own)
    return of_bounds(Bounds(strangers, None if blanks else strangers), blanks)
