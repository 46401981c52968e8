"""What a party still holds of the client, what depends on it, and what could hide more."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from hashlib import sha256

from msgspec import Struct, structs

from agent.judge import access, matching, signs
from agent.judge.case import Case, Certainty, Footprint, Hold, Match
from agent.judge.directory.directories import Directories, is_of_a_directory
from agent.judge.directory.joins import unaudited
from agent.judge.holds import all as every
from agent.judge.holds.keys import is_open
from agent.judge.holds.kind import (
    DIRECTORY_KINDS,
    HOLD_KINDS,
    JOIN_KINDS,
    RANK,
    TENANT_KINDS,
    Candidate,
    DirectoryScene,
    Scene,
    TenantScene,
    needs_of,
)
from agent.judge.hosts import Hosts
from agent.judge.links import Links
from agent.judge.matching import Matcher, of_role
from agent.judge.signs import OPEN, signs_in_tenant, signs_of_life
from agent.judge.tenant.own import own_names
from agent.judge.tenant.tenants import Tenants
from inventory.model.party import Role
from inventory.model.record import Record
from inventory.snapshot import Blank

SUBJECTS = every.SUBJECTS  # imported so that HOLD_KINDS is whole


class Judged(Struct, frozen=True):
    """A candidate and whose it is."""

    candidate: Candidate
    matches: tuple[Match, ...]


class Proposal(Struct, frozen=True):
    """A guess that a person confirms or rejects."""

    id: str
    text: str
    match: Match
    hold: str  # its key


class Holdings:
    """All candidates of a case, each matched once; footprints are parts of it."""

    def __init__(self, case: Case) -> None:
        """Take the case; nothing is worked out before it is asked for."""
        self.case = case
        self.hosts = Hosts(case.snapshot, case.hosts)
        self.directories = self.hosts.once(Directories)
        self.tenants = self.hosts.once(Tenants)
        self.matcher = Matcher(case.parties)
        self._decided = {decision.proposal: decision.confirmed for decision in case.decisions}

    @cached_property
    def scenes(self) -> tuple[Scene, ...]:
        """Return each host with its ways in."""
        dates = self.case.dates
        return tuple(Scene(host, dates.now, dates.access_ended) for host in self.hosts)

    @cached_property
    def realms(self) -> tuple[DirectoryScene, ...]:
        """Return each directory."""
        dates = self.case.dates
        return tuple(DirectoryScene(one, dates.now, dates.access_ended) for one in self.directories)

    @cached_property
    def tenancies(self) -> tuple[TenantScene, ...]:
        """Return each tenant."""
        dates = self.case.dates
        return tuple(TenantScene(one, dates.now, dates.access_ended) for one in self.tenants)

    @cached_property
    def judged(self) -> tuple[Judged, ...]:
        """Return all candidates with whose they are, after the decisions of people."""
        found: dict[str, Candidate] = {}
        linked = self.hosts.once(Links).linked
        for candidate in map(linked, self._candidates()):
            old = found.get(candidate.key)
            found[candidate.key] = together(old, candidate) if old else candidate
        return tuple(Judged(one, self._matches(one)) for one in found.values())

    def _candidates(self) -> Iterator[Candidate]:
        for scene in self.scenes:
            for kind in (*HOLD_KINDS.values(), *JOIN_KINDS.values()):
                yield from kind.find(scene)
        for realm in self.realms:
            for of_realm in DIRECTORY_KINDS.values():
                yield from of_realm.find(realm)
        for tenancy in self.tenancies:
            for of_tenancy in TENANT_KINDS.values():
                yield from of_tenancy.find(tenancy)

    @cached_property
    def _nobodys(self) -> tuple[Judged, ...]:
        return tuple(one for one in self.judged if self._is_nobodys(one))

    @cached_property
    def blanks(self) -> tuple[Blank, ...]:
        """Return the gaps of all readings that could show any hold, anywhere.

        A directory that hosts take accounts from, and that nobody audited, is one.
        """
        kinds = dict.fromkeys(
            (
                *access.NEEDS,
                *(need for kind in HOLD_KINDS.values() for need in kind.needs),
                *signs.NEEDS,
            )
        )
        realms = (need for kind in DIRECTORY_KINDS.values() for need in kind.needs)
        joined = (need for kind in JOIN_KINDS.values() for need in kind.needs)
        theirs = (need for need in joined if is_of_a_directory(need.__name__))
        unread = self.directories.blanks(dict.fromkeys((*realms, *theirs)))
        unread = tuple(dict.fromkeys((*unread, *unaudited(self.hosts))))
        tenancies = (need for kind in TENANT_KINDS.values() for need in kind.needs)
        in_tenants = self.tenants.blanks(dict.fromkeys(tenancies))
        return (*self.hosts.blanks(kinds), *unread, *in_tenants)

    @cached_property
    def leaving(self) -> dict[str, frozenset[str]]:
        """Return the accounts that are, or may be, the leaving party's, by host."""
        found: dict[str, set[str]] = {}
        for one in self.judged:
            if one.candidate.kind == "account" and of_role(one.matches, Role.OUTGOING):
                found.setdefault(one.candidate.target, set()).add(one.candidate.subject)
        return {target: frozenset(names) for target, names in found.items()}

    def footprint(self, role: Role) -> Footprint:
        """Return the holds and dependences of the party of a role."""
        party = self.case.party(role)
        holds = sorted(self._of(role), key=order)
        alive = [sign for host in self.hosts for sign in signs_of_life(host, self.matcher, role)]
        for tenant in self.tenants:
            alive.extend(signs_in_tenant(tenant, self.matcher, role))
        return Footprint(
            party=party,
            holds=tuple(hold for hold in holds if not hold.is_dependence),
            dependences=tuple(hold for hold in holds if hold.is_dependence),
            blanks=self.blanks,
            signs=tuple(alive),
            nameless=party is None or matching.is_empty(party),
            nobodys=len(self._nobodys),
            is_present=any(not sign.carried and sign.detail == OPEN for sign in alive),
        )

    def unattributed(self) -> Footprint:
        """Return the powers that are nobody's: they stand in the way of zero.

        A guess that something is the client's or the incoming party's does not clear it.
        """
        holds = (
            hold_of(one.candidate, None, detail=_perhaps(one.matches)) for one in self._nobodys
        )
        return Footprint(None, tuple(sorted(holds, key=order)), (), self.blanks)

    def proposals(self) -> tuple[Proposal, ...]:
        """Return the guesses that nobody has decided yet."""
        return tuple(
            Proposal(
                proposal_id(one.candidate.key, match),
                f"{one.candidate.title}: perhaps {match.party}'s, {match.mark}",
                match,
                one.candidate.key,
            )
            for one in self.judged
            for match in one.matches
            if match.certainty is Certainty.PROPOSED
        )

    def kinds_of(self, names: Iterable[str]) -> tuple[type[Record], ...]:
        """Return the record kinds that could show holds of these kinds."""
        return tuple(dict.fromkeys(need for name in names for need in needs_of(name)))

    def _of(self, role: Role) -> Iterator[Hold]:
        for one in self.judged:
            if match := of_role(one.matches, role):
                yield hold_of(one.candidate, match)

    def _is_nobodys(self, one: Judged) -> bool:
        candidate = one.candidate
        if not candidate.stands_alone or self.is_own(candidate):
            return False
        sure = any(match.certainty is not Certainty.PROPOSED for match in one.matches)
        return not sure and of_role(one.matches, Role.OUTGOING) is None

    def is_own(self, candidate: Candidate) -> bool:
        """Return whether it is the audit's own way in."""
        case, subject = self.case, candidate.subject
        if candidate.kind in TENANT_KINDS:
            return subject in own_names(self.tenants.tenant(candidate.target))
        if candidate.kind == "ssh key":
            return bool(case.own_key) and subject == case.own_key
        return bool(case.own_account) and candidate.kind in _BY_NAME and subject == case.own_account

    def _matches(self, candidate: Candidate) -> tuple[Match, ...]:
        """Return whose it is; what leads through an account proves it only for who leaves.

        A key in the account of a client's administrator need not be the client's.
        """
        direct = self.matcher.matches(candidate.identifiers)
        found = {(match.role, match.party): match for match in direct}
        through = self.matcher.matches(candidate.through)
        weak = [m if m.role is Role.OUTGOING else matching.weakened(m) for m in through]
        guesses = self.matcher.matches(candidate.perhaps)
        for match in (*weak, *map(matching.weakened, guesses)):
            old = found.get((match.role, match.party))
            if old is None or matching.rank(match) < matching.rank(old):
                found[match.role, match.party] = match
        decided = (self.after_decision(candidate.key, match) for match in found.values())
        return tuple(sorted((match for match in decided if match), key=matching.rank))

    def after_decision(self, key: str, match: Match) -> Match | None:
        """Return a guess as a person left it: confirmed, rejected (None), or still a guess."""
        if match.certainty is not Certainty.PROPOSED:
            return match
        confirmed = self._decided.get(proposal_id(key, match))
        if confirmed is None:
            return match
        yes = Match(match.party, match.role, match.mark, Certainty.CONFIRMED)
        return yes if confirmed else None


_BY_NAME = ("account", "sudo", "doas", "group")


def footprint(case: Case, role: Role) -> Footprint:
    """Return what the party of a role holds, and the gaps that could hide more."""
    return Holdings(case).footprint(role)


def unattributed(case: Case) -> Footprint:
    """Return the powers that match no party."""
    return Holdings(case).unattributed()


def hold_of(candidate: Candidate, match: Match | None, detail: str = "") -> Hold:
    """Return the candidate as a hold of a party, or of nobody."""
    return Hold(
        key=candidate.key,
        kind=candidate.kind,
        title=candidate.title,
        target=candidate.target,
        subject=candidate.subject,
        power=candidate.power,
        is_dependence=candidate.is_dependence,
        match=match,
        path=candidate.path,
        evidence=candidate.evidence,
        carried=candidate.carried,
        detail="; ".join(text for text in (candidate.detail, detail) if text),
        slot=candidate.slot,
    )


def proposal_id(hold: str, match: Match) -> str:
    """Return the short id of a guess: the same in every audit; another reason is another guess."""
    said = [match.role.value, match.party, match.mark, hold]
    text = "\0".join(said)
    return f"P-{sha256(text.encode('utf-8', 'backslashreplace')).hexdigest()[:8]}"


def together(one: Candidate, other: Candidate) -> Candidate:
    """Return two sightings of one thing as one: the fresher, then the stronger, marks of both."""
    first, second = sorted((one, other), key=_weight)
    return structs.replace(
        first,
        evidence=tuple(dict.fromkeys((*first.evidence, *second.evidence))),
        identifiers=tuple(dict.fromkeys((*first.identifiers, *second.identifiers))),
        through=tuple(dict.fromkeys((*first.through, *second.through))),
        perhaps=tuple(dict.fromkeys((*first.perhaps, *second.perhaps))),
        stands_alone=first.stands_alone or second.stands_alone,
    )


def _weight(one: Candidate) -> tuple[bool, int]:
    return one.carried, RANK.index(one.power)


def order(hold: Hold) -> tuple[int, bool, bool, str, str]:
    """Return what puts holds in order: power, fresh before carried, sure before guessed."""
    guess = hold.certainty is Certainty.PROPOSED
    return RANK.index(hold.power), hold.carried, guess, hold.subject, hold.target


def may_be_used(hold: Hold) -> bool:
    """Return whether the hold's way is open, as far as is known."""
    return hold.path is None or is_open(hold.path)


def _perhaps(found: tuple[Match, ...]) -> str:
    return "; ".join(f"perhaps {match.party}'s: {match.mark}" for match in found)
