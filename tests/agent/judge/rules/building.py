"""Audits of a few records, with readings that are complete, refused or from an earlier audit."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from agent.judge.case import Case, Dates, Finding
from agent.judge.footprint import Holdings
from agent.judge.rules.all import RULES
from agent.judge.rules.rule import findings_of
from inventory.model.evidence import Evidence, Gap, Why
from inventory.model.moment import Moment
from inventory.model.party import Leaving, Party, Person, Role
from inventory.model.record import Record
from inventory.reading import Reading, ReadingKey, State
from inventory.snapshot import MemorySnapshot, Seen

NOW = 1_800_000_000  # 15 January 2027
DAY = 86_400
OURS = "SHA256:" + "c" * 43
THEIRS = "SHA256:" + "o" * 43
OTHER = "SHA256:" + "x" * 43
PARTIES = (
    Party(
        role=Role.CLIENT,
        name="Muster GmbH",
        people=(Person(name="Mia Muster", accounts=("mia",), keys=(OURS,)),),
        mail_domains=("muster.example",),
        servers=(".muster.example",),
        agent_instances=("muster-tenant",),
    ),
    Party(
        role=Role.OUTGOING,
        name="OldMSP",
        leaving=Leaving.PROVIDER,
        accounts=("oldmsp",),
        ssh_keys=(THEIRS,),
        mail_domains=("oldmsp.example",),
        servers=(".oldmsp.example",),
        agent_instances=("old-tenant",),
        networks=("203.0.113.0/24",),
    ),
)

Facts = Mapping[str, Iterable[Record]]  # host -> what it has


class Situation(Struct, frozen=True):
    """Worlds in which a rule is met, and broken."""

    met: Facts
    broken: Facts
    own_account: str = ""
    gap: Gap | None = None  # which breaks it by itself


def ago(days: float) -> Moment:
    return Moment.exact(NOW - int(days * DAY))


def refusal(kind: type[Record]) -> Gap:
    return Gap(Why.DENIED, f"test.{kind.__name__}/ask", detail="Permission denied", cure="root")


def snapshot(
    facts: Facts,
    kinds: Iterable[type[Record]],
    *,
    refused: Iterable[type[Record]] = (),
    carried: bool = False,
    state: State = State.COMPLETE,
    gap: Gap | None = None,
) -> MemorySnapshot:
    """Give each host a reading for each kind; what is refused has a gap and no records.

    `gap`: instead of every answer.
    """
    told = []
    kinds = tuple(kinds)
    denied = set(kinds) if gap else set(refused)
    for host, records in facts.items():
        rows = tuple(records)
        for kind in kinds:
            key = ReadingKey("ssh", host, f"test.{kind.__name__}")
            own = () if kind in denied else tuple(r for r in rows if type(r) is kind)
            gaps = (gap or refusal(kind),) if kind in denied else ()
            outcome = State.FAILED if kind in denied else state
            place = (Evidence("ssh", host, key.collector, one.at, 7) for one in own)
            seen = [Seen(one, at, carried) for one, at in zip(own, place, strict=True)]
            told.append((Reading(key, outcome, (kind.__name__,), gaps), seen))
    return MemorySnapshot(7, told)


def case_of(
    shot: MemorySnapshot,
    *,
    own_account: str = "",
    own_key: str = "",
    parties: tuple[Party, ...] = PARTIES,
) -> Case:
    dates = Dates(NOW)
    return Case(shot, parties, dates, "Muster GmbH", own_account=own_account, own_key=own_key)


def judged(
    rule_id: str,
    facts: Facts,
    *,
    refused: Iterable[type[Record]] = (),
    carried: bool = False,
    state: State = State.COMPLETE,
    own_account: str = "",
    own_key: str = "",
    parties: tuple[Party, ...] = PARTIES,
    gap: Gap | None = None,
) -> tuple[Finding, ...]:
    """Judge by one rule; of kinds that the rule needs every host has a reading."""
    rule = RULES[rule_id]
    also = [type(record) for records in facts.values() for record in records]
    kinds = dict.fromkeys((*rule.needs, *also))
    shot = snapshot(facts, kinds, refused=refused, carried=carried, state=state, gap=gap)
    case = case_of(shot, own_account=own_account, own_key=own_key, parties=parties)
    return tuple(findings_of(rule, Holdings(case)))
