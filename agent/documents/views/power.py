"""Who has power: the holds of each party by what they are, and what could hide more."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from agent.documents.cell import Known, Whys, whys_of
from agent.documents.views import say
from agent.documents.views.table import places
from agent.judge.case import AccessPath, Certainty, Footprint, Hold, Power
from agent.judge.footprint import may_be_used
from agent.judge.holds.kind import RANK
from agent.judge.judgement import Judgement
from agent.judge.zero import zero_text
from inventory.model.truth import Truth

MOST_PLACES = 20
MOST_GROUPS = 1_000


class Holding(Struct, frozen=True):
    """The same hold on all the hosts where it is: one key, one account, one agent."""

    kind: str
    title: str  # without the host
    power: str
    count: int  # of hosts
    hosts: str
    names: tuple[str, ...]  # of all hosts
    certainty: str  # proved, confirmed, proposed
    mark: str  # why it is the party's
    ways: tuple[str, ...]
    limits: tuple[str, ...]
    open: Known  # ALL: the way is open; UNKNOWN: cannot tell; NONE: closed
    where: str
    detail: str
    carried: int  # holds only known from an earlier audit


class Footing(Struct, frozen=True):
    """One party's footprint, ready to be shown."""

    role: str
    name: str  # empty: no party of the role, or nobody
    zero: str  # yes, no, unknown
    said: str
    holds: tuple[Holding, ...]
    dependences: tuple[Holding, ...]
    signs: tuple[Holding, ...]
    whys: Whys
    unread: int  # hosts that could hide more
    nameless: bool


class Strength(Struct, frozen=True):
    """How many powers a party has: one line of the first page."""

    role: str
    name: str
    root: int
    control: int
    other: int
    dependences: int
    proposed: int
    carried: int
    unread: int  # hosts that could hide more
    nameless: bool

    @property
    def holds(self) -> int:
        """Return all powers that were seen now."""
        return self.root + self.control + self.other


def footings(judgement: Judgement, *, is_minimal: bool) -> tuple[Footing, ...]:
    """Return the footprints, the leaving party's first.

    `is_minimal`: nothing is told of when and from where ordinary people of the others log in.
    """
    nobody = judgement.unattributed
    quiet = _without_habits if is_minimal else _as_it_is
    return (
        footing("outgoing", judgement.outgoing, zero_text(judgement.outgoing, nobody)),
        footing("unattributed", quiet(nobody), zero_text(nobody)),
        footing("incoming", quiet(judgement.incoming), zero_text(judgement.incoming)),
        footing("client", quiet(judgement.client), zero_text(judgement.client)),
    )


def _as_it_is(found: Footprint) -> Footprint:
    return found


def _without_habits(found: Footprint) -> Footprint:
    """Return the footprint without logins of people who have no power."""
    holds = tuple(
        replace(hold, detail="") if hold.power is Power.LOGIN else hold for hold in found.holds
    )
    return replace(found, holds=holds, signs=())


def footing(role: str, found: Footprint, said: str) -> Footing:
    """Return one footprint, its holds grouped."""
    return Footing(
        role=role,
        name=found.party.name if found.party else "",
        zero=found.zero.value,
        said=said,
        holds=holdings(found.holds),
        dependences=holdings(found.dependences),
        signs=holdings(found.signs),
        whys=whys_of(found.blanks, 3),
        unread=unread(found),
        nameless=found.nameless and role != "unattributed",
    )


def unread(found: Footprint) -> int:
    """Return on how many hosts more could be hidden."""
    return len({blank.target for blank in found.blanks if blank.target})


def strength(role: str, found: Footprint) -> Strength:
    """Return how many powers a party has."""
    fresh = [hold for hold in found.holds if not hold.carried]
    needed = [hold for hold in found.dependences if not hold.carried]
    sure = [hold for hold in fresh if hold.certainty is not Certainty.PROPOSED]
    root = sum(hold.power is Power.ROOT for hold in sure)
    control = sum(hold.power is Power.CONTROL for hold in sure)
    return Strength(
        role=role,
        name=found.party.name if found.party else "",
        root=root,
        control=control,
        other=len(sure) - root - control,
        dependences=len(needed),
        proposed=len(fresh) - len(sure),
        carried=len(found.holds) + len(found.dependences) - len(fresh) - len(needed),
        unread=unread(found),
        nameless=found.nameless and role != "unattributed",
    )


def holdings(holds: Iterable[Hold]) -> tuple[Holding, ...]:
    """Return the holds, the same ones on several hosts as one; the strongest first."""
    groups: dict[tuple[str, str, str, str, str, bool], list[Hold]] = defaultdict(list)
    for hold in holds:
        mark = hold.match.mark if hold.match else ""
        key = (hold.kind, hold.subject, bare_title(hold), hold.power.value, mark, hold.carried)
        groups[key].append(hold)
    found = [_holding(some) for some in groups.values()]
    ranks = {power.value: rank for rank, power in enumerate(RANK)}
    found.sort(
        key=lambda one: (ranks[one.power], one.certainty == "proposed", -one.count, one.title)
    )
    return tuple(found[:MOST_GROUPS])


def _holding(holds: Sequence[Hold]) -> Holding:
    first = holds[0]
    names = tuple(sorted({hold.target for hold in holds}))
    paths = [hold.path for hold in holds if hold.path]
    ways = dict.fromkeys(_way(path) for path in paths)
    return Holding(
        kind=first.kind,
        title=bare_title(first),
        power=first.power.value,
        count=len(names),
        hosts=say.named(names, MOST_PLACES),
        names=names,
        certainty=first.certainty.value,
        mark=say.short_prints(first.match.mark) if first.match else "",
        ways=tuple(ways)[:3],
        limits=tuple(dict.fromkeys(path.limit for path in paths if path.limit))[:3],
        open=_open(holds),
        where=places(place for hold in holds for place in hold.evidence),
        detail="; ".join(dict.fromkeys(hold.detail for hold in holds if hold.detail)),
        carried=sum(hold.carried for hold in holds),
    )


def _way(path: AccessPath) -> str:
    return say.short_prints(" → ".join(step.text for step in path.steps))


def _open(holds: Sequence[Hold]) -> Known:
    """Return whether the way is open on any of the hosts."""
    if any(hold.path is None or hold.path.certain is Truth.YES for hold in holds):
        return Known.ALL
    return Known.UNKNOWN if any(may_be_used(hold) for hold in holds) else Known.NONE


def bare_title(hold: Hold) -> str:
    """Return the title without its host or directory, which stands beside it."""
    bare = hold.title.replace(f" on {hold.target}", "", 1)
    for word in (", in", " in", " of"):
        bare = bare.removesuffix(f"{word} {hold.target}")
    return bare
