"""A process at the other end of three pipes: nothing that it prints or leaves undone holds us."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from collectors.transports.local import CLEAN_ENV, ask_shell
from collectors.transports.session import Become, Limits
from collectors.transports.wire import ProcessWire
from inventory.errors import TimedOut, Unreachable
from tests.collectors.transports.brief import ASKS, bounded_memory


@contextmanager
def _sh(script: str, *, send_s: float = 2) -> Iterator[ProcessWire]:
    with closing(ProcessWire(["/bin/sh", "-c", script], CLEAN_ENV, send_s=send_s)) as wire:
        yield wire


def _all(wire: ProcessWire) -> bytes:
    parts = []
    while part := wire.receive(5):
        parts.append(part)
    assert part == b""
    return b"".join(parts)


def test_what_is_sent_comes_back() -> None:
    with _sh("cat") as wire:
        wire.send(b"one\n")
        assert wire.receive(5) == b"one\n"


def test_silence_is_none_after_the_time_and_not_before() -> None:
    with _sh("sleep 9") as wire:
        began = time.monotonic()
        assert wire.receive(0.3) is None
        assert 0.25 < time.monotonic() - began < 2


def test_words_on_standard_error_are_no_silence() -> None:
    with _sh("echo oops >&2; sleep 0.3; echo more >&2; sleep 0.3; echo late") as wire:
        assert wire.receive(5) == b"late\n"
        assert wire.said() == "more"


def test_a_closed_standard_error_makes_nobody_spin() -> None:
    with _sh("exec 2>&-; sleep 0.5; echo late") as wire:
        cpu = time.process_time()
        assert wire.receive(5) == b"late\n"
        assert time.process_time() - cpu < 0.3


def test_the_end_is_empty_bytes() -> None:
    with _sh("echo last") as wire:
        assert _all(wire) == b"last\n"


def test_a_process_that_reads_nothing_is_left_in_time() -> None:
    with _sh("sleep 9", send_s=0.5) as wire:
        began = time.monotonic()
        with pytest.raises(TimedOut):
            wire.send(bytes(1_000_000))
        assert time.monotonic() - began < 3


def test_a_process_that_floods_standard_error_still_takes_what_is_sent() -> None:
    flood = "head -c 3000000 /dev/zero >&2; head -c 2000000 | wc -c"
    with _sh(flood, send_s=20) as wire, bounded_memory(20 * 2**20):
        wire.send(bytes(2_000_000))
        assert _all(wire).strip() == b"2000000"


def test_one_that_ended_tells_its_last_words() -> None:
    with _sh("echo 'no such door' >&2; exit 3") as wire:
        assert wire.receive(5) == b""
        with pytest.raises(Unreachable, match="no such door"):
            wire.send(bytes(200_000))


def test_last_words_are_made_printable() -> None:
    with _sh(r"printf 'red \033[31m\n' >&2") as wire:
        wire.receive(5)
        assert wire.said() == r"red \x1b[31m"


def test_what_cannot_be_started_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="/no/such/program could not be started"):
        ProcessWire(["/no/such/program"], {})


def test_closing_ends_the_whole_group() -> None:
    with _sh("sleep 300 & echo $!; wait") as wire:
        child = int(wire.receive(5) or b"0")
    late = time.monotonic() + 5
    while Path(f"/proc/{child}").exists() and time.monotonic() < late:
        if Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            break
        time.sleep(0.02)
    assert time.monotonic() < late


def test_more_than_a_thousand_open_files_are_no_limit() -> None:
    pairs = [os.pipe() for _ in range(520)]
    try:
        with _sh("cat") as wire:
            wire.send(b"high\n")
            assert wire.receive(5) == b"high\n"
    finally:
        for pair in pairs:
            for number in pair:
                os.close(number)


def test_this_machine_answers_through_its_own_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", "from our environment")
    told = ask_shell(ASKS, Become.NONE, Limits(total_s=20))
    (name,), no_gaps = told.outcomes["test.host/name"]
    assert (name.text.strip(), no_gaps) == (os.uname().nodename, ())
    (passwd,), _ = told.outcomes["test.host/passwd"]
    assert passwd.path == "/etc/passwd"
    assert passwd.text.startswith("root:")
    assert told.as_root == (os.geteuid() == 0)
    assert sys.platform == "linux"
