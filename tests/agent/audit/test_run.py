"""Many targets at once: none waits for another, none ends the audit, each is kept by itself."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.audit.run import run
from agent.audit.targets import Outlook
from collectors.spec import Answer, Collector
from collectors.transports.guard import NotTried
from collectors.transports.hops import LegacyCrypto
from collectors.transports.session import NotAShell, Told
from inventory.errors import ConfigError, Denied, TimedOut, Unreachable
from inventory.model.account import Account
from inventory.model.evidence import Gap, Why
from inventory.model.host import HostIdentity, HostKey, Uptime
from inventory.reading import State
from inventory.store import FILE, Store
from tests.agent.audit.asked import NAMES, PASSWD, Kept, raising, target, told

ROOT = Path(__file__).parents[3]


def slowly(wait: threading.Event, seconds: float = 20) -> Callable[[], Told]:
    def answer() -> Told:
        wait.wait(seconds)
        return told("late")

    return answer


def test_no_target_delays_another() -> None:
    wait, kept = threading.Event(), Kept()
    slow = [target(f"slow{number}", slowly(wait)) for number in range(3)]
    quick = [target(f"quick{number}") for number in range(20)]
    results = run([*slow, *quick], kept, parallel=5)
    came = [next(results).target.name for _ in quick]
    assert sorted(came) == sorted(one.name for one in quick)
    assert sorted(kept.targets) == sorted(came)
    wait.set()
    assert {result.target.name for result in results} == {"slow0", "slow1", "slow2"}


def test_each_result_is_kept_before_it_is_told() -> None:
    kept = Kept()
    for number, result in enumerate(run([target("a"), target("b")], kept, parallel=1), 1):
        assert len(kept.targets) == number
        assert kept.targets[-1] == result.target.name


@pytest.mark.parametrize("parallel", [0, 1, 7, 500])
def test_any_number_of_threads_asks_each_target_once(parallel: int) -> None:
    asked: list[str] = []

    def noted(name: str) -> Callable[[], Told]:
        return lambda: (asked.append(name), told("root"))[1]

    targets = [target(f"host{number}", noted(f"host{number}")) for number in range(12)]
    results = list(run(targets, Kept(), parallel=parallel))
    assert sorted(asked) == sorted(result.target.name for result in results)
    assert len(asked) == 12


def test_nothing_to_ask_ends_at_once() -> None:
    assert list(run([], Kept(), parallel=5)) == []


@pytest.mark.parametrize(
    ("error", "why", "cure", "outlook"),
    [
        (Unreachable("no route"), Why.UNREACHABLE, "route", Outlook.UNREACHABLE),
        (TimedOut("silent"), Why.TIMEOUT, "route", Outlook.UNREACHABLE),
        (LegacyCrypto("only old ciphers"), Why.UNREACHABLE, "legacy", Outlook.UNREACHABLE),
        (Denied("refused"), Why.DENIED, "credential", Outlook.REFUSED),
        (Denied("shows another host key"), Why.DENIED, "host key", Outlook.REFUSED),
        (NotTried("not tried"), Why.NOT_ASKED, "credential", Outlook.STOPPED),
        (NotAShell("a menu"), Why.NOT_ASKED, "appliance", Outlook.SEEN),
        (ConfigError("a network too large"), Why.FAILED, "report", Outlook.UNREACHABLE),
        (ZeroDivisionError(), Why.FAILED, "report", Outlook.UNREACHABLE),
        (MemoryError(), Why.FAILED, "report", Outlook.UNREACHABLE),
        (RecursionError(), Why.FAILED, "report", Outlook.UNREACHABLE),
        (SystemExit(7), Why.FAILED, "report", Outlook.UNREACHABLE),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_whatever_a_target_raises_is_a_gap_of_its_own(
    error: BaseException, why: Why, cure: str, outlook: Outlook
) -> None:
    targets = [target("bad", raising(error)), target("good", lambda: told("root"))]
    results = {one.target.name: one for one in run(targets, Kept(), parallel=1)}
    (bad,) = results["bad"].collected
    (gap,) = bad.reading.gaps
    assert (gap.why, gap.cure) == (why, cure)
    assert gap.detail
    assert results["bad"].outlook is outlook
    assert bad.reading.state is (State.NOT_ASKED if why is Why.NOT_ASKED else State.FAILED)
    assert not bad.records
    (good,) = results["good"].collected
    assert good.reading.state is State.COMPLETE
    assert results["good"].outlook is Outlook.READ


def test_a_long_error_is_cut() -> None:
    (result,) = run([target("bad", raising(Unreachable("x" * 10**6)))], Kept(), parallel=1)
    assert len(result.says) <= 300


def test_a_collector_that_crashes_keeps_what_it_told_and_hides_no_other() -> None:
    other = Collector("test.other", (PASSWD,), (Account,), lambda _: iter(()))
    answer = Answer("test.other/passwd", "x")

    def say() -> Told:
        first = told("root", "crash", "never").outcomes
        return Told(first | {"test.other/passwd": ((answer,), ())}, as_root=True)

    (result,) = run([target("web1", say, [NAMES, other])], Kept(), parallel=1)
    broken, sound = result.collected
    assert [record.name for record in broken.records if isinstance(record, Account)] == ["root"]
    assert broken.reading.state is State.PARTIAL
    assert "RuntimeError" in broken.reading.gaps[0].detail
    assert "the line is crash" not in broken.reading.gaps[0].detail
    assert sound.reading.state is State.COMPLETE
    assert result.outlook is Outlook.PART


def test_a_question_without_an_outcome_is_a_gap() -> None:
    (result,) = run([target("web1", lambda: Told({}, as_root=True))], Kept(), parallel=1)
    (one,) = result.collected
    assert one.reading.state is State.NOT_ASKED
    assert [gap.ask for gap in one.reading.gaps] == ["test.names/passwd"]


def test_what_needs_root_is_counted_for_those_who_had_none() -> None:
    gap = Gap(Why.DENIED, "test.names/passwd", "", "needs root", "root")

    def refused(*, as_root: bool) -> Callable[[], Told]:
        return lambda: Told({"test.names/passwd": ((), (gap,))}, as_root=as_root)

    targets = [target("user", refused(as_root=False)), target("root", refused(as_root=True))]
    says = {one.target.name: one.says for one in run(targets, Kept(), parallel=1)}
    assert says == {"user": "1 questions need root", "root": ""}


def _machine(*records: object) -> Collector:
    return Collector("test.names", (PASSWD,), (HostIdentity,), lambda _: iter(records))


def test_a_machine_is_known_by_its_id_and_its_keys() -> None:
    one = _machine(
        HostIdentity(hostname="web1", machine_id="a" * 32),
        HostKey(algorithm="ssh-ed25519", fingerprint="SHA256:x", file="/etc/ssh/k.pub"),
    )
    (result,) = run([target("web1", collectors=[one])], Kept(), parallel=1)
    assert result.identity is not None
    assert result.identity.machine_id == "a" * 32
    (silent,) = run([target("web2")], Kept(), parallel=1)
    assert silent.identity is None


@pytest.mark.parametrize("offset", [-100_000, 0, 86_400])
def test_the_offset_of_a_clock_is_measured_against_the_interview(offset: int) -> None:
    def read(_: object) -> Iterator[Uptime]:
        yield Uptime(up_s=1, clock_s=int(time.time()) + offset)

    one = Collector("test.names", (PASSWD,), (Uptime,), read)
    (result,) = run([target("web1", collectors=[one])], Kept(), parallel=1)
    (record,) = result.collected[0].records
    assert isinstance(record, Uptime)
    assert record.clock_offset_s is not None
    assert abs(record.clock_offset_s - offset) <= 1


def test_a_clock_that_was_not_told_has_no_offset() -> None:
    one = Collector("test.names", (PASSWD,), (Uptime,), lambda _: iter([Uptime(up_s=1)]))
    (result,) = run([target("web1", collectors=[one])], Kept(), parallel=1)
    (record,) = result.collected[0].records
    assert isinstance(record, Uptime)
    assert record.clock_offset_s is None


def test_an_interrupt_keeps_what_was_committed_and_asks_nothing_more(tmp_path: Path) -> None:
    asked: list[str] = []

    def noted(name: str) -> Callable[[], Told]:
        return lambda: (asked.append(name), time.sleep(0.05), told("root"))[2]

    targets = [target(f"host{number}", noted(f"host{number}")) for number in range(50)]
    with Store.open(tmp_path / FILE) as store, store.begin({}, 1) as audit:
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012
            for result in run(targets, audit, parallel=2):
                if result.target.name == "host3":
                    raise KeyboardInterrupt
        done = {name for _, name in audit.done()}
        assert "host3" in done
        assert len(done) <= 6
        time.sleep(0.3)
        assert len(asked) <= 8


HANGING = """\
import sys, time
from pathlib import Path
from agent.audit.run import run
from inventory.store import FILE, Store
from tests.agent.audit.asked import target, told

def hang():
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass

targets = [target("good", lambda: told("root")), *(target(f"hung{n}", hang) for n in range(8))]
with Store.open(Path(sys.argv[1])) as store, store.begin({}, 1) as audit:
    try:
        for result in run(targets, audit, parallel=9):
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        print(*(name for _, name in audit.done()))
"""


def test_threads_that_hang_do_not_hold_the_program_after_an_interrupt(tmp_path: Path) -> None:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", HANGING, str(tmp_path / FILE)],
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
        cwd=ROOT,
    )
    assert done.stdout == "good\n"
    assert time.monotonic() - began < 10


def test_a_store_that_fails_ends_the_run_with_its_error() -> None:
    class Full(Kept):
        def commit_target(self, *_: object, **__: object) -> None:
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        list(run([target("a"), target("b")], Full(), parallel=2))
