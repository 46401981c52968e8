"""Turns the answers of one target into records and readings; contains failures of others' code."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar

from msgspec import Struct

from collectors.lately import Lately, Made
from collectors.spec import Answers, Ask, Collector, Lacking, Outcome, Unreadable
from inventory.errors import HandoverError, ParseError
from inventory.model.evidence import Gap, Why
from inventory.model.record import Record
from inventory.reading import Reading, ReadingKey, State

T = TypeVar("T")


class Collected(Struct, frozen=True):
    """What one collector made of one target's answers."""

    reading: Reading
    records: Collection[Record]  # of a host a tuple; of a directory, read again from a file
    parser: int


def contained(act: Callable[[], T]) -> T | ParseError:
    """Run code that is not trusted to be right; return its result, or what went wrong.

    The one broad except of the project: a collector or rule that fails must not end the audit, and
    one that calls exit() ends only itself.
    """
    try:
        return act()
    except HandoverError as err:
        return ParseError(str(err))
    except (Exception, SystemExit) as err:  # noqa: BLE001
        return ParseError(f"{type(err).__name__} in the code that reads it")


def ask_name(collector: Collector, ask: Ask) -> str:
    """Return the name by which an ask is known everywhere: `linux.sudo/sudoers`."""
    return f"{collector.name}/{ask.name}"


def collect(
    collector: Collector,
    outcomes: Mapping[str, Outcome],
    *,
    key: ReadingKey,
    lately: Lately | None = None,
) -> Collected:
    """Read the answers of one collector; every ask without an outcome is a gap.

    `lately`: what was read of earlier hosts, so that the same answers are read once.
    """
    told = tuple(_told(outcomes, ask_name(collector, ask)) for ask in collector.asks)
    answers = [Lacking.of(got, missing) for got, missing in told]
    gaps = [gap for _, missing in told for gap in missing]
    records: tuple[Record, ...] = ()
    if not _is_silent(collector, answers, gaps):
        records, unreadable = (lately or Lately()).read(
            collector, told, partial(_read, collector, answers)
        )
        gaps.extend(unreadable)
    silent = _is_silent(collector, answers, gaps)
    reading = reading_of(collector, key, gaps, answered=any(answers), silent=silent)
    return Collected(reading, records, collector.parser)


def _told(outcomes: Mapping[str, Outcome], name: str) -> Outcome:
    """Return the outcome of an ask; one that has none was not asked."""
    return outcomes.get(name) or ((), (Gap(Why.NOT_ASKED, name),))


def _is_silent(collector: Collector, answers: Sequence[Answers], gaps: Sequence[Gap]) -> bool:
    """Tell whether no ask was answered in any way: then not even an absence can be read."""
    return not any(answers) and _lost(collector, gaps) == len(collector.asks)


def _lost(collector: Collector, gaps: Iterable[Gap]) -> int:
    """Return how many asks have a gap that hides all of what they could tell."""
    whole = {gap.ask for gap in gaps if gap.part == ""}
    return len(whole & {ask_name(collector, ask) for ask in collector.asks})


def _read(collector: Collector, answers: Sequence[Answers]) -> Made:
    """Run the generator; keep what it told before a failure, and the failure as a gap."""
    records: dict[tuple[object, ...], Record] = {}
    gaps: list[Gap] = []

    def run() -> None:
        for told in collector.read(*answers):
            if isinstance(told, Unreadable):
                gaps.append(gap_of(told))
            else:
                records.setdefault((type(told).__name__, *told.key()), told)

    failure = contained(run)
    if isinstance(failure, ParseError):
        gaps.append(failure_of(collector, failure))
    return tuple(records.values()), tuple(gaps)


def gap_of(told: Unreadable) -> Gap:
    """Return the gap that something unreadable leaves."""
    detail = f"{told.at.where}: {told.detail}" if told.at.where else told.detail
    return Gap(told.why, told.at.ask, told.part, detail, told.cure)


def failure_of(collector: Collector, failure: ParseError) -> Gap:
    """Return the gap of a collector that failed: whatever it did not come to tell."""
    return Gap(Why.MALFORMED, collector.name, "", str(failure), "report")


def reading_of(
    collector: Collector, key: ReadingKey, gaps: Iterable[Gap], *, answered: bool, silent: bool
) -> Reading:
    """Return the outcome; `answered`: anything came back; `silent`: not even an absence did."""
    tells = tuple(sorted(kind.__name__ for kind in collector.tells))
    unique = tuple(sorted(set(gaps)))
    if not unique:
        return Reading(key, State.COMPLETE, tells)
    if all(gap.why is Why.NOT_ASKED for gap in unique) and not answered:
        return Reading(key, State.NOT_ASKED, tells, unique)
    return Reading(key, State.FAILED if silent else State.PARTIAL, tells, unique)


def failed(collector: Collector, key: ReadingKey, gap: Gap) -> Collected:
    """Return the reading of a collector that got no answers at all, with the gap that says why."""
    tells = tuple(sorted(kind.__name__ for kind in collector.tells))
    state = State.NOT_ASKED if gap.why is Why.NOT_ASKED else State.FAILED
    return Collected(Reading(key, state, tells, (gap,)), (), collector.parser)


def each(records: Sequence[Record], kind: type[Record]) -> Iterator[Record]:
    """Yield the records of one kind."""
    return (record for record in records if type(record) is kind)
