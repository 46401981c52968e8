"""What an ask brings that is read while it comes: one thing after the other, and its gaps after.

A `Found` is read once, to its end; only then its gaps are known, so a collector that claims a
state from an absence asks `is_whole` after its loop. A collector with several asks reads them in
their order, one after the other.
"""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from inventory.model.evidence import Gap

T = TypeVar("T")


class Found(Generic[T]):
    """What one ask found, read once; its gaps are known when it was read to its end."""

    def __init__(self, ask: str, found: Iterable[T | Gap]) -> None:
        """Take what the ask yields: what it found, and gaps wherever they are met."""
        self.ask = ask
        self._found = iter(found)
        self._gaps: list[Gap] = []
        self._ended = False
        self._seen = 0

    def __iter__(self) -> Iterator[T]:
        """Yield what was found. What is left of it is yielded when it is iterated again."""
        for one in self._found:
            if isinstance(one, Gap):
                self._gaps.append(one)
            else:
                self._seen += 1
                yield one
        self._ended = True

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Return what is missing. Raises RuntimeError before all was read: nobody knows yet."""
        if not self._ended:
            raise RuntimeError(f"{self.ask} was not read to its end: its gaps are not known")
        return tuple(self._gaps)

    @property
    def is_whole(self) -> bool:
        """Return whether nothing is missing: then what is not in it is not there."""
        return not self.gaps

    @property
    def seen(self) -> int:
        """Return how much was read so far."""
        return self._seen

    def finish(self) -> None:
        """Read what a collector left, so that the gaps are known."""
        for _ in self:
            pass
