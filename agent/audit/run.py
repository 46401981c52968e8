"""Asks many targets at once and hands each one's readings to the store as soon as it is there.

No target delays another: each has its own deadline in its own thread. Only the caller's thread
writes. An interrupt stops asking, keeps what was committed, and leaves the audit open.
"""

import queue
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from msgspec import Struct, structs

from agent.audit.targets import Outlook, Target, gap_of, outlook_of
from collectors.runner import Collected, collect, contained, failed
from collectors.spec import Collector
from collectors.transports.session import Told
from inventory.errors import ParseError, TransportError
from inventory.model.evidence import Gap, Why
from inventory.model.host import HostIdentity, HostKey, Uptime
from inventory.model.record import Record
from inventory.reading import ReadingKey, State
from inventory.store import Identity


class Result(Struct, frozen=True):
    """What came of one target."""

    target: Target
    collected: tuple[Collected, ...]
    outlook: Outlook
    says: str  # why nothing or not all came; empty when all did
    seconds: float

    @property
    def identity(self) -> Identity | None:
        """Return what identifies the machine; None when nothing of it was read."""
        records = [record for one in self.collected for record in one.records]
        ids = [r.machine_id for r in records if isinstance(r, HostIdentity) and r.machine_id]
        keys = tuple(r.fingerprint for r in records if isinstance(r, HostKey))
        return Identity(ids[0] if ids else None, keys) if ids or keys else None


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


class Asking:
    """The threads of one run: they take targets from a list and lay results into a queue.

    They are daemons: a host that hangs cannot hold the program after an interrupt.
    """

    def __init__(self, targets: Sequence[Target], *, parallel: int) -> None:
        """Start as many threads as are wanted, at most one a target."""
        self._waiting: queue.SimpleQueue[Target] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._open = len(targets)
        for target in targets:
            self._waiting.put(target)
        for _ in range(min(max(1, parallel), len(targets))):
            threading.Thread(target=self._work, name="ask", daemon=True).start()

    def __iter__(self) -> Iterator[Result]:
        """Yield the results as they come."""
        while self._open:
            result = self._results.get()
            self._open -= 1
            yield result

    def stop(self) -> None:
        """Ask nothing more."""
        self._stop.set()

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                target = self._waiting.get_nowait()
            except queue.Empty:
                return
            self._results.put(interview(target))


def run(targets: Sequence[Target], ledger: Ledger, *, parallel: int) -> Iterator[Result]:
    """Ask all targets; commit each result as it comes, then yield it."""
    asking = Asking(targets, parallel=parallel)
    try:
        for result in asking:
            target = result.target
            ledger.commit_target(target.source, target.name, result.collected, result.identity)
            yield result
    finally:
        asking.stop()


def interview(target: Target) -> Result:
    """Ask one target and read its answers; a failure of any kind becomes gaps, never an error."""
    start, began = time.monotonic(), int(time.time())
    told = asked(target)
    if isinstance(told, Gap):
        nothing = tuple(failed(one, _key(target, one), told) for one in target.collectors)
        seconds = time.monotonic() - start
        return Result(target, nothing, outlook_of(told), told.detail, seconds)
    began, ended = told.asked or (began, int(time.time()))
    collected = tuple(
        _timed(collect(one, told.outcomes, key=_key(target, one)), began, ended)
        for one in target.collectors
    )
    complete = all(one.reading.state is State.COMPLETE for one in collected)
    outlook = Outlook.READ if complete else Outlook.PART
    says = _says(collected, as_root=told.as_root)
    return Result(target, collected, outlook, says, time.monotonic() - start)


def asked(target: Target) -> Told | Gap:
    """Return what the target told; what fails in any way is a gap of this target alone."""

    def act() -> Told | Gap:
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


def _key(target: Target, collector: Collector) -> ReadingKey:
    return ReadingKey(target.source, target.name, collector.name)
