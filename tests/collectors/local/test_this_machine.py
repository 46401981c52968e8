"""The local collectors read what psutil says here, and nothing else is asked of psutil."""

import sys

import pytest

from collectors.registry import builtin
from collectors.runner import collect
from collectors.spec import Collector
from collectors.transports.local import ask_psutil
from collectors.transports.psutil_calls import answer_call
from inventory.errors import TransportError
from inventory.model.host import Uptime
from inventory.reading import ReadingKey, State

LOCAL = [one for one in builtin() if one.source == "local"]


@pytest.mark.parametrize("collector", LOCAL, ids=lambda one: one.name)
def test_what_psutil_says_here_can_be_read(collector: Collector) -> None:
    key = ReadingKey("local", "here", collector.name)
    got = collect(collector, ask_psutil([collector]), key=key)
    assert got.reading.state is State.COMPLETE
    if collector.name == "local.machine":
        assert [one.up_s > 0 for one in got.records if isinstance(one, Uptime)] == [True]


def test_another_call_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(TransportError, match="machine, disks, network, users"):
        answer_call("kill")


def test_psutil_is_imported_only_when_it_is_asked() -> None:
    import subprocess

    text = "import sys, collectors.registry as r; r.builtin(); sys.exit('psutil' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", text], check=False).returncode == 0
