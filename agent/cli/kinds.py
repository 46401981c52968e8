"""The names of record kinds: as a class, as a view of the store, and in short."""

from agent.engagement.mistakes import nearest, shown
from inventory.errors import ConfigError
from inventory.model import all as every
from inventory.model.record import KINDS, Record
from inventory.store.views import SHORT, view_name

SUBJECTS = every.SUBJECTS  # imported so that KINDS is whole
ALSO = {"hosts": "HostIdentity"}  # the view of this name joins two kinds


def kinds() -> tuple[tuple[str, type[Record]], ...]:
    """Return all kinds in the order of their views."""
    return tuple(sorted((view_name(name), kind) for name, kind in KINDS.items()))


def kind_of(word: str) -> type[Record]:
    """Return the kind that a word means, in any case. Raises ConfigError with the nearest one."""
    names = _names()
    found = names.get(_bare(word))
    if found is None:
        known = (*(view for view, _ in kinds()), *SHORT, *ALSO, *KINDS)
        raise ConfigError(
            f"no kind {shown(word)}: {nearest(word, known)} (`handover show` lists all)"
        )
    return found


def _names() -> dict[str, type[Record]]:
    """Return every way to write a kind: AuthorizedKey, authorized_key, authorized-keys, keys."""
    views = dict(kinds())
    found = {_bare(name): kind for name, kind in KINDS.items()}
    found |= {_bare(view): kind for view, kind in views.items()}
    found |= {short: views[view] for short, view in SHORT.items()}
    return found | {short: KINDS[kind] for short, kind in ALSO.items()}


def _bare(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "").replace(" ", "")
