"""What an interrupted audit was begun with: `--resume` goes on with exactly that."""

from collections.abc import Sequence

import click
import msgspec
from msgspec import Struct

from agent.audit.sources import Chosen
from agent.audit.targets import Target
from agent.transition.wording import listed
from inventory.errors import ConfigError, StoreError
from inventory.store import AuditState, Store


class Begun(Struct, frozen=True):
    """The part of an audit's inputs that says what is asked: it is sealed with the answers."""

    only: tuple[str, ...] = ()
    quick: bool = False
    replay: bool = False
    targets: tuple[str, ...] = ()  # "source/name"

    @property
    def chosen(self) -> Chosen:
        """Return what of the engagement it asks."""
        return Chosen(self.only, self.quick)

    def of(self, targets: Sequence[Target]) -> tuple[Target, ...]:
        """Return the targets that it was begun with; it is said which others are left."""
        found = {f"{one.source}/{one.name}": one for one in targets}
        later = [one.name for name, one in found.items() if name not in self.targets]
        if later:
            click.echo(f"left for the next audit, as new since it began: {listed(later)}", err=True)
        return tuple(one for name, one in found.items() if name in self.targets)


def as_begun(store: Store, chosen: Chosen, *, replays: bool) -> Begun:
    """Return what the audit that was left open asks. Raises ConfigError for words that differ."""
    lines = (line.number for line in store.audits() if line.state is AuditState.OPEN)
    number = next(lines, None)
    if number is None:
        raise StoreError(f"{store.path}: no audit was left open; begin a new one")
    begun = msgspec.json.decode(store.inputs(number), type=Begun)
    if chosen not in (Chosen(), begun.chosen):
        raise ConfigError(
            f"audit {number} was begun {_words(begun.chosen)}: resume it without --only and --quick"
        )
    if begun.replay and not replays:
        raise ConfigError(f"audit {number} reads a recording: add the same --replay DIR")
    if replays and not begun.replay:
        raise ConfigError(f"audit {number} asks the hosts: it cannot go on from a recording")
    return begun


def _words(chosen: Chosen) -> str:
    words = [f"--only {word}" for word in chosen.only] + ["--quick"] * chosen.quick
    return f"with {' '.join(words)}" if words else "for everything"
