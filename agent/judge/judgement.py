"""Everything that judgement says of one case, each part worked out once, when it is asked for."""

from functools import cached_property

from agent.judge import coverage
from agent.judge.case import Case, Coverage, Cure, Finding, Footprint
from agent.judge.footprint import Holdings, Proposal
from agent.judge.rules.all import findings
from agent.judge.unaudited import Strangers, unaudited
from inventory.model.party import Role


class Judgement:
    """One case judged: footprints, findings, coverage, and what would cure the gaps."""

    def __init__(self, case: Case) -> None:
        """Take the case; nothing is worked out before it is asked for."""
        self.case = case

    @cached_property
    def holdings(self) -> Holdings:
        """Return all that may be someone's hold, matched."""
        return Holdings(self.case)

    @cached_property
    def outgoing(self) -> Footprint:
        """Return what the leaving party holds."""
        return self.holdings.footprint(Role.OUTGOING)

    @cached_property
    def incoming(self) -> Footprint:
        """Return what the party that takes over holds."""
        return self.holdings.footprint(Role.INCOMING)

    @cached_property
    def client(self) -> Footprint:
        """Return what the client itself holds."""
        return self.holdings.footprint(Role.CLIENT)

    @cached_property
    def unattributed(self) -> Footprint:
        """Return the powers that match no party."""
        return self.holdings.unattributed()

    @cached_property
    def proposals(self) -> tuple[Proposal, ...]:
        """Return the guesses that nobody has decided."""
        return self.holdings.proposals()

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Return the verdict of every rule on every subject."""
        return findings(self.holdings)

    @cached_property
    def strangers(self) -> Strangers:
        """Return the machines that were seen and that no host audit reached."""
        return unaudited(self.holdings.hosts, self.holdings.directories)

    @cached_property
    def coverage(self) -> tuple[Coverage, ...]:
        """Return how much of each target and subject was answered."""
        return coverage.coverage(self.case)

    @cached_property
    def cures(self) -> tuple[Cure, ...]:
        """Return the acts that would answer what is unknown, the most useful first."""
        return coverage.cures(self.case)
