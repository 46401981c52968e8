"""Three-valued answers: what is known, what is known not to be, and what nobody could see."""

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct


class Truth(Enum):
    """Yes, no or unknown (Kleene's strong logic). It has no truth value of its own: compare it."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        """Refuse: `if truth:` would turn unknown into a yes or a no."""
        raise TypeError("a Truth is not a bool: compare it with Truth.YES, NO or UNKNOWN")

    def __invert__(self) -> "Truth":
        """Yield the opposite; unknown stays unknown."""
        if self is Truth.UNKNOWN:
            return self
        return Truth.NO if self is Truth.YES else Truth.YES

    def __and__(self, other: "Truth") -> "Truth":
        """Yield NO when either is no, YES when both are yes, else UNKNOWN."""
        return all_of((self, other))

    def __or__(self, other: "Truth") -> "Truth":
        """Yield YES when either is yes, NO when both are no, else UNKNOWN."""
        return any_of((self, other))


def known(value: bool) -> Truth:
    """Return the truth of something that was seen."""
    return Truth.YES if value else Truth.NO


def any_of(truths: Iterable[Truth]) -> Truth:
    """Return YES for one yes, NO when all are no, else UNKNOWN; NO for nothing at all."""
    return _decided(truths, Truth.YES, Truth.NO)


def all_of(truths: Iterable[Truth]) -> Truth:
    """Return NO for one no, YES when all are yes, else UNKNOWN; YES for nothing at all."""
    return _decided(truths, Truth.NO, Truth.YES)


def _decided(truths: Iterable[Truth], decisive: Truth, otherwise: Truth) -> Truth:
    result = otherwise
    for truth in truths:
        if truth is decisive:
            return truth
        if truth is Truth.UNKNOWN:
            result = truth
    return result


class Bounds(Struct, frozen=True):
    """How many there are, from `least` to `most`; `most` None when gaps could hide more."""

    least: int
    most: int | None

    @property
    def exact(self) -> int | None:
        """Return the number when it is known exactly, else None."""
        return self.least if self.least == self.most else None

    def __add__(self, other: "Bounds") -> "Bounds":
        """Return the bounds of both together."""
        most = None if self.most is None or other.most is None else self.most + other.most
        return Bounds(self.least + other.least, most)

    def __str__(self) -> str:
        """Say it as people read it: `4`, `at least 4`, or `unknown` when nothing was counted."""
        if self.most == self.least:
            return str(self.least)
        if self.most is None:
            return f"at least {self.least}" if self.least else "unknown"
        return f"{self.least} to {self.most}"
