"""A host with nothing but BusyBox is asked as fast as any other, and what hangs there is cut off."""

import time
from collections.abc import Callable

import pytest

from collectors.spec import SshCommand
from collectors.transports.session import Limits
from inventory.model.evidence import Why
from tests.collectors.transports.asking import ASKS, answers, ask, gaps
from tests.lab.hosts import Host, HostSpec, Lab


@pytest.fixture(scope="module")
def tiny(lab: Callable[..., Lab]) -> Host:
    return lab(HostSpec(name="tiny", os="busybox"))["tiny"]


def test_all_questions_take_seconds_and_not_a_second_each(tiny: Host) -> None:
    start = time.monotonic()
    told = ask(tiny)
    assert len(told.outcomes) == len(ASKS)
    assert time.monotonic() - start < len(ASKS) / 3  # BusyBox's timeout(1) took one second each
    assert answers(told, "linux.accounts/passwd")


def test_what_hangs_is_ended_with_all_that_it_started_and_the_rest_is_asked(tiny: Host) -> None:
    asks = (
        ("test/slow", SshCommand("slow", "sleep 7777 | sleep 7778", timeout_s=1)),
        ("test/name", SshCommand("name", "uname -n")),
    )
    start = time.monotonic()
    told = ask(tiny, asks=asks, limits=Limits(total_s=20))
    assert time.monotonic() - start < 10
    assert [gap.why for gap in gaps(told, "test/slow")] == [Why.TIMEOUT]
    assert [one.text.strip() for one in answers(told, "test/name")] == ["tiny"]
    assert "777" not in tiny.exec(["ps", "-o", "args"]).stdout


def test_no_watch_stays_behind(tiny: Host) -> None:
    ask(tiny, asks=(("test/name", SshCommand("name", "uname -n", timeout_s=60)),))
    assert "sleep 60" not in tiny.exec(["ps", "-o", "args"]).stdout
