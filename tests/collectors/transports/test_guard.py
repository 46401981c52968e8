"""A wrong credential is tried twice in all, whatever the number of hosts and threads."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent.audit.targets import gap_of
from collectors.transports.guard import LockoutGuard, NotTried
from collectors.transports.hops import Login
from collectors.transports.ssh import SshDoor
from inventory.errors import Denied, Unreachable
from inventory.model.evidence import Why
from tests.collectors.transports.brief import BRIEF, PASSWORD, hop_to, known_at
from tests.lab.hostile import serve

THREADS = 50


def _side_by_side(do: Callable[[int], object]) -> list[object]:
    def tried(number: int) -> object:
        try:
            return do(number)
        except Denied as err:
            return err

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(tried, range(THREADS)))


class _Seen:
    """Counts who is inside."""

    def __init__(self) -> None:
        self.lock, self.now, self.most, self.all = threading.Lock(), 0, 0, 0
        self.at_first: int | None = None

    def __enter__(self) -> None:
        with self.lock:
            self.now += 1
            self.all += 1
            self.most = max(self.most, self.now)

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.now -= 1


def test_fifty_threads_with_a_wrong_password_make_two_attempts() -> None:
    guard, seen = LockoutGuard(), _Seen()

    def attempt(_: int) -> None:
        with guard.attempt("audit of muster.example"), seen:
            time.sleep(0.01)
            raise Denied("refused")

    ends = _side_by_side(attempt)
    assert (seen.all, seen.most) == (2, 1)
    assert sum(isinstance(end, NotTried) for end in ends) == THREADS - 2
    assert all("audit of muster.example" in str(end) for end in ends if isinstance(end, NotTried))


def test_the_first_use_runs_alone_and_the_others_side_by_side_after_it() -> None:
    guard, seen, first = LockoutGuard(), _Seen(), threading.Event()
    alone: list[int] = []

    def attempt(_: int) -> None:
        with guard.attempt("audit"), seen:
            if not first.is_set():
                time.sleep(0.1)
                alone.append(seen.all)
                first.set()
            else:
                time.sleep(0.05)

    assert _side_by_side(attempt) == [None] * THREADS
    assert alone == [1]
    assert seen.most > 5


def test_after_a_failure_one_attempt_is_in_flight_at_a_time() -> None:
    guard, seen = LockoutGuard(), _Seen()
    with pytest.raises(Denied), guard.attempt("audit"):
        raise Denied("refused")

    def attempt(_: int) -> None:
        with guard.attempt("audit"), seen:
            time.sleep(0.001)

    _side_by_side(attempt)
    assert (seen.all, seen.most) == (THREADS, 1)


def test_what_is_not_a_refusal_costs_no_attempt_and_frees_the_turn() -> None:
    guard = LockoutGuard()
    for _ in range(5):
        with pytest.raises(Unreachable), guard.attempt("audit"):
            raise Unreachable("nobody there")
    with guard.attempt("audit"):
        pass


def test_authorities_do_not_wait_for_each_other() -> None:
    guard = LockoutGuard()
    with guard.attempt("one"), guard.attempt("two"):
        pass


@pytest.mark.lab
def test_a_wrong_password_reaches_fifty_hosts_of_one_authority_twice(tmp_path: Path) -> None:
    login = Login(password=lambda: "CANARY-wrong", authority="audit with env:AUDIT")
    with serve("scripted", password=PASSWORD) as server:
        door = SshDoor(known_at(tmp_path, server.known_hosts), LockoutGuard(), BRIEF)
        ends = _side_by_side(lambda _: door.wire([hop_to(server, login)]))
        assert [one.method for one in server.attempts] == ["password"] * 2
    assert all(isinstance(end, Denied) for end in ends)
    left = [gap_of(end) for end in ends if isinstance(end, NotTried)]
    assert {(gap.why, gap.cure) for gap in left} == {(Why.NOT_ASKED, "credential")}
    assert len(left) == THREADS - 2
    assert "not tried: audit with env:AUDIT was refused 2 times" in left[0].detail
    assert not any("CANARY" in str(end) for end in ends)
