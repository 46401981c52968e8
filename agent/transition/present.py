"""One audit as boxes are decided by it: what was seen, whose it is, and what could be hidden."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import sha256

import msgspec

from agent.judge.case import Case, Certainty, Decision, Hold, Match
from agent.judge.directory.directories import Directory
from agent.judge.directory.joins import blanks, unaudited
from agent.judge.footprint import Judged, hold_of, proposal_id
from agent.judge.holds.kind import Candidate
from agent.judge.holds.kind import needs_of as kinds_of
from agent.judge.hosts import Host
from agent.judge.judgement import Judgement
from agent.judge.matching import of_role
from agent.judge.tenant.tenants import Tenant
from agent.judge.way_in import WayIn, ways_in
from agent.transition.memory import BoxMemory
from agent.transition.wording import bounded
from inventory.model.directory import DirectoryConnection
from inventory.model.evidence import Gap, Why
from inventory.model.party import Role
from inventory.model.record import KINDS, Identifier, Mark, Record
from inventory.model.tenant import TenantConnection
from inventory.reading import Reading, State
from inventory.snapshot import Blank, blanks_of

# Kinds whose key stays while whom they serve changes: they are remembered with their marks. A VPN
# peer is none of them: its key gets in from any address.
REPOINTED = (
    *("container image", "web target", "job"),
    *("named location", "management token", "tenant setting", "domain federation"),
    *("identity provider", "federated credential", "reseller"),
)


Machine = tuple[str, int]  # a target's name, and its generation


class Present:
    """A judged audit with the look-ups that proofs need."""

    def __init__(
        self,
        judgement: Judgement,
        parsers: Mapping[str, int],
        audited: int,
        gone: Mapping[Machine, str] | None = None,
    ) -> None:
        """Take the judgement, the collectors' parser versions, and when the audit began.

        `gone`: machines that people attest gone, with the id of the line that says so.
        """
        self.judgement = judgement
        self.parsers = parsers
        self.audited = audited
        self._gone = gone or {}
        self._tellers: dict[tuple[type[Record], ...], frozenset[str]] = {}
        self._unread: dict[tuple[str, ...], frozenset[str]] = {}

    @property
    def case(self) -> Case:
        """Return what is judged."""
        return self.judgement.case

    @property
    def audit(self) -> int:
        """Return the number of the audit."""
        return self.case.snapshot.audit

    @cached_property
    def hosts(self) -> Mapping[str, Host]:
        """Return the hosts by name."""
        return {host.name: host for host in self.judgement.holdings.hosts}

    @cached_property
    def places(self) -> Mapping[str, Host]:
        """Return the hosts, the directories and the tenants by name."""
        return {**self.hosts, **self.directories, **self.tenants}

    @cached_property
    def judged(self) -> Mapping[str, Judged]:
        """Return every candidate by its key, in the form in which the journal keeps keys."""
        return {bounded(one.candidate.key): one for one in self.judgement.holdings.judged}

    @cached_property
    def in_slot(self) -> Mapping[str, tuple[str, ...]]:
        """Return the keys of the candidates in each slot."""
        found: dict[str, list[str]] = {}
        for key, one in self.judged.items():
            if one.candidate.slot:
                found.setdefault(bounded(one.candidate.slot), []).append(key)
        return {slot: tuple(keys) for slot, keys in found.items()}

    @cached_property
    def unattributed(self) -> Mapping[str, Hold]:
        """Return the powers that are nobody's."""
        return {bounded(hold.key): hold for hold in self.judgement.unattributed.holds}

    @cached_property
    def ways(self) -> Mapping[str, WayIn]:
        """Return how the parties that stay come to root, by host."""
        return {way.target: way for way in ways_in(self.judgement.holdings)}

    @cached_property
    def decisions(self) -> Mapping[str, Decision]:
        """Return the newest decision on each proposal."""
        return {decision.proposal: decision for decision in self.case.decisions}

    @cached_property
    def _readings(self) -> Mapping[tuple[str, str], Reading]:
        """Return the newest machine's reading of each target and collector."""
        readings = sorted(self.case.snapshot.readings(), key=_newest_last)
        return {(one.key.target, one.key.collector): one for one in readings}

    def reading(self, target: str, collector: str) -> Reading | None:
        """Return what a collector read of a target, of the machine that answered last."""
        return self._readings.get((target, collector))

    def generation(self, target: str, collector: str) -> int:
        """Return which machine behind the target's name was read."""
        reading = self.reading(target, collector)
        return reading.key.generation if reading else 0

    @cached_property
    def _machines(self) -> Mapping[str, tuple[int, ...]]:
        """Return the generations of each host; the one that answers, or answered last, is first."""
        found: dict[str, list[int]] = {}
        for reading in sorted(self.case.snapshot.readings(), key=_newest_last, reverse=True):
            found.setdefault(reading.key.target, []).append(reading.key.generation)
        return {name: tuple(dict.fromkeys(found[name])) for name in self.hosts if name in found}

    def current(self, target: str) -> int:
        """Return the generation of the machine that answers under a name."""
        return self._machines.get(target, (0,))[0]

    def others(self) -> Iterator[Machine]:
        """Yield the machines that answered under the name of a host before another one did."""
        for target, known in self._machines.items():
            yield from ((target, generation) for generation in sorted(known[1:]))

    def attested_gone(self, target: str) -> str:
        """Return the line that says that all machines before are gone; "" when none does."""
        others = self._machines.get(target, (0,))[1:]
        lines = [self._gone.get((target, generation), "") for generation in others]
        return lines[0] if lines and all(lines) else ""

    @cached_property
    def _past(self) -> frozenset[Blank]:
        """Return the gaps of machines that are gone, which hide nothing any more."""
        if not self._gone:
            return frozenset()
        old: set[Blank] = set()
        rest: set[Blank] = set()
        for reading in self.case.snapshot.readings():
            target, generation = reading.key.target, reading.key.generation
            is_old = (target, generation) in self._gone and generation != self.current(target)
            (old if is_old else rest).update(blanks_of((reading,)))
        return frozenset(old - rest)

    def reader(self, target: str) -> str:
        """Return the account that asked a directory or tenant in this audit; "" for all else."""
        directory, tenant = self.directories.get(target), self.tenants.get(target)
        rows = directory.rows(DirectoryConnection) if directory else ()
        asked = [f"{row.record.bind} {row.record.account}" for row in rows if not row.carried]
        apps = tenant.rows(TenantConnection) if tenant else ()
        asked += [f"{r.record.app_id or ''} {r.record.person}" for r in apps if not r.carried]
        return bounded(" ".join(sorted(asked)).strip().casefold())

    def hold(self, key: str) -> Hold | None:
        """Return the candidate of a key as the leaving party's hold, or as nobody's."""
        one = self.judged.get(key)
        return hold_of(one.candidate, of_role(one.matches, Role.OUTGOING)) if one else None

    @cached_property
    def hidden(self) -> Mapping[str, tuple[Blank, ...]]:
        """Return the gaps that could hide any hold, by target."""
        found: dict[str, list[Blank]] = {}
        for blank in self.judgement.holdings.blanks:
            if blank in self._past:
                continue
            found.setdefault(blank.target, []).append(blank)
        return {target: tuple(blanks) for target, blanks in found.items()}

    def blanks(self, target: str, needs: tuple[str, ...]) -> tuple[Blank, ...]:
        """Return what could hide records of these kinds; a target that is unknown hides all."""
        kinds = [KINDS[name] for name in needs if name in KINDS]
        host = self.places.get(target)
        if host is None or not kinds or len(kinds) < len(needs):
            return (Blank("", target, "", _NOT_ASKED),)
        return tuple(blank for blank in blanks(host, kinds) if blank not in self._past)

    def unread(self, needs: tuple[str, ...]) -> frozenset[str]:
        """Return the hosts of which this audit did not read all of these kinds."""
        if needs not in self._unread:
            found = (name for name in self.hosts if needs and self.blanks(name, needs))
            self._unread[needs] = frozenset(found)
        return self._unread[needs]

    def marks_of(self, candidate: Candidate) -> tuple[tuple[str, str], ...]:
        """Return the marks to be remembered: none for kinds whose key says it all."""
        if candidate.kind not in REPOINTED:
            return ()
        marks = (*candidate.identifiers, *candidate.through)
        return tuple((one.mark.value, bounded(one.value)) for one in marks)

    def still_recognises(self, marks: tuple[tuple[str, str], ...]) -> bool:
        """Return whether the profiles of today would still call these marks the leaving party's."""
        identifiers = [Identifier(Mark(mark), value) for mark, value in marks]
        matches = self.judgement.holdings.matcher.matches(identifiers)
        return of_role(matches, Role.OUTGOING) is not None

    @cached_property
    def directories(self) -> Mapping[str, Directory]:
        """Return the directories by name."""
        return {one.name: one for one in self.judgement.holdings.directories}

    @cached_property
    def tenants(self) -> Mapping[str, Tenant]:
        """Return the tenants by name."""
        return {one.name: one for one in self.judgement.holdings.tenants}

    @cached_property
    def missing(self) -> tuple[Blank, ...]:
        """Return the directories that hosts take accounts from and that nobody audited."""
        return unaudited(self.judgement.holdings.hosts)

    def tellers(self, kinds: tuple[type[Record], ...]) -> frozenset[str]:
        """Return the collectors that tell of some of these kinds."""
        if kinds not in self._tellers:
            readings = (one for kind in kinds for one in self.case.snapshot.readings(kind))
            self._tellers[kinds] = frozenset(one.key.collector for one in readings)
        return self._tellers[kinds]

    def read_by(self, box: BoxMemory, collector: str) -> BoxMemory:
        """Return a box with who sees it, so that another machine or parser is noticed."""
        return msgspec.structs.replace(
            box,
            collector=collector,
            parser=self.parsers.get(collector, 0),
            generation=self.generation(box.target, collector),
            reader=self.reader(box.target),
        )

    def box(self, hold: Hold, *, joined: bool = False) -> BoxMemory:
        """Return a hold as it is remembered from now on."""
        key = bounded(hold.key)
        candidate = self.judged[key].candidate
        evidence = hold.evidence[0] if hold.evidence else None
        collector = evidence.collector if evidence else ""
        slot = bounded(hold.slot)
        return BoxMemory(
            key=key,
            kind=hold.kind,
            target=bounded(hold.target),
            text=bounded(hold.title),
            subject=bounded(hold.subject),
            slot=slot,
            collector=collector,
            parser=self.parsers.get(collector, 0),
            generation=self.generation(hold.target, collector),
            reader=self.reader(hold.target),
            needs=needs_of(hold.kind),
            proposal=_proposal(hold),
            marks=self.marks_of(candidate),
            beside=tuple(sorted(short_digest(k) for k in self.in_slot.get(slot, ()) if k != key)),
            joined=joined,
            audit=self.audit,
            seen=0 if hold.carried else self.audited,
        )


_NOT_ASKED = Gap(Why.NOT_ASKED, detail="not asked in this audit", cure="audit")


def needs_of(kind: str) -> tuple[str, ...]:
    """Return the names of the record kinds that could show a hold of a kind."""
    return tuple(need.__name__ for need in kinds_of(kind))


def sure_match(one: Judged) -> Match | None:
    """Return whose it is, when that is more than a guess."""
    return next((m for m in one.matches if m.certainty is not Certainty.PROPOSED), None)


def short_digest(key: str) -> str:
    """Return eight characters that stand for a key."""
    return sha256(key.encode("utf-8", "backslashreplace")).hexdigest()[:8]


def refreshed(box: BoxMemory, now: BoxMemory) -> BoxMemory:
    """Return the box as it was seen now, with what it keeps from the time when it was made."""
    return msgspec.structs.replace(
        now, beside=box.beside, joined=box.joined, audit=box.audit, needs=_both(box, now)
    )


def record_kinds(needs: tuple[str, ...]) -> tuple[type[Record], ...]:
    """Return the record kinds of these names, as far as they are known."""
    return tuple(KINDS[name] for name in needs if name in KINDS)


def _both(old: BoxMemory, new: BoxMemory) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*old.needs, *new.needs)))


def _proposal(hold: Hold) -> str:
    """Return the id of the guess behind a match, decided or not."""
    match = hold.match
    guessed = match and match.certainty in (Certainty.PROPOSED, Certainty.CONFIRMED)
    return proposal_id(hold.key, match) if match and guessed else ""


def _newest_last(reading: Reading) -> tuple[bool, int]:
    return reading.state is not State.NOT_ASKED, reading.key.generation


def state(present: Present, kind: str, target: str, text: str, subject: str = "") -> BoxMemory:
    """Return a box that stands for a state, not for a hold."""
    key = bounded(" ".join(part for part in (kind, target, subject) if part))
    return BoxMemory(
        key,
        kind,
        bounded(target),
        bounded(text),
        bounded(subject),
        audit=present.audit,
        seen=present.audited,
    )
