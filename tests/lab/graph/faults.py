"""What the lab's Graph does wrong when it is told to, and what it saw that a client must not do."""

import email.utils
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

ALWAYS = -1
# Requests (of the directory: units of resource) in seconds, as published for the smallest tenant.
WINDOWS: Mapping[str, tuple[int, float]] = {
    "directory": (3500, 10),
    "reports": (5, 10),
    "policies": (1, 1),
    "usage": (14, 600),
    "security": (150, 60),
    "services": (240, 60),
    "devices": (1000, 20),
    "other": (1000, 20),
}


@dataclass
class Fault:
    """Something that goes wrong with requests whose URL holds a piece of text."""

    piece: str = ""
    status: int = 0  # answered in place of what was asked
    headers: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    message: str = "told to fail"
    raw: bytes | None = None  # the body as it is
    cut: bool = False  # the connection ends in the middle of the body
    change: Callable[[dict[str, Any]], dict[str, Any]] | None = None  # of the body of a page
    delay_s: float = 0
    every: int = 1  # of the requests that match, each so-many-th
    times: int = 1  # ALWAYS: without an end
    met: int = 0

    def strikes(self, url: str) -> bool:
        """Tell whether it happens now, and count it."""
        if self.piece not in url or self.times == 0:
            return False
        self.met += 1
        if self.met % self.every:
            return False
        self.times -= self.times > 0
        return True


def throttled(piece: str = "", after: str | None = "1", **more: Any) -> Fault:
    """Return a 429; `after` is Retry-After as it stands in the header, None: there is none."""
    headers = {} if after is None else {"Retry-After": after}
    return Fault(piece, 429, headers, "TooManyRequests", "Too many requests", **more)


def in_seconds(seconds: float) -> str:
    """Return a Retry-After that is a date."""
    when = datetime.now(UTC) + timedelta(seconds=seconds)
    return email.utils.format_datetime(when, usegmt=True)


class Faults:
    """All that is to go wrong. Safe to be used by several threads."""

    def __init__(self) -> None:
        """Begin without any."""
        self._all: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, *faults: Fault) -> None:
        """Let these happen from now on."""
        with self._lock:
            self._all.extend(faults)

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        with self._lock:
            self._all.clear()

    def struck(self, url: str) -> Fault | None:
        """Return the first that happens to a request."""
        with self._lock:
            return next((one for one in self._all if one.strikes(url)), None)


class Watch:
    """Counts requests of each budget: how many at once, how many in its time."""

    def __init__(self) -> None:
        """Begin with the published windows."""
        self.windows: dict[str, tuple[int, float]] = dict(WINDOWS)
        self.most_at_once: dict[str, int] = {}
        self.violations: list[str] = []  # more at once or in a window than allowed
        self.offences: list[str] = []  # what no reader sends
        self.urls: set[str] = set()  # keys replaced
        self.requests = 0
        self._now: dict[str, int] = {}
        self._spent: dict[str, deque[tuple[float, int]]] = {}
        self._lock = threading.Lock()

    def begin(self, budget: str, cost: int) -> None:
        """Count a request that has come in."""
        with self._lock:
            self.requests += 1
            at_once = self._now[budget] = self._now.get(budget, 0) + 1
            self.most_at_once[budget] = max(at_once, self.most_at_once.get(budget, 0))
            if at_once > 1:
                self.violations.append(f"{budget}: {at_once} requests at once")
            self._spend(budget, cost)

    def _spend(self, budget: str, cost: int) -> None:
        most, seconds = self.windows[budget]
        spent = self._spent.setdefault(budget, deque())
        now = time.monotonic()
        spent.append((now, cost))
        while spent[0][0] < now - seconds:
            spent.popleft()
        total = sum(units for _, units in spent)
        if total > most:
            self.violations.append(f"{budget}: {total} in {seconds:g} s, {most} are allowed")

    def end(self, budget: str) -> None:
        """Count a request that is answered."""
        with self._lock:
            self._now[budget] -= 1

    def offend(self, what: str) -> None:
        """Note what no reader sends."""
        with self._lock:
            self.offences.append(what)

    def saw(self, url: str) -> None:
        """Keep a URL whose keys are replaced."""
        with self._lock:
            self.urls.add(url)
