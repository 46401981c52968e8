"""The company, running and audited once: what all tests of the demonstration share."""

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from agent.cli.opening import Opened, opened
from agent.judge.judgement import Judgement
from tests.demo import acts, company
from tests.lab.directory.samba import SambaAd
from tests.lab.hosts import Lab


class Audited(NamedTuple):
    """The running company after the first act."""

    lab: Lab
    dc: SambaAd
    folder: Path
    first: "subprocess.CompletedProcess[str]"
    kept: Opened
    judgement: Judgement  # of the first audit


@pytest.fixture(scope="session")
def audited(lab: Callable[..., Lab], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    """Start the company, audit it, and hold what was learnt."""
    running = lab(*company.HOSTS)
    folder = tmp_path_factory.mktemp("muster")
    with contextlib.ExitStack() as held:
        dc = held.enter_context(SambaAd())
        held.enter_context(company.at_work(running))
        first = acts.first_act(running, dc, folder)
        kept = held.enter_context(opened(folder))
        judgement = kept.judgement(1)
        # Worked out now: a later audit replaces what is kept of the newest one only.
        assert judgement.outgoing
        assert judgement.unattributed
        yield Audited(running, dc, folder, first, kept, judgement)


class Again(NamedTuple):
    """The company after the second act."""

    audited: Audited
    second: Judgement
    status: int
    output: str


@pytest.fixture(scope="session")
def again(audited: Audited) -> Again:
    """Play the second act."""
    done = acts.second_act(audited.lab, audited.dc, audited.folder)
    return Again(audited, audited.kept.judgement(2), done.returncode, done.stdout + done.stderr)


@pytest.fixture(scope="session")
def lines(again: Again) -> dict[str, Any]:
    """Return the lines of `handover checklist --json` by their title."""
    done = acts.handover(again.audited.folder, "checklist", "show", "--json")
    assert done.returncode == acts.WITH_GAPS, done.stderr
    return {line["title"]: line for line in msgspec.json.decode(done.stdout)["value"]["lines"]}
