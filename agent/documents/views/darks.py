"""What is not known of one directory or tenant, by the act that would tell."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from agent.documents.cell import Whys, whys_of
from agent.judge.coverage import act_of
from agent.judge.subjects import subject
from inventory.reading import Reading
from inventory.snapshot import Blank, blanks_of

MOST_WHYS = 8


class Dark(Struct, frozen=True):
    """What is not known for one reason."""

    act: str
    why: str
    is_command: bool
    subjects: tuple[str, ...]
    whys: Whys
    unlocks: int


def darks(name: str, readings: Iterable[Reading]) -> Iterator[Dark]:
    """Yield what is not known of a target, what hides most first."""
    groups: dict[tuple[str, str], list[Blank]] = {}
    for blank in blanks_of(one for one in readings if one.key.target == name):
        groups.setdefault(act_of(blank.gap), []).append(blank)
    for (act, why), blanks in sorted(groups.items(), key=lambda one: -len(one[1])):
        subjects = sorted({subject(blank.collector) or "everything" for blank in blanks})
        is_command = act.startswith(("plan --", "audit --"))
        yield Dark(act, why, is_command, tuple(subjects), whys_of(blanks, MOST_WHYS), len(blanks))
