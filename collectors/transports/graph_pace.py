"""How fast a tenant is asked: one request at a time of each budget, and within what it allows."""

import email.utils
import math
import secrets
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from collectors.transports.graph_place import GraphLimits

MOST_PAUSE_S = 60.0  # that we choose ourselves
LEAST_PAUSE_S = 0.02
MOST_DOUBLINGS = 16


class Gate:
    """One budget: a single request in flight, no more of them in a while than are allowed."""

    def __init__(self, window: tuple[int, float], wait_s: float) -> None:
        """Take how much is allowed in how many seconds, and how long to wait in all."""
        self._most, self._seconds = window
        self._spent: deque[tuple[float, int]] = deque()
        self._lock = threading.Lock()
        self._left_s = wait_s

    @contextmanager
    def turn(self, cost: int) -> Iterator[None]:
        """Wait until the request may be sent, and let nobody else send one meanwhile."""
        with self._lock:
            while (pause := self._pause(min(cost, self._most))) > 0:
                time.sleep(pause)
            self._spent.append((time.monotonic(), min(cost, self._most)))
            yield

    def wait(self, seconds: float) -> bool:
        """Wait before a request is sent again; tell whether there was time left for it."""
        seconds = max(seconds, LEAST_PAUSE_S)  # "come again at once" is paid for, too
        if seconds > self._left_s:
            return False
        self._left_s -= seconds
        time.sleep(seconds)
        return True

    def _pause(self, cost: int) -> float:
        now = time.monotonic()
        while self._spent and self._spent[0][0] <= now - self._seconds:
            self._spent.popleft()
        if sum(units for _, units in self._spent) + cost <= self._most:
            return 0
        return self._spent[0][0] + self._seconds - now + 0.001


def gates(limits: GraphLimits) -> Mapping[str, Gate]:
    """Return a gate for every budget."""
    return {name: Gate(window, limits.wait_s) for name, window in limits.windows.items()}


def pause_of(told: str | None, attempt: int, limits: GraphLimits) -> float:
    """Return how many seconds to wait: as the service says (RFC 9110 section 10.2.3), else longer.

    Numbers may be fractional: "2.128" was seen. Not all wait until the same moment.
    """
    said = _retry_after(told)
    if said is not None:
        return said
    longest = min(MOST_PAUSE_S, limits.first_pause_s * 2.0 ** min(attempt, MOST_DOUBLINGS))
    return longest * (0.5 + secrets.randbelow(500) / 1000)


def _retry_after(told: str | None) -> float | None:
    if not told or len(told) > 100:
        return None
    try:
        seconds = float(told)
    except ValueError:
        return _until(told)
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _until(told: str) -> float | None:
    try:
        when = email.utils.parsedate_to_datetime(told)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
