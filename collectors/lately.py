"""What collectors read lately: hosts of one fleet often answer the same, letter for letter.

A collector is pure: the same answers and gaps yield the same records. So what the last few hosts
told is kept by collector, and a host that tells the same is not read once more.
"""

from collections.abc import Callable

from msgspec import Struct

from collectors.spec import Collector, Outcome
from inventory.model.evidence import Gap
from inventory.model.record import Record

DIFFERENT = 3  # answers that are kept of one collector
MOST_CHARACTERS = 128 * 1024  # of them; more is read each time
Outcomes = tuple[Outcome, ...]  # of a collector's asks, in their order
Made = tuple[tuple[Record, ...], tuple[Gap, ...]]


class _Read(Struct, frozen=True):
    """What one collector made of what one host told."""

    collector: Collector
    outcomes: Outcomes
    made: Made


class Lately:
    """The latest readings of each collector; several threads may use one."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._read: dict[str, tuple[_Read, ...]] = {}

    def read(self, collector: Collector, outcomes: Outcomes, read: Callable[[], Made]) -> Made:
        """Return what the collector makes of the outcomes; `read` tells it when it is not known."""
        known = self._read.get(collector.name, ())
        for one in known:
            if one.collector is collector and one.outcomes == outcomes:
                return one.made
        made = read()
        failed = any(gap.ask == collector.name for gap in made[1])  # it may not fail again
        if not failed and _characters(outcomes) <= MOST_CHARACTERS:
            latest = _Read(collector, outcomes, made)
            self._read[collector.name] = (latest, *known[: DIFFERENT - 1])
        return made


def _characters(outcomes: Outcomes) -> int:
    return sum(len(answer.text) for answers, _ in outcomes for answer in answers)
