"""The lockout guard: a wrong credential is tried twice in all, then never again in this run."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from inventory.errors import Denied

MOST_FAILURES = 2


class LockoutGuard:
    """Admits attempts per authority (one credential against one set of accounts).

    The first use of a credential runs alone; once it has worked, all run side by side; after a
    failure one is in flight at a time; after two failures no more are made.
    """

    def __init__(self) -> None:
        """Start with no attempt made."""
        self._state = threading.Condition()
        self._failures: dict[str, int] = {}
        self._proved: set[str] = set()
        self._busy: set[str] = set()

    @contextmanager
    def attempt(self, authority: str) -> Iterator[None]:
        """Wait for a turn; a Denied raised inside counts as a failure. Raises Denied when spent."""
        alone = self._enter(authority)
        failed = proved = False
        try:
            yield
            proved = True
        except Denied:
            failed = True
            raise
        finally:
            self._leave(authority, alone=alone, failed=failed, proved=proved)

    def _enter(self, authority: str) -> bool:
        with self._state:
            while True:
                failures = self._failures.get(authority, 0)
                if failures >= MOST_FAILURES:
                    raise NotTried(
                        f"not tried: {authority} was refused {failures} times, "
                        "and more attempts could lock accounts"
                    )
                if authority in self._proved and not failures:
                    return False
                if authority not in self._busy:
                    self._busy.add(authority)
                    return True
                self._state.wait()

    def _leave(self, authority: str, *, alone: bool, failed: bool, proved: bool) -> None:
        with self._state:
            if proved:
                self._proved.add(authority)
            if failed:
                self._failures[authority] = self._failures.get(authority, 0) + 1
            if alone:
                self._busy.discard(authority)
            self._state.notify_all()


class NotTried(Denied):
    """No attempt was made: the credential has failed often enough."""
