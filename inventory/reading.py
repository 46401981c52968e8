"""One collector's reading of one target: how complete it is, and what it could have told."""

from enum import StrEnum

from msgspec import Struct

from inventory.model.evidence import Gap


class State(StrEnum):
    """How much of a reading came back."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"  # nothing usable
    NOT_ASKED = "not asked"  # planned or known from earlier, not asked in this audit


class ReadingKey(Struct, frozen=True, order=True):
    """What a reading is a reading of. `generation` grows when the target is another machine."""

    source: str
    target: str
    collector: str
    generation: int = 0


class Reading(Struct, frozen=True):
    """The outcome of one reading in one audit."""

    key: ReadingKey
    state: State
    tells: tuple[str, ...]  # names of the record kinds that it could show
    gaps: tuple[Gap, ...] = ()

    def hides(self, part: str) -> bool:
        """Tell whether something of this part may exist without having been seen.

        What has no part of its own ("") may stand in any part: every gap hides it.
        """
        if self.state in (State.FAILED, State.NOT_ASKED):
            return True
        return any(part == "" or gap.part in ("", part) for gap in self.gaps)
