"""What an interrupted audit was begun with: `--resume` goes on with exactly that."""

import msgspec
from msgspec import Struct

from agent.audit.sources import Chosen
from inventory.errors import ConfigError, StoreError
from inventory.store import AuditState, Store


class _Begun(Struct, frozen=True):
    """The part of an audit's inputs that says what is asked."""

    only: tuple[str, ...] = ()
    quick: bool = False
    replay: bool = False


def as_begun(store: Store, chosen: Chosen, *, replays: bool) -> Chosen:
    """Return what the audit that was left open asks. Raises ConfigError for words that differ."""
    lines = (line.number for line in store.audits() if line.state is AuditState.OPEN)
    number = next(lines, None)
    if number is None:
        raise StoreError(f"{store.path}: no audit was left open; begin a new one")
    begun = msgspec.json.decode(store.inputs(number), type=_Begun)
    before = Chosen(begun.only, begun.quick)
    if chosen not in (Chosen(), before):
        raise ConfigError(
            f"audit {number} was begun {_words(before)}: resume it without --only and --quick"
        )
    if begun.replay and not replays:
        raise ConfigError(f"audit {number} reads a recording: add the same --replay DIR")
    if replays and not begun.replay:
        raise ConfigError(f"audit {number} asks the hosts: it cannot go on from a recording")
    return before


def _words(chosen: Chosen) -> str:
    words = [f"--only {word}" for word in chosen.only] + ["--quick"] * chosen.quick
    return f"with {' '.join(words)}" if words else "for everything"
