"""Asks many targets at once and hands each one's readings to the store as soon as it is there.

No target delays another: each has its own deadline in its own thread. Only this module's own
thread writes. An interrupt stops asking, keeps what was committed, and leaves the audit open.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Protocol

from msgspec import Struct

from agent.audit.targets import Outlook, Target, gap_of
from collectors.runner import Collected, collect, contained, failed
from collectors.spec import Collector
from inventory.errors import ParseError, TransportError
from inventory.model.evidence import Gap, Why
from inventory.model.host import HostIdentity, HostKey
from inventory.reading import ReadingKey, State


class Identity(Struct, frozen=True):
    """By what a target is known to be the same machine as last time."""

    machine_id: str | None = None
    host_keys: tuple[str, ...] = ()


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
        collected: Sequence[Collected],
        identity: Identity | None,
    ) -> None:
        """Keep all readings of one target, at once or not at all."""
        ...


Report = Callable[[Result], None]


def run(
    targets: Sequence[Target], ledger: Ledger, *, parallel: int, report: Report
) -> Iterator[Result]:
    """Ask all targets, commit and report each result as it comes, and yield it."""
    stop = threading.Event()
    pool = ThreadPoolExecutor(max_workers=max(1, parallel), thread_name_prefix="ask")
    waiting = {pool.submit(interview, target, stop) for target in targets}
    try:
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                yield _keep(future, ledger, report)
    finally:
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)


def _keep(future: Future[Result], ledger: Ledger, report: Report) -> Result:
    result = future.result()
    ledger.commit_target(
        result.target.source, result.target.name, result.collected, result.identity
    )
    report(result)
    return result


def interview(target: Target, stop: threading.Event) -> Result:
    """Ask one target and read its answers; a failure of any kind becomes gaps, never an error."""
    start = time.monotonic()
    if stop.is_set():
        return _nothing(target, Gap(Why.NOT_ASKED, detail="interrupted", cure="again"), start)
    try:
        told = contained_ask(target)
    except TransportError as err:
        return _nothing(target, gap_of(err), start)
    collected = tuple(
        collect(one, told.outcomes, key=_key(target, one)) for one in target.collectors
    )
    complete = all(one.reading.state is State.COMPLETE for one in collected)
    refused = sum(gap.why is Why.DENIED for one in collected for gap in one.reading.gaps)
    says = f"{refused} questions need root" if refused and not told.as_root else ""
    outlook = Outlook.READ if complete else Outlook.PART
    return Result(target, collected, outlook, says, time.monotonic() - start)


def contained_ask(target: Target):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Ask; what fails in a way that nobody foresaw is a transport error of this target alone."""
    failure: list[TransportError] = []

    def act():  # type: ignore[no-untyped-def]  # noqa: ANN202
        try:
            return target.ask(target.collectors)
        except TransportError as err:
            failure.append(err)
            return None

    told = contained(act)
    if failure:
        raise failure[0]
    if isinstance(told, ParseError):
        raise TransportError(f"{target.name} could not be asked: {told}")
    return told


def _nothing(target: Target, gap: Gap, start: float) -> Result:
    collected = tuple(failed(one, _key(target, one), gap) for one in target.collectors)
    outlook = {
        Why.DENIED: Outlook.REFUSED,
        Why.NOT_ASKED: Outlook.SEEN if gap.cure == "appliance" else Outlook.STOPPED,
    }.get(gap.why, Outlook.UNREACHABLE)
    return Result(target, collected, outlook, gap.detail, time.monotonic() - start)


def _key(target: Target, collector: Collector) -> ReadingKey:
    return ReadingKey(target.source, target.name, collector.name)
