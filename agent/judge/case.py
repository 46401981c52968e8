"""All that judgement may look at, and the words in which it speaks."""

from enum import StrEnum

from msgspec import Struct

from inventory.model.evidence import Evidence
from inventory.model.party import Party, Role
from inventory.model.truth import Truth
from inventory.snapshot import Blank, Snapshot


class Certainty(StrEnum):
    """How sure a statement is; a path is as certain as its weakest link."""

    PROVED = "proved"
    CONFIRMED = "confirmed"  # a person confirmed a proposal
    PROPOSED = "proposed"
    REJECTED = "rejected"


class Severity(StrEnum):
    """How much a finding hurts at a handover."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


class Power(StrEnum):
    """What stands at the end of an access path."""

    ROOT = "root"  # everything on the host
    RUN_AS = "run as"  # another account, or some commands as root
    LOGIN = "login"  # an account without more
    CONTROL = "control"  # an agent or hook that can run things on the host
    NETWORK = "network"  # a way into the network
    INFORMATION = "information"  # alerts, logs, mail: it is told


class Dates(Struct, frozen=True):
    """The dates of the transition, seconds since 1970 UTC."""

    now: int
    cutover: int | None = None
    access_ended: int | None = None  # when the leaver's access to secrets ended


class Case(Struct, frozen=True):
    """One audit and the circumstances it is judged in."""

    snapshot: Snapshot
    parties: tuple[Party, ...]
    dates: Dates
    client: str = ""
    decisions: tuple["Decision", ...] = ()  # confirmations and rejections of proposals
    own_account: str = ""  # the account with which the audit logs in
    own_key: str = ""  # fingerprint of the key with which it logs in
    hosts: tuple[str, ...] = ()  # that the engagement lists, whether any audit knows them or not

    def party(self, role: Role) -> Party | None:
        """Return the party of a role, or None when the engagement names none."""
        return next((party for party in self.parties if party.role is role), None)


class Decision(Struct, frozen=True):
    """A person's word on a proposal, from the journal."""

    proposal: str  # id of the proposal
    confirmed: bool
    by: str
    when: int


class Step(Struct, frozen=True):
    """One link of an access path, with what proves it."""

    text: str  # "key SHA256:9fQ2.. (deploy)", "account svc", "group docker", "sudo ALL", "root"
    evidence: tuple[Evidence, ...] = ()
    certainty: Certainty = Certainty.PROVED


class AccessPath(Struct, frozen=True):
    """The chain that ends in power over a thing."""

    target: str  # the host
    principal: str  # what starts it: "key SHA256:...", "password of alice", "agent ScreenConnect"
    account: str | None  # the account it goes through
    steps: tuple[Step, ...]
    power: Power
    certain: Truth = Truth.YES  # UNKNOWN: e.g. the password state could not be read
    limit: str = ""  # "only /usr/bin/systemctl restart app", "from 203.0.113.0/24"

    @property
    def certainty(self) -> Certainty:
        """Return the certainty of the weakest link."""
        proposed = any(step.certainty is Certainty.PROPOSED for step in self.steps)
        return Certainty.PROPOSED if proposed else Certainty.PROVED


class Match(Struct, frozen=True):
    """Why something is a party's: the mark, the profile entry that recognised it, how surely."""

    party: str
    role: Role
    mark: str  # "mail domain oldmsp.example", "key fingerprint", "account oldmsp"
    certainty: Certainty


class Hold(Struct, frozen=True):
    """A power that a party still has, or a dependence on it.

    `key` stays the same from audit to audit: the checklist and the journal are bound to it.
    """

    key: str
    kind: str  # "ssh key", "account", "sudo", "group", "agent", "cron", "alias", ...
    title: str  # 'key SHA256:9fQ2.. "deploy" on web1'
    target: str
    subject: str  # what ties holds together into one checklist line: the fingerprint, the account
    power: Power
    is_dependence: bool
    match: Match | None  # None: unattributed
    path: AccessPath | None
    evidence: tuple[Evidence, ...]
    carried: bool = False  # only known from an earlier audit: cannot tell
    detail: str = ""
    slot: str = ""  # the place it fills: a new key of the same account fills the old one's

    @property
    def certainty(self) -> Certainty:
        """Return how surely it is the party's, and a way in: the weaker of match and path."""
        path = self.path.certainty if self.path else Certainty.PROVED
        if self.match is None or path is Certainty.PROPOSED:
            return path
        return self.match.certainty

    @property
    def is_guess(self) -> bool:
        """Return whether it is only proposed that it is the party's."""
        return self.match is not None and self.match.certainty is Certainty.PROPOSED


class Footprint(Struct, frozen=True):
    """The holds and dependences of one party, and the gaps that could hide more."""

    party: Party | None  # None: unattributed, or the engagement names no party of the role
    holds: tuple[Hold, ...]
    dependences: tuple[Hold, ...]
    blanks: tuple[Blank, ...]
    signs: tuple[Hold, ...] = ()  # open connections and logins: signs of life, not powers
    nameless: bool = False  # the party's profile is empty, so that nothing could be recognised
    nobodys: int = 0  # powers that match no party, each of which may be this one's
    is_present: bool = False  # a session or a connection of theirs was open during this audit

    @property
    def zero(self) -> Truth:
        """Tell whether it is zero: NO with one hold that is surely theirs, never YES in doubt.

        In doubt: gaps, holds of an earlier audit, guesses, powers of nobody known, an empty
        profile, an open session of theirs that no hold explains.
        """
        found = (*self.holds, *self.dependences)
        if any(not hold.carried and not hold.is_guess for hold in found):
            return Truth.NO
        doubt = self.blanks or found or self.nameless or self.nobodys or self.is_present
        return Truth.UNKNOWN if doubt else Truth.YES


class Verdict(StrEnum):
    """What a rule says of one subject."""

    MET = "met"
    NOT_MET = "not met"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not applicable"


class Finding(Struct, frozen=True):
    """A rule's verdict on one subject, with its evidence or the gaps that prevented it."""

    rule: str  # "host.eol"
    title: str  # the compliant state as a fact: "The operating system is supported"
    severity: Severity
    target: str
    subject: str
    verdict: Verdict
    says: str  # what is so: "Debian 10 is out of support since 2024-06-30"
    reason: str  # why it hurts at a handover
    remedy: str
    evidence: tuple[Evidence, ...] = ()
    blanks: tuple[Blank, ...] = ()


class Coverage(Struct, frozen=True):
    """How much of one target or subject was asked and answered."""

    target: str
    subject: str  # the collector
    state: str  # inventory.reading.State
    answered: int
    refused: int
    blanks: tuple[Blank, ...]


class Cure(Struct, frozen=True):
    """Gaps grouped by the act that would answer them; most useful first."""

    act: str  # "plan --sudoers", "check VPN, route"
    why: str  # "no root"
    targets: tuple[str, ...]
    unlocks: int  # answers it would give
    says: str = ""  # the detail that all of these gaps share
