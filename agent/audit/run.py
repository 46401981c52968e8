"""Asks many targets at once and hands each one's readings to the store as soon as it is there.

No target delays another: each has its own deadline in its own thread. Only the caller's thread
writes. What a directory or tenant tells goes into a file while it is read, so that neither its size
nor its time is felt by the others. An interrupt stops asking, keeps what was committed, and leaves
the audit open.
"""

import gc
import queue
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Protocol

from msgspec import Struct, structs

from agent.audit.identity import Identifying, identity_of
from agent.audit.lanes import Stopped, read_lanes
from agent.audit.targets import Opened, Outlook, Target, gap_of, outlook_of
from collectors.lately import Lately
from collectors.runner import Collected, collect, contained, failed
from collectors.transports.session import Told
from inventory.errors import ParseError, StoreError, TransportError
from inventory.model.evidence import Gap, Why
from inventory.model.host import Uptime
from inventory.model.record import Record
from inventory.reading import State
from inventory.store import Identity


class Result(Struct, frozen=True):
    """What came of one target."""

    target: Target
    collected: tuple[Collected, ...]
    outlook: Outlook
    says: str  # why nothing or not all came; empty when all did
    seconds: float
    identity: Identity | None = None  # what identifies it; None when nothing of that was read


class Ledger(Protocol):
    """Where results are kept: the open audit of the store."""

    def commit_target(
        self,
        source: str,
        target: str,
        collected: Iterable[Collected],
        identity: Identity | None = None,
    ) -> None:
        """Keep all readings of one target, at once or not at all."""
        ...


AHEAD = 4  # results that may wait for the store, beside the one that each thread holds
NEW_OBJECTS = 5000  # after which Python looks for dead cycles; small: connections form some
Waiting = queue.SimpleQueue[Target]


class Asking:
    """The threads of one run: they take targets from a list and lay results into a queue.

    They are daemons: a host that hangs cannot hold the program after an interrupt. A directory or
    a tenant, which takes its time, has a thread of its own.
    """

    def __init__(
        self, targets: Sequence[Target], *, parallel: int, scratch: Path | None = None
    ) -> None:
        """Start as many threads as are wanted, at most one a target.

        `scratch`: the folder in which records of directories wait for the store.
        """
        self._results: queue.Queue[Result | StoreError] = queue.Queue(AHEAD)
        self._stop = threading.Event()
        self._open, self._scratch = len(targets), scratch
        self._lately = Lately()
        hosts = [target for target in targets if not target.is_read_slowly]
        self._start(hosts, min(max(1, parallel), len(hosts)))
        for target in targets:
            if target.is_read_slowly:
                self._start([target], 1)

    def __iter__(self) -> Iterator[Result]:
        """Yield the results as they come. Raises StoreError when there is no room to keep one."""
        while self._open:
            result = self._results.get()
            self._open -= 1
            if isinstance(result, StoreError):
                raise result
            yield result

    def stop(self) -> None:
        """Ask nothing more."""
        self._stop.set()

    def _start(self, targets: Iterable[Target], threads: int) -> None:
        waiting: Waiting = queue.SimpleQueue()
        for target in targets:
            waiting.put(target)
        for _ in range(threads):
            threading.Thread(target=self._work, args=(waiting,), name="ask", daemon=True).start()

    def _work(self, waiting: Waiting) -> None:
        while not self._stop.is_set():
            try:
                target = waiting.get_nowait()
            except queue.Empty:
                return
            act = partial(interview, target, self._scratch, self._stop.is_set, self._lately)
            result = contained(act)
            self._hand_over(StoreError(str(result)) if isinstance(result, ParseError) else result)

    def _hand_over(self, result: "Result | StoreError") -> None:
        """Lay a result into the queue when it has room; the next target waits for that."""
        while not self._stop.is_set():
            with suppress(queue.Full):
                self._results.put(result, timeout=1)
                return


def run(
    targets: Sequence[Target], ledger: Ledger, *, parallel: int, scratch: Path | None = None
) -> Iterator[Result]:
    """Ask all targets; commit each result as it comes, then yield it.

    `scratch`: the folder in which records of directories wait for the store; None: the system's.
    """
    asking = Asking(targets, parallel=parallel, scratch=scratch)
    try:
        with _few_searches():
            for result in asking:
                target = result.target
                ledger.commit_target(target.source, target.name, result.collected, result.identity)
                if target.kept:
                    target.kept()
                yield result
    finally:
        asking.stop()


@contextmanager
def _few_searches() -> Iterator[None]:
    """Let Python look for dead cycles seldom, and not among what was there before the run.

    Records form none, so that a search at every 700 new objects finds next to nothing.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def interview(
    target: Target,
    scratch: Path | None = None,
    stopped: Stopped = lambda: False,
    lately: Lately | None = None,
) -> Result:
    """Ask one target and read its answers; a failure of any kind becomes gaps, never an error.

    `lately`: what was read of earlier targets, so that the same answers are read once.
    Raises StoreError when there is no room in `scratch` for what a directory tells.
    """
    start, began = time.monotonic(), int(time.time())
    told = asked(target)
    if isinstance(told, Gap):
        nothing = tuple(failed(one, target.key(one), told) for one in target.collectors)
        seconds = time.monotonic() - start
        return Result(target, nothing, outlook_of(told), told.detail, seconds)
    if isinstance(told, Opened):
        return _read_opened(target, told, scratch, start, stopped)
    began, ended = told.asked or (began, int(time.time()))
    collected = tuple(
        _timed(collect(one, told.outcomes, key=target.key(one), lately=lately), began, ended)
        for one in target.collectors
    )
    identity = identity_of(chain.from_iterable(one.records for one in collected))
    says = _says(collected, as_root=told.as_root)
    return _result(target, collected, says, start, identity)


def _read_opened(
    target: Target, opened: Opened, scratch: Path | None, start: float, stopped: Stopped
) -> Result:
    """Read a directory or a tenant; its records are never held all at once."""
    who = Identifying()
    try:
        collected = read_lanes(target, opened, scratch, who, stopped)
    finally:
        contained(opened.close)
    refused = sum(gap.why is Why.DENIED for one in collected for gap in one.reading.gaps)
    says = f"{refused} questions need more rights" if refused else ""
    return _result(target, collected, says, start, who.identity)


def _result(
    target: Target,
    collected: tuple[Collected, ...],
    says: str,
    start: float,
    identity: Identity | None,
) -> Result:
    complete = all(one.reading.state is State.COMPLETE for one in collected)
    outlook = Outlook.READ if complete else Outlook.PART
    return Result(target, collected, outlook, says, time.monotonic() - start, identity)


def asked(target: Target) -> Told | Opened | Gap:
    """Return what the target told; what fails in any way is a gap of this target alone."""

    def act() -> Told | Opened | Gap:
        try:
            return target.ask(target.collectors, target.leave_out)
        except TransportError as err:
            return gap_of(err)

    told = contained(act)
    if isinstance(told, ParseError):
        return Gap(Why.FAILED, detail=f"it could not be asked: {told}", cure="report")
    return told


def _says(collected: Sequence[Collected], *, as_root: bool) -> str:
    refused = sum(gap.why is Why.DENIED for one in collected for gap in one.reading.gaps)
    return f"{refused} questions need root" if refused and not as_root else ""


def _timed(collected: Collected, began: int, ended: int) -> Collected:
    """Return the reading with the offset of the target's clock against ours."""
    if not any(isinstance(record, Uptime) for record in collected.records):
        return collected
    records = tuple(_with_offset(record, began, ended) for record in collected.records)
    return structs.replace(collected, records=records)


def _with_offset(record: Record, began: int, ended: int) -> Record:
    """Return the record; a clock that lies within the interview counts as right."""
    if not isinstance(record, Uptime) or record.clock_s is None:
        return record
    nearest = min(max(record.clock_s, began), ended)
    return structs.replace(record, clock_offset_s=record.clock_s - nearest)
