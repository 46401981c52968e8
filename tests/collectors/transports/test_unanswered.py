"""Where nothing answers, the error names the place, what was said, and the way out."""

import time
from pathlib import Path

import pytest

from collectors.transports.guard import LockoutGuard
from collectors.transports.hops import Hop, Login
from collectors.transports.session import Become, Limits, interview
from collectors.transports.ssh import SshDoor
from inventory.errors import TransportError, Unreachable
from tests.collectors.transports.brief import BRIEF, known_at


def said(folder: Path, address: str) -> str:
    door = SshDoor(known_at(folder), LockoutGuard(), BRIEF)
    with pytest.raises(Unreachable) as caught:
        door.wire([Hop("gone", address, 1, "audit", Login(key_path="/nowhere"))])
    return str(caught.value)


def test_a_closed_port_says_that_nothing_listens(tmp_path: Path) -> None:
    told = "127.0.0.1:1: Connection refused: nothing listens there; check the port"
    assert said(tmp_path, "127.0.0.1") == told


def test_an_address_of_ipv6_stands_in_brackets_before_its_port(tmp_path: Path) -> None:
    assert said(tmp_path, "::1").startswith("[::1]:1: ")


def test_a_name_without_an_address_says_which_and_what_to_check(tmp_path: Path) -> None:
    told = said(tmp_path, "no..name")
    assert told.startswith("no address is known for no..name (")
    assert told.endswith("check it, or the DNS")


class Dripping:
    """A wire that always has one more byte, however short the wait."""

    def send(self, data: bytes) -> None:
        self.sent = data

    def receive(self, timeout_s: float) -> bytes:
        time.sleep(0.001)
        return b"."

    def close(self) -> None:
        self.closed = True


def test_a_host_that_always_has_some_bytes_more_is_left_when_its_time_is_over() -> None:
    start = time.monotonic()
    with pytest.raises(TransportError):
        interview([], Dripping, Become.NONE, Limits(total_s=0.5))
    assert time.monotonic() - start < 5
