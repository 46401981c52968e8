"""What is not known: by the act that would cure it, and by host. It stands first."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct

from agent.documents.cell import Whys, whys_of
from agent.documents.views import say
from agent.documents.views.words import consequences
from agent.judge.coverage import act_of
from agent.judge.subjects import subject
from inventory.snapshot import Blank

MOST_HOSTS = 12
MOST_ALIKE = 150
MOST_MEANT = 8

_COMMANDS = ("plan --", "audit --")


class Unknown(Struct, frozen=True):
    """What one act would tell."""

    act: str
    why: str
    count: int  # of hosts
    hosts: str
    meant: tuple[str, ...]  # the weightiest consequences
    more: int  # consequences left out
    unlocks: int  # answers

    @property
    def is_command(self) -> bool:
        """Tell whether the act is a command of this program."""
        return self.act.startswith(_COMMANDS)


class HostUnknown(Struct, frozen=True):
    """What is not known of some hosts: the same of each of them, for the same reasons."""

    hosts: str
    count: int
    act: str
    subjects: tuple[str, ...]
    whys: Whys
    is_everything: bool

    @property
    def is_command(self) -> bool:
        """Tell whether the act is a command of this program."""
        return self.act.startswith(_COMMANDS)


def unknowns(blanks: Sequence[Blank], most_meant: int = MOST_MEANT) -> tuple[Unknown, ...]:
    """Return what is not known, grouped by the act that cures it, the most useful act first."""
    groups: dict[tuple[str, str], list[Blank]] = defaultdict(list)
    for blank in blanks:
        groups[act_of(blank.gap)].append(blank)
    found = (_unknown(act, why, some, most_meant) for (act, why), some in groups.items())
    return tuple(sorted(found, key=lambda one: (-one.unlocks, one.act, one.why)))


def _unknown(act: str, why: str, blanks: Sequence[Blank], most_meant: int) -> Unknown:
    hosts = tuple(sorted({blank.target for blank in blanks if blank.target}))
    meant = consequences(frozenset(blank.collector for blank in blanks))
    return Unknown(
        act=act,
        why=why,
        count=len(hosts),
        hosts=say.named(hosts, MOST_HOSTS),
        meant=meant[:most_meant],
        more=max(0, len(meant) - most_meant),
        unlocks=len(blanks),
    )


def by_host(blanks: Sequence[Blank], asked: dict[str, int]) -> Iterator[HostUnknown]:
    """Yield what is not known of each host. `asked`: how many readings each host has."""
    groups: dict[tuple[str, str], list[Blank]] = defaultdict(list)
    for blank in blanks:
        groups[blank.target, act_of(blank.gap)[0]].append(blank)
    alike: dict[tuple[str, tuple[str, ...], Whys, bool], list[str]] = defaultdict(list)
    for (host, act), some in sorted(groups.items()):
        collectors = {blank.collector for blank in some}
        subjects = tuple(sorted({subject(name) or "everything" for name in collectors}))
        is_everything = len(collectors) >= asked.get(host, 0) > 1
        alike[act, subjects, whys_of(some, 3), is_everything].append(host or "no host")
    for (act, subjects, whys, is_everything), hosts in alike.items():
        names = say.named(tuple(hosts), MOST_ALIKE)
        yield HostUnknown(names, len(hosts), act, subjects, whys, is_everything)
