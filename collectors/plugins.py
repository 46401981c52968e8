"""Collectors of other packages: listed without importing them, loaded only when they are pinned.

A package offers modules by the entry point group `handover.collectors`; a module declares its
collectors as the built-in ones do. Installing a package runs nothing of it: handover.yaml has to
name it with its version (`plugins: [handover-acme==1.2]`).
"""

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points

from msgspec import Struct

from collectors.lint import problems
from collectors.runner import contained
from collectors.spec import COLLECTORS
from inventory.errors import ConfigError, ParseError

GROUP = "handover.collectors"


class Plugin(Struct, frozen=True):
    """An installed package that offers collectors."""

    package: str
    version: str
    modules: tuple[str, ...]

    @property
    def pin(self) -> str:
        """Return how handover.yaml names it."""
        return f"{self.package}=={self.version}"


def installed() -> tuple[Plugin, ...]:
    """Return the packages that offer collectors, by their metadata alone."""
    found: dict[tuple[str, str], list[str]] = {}
    for point in entry_points(group=GROUP):
        if point.dist is not None:
            found.setdefault((point.dist.name, point.dist.version), []).append(point.value)
    return tuple(Plugin(*name, tuple(values)) for name, values in sorted(found.items()))


def load(pins: Iterable[str]) -> None:
    """Import the pinned packages' collectors.

    Raises ConfigError for a pin that is not installed in that version, a module that cannot be
    imported, and a question that is not known to only read.
    """
    for pin in pins:
        points = [point for point in entry_points(group=GROUP) if _pin_of(point) == pin]
        if not points:
            there = ", ".join(one.pin for one in installed()) or "none"
            raise ConfigError(f"plugins: {pin} is not installed; installed are: {there}")
        for point in points:
            _import(pin, point)


def _pin_of(point: EntryPoint) -> str:
    return f"{point.dist.name}=={point.dist.version}" if point.dist is not None else ""


def _import(pin: str, point: EntryPoint) -> None:
    before = set(COLLECTORS)
    told = contained(point.load)
    new = [COLLECTORS[name] for name in COLLECTORS if name not in before]
    wrong = [str(told)] if isinstance(told, ParseError) else list(problems(new))
    if wrong:
        for one in new:
            del COLLECTORS[one.name]
        raise ConfigError(f"plugins: {pin} cannot be used: {'; '.join(wrong)}")
