"""What the lab's domain holds, and what an audit must and must not say of it."""

from pathlib import Path

from tests.lab.directory.orders import Order

SOURCES = tuple(sorted(Path(__file__).parent.glob("*.py")))


def orders() -> tuple[Order, ...]:
    """Return all that makes the domain."""
    return ()
