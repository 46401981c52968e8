"""The whole dossier as views, in the order in which it is read."""

from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from agent.documents.told import Told
from agent.documents.views.asked import Asked, asked
from agent.documents.views.calendar import Calendar, calendar
from agent.documents.views.checklist import Checklist, checklist
from agent.documents.views.differences import Differences, differences
from agent.documents.views.directory.section import DirectorySection, Outsiders, outsiders
from agent.documents.views.directory.section import sections as directory_sections
from agent.documents.views.fleet import (
    HOSTS_OF_A_VOLUME,
    MOST_ON_A_PAGE,
    Extent,
    Glance,
    Tally,
    extents,
    glances,
    tally,
)
from agent.documents.views.front import Front, Tallies, front
from agent.documents.views.matrix import Matrix, matrix
from agent.documents.views.picture import Picture, picture
from agent.documents.views.power import Footing, footings
from agent.documents.views.results import Results, results
from agent.documents.views.safety import Backups, backups
from agent.documents.views.section import Section, sections
from agent.documents.views.summary import Summary, summaries
from agent.documents.views.tenant.section import TenantSection
from agent.documents.views.tenant.section import sections as tenant_sections
from agent.documents.views.unknown import HostUnknown, Unknown, by_host, unknowns
from agent.documents.views.ways import HostWays, ways
from agent.judge.footprint import Proposal
from inventory.snapshot import Blank, blanks_of


class Dossier:
    """The views of one audit; each is made once, when a template comes to it."""

    def __init__(self, told: Told) -> None:
        """Take what is told."""
        self.told = told
        self._judgement = told.judgement

    @cached_property
    def extents(self) -> dict[str, Extent]:
        """Return how far each host was read."""
        return extents(self._judgement.coverage, self._judgement.holdings.hosts.names)

    @cached_property
    def tally(self) -> Tally:
        """Return how many hosts were read how far."""
        return tally(self.extents)

    @cached_property
    def directory_extents(self) -> dict[str, Extent]:
        """Return how far each directory was read."""
        return extents(self._judgement.coverage, self._judgement.holdings.directories.names)

    @cached_property
    def tenant_extents(self) -> dict[str, Extent]:
        """Return how far each tenant was read."""
        return extents(self._judgement.coverage, self._judgement.holdings.tenants.names)

    def tenants(self) -> Iterator[TenantSection]:
        """Yield each tenant in full."""
        return tenant_sections(self.told, self.tenant_extents)

    @property
    def _has_others(self) -> bool:
        """Tell whether not only hosts are among the targets."""
        return bool(self.directory_extents or self.tenant_extents)

    def directories(self) -> Iterator[DirectorySection]:
        """Yield each directory in full."""
        return directory_sections(self.told, self.directory_extents)

    @property
    def place(self) -> str:
        """Return what targets are called: hosts, or places where others are among them."""
        return "place" if self._has_others else "host"

    @property
    def has_hosts(self) -> bool:
        """Tell whether pages of hosts are shown; they are left out where only others are."""
        return bool(self.extents) or not self._has_others

    @property
    def on(self) -> str:
        """Return the word before it: on hosts, in places."""
        return "in" if self._has_others else "on"

    @cached_property
    def outsiders(self) -> Outsiders | None:
        """Return the hosts that no directory knows."""
        return outsiders(self.told)

    @cached_property
    def _blanks(self) -> tuple[Blank, ...]:
        return tuple(blanks_of(self._judgement.case.snapshot.readings()))

    @cached_property
    def front(self) -> Front:
        """Return the first page."""
        read = Tallies(self.tally, tally(self.directory_extents), tally(self.tenant_extents))
        return front(self.told, read, self.calendar, self.results, self.backups)

    @cached_property
    def unknowns(self) -> tuple[Unknown, ...]:
        """Return what is not known, by the act that cures it."""
        return unknowns(self._blanks)

    def unknown_by_host(self) -> Iterator[HostUnknown]:
        """Yield what is not known of each host."""
        readings = self._judgement.case.snapshot.readings()
        asked = Counter(reading.key.target for reading in readings)
        return by_host(self._blanks, asked)

    @cached_property
    def glances(self) -> tuple[Glance, ...]:
        """Return the hosts at a glance."""
        judgement = self._judgement
        return tuple(glances(judgement.holdings.hosts, self.extents, judgement.findings))

    @cached_property
    def footings(self) -> tuple[Footing, ...]:
        """Return the footprints of all parties, and of nobody."""
        return footings(self._judgement, is_minimal=self.told.is_minimal)

    @cached_property
    def picture(self) -> Picture | None:
        """Return the picture of the leaving party's ways."""
        outgoing = self.footings[0]
        return picture(outgoing.name, outgoing.holds) if outgoing.name else None

    @property
    def proposals(self) -> tuple[Proposal, ...]:
        """Return the guesses that wait for a person's word."""
        return self._judgement.proposals

    def ways(self) -> Iterator[HostWays]:
        """Yield the ways to root of each host."""
        return ways(self._judgement.holdings)

    @cached_property
    def results(self) -> Results:
        """Return the findings by rule."""
        return results(self._judgement.findings)

    @cached_property
    def calendar(self) -> Calendar:
        """Return what ends when."""
        dates = self._judgement.case.dates
        holdings = self._judgement.holdings
        places = (holdings.hosts, holdings.directories, holdings.tenants)
        return calendar(*places, self.told.engagement, dates.now)

    @cached_property
    def backups(self) -> Backups:
        """Return what the hosts show of backups."""
        return backups(self._judgement.holdings.hosts)

    @cached_property
    def summaries(self) -> tuple[Summary, ...]:
        """Return what is the same on many hosts, by subject."""
        return tuple(summaries(self._judgement.holdings))

    @cached_property
    def checklist(self) -> Checklist:
        """Return the access-transfer checklist."""
        return checklist(self.told.items)

    @cached_property
    def differences(self) -> Differences | None:
        """Return what changed; None when there was no audit before."""
        changes = self.told.changes
        return None if changes is None else differences(changes)

    @cached_property
    def matrix(self) -> Matrix:
        """Return the coverage matrix."""
        return matrix(self._judgement.case.snapshot.readings())

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """Return what was asked."""
        return asked(self._judgement.coverage)

    def sections(self) -> Iterator[Section]:
        """Yield the hosts in full."""
        return sections(self.told, self.extents)

    @property
    def in_volumes(self) -> bool:
        """Tell whether the hosts' sections stand in files of their own."""
        return len(self.extents) > MOST_ON_A_PAGE

    @property
    def hosts_of_a_volume(self) -> int:
        """Return how many hosts one file has."""
        return HOSTS_OF_A_VOLUME
