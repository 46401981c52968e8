"""Reads what is open: a directory in one lane, a tenant in one for each budget of requests."""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from agent.audit.identity import Identifying
from agent.audit.targets import Opened, Target, lanes_of
from collectors.runner import Collected, contained, failed, failure_of
from collectors.spec import Collector
from collectors.streaming import Streaming, kept
from inventory.errors import ParseError, StoreError
from inventory.store import Spool, Spooled

Stopped = Callable[[], bool]


def read_lanes(
    target: Target, opened: Opened, scratch: Path | None, who: Identifying, stopped: Stopped
) -> tuple[Collected, ...]:
    """Return what each collector made of it; lanes are read side by side, in threads.

    Raises StoreError when there is no room in `scratch` for what is told.
    """
    lanes = [
        _Lane(target, lane, opened, Spool(scratch), who, stopped)
        for lane in lanes_of(target.collectors)
    ]
    for lane in lanes[1:]:
        lane.start()
    lanes[0].run()
    for lane in lanes[1:]:
        lane.join()
    for lane in lanes:
        if lane.failure:
            raise lane.failure
    return tuple(one for lane in lanes for one in lane.collected)


class _Lane(threading.Thread):
    """Collectors that are read one after the other, into a file of their own."""

    def __init__(
        self,
        target: Target,
        lane: Sequence[Collector],
        opened: Opened,
        spool: Spool,
        who: Identifying,
        stopped: Stopped,
    ) -> None:
        super().__init__(name="lane", daemon=True)
        self._target, self._lane, self._opened = target, lane, opened
        self._spool, self._who, self._stopped = spool, who, stopped
        self.collected: list[Collected] = []
        self.failure: StoreError | None = None  # there was no room for what is told

    def run(self) -> None:
        """Read the collectors until all are read, or nobody waits any more."""
        for one in self._lane:
            if self._stopped() or self.failure:
                return
            told = contained(partial(self._read, one))
            if isinstance(told, StoreError):
                self.failure = told
            elif isinstance(told, ParseError):  # a lane that breaks loses no reading
                key = self._target.key(one)
                self.collected.append(failed(one, key, failure_of(one, told)))
            else:
                self.collected.append(told)

    def _read(self, collector: Collector) -> Collected | StoreError:
        stream = Streaming(
            collector,
            self._opened.search,
            key=self._target.key(collector),
            dialect=self._opened.dialect,
            leave_out=self._target.leave_out,
        )

        def keep() -> Spooled | StoreError:
            try:
                return self._spool.keep(self._who.passing(stream))
            except StoreError as err:
                return err

        records = contained(keep)
        if isinstance(records, StoreError):
            return records
        if isinstance(records, ParseError):  # what it told cannot be stored
            return failed(collector, stream.key, failure_of(collector, records))
        return kept(stream, records)
